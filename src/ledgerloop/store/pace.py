"""Rate limits of the remotes, kept over every thread and process by one row each."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, select, update

from ledgerloop.store.sql import locked
from ledgerloop.store.store import Store
from ledgerloop.store.tables import paces

CLOSED_S = 5.0
"""How long a remote is left alone when it says 429 without saying for how long."""

LONGEST_CLOSED_S = 120.0
"""The longest that a remote's own Retry-After is believed."""

SAFETY = 1.02
"""The window is kept two hundredths longer than asked, for what requests lose on their way."""


class SlidingWindow:
    """Never more than `most` requests in any window, over all threads and processes; short of that, none is held back.

    A remote that counts in fixed windows is kept too: any of its windows is one of ours.
    """

    def __init__(
        self,
        store: Store,
        key: str,
        most: int,
        *,
        window_s: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._key = key
        self._most = most
        self._window_ms = round(window_s * SAFETY * 1000)
        self._sleep = sleep
        self._turn = threading.Lock()

    def take(self) -> None:
        """Wait until one more request may be sent."""
        with self._turn:
            while (wait_s := self._try()) > 0:
                self._sleep(wait_s)

    def slow_down(self, retry_after_s: float | None) -> None:
        """Close the remote for everybody, as it asked."""
        with self._store.writing(hasty=True) as tx:
            _close(tx, self._key, self._store.now(tx), CLOSED_S if retry_after_s is None else retry_after_s)

    def _try(self) -> float:
        """Take one if there is one; else give the seconds until there is."""
        with self._store.writing(hasty=True) as tx:
            row = _row(tx, self._key)
            now = self._store.now(tx)
            if row["closed_until"] is not None and row["closed_until"] > now:
                return float(max((row["closed_until"] - now).total_seconds(), 0.001))
            moment = round(now.timestamp() * 1000)
            recent = [one for one in row["taken"] or () if moment - self._window_ms < one <= moment]
            if len(recent) >= self._most:
                return float(max((recent[-self._most] + self._window_ms - moment) / 1000, 0.001))
            tx.execute(update(paces).filter_by(key=self._key).values(taken=[*recent, moment]))
        return 0.0


class NetSuitePace:
    """How much of an account's concurrency we use: halved by a 429, one more for every clean minute, at least one."""

    def __init__(self, store: Store, account: str, limit: int, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._store = store
        self._key = share_key(account)
        self._limit = limit
        self._sleep = sleep

    def take(self) -> None:
        """Wait while the account is closed; the concurrency itself is kept by the slots."""
        while True:
            with self._store.reading() as tx:
                until = tx.execute(select(paces.c.closed_until).filter_by(key=self._key)).scalar()
                wait_s = (until - self._store.now(tx)).total_seconds() if until is not None else 0.0
            if wait_s <= 0:
                return
            self._sleep(min(wait_s, 1.0))

    def slow_down(self, retry_after_s: float | None) -> None:
        """Halve the share; several refusals within two seconds are one."""
        with self._store.writing(hasty=True) as tx:
            row = _row(tx, self._key)
            now = self._store.now(tx)
            if row["lowered_at"] is None or now - row["lowered_at"] > timedelta(seconds=2):
                share = max(1, current_share(row, self._limit, now) // 2)
                tx.execute(update(paces).filter_by(key=self._key).values(share=share, lowered_at=now))
            if retry_after_s is not None:
                _close(tx, self._key, now, retry_after_s)

    def allowed(self) -> int:
        """Give the requests that may be in flight now."""
        with self._store.reading() as tx:
            row = tx.execute(select(paces).filter_by(key=self._key)).mappings().first()
            return self._limit if row is None else current_share(row, self._limit, self._store.now(tx))


def share_key(account: str) -> str:
    """Name the row of a NetSuite account."""
    return f"netsuite:{account}"


def current_share(row: RowMapping, limit: int, now: datetime) -> int:
    """Give the share of `limit` that may be used: what was left at the last 429, and one for each minute since."""
    if row["share"] is None or row["lowered_at"] is None:
        return limit
    clean_minutes = int((now - row["lowered_at"]).total_seconds() // 60)
    share: int = row["share"] + clean_minutes
    return max(1, min(limit, share))


def _row(tx: Connection, key: str) -> RowMapping:
    return locked(tx, paces, {"key": key}, {"taken": []})[0]


def _close(tx: Connection, key: str, now: datetime, wait_s: float) -> None:
    row = _row(tx, key)
    until = now + timedelta(seconds=max(0.0, min(wait_s, LONGEST_CLOSED_S)))
    if row["closed_until"] is None or until > row["closed_until"]:
        tx.execute(update(paces).filter_by(key=key).values(closed_until=until))
