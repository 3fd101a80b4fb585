"""The exchange side of a return: its new order in Shopify and NetSuite, and the clearing account between both sides.

What has not happened yet is one open item with its name and age; what is there and differs is a difference.
Source: rulebook sections 8 (payment) and 9.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ledgerloop.books import accounts as a
from ledgerloop.books.words import Comparison, Difference, OpenItem, Reason, Said
from ledgerloop.domain.facts import Kind
from ledgerloop.domain.money import Money

CODE = Reason("exchange_order_differs")


def exchange_side(seen: Comparison, said: Sequence[Said]) -> Comparison:
    """Add what the exchange side says; nothing for a return without one."""
    placed, taken = seen.of_kind(Kind.EXCHANGE_ORDER), seen.of_kind(Kind.ORDERED, Kind.SOLD)
    wanted = seen.processed and bool(seen.amount("exchange_total", Kind.RETURN))
    if not (placed or taken or wanted or seen.balance(a.NS_CLEARING)):
        return seen
    found = [*_differences(seen)]
    waits = _open_item(seen, said, differs=bool(found) or not seen.agrees)
    if waits is None and not found and seen.agrees and seen.balance(a.NS_CLEARING) and taken:
        left = seen.balance(a.NS_CLEARING)
        text = f"Both sides of the exchange have posted, but {left} is left on the exchange clearing account."
        found.append(Difference(Reason("clearing_not_zero"), "exchange clearing", left, text))
    items = (*seen.open_items, waits) if waits is not None else seen.open_items
    return replace(seen, differences=(*seen.differences, *found), open_items=items)


def _differences(seen: Comparison) -> Iterator[Difference]:
    placed, taken = seen.of_kind(Kind.EXCHANGE_ORDER), seen.of_kind(Kind.ORDERED, Kind.SOLD)
    reported: list[Money] = []
    if placed and seen.processed and seen.balance(a.NEW_GOODS):
        reported.append(seen.balance(a.NEW_GOODS))
        yield _differs("exchange order", -reported[-1], "Loop's exchange total and the exchange order in Shopify")
    if placed and taken and seen.balance(a.ORDER):
        reported.append(seen.balance(a.ORDER))
        yield _differs("exchange order", -reported[-1], "the exchange order in Shopify and in NetSuite")
    ours = [one for one in taken if one.name("ours") == "yes"]
    if ours and seen.processed:
        for account, term, what in (
            (a.CREDIT_USED, "exchange credit used", "Loop's exchange credit and what is used on the order in NetSuite"),
            (a.UPSELL, "upsell", "Loop's upsell and what NetSuite received"),
            (a.DUE, "exchange order", "the order in NetSuite and what settles it"),
        ):
            left = seen.balance(account)
            if left and not _awaited(seen, account) and not _is_other_side(seen, left, reported):
                reported.append(left)
                yield _differs(term, left, what)
    if _billed_wrong(seen):
        yield _differs("bill", seen.balance(a.BILLING), "the sales order of the exchange and its bill")


def _differs(term: str, amount: Money, what: str) -> Difference:
    return Difference(CODE, term, amount, f"{amount} lies between {what}.")


def _is_other_side(seen: Comparison, left: Money, reported: Sequence[Money]) -> bool:
    waiting = [seen.balance(one) for one in (a.CREDIT_USED, a.UPSELL) if _awaited(seen, one)]
    both = [one for one in (*reported, *waiting, seen.balance(a.LOOP_SUMS)) if one]
    return -left in both or (bool(both) and Money.total(both, left.currency) == -left)


def _awaited(seen: Comparison, account: str) -> bool:
    """Whether the deposit that settles this is not there yet; a credit memo that is used up needs none."""
    if account not in (a.CREDIT_USED, a.UPSELL) or not seen.of_kind(Kind.ORDERED):
        return False
    credit = account == a.CREDIT_USED
    if credit and seen.amount("carried", Kind.CREDIT):
        return False
    there = any((one.name("ending") == "credit") is credit for one in seen.of_kind(Kind.DEPOSIT))
    return not there and seen.balance(account).amount > 0


def _billed_wrong(seen: Comparison) -> bool:
    left = seen.balance(a.BILLING)
    done = any(one.name("billed") for one in seen.of_kind(Kind.ORDERED))
    return bool(left) and bool(seen.of_kind(Kind.BILLED)) and (done or left.amount < 0)


def _open_item(seen: Comparison, said: Sequence[Said], *, differs: bool) -> OpenItem | None:
    """What the exchange still waits for, with the balance of the clearing account."""
    found = _waits_for(seen, said)
    left = seen.balance(a.NS_CLEARING)
    if found is None or (not left and found.code in ON_CLEARING_ALONE):
        return None
    amount = left or abs(seen.balance(a.BILLING)) or abs(seen.balance(a.ORDER)) or abs(seen.balance(a.NEW_GOODS))
    amount = amount or abs(seen.balance(a.DUE))
    if not amount or (differs and found.code == "exchange_not_billed" and not seen.balance(a.BILLING)):
        return None
    return OpenItem(found.code, amount, _since(seen, found.since), found.text)


ON_CLEARING_ALONE = ("exchange_not_returned", "exchange_not_credited")
"""Open only while something stands on the clearing account."""


def to_apply(seen: Comparison) -> Money:
    """What of an open credit memo is still to be applied to the invoice of an exchange order without a discount."""
    none, placed = Money.zero(seen.currency), seen.of_kind(Kind.EXCHANGE_ORDER)
    by_discount = not placed or any(one.amount("credit_used") for one in placed)
    settled = bool(seen.of_kind(Kind.ORDERED)) and seen.balance(a.DUE).amount >= 0
    if by_discount or settled or not seen.of_kind(Kind.CREDIT) or seen.of_kind(Kind.SOLD):
        return none
    return max(none, min(-seen.balance(a.EXCHANGE), seen.balance(a.CREDITED)))


@dataclass(frozen=True)
class _Waits:
    """What an exchange waits for; `since` are the facts whose date it counts from."""

    code: Reason
    text: str
    since: tuple[Kind, ...]


NOT_RETURNED = "The new goods went out first; what they are exchanged for has not come back yet."
KEPT = (
    "The new goods went out first, and Loop has ended the return unprocessed; what was charged for them is not on the "
    "clearing account yet."
)
"""What stands on the clearing account of an instant exchange. Loop's interface does not show the charge."""


