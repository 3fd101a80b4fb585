"""Sign-ins that failed, and who must wait because of it."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from ledgerloop.store.access_tables import sign_in_failures
from ledgerloop.store.sql import locked
from ledgerloop.store.store import Store, Transaction

FIRST_WAIT = timedelta(seconds=30)
"""How long the first lock lasts; each further failure doubles it."""

LONGEST_WAIT = timedelta(hours=1)
"""How long a lock lasts at most: whoever is kept out by somebody else's guesses is not kept out for ever."""

FORGOTTEN_AFTER = timedelta(days=1)
"""Failures are forgotten after a day without one."""


class SignInFailures:
    """How often a sign-in failed in a row, by name, by address and by both."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def locked_until(self, whose: Collection[str], at: datetime) -> datetime | None:
        """Give when the last of these locks ends; None when none holds."""
        wanted = select(func.max(sign_in_failures.c.locked_until)).where(
            sign_in_failures.c.whose.in_(whose), sign_in_failures.c.locked_until > at
        )
        with self._store.reading() as tx:
            until: datetime | None = tx.execute(wanted).scalar()
        return until

    def failed(self, whose: str, at: datetime, tx: Transaction, *, free: int) -> datetime | None:
        """Count a failure; gives until when it locks, None for the first `free` ones."""
        tx.execute(delete(sign_in_failures).where(sign_in_failures.c.last_at <= at - FORGOTTEN_AFTER))
        row, _ = locked(tx, sign_in_failures, {"whose": whose}, {"times": 0, "last_at": at})
        times = int(row["times"]) + 1
        until = None
        if times > free:
            doubled = FIRST_WAIT * 2 ** min(times - free - 1, 10)
            until = at + min(doubled, LONGEST_WAIT)
        changed = update(sign_in_failures).filter_by(whose=whose)
        tx.execute(changed.values(times=times, last_at=at, locked_until=until))
        return until

    def forget(self, whose: Collection[str], tx: Transaction) -> None:
        """Start counting anew."""
        tx.execute(delete(sign_in_failures).where(sign_in_failures.c.whose.in_(whose)))
