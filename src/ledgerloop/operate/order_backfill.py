"""Reads all orders of a window into the order store by bulk query, however many; those with refunds afterwards, singly.

By the day an order was created, which never changes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from ledgerloop.domain.order_store import Order
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.intake.orders import incoming, is_old, is_sent, is_unclear
from ledgerloop.operate.backfill import window
from ledgerloop.outcome import RemoteProblem
from ledgerloop.remotes.shopify.bulk import bulk_orders, needs_reading
from ledgerloop.remotes.shopify.whole import parse_whole
from ledgerloop.store.order_store import Head
from ledgerloop.store.order_writing import Incoming

A_BATCH = 200
"""Orders stored per transaction."""

MOST_SHOWN = 100
"""Orders that are told one by one; all are counted."""

SAME = "as stored"
"""What is told of orders that the store holds just so."""

Bodies = list[tuple[dict[str, Any], Order]]


@dataclass(frozen=True)
class Row:
    """An order that the store does not hold, or not like this; `what` says which."""

    shop_id: str
    order_id: str
    name: str
    channel: str
    what: str


@dataclass
class Found:
    """What a window held. `unread` are orders that could not be read, with the reason."""

    rows: list[Row] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    unread: list[Row] = field(default_factory=list)

    def note(self, row: Row) -> None:
        """Count an order, and keep it to be shown if there is room."""
        self.counts[row.what] += 1
        if row.what != SAME and len(self.rows) < MOST_SHOWN:
            self.rows.append(row)


def read_orders(parts: Parts, since: datetime, last: datetime | None, *, store: bool) -> Found:
    """Read the orders created from `since` to `last` (None: now) in every shop.

    Moments without a zone are the shop's own. With `store` they are kept, and those that may be sent are due. Raises
    RemoteProblem when Shopify cannot be read to the end; what was read until then is kept.
    """
    found = Found()
    for shop in parts.shops.values():
        begin, end = window(since, last, shop.policy, parts.clock())
        again: list[str] = []
        with bulk_orders(shop.shopify, begin, end, sleep=parts.sleep, progress=parts.progress) as bodies:
            for batch in _batches(bodies):
                again += _take(parts, shop, batch, found, store=store)
                parts.progress(f"{shop.shop_id}: {found.counts.total()} orders read")
        if store:
            _read_after(parts, shop, again, found)
    return found


def _take(parts: Parts, shop: Shop, batch: list[dict[str, Any]], found: Found, *, store: bool) -> list[str]:
    """Compare a batch with the store and keep it; gives the orders that must be read one by one."""
    policy, now, orders = shop.policy, parts.clock(), parts.stores.orders
    read = _readable(shop, batch, found)
    versions = {order.shopify_order_id: incoming(order, policy, body, "bulk") for body, order in read}
    apart = {order.shopify_order_id for body, order in read if body.get("scattered")}
    heads = orders.heads(shop.shop_id, versions)
    what = {key: _difference(one, heads.get(key)) for key, one in versions.items()}
    for key, one in versions.items():
        found.note(Row(shop.shop_id, key, one.order.name, one.channel, what[key]))
    if store:
        with parts.stores.store.writing() as tx:
            changed = orders.put_all(shop.shop_id, [versions[key] for key in versions if key not in apart], now, tx)
            due = [(shop.shop_id, key) for key in changed if _may_be_sent(versions[key], shop)]
            parts.stores.due.mark_all(due, now, "backfill", tx)
    fresh = {key for key, head in heads.items() if not head.stale and what[key] == SAME}
    return [key for key, one in versions.items() if not one.order.payments_known and key not in fresh]


def _readable(shop: Shop, batch: list[dict[str, Any]], found: Found) -> Bodies:
    read: Bodies = []
    for body in batch:
        try:
            read.append((body, parse_whole(body, payments_known=not needs_reading(body))))
        except ValueError as problem:
            order_id = str(body.get("id")).rpartition("/")[2]
            found.unread.append(Row(shop.shop_id, order_id, str(body.get("name")), "", str(problem)))
    return read


def _read_after(parts: Parts, shop: Shop, order_ids: Iterable[str], found: Found) -> None:
    """Read orders whole that a bulk query cannot show whole; one that cannot be read now is read when it is due."""
    for number, order_id in enumerate(order_ids, 1):
        try:
            body = shop.shopify.order_whole(order_id)
            order = parse_whole(body) if body is not None else None
        except (RemoteProblem, ValueError) as problem:
            found.unread.append(Row(shop.shop_id, order_id, "", "", str(problem)))
            continue
        if order is not None and body is not None:
            one = incoming(order, shop.policy, body, "read")
            parts.stores.orders.put_all(shop.shop_id, [one], parts.clock())
            if _may_be_sent(one, shop):
                parts.stores.due.mark(shop.shop_id, order_id, parts.clock(), "backfill")
        parts.progress(f"{shop.shop_id}: {number} orders with refunds read")


def _difference(one: Incoming, head: Head | None) -> str:
    if head is None:
        return "new"
    if head.updated_at is not None and one.order.updated_at < head.updated_at:
        return SAME
    if head.light or head.updated_at != one.order.updated_at:
        return "read whole" if head.light else "changed"
    return SAME if head.channel == one.channel else "another channel"


def _may_be_sent(one: Incoming, shop: Shop) -> bool:
    order = one.order
    ordered_at = order.processed_at or order.created_at
    chosen = is_sent(one.channel, shop.policy) or is_unclear(one, shop.policy)
    return chosen and not order.test and not is_old(ordered_at, shop.policy)


def _batches(bodies: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(bodies, A_BATCH)):
        yield batch
