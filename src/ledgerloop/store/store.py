"""The open database: short transactions for readers, writers and the intake."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from ledgerloop.clock import Clock, utc_now
from ledgerloop.store.connect import (
    BUSY_TIMEOUT_MS,
    HASTY,
    INTAKE_TIMEOUT_MS,
    WRITES,
    create_private,
    make_engine,
    parse_url,
)
from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable
from ledgerloop.store.migrate import migrate

Transaction: TypeAlias = Connection
"""An open transaction; hand it to several methods and they take effect together."""

_INTAKE_PATIENCE_S = 0.7
"""How long the intake waits for writers of its own process before it gives up."""

_FLOOD_S = 0.05
"""The intake writing again within this time is a flood, seconds."""

_GIVE_WAY_S = 0.05
"""How long each other write of this process gives way during a flood, seconds, one after the other."""

_TRY_AGAIN = {"55P03", "40P01", "40001", "57014"}
"""PostgreSQL: lock not available, deadlock, serialization failure, cancelled by time-out.
Source: postgresql.org documentation, appendix A, error codes (read 2026-11-21)."""


class _Turn:
    """One writer at a time within the process, first come first served, but the intake before all others.

    SQLite's own waiting sleeps up to 100 ms and is not fair.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._urgent: deque[threading.Lock] = deque()
        self._others: deque[threading.Lock] = deque()
        self._thread: int | None = None
        self._urgent_at = 0.0
        self._giving_way = threading.Lock()

    @contextmanager
    def wait(self, patience_s: float, *, urgent: bool = False) -> Iterator[None]:
        if self._thread == threading.get_ident():
            message = "a write inside a write: hand the open transaction on"
            raise RuntimeError(message)
        if urgent:
            self._urgent_at = time.monotonic()
        elif time.monotonic() - self._urgent_at < _FLOOD_S:
            self._give_way(patience_s)
        self._take(patience_s, self._urgent if urgent else self._others)
        self._thread = threading.get_ident()
        try:
            yield
        finally:
            self._thread = None
            self._pass_on()

    def _take(self, patience_s: float, line: "deque[threading.Lock]") -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            called = threading.Lock()
            called.acquire()
            line.append(called)
        if called.acquire(timeout=patience_s):
            return
        with self._guard:
            if called in line:
                line.remove(called)
                message = "another writer of this process holds the database"
                raise DatabaseBusy(message)

    def _give_way(self, patience_s: float) -> None:
        """Let some time go by in which only the intake writes: its senders wait for an answer."""
        if self._giving_way.acquire(timeout=patience_s):
            try:
                time.sleep(_GIVE_WAY_S)
            finally:
                self._giving_way.release()

    def _pass_on(self) -> None:
        """Hand the turn to who waits longest: a turn given back to be fought for wakes everybody for one."""
        with self._guard:
            line = self._urgent or self._others
            if line:
                line.popleft().release()
            else:
                self._held = False


_turns: dict[str, _Turn] = {}
_turns_guard = threading.Lock()


class Store:
    """The open database. Repositories are made with it; it may be shared by all threads."""

    def __init__(self, url: str, *, clock: Clock = utc_now, timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        self.url = parse_url(url)
        self.dialect = self.url.get_backend_name()
        self.path = Path(self.url.database or "").resolve() if self.dialect == "sqlite" else None
        """The SQLite file; None on PostgreSQL."""
        if self.path is not None:
            create_private(self.path)
        self.clock = clock
        self._patience_s = timeout_ms / 1000
        self.engine = make_engine(self.url, timeout_ms=timeout_ms)
        self._writer = self.engine.execution_options(**{WRITES: True})
        self._hasty_writer = self.engine.execution_options(**{WRITES: True, HASTY: True})
        calm = {} if self.dialect == "sqlite" else {"isolation_level": "REPEATABLE READ"}
        self._reader = self.engine.execution_options(**calm)
        self._intake_engine = make_engine(self.url, timeout_ms=INTAKE_TIMEOUT_MS)
        self._intake_writer = self._intake_engine.execution_options(**{WRITES: True})
        with _turns_guard:
            self._turn = _turns.setdefault(str(self.path), _Turn()) if self.path is not None else None

    @contextmanager
    def reading(self, tx: Transaction | None = None) -> Iterator[Transaction]:
        """Open a transaction that sees one state of the database, or go on with `tx`."""
        if tx is not None:
            yield tx
            return
        with _translated(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def writing(self, tx: Transaction | None = None, *, hasty: bool = False) -> Iterator[Transaction]:
        """Open a transaction that is committed at the end, or go on with `tx`, whose owner commits it.

        `hasty` does not wait for the disk: for what is read or decided anew if the power fails just then.
        """
        if tx is not None:
            yield tx
            return
        with self._commit(self._hasty_writer if hasty else self._writer, self._patience_s) as connection:
            yield connection

    @contextmanager
    def taking_in(self) -> Iterator[Transaction]:
        """Open a write for the intake, which gives up within two seconds (DatabaseBusy) instead of waiting."""
        with self._commit(self._intake_writer, _INTAKE_PATIENCE_S, urgent=True) as connection:
            yield connection

    @contextmanager
    def _commit(self, engine: Engine, patience_s: float, *, urgent: bool = False) -> Iterator[Transaction]:
        if self._turn is None:
            with _translated(), engine.begin() as connection:
                yield connection
            return
        with self._turn.wait(patience_s, urgent=urgent), _translated(), engine.begin() as connection:
            yield connection

    def now(self, tx: Transaction) -> datetime:
        """Read the time that all processes sharing this database agree on."""
        if self.dialect == "sqlite":
            return self.clock()
        moment: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
        return moment.astimezone(UTC)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()
        self._intake_engine.dispose()


def open_store(url: str, *, clock: Clock = utc_now, timeout_ms: int = BUSY_TIMEOUT_MS) -> Store:
    """Open a database, making and migrating it where needed; raises DatabaseUnusable.

    `timeout_ms` is how long a writer waits for another process.
    """
    store = Store(url, clock=clock, timeout_ms=timeout_ms)
    try:
        migrate(store.engine)
    except BaseException:
        store.close()
        raise
    return store


@contextmanager
def _translated() -> Iterator[None]:
    """Tell a database that is busy from one that is broken."""
    try:
        yield
    except PoolTimeout as problem:
        raise DatabaseBusy(str(problem)) from problem
    except (OperationalError, InterfaceError) as problem:
        if _is_busy(problem):
            raise DatabaseBusy(str(problem.orig)) from problem
        message = f"The database failed: {problem.orig}."
        remedy = "Check the disk, the database server and the rights of this user."
        raise DatabaseUnusable("database_unusable", message, remedy) from problem


def _is_busy(problem: DBAPIError) -> bool:
    state = getattr(problem.orig, "sqlstate", None)
    return state in _TRY_AGAIN or "locked" in str(problem.orig) or "busy" in str(problem.orig)
