"""What the remotes pushed: raw bytes first, understood later. An answer of 200 means that the row here is on disk."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Select, func, select, update

from ledgerloop.store.due import SOON, mark_each
from ledgerloop.store.sql import batches, insert, where
from ledgerloop.store.store import Store
from ledgerloop.store.tables import inbox, inbox_bodies, loop_returns
from ledgerloop.store.types import digest

ORDER = "order"
"""Subject kind: the id is a Shopify order id, which is the case's key."""

RETURN = "return"
"""Subject kind: the id is a Loop return id; its case is looked up, and is `loop-<id>` while the order is unknown."""


@dataclass(frozen=True)
class Message:
    """A pushed message. `body` is None once it was erased; its digest stays."""

    id: int
    shop: str
    source: str
    topic: str
    dedupe_key: str
    headers: dict[str, Any]
    subject_kind: str
    subject_id: str
    received_at: datetime
    last_received_at: datetime
    times: int
    worked_at: datetime | None
    note: str
    body: bytes | None
    digest: str


@dataclass(frozen=True)
class Push:
    """A message as it arrives."""

    shop: str
    source: str
    topic: str
    dedupe_key: str
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime
    subject_kind: str = ""
    subject_id: str = ""


class Inbox:
    """The pushed messages."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(
        self,
        shop: str,
        source: str,
        topic: str,
        dedupe_key: str,
        headers: Mapping[str, str],
        body: bytes,
        received_at: datetime,
        subject_kind: str = "",
        subject_id: str = "",
    ) -> bool:
        """Store a message and mark its subject due, durably and together; False for one that we had already.

        A duplicate marks its subject due too. Gives up with DatabaseBusy within two seconds.
        """
        push = Push(shop, source, topic, dedupe_key, headers, body, received_at, subject_kind, subject_id)
        return self.put_all([push])[0]

    def put_all(self, pushes: Sequence[Push]) -> list[bool]:
        """Store messages that came together, in one transaction: all of them or none. As `put`, for each in turn."""
        with self._store.taking_in() as tx:
            added = _add(tx, pushes)
            due = {}
            for push in pushes:
                order_key = _order_key(tx, push.shop, push.subject_kind, push.subject_id)
                if order_key:
                    due[push.shop, order_key] = (push.received_at, f"{push.source} {push.topic}", SOON)
            mark_each(tx, due)
        return added

    def unworked(self, limit: int = 100, shop: str | None = None) -> list[Message]:
        """Give the messages not worked off yet, oldest first; of one shop, or of all."""
        open_ones = _messages().where(inbox.c.worked_at.is_(None))
        if shop is not None:
            open_ones = open_ones.where(inbox.c.shop == shop)
        with self._store.reading() as tx:
            rows = tx.execute(open_ones.order_by(inbox.c.id).limit(limit))
            return [Message(**row) for row in rows.mappings()]

    def backlog(self) -> tuple[int, datetime | None]:
        """Count the messages not worked off yet, and tell when the oldest of them came."""
        with self._store.reading() as tx:
            wanted = select(func.count(), func.min(inbox.c.received_at)).where(inbox.c.worked_at.is_(None))
            count, oldest = tx.execute(wanted).one()
        return count, oldest

    def get(self, message_id: int) -> Message | None:
        """Look a message up."""
        with self._store.reading() as tx:
            row = tx.execute(_messages().where(inbox.c.id == message_id)).mappings().first()
        return None if row is None else Message(**row)

    def about(self, shop: str, subject_kind: str, subject_id: str) -> list[Message]:
        """Give what was pushed about a subject, oldest first."""
        with self._store.reading() as tx:
            mine = _messages().where(
                where(inbox, {"shop": shop, "subject_kind": subject_kind, "subject_id": subject_id})
            )
            return [Message(**row) for row in tx.execute(mine.order_by(inbox.c.id)).mappings()]

    def mark_worked(self, ids: Collection[int], note: str = "", tx: Connection | None = None) -> None:
        """Note that these messages were worked off."""
        done = {"worked_at": self._store.clock(), "note": note}
        with self._store.writing(tx, hasty=True) as open_tx:
            for some in batches(ids):
                open_tx.execute(update(inbox).where(inbox.c.id.in_(some)).values(**done))

    def erase(self, ids: Collection[int], at: datetime, tx: Connection | None = None) -> None:
        """Erase the bodies of these messages to a tombstone: their digests stay."""
        with self._store.writing(tx) as open_tx:
            for some in batches(ids):
                gone = update(inbox_bodies).where(inbox_bodies.c.inbox_id.in_(some))
                open_tx.execute(gone.values(body=None, erased_at=at))

    def erase_before(self, received_before: datetime, at: datetime, limit: int = 1000) -> int:
        """Erase the bodies of up to `limit` messages that were worked off and came before; gives how many."""
        old = (
            select(inbox.c.id)
            .join(inbox_bodies)
            .where(inbox.c.received_at < received_before, inbox.c.worked_at.is_not(None))
            .where(inbox_bodies.c.erased_at.is_(None))
            .limit(limit)
        )
        with self._store.reading() as tx:
            ids = list(tx.execute(old).scalars())
        if ids:
            self.erase(ids, at)
        return len(ids)


_ADDING_BODY = inbox_bodies.insert()
_KEY = (inbox.c.shop, inbox.c.source, inbox.c.dedupe_key)


@cache
def _adding(dialect: str) -> Executable:
    """Build the statement once: building it costs more than running it."""
    built: Executable = insert(dialect, inbox).on_conflict_do_nothing().returning(*_KEY, inbox.c.id)
    return built


def _add(tx: Connection, pushes: Sequence[Push]) -> list[bool]:
    """Add messages with their bodies; gives for each whether it is new. Of two alike the first is."""
    keys = [(push.shop, push.source, push.dedupe_key) for push in pushes]
    rows = [_row(push) for push in pushes]
    added = tx.execute(_adding(tx.dialect.name), rows if len(rows) > 1 else rows[0])
    numbers = {(row.shop, row.source, row.dedupe_key): row.id for row in added}
    are_new = [keys.index(key) == place and key in numbers for place, key in enumerate(keys)]
    bodies = [
        {"inbox_id": numbers[key], "body": push.body, "digest": digest(push.body)}
        for key, push, is_new in zip(keys, pushes, are_new, strict=True)
        if is_new
    ]
    if bodies:
        tx.execute(_ADDING_BODY, bodies)
    for push, is_new in zip(pushes, are_new, strict=True):
        if not is_new:
            again = {"times": inbox.c.times + 1, "last_received_at": push.received_at}
            same = {"shop": push.shop, "source": push.source, "dedupe_key": push.dedupe_key}
            tx.execute(update(inbox).where(where(inbox, same)).values(**again))
    return are_new


def _row(push: Push) -> dict[str, Any]:
    return {
        "shop": push.shop,
        "source": push.source,
        "dedupe_key": push.dedupe_key,
        "topic": push.topic,
        "headers": dict(push.headers),
        "subject_kind": push.subject_kind,
        "subject_id": push.subject_id,
        "received_at": push.received_at,
        "last_received_at": push.received_at,
    }


def _messages() -> Select[Any]:
    return select(inbox, inbox_bodies.c.body, inbox_bodies.c.digest).join(inbox_bodies)


def _order_key(tx: Connection, shop: str, kind: str, subject_id: str) -> str:
    """Find the case of a subject; empty when the message is about no case."""
    if kind == ORDER or not subject_id:
        return subject_id
    if kind != RETURN:
        return ""
    known = select(loop_returns.c.order_key).filter_by(shop=shop, return_id=subject_id)
    return tx.execute(known).scalar() or f"loop-{subject_id}"
