"""Where every return stands: each sync's current answer, and the findings with their history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from ledgerloop.store.sql import locked
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
        with self._store.writing(tx) as open_tx:
            _set(open_tx, Outcome(shop, return_id, sync, kind, code, text, remedy, since, until))

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
        kept = [row.sync for row in wanted]
        with self._store.writing(tx) as open_tx:
            gone = delete(outcomes).filter_by(shop=shop, return_id=return_id).where(outcomes.c.sync.not_in(kept))
            open_tx.execute(gone)
            solved = update(findings).filter_by(shop=shop, return_id=return_id).where(findings.c.resolved_at.is_(None))
            solved = solved.where(findings.c.sync.not_in(kept))
            open_tx.execute(solved.values(resolved_at=at or self._store.clock()))
            for row in wanted:
                _set(open_tx, row)

    def for_return(self, shop: str, return_id: str) -> list[Outcome]:
        """Give every sync's answer about a return."""
        return self._list(shop=shop, return_id=return_id)

    def needing_attention(self, shop: str | None = None) -> list[Outcome]:
        """Give what people must change, longest waiting first."""
        return self._list(kind=ATTENTION, **({} if shop is None else {"shop": shop}))

    def waiting(self, shop: str | None = None) -> list[Outcome]:
        """Give what waits for the world, longest first."""
        return self._list(kind=WAITING, **({} if shop is None else {"shop": shop}))

    def by_code(self, code: str, shop: str | None = None) -> list[Outcome]:
        """Give every answer with this code."""
        return self._list(code=code, **({} if shop is None else {"shop": shop}))

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

    def _list(self, **given: str) -> list[Outcome]:
        order = (outcomes.c.since, outcomes.c.shop, outcomes.c.return_id, outcomes.c.sync)
        with self._store.reading() as tx:
            rows = tx.execute(select(outcomes).filter_by(**given).order_by(*order)).mappings()
            return [Outcome(**row) for row in rows]


def _set(tx: Connection, row: Outcome) -> None:
    keys = {"shop": row.shop, "return_id": row.return_id, "sync": row.sync}
    values: dict[str, Any] = {name: getattr(row, name) for name in ("kind", "code", "text", "remedy", "since", "until")}
    before, is_new = locked(tx, outcomes, keys, values)
    if not is_new:
        same = (before["kind"], before["code"], before["text"]) == (row.kind, row.code, row.text)
        kept = {"since": before["since"]} if same else {}
        tx.execute(update(outcomes).filter_by(**keys).values(**(values | kept)))
    _follow(tx, keys, row)


def _follow(tx: Connection, keys: dict[str, str], row: Outcome) -> None:
    """Keep the findings in step: one open row per code, resolved when the answer changes."""
    mine = select(findings.c.id, findings.c.code).filter_by(**keys).where(findings.c.resolved_at.is_(None))
    still = None
    for found in tx.execute(mine).all():
        if row.kind == ATTENTION and found.code == row.code:
            still = found.id
        else:
            tx.execute(update(findings).filter_by(id=found.id).values(resolved_at=row.since))
    if row.kind != ATTENTION:
        return
    said = {"text": row.text, "remedy": row.remedy, "last_seen": row.since}
    if still is not None:
        tx.execute(update(findings).filter_by(id=still).values(**said))
    else:
        tx.execute(findings.insert().values(**keys, code=row.code, first_seen=row.since, **said))
