"""What people say and arrange about returns, orders and groups: comments, who looks after them, and snoozes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from ledgerloop.store.page_tables import assignments, comments, snoozes
from ledgerloop.store.sql import batches, put
from ledgerloop.store.store import Store, Transaction


@dataclass(frozen=True)
class Comment:
    """What somebody said."""

    number: int
    by: str
    at: datetime
    text: str


@dataclass(frozen=True)
class Arranged:
    """Who looks after it (empty: nobody), until when it is not shown among what is open, and how much was said."""

    assigned_to: str = ""
    snoozed_until: datetime | None = None
    comments: int = 0


class Remarks:
    """Comments, assignments and snoozes, by what they are about."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def comment(self, about: str, text: str, *, by: str, at: datetime, tx: Transaction) -> int:
        """Add a comment; gives its number."""
        made = tx.execute(comments.insert().values(about=about, text=text, by=by, at=at))
        return int(made.inserted_primary_key[0])  # type: ignore[index]

    def comments(self, about: str, limit: int = 200) -> list[Comment]:
        """Give the newest comments, oldest first."""
        newest = select(comments).filter_by(about=about).order_by(comments.c.id.desc()).limit(limit)
        with self._store.reading() as tx:
            rows = tx.execute(newest).all()
        return [Comment(row.id, row.by, row.at, row.text) for row in reversed(rows)]

    def assign(self, about: str, name: str, *, by: str, at: datetime, tx: Transaction) -> None:
        """Say who looks after it; an empty name: nobody."""
        if name:
            put(tx, assignments, {"about": about}, {"name": name, "by": by, "at": at})
        else:
            tx.execute(delete(assignments).filter_by(about=about))

    def snooze(self, about: str, until: datetime | None, *, by: str, at: datetime, tx: Transaction) -> None:
        """Leave it out of what is open until then; None: show it again."""
        if until is not None:
            put(tx, snoozes, {"about": about}, {"until": until, "by": by, "at": at})
        else:
            tx.execute(delete(snoozes).filter_by(about=about))

    def arranged(self, abouts: Collection[str], now: datetime) -> dict[str, Arranged]:
        """What is arranged about each of these; a snooze that has ended counts as none."""
        names: dict[str, str] = {}
        until: dict[str, datetime] = {}
        said: dict[str, int] = {}
        with self._store.reading() as tx:
            for some in batches(abouts):
                mine = assignments.c.about.in_(some)
                names |= {row.about: row.name for row in tx.execute(select(assignments).where(mine))}
                later = select(snoozes).where(snoozes.c.about.in_(some), snoozes.c.until > now)
                until |= {row.about: row.until for row in tx.execute(later)}
                counted = select(comments.c.about, func.count()).where(comments.c.about.in_(some))
                said |= {row[0]: row[1] for row in tx.execute(counted.group_by(comments.c.about))}
        return {one: Arranged(names.get(one, ""), until.get(one), said.get(one, 0)) for one in abouts}
