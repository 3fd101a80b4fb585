"""Which causes for an alert stand now, since when, and which have gone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update

from ledgerloop.store.alert_tables import alert_causes, alerts_told
from ledgerloop.store.sql import batches, insert
from ledgerloop.store.store import Store

FRESH: Final = timedelta(minutes=5)
"""How long what is shown of a cause is good; then it is written anew, with the count of then."""

ENDS_AFTER: Final = timedelta(hours=1)
"""How long a cause must not be seen to have gone: one that comes back within that time is the same as before."""


@dataclass(frozen=True)
class StandingCause:
    """A cause as it was begun; `shown` is what people read of it, `ended_at` when it was last seen once it is gone."""

    cause: str
    begun_at: datetime
    rule: str
    shown: Mapping[str, Any]
    seen_at: datetime
    ended_at: datetime | None


class AlertCauses:
    """The causes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def standing(self) -> list[StandingCause]:
        """What stands, oldest first."""
        return self._list(alert_causes.c.ended_at.is_(None))

    def ended_since(self, moment: datetime) -> list[StandingCause]:
        """What has gone since then."""
        return self._list(alert_causes.c.ended_at > moment)

    def to_write(self, seen: Collection[str], at: datetime) -> tuple[set[str], set[str]]:
        """Of causes that are seen now, those that are new, and those that were not written for a while."""
        standing = {one.cause: one for one in self.standing()}
        stale = {name for name, one in standing.items() if at - one.seen_at >= FRESH}
        return set(seen) - standing.keys(), set(seen) & stale

    def note(self, seen: Mapping[str, tuple[str, Mapping[str, Any]]], alive: Collection[str], at: datetime) -> None:
        """Write rule and what is shown of causes that stand, by cause; those `alive` go on only if they were begun."""
        if not seen and not alive:
            return
        is_open = alert_causes.c.ended_at.is_(None)
        with self._store.writing() as tx:
            for cause, (rule, shown) in sorted(seen.items()):
                row = {"cause": cause, "begun_at": at, "rule": rule, "shown": shown, "seen_at": at}
                tx.execute(insert(tx, alert_causes).values(**row).on_conflict_do_nothing())
                mine = update(alert_causes).where(alert_causes.c.cause == cause, is_open)
                tx.execute(mine.values(shown=shown, seen_at=at))
            for some in batches(sorted(alive)):
                tx.execute(update(alert_causes).where(alert_causes.c.cause.in_(some), is_open).values(seen_at=at))

    def end(self, rules: Collection[str], at: datetime) -> int:
        """Let causes of these rules end that were not seen for a while; gives how many."""
        gone = [one.cause for one in self.standing() if one.rule in rules and at - one.seen_at >= ENDS_AFTER + FRESH]
        if not gone:
            return 0
        c, ended = alert_causes.c, 0
        with self._store.writing() as tx:
            for some in batches(gone):
                mine = update(alert_causes).where(
                    c.cause.in_(some), c.ended_at.is_(None), c.seen_at <= at - ENDS_AFTER - FRESH
                )
                ended += tx.execute(mine.values(ended_at=c.seen_at)).rowcount
        return ended

    def forget_before(self, moment: datetime) -> None:
        """Forget what had gone before then, and that it was told."""
        old = select(alert_causes.c.cause).where(alert_causes.c.begun_at == alerts_told.c.begun_at)
        with self._store.writing() as tx:
            tx.execute(delete(alert_causes).where(alert_causes.c.ended_at < moment))
            mine = old.where(alert_causes.c.cause == alerts_told.c.cause).exists()
            tx.execute(delete(alerts_told).where(alerts_told.c.begun_at < moment, ~mine))

    def _list(self, *chosen: Any) -> list[StandingCause]:
        wanted = select(alert_causes).where(*chosen).order_by(alert_causes.c.begun_at, alert_causes.c.cause)
        with self._store.reading() as tx:
            return [StandingCause(**row) for row in tx.execute(wanted).mappings()]


def titles(causes: Iterable[StandingCause]) -> list[str]:
    """What each is called."""
    return [str(one.shown.get("title", one.cause)) for one in causes]
