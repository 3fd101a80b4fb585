"""Refund without a return: Shopify -> NetSuite. A refund that no Loop return claims is credited once, as goodwill.

Writes: a credit memo made from the order's invoice, on the goodwill item, and one customer refund per tender; or a cash
refund made from its cash sale; or a customer refund from the deposit of an order that was never shipped. Only with
refunds_without_return = true.
Waits: refund_settling, refund_not_claimed, refund_pending, order_not_in_netsuite, order_not_billed, period_closed.
Attention: order_ambiguous, item_not_configured, gateway_unmapped, possible_duplicate, over_credit, credit_memo_differs,
several_tenders, deposit_too_small, currency_differs, record_gone.
Source: rulebook section 5, refunds without a return; docs.oracle.com, transforming records (read 2026-11-21).
"""

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case
from ledgerloop.domain.goodwill import credit_stray, not_in_netsuite, strays
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import channel_of
from ledgerloop.domain.standing import family
from ledgerloop.outcome import Attention, NeedsReading, Source


def next_write(case: Case, policy: Policy) -> Answer:
    """Ask for the next record that the order's refunds without a return need in NetSuite."""
    if not policy.refunds_without_return or not _may_be_refunded(case, policy):
        return None
    need = case.must_read(Source.SHOPIFY_ORDER, case.shopify_order_id)
    if need is not None:
        return need
    found = strays(case, policy)
    if not isinstance(found, tuple):
        return found
    if not found:
        return None
    need = family(case)
    if need is not None:
        return need
    if len(case.source_orders) != 1:
        return _ambiguous(case) if case.source_orders else not_in_netsuite(case, policy)
    answers = [credit_stray(case, policy, one, case.source_orders[0]) for one in found]
    first = next((one for one in answers if isinstance(one, Write | NeedsReading)), None)
    return first or next((one for one in answers if one is not None), None)


def _may_be_refunded(case: Case, policy: Policy) -> bool:
    """Whether a refund may be found, so that an order that is sent and was never refunded costs no reading of its own.

    Of an order that is not sent, nothing but its money is read anew when it changes.
    """
    if case.must_read(Source.SHOPIFY_ORDER, case.shopify_order_id) is None:
        return case.shop_order is not None and bool(case.shop_order.refunds)
    order = case.sending.order if case.sending is not None else None
    if order is None or case.shop_order is not None:
        return True
    sent = {"*", channel_of(order, policy.channels)} & set(policy.order_channels)
    return not sent or bool(order.refunds)


def _ambiguous(case: Case) -> Attention:
    names = ", ".join(f"{one.record_type} {one.number}" for one in case.source_orders)
    return Attention(
        "order_ambiguous",
        f"Shopify refunded order {case.shopify_order_id} without a return, and several NetSuite records claim to be "
        f"it: {names}.",
        "Correct the references in NetSuite so that exactly one record stands for the order, then retry.",
    )
