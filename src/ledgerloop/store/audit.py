"""Who did what: a chain of rows, each with a hash over itself and the row before.

A row that is changed, taken out or put in later breaks the chain; the hash of the newest row stands apart, so that rows
cut off at the end are missed too. Who can write to the database can compute a new chain: to prove that it was not done,
keep the newest hash elsewhere from time to time.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, select, update

from ledgerloop.store.access_tables import audit
from ledgerloop.store.sql import locked, where
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import settings
from ledgerloop.store.types import canonical

_TIP = {"shop": "", "name": "audit_tip"}
"""Which setting holds number and hash of the newest row."""

_AT_A_TIME = 1000
"""Rows read at a time while the chain is verified."""


@dataclass(frozen=True)
class Deed:
    """A row of the chain. `about` names what was acted on, such as `user anna` or `return main:1673`."""

    number: int
    at: datetime
    who: str
    via: str
    act: str
    about: str
    detail: Mapping[str, Any]
    hash: str


@dataclass(frozen=True)
class Verdict:
    """What a verification found: rows in order, hash of the newest, and the first fault in words (empty: none)."""

    rows: int
    tip: str
    fault: str = ""
    at_number: int = 0


class Audit:
    """The chain."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(
        self,
        tx: Transaction,
        *,
        who: str,
        via: str,
        act: str,
        at: datetime,
        about: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> int:
        """Add a row in the transaction of the act itself, as its last step; gives the row's number.

        Others wait for their row until the transaction ends. Never put a secret into `detail`.
        """
        tip, _ = locked(tx, settings, _TIP, {"value": "0:"})
        last, _, before = str(tip["value"]).partition(":")
        number = int(last) + 1
        row = {"id": number, "who": who, "via": via, "act": act, "about": about, "before": before}
        row = {**row, "at": at, "detail": canonical(detail or {})}
        row["hash"] = _hash(row)
        tx.execute(audit.insert().values(**row))
        tx.execute(update(settings).where(where(settings, _TIP)).values(value=f"{number}:{row['hash']}"))
        return number

    def newest(self, limit: int = 100, *, before: int | None = None, about: str = "", who: str = "") -> list[Deed]:
        """Give the newest rows, newest first: those older than number `before`, about one thing, of one person."""
        wanted = select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(audit.c.id < before)
        if about:
            wanted = wanted.where(audit.c.about == about)
        if who:
            wanted = wanted.where(audit.c.who == who)
        with self._store.reading() as tx:
            return [_deed(row) for row in tx.execute(wanted)]

    def verify(self, holds: str = "") -> Verdict:
        """Go through the whole chain; `holds` is a hash noted earlier that must be in it."""
        with self._store.reading() as tx:
            noted = tx.execute(select(settings.c.value).where(where(settings, _TIP))).scalar() or "0:"
            number, tip, seen = 0, "", not holds
            for row in _rows(tx):
                fault = _fault(row, number + 1, tip)
                if fault:
                    return Verdict(number, tip, fault, number + 1)
                number, tip = row.id, row.hash
                seen = seen or tip == holds
        if noted != f"{number}:{tip}":
            return Verdict(number, tip, f"it ends at row {number}, but row {noted.partition(':')[0]} was the last")
        return Verdict(number, tip, "" if seen else f"the hash {holds} is not in it")


def _rows(tx: Transaction) -> Iterator[Row[Any]]:
    last = 0
    while rows := tx.execute(select(audit).where(audit.c.id > last).order_by(audit.c.id).limit(_AT_A_TIME)).all():
        yield from rows
        last = rows[-1].id


def _fault(row: Row[Any], number: int, before: str) -> str:
    if row.id != number:
        return f"row {number} is missing"
    if row.before != before:
        return f"row {number} does not follow the row before"
    return "" if row.hash == _hash(row._mapping) else f"row {number} was changed"


def _hash(row: Mapping[Any, Any]) -> str:
    told = [row["id"], row["at"].astimezone(UTC).isoformat(timespec="microseconds")]
    told += [row[name] for name in ("who", "via", "act", "about", "detail", "before")]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _deed(row: Row[Any]) -> Deed:
    return Deed(row.id, row.at, row.who, row.via, row.act, row.about, json.loads(row.detail), row.hash)
