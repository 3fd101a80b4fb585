"""Returns in Loop: what shoppers submit and what people do in Loop's admin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ledgerloop_sandbox.clock import parse_moment
from ledgerloop_sandbox.loop.model import Line, Return, ShopOrder
from ledgerloop_sandbox.loop.state import PlannedFailure
from ledgerloop_sandbox.money import ZERO, money, share, text
from ledgerloop_sandbox.shopify.model import LineItem, Order

from . import exchanging
from .orders import LOOP_DISCOUNT

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World


def request_return(
    world: World,
    order_id: str,
    lines: Sequence[dict[str, Any]] = ({"line": 0, "quantity": 1},),
    reason: str = "Too small",
    parent_reason: str = "Didn't fit",
    outcome: str = "refund",
    destination_id: int | None = None,
    handling_fee: str = "0.00",
    created_at: str | None = None,
    is_pos: bool = False,
    beyond: bool = False,
    exchange: Sequence[dict[str, Any]] = (),
    gift_card: str | None = None,
    instant: bool = False,
    shipping_back: str = "0.00",
    refund_through: Sequence[Sequence[str]] = (),
) -> dict[str, Any]:
    """Submit a return of units of an order. Raises ValueError when units are in another return already.

    `beyond`: customer service enters it by hand, whatever is in other returns. `exchange`: the new items (sku, price,
    quantity, tax_rate, discount per unit); what they leave is refunded, or kept as a gift card by `outcome`, or split
    by the amount `gift_card`. `instant`: the exchange order is made now, before anything comes back.
    `shipping_back`: the refund gives this much of the order's shipping back as well. `refund_through`: gateway and
    amount of each part of the refund, as the shop chose them; else gift cards take theirs back first.
    """
    order = world.shopify.get(world.known(order_id).order_id)
    made_at = parse_moment(created_at) if created_at else world.loop.now()
    units: list[Line] = []
    for wanted in lines:
        line = _find_line(order, wanted["line"])
        units += _units(world, order, line, int(wanted.get("quantity", 1)), units, made_at, beyond=beyond)
    for unit in units:
        unit.return_reason, unit.parent_return_reason = reason, parent_reason
    found = world.loop.submit(
        _loop_order(world, order),
        units,
        outcome=outcome,
        handling_fee=money(handling_fee),
        destination_id=destination_id,
        created_at=made_at,
        is_pos=is_pos,
        **exchanging.wanted(world, exchange),
        gift_card_wanted=money(gift_card) if gift_card is not None else None,
        instant=instant,
        shipping_back=money(shipping_back),
        refund_through=[(gateway, money(amount)) for gateway, amount in refund_through],
    )
    exchanging.begin(world, found, order)
    return summary(found)


def process_in_loop(world: World, return_id: str) -> dict[str, Any]:
    """A person processes the return in Loop's admin: it happens at once."""
    found = world.loop.get(return_id)
    if found.state in ("closed", "cancelled"):
        raise ValueError(f"return {return_id} is {found.state}")
    world.loop.execute(found, source="admin")
    return summary(found)


def flag_in_loop(world: World, return_id: str) -> dict[str, Any]:
    """A person flags the return for review."""
    found = _open(world, return_id)
    world.loop.flag(found)
    return summary(found)


def review_done(world: World, return_id: str) -> dict[str, Any]:
    """A person has finished the review; the return is open again."""
    found = world.loop.get(return_id)
    if found.state != "review" and not found.flagged:
        raise ValueError(f"return {return_id} is not in review")
    world.loop.review_done(found)
    return summary(found)


def cancel_in_loop(world: World, return_id: str) -> dict[str, Any]:
    """A person or the shopper cancels the return."""
    found = world.loop.get(return_id)
    if found.state in ("closed", "cancelled"):
        raise ValueError(f"return {return_id} is {found.state}")
    world.loop.cancel(found)
    return summary(found)


def close_in_loop(world: World, return_id: str) -> dict[str, Any]:
    """A person closes the return by hand, without outcomes."""
    found = world.loop.get(return_id)
    if found.state in ("closed", "cancelled"):
        raise ValueError(f"return {return_id} is {found.state}")
    world.loop.close(found)
    return summary(found)


def expire_in_loop(world: World, return_id: str) -> dict[str, Any]:
    """The label was never scanned: the return expires."""
    found = _open(world, return_id)
    world.loop.expire(found)
    return summary(found)


def edit_return(world: World, return_id: str, remove_lines: Sequence[Any] = ()) -> dict[str, Any]:
    """A person takes lines out of an open return; lines by Loop line id, or by position from 0."""
    found = _open(world, return_id)
    ids = [line.line_item_id for line in found.lines]
    gone = [ids[int(one)] if int(one) < len(ids) else int(one) for one in remove_lines]
    unknown = sorted(set(gone) - set(ids))
    if unknown:
        raise ValueError(f"return {return_id} has no lines {unknown}")
    world.loop.edit(found, gone)
    return summary(found)


def set_reasons(world: World, return_id: str, reasons: Sequence[str]) -> dict[str, Any]:
    """Give the lines of a return a reason each, in their order, as a shopper does who returns things for several."""
    found = world.loop.get(return_id)
    for line, reason in zip(found.lines, reasons, strict=True):
        line.return_reason = reason
    world.loop.edit(found, [])
    return summary(found)


