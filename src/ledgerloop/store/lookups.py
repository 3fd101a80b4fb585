"""What NetSuite was asked for before an order is sent: customers and lines by Shopify order id, items by SKU."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import and_, delete, select, update

from ledgerloop.store.sql import batches, put_all
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import netsuite_lookups

CUSTOMER: Final = "customer"
"""Kind of look-ups by Shopify order id; each value has an e-mail, so it is forgotten with the order's."""

ITEM: Final = "item"
"""Kind of look-ups by SKU."""

EXCHANGED: Final = "exchanged"
"""Kind of look-ups of lines that NetSuite's orders may bear, by the id of an exchange within Shopify."""


@dataclass(frozen=True)
class StoredLookup:
    """What was found; an empty list means that it was looked for and not found."""

    found: list[dict[str, Any]]
    read_at: datetime
    stale: bool


class NetSuiteLookups:
    """Customers and items as they were last found."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put_all(
        self,
        shop: str,
        kind: str,
        found: Mapping[str, list[dict[str, Any]]],
        read_at: datetime,
        tx: Transaction | None = None,
    ) -> None:
        """Store what was found for each key, in one statement."""
        rows = [
            {"shop": shop, "kind": kind, "key": key, "found": some, "read_at": read_at, "stale": False}
            for key, some in found.items()
        ]
        if rows:
            with self._store.writing(tx) as open_tx:
                put_all(open_tx, netsuite_lookups, ("shop", "kind", "key"), rows)

    def get(
        self, shop: str, kind: str, keys: Collection[str], tx: Transaction | None = None
    ) -> dict[str, StoredLookup]:
        """Give what is stored for these keys; those never asked for are left out."""
        mine = select(netsuite_lookups).filter_by(shop=shop, kind=kind)
        known: dict[str, StoredLookup] = {}
        with self._store.reading(tx) as open_tx:
            for some in batches(keys):
                for row in open_tx.execute(mine.where(netsuite_lookups.c.key.in_(some))):
                    known[row.key] = StoredLookup(row.found, row.read_at, row.stale)
        return known

    def found(self, shop: str, kind: str, begins: str, limit: int = 200) -> dict[str, list[dict[str, Any]]]:
        """Give what was found for keys that begin so."""
        mine = select(netsuite_lookups.c.key, netsuite_lookups.c.found).filter_by(shop=shop, kind=kind)
        keys = netsuite_lookups.c.key
        lite = self._store.dialect == "sqlite"  # whose LIKE knows no capitals and therefore no index
        begun = (
            and_(keys >= begins, keys < begins + chr(0x10FFFF)) if lite else keys.startswith(begins, autoescape=True)
        )
        with self._store.reading() as tx:
            rows = tx.execute(mine.where(begun).order_by(keys).limit(limit))
            return {row.key: row.found for row in rows if row.found}

    def mark_stale(self, shop: str, kind: str, keys: Collection[str], tx: Transaction | None = None) -> None:
        """Ask for these to be looked up again before the next decision."""
        with self._store.writing(tx) as open_tx:
            for some in batches(keys):
                mine = update(netsuite_lookups).filter_by(shop=shop, kind=kind)
                open_tx.execute(mine.where(netsuite_lookups.c.key.in_(some)).values(stale=True))

    def forget(self, shop: str, kind: str, keys: Collection[str], tx: Transaction | None = None) -> None:
        """Drop what is stored for these keys."""
        with self._store.writing(tx) as open_tx:
            for some in batches(keys):
                mine = delete(netsuite_lookups).filter_by(shop=shop, kind=kind)
                open_tx.execute(mine.where(netsuite_lookups.c.key.in_(some)))
