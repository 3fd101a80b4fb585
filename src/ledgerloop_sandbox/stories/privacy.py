"""Privacy requests: Shopify's mandatory compliance topics, which no subscription of the API can name.

They go to the addresses set for Shopify as a whole. Source: shopify.dev
docs/apps/build/compliance/privacy-law-compliance (read 2026-11-21).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledgerloop_sandbox.shopify.model import Customer, Order

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World

SHOP_ID = 954889
"""Id of the shop in these bodies."""

BLANK = ("first_name", "last_name", "name", "company", "address1", "address2", "city", "zip", "phone")
"""What is blanked of an address."""


def redact_customer(world: World, order_id: str, erase: bool = True) -> dict[str, Any]:
    """The customer of an order wants to be forgotten: Shopify blanks the person's data, then tells the app."""
    customer, orders = _person(world, order_id)
    body = {
        **_shop(world),
        "customer": {"id": customer.id, "email": customer.email, "phone": customer.phone},
        "orders_to_redact": [order.id for order in orders],
    }
    if erase:
        for order in orders:
            _blank(order)
        customer.email, customer.first_name, customer.last_name, customer.phone = "", "", "", None
    world.shopify.emit("customers/redact", str(customer.id), body)
    return body


def request_customer_data(world: World, order_id: str) -> dict[str, Any]:
    """The customer of an order asks what is stored."""
    customer, orders = _person(world, order_id)
    body = {
        **_shop(world),
        "orders_requested": [order.id for order in orders],
        "customer": {"id": customer.id, "email": customer.email, "phone": customer.phone},
        "data_request": {"id": world.shopify.next_id()},
    }
    world.shopify.emit("customers/data_request", str(customer.id), body)
    return body


def redact_shop(world: World) -> dict[str, Any]:
    """The app was removed 48 hours ago: everything of the shop is to be erased."""
    body = _shop(world)
    world.shopify.emit("shop/redact", str(SHOP_ID), body)
    return body


def _shop(world: World) -> dict[str, Any]:
    return {"shop_id": SHOP_ID, "shop_domain": world.shopify.settings.domain}


def _person(world: World, order_id: str) -> tuple[Customer, list[Order]]:
    order = world.shopify.get(world.known(order_id).order_id)
    if order.customer is None:
        raise ValueError(f"order {order.name} has no customer")
    mine = [one for one in world.shopify.orders.values() if one.customer and one.customer.id == order.customer.id]
    return order.customer, mine


def _blank(order: Order) -> None:
    order.email, order.phone = "", None
    for address in (order.address, order.billing):
        for key in BLANK:
            if address and key in address:
                address[key] = None
