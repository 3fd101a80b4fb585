"""Writes orders, one or thousands, in a few statements: the newest version stays, and what it was before is history."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, select, update

from ledgerloop.domain.erasure import ERASED, without_person
from ledgerloop.domain.order_store import Order
from ledgerloop.store.heads import note_words
from ledgerloop.store.order_identifications import SHOPIFY_ORD_ID, SHOPIFY_ORD_NAME, SHOPIFY_ORD_NO
from ledgerloop.store.order_rows import rows_of
from ledgerloop.store.order_tables import (
    PARTS,
    order_bodies,
    order_communications,
    order_identifications,
    order_statuses,
    orders,
)
from ledgerloop.store.order_view import from_view, to_view
from ledgerloop.store.sql import batches, insert, put_all
from ledgerloop.store.types import canonical, digest

Row = dict[str, Any]


@dataclass(frozen=True)
class Incoming:
    """A version of an order, as it was read. `raw` is what it was read from."""

    order: Order
    channel: str
    method: str
    raw: bytes | Mapping[str, Any]
    source: str


def write_orders(tx: Connection, shop: str, incoming: Sequence[Incoming], read_at: datetime) -> set[str]:
    """Store those that are not older than what is stored; gives the ids of those that differ from it."""
    newest: dict[str, Incoming] = {}
    for one in sorted(incoming, key=lambda one: (one.order.updated_at, one.order.payments_known)):
        newest[one.order.shopify_order_id] = one
    before = _locked(tx, shop, sorted(newest))
    writes = [
        _Write(newest[key], before[key], read_at) for key in sorted(newest) if _is_newer(newest[key], before[key])
    ]
    if not writes:
        return set()
    put_all(tx, orders, ("shop", "order_id"), [one.row(shop) for one in writes])
    _put_bodies(tx, shop, writes, read_at)
    changed = [one for one in writes if one.differs]
    if changed:
        _put_parts(tx, shop, changed)
        _put_history(tx, shop, changed, read_at)
        note_words(tx, shop, {one.order.shopify_order_id: _found_by(one.order) for one in changed})
    return {one.order.shopify_order_id for one in changed}


class _Write:
    """What is to be stored of an order, seen against what was stored."""

    def __init__(self, incoming: Incoming, before: RowMapping, read_at: datetime) -> None:
        self.incoming, self.before, self._read_at = incoming, before, read_at
        self.order = _joined(incoming.order, before)
        self.view = to_view(self.order)
        self.digest = digest([self.view, incoming.channel, incoming.method])
        self.differs = self.digest != before["digest"]

    def row(self, shop: str) -> Row:
        order, listed = self.order, self.before["updated_at"]
        overtaken = listed is not None and order.updated_at < listed
        return {
            "shop": shop,
            "order_id": order.shopify_order_id,
            "name": order.name,
            "channel": self.incoming.channel,
            "method": self.incoming.method,
            "source_name": order.source_name,
            "app_id": order.app_id,
            "test": order.test,
            "currency": order.currency,
            "total": str(order.total.amount),
            "created_at": order.created_at,
            "processed_at": order.processed_at,
            "updated_at": order.updated_at,
            "cancelled_at": order.cancelled_at,
            "financial_status": order.financial_status,
            "fulfillment_status": order.fulfillment_status,
            "customer_id": order.buyer.shopify_customer_id,
            "payments_known": order.payments_known,
            "view": self.view,
            "digest": self.digest,
            "source": self.incoming.source,
            "read_at": self._read_at,
            "stale": overtaken or not order.payments_known,
            "problem": "",
            "erased_at": self.before["erased_at"],
        }


def _found_by(order: Order) -> tuple[str, ...]:
    """Words by which an order is found; of a person that was erased only the id and the name of the order."""
    email = order.buyer.email if "@" in order.buyer.email else ""
    return (order.shopify_order_id, order.name, email)


def _locked(tx: Connection, shop: str, order_ids: Sequence[str]) -> dict[str, RowMapping]:
    """What is stored of these orders, locked; those never seen get an empty row first."""
    found: dict[str, RowMapping] = {}
    for some in batches(order_ids):
        found |= _rows(tx, shop, some)
        missing = [one for one in some if one not in found]
        if missing:
            fresh = [{"shop": shop, "order_id": one} for one in missing]
            tx.execute(insert(tx, orders).on_conflict_do_nothing(), fresh)
            found |= _rows(tx, shop, missing)
    return found


def _rows(tx: Connection, shop: str, order_ids: Sequence[str]) -> dict[str, RowMapping]:
    wanted = select(orders).where(orders.c.shop == shop, orders.c.order_id.in_(order_ids)).order_by(orders.c.order_id)
    return {row["order_id"]: row for row in tx.execute(wanted.with_for_update()).mappings()}


def _is_newer(incoming: Incoming, before: RowMapping) -> bool:
    if before["view"] is None:
        return True
    order, stored_at = incoming.order, before["updated_at"]
    if order.updated_at != stored_at:
        return bool(order.updated_at > stored_at)
    return order.payments_known or not before["payments_known"]


def _joined(order: Order, before: RowMapping) -> Order:
    """The order with the payments known so far, if it comes without; without the person, if that was erased."""
    if not order.payments_known and before["view"] is not None:
        order = replace(order, transactions=from_view(before["view"]).transactions)
    return without_person(order) if before["erased_at"] is not None else order


def _put_bodies(tx: Connection, shop: str, writes: Sequence[_Write], read_at: datetime) -> None:
    rows = []
    for one in writes:
        raw = one.incoming.raw
        body = raw if isinstance(raw, bytes) else canonical(raw).encode("utf-8", "replace")
        erased_at = one.before["erased_at"]
        mine = {"shop": shop, "order_id": one.order.shopify_order_id, "source": one.incoming.source}
        kept = zlib.compress(body, 3) if erased_at is None else None
        rows.append({**mine, "body": kept, "digest": digest(body), "read_at": read_at, "erased_at": erased_at})
    put_all(tx, order_bodies, ("shop", "order_id", "source"), rows)


def _put_parts(tx: Connection, shop: str, writes: Sequence[_Write]) -> None:
    known = [one.order.shopify_order_id for one in writes if one.before["view"] is not None]
    parts: dict[Any, list[Row]] = {table: [] for table in PARTS}
    for one in writes:
        for table, rows in rows_of(shop, one.order, one.incoming.method).items():
            parts[table] += rows
    for table, rows in parts.items():
        for some in batches(known):
            tx.execute(delete(table).where(table.c.shop == shop, table.c.order_id.in_(some)))
        if rows:
            tx.execute(table.insert(), rows)


def _put_history(tx: Connection, shop: str, writes: Sequence[_Write], read_at: datetime) -> None:
    statuses, notes = [], []
    for one in writes:
        mine = {"shop": shop, "order_id": one.order.shopify_order_id}
        now, earlier = _statuses(one.order), _statuses_before(one.before)
        statuses += [
            {**mine, "kind": kind, "status": status, "at": one.order.updated_at}
            for kind, status in now.items()
            if status and status != earlier.get(kind)
        ]
        if one.order.note and one.order.note != ERASED:
            note = {"kind": "ORDER_NOTE", "content": one.order.note, "seen_at": read_at}
            notes.append({**mine, "digest": digest(one.order.note.encode()), **note})
    if statuses:
        tx.execute(order_statuses.insert(), statuses)
    if notes:
        tx.execute(insert(tx, order_communications).on_conflict_do_nothing(), notes)
    _identify(tx, shop, writes, read_at)


def _identify(tx: Connection, shop: str, writes: Sequence[_Write], read_at: datetime) -> None:
    """Note Shopify's id, name and number of orders that are new, or were given another name."""
    table = order_identifications
    renamed = [one for one in writes if one.before["view"] is not None and one.before["name"] != one.order.name]
    ending = update(table).where(
        table.c.shop == shop,
        table.c.order_id == bindparam("of_order"),
        table.c.type.in_((SHOPIFY_ORD_NAME, SHOPIFY_ORD_NO)),
        table.c.thru_at.is_(None),
    )
    if renamed:
        tx.execute(ending.values(thru_at=read_at), [{"of_order": one.order.shopify_order_id} for one in renamed])
    rows = []
    for one in writes:
        order, is_new = one.order, one.before["view"] is None
        names = {SHOPIFY_ORD_NAME: order.name, SHOPIFY_ORD_NO: "".join(filter(str.isdecimal, order.name))}
        ids = {SHOPIFY_ORD_ID: order.shopify_order_id} if is_new else {}
        shown = {**ids, **(names if is_new or one in renamed else {})}
        mine = {"shop": shop, "order_id": order.shopify_order_id, "from_at": read_at}
        rows += [{**mine, "type": kind, "value": value} for kind, value in shown.items() if value]
    if rows:
        tx.execute(table.insert(), rows)


def _statuses(order: Order) -> dict[str, str]:
    own = "CANCELLED" if order.cancelled_at is not None else "CREATED"
    return {"order": own, "financial": order.financial_status, "fulfillment": order.fulfillment_status}


def _statuses_before(before: RowMapping) -> dict[str, str]:
    if before["view"] is None:
        return {}
    own = "CANCELLED" if before["cancelled_at"] is not None else "CREATED"
    return {"order": own, "financial": before["financial_status"], "fulfillment": before["fulfillment_status"]}
