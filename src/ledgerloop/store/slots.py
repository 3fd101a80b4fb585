"""Leases of a NetSuite account's concurrency, counted over every thread and process that shares the database."""

import random
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, Row, Select, select, update

from ledgerloop.store.errors import DatabaseBusy
from ledgerloop.store.owners import is_dead, process_owner
from ledgerloop.store.pace import current_share, share_key
from ledgerloop.store.sql import insert
from ledgerloop.store.store import Store
from ledgerloop.store.tables import paces, slots

MARGIN_S = 5.0
"""Seconds a lease outlives the request's time-out: the answer of a request given up may still occupy the account."""

_SHORTEST_S, _LONGEST_S = 0.005, 0.02
"""Between two looks at the slots while all are taken, seconds."""


HAND_OVER_S = 2.0
"""How long a slot goes from thread to thread of one process before others may have it, seconds."""


class _Door:
    """Lets only so many threads in at once, in the order in which they came, but those that are `first` before all."""

    def __init__(self, most: int) -> None:
        self._guard = threading.Lock()
        self._free = most
        self._first: deque[threading.Lock] = deque()
        self._others: deque[threading.Lock] = deque()

    @contextmanager
    def passing(self, *, first: bool) -> Iterator[None]:
        self._enter(self._first if first else self._others)
        try:
            yield
        finally:
            self._leave()

    def _enter(self, line: "deque[threading.Lock]") -> None:
        with self._guard:
            if self._free:
                self._free -= 1
                return
            called = threading.Lock()
            called.acquire()
            line.append(called)
        called.acquire()

    def _leave(self) -> None:
        with self._guard:
            line = self._first or self._others
            if line:
                line.popleft().release()
            else:
                self._free += 1


@dataclass(frozen=True)
class _Lease:
    slot: int
    holder: str
    taken_s: float


class SlotLeases:
    """The slots of one account. Never more than `limit` are leased at once, whoever asks.

    A lease left behind by a process that died on this machine is taken over at once, by others when it runs out.
    """

    def __init__(self, store: Store, account: str, limit: int, owner: str = "") -> None:
        self._store = store
        self._account = account
        self._limit = limit
        self._owner = owner or process_owner()
        self._threads = _Door(limit)
        self._known = False
        self._guard = threading.Lock()
        self._waiting = 0
        self._spare: list[_Lease] = []

    @contextmanager
    def hold(self, timeout_s: float, *, first: bool = False) -> Iterator[None]:
        """Wait for a slot and keep it; it must be left within `timeout_s` seconds and the margin.

        `first` goes before this process' others.
        """
        with self._guard:
            self._waiting += 1
        with self._threads.passing(first=first):
            with self._guard:
                self._waiting -= 1
                mine = self._spare.pop() if self._spare else None
            mine = mine if mine is not None else self._wait(timeout_s)
            try:
                yield
            finally:
                if not self._hand_over(mine):
                    self._leave(mine.slot, mine.holder)

    def _hand_over(self, lease: _Lease) -> bool:
        """Keep a slot for another thread that waits, without asking the database; not for long, for others wait too."""
        with self._guard:
            if self._waiting <= len(self._spare) or time.monotonic() - lease.taken_s >= HAND_OVER_S:
                return False
            self._spare.append(lease)
        return True

    def live(self) -> int:
        """Count the leases in force."""
        with self._store.reading() as tx:
            now = self._store.now(tx)
            return sum(_is_live(row, now) for row in tx.execute(self._rows()))

    def _rows(self, *, locked: bool = False) -> Select[int, str | None, datetime | None]:
        mine = select(slots.c.slot, slots.c.holder, slots.c.leased_until).filter_by(account=self._account)
        mine = mine.order_by(slots.c.slot)
        return mine.with_for_update() if locked else mine

    def _wait(self, timeout_s: float) -> _Lease:
        holder = f"{self._owner}#{uuid4().hex[:12]}"
        while (slot := self._try(holder, timeout_s)) is None:
            while True:
                time.sleep(random.uniform(_SHORTEST_S, _LONGEST_S))  # noqa: S311  (no secret: spreads the waiting)
                if self._seems_free():
                    break
        return _Lease(slot, holder, time.monotonic())

    def _seems_free(self) -> bool:
        """Look without locking anything; the try that follows decides."""
        with self._store.reading() as tx:
            now = self._store.now(tx)
            return sum(_is_live(row, now) for row in tx.execute(self._rows())) < self._allowed(tx, now)

    def _try(self, holder: str, timeout_s: float) -> int | None:
        with self._store.writing(hasty=True) as tx:
            if not self._known:
                self._make(tx)
            rows = tx.execute(self._rows(locked=True)).all()
            now = self._store.now(tx)
            taken = {row.slot for row in rows if _is_live(row, now)}
            free = [row.slot for row in rows if row.slot not in taken and row.slot <= self._limit]
            if not free or len(taken) >= self._allowed(tx, now):
                return None
            until = now + timedelta(seconds=timeout_s + MARGIN_S)
            mine = update(slots).filter_by(account=self._account, slot=free[0])
            tx.execute(mine.values(holder=holder, leased_until=until))
        self._known = True
        return int(free[0])

    def _make(self, tx: Connection) -> None:
        rows = [{"account": self._account, "slot": number} for number in range(1, self._limit + 1)]
        tx.execute(insert(tx, slots).on_conflict_do_nothing(), rows)

    def _allowed(self, tx: Connection, now: datetime) -> int:
        row = tx.execute(select(paces).filter_by(key=share_key(self._account))).mappings().first()
        return self._limit if row is None else current_share(row, self._limit, now)

    def _leave(self, slot: int, holder: str) -> None:
        """Give a slot back, unless it ran out and is somebody else's by now."""
        mine = update(slots).filter_by(account=self._account, slot=slot, holder=holder)
        for last in (False, False, True):
            try:
                with self._store.writing(hasty=True) as tx:
                    tx.execute(mine.values(holder=None, leased_until=None))
            except DatabaseBusy:
                if last:
                    raise
            else:
                return


def _is_live(row: Row[int, str | None, datetime | None], now: datetime) -> bool:
    if row.holder is None or row.leased_until is None or row.leased_until <= now:
        return False
    return not is_dead(row.holder.rpartition("#")[0])