def set_label(world: World, return_id: str, status: str = "delivered") -> dict[str, Any]:
    """The carrier scans the parcel."""
    found = world.loop.get(return_id)
    world.loop.set_label(found, status)
    return summary(found)


def run_loop_jobs(world: World) -> dict[str, Any]:
    """Execute the queued process jobs now."""
    return {"executed": [str(one) for one in world.loop.run_jobs()]}


def fail_next_process(
    world: World, return_id: str, message: str = "Return failed to process", state: str = "open"
) -> dict[str, Any]:
    """Let the next execution of a return's process job fail with this message; the return ends in `state`."""
    found = world.loop.get(return_id)
    if state not in ("open", "review"):
        raise ValueError("after a failure a return is open or in review")
    world.loop.failures.setdefault(found.id, []).append(PlannedFailure(message, state))
    return summary(found)


def loop_settings(world: World, **changes: Any) -> dict[str, Any]:
    """Change Loop's settings; gives all of them."""
    return world.change_settings("loop", changes)


def tamper(world: World, return_id: str, **changes: Any) -> dict[str, Any]:
    """Overwrite amounts or states of a return in Loop, without consistency."""
    found = world.loop.get(return_id)
    world.loop.tamper(found, changes)
    return summary(found)


def summary(found: Return) -> dict[str, Any]:
    """Give what an act answers about a return."""
    return {
        "return_id": str(found.id),
        "state": found.state,
        "flagged": found.flagged,
        "was_processed": found.was_processed,
        "outcome": found.outcome,
        "order_id": found.order.provider_order_id,
        "order_name": found.order.name,
        "shopify_return_id": found.shopify_return_id,
        "line_item_ids": [str(line.line_item_id) for line in found.lines],
        "lines": [
            {"line_item_id": str(line.line_item_id), "sku": line.sku, "value": text(line.value)} for line in found.lines
        ],
        **{name: text(amount) for name, amount in found.totals.items()},
        "refunds": [dict(row) for row in found.refunds],
        "exchanges": [
            {key: str(value) if isinstance(value, Decimal) else value for key, value in row.items()}
            for row in found.exchanges
        ],
        "exchange_order_id": next((row["exchange_order_id"] for row in found.exchanges), None),
        "gift_card_order_id": found.gift_card_order[0] if found.gift_card_order else None,
        "label_status": found.labels[0].status if found.labels else None,
        "notes": [one["content"] for one in found.notes],
        "calls": dict(found.calls),
        "process_fields": dict(found.process_fields),
    }


def _open(world: World, return_id: str) -> Return:
    found = world.loop.get(return_id)
    if found.state != "open":
        raise ValueError(f"return {return_id} is {found.state}, not open")
    return found


def _find_line(order: Order, wanted: Any) -> LineItem:
    number = int(wanted)
    return order.lines[number] if number < len(order.lines) else order.line(number)


def _units(
    world: World, order: Order, line: LineItem, count: int, begun: list[Line], at: datetime, *, beyond: bool
) -> list[Line]:
    if beyond:
        return [_unit(world, order, line, position % line.quantity, at) for position in range(count)]
    first = world.loop.taken_units(str(order.id), str(line.id))
    first += sum(1 for unit in begun if unit.provider_line_item_id == str(line.id))
    if first + count > line.quantity:
        left = line.quantity - first
        raise ValueError(
            f"Loop refuses: {left} of {line.quantity} units of {line.sku} on {order.name} can still be returned"
        )
    return [_unit(world, order, line, position, at) for position in range(first, first + count)]


def _unit(world: World, order: Order, line: LineItem, position: int, at: datetime) -> Line:
    cuts = sum(
        (one.amount for one in line.allocations if order.discounts[one.application].title != LOOP_DISCOUNT), ZERO
    )
    if world.loop.settings.credit_cuts_value:
        cuts = line.discount
    return Line(
        line_item_id=world.loop.next_line_id(),
        provider_line_item_id=str(line.id),
        product_id=str(line.product_id or ""),
        variant_id=str(line.variant_id or ""),
        sku=line.sku,
        barcode=f"0{line.variant_id or line.id}"[-12:],
        title=line.title,
        variant_title=line.variant_title,
        price=line.price,
        discount=share(cuts, position, line.quantity),
        tax=ZERO if order.taxes_included else share(line.tax, position, line.quantity),
        returned_at=at,
        return_reason="",
        parent_return_reason="",
    )


def _loop_order(world: World, order: Order) -> ShopOrder:
    known = world.loop.orders.get(str(order.id))
    if known is None:
        customer = order.customer
        known = ShopOrder(
            loop_order_id=world.loop.next_id(),
            provider_order_id=str(order.id),
            name=order.name,
            number=order.number,
            order_number=order.number + 1000,
            email=order.email,
            first_name=customer.first_name if customer else "",
            last_name=customer.last_name if customer else "",
            currency=order.currency,
            address=_address(order),
            sales_channel=order.app_name,
        )
        world.loop.orders[str(order.id)] = known
    return known


def _address(order: Order) -> dict[str, Any] | None:
    if order.address is None:
        return None
    kept = order.address
    name = " ".join(filter(None, (kept.get("first_name"), kept.get("last_name"))))
    same = ("company", "address1", "address2", "city", "zip", "country_code", "phone")
    return {
        "name": name,
        "state": kept.get("province_code"),
        "country": "United States",
        **{key: kept.get(key) for key in same},
    }
