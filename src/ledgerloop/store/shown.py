"""What the remotes show, by case, for the books: only what was read from them, never what was written to them.

Cases come in pages, in order of their key, so that nothing is ever held whole.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from ledgerloop.domain.order_store import Order
from ledgerloop.store.order_tables import orders
from ledgerloop.store.order_view import from_view
from ledgerloop.store.returns import StoredReturn, stored_of
from ledgerloop.store.sql import batches
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import (
    documents,
    families,
    loop_exchanges,
    loop_returns,
    outcomes,
    shop_orders,
    source_orders,
)


@dataclass
class Shown:
    """One case as read. `exchanged_by` are the returns, of whichever case, whose exchange order this is.

    `shopify_read` and `netsuite_read`: nothing is shown of an order that is to be read anew, which is no news.
    """

    order_key: str
    returns: list[StoredReturn] = field(default_factory=list)
    shop_order: dict[str, Any] | None = None
    source_orders: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    order: Order | None = None
    exchanged_by: list[str] = field(default_factory=list)
    shopify_read: bool = False
    sources_read: bool = False
    family_read: bool = False

    @property
    def netsuite_read(self) -> bool:
        """Whether both the order's records and everything made from them were read."""
        return self.sources_read and self.family_read


@dataclass(frozen=True)
class Answer:
    """What a sync answers about a subject, where it waits or needs attention."""

    sync: str
    kind: str
    code: str
    text: str
    since: datetime


_KEYED = ((loop_returns, "order_key"), (loop_exchanges, "order_id"), (documents, "order_key"))
"""Where cases that concern returns are found: returns, exchange orders, NetSuite's records."""

_MARKED: tuple[tuple[Table, str, tuple[str, ...]], ...] = (
    (loop_returns, "order_key", ("return_id", "list_digest", "details_digest", "presentment_digest")),
    (loop_exchanges, "order_id", ("return_id",)),
    (documents, "order_key", ("internal_id", "digest")),
    (source_orders, "order_key", ("digest",)),
    (families, "order_key", ("complete",)),
    (shop_orders, "order_id", ("digest",)),
    (orders, "order_id", ("digest", "cancelled_at")),
)
"""What tells that a case changed."""


class ShownStore:
    """Reads what is shown."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keys_after(self, shop: str, after: str, limit: int) -> list[str]:
        """Give the next cases by key, `limit` at most."""
        found: set[str] = set()
        with self._store.reading() as tx:
            for table, name in _KEYED:
                column = table.c[name]
                wanted = select(column).where(table.c.shop == shop, column > after).distinct()
                found |= set(tx.execute(wanted.order_by(column).limit(limit)).scalars())
        return sorted(found)[:limit]

    def marks(self, shop: str, keys: Collection[str], tx: Transaction | None = None) -> dict[str, str]:
        """Give a mark for each of these cases that changes whenever anything shown about it does."""
        seen: dict[str, list[str]] = {key: [] for key in keys}
        with self._store.reading(tx) as open_tx:
            for some in batches(keys):
                for table, name, columns in _MARKED:
                    shown = [table.c[one] for one in columns]
                    wanted = select(table.c[name], *shown).where(table.c.shop == shop, table.c[name].in_(some))
                    for row in open_tx.execute(wanted.order_by(table.c[name], *shown)):
                        seen[row[0]].append("|".join((table.name, *map(str, row[1:]))))
        return {key: hashlib.sha256("\n".join(said).encode()).hexdigest() for key, said in seen.items()}

    def cases(self, shop: str, keys: Collection[str]) -> dict[str, Shown]:
        """Give everything shown about these cases, in one state of the database."""
        found = {key: Shown(key) for key in keys}
        with self._store.reading() as tx:
            for some in batches(keys):
                _read(tx, shop, some, found)
        return found

    def answers(self, shop: str, subjects: Collection[str]) -> dict[str, list[Answer]]:
        """What waits and what needs attention about these subjects."""
        found: dict[str, list[Answer]] = {one: [] for one in subjects}
        names = ("sync", "kind", "code", "text", "since")
        mine = select(outcomes.c.return_id, *(outcomes.c[name] for name in names))
        mine = mine.where(outcomes.c.shop == shop, outcomes.c.kind.in_(("waiting", "attention")))
        with self._store.reading() as tx:
            for some in batches(subjects):
                for row in tx.execute(mine.where(outcomes.c.return_id.in_(some)).order_by(outcomes.c.sync)):
                    found[row[0]].append(Answer(*row[1:]))
        return found

    def needing_attention(self, shop: str) -> set[str]:
        """Subjects about which something needs attention."""
        wanted = select(outcomes.c.return_id).where(outcomes.c.shop == shop, outcomes.c.kind == "attention")
        with self._store.reading() as tx:
            return set(tx.execute(wanted.distinct()).scalars())


def _read(tx: Connection, shop: str, keys: Collection[str], found: Mapping[str, Shown]) -> None:
    for row in _sorted(tx, _of(loop_returns, "order_key", shop, keys), "return_id"):
        found[row["order_key"]].returns.append(stored_of(row))
    for row in _sorted(tx, _of(loop_exchanges, "order_id", shop, keys), "return_id"):
        found[row["order_id"]].exchanged_by.append(row["return_id"])
    for row in tx.execute(_of(shop_orders, "order_id", shop, keys)).mappings():
        found[row["order_id"]].shop_order = row["body"] or None
        found[row["order_id"]].shopify_read = True
    for row in tx.execute(_of(source_orders, "order_key", shop, keys)).mappings():
        found[row["order_key"]].source_orders = row["documents"]
        found[row["order_key"]].sources_read = True
    for row in tx.execute(_of(families, "order_key", shop, keys)).mappings():
        found[row["order_key"]].family_read = row["read_at"] is not None
    for row in _sorted(tx, _of(documents, "order_key", shop, keys), "internal_id"):
        found[row["order_key"]].documents.append(row["body"])
    for row in tx.execute(_of(orders, "order_id", shop, keys)).mappings():
        found[row["order_id"]].order = from_view(row["view"]) if row["view"] is not None else None


def _sorted(tx: Connection, wanted: Any, name: str) -> list[RowMapping]:
    """Rows in the order of a column, sorted here: asked to sort, SQLite goes through every row in that order."""
    return sorted(tx.execute(wanted).mappings(), key=lambda row: str(row[name]))


def _of(table: Table, name: str, shop: str, keys: Collection[str]) -> Any:
    return select(table).where(table.c.shop == shop, table.c[name].in_(keys))
