"""The timeline of a return, for people: seen, written, waiting, attention, refused, settled, note."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import timeline
from ledgerloop.store.types import canonical


@dataclass(frozen=True)
class TimelineEvent:
    """One thing that happened to a return."""

    at: datetime
    kind: str
    sync: str
    text: str
    detail: dict[str, Any]


class Timeline:
    """What happened to each return."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(
        self,
        shop: str,
        order_key: str,
        return_id: str,
        at: datetime,
        kind: str,
        text: str,
        detail: dict[str, Any] | None = None,
        *,
        sync: str = "",
        tx: Transaction | None = None,
    ) -> bool:
        """Add an event; False, and nothing is added, when the return's last one of this kind and sync says the same."""
        about = {"shop": shop, "return_id": return_id, "kind": kind, "sync": sync}
        last = select(timeline.c.text, timeline.c.detail).filter_by(**about).order_by(timeline.c.id.desc()).limit(1)
        with self._store.writing(tx, hasty=True) as open_tx:
            before = open_tx.execute(last).first()
            if before is not None and (before.text, canonical(before.detail)) == (text, canonical(detail or {})):
                return False
            row = {**about, "order_key": order_key, "at": at, "text": text, "detail": detail or {}}
            open_tx.execute(timeline.insert().values(**row))
        return True

    def for_return(self, shop: str, return_id: str, limit: int = 1000) -> list[TimelineEvent]:
        """Give the newest `limit` events of a return, oldest first."""
        mine = select(timeline).filter_by(shop=shop, return_id=return_id).order_by(timeline.c.id.desc()).limit(limit)
        with self._store.reading() as tx:
            rows = list(tx.execute(mine))
        return [TimelineEvent(row.at, row.kind, row.sync, row.text, row.detail) for row in reversed(rows)]
