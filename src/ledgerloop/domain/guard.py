"""The credit guard of an order: value credited never exceeds the value sold on it.

Credited: goods, tax, shipping and duties on every credit memo and cash refund of the order, ours or not, before what
exchange credits, gift cards, fees and further tenders take off it. Sold: money received, and return credit used.
Bonus and goodwill count apart: they are no value of goods; goodwill is held to the money itself.
Source: rulebook section 5, credit guard.
"""

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.outcome import Attention

CREDITS = ("creditMemo", "cashRefund")
"""Record types that give value back."""

VOIDED = "V"
FULLY_APPLIED = "B"
"""Status letters of a credit memo. Source: REST API Browser 2026.1, creditMemo."""


def over_credit(case: Case, policy: Policy, value: Money) -> Attention | None:
    """Why another `value` of goods cannot be credited on this order."""
    credited = Money.total((_value(one, policy) for one in _standing(case)), value.currency)
    return _over(case, policy, credited, value)


def over_refund(case: Case, policy: Policy, amount: Money) -> Attention | None:
    """Why this much goodwill cannot be given: with all that was paid out on the order, it exceeds what was sold."""
    paid_out = Money.total((one.total + _further_tenders(one, policy) for one in _standing(case)), amount.currency)
    return _over(case, policy, paid_out, amount)


def _standing(case: Case) -> list[Document]:
    return [one for one in case.of_type(*CREDITS) if one.status != VOIDED]


def _value(credit: Document, policy: Policy) -> Money:
    items = policy.items
    taken_off = _on(credit, items.exchange_credit, items.gift_card, items.handling_fee)
    apart = _on(credit, items.bonus, items.goodwill)
    return credit.total + taken_off + _further_tenders(credit, policy) - apart


def _further_tenders(credit: Document, policy: Policy) -> Money:
    """What left by other tenders than a cash refund's own payment."""
    known = {policy.items.exchange_credit, policy.items.gift_card, policy.items.handling_fee}
    return _on(credit, *(policy.tender_items - known))


def _on(credit: Document, *items: str) -> Money:
    """Sum of a credit's lines of these items, without their sign: NetSuite's queries do not show it reliably."""
    wanted = {item for item in items if item}
    return Money.total((abs(line.amount) for line in credit.lines if line.item_id in wanted), credit.total.currency)


def _over(case: Case, policy: Policy, credited: Money, value: Money) -> Attention | None:
    sold = case.shop_order.sold(value.currency) if case.shop_order is not None else None
    if sold is None:
        return None
    over = credited + value - sold
    if over.amount <= policy.variance_limit:
        return None
    return Attention(
        "over_credit",
        f"{credited} of the {sold} sold on this order are credited already; another {value} would be {over} too much.",
        "Find the credit memo or cash refund on this order that should not be there; void it or correct it, then "
        "retry.",
    )
