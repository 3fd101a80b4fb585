"""NetSuite's transactions around a case, as they were last read: authorizations, receipts, credits, refunds."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from ledgerloop.store.heads import note_numbers
from ledgerloop.store.sql import batches, insert, of_order, put, put_all
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import documents, families, loop_returns, source_order_ids
from ledgerloop.store.types import digest


@dataclass(frozen=True)
class Family:
    """Every transaction known around a case. `read_at` is None while it was never read from NetSuite as a whole;
    `searched` are the Shopify refunds whose records were searched for then, whatever they are made from.
    """

    documents: list[dict[str, Any]]
    read_at: datetime | None
    stale: bool
    searched: frozenset[str] = frozenset()


class Documents:
    """NetSuite's transactions by case."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put_family(
        self,
        shop: str,
        order_key: str,
        found: list[dict[str, Any]],
        read_at: datetime,
        complete: bool,
        tx: Transaction | None = None,
    ) -> bool:
        """Store what NetSuite returned for a case; True when it differs from what was stored.

        Each has at least `type`, `id`, `external_id`, `created_from`, `last_modified`. `complete` says that everything
        was asked for: what did not come is dropped, and the family is fresh again.
        """
        with self._store.writing(tx, hasty=True) as open_tx:
            _touch(open_tx, shop, order_key, read_at, complete=complete)
            mine = select(documents.c.internal_id, documents.c.digest).filter_by(shop=shop, order_key=order_key)
            known = {row.internal_id: row.digest for row in open_tx.execute(mine)}
            rows = [_row(shop, order_key, document, read_at) for document in found]
            changed = [row for row in rows if known.get(row["internal_id"]) != row["digest"]]
            gone = known.keys() - {row["internal_id"] for row in rows} if complete else set()
            _write(open_tx, shop, order_key, changed, gone)
            note_numbers(open_tx, shop, {order_key: [row["body"] for row in changed]})
        return bool(changed or gone)

    def put_families(
        self,
        shop: str,
        found: Mapping[str, list[dict[str, Any]]],
        read_at: datetime,
        searched: Mapping[str, Collection[str]] = MappingProxyType({}),
    ) -> None:
        """Store everything that NetSuite returned for these cases, whole, in a few statements however many they are.

        `searched` are the Shopify refunds whose records were searched for, by case.
        """
        rows = {key: [_row(shop, key, document, read_at) for document in some] for key, some in found.items()}
        fresh = {"read_at": read_at, "complete": True, "stale": False}
        with self._store.writing(hasty=True) as tx:
            known = _digests(tx, shop, rows)
            gone = [one for one in known if one[1] not in {row["internal_id"] for row in rows[one[0]]}]
            changed = [row for some in rows.values() for row in some if known.get(_key(row)) != row["digest"]]
            old = [*gone, *(_key(row) for row in changed if _key(row) in known)]
            if rows:
                heads = [
                    {"shop": shop, "order_key": key, **fresh, "searched": " ".join(sorted(searched.get(key, ())))}
                    for key in rows
                ]
                put_all(tx, families, ("shop", "order_key"), heads)
            if old:
                tx.execute(_DROP, [{"of_shop": shop, "of_order": key, "of_id": one} for key, one in old])
            if changed:
                tx.execute(documents.insert(), changed)
                note_numbers(tx, shop, _bodies(changed))

    def for_order(self, shop: str, order_key: str, tx: Transaction | None = None) -> Family:
        """Give every transaction of a case, oldest internal id first."""
        with self._store.reading(tx) as open_tx:
            mine = {"of_shop": shop, "of_order": order_key}
            rows = open_tx.execute(_BODIES, mine).all()
            family = open_tx.execute(_FAMILY, mine).first()
        rows = sorted(rows, key=lambda row: (len(row.internal_id), row.internal_id))
        bodies = [row.body for row in rows]
        if family is None:
            return Family(bodies, None, False)
        return Family(bodies, family.read_at, family.stale, frozenset(family.searched.split()))

    def mark_stale(self, shop: str, order_key: str, tx: Transaction | None = None) -> None:
        """Ask for the transactions to be read again before the next decision."""
        with self._store.writing(tx, hasty=True) as open_tx:
            mark_family_stale(open_tx, shop, order_key)

    def owner_of(self, shop: str, ids: Collection[str]) -> dict[str, str]:
        """Find the case of each internal id, be it a transaction around a case or its source record."""
        owners: dict[str, str] = {}
        with self._store.reading() as tx:
            for some in batches(ids):
                for table in (source_order_ids, documents):
                    wanted = select(table.c.internal_id, table.c.order_key).filter_by(shop=shop)
                    for row in tx.execute(wanted.where(table.c.internal_id.in_(some)).order_by(table.c.order_key)):
                        owners.setdefault(row.internal_id, row.order_key)
        return owners

    def any_known(self, shop: str) -> bool:
        """Whether anything at all was read from NetSuite, source records included."""
        with self._store.reading() as tx:
            looked = (
                select(table.c.order_key).filter_by(shop=shop).limit(1) for table in (source_order_ids, documents)
            )
            return any(tx.execute(one).first() is not None for one in looked)

    def owners(self, shop: str) -> dict[str, str]:
        """Give every transaction stored, with its case."""
        wanted = select(documents.c.internal_id, documents.c.order_key).filter_by(shop=shop)
        with self._store.reading() as tx:
            return {row.internal_id: row.order_key for row in tx.execute(wanted)}

    def awaited(self, shop: str, types: Collection[str], after: str, most: int) -> dict[str, str]:
        """Give transactions of these types around orders of which a return is open or in review in Loop, with their
        case: the first ones by internal id beyond `after`.
        """
        live = select(loop_returns.c.order_key).filter_by(shop=shop).where(loop_returns.c.state.in_(("open", "review")))
        wanted = select(documents.c.internal_id, documents.c.order_key).filter_by(shop=shop)
        wanted = wanted.where(documents.c.type.in_(types), documents.c.internal_id > after)
        wanted = wanted.where(documents.c.order_key.in_(live)).order_by(documents.c.internal_id).limit(most)
        with self._store.reading() as tx:
            return {row.internal_id: row.order_key for row in tx.execute(wanted)}

    def last_modified(self, shop: str, ids: Collection[str]) -> dict[str, str]:
        """Give NetSuite's own moment of the last change, as it writes it, for the ids that are stored."""
        moments: dict[str, str] = {}
        with self._store.reading() as tx:
            for some in batches(ids):
                wanted = select(documents.c.internal_id, documents.c.last_modified).filter_by(shop=shop)
                for row in tx.execute(wanted.where(documents.c.internal_id.in_(some))):
                    moments[row.internal_id] = max(row.last_modified, moments.get(row.internal_id, ""))
        return moments

    def read_at(self, shop: str, ids: Collection[str]) -> dict[str, datetime]:
        """Give when the case of each stored internal id was last read as a whole."""
        moments: dict[str, datetime] = {}
        of_case = (documents.c.shop == families.c.shop) & (documents.c.order_key == families.c.order_key)
        wanted = select(documents.c.internal_id, families.c.read_at).join(families, of_case)
        with self._store.reading() as tx:
            for some in batches(ids):
                mine = wanted.where(documents.c.shop == shop, documents.c.internal_id.in_(some))
                moments |= {row.internal_id: row.read_at for row in tx.execute(mine) if row.read_at is not None}
        return moments

    def forget(self, shop: str, order_key: str, tx: Transaction | None = None) -> None:
        """Drop what is stored around a case, so that it is read anew."""
        with self._store.writing(tx, hasty=True) as open_tx:
            for table in (documents, families):
                open_tx.execute(delete(table).filter_by(shop=shop, order_key=order_key))


