"""Money moves in Shopify without Loop: refunds by hand, pending refunds that settle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledgerloop_sandbox.money import money, text
from ledgerloop_sandbox.shopify.model import Refund

from .orders import summary as order_summary

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World


def shopify_refund(
    world: World,
    order_id: str,
    amount: str,
    gateway: str | None = None,
    return_id: str | None = None,
    status: str = "SUCCESS",
    lines: dict[str, int] | None = None,
    note: str | None = None,
    shipping: str = "0.00",
    duties: str = "0.00",
) -> dict[str, Any]:
    """Refund money in Shopify's admin; `return_id` (Loop's) links the refund to that return's Shopify return.

    `shipping` and `duties` say how much of the money gives these back.
    """
    order = world.shopify.get(world.known(order_id).order_id)
    linked = world.loop.get(return_id).shopify_return_id if return_id else None
    made = world.shopify.refund(
        order,
        units={order.line(int(line)).id: int(count) for line, count in (lines or {}).items()},
        payments=[(gateway or order.gateways[0], money(amount))],
        return_id=int(linked) if linked else None,
        shipping=money(shipping),
        duties=money(duties),
        note=note,
        status=status,
    )
    return refund_summary(made)


def settle_refund(world: World, order_id: str, status: str = "SUCCESS") -> dict[str, Any]:
    """Let the pending refund transactions of an order succeed or fail."""
    known = world.known(order_id)
    order = world.shopify.get(known.order_id)
    pending = [one.id for one in order.transactions if one.kind == "REFUND" and one.status == "PENDING"]
    if not pending:
        raise ValueError(f"order {order.name} has no pending refund")
    for transaction_id in pending:
        world.shopify.settle(order, transaction_id, status)
    return order_summary(world, known)


def touch_order(world: World, order_id: str, note: str | None = None) -> dict[str, Any]:
    """Change the note of an order, as people do; `orders/updated` goes out."""
    known = world.known(order_id)
    order = world.shopify.get(known.order_id)
    order.note = note
    world.shopify.touch(order)
    return order_summary(world, known)


def change_order(
    world: World,
    order_id: str,
    note: str | None = None,
    tags: list[str] | None = None,
    attributes: dict[str, str] | None = None,
    cancel: bool = False,
    test: bool | None = None,
) -> dict[str, Any]:
    """Change an order in Shopify, as people and apps do after it was made; `orders/updated` goes out."""
    known = world.known(order_id)
    order = world.shopify.get(known.order_id)
    order.note = note if note is not None else order.note
    order.tags = list(tags) if tags is not None else order.tags
    order.attributes.update(attributes or {})
    order.test = order.test if test is None else test
    if cancel:
        order.cancelled_at, order.cancel_reason = world.shopify.now(), "CUSTOMER"
        world.shopify.emit("orders/cancelled", str(order.id), order)
    world.shopify.touch(order)
    return order_summary(world, known)


def refund_summary(made: Refund) -> dict[str, Any]:
    """Give what an act answers about a refund."""
    return {
        "refund_id": str(made.id),
        "return_id": str(made.return_id) if made.return_id else None,
        "transactions": [
            {"id": str(one.id), "gateway": one.gateway, "amount": text(one.amount), "status": one.status}
            for one in made.transactions
        ],
    }
