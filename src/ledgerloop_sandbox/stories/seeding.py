"""The orders and returns that a sandbox begins with, unless it is started empty."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ledgerloop_sandbox.clock import iso_z

from . import orders, returns

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World

TEE = {"sku": "TEE-M", "quantity": 1, "price": "100.00", "tax_rate": "0.08"}
TWO_TEES_AND_CAP = [
    {"sku": "TEE", "quantity": 2, "price": "50.00", "tax_rate": "0.08"},
    {"sku": "CAP", "quantity": 1, "price": "30.00", "tax_rate": "0.08"},
]

ORDERS: tuple[dict[str, Any], ...] = (
    {"name": "#1001", "lines": [TEE], "shipping": "10.00"},
    {"name": "#1002", "lines": [TEE], "shipping": "10.00", "billing": "cash_sale", "email": "ben@example.com"},
    {"name": "#1003", "lines": TWO_TEES_AND_CAP, "order_discount": "13.00"},
    {
        "name": "#1004",
        "lines": [{"sku": "HOODIE", "quantity": 2, "price": "150.00", "tax_rate": "0.08", "line_discount": "30.00"}],
    },
    {"name": "#1005", "lines": [TEE], "payments": [["gift_card", "48.00"], ["shopify_payments", "60.00"]]},
    {"name": "#1006", "lines": [TEE], "in_netsuite": False},
    {"name": "#1007", "lines": [TEE], "fulfilled": False},
    {"name": "#1008", "lines": [TEE], "location": "store", "billing": "cash_sale", "email": "ben@example.com"},
)
"""Invoiced; cash sale; order discount; line discount; split tender; not in NetSuite yet; not shipped; in store."""


def seed_stories(world: World) -> dict[str, Any]:
    """Place the orders, ten days old to three days old, and a few returns in different states."""
    begin = world.clock() - timedelta(days=10)
    placed = [
        orders.place_order(world, **{**wish, "created_at": iso_z(begin + timedelta(days=n))})
        for n, wish in enumerate(ORDERS)
    ]
    made = [
        returns.request_return(world, placed[0]["order_id"], reason="Too small"),
        returns.request_return(world, placed[1]["order_id"], reason="Too big"),
        returns.request_return(world, placed[2]["order_id"], reason="Changed my mind", parent_reason="Other"),
        returns.request_return(world, placed[3]["order_id"], reason="Damaged", parent_reason="Item issue"),
        returns.request_return(world, placed[5]["order_id"]),
    ]
    returns.process_in_loop(world, made[1]["return_id"])
    returns.flag_in_loop(world, made[3]["return_id"])
    return {"orders": [one["name"] for one in placed], "returns": [one["return_id"] for one in made]}
