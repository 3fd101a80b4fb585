"""Works off Shopify's messages: the body of an order goes into the order store, everything else is a hint to read.

Payments are in no body, so an order that may be sent is read whole afterwards.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from ledgerloop.domain.order_store import Order
from ledgerloop.intake.compliance import COMPLIANCE_TOPICS, obey
from ledgerloop.intake.orders import incoming, is_old, is_sent, is_unclear
from ledgerloop.intake.pollers import Watch
from ledgerloop.remotes.shopify.rest_order import parse_rest_order
from ledgerloop.remotes.shopify.webhook import subject
from ledgerloop.store.inbox import Inbox, Message
from ledgerloop.store.order_identifications import NETSUITE_ORDER_ID
from ledgerloop.store.order_writing import Incoming
from ledgerloop.store.store import Transaction

ORDER_TOPICS: Final = "orders/"
"""Topics whose body is an order."""

WITHOUT_ORDER: Final = ("orders/delete",)
"""Topics of that family whose body names an order and nothing else."""


@dataclass(frozen=True)
class _Told:
    """What a message tells. `problem` says why its order could not be read."""

    number: int
    order_id: str
    order: Order | None = None
    problem: str = ""


def work_orders(watch: Watch, inbox: Inbox, messages: Sequence[Message]) -> int:
    """Store what these messages tell, mark what concerns us; gives how many orders that are."""
    if not messages:
        return 0
    demands = [one for one in messages if one.topic.lower() in COMPLIANCE_TOPICS]
    told = [_read(one) for one in messages if one not in demands]
    seen = _store(watch, inbox, messages, told) if told else 0
    for demand in demands:
        obey(watch, inbox, demand)
    return seen


def _read(message: Message) -> _Told:
    topic, body = message.topic.strip().lower(), message.body or b"null"
    order_id = subject(topic, body) or ""
    if not topic.startswith(ORDER_TOPICS) or topic in WITHOUT_ORDER:
        return _Told(message.id, order_id)
    try:
        order = parse_rest_order(body)
    except ValueError as problem:
        return _Told(message.id, order_id, problem=f"not readable as an order: {problem}")
    return _Told(message.id, order.shopify_order_id, order)


def _store(watch: Watch, inbox: Inbox, messages: Sequence[Message], told: Sequence[_Told]) -> int:
    policy, now = watch.policy, watch.clock()
    bodies = {one.id: one.body or b"" for one in messages}
    versions = [incoming(one.order, policy, bodies[one.number], "webhook") for one in told if one.order is not None]
    named = {one.order_id for one in told if one.order_id}
    hints = sorted({one.order_id for one in told if one.order_id and one.order is None})
    last = messages[-1]
    with watch.store.writing(hasty=True) as tx:
        watch.orders.put_all(watch.shop_id, versions, now, tx)
        for one in told:
            if one.problem and one.order_id:
                watch.orders.put_problem(watch.shop_id, one.order_id, one.problem, now, tx)
        watch.orders.mark_stale(watch.shop_id, hints, tx)
        returned = watch.returns.order_keys_among(watch.shop_id, named, tx)
        for order_id in sorted(returned):
            watch.shop_orders.mark_stale(watch.shop_id, order_id, tx)
        ours = returned | _to_send(watch, versions, named, tx)
        watch.due.mark_all([(watch.shop_id, one) for one in ours], now, f"{last.source} {last.topic}", tx)
        for note, numbers in _notes(told).items():
            inbox.mark_worked(numbers, note, tx)
    return len(ours)


def _to_send(watch: Watch, versions: Sequence[Incoming], named: Collection[str], tx: Transaction) -> set[str]:
    """Orders that may be sent, or were: by what the store holds of them now. One of which nothing is known may be."""
    policy, everything = watch.policy, "*" in watch.policy.order_channels
    heads = watch.orders.heads(watch.shop_id, named, tx)
    dead = {
        one.order.shopify_order_id
        for one in versions
        if one.order.test or is_old(one.order.processed_at or one.order.created_at, policy)
    }
    chosen = {
        order_id
        for order_id, head in heads.items()
        if is_sent(head.channel, policy) or (head.light and not head.channel and (everything or policy.order_channels))
    }
    chosen |= {one.order.shopify_order_id for one in versions if is_unclear(one, policy)}
    return (chosen - dead) | set(watch.orders.identified(watch.shop_id, named, NETSUITE_ORDER_ID, tx))


def _notes(told: Sequence[_Told]) -> dict[str, list[int]]:
    """Messages by what is noted about them."""
    notes: dict[str, list[int]] = {}
    for one in told:
        note = one.problem if one.problem else "" if one.order_id else "names no order"
        notes.setdefault(note, []).append(one.number)
    return notes
