"""Return credit that is carried by application: the credit memo is applied to the invoice of the exchange order.

So where Loop's discount setting is off: the exchange order has its full price and no discount that could carry the
credit. Nothing passes the exchange clearing account then; what is receivable nets to zero. A cash refund cannot be
applied, and a cash sale has no invoice: these carry the credit by the clearing account.
Source: rulebook section 5 (value carried by application, by mode); docs.oracle.com, apply sublist of the credit memo
(read 2026-11-21).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.carried import credit_on, loop_discount
from ledgerloop.domain.case import Case, Sending, WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.guard import CREDITS, FULLY_APPLIED, VOIDED
from ledgerloop.domain.money import Money
from ledgerloop.domain.native import native_return
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import POS_COMPLETED, channel_of, is_exchange, shipping_method
from ledgerloop.domain.records import ApplyCreditDraft
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

PAID_IN_FULL = "B"
"""Status letter of an invoice. Source: REST API Browser 2026.1, invoice."""


@dataclass(frozen=True)
class Share:
    """What of a return's credit an exchange order takes by application."""

    shopify_order_id: str
    order_name: str
    amount: Money


def is_carried_by_application(order: Order, policy: Policy) -> bool:
    """Whether this exchange order takes return credit by application, if the return is credited by a credit memo."""
    if not is_exchange(order) or loop_discount(order) or policy.exchange_settlement != "discount" or not order.total:
        return False
    if native_return(order.shopify_order_id):
        return False
    channel = channel_of(order, policy.channels)
    sent = bool({"*", channel} & set(policy.order_channels))
    return sent and shipping_method(order, channel) != POS_COMPLETED


def shares_of(case: Case, policy: Policy) -> tuple[Share, ...] | NeedsReading | Attention:
    """What the exchange orders of the return in question take by application; nothing where its credit is a discount.

    An exchange order that Shopify does not show is taken to have the discount, as nearly all have.
    """
    return_ = case.the_return
    if not return_.totals.exchange_credit:
        return ()
    shares = []
    for order_id in dict.fromkeys(one.shopify_order_id for one in return_.exchanges):
        need = case.must_read(Source.SHOPIFY_WHOLE_ORDER, order_id) if order_id != case.shopify_order_id else None
        if need is not None:
            return need
        found = case.exchange_orders.get(order_id)
        if found is None or not is_carried_by_application(found.order, policy):
            continue
        part = credit_on(return_, found.order)
        if isinstance(part, Attention):
            return part
        shares.append(Share(order_id, found.order.name, part[0]))
    return tuple(one for one in shares if one.amount)


def sum_of(shares: Iterable[Share], currency: str) -> Money:
    """What they come to."""
    return Money.total((one.amount for one in shares), currency)


def takes_clearing(credit: Document, policy: Policy) -> bool:
    """Whether a saved credit carries return credit by a line on the clearing account, or cannot be applied."""
    by_line = any(line.item_id == policy.items.exchange_credit for line in credit.lines if line.item_id)
    return by_line or credit.record_type != "creditMemo"


def taken_from(case: Case, policy: Policy, credit: Document) -> tuple[Share, ...] | NeedsReading | Attention:
    """What a credit that stands still carries by application; nothing where it is done or carries by a line."""
    if credit.status == FULLY_APPLIED or takes_clearing(credit, policy):
        return ()
    return shares_of(case, policy)


def is_applied(sending: Sending, policy: Policy) -> bool | None:
    """Whether the returns of this exchange order are credited by application; None while they are not credited."""
    if not is_carried_by_application(sending.order, policy):
        return False
    posted = [one for one in sending.credits if one.record_type in CREDITS and one.status != VOIDED]
    if not posted:
        return None
    return not any(takes_clearing(one, policy) for one in posted)


def apply_credit(case: Case, policy: Policy, credit: Document, shares: Sequence[Share]) -> Answer:
    """Ask for the next application of a credit memo, once the exchange order is billed."""
    if not shares or credit.status == FULLY_APPLIED:
        return None
    for share in shares:
        need = case.must_read(Source.NETSUITE_ORDER, share.shopify_order_id)
        need = need or case.must_read(Source.NETSUITE_FAMILY, share.shopify_order_id)
        if need is not None:
            return need
        answer = _apply_to(case, policy, credit, share)
        if answer is not None:
            return answer
    return None


def _apply_to(case: Case, policy: Policy, credit: Document, share: Share) -> Answer:
    left = share.amount
    for invoice in case.exchange_orders[share.shopify_order_id].invoices:
        part = min(left, invoice.total)
        key = f"apply:{case.shop_id}:{credit.internal_id}:{invoice.internal_id}"
        known = case.written(key)
        tried = known is not None and known.state in (WriteState.SENT, WriteState.UNCLEAR)
        if known is not None and (known.state is WriteState.DONE or (tried and invoice.status == PAID_IN_FULL)):
            left = left - part
        elif invoice.status == PAID_IN_FULL:
            return _paid_otherwise(credit, invoice, part)
        elif part:
            draft = ApplyCreditDraft(key, credit.internal_id, invoice.internal_id, part, share.shopify_order_id)
            why = f"{part} of {credit.number} pays invoice {invoice.number} of exchange order {share.order_name}."
            return Write(draft, why)
    if not left:
        return None
    look = (NeedsReading(Source.NETSUITE_FAMILY, share.shopify_order_id),)
    reason = f"{left} of {credit.number} is applied to the invoice of {share.order_name} as soon as there is one."
    return Waiting("exchange_not_billed", reason, case.as_of + policy.retry_wait, look)


def _paid_otherwise(credit: Document, invoice: Document, part: Money) -> Attention:
    return Attention(
        "exchange_credit_differs",
        f"Invoice {invoice.number} of the exchange order is paid in full already, but {part} of credit memo "
        f"{credit.number} should pay it.",
        "Find out what paid the invoice in NetSuite; apply the credit memo there by hand to what is open.",
    )
