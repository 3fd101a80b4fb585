"""Wrong amounts: a single sum of a record or a transaction is overwritten, and nothing else follows."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ledgerloop_sandbox.money import money, text
from ledgerloop_sandbox.netsuite.money import cents

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World


def tamper_record(world: World, record: str, by: str, line: int | None = None) -> dict[str, Any]:
    """Change a NetSuite record's total by an amount, or that of one of its lines (the total follows, taxes do not)."""
    account, more = world.account, cents(Decimal(by))
    with account.lock:
        found = account.get(record)
        if line is not None:
            changed = found.line_by_number(line)
            if changed is None:
                raise KeyError(f"record {record} has no line {line}")
            changed.amount += more
            found.subtotal += more
        found.total += more
        account.saved(found)
    return dict(account.record(record))


def tamper_transaction(world: World, order_id: str, transaction_id: str, by: str) -> dict[str, Any]:
    """Change the amount of a payment or refund transaction of a Shopify order."""
    order = world.shopify.get(world.known(order_id).order_id)
    found = next((one for one in order.transactions if str(one.id) == str(transaction_id)), None)
    if found is None:
        raise ValueError(f"order {order.name} has no transaction {transaction_id}")
    found.amount += money(by)
    world.shopify.touch(order)
    return {"id": str(found.id), "kind": found.kind, "gateway": found.gateway, "amount": text(found.amount)}
