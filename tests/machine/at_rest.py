"""What must hold of every return once the world is at rest: nothing twice, the money right, and nothing left unsaid."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from ledgerloop_sandbox.loop.model import Return
from ledgerloop_sandbox.netsuite.model import Record
from ledgerloop_sandbox.world import World
from tests.machine.connector import Connector
from tests.machine.guard import RETURN_FIELD

ENDED = ("C", "H")
"""Status letters of an authorization that was cancelled or closed."""

SETTLED = ("G", "H")
"""Status letters of an authorization on which nothing more is to be credited: refunded, or closed."""

Records = dict[str, list[Record]]


def wrongs(world: World, connector: Connector, policy: dict[str, str]) -> Iterator[str]:
    """Everything that is wrong, in words."""
    for return_ in world.loop.returns.values():
        mine = _records(world, return_)
        yield from _twice(return_, mine)
        yield from _money(world, return_, mine)
        said = [f"{one.sync}: {one.code}" for one in connector.said(str(return_.id))]
        todo = _left_to_do(return_, mine, policy)
        if todo and not said:
            yield f"return {return_.id} is {return_.state}: {todo}, and nothing is said about it"
    yield from _per_refund(world)


def _records(world: World, return_: Return) -> Records:
    kinds = ("returnAuthorization", "itemReceipt", "creditMemo", "cashRefund", "customerRefund")
    return {kind: world.account.find(kind, **{RETURN_FIELD: str(return_.id)}) for kind in kinds}


def _twice(return_: Return, mine: Records) -> Iterator[str]:
    """One authorization, one credit, no note and no received unit twice."""
    if len(mine["returnAuthorization"]) > 1:
        yield f"return {return_.id} has {len(mine['returnAuthorization'])} authorizations"
    given = [*mine["creditMemo"], *mine["cashRefund"]]
    if len(given) > 1 and any(map(_ours, given)):
        yield f"return {return_.id} has {len(given)} credits"
    for note, count in Counter(one["content"] for one in return_.notes).items():
        if count > 1:
            yield f"return {return_.id} has a note {count} times: {note}"
    if any(map(_ours, given)) and not return_.was_processed:
        yield f"return {return_.id} was credited and never processed"


def _ours(record: Record) -> bool:
    return record.external_id.startswith("LOOP-")


def _money(world: World, return_: Return, mine: Records) -> Iterator[str]:
    """What was credited and paid out in NetSuite is what left the shop."""
    left = sum((Decimal(str(row["amount"])) for row in return_.refunds), Decimal(0))
    for credit in (*mine["creditMemo"], *mine["cashRefund"]):
        if _ours(credit) and credit.total != left:
            yield f"return {return_.id}: {left} left the shop, {credit.tran_id} is {credit.total}"
    paid = sum((one.payment or one.total for one in mine["customerRefund"]), Decimal(0))
    if paid > left:
        yield f"return {return_.id}: {left} left the shop, {paid} was paid out in NetSuite"


def _per_refund(world: World) -> Iterator[str]:
    """No Shopify refund transaction is paid out twice."""
    seen: Counter[str] = Counter()
    for one in world.account.find("customerRefund"):
        seen[one.memo.rsplit("transaction ", 1)[-1]] += 1
    for transaction, count in seen.items():
        if count > 1:
            yield f"Shopify transaction {transaction} was paid out {count} times"


def _left_to_do(return_: Return, mine: Records, policy: dict[str, str]) -> str:
    """What should still happen to a return by itself; empty when it is settled, or waits for people or goods."""
    if return_.state == "review":
        return "" if mine["returnAuthorization"] else "it has no authorization"
    if return_.state == "cancelled" or (return_.state == "closed" and not return_.was_processed):
        return _left_open(mine)
    if return_.state == "closed":
        return _left_unpaid(return_, mine)
    if return_.state == "open":
        return _left_unprocessed(return_, mine, policy)
    return ""


def _left_open(mine: Records) -> str:
    live = [one.tran_id for one in mine["returnAuthorization"] if one.status not in (*ENDED, "G")]
    return f"{', '.join(live)} is still open" if live else ""


def _left_unpaid(return_: Return, mine: Records) -> str:
    if not mine["returnAuthorization"]:
        return "it was processed and has no authorization"
    if not all(one.status in SETTLED for one in mine["returnAuthorization"]):
        return "it was processed and is not refunded"
    if not mine["creditMemo"] and not mine["cashRefund"]:
        return "it was processed and has no credit"
    left = sum((Decimal(str(row["amount"])) for row in return_.refunds), Decimal(0))
    paid = sum((one.total for one in mine["customerRefund"]), Decimal(0))
    return f"{left} left the shop, {paid} was paid out" if mine["creditMemo"] and paid != left else ""


def _left_unprocessed(return_: Return, mine: Records, policy: dict[str, str]) -> str:
    if not mine["returnAuthorization"]:
        return "it has no authorization"
    authorization = mine["returnAuthorization"][-1]
    received = sum((line.moved for line in authorization.lines), Decimal(0))
    if authorization.status in ENDED and not received:
        return "" if policy["cancel_in_loop"] == '"off"' else f"{authorization.tran_id} was ended"
    if policy["receive"] == '"loop"':
        return ""
    if received >= len(return_.lines):
        return "everything was received"
    closed = any(line.closed and line.moved < (line.quantity or 0) for line in authorization.lines)
    return "some of it will not come" if received and closed else ""
