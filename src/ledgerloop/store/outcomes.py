"""Where every return stands: each sync's current answer, and the findings with their history."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from ledgerloop.store.heads import note_standing
from ledgerloop.store.sql import put
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import findings, outcomes

ATTENTION = "attention"
WAITING = "waiting"


@dataclass(frozen=True)
class Outcome:
    """A sync's answer about a return. `kind` is working, waiting, attention or settled."""

    shop: str
    return_id: str
    sync: str
    kind: str
    code: str
    text: str
    remedy: str
    since: datetime
    until: datetime | None
    cause: str = ""
    """The text without what is of this return alone; findings of one cause are shown as one group."""


@dataclass(frozen=True)
class Finding:
    """Something a person had, or has, to change; open while `resolved_at` is None."""

    shop: str
    return_id: str
    sync: str
    code: str
    text: str
    remedy: str
    first_seen: datetime
    last_seen: datetime
    resolved_at: datetime | None


class Outcomes:
    """The current answers, and the findings they lead to."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def set(
        self,
        shop: str,
        return_id: str,
        sync: str,
        *,
        kind: str,
        code: str = "",
        text: str = "",
        remedy: str = "",
        since: datetime,
        until: datetime | None = None,
        tx: Transaction | None = None,
    ) -> None:
        """Set a sync's answer; `since` is kept while code and text stay the same."""
        with self._store.writing(tx, hasty=True) as open_tx:
            row = Outcome(shop, return_id, sync, kind, code, text, remedy, since, until)
            _put(open_tx, row, _current(open_tx, shop, return_id).get(sync))
            _follow(open_tx, shop, return_id, [row], set(), since)
            note_standing(open_tx, shop, return_id, _current(open_tx, shop, return_id).values())

    def replace_all(
        self,
        shop: str,
        return_id: str,
        rows: Iterable[Outcome],
        at: datetime | None = None,
        tx: Transaction | None = None,
    ) -> None:
        """Set all answers about a return; those of other syncs are dropped and their findings resolved."""
        wanted = list(rows)
        with self._store.writing(tx, hasty=True) as open_tx:
            before = _current(open_tx, shop, return_id)
            gone = before.keys() - {row.sync for row in wanted}
            if gone:
                theirs = delete(outcomes).filter_by(shop=shop, return_id=return_id)
                open_tx.execute(theirs.where(outcomes.c.sync.in_(gone)))
            for row in wanted:
                _put(open_tx, row, before.get(row.sync))
            _follow(open_tx, shop, return_id, wanted, set(gone), at or self._store.clock())
            note_standing(open_tx, shop, return_id, [_since(row, before.get(row.sync)) for row in wanted])

    def for_return(self, shop: str, return_id: str, tx: Transaction | None = None) -> list[Outcome]:
        """Give every sync's answer about a return."""
        return self._list(tx, shop=shop, return_id=return_id)

    def needing_attention(self, shop: str | None = None) -> list[Outcome]:
        """Give what people must change, longest waiting first."""
        return self._list(None, kind=ATTENTION, **({} if shop is None else {"shop": shop}))

    def waiting(self, shop: str | None = None) -> list[Outcome]:
        """Give what waits for the world, longest first."""
        return self._list(None, kind=WAITING, **({} if shop is None else {"shop": shop}))

    def by_code(self, code: str, shop: str | None = None) -> list[Outcome]:
        """Give every answer with this code."""
        return self._list(None, code=code, **({} if shop is None else {"shop": shop}))

    def counts(self, kind: str | None = None, shop: str | None = None) -> dict[str, int]:
        """Count the answers by code; those without a code (settled, working) by kind."""
        name = func.coalesce(func.nullif(outcomes.c.code, ""), outcomes.c.kind)
        wanted = select(name, func.count()).group_by(name).order_by(name)
        if kind is not None:
            wanted = wanted.filter_by(kind=kind)
        if shop is not None:
            wanted = wanted.filter_by(shop=shop)
        with self._store.reading() as tx:
            return {row[0]: row[1] for row in tx.execute(wanted)}

    def findings(
        self, shop: str | None = None, return_id: str | None = None, is_open: bool | None = None
    ) -> list[Finding]:
        """Give the findings, oldest first; open ones, resolved ones or (None) both."""
        columns = [column for column in findings.c if column.name != "id"]
        wanted = select(*columns).order_by(findings.c.first_seen, findings.c.id)
        given = {"shop": shop, "return_id": return_id}
        wanted = wanted.filter_by(**{name: value for name, value in given.items() if value is not None})
        if is_open is not None:
            none = findings.c.resolved_at.is_(None)
            wanted = wanted.where(none if is_open else ~none)
        with self._store.reading() as tx:
            return [Finding(**row) for row in tx.execute(wanted).mappings()]

    def _list(self, tx: Transaction | None, **given: str) -> list[Outcome]:
        order = (outcomes.c.since, outcomes.c.shop, outcomes.c.return_id, outcomes.c.sync)
        with self._store.reading(tx) as open_tx:
            rows = open_tx.execute(select(outcomes).filter_by(**given).order_by(*order)).mappings()
            return [Outcome(**row) for row in rows]


def _current(tx: Connection, shop: str, return_id: str) -> dict[str, Outcome]:
    rows = tx.execute(select(outcomes).filter_by(shop=shop, return_id=return_id)).mappings()
    return {row["sync"]: Outcome(**row) for row in rows}


def _put(tx: Connection, row: Outcome, before: Outcome | None) -> None:
    row = _since(row, before)
    if row == before:
        return
    keys = {"shop": row.shop, "return_id": row.return_id, "sync": row.sync}
    names = ("kind", "code", "text", "remedy", "since", "until", "cause")
    put(tx, outcomes, keys, {name: getattr(row, name) for name in names})


def _since(row: Outcome, before: Outcome | None) -> Outcome:
    """The same answer as before stands since then."""
    if before is not None and (before.kind, before.code, before.text) == (row.kind, row.code, row.text):
        return replace(row, since=before.since)
    return row


def _follow(
    tx: Connection, shop: str, return_id: str, rows: Iterable[Outcome], gone: set[str], gone_at: datetime
) -> None:
    """Keep the findings in step: one open row per sync and code, resolved when the answer changes."""
    mine = select(findings).filter_by(shop=shop, return_id=return_id).where(findings.c.resolved_at.is_(None))
    is_open = {(found.sync, found.code): found.id for found in tx.execute(mine)}
    said = {row.sync: row for row in rows}
    for (sync, code), number in is_open.items():
        row = said.get(sync)
        if row is None and sync not in gone:
            continue
        if row is not None and (row.kind, row.code) == (ATTENTION, code):
            values: dict[str, Any] = {"text": row.text, "remedy": row.remedy, "last_seen": row.since}
        else:
            values = {"resolved_at": gone_at if row is None else row.since}
        tx.execute(update(findings).filter_by(id=number).values(**values))
    for row in said.values():
        if row.kind == ATTENTION and (row.sync, row.code) not in is_open:
            keys = {"shop": shop, "return_id": return_id, "sync": row.sync, "code": row.code}
            new = {"text": row.text, "remedy": row.remedy, "first_seen": row.since, "last_seen": row.since}
            tx.execute(findings.insert().values(**keys, **new))
