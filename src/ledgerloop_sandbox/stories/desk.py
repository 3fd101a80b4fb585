"""What people do at a desk in NetSuite beside returns: customers, lists, and imports of CSV files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledgerloop_sandbox.netsuite import csv_import

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World


def add_customer(
    world: World,
    email: str = "",
    first_name: str = "",
    last_name: str = "Buyer",
    external_id: str = "",
    inactive: bool = False,
    subsidiary: str = "1",
) -> dict[str, Any]:
    """Enter a customer."""
    key = world.account.add_customer(email, first_name, last_name, external_id)
    customer = world.account.customers[key]
    customer.inactive, customer.subsidiary = inactive, subsidiary
    return {"customer": key}


def add_to_list(world: World, kind: str, id: str, name: str, subsidiary: str = "1") -> dict[str, Any]:  # noqa: A002 - the act's argument
    """Add a subsidiary, a location, a sales_channel or a custom_field (its name is the kind: text or boolean)."""
    account = world.account
    if kind == "subsidiary":
        account.add_subsidiary(id, name)
    elif kind == "location":
        account.add_location(id, name, subsidiary)
    elif kind == "sales_channel":
        account.add_sales_channel(id, name)
    elif kind == "custom_field":
        account.add_custom_field(id, name)
    else:
        raise ValueError("there are the lists subsidiary, location, sales_channel and custom_field")
    return {"kind": kind, "id": id}


def import_csv(world: World, kind: str, text: str) -> dict[str, Any]:
    """Import a feed of `sales_orders` or `cash_sales` through the saved import map; refusals by row."""
    with world.account.lock:
        return csv_import.run(world.account, kind, text)