_BODIES = of_order(documents, "internal_id", "body")
_FAMILY = of_order(families)
_DROP = delete(documents).where(
    documents.c.shop == bindparam("of_shop"),
    documents.c.order_key == bindparam("of_order"),
    documents.c.internal_id == bindparam("of_id"),
)


def mark_family_stale(tx: Connection, shop: str, order_key: str) -> None:
    """Mark within an open transaction; a family never read needs no mark."""
    tx.execute(update(families).filter_by(shop=shop, order_key=order_key).values(stale=True))


def _touch(tx: Connection, shop: str, order_key: str, read_at: datetime, *, complete: bool) -> None:
    keys = {"shop": shop, "order_key": order_key}
    if complete:
        put(tx, families, keys, {"read_at": read_at, "complete": True, "stale": False})
    else:
        tx.execute(insert(tx, families).values(**keys).on_conflict_do_nothing())


def _digests(tx: Connection, shop: str, order_keys: Collection[str]) -> dict[tuple[str, str], str]:
    """What is stored of these cases: digests by case and internal id."""
    wanted = select(documents.c.order_key, documents.c.internal_id, documents.c.digest).filter_by(shop=shop)
    known = {}
    for some in batches(order_keys):
        for row in tx.execute(wanted.where(documents.c.order_key.in_(some))):
            known[row.order_key, row.internal_id] = row.digest
    return known


def _bodies(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Documents by their case."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["order_key"], []).append(row["body"])
    return found


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["order_key"], row["internal_id"]


def _row(shop: str, order_key: str, document: dict[str, Any], read_at: datetime) -> dict[str, Any]:
    texts = {name: str(document.get(name) or "") for name in ("type", "external_id", "created_from", "last_modified")}
    return {
        "shop": shop,
        "order_key": order_key,
        "internal_id": str(document["id"]),
        **texts,
        "body": document,
        "digest": digest(document),
        "read_at": read_at,
    }


def _write(tx: Connection, shop: str, order_key: str, rows: list[dict[str, Any]], gone: Collection[str]) -> None:
    for some in batches([*gone, *(row["internal_id"] for row in rows)]):
        mine = delete(documents).filter_by(shop=shop, order_key=order_key)
        tx.execute(mine.where(documents.c.internal_id.in_(some)))
    if rows:
        tx.execute(documents.insert(), rows)
