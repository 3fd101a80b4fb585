"""The order's record in NetSuite that a return is authorised from, and whether enough of it may still come back.

Source: rulebook section 1, source record and quantity left.
"""

from collections.abc import Mapping
from decimal import Decimal

from ledgerloop.domain.case import Case
from ledgerloop.domain.orders import SourceLine, SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import ReturnLine
from ledgerloop.domain.standing import others_holding, wait
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

NOT_FULFILLED = frozenset({"A", "B"})
"""Sales order statuses before anything was shipped: Pending Approval, Pending Fulfillment.

Source: docs.oracle.com, sales order.
"""


def source_order(case: Case, policy: Policy) -> SourceOrder | NeedsReading | Waiting | Attention:
    """The one record in NetSuite that the order is, of which something was shipped; or what is waited for."""
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


def too_many(
    case: Case,
    policy: Policy,
    order: SourceOrder,
    matched: Mapping[int, list[ReturnLine]],
    left: Mapping[int, Decimal],
) -> Waiting | Attention | None:
    """Why these units, by the number of their line on the order, cannot all come back now; None when they can."""
    lines = {line.line: line for line in order.goods}
    for number, units in matched.items():
        if left[number] >= len(units):
            continue
        same = _alike(order, lines[number])
        wanted = sum(len(matched.get(one.line, ())) for one in same)
        shipped = sum((one.shipped for one in same), Decimal(0))
        if shipped < wanted and any(one.quantity > one.shipped and not one.closed for one in same):
            return _not_fulfilled(case, policy, order)
        room = sum((max(left[one.line], Decimal(0)) for one in same), Decimal(0))
        return _over_return(case, policy, order, lines[number], wanted, room, shipped)
    return None


def _alike(order: SourceOrder, line: SourceLine) -> list[SourceLine]:
    """The lines that the same unit might stand on: an order line that was split, or lines of one item without ids."""
    if line.shopify_line_id:
        return [one for one in order.goods if one.shopify_line_id == line.shopify_line_id]
    return [one for one in order.goods if one.item_id == line.item_id and not one.shopify_line_id]


def _not_fulfilled(case: Case, policy: Policy, order: SourceOrder) -> Waiting:
    return wait(
        case,
        policy,
        "order_not_fulfilled",
        f"Sales order {order.number} is not fulfilled yet; NetSuite authorises returns of shipped goods only.",
        Source.NETSUITE_ORDER,
        Source.NETSUITE_FAMILY,
    )


def _over_return(
    case: Case, policy: Policy, order: SourceOrder, line: SourceLine, wanted: int, room: Decimal, shipped: Decimal
) -> Attention:
    others = [
        f"{one.number}" + (f" (Loop return {one.loop_return_id})" if one.loop_return_id else " (not ours)")
        for one in others_holding(case, policy)
        if any(other.item_id == line.item_id for other in one.goods)
    ]
    held = f"; already on {', '.join(others)}" if others else ""
    return Attention(
        "over_return",
        f"{line.sku}: {wanted} unit(s) come back, but only {room:f} of {shipped:f} shipped on {order.number} are "
        f"left{held}.",
        "Close what will not come back on the other authorizations, or cancel this return in Loop, then retry.",
    )