def _waits_for(seen: Comparison, said: Sequence[Said]) -> _Waits | None:
    placed, taken = seen.of_kind(Kind.EXCHANGE_ORDER), seen.of_kind(Kind.ORDERED, Kind.SOLD)
    why = next((f" {one.text}" for one in said if one.sync == "exchange_order" and one.text), "")
    if not placed and not taken:
        text = "Shopify shows no exchange order of its own for it yet."
        return _Waits(Reason("exchange_order_missing"), text, (Kind.RETURN,))
    if not taken:
        sent = any(one.name("sent") for one in placed)
        code = Reason("exchange_not_sent") if sent else Reason("exchange_elsewhere")
        return _Waits(code, f"The exchange order is not in NetSuite yet.{why}", (Kind.EXCHANGE_ORDER,))
    if not seen.processed:
        text = NOT_RETURNED if seen.of_kind(Kind.RETURN)[0].is_open else KEPT
        return _Waits(Reason("exchange_not_returned"), text, (Kind.EXCHANGE_ORDER,))
    if not seen.of_kind(Kind.CREDIT):
        text = "The exchange order stands; the return is not credited yet."
        return _Waits(Reason("exchange_not_credited"), text, (Kind.RETURN,))
    if to_apply(seen) and seen.of_kind(Kind.BILLED):
        text = f"The credit memo is not applied to the invoice of the exchange order yet.{why}"
        return _Waits(Reason("exchange_deposit_open"), text, (Kind.BILLED,))
    if not to_apply(seen) and (_awaited(seen, a.CREDIT_USED) or _awaited(seen, a.UPSELL)):
        text = f"What return credit or upsell pays on the exchange order is not in NetSuite yet.{why}"
        return _Waits(Reason("exchange_deposit_open"), text, (Kind.ORDERED,))
    if seen.balance(a.BILLING) and not _billed_wrong(seen):
        text = "The sales order of the exchange is not billed yet."
        return _Waits(Reason("exchange_not_billed"), text, (Kind.ORDERED,))
    return None


def _since(seen: Comparison, kinds: Sequence[Kind]) -> date | None:
    return min((one.on for one in seen.of_kind(*kinds) if one.on), default=seen.on)
