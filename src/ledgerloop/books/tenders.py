"""Tender by tender: which payment each part of a refund left through, where the sums alone would not tell."""

from collections.abc import Iterator, Sequence

from ledgerloop.books.entries import TENDER
from ledgerloop.books.words import Comparison, Difference, Reason
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.money import Money


def wrong_tenders(seen: Comparison, reason: Reason) -> Iterator[Difference]:
    """What NetSuite paid out through another tender than Shopify; called where the sums agree."""
    paid = {_ident(one): one.amount("paid") for one in seen.of_kind(Kind.REFUND)}
    for one in seen.of_kind(Kind.PAID_OUT):
        left = paid.get(one.name("transaction"))
        if left is not None and left != one.amount("total"):
            yield _difference(reason, left - one.amount("total"))
    for one in seen.of_kind(Kind.CREDIT):
        if one.parts(TENDER):
            yield from _of_cash_refund(seen, one, reason)


def _ident(fact: Fact) -> str:
    """The id in a fact's key."""
    return fact.key.partition(":")[2].partition("@")[0]


def _of_cash_refund(seen: Comparison, record: Fact, reason: Reason) -> Iterator[Difference]:
    """Each further tender against what left through the gateways of its item; its own payment takes the rest.

    Where no gateway is mapped to an item, the amounts are held side by side, largest first.
    """
    named = record.name("refund").split(", ") if record.name("refund") else []
    paid = [one for one in seen.of_kind(Kind.REFUND) if not named or one.name("refund") in named]
    lines = {term.removeprefix(TENDER): amount for term, amount in record.amounts.items() if term.startswith(TENDER)}
    if any(one.name("item") in lines for one in paid):
        for item, amount in lines.items():
            left = Money.total((one.amount("paid") for one in paid if one.name("item") == item), seen.currency)
            if left != amount:
                yield _difference(reason, left - amount)
        return
    shown = sorted((one.amount for one in (record.amount("total"), *lines.values())), reverse=True)
    gone = sorted((one.amount for one in _by_gateway(paid).values()), reverse=True)
    if len(shown) == len(gone) and shown != gone:
        most = max((one - other for one, other in zip(gone, shown, strict=True)), key=abs)
        yield _difference(reason, Money(most, seen.currency))


def _by_gateway(paid: Sequence[Fact]) -> dict[str, Money]:
    sums: dict[str, Money] = {}
    for one in paid:
        gateway = one.name("gateway") or one.key
        sums[gateway] = sums[gateway] + one.amount("paid") if gateway in sums else one.amount("paid")
    return sums


def _difference(reason: Reason, amount: Money) -> Difference:
    return Difference(reason, "tender", amount, f"{amount} of the refund is on another tender than in Shopify.")
