"""Return authorization: Loop -> NetSuite. Every Loop return becomes one return authorization of its own.

Writes: a return authorization made from the sales order (from the cash sale where there is no sales order), wanted
lines only; its own lines changed when the return is edited before anything was received.
Waits: order_not_in_netsuite, order_not_fulfilled, processing_unknown.
Attention: order_ambiguous, item_not_found, over_return, record_gone, edited_after_receipt, edited_adds_item,
authorization_changed.
Source: rulebook section 1; docs.oracle.com, Loop Returns syncs (read 2026-11-21).
"""

from decimal import Decimal

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.authorized import draft_of, header_discount_unread, item_not_found
from ledgerloop.domain.case import Case, WriteState
from ledgerloop.domain.edited import after_edit
from ledgerloop.domain.mapping import local_date, store_unread
from ledgerloop.domain.matching import match_units, quantity_left
from ledgerloop.domain.orders import SourceLine, SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.standing import authorization_of, family, others_holding, processed, wait
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

NOT_FULFILLED = frozenset({"A", "B"})
"""Sales order statuses before anything was shipped: Pending Approval, Pending Fulfillment.

Source: docs.oracle.com, sales order.
"""


def next_write(case: Case, policy: Policy) -> Answer:
    """Ask for the return authorization, once, as soon as the order allows it."""
    wanted = _wanted(case, policy)
    if wanted is not True:
        return wanted or None
    need = family(case)
    if need is not None:
        return need
    standing = authorization_of(case, policy)
    if standing is not None:
        return after_edit(case, policy, standing) if case.the_return.state is ReturnState.OPEN else None
    external_id = policy.external_id("LOOP-RA", case.focus)
    entry = case.written(external_id)
    if entry is not None and entry.state is WriteState.DONE:
        return Attention(
            "record_gone",
            f"Return authorization {external_id} (internal id {entry.internal_id}) was written but NetSuite no longer "
            "shows it.",
            "If it was deleted on purpose, leave it; to have it made again, retry this return.",
        )
    if any(one.loop_return_id == case.focus for one in case.of_type("customerRefund")):
        return None
    order = _source_order(case, policy)
    return _authorize(case, policy, order, external_id) if isinstance(order, SourceOrder) else order


def _wanted(case: Case, policy: Policy) -> bool | NeedsReading | Waiting:
    """Whether this return may start an authorization: new enough, in a wanted state, closed ones only if processed."""
    return_ = case.the_return
    if local_date(return_.created_at, policy) < policy.returns_from or not return_.lines:
        return False
    if return_.state.value not in policy.statuses or return_.state.value in ("cancelled", "expired", "unknown"):
        return False
    return processed(case, policy) if return_.state.value == "closed" else True


def _source_order(case: Case, policy: Policy) -> SourceOrder | NeedsReading | Waiting | Attention:
    need = case.must_read(Source.NETSUITE_ORDER, case.shopify_order_id)
    if need is not None:
        return need
    candidates = case.source_orders
    if not candidates:
        name = case.the_return.order_name
        return wait(
            case,
            policy,
            "order_not_in_netsuite",
            f"Order {name} (Shopify id {case.shopify_order_id}) is not in NetSuite yet. It goes on by itself when it "
            "arrives.",
            Source.NETSUITE_ORDER,
            Source.NETSUITE_FAMILY,
        )
    if len(candidates) > 1:
        listed = ", ".join(f"{one.record_type} {one.number} (internal id {one.internal_id})" for one in candidates)
        return Attention(
            "order_ambiguous",
            f"NetSuite has {len(candidates)} records that could be order {case.the_return.order_name}: {listed}.",
            "Correct the order reference on the ones that are not this order, then retry.",
        )
    order = candidates[0]
    if order.record_type == "salesOrder" and order.status in NOT_FULFILLED:
        return _not_fulfilled(case, policy, order)
    return order


def _not_fulfilled(case: Case, policy: Policy, order: SourceOrder) -> Waiting:
    return wait(
        case,
        policy,
        "order_not_fulfilled",
        f"Sales order {order.number} is not fulfilled yet; NetSuite authorises returns of shipped goods only.",
        Source.NETSUITE_ORDER,
        Source.NETSUITE_FAMILY,
    )


def _authorize(case: Case, policy: Policy, order: SourceOrder, external_id: str) -> Answer:
    return_ = case.the_return
    left = quantity_left(order, others_holding(case, policy))
    matched, unmatched = match_units(return_.lines, order.goods, left, policy.sku_aliases)
    if unmatched:
        return item_not_found(order, unmatched, policy)
    lines = {line.line: line for line in order.goods}
    for number, units in matched.items():
        line = lines[number]
        if line.shipped < len(units) and line.quantity - line.shipped > 0 and not line.closed:
            return _not_fulfilled(case, policy, order)
        if left[number] < len(units):
            return _over_return(case, policy, order, line, len(units), left[number])
    need = header_discount_unread(case, policy, order, matched) or store_unread(case)
    if need is not None:
        return need
    draft = draft_of(case, policy, order, external_id, matched)
    goods = sum(len(units) for units in matched.values())
    return Write(
        draft, f"Loop return {return_.loop_return_id} brings back {goods} unit(s) of order {return_.order_name}."
    )


def _over_return(
    case: Case, policy: Policy, order: SourceOrder, line: SourceLine, wanted: int, left: Decimal
) -> Attention:
    others = [
        f"{one.number}" + (f" (Loop return {one.loop_return_id})" if one.loop_return_id else " (not ours)")
        for one in others_holding(case, policy)
        if any(other.item_id == line.item_id for other in one.goods)
    ]
    held = f"; already on {', '.join(others)}" if others else ""
    return Attention(
        "over_return",
        f"{line.sku}: {wanted} unit(s) come back, but only {max(left, Decimal(0)):f} of {line.shipped:f} shipped on "
        f"{order.number} are left{held}.",
        "Close what will not come back on the other authorizations, or cancel this return in Loop, then retry.",
    )
