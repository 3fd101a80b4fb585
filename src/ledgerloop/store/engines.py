"""Who runs: exactly one engine per SQLite file, any number on PostgreSQL."""

import fcntl
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import sleep

from sqlalchemy import delete, select, update

from ledgerloop.store.sql import put
from ledgerloop.store.store import Store
from ledgerloop.store.tables import executors

ALIVE_S = 15.0
"""An executor that has not shown itself for so long counts as dead: three missed beats of five seconds."""


class EngineLock:
    """The lock of the engine on a SQLite file; the system gives it back when the process ends, however it ends."""

    def __init__(self, store: Store) -> None:
        if store.path is None:
            message = "only a SQLite file has an engine lock"
            raise ValueError(message)
        self._path = Path(f"{store.path}.engine")
        self._file: int | None = None

    def acquire(self) -> bool:
        """Take the lock; False when another engine has it."""
        if self._file is not None:
            return True
        for _ in range(5):
            self._file = self._take()
            if self._file is not None:
                return True
            sleep(0.02)
        return False

    def release(self) -> None:
        """Give the lock back."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def held(self) -> bool:
        """Tell whether an engine runs on this file, this process included."""
        if self._file is not None:
            return True
        taken = self._take()
        if taken is None:
            return True
        os.close(taken)
        return False

    def _take(self) -> int | None:
        opened = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(opened)
            return None
        return opened


@dataclass(frozen=True)
class Executor:
    """A process that runs the engine."""

    executor_id: str
    kind: str
    started_at: datetime
    beat_at: datetime


class Executors:
    """The processes that run the engine, and when each last showed itself."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, executor_id: str, kind: str, at: datetime) -> None:
        """Announce a process; `kind` is the command that runs."""
        with self._store.writing(hasty=True) as tx:
            put(tx, executors, {"executor_id": executor_id}, {"kind": kind, "started_at": at, "beat_at": at})

    def beat(self, executor_id: str, at: datetime) -> bool:
        """Show that a process lives; False when it was taken for dead and must register anew."""
        with self._store.writing(hasty=True) as tx:
            return tx.execute(update(executors).filter_by(executor_id=executor_id).values(beat_at=at)).rowcount > 0

    def leave(self, executor_id: str) -> None:
        """Take a process off the list."""
        with self._store.writing(hasty=True) as tx:
            tx.execute(delete(executors).filter_by(executor_id=executor_id))

    def alive(self, now: datetime, within_s: float = ALIVE_S) -> list[Executor]:
        """List the processes that showed themselves within `within_s` seconds."""
        return [one for one in self._all() if one.beat_at >= now - timedelta(seconds=within_s)]

    def dead(self, now: datetime, within_s: float = ALIVE_S) -> list[Executor]:
        """List the processes that stopped showing themselves, for somebody to take over their work."""
        return [one for one in self._all() if one.beat_at < now - timedelta(seconds=within_s)]

    def _all(self) -> list[Executor]:
        with self._store.reading() as tx:
            rows = tx.execute(select(executors).order_by(executors.c.started_at, executors.c.executor_id)).mappings()
            return [Executor(**row) for row in rows]


def engine_runs(store: Store, now: datetime) -> bool:
    """Tell whether an engine works on this database."""
    return EngineLock(store).held() if store.path is not None else bool(Executors(store).alive(now))
