"""Exchange order: Shopify -> NetSuite. An order of a chosen channel becomes one sales order, or one cash sale.

Writes: the customer where NetSuite has none; then a sales order, or a cash sale of what was completed in the store; a
variance line on it where NetSuite saved it with a total that is a few cents off;
then one customer deposit for each payment of a sales order that we wrote, for return credit beyond Loop's discount, and
for an upsell.
Waits: order_settling, order_in_feed, order_not_read, exchange_not_placed, exchange_credit_unknown,
exchange_not_processed, exchange_not_credited, period_closed, netsuite_unclear.
Attention: channel_unknown, exchange_undecided, native_exchange, customer_ambiguous, customer_inactive,
customer_not_configured, item_not_found, item_ambiguous, item_not_configured, gateway_unmapped, several_tenders,
account_not_configured, order_differs, exchange_credit_differs, currency_differs, record_gone.
Source: rulebook section 8; docs.hotwax.co, Loop exchange orders; help.loopreturns.com, exchange orders (read
2026-11-21).
"""

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.buyers import customer_of, customer_unread
from ledgerloop.domain.case import Case, Sending, WriteState
from ledgerloop.domain.channels import LOOP_GIFT_CARD, UNKNOWN
from ledgerloop.domain.deposits import next_deposit
from ledgerloop.domain.mapping import local_date
from ledgerloop.domain.native import held_by_exchange
from ledgerloop.domain.native_adopted import done_by_others, unread_of_original
from ledgerloop.domain.order_records import CashSaleDraft, SalesOrderDraft
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import channel_of, may_be_exchange
from ledgerloop.domain.sale import (
    CASH_SALE,
    SALES_ORDER,
    cash_sale,
    expected_total,
    kind_of,
    ordered_at,
    said_of_place,
    sales_order,
    undecided,
)
from ledgerloop.domain.sale_items import items_unread
from ledgerloop.domain.sold import as_sold
from ledgerloop.domain.standing import family, wait
from ledgerloop.domain.unmapped import unknown_source
from ledgerloop.outcome import Attention, Source, Waiting


def next_write(case: Case, policy: Policy) -> Answer:
    """Ask for the next record that the order itself needs in NetSuite."""
    sending = case.sending
    if sending is None:
        return None
    ours = _ours(sending, policy)
    if ours is not True:
        return ours or None
    held = held_by_exchange(case, policy)
    if held is not None:
        return family(case) or held
    settled_at = sending.order.created_at + policy.settle
    if case.as_of < settled_at:
        return Waiting("order_settling", "The order is so new that it may still change.", settled_at)
    key = case.shopify_order_id
    need = case.must_read(Source.SHOPIFY_WHOLE_ORDER, key) or case.must_read(Source.NETSUITE_ORDER, key)
    if need is not None:
        return need
    if case.source_orders:
        return _afterwards(case, policy, sending)
    return _gone(case, policy) or _send(case, policy, sending)


def _ours(sending: Sending, policy: Policy) -> bool | Attention:
    """Whether the order is one to send: of a chosen channel, real, alive, and not older than the cut-over."""
    order, everything = sending.order, "*" in policy.order_channels
    channel = channel_of(order, policy.channels)
    if order.test or order.cancelled_at is not None or channel == LOOP_GIFT_CARD:
        return False
    if local_date(ordered_at(order), policy) < policy.returns_from:
        return False
    if channel == UNKNOWN and (everything or may_be_exchange(order, channel, policy)):
        return unknown_source(order)
    return channel != UNKNOWN and (everything or channel in policy.order_channels)


def _gone(case: Case, policy: Policy) -> Attention | None:
    """A record that we wrote and that NetSuite no longer shows: a person's work, not done again by itself."""
    for kind in (SALES_ORDER, CASH_SALE):
        entry = case.written(policy.external_id(kind, case.shopify_order_id))
        if entry is not None and entry.state is WriteState.DONE:
            return Attention(
                "record_gone",
                f"{entry.record_type} {entry.key} (internal id {entry.internal_id}) was written, but NetSuite no "
                "longer shows it.",
                "If it was deleted on purpose, leave it; to have it made again, retry this order.",
            )
    return None


def _send(case: Case, policy: Policy, sending: Sending) -> Answer:
    """Not in NetSuite: customer first, then the order."""
    order = sending.order
    if sending.netsuite_order_id:
        return None
    if sending.fed:
        reason = f"Order {order.name} stands in a feed; it is not written until NetSuite shows it."
        return wait(case, policy, "order_in_feed", reason, Source.NETSUITE_ORDER)
    others = unread_of_original(case, sending) or done_by_others(policy, sending)
    if others:
        return None if others is True else others
    kind = kind_of(case, policy, order)
    if not kind:
        return undecided(case, sending)
    need = customer_unread(case, sending) or items_unread(case, policy, sending)
    if need is not None:
        return need
    customer = customer_of(case, policy, sending)
    known = customer if isinstance(customer, str) else ""
    made = cash_sale(case, policy, sending, known) if kind == CASH_SALE else sales_order(policy, sending, known)
    if not isinstance(made, SalesOrderDraft | CashSaleDraft):
        return made
    if not isinstance(customer, str):
        return customer
    reason = f"Order {order.name} of {made.expected_total} is not in NetSuite yet."
    return Write(made, reason + said_of_place(order, policy, kind))


def _afterwards(case: Case, policy: Policy, sending: Sending) -> Answer:
    """Found in NetSuite: never sent again. What was paid follows where the order is our own."""
    ours = {policy.external_id(kind, case.shopify_order_id): kind for kind in (SALES_ORDER, CASH_SALE)}
    found = next((one for one in case.source_orders if one.external_id in ours), None)
    if found is None:
        return None
    wanted = expected_total(case, policy, sending, ours[found.external_id])
    if isinstance(wanted, Attention):
        return wanted
    mended = as_sold(case, policy, sending.order, found, wanted)
    if mended is not None or ours[found.external_id] == CASH_SALE:
        return mended
    return family(case) or next_deposit(case, policy, sending, found)
