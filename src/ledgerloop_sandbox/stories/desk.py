"""What people do at a desk in NetSuite beside returns: customers, lists, and imports of CSV files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ledgerloop_sandbox.netsuite import changes, csv_import, makes
from ledgerloop_sandbox.netsuite.body import read_body

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World

UPSELL, EXCHANGE_CREDIT = "156", "901"
"""The seed's account of Loop's payment provider, and its item that posts to the exchange clearing account."""


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


def enter_charge(world: World, return_id: str, amount: str, account: str = UPSELL) -> dict[str, Any]:
    """Enter what Loop charged for an exchange whose goods never came back: a cash sale against the clearing account."""
    books = world.account
    known = world.known(world.loop.get(return_id).order.provider_order_id)
    source = books.get(str(known.sales_order or known.cash_sale))
    body = {
        "entity": {"id": source.entity},
        "account": {"id": account},
        "memo": f"Charged by Loop; Loop return {return_id}",
        "custbody_loop_return_id": str(return_id),
        "item": {"items": [{"item": {"id": EXCHANGE_CREDIT}, "quantity": 1, "rate": amount, "amount": amount}]},
    }
    with books.lock:
        made = changes.standalone(books, "cashSale", read_body(books, "cashSale", body, strict=True))
        return dict(books.record(makes.save(books, made).id))


def enter_credit(
    world: World, order_id: str, kind: str = "creditMemo", fields: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Enter a credit memo or cash refund of everything sold on an order, made from nothing; `fields` by REST names."""
    books = world.account
    known = world.known(order_id)
    source = books.get(str(known.sales_order or known.cash_sale))
    sold = [
        {"item": {"id": line.item}, "quantity": str(line.quantity), "rate": str(line.rate)}
        for line in source.lines
        if line.quantity
    ]
    body = {"entity": {"id": source.entity}, "item": {"items": sold}, **(fields or {})}
    with books.lock:
        made = changes.standalone(books, kind, read_body(books, kind, body, strict=True))
        for line, of in zip(made.lines, (one for one in source.lines if one.quantity), strict=True):
            line.tax_rate = of.tax_rate
        return dict(books.record(makes.save(books, made).id))


def import_csv(world: World, kind: str, text: str) -> dict[str, Any]:
    """Import a feed of `sales_orders` or `cash_sales` through the saved import map; refusals by row."""
    with world.account.lock:
        return csv_import.run(world.account, kind, text)
