"""The original order as it was last read: from Shopify, and its source records from NetSuite."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, bindparam, delete, select, update

from ledgerloop.store.heads import note_numbers
from ledgerloop.store.sql import batches, insert, locked, of_order, put_all, where
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import shop_orders, source_order_ids, source_orders
from ledgerloop.store.types import digest


@dataclass(frozen=True)
class StoredShopOrder:
    """Shopify's order as stored."""

    body: dict[str, Any]
    updated_at: datetime | None
    read_at: datetime
    stale: bool


@dataclass(frozen=True)
class StoredSourceOrder:
    """NetSuite's source records as stored; an empty list means that they were looked for and not found."""

    documents: list[dict[str, Any]]
    read_at: datetime
    stale: bool


class ShopOrders:
    """Shopify's orders."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(
        self,
        shop: str,
        order_id: str,
        body: dict[str, Any],
        updated_at: datetime | None,
        read_at: datetime,
        tx: Transaction | None = None,
    ) -> bool:
        """Store an order unless a newer one is stored; True when it differs from what was stored."""
        keys = {"shop": shop, "order_id": order_id}
        mark = digest(body)
        values = {"body": body, "digest": mark, "updated_at": updated_at, "read_at": read_at, "stale": False}
        with self._store.writing(tx, hasty=True) as open_tx:
            row, is_new = locked(open_tx, shop_orders, keys, values)
            if is_new:
                return True
            if updated_at is not None and row["updated_at"] is not None and updated_at < row["updated_at"]:
                return False
            open_tx.execute(update(shop_orders).where(where(shop_orders, keys)).values(**values))
        return bool(row["digest"] != mark)

    def get(self, shop: str, order_id: str, tx: Transaction | None = None) -> StoredShopOrder | None:
        """Look an order up."""
        with self._store.reading(tx) as open_tx:
            row = open_tx.execute(_SHOP_ORDER, {"of_shop": shop, "of_order": order_id}).first()
        return None if row is None else StoredShopOrder(row.body, row.updated_at, row.read_at, row.stale)

    def fresh(self, shop: str, order_ids: Collection[str], tx: Transaction | None = None) -> dict[str, StoredShopOrder]:
        """Those of these orders that are stored and not stale."""
        wanted = select(shop_orders).filter_by(shop=shop, stale=False)
        found = {}
        with self._store.reading(tx) as open_tx:
            for some in batches(order_ids):
                for row in open_tx.execute(wanted.where(shop_orders.c.order_id.in_(some))):
                    found[row.order_id] = StoredShopOrder(row.body, row.updated_at, row.read_at, row.stale)
        return found

    def ids_known(self, shop: str) -> set[str]:
        """Give the id of every order stored."""
        with self._store.reading() as tx:
            return set(tx.execute(select(shop_orders.c.order_id).filter_by(shop=shop)).scalars())

    def mark_stale(self, shop: str, order_id: str, tx: Transaction | None = None) -> None:
        """Ask for the order to be read again before the next decision."""
        _mark_stale(self._store, shop_orders, {"shop": shop, "order_id": order_id}, tx)

    def forget(self, shop: str, order_id: str, tx: Transaction | None = None) -> None:
        """Drop what is stored about an order, so that it is read anew."""
        with self._store.writing(tx, hasty=True) as open_tx:
            open_tx.execute(delete(shop_orders).filter_by(shop=shop, order_id=order_id))


class SourceOrders:
    """NetSuite's source records (sales order, cash sale, invoice) of a case."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(
        self,
        shop: str,
        order_key: str,
        documents: list[dict[str, Any]],
        read_at: datetime,
        tx: Transaction | None = None,
    ) -> bool:
        """Store what was found, each with at least `id`; True when it differs from what was stored."""
        keys = {"shop": shop, "order_key": order_key}
        mark = digest(documents)
        values = {"documents": documents, "digest": mark, "read_at": read_at, "stale": False}
        with self._store.writing(tx, hasty=True) as open_tx:
            row, is_new = locked(open_tx, source_orders, keys, values)
            if not is_new:
                open_tx.execute(update(source_orders).where(where(source_orders, keys)).values(**values))
                if row["digest"] == mark:
                    return False
                open_tx.execute(delete(source_order_ids).where(where(source_order_ids, keys)))
            ids = [{**keys, "internal_id": one} for one in sorted({str(document["id"]) for document in documents})]
            if ids:
                open_tx.execute(insert(open_tx, source_order_ids).on_conflict_do_nothing(), ids)
            note_numbers(open_tx, shop, {order_key: documents})
        return True

    def put_all(self, shop: str, found: Mapping[str, list[dict[str, Any]]], read_at: datetime) -> None:
        """Store what was found for each of these cases, in a few statements however many they are."""
        if not found:
            return
        fresh = {"read_at": read_at, "stale": False}
        rows = [
            {"shop": shop, "order_key": key, "documents": some, "digest": digest(some), **fresh}
            for key, some in found.items()
        ]
        ids = {(key, str(document["id"])) for key, some in found.items() for document in some}
        with self._store.writing(hasty=True) as tx:
            put_all(tx, source_orders, ("shop", "order_key"), rows)
            tx.execute(_DROP_IDS, [{"of_shop": shop, "of_order": key} for key in found])
            if ids:
                named = [{"shop": shop, "order_key": key, "internal_id": one} for key, one in sorted(ids)]
                tx.execute(source_order_ids.insert(), named)
            note_numbers(tx, shop, found)

    def get(self, shop: str, order_key: str, tx: Transaction | None = None) -> StoredSourceOrder | None:
        """Look the source records of a case up; None when they were never looked for."""
        with self._store.reading(tx) as open_tx:
            row = open_tx.execute(_SOURCE_ORDER, {"of_shop": shop, "of_order": order_key}).first()
        return None if row is None else StoredSourceOrder(row.documents, row.read_at, row.stale)

    def order_key_of(self, shop: str, internal_id: str) -> str | None:
        """Find the case whose source record this is."""
        with self._store.reading() as tx:
            wanted = select(source_order_ids.c.order_key).filter_by(shop=shop, internal_id=internal_id)
            return tx.execute(wanted.order_by(source_order_ids.c.order_key)).scalars().first()

    def keys_missing(self, shop: str) -> list[str]:
        """Give the cases whose source records were looked for and not found."""
        with self._store.reading() as tx:
            nothing = select(source_orders.c.order_key).filter_by(shop=shop, digest=digest([]))
            return list(tx.execute(nothing.order_by(source_orders.c.order_key)).scalars())

    def mark_stale(self, shop: str, order_key: str, tx: Transaction | None = None) -> None:
        """Ask for the source records to be read again before the next decision."""
        _mark_stale(self._store, source_orders, {"shop": shop, "order_key": order_key}, tx)

    def forget(self, shop: str, order_key: str, tx: Transaction | None = None) -> None:
        """Drop what is stored about the source records, so that they are looked for anew."""
        with self._store.writing(tx, hasty=True) as open_tx:
            for table in (source_orders, source_order_ids):
                open_tx.execute(delete(table).filter_by(shop=shop, order_key=order_key))


_SHOP_ORDER = of_order(shop_orders, key="order_id")
_SOURCE_ORDER = of_order(source_orders)
_DROP_IDS = delete(source_order_ids).where(
    source_order_ids.c.shop == bindparam("of_shop"), source_order_ids.c.order_key == bindparam("of_order")
)


def _mark_stale(store: Store, table: Table, keys: dict[str, str], tx: Transaction | None) -> None:
    with store.writing(tx, hasty=True) as open_tx:
        open_tx.execute(update(table).where(where(table, keys)).values(stale=True))
