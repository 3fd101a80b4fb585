"""Loop's sums among themselves: a wrong amount inside Loop is found although nobody else shows it."""

from collections.abc import Iterator

from ledgerloop.books import accounts as a
from ledgerloop.books.words import Comparison, Difference, Reason
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.money import Money

CODE = Reason("loop_amounts_disagree")


def own_sums(seen: Comparison) -> Iterator[Difference]:
    """What does not add up in Loop. Shares of single units may be rounded there: these do not count."""
    found = seen.of_kind(Kind.RETURN)[0]
    product, discount, tax = (found.amount(name) for name in ("product", "discount", "tax"))
    net, goods = product - discount, found.amount("return_total")
    if goods not in (net + tax, net):
        yield _difference("return total", goods - net - tax, "product - discount + tax")
    left = seen.balance(a.LOOP_SUMS)
    if left:
        yield _difference("exchange total", left, "exchange credit + upsell")
    more = _beyond_new_goods(found, net if tax else None)
    if more and more != left:
        yield _difference("exchange total", more, "exchange product - discount + tax")
    if "booked" in found.amounts and found.amount("booked") != found.amount("refund"):
        yield _difference("refund", found.amount("refund") - found.amount("booked"), "the refunds that Loop booked")
    if "chosen" in found.amounts and found.amount("chosen") != found.amount("exchange_total"):
        yield _difference("exchange total", found.amount("exchange_total") - found.amount("chosen"), "its items", False)
    if found.name("lines"):
        for name in ("product", "discount", "tax"):
            more = found.amount(name) - found.amount(f"lines_{name}")
            if more:
                yield _difference(f"{name} total", more, "the sum over its units", False)


def _beyond_new_goods(found: Fact, returned: Money | None) -> Money | None:
    """What the exchange total is beyond what it consists of; None where Loop does not show that.

    `returned` are the returned goods without tax, where there was any: they tell whether prices hold their tax.
    """
    if not found.name("new_goods"):
        return None
    net = found.amount("exchange_product") - found.amount("exchange_discount")
    tax, whole = found.amount("exchange_tax"), found.amount("exchange_total")
    holds_tax = found.amount("return_total") == returned if returned is not None else whole == net
    return whole - net if holds_tax else whole - net - tax


def _difference(term: str, more: Money, than: str, counts: bool = True) -> Difference:
    return Difference(CODE, f"Loop's {term}", more, f"Loop's {term} is not {than}: {more} apart.", counts)
