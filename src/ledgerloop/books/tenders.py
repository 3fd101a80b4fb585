"""Tender by tender: which payment each part of a refund left through, where the sums alone would not tell."""

from collections.abc import Iterator

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
    """Its own payment and its further tenders against what left through each gateway, largest first."""
    named = record.name("refund").split(", ") if record.name("refund") else []
    sums: dict[str, Money] = {}
    for one in seen.of_kind(Kind.REFUND):
        if named and one.name("refund") not in named:
            continue
        gateway = one.name("gateway") or one.key
        sums[gateway] = sums[gateway] + one.amount("paid") if gateway in sums else one.amount("paid")
    shown = sorted((one.amount for one in (record.amount("total"), *record.parts(TENDER))), reverse=True)
    left = sorted((one.amount for one in sums.values()), reverse=True)
    if len(shown) == len(left) and shown != left:
        most = max((one - other for one, other in zip(left, shown, strict=True)), key=abs)
        yield _difference(reason, Money(most, seen.currency))


def _difference(reason: Reason, amount: Money) -> Difference:
    return Difference(reason, "tender", amount, f"{amount} of the refund is on another tender than in Shopify.")
