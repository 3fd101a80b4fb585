"""Duties that one process at a time has, on whatever machine: held while it shows itself, then anybody's."""

from datetime import datetime, timedelta

from sqlalchemy import update

from ledgerloop.store.owners import is_dead
from ledgerloop.store.sql import locked, where
from ledgerloop.store.store import Store
from ledgerloop.store.tables import settings


class Lease:
    """One duty by name."""

    def __init__(self, store: Store, name: str) -> None:
        self._store = store
        self._row = {"shop": "", "name": f"lease:{name}"}

    def hold(self, owner: str, now: datetime, lease_s: float) -> bool:
        """Take or keep the duty for `lease_s` seconds; False while another process has it.

        Free at once when its holder was a process of this machine that has died.
        """
        with self._store.writing(hasty=True) as tx:
            row, _ = locked(tx, settings, self._row, {"value": ""})
            until, _, holder = row["value"].partition(" ")
            theirs = holder not in ("", owner) and not is_dead(holder) and datetime.fromisoformat(until) > now
            if not theirs:
                value = f"{(now + timedelta(seconds=lease_s)).isoformat()} {owner}"
                tx.execute(update(settings).where(where(settings, self._row)).values(value=value))
        return not theirs

    def leave(self, owner: str) -> None:
        """Give the duty up."""
        with self._store.writing(hasty=True) as tx:
            row, _ = locked(tx, settings, self._row, {"value": ""})
            if row["value"].partition(" ")[2] == owner:
                tx.execute(update(settings).where(where(settings, self._row)).values(value=""))
