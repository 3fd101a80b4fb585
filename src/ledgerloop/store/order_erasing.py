"""Erases the person behind orders: amounts, goods and ids stay; names, addresses, notes and raw bodies go."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from ledgerloop.domain.erasure import without_person
from ledgerloop.store.feeds import erase_feeds
from ledgerloop.store.heads import forget_person
from ledgerloop.store.order_rows import rows_of
from ledgerloop.store.order_tables import order_bodies, order_communications, orders
from ledgerloop.store.order_view import from_view, to_view
from ledgerloop.store.sql import batches
from ledgerloop.store.types import digest


def erase_orders(tx: Connection, shop: str, order_ids: Collection[str], at: datetime) -> list[str]:
    """Erase these orders, and what comes of them later; gives those that were not erased before."""
    erased = []
    forget_person(tx, shop, order_ids)
    for some in batches(sorted(order_ids)):
        mine = (orders.c.shop == shop, orders.c.order_id.in_(some), orders.c.erased_at.is_(None))
        wanted = select(orders.c.order_id, orders.c.view, orders.c.channel, orders.c.method).where(*mine)
        for row in tx.execute(wanted.order_by(orders.c.order_id).with_for_update()).all():
            values = {} if row.view is None else _erase_whole(tx, shop, row.view, row.channel, row.method)
            same = (orders.c.shop == shop, orders.c.order_id == row.order_id)
            tx.execute(update(orders).where(*same).values(**values | {"erased_at": at}))
            erased.append(row.order_id)
        of_them = (order_bodies.c.shop == shop, order_bodies.c.order_id.in_(some))
        tx.execute(update(order_bodies).where(*of_them).values(body=None, erased_at=at))
        said = (order_communications.c.shop == shop, order_communications.c.order_id.in_(some))
        tx.execute(update(order_communications).where(*said).values(content="", erased_at=at))
        erase_feeds(tx, shop, some, at)
    return erased


def _erase_whole(tx: Connection, shop: str, stored: dict[str, object], channel: str, method: str) -> dict[str, object]:
    order = without_person(from_view(stored))
    for table, rows in rows_of(shop, order, method).items():
        tx.execute(delete(table).where(table.c.shop == shop, table.c.order_id == order.shopify_order_id))
        if rows:
            tx.execute(table.insert(), rows)
    view = to_view(order)
    return {"view": view, "digest": digest([view, channel, method])}
