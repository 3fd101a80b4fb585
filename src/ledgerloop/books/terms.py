"""The sums of a return as each system shows them, side by side."""

from collections.abc import Iterator

from ledgerloop.books.entries import TENDER
from ledgerloop.books.words import Comparison, Term
from ledgerloop.domain.facts import Kind
from ledgerloop.domain.money import Money

REFUND = "refund"


def terms_of(seen: Comparison) -> tuple[Term, ...]:
    """The refund first; then every sum that is not zero everywhere."""
    return tuple(one for one in _terms(seen) if one.name == REFUND or any((one.loop, one.shopify, one.netsuite)))


def _terms(seen: Comparison) -> Iterator[Term]:
    for name, loop, shopify, netsuite in (
        (REFUND, _loop(seen, "refund"), seen.amount("paid", Kind.REFUND), _refunded(seen)),
        ("goods", _loop(seen, "return_total"), None, seen.amount("goods", Kind.CREDIT)),
        ("exchange credit", _loop(seen, "exchange_credit"), None, _carried(seen)),
        ("gift card", _loop(seen, "gift_card"), None, seen.amount("gift_card", Kind.CREDIT)),
        ("handling fee", _loop(seen, "handling_fee"), None, seen.amount("handling_fee", Kind.CREDIT)),
        ("beyond the goods", _beyond(seen), _both(seen, Kind.GIVEN_BACK), _both(seen, Kind.CREDIT, "bonus")),
        ("exchange order", _loop(seen, "exchange_total"), _worth(seen, Kind.EXCHANGE_ORDER), _ordered(seen)),
        ("upsell", _loop(seen, "upsell"), None, _upsell(seen)),
        ("variance", None, None, seen.amount("variance", Kind.CREDIT)),
    ):
        yield Term(name, loop, shopify, netsuite, _apart(seen, loop, shopify, netsuite))


def _apart(seen: Comparison, loop: Money | None, shopify: Money | None, netsuite: Money | None) -> Money:
    """The largest amount by which what is shown differs from the first system that shows it."""
    shown = [one for one in (loop, shopify, netsuite) if one is not None]
    none = Money.zero(seen.currency)
    return max((shown[0] - one for one in shown[1:]), key=lambda one: abs(one.amount), default=none) if shown else none


def _loop(seen: Comparison, term: str) -> Money | None:
    return seen.amount(term, Kind.RETURN) if seen.processed else None


def _beyond(seen: Comparison) -> Money | None:
    if not seen.processed:
        return None
    found = seen.of_kind(Kind.RETURN)[0]
    given = (found.amount(one) for one in ("exchange_credit", "gift_card", "refund", "handling_fee"))
    return Money.total(given, seen.currency) - found.amount("return_total")


def _carried(seen: Comparison) -> Money | None:
    """Exchange credit on the credit's lines, or carried by applying it."""
    shown = [one for term in ("exchange_credit", "carried") if (one := seen.amount(term, Kind.CREDIT)) is not None]
    return Money.total(shown, seen.currency) if shown else None


def _refunded(seen: Comparison) -> Money | None:
    """What NetSuite shows as paid out: cash refunds with all their tenders, customer refunds, unseen applications."""
    at_once = [one for one in seen.of_kind(Kind.CREDIT) if one.name("record_type") == "cashRefund"]
    paid = [amount for one in at_once for amount in (one.amount("total"), *one.parts(TENDER))]
    paid += [one.amount("applied") for one in seen.of_kind(Kind.CREDIT)]
    paid += [one.amount("total") for one in seen.of_kind(Kind.PAID_OUT)]
    mine = [one for one in paid if one.currency == seen.currency]
    return Money.total(mine, seen.currency) if mine else None


def _both(seen: Comparison, kind: Kind, more: str = "") -> Money | None:
    names = ("shipping", "duties", *((more,) if more else ()))
    shown = [amount for name in names if (amount := seen.amount(name, kind)) is not None]
    return Money.total(shown, seen.currency) if shown else None


def _worth(seen: Comparison, kind: Kind) -> Money | None:
    found = [seen.amount(name, kind) for name in ("total", "credit_used", "loop_discount", "exchange_credit")]
    shown = [one for one in found if one is not None]
    return Money.total(shown, seen.currency) if shown else None


def _ordered(seen: Comparison) -> Money | None:
    shown = [one for one in (_worth(seen, Kind.ORDERED), _worth(seen, Kind.SOLD)) if one is not None]
    return Money.total(shown, seen.currency) if shown else None


def _upsell(seen: Comparison) -> Money | None:
    held = [one.amount("total") for one in seen.of_kind(Kind.DEPOSIT) if one.name("ending") != "credit"]
    held += [one.amount("total") for one in seen.of_kind(Kind.SOLD)]
    return Money.total(held, seen.currency) if held else None
