"""The merchant's mappings, and who changed what and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from ledgerloop.domain.mapped import Entry
from ledgerloop.store.mapping_tables import mapping_changes, mappings
from ledgerloop.store.sql import locked, put_all, where
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import settings

_VERSION = {"shop": "", "name": "mappings_version"}
"""Which setting counts the changes."""


@dataclass(frozen=True)
class StoredMapping:
    """A mapping and where it came from: a file's name, or empty when a person set it by hand."""

    entry: Entry
    file: str
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True)
class Change:
    """A change of one mapping; `old` is None for a new one, `new` for one that goes."""

    shop: str
    kind: str
    key: str
    old: Mapping[str, str] | None
    new: Mapping[str, str] | None


@dataclass(frozen=True)
class PastChange:
    """A change that was made: by whom, when, and from which file (empty: by hand); they are numbered upwards."""

    change: Change
    file: str
    changed_by: str
    changed_at: datetime
    number: int = 0


class Mappings:
    """Mappings by shop (empty for every shop), kind and key."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self, tx: Transaction | None = None) -> list[StoredMapping]:
        """Give every mapping, those changed last at the end."""
        with self._store.reading(tx) as open_tx:
            return [
                StoredMapping(Entry(row.shop, row.kind, row.key, row.fields), row.file, row.changed_by, row.changed_at)
                for row in open_tx.execute(_ALL)
            ]

    def version(self, tx: Transaction | None = None) -> int:
        """Give a number that grows with every change; 0 before the first."""
        with self._store.reading(tx) as open_tx:
            return int(open_tx.execute(_NUMBER).scalar() or 0)

    def settled_version(self) -> int:
        """The same, but where somebody changes mappings at this moment, give what it is afterwards."""
        if self._store.dialect == "sqlite":
            return self.version()
        with self._store.writing() as tx:
            return int(tx.execute(_NUMBER.with_for_update(read=True)).scalar() or 0)

    def lock(self, tx: Transaction) -> None:
        """Keep everybody else from changing mappings until the transaction ends."""
        locked(tx, settings, _VERSION, {"value": "0"})

    def apply(self, changes: Iterable[Change], tx: Transaction, *, by: str, at: datetime, file: str = "") -> None:
        """Make these changes and note each; the caller holds the lock."""
        number = self.version(tx) + 1
        told = {"file": file, "changed_by": by, "changed_at": at}
        holding, made = [], []
        for one in changes:
            keys = {"shop": one.shop, "kind": one.kind, "key": one.key}
            made.append({**keys, **told, "old": one.old, "new": one.new})
            if one.new is None:
                tx.execute(delete(mappings).where(where(mappings, keys)))
            else:
                holding.append({**keys, **told, "fields": one.new, "version": number})
        if holding:
            put_all(tx, mappings, ("shop", "kind", "key"), holding)
        if made:
            tx.execute(mapping_changes.insert(), made)
        tx.execute(update(settings).where(where(settings, _VERSION)).values(value=str(number)))

    def history(self, limit: int = 1000, *, before: int | None = None) -> list[PastChange]:
        """Give the newest changes, newest first: all, or those older than number `before`."""
        newest = select(mapping_changes).order_by(mapping_changes.c.id.desc()).limit(limit)
        if before is not None:
            newest = newest.where(mapping_changes.c.id < before)
        with self._store.reading() as tx:
            return [
                PastChange(
                    Change(row.shop, row.kind, row.key, row.old, row.new),
                    row.file,
                    row.changed_by,
                    row.changed_at,
                    row.id,
                )
                for row in tx.execute(newest)
            ]


_ALL = select(mappings).order_by(mappings.c.version, mappings.c.shop, mappings.c.kind, mappings.c.key)
_NUMBER = select(settings.c.value).where(where(settings, _VERSION))
