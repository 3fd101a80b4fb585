"""What people do in NetSuite: receive goods, close and cancel authorizations, enter records by hand."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World

RETURN_FIELDS = ("custbody_loop_return_id", "custbody_hc_loopreturn_id")
"""Fields by which people find a return's authorization."""


def receive(
    world: World,
    return_id: str | None = None,
    authorization: str | None = None,
    lines: Sequence[dict[str, Any]] | None = None,
    external_id: str | None = None,
    location: str = "",
) -> dict[str, Any]:
    """The warehouse receives goods of an authorization: all that is open, or quantities per authorization line."""
    wanted = authorization or authorization_of(world, return_id)
    quantities: dict[int, Decimal | int | str] | None = None
    if lines is not None:
        quantities = {int(one["line"]): one.get("quantity", 1) for one in lines}
    made = world.account.receive(wanted, quantities, external_id or "", location=location)
    return world.account.record(made)


def close_authorization(
    world: World, authorization: str | None = None, lines: Sequence[int] | None = None, return_id: str | None = None
) -> dict[str, Any]:
    """Close lines of an authorization, or all of them."""
    wanted = authorization or authorization_of(world, return_id)
    world.account.close_lines(wanted, lines)
    return world.account.record(wanted)


def cancel_authorization(
    world: World, authorization: str | None = None, return_id: str | None = None
) -> dict[str, Any]:
    """Cancel an authorization of which nothing was received."""
    wanted = authorization or authorization_of(world, return_id)
    world.account.cancel(wanted)
    return world.account.record(wanted)


def approve(world: World, authorization: str) -> dict[str, Any]:
    """Approve a pending authorization or order."""
    world.account.approve(authorization)
    return world.account.record(authorization)


def ship_sales_order(world: World, id: str) -> dict[str, Any]:  # noqa: A002  (named as the control app shows it)
    """Ship a sales order that Shopify has no order of its own for, and bill it by an invoice."""
    world.account.fulfil(id)
    return world.account.record(world.account.invoice(id))


def set_field(world: World, record: str, field: str, value: Any) -> dict[str, Any]:
    """Edit a body field of a record."""
    world.account.set_field(record, field, value)
    return world.account.record(record)


def change_line(
    world: World, line: int, quantity: str | int, authorization: str | None = None, return_id: str | None = None
) -> dict[str, Any]:
    """Change the quantity of a line of an authorization; not below what was received or credited."""
    wanted = authorization or authorization_of(world, return_id)
    world.account.change_line(wanted, int(line), quantity)
    return world.account.record(wanted)


def reopen_authorization(
    world: World, authorization: str | None = None, lines: Sequence[int] | None = None, return_id: str | None = None
) -> dict[str, Any]:
    """Open closed lines of an authorization again, or all of them."""
    wanted = authorization or authorization_of(world, return_id)
    world.account.reopen_lines(wanted, lines)
    return world.account.record(wanted)


def make_authorization(
    world: World,
    order_id: str,
    lines: Sequence[dict[str, Any]] | None = None,
    external_id: str | None = None,
    fields: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Enter a return authorization by hand; `lines` by source line number, None for all."""
    known = world.known(order_id)
    source = known.sales_order or known.cash_sale
    if source is None:
        raise ValueError(f"order {order_id} is not in NetSuite")
    return world.account.record(world.account.make_authorization(source, lines, external_id or "", fields))


def make_credit_memo(
    world: World,
    source: str,
    lines: Sequence[dict[str, Any]] | None = None,
    external_id: str | None = None,
    fields: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Enter a credit memo by hand, from an authorization or invoice."""
    return world.account.record(world.account.make_credit_memo(source, lines, external_id or "", fields))


def make_cash_refund(
    world: World,
    source: str,
    lines: Sequence[dict[str, Any]] | None = None,
    external_id: str | None = None,
    fields: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Enter a cash refund by hand, from an authorization or cash sale."""
    return world.account.record(world.account.make_cash_refund(source, lines, external_id or "", fields))


def make_customer_refund(
    world: World, credit_memo: str, amount: str | None = None, external_id: str | None = None
) -> dict[str, Any]:
    """Pay out an open credit memo by hand: all of it, or an amount."""
    return world.account.record(world.account.make_customer_refund(credit_memo, amount, external_id=external_id or ""))


def delete_record(world: World, id: str, force: bool = False) -> dict[str, Any]:  # noqa: A002 - the act's argument
    """Delete a record."""
    world.account.delete(id, force=force)
    return {"deleted": id}


def close_period(world: World, month: str, locked_only: str = "", reopen: bool = False) -> dict[str, Any]:
    """Close the accounting month `2026-01`, lock it, or open it again."""
    world.account.close_period(month, locked_only=locked_only, reopen=reopen)
    return {"period": month, "reopened": reopen}


def add_item(world: World, sku: str, cost: str = "0", kind: str = "InvtPart", **fields: Any) -> dict[str, Any]:
    """Add an item to NetSuite."""
    return {"item": world.account.add_item(sku, cost, kind, **fields)}


def authorization_of(world: World, return_id: str | None) -> str:
    """Find the authorization of a Loop return, by the return id on it. Raises KeyError."""
    for name in RETURN_FIELDS:
        found = world.account.find("returnAuthorization", **{name: str(return_id)}) if return_id else []
        if found:
            return found[-1].id
    tail = f"RA-{return_id}"
    for record in world.account.find("returnAuthorization"):
        if return_id and record.external_id.endswith(tail):
            return record.id
    raise KeyError(f"NetSuite has no return authorization for return {return_id}")
