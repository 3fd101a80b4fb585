"""Evidence of every call: what was asked and answered. Bought cheaply: reads are written in batches."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete, select

from ledgerloop.store.errors import DatabaseBusy
from ledgerloop.store.store import Store
from ledgerloop.store.tables import calls

BATCH_ROWS = 50
"""Calls that are written together at the latest."""

BATCH_S = 0.5
"""Seconds after which a call is written at the latest; what a killed process loses of its reads."""

KEEP_ROWS = 5000
"""Calls kept in memory while the database is busy; older ones are let go."""


class Call(Protocol):
    """One call as a remote client reports it, secrets and personal data already redacted."""

    @property
    def shop_id(self) -> str: ...
    @property
    def remote(self) -> str: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def took_ms(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def status(self) -> int | None: ...
    @property
    def outcome(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def request(self) -> str: ...
    @property
    def answer(self) -> str: ...
    @property
    def write(self) -> bool: ...


@dataclass(frozen=True)
class StoredCall:
    """A call as stored; `status` None: no answer came."""

    shop: str
    remote: str
    started_at: datetime
    took_ms: int
    method: str
    path: str
    status: int | None
    outcome: str
    subject: str
    request: str
    answer: str
    write: bool


class CallLog:
    """The calls. A call that writes is stored before `record` returns; close the log to store the rest."""

    def __init__(self, store: Store, *, batch_rows: int = BATCH_ROWS, batch_s: float = BATCH_S) -> None:
        self._store = store
        self._batch_rows = batch_rows
        self._batch_s = batch_s
        self._waiting: list[dict[str, Any]] = []
        self._guard = threading.Lock()
        self._wake = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def record(self, call: Call) -> None:
        """Keep a call; never fails because the database is busy."""
        with self._guard:
            self._waiting.append(_row(call))
            del self._waiting[:-KEEP_ROWS]
            full = len(self._waiting) >= self._batch_rows
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="call-log", daemon=True)
                self._thread.start()
        if call.write or self._closed:
            self.flush()
        elif full:
            self._wake.set()

    def flush(self) -> None:
        """Store what waits."""
        with self._guard:
            rows, self._waiting = self._waiting, []
        if not rows:
            return
        try:
            with self._store.writing(hasty=True) as tx:
                tx.execute(calls.insert(), rows)
        except DatabaseBusy:
            with self._guard:
                self._waiting = rows + self._waiting

    def close(self) -> None:
        """Store the rest and stop."""
        with self._guard:
            self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()

    def for_subject(self, shop: str, subjects: str | Sequence[str], limit: int = 500) -> list[StoredCall]:
        """Give the newest `limit` calls about these subjects, oldest first."""
        wanted = [subjects] if isinstance(subjects, str) else list(subjects)
        self.flush()
        columns = [column for column in calls.c if column.name != "id"]
        mine = select(*columns).filter_by(shop=shop).where(calls.c.subject.in_(wanted))
        with self._store.reading() as tx:
            rows = tx.execute(mine.order_by(calls.c.id.desc()).limit(limit)).mappings().all()
        return [StoredCall(**row) for row in reversed(rows)]

    def prune(self, older_than: datetime) -> int:
        """Delete the calls that began before; gives how many."""
        with self._store.writing(hasty=True) as tx:
            return tx.execute(delete(calls).where(calls.c.started_at < older_than)).rowcount

    def _run(self) -> None:
        while not self._closed:
            self._wake.wait(self._batch_s)
            self._wake.clear()
            self.flush()


def _row(call: Call) -> dict[str, Any]:
    names = [field for field in StoredCall.__dataclass_fields__ if field != "shop"]
    return {"shop": call.shop_id, **{name: getattr(call, name) for name in names}}
