"""Every message of the alerts: decided once, claimed before it is sent, and what became of it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update

from ledgerloop.store.alert_tables import alerts_sent, alerts_told
from ledgerloop.store.sql import batches, insert
from ledgerloop.store.store import Store

CauseKey = tuple[str, datetime]
"""A cause, and when it was begun: one that comes anew is told anew."""


class MessageState(StrEnum):
    """How far a message came."""

    DUE = "due"
    """To be sent, or to be tried again."""
    SENDING = "sending"
    SENT = "sent"
    UNCLEAR = "unclear"
    """It may have arrived; it is not repeated."""
    FAILED = "failed"
    """Given up; it has not arrived."""


@dataclass(frozen=True)
class Message:
    """A message as it was decided. `document` is what is told; `problem` what the last attempt met."""

    id: str
    channel: str
    kind: str
    state: MessageState
    subject: str
    document: Mapping[str, Any]
    made_at: datetime
    attempts: int
    next_at: datetime | None
    changed_at: datetime
    problem: str


@dataclass(frozen=True)
class Made:
    """A message about to be decided."""

    id: str
    subject: str
    document: Mapping[str, Any]


class AlertsSent:
    """The messages."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def told(self, channel: str, causes: Collection[str]) -> set[CauseKey]:
        """Which causes with these names were told to a channel."""
        found: set[CauseKey] = set()
        with self._store.reading() as tx:
            for some in batches(sorted(causes)):
                mine = select(alerts_told.c.cause, alerts_told.c.begun_at).where(
                    alerts_told.c.channel == channel, alerts_told.c.cause.in_(some)
                )
                found |= {(row[0], row[1]) for row in tx.execute(mine)}
        return found

    def decide(
        self,
        channel: str,
        kind: str,
        causes: Sequence[CauseKey],
        make: Callable[[Sequence[CauseKey]], Made],
        at: datetime,
        *,
        by_itself: bool = True,
    ) -> str:
        """Decide a message about causes that were not told to this channel yet; gives its id, empty where all were.

        Of two who decide at the same moment one tells a cause. Not `by_itself`: it is sent by who decides it alone.
        """
        with self._store.writing() as tx:
            mine = [one for one in sorted(causes) if self._claim(tx, channel, one)]
            if not mine:
                return ""
            made = make(mine)
            named = {"id": made.id, "channel": channel, "kind": kind, "subject": made.subject}
            at_first = {"state": MessageState.DUE, "next_at": at if by_itself else None}
            row = {**named, **at_first, "document": made.document, "made_at": at, "changed_at": at}
            tx.execute(alerts_sent.insert().values(**row))
            c = alerts_told.c
            for cause, begun_at in mine:
                told = update(alerts_told).where(c.channel == channel, c.cause == cause, c.begun_at == begun_at)
                tx.execute(told.values(message=made.id))
        return made.id

    def _claim(self, tx: Any, channel: str, one: CauseKey) -> bool:
        row = {"channel": channel, "cause": one[0], "begun_at": one[1], "message": ""}
        added = insert(tx, alerts_told).values(**row).on_conflict_do_nothing().returning(alerts_told.c.cause)
        return tx.execute(added).first() is not None

    def due(self, channel: str, at: datetime, limit: int = 20) -> list[str]:
        """The messages that a channel may be tried with, oldest first."""
        c = alerts_sent.c
        wanted = select(c.id).where(c.state == MessageState.DUE, c.next_at <= at, c.channel == channel)
        with self._store.reading() as tx:
            return list(tx.execute(wanted.order_by(c.made_at, c.id).limit(limit)).scalars())

    def claim(self, message_id: str, at: datetime) -> Message | None:
        """Take a message for sending, which is stored before anything is sent; None when somebody else has it."""
        c = alerts_sent.c
        mine = update(alerts_sent).where(c.id == message_id, c.state == MessageState.DUE)
        values = {"state": MessageState.SENDING, "attempts": c.attempts + 1, "changed_at": at}
        with self._store.writing() as tx:
            if tx.execute(mine.values(**values)).rowcount == 0:
                return None
            return _message(tx.execute(select(alerts_sent).where(c.id == message_id)).mappings().one())

    def close(
        self,
        message: Message,
        state: MessageState,
        at: datetime,
        *,
        problem: str = "",
        next_at: datetime | None = None,
    ) -> bool:
        """Say what became of an attempt; False when it was taken over meanwhile."""
        c = alerts_sent.c
        mine = update(alerts_sent).where(
            c.id == message.id, c.state == MessageState.SENDING, c.attempts == message.attempts
        )
        values = {"state": state, "problem": problem, "next_at": next_at, "changed_at": at}
        with self._store.writing() as tx:
            return tx.execute(mine.values(**values)).rowcount > 0

    def left_sending(self, before: datetime) -> list[Message]:
        """Messages whose sender did not come back: nobody knows whether they arrived."""
        c = alerts_sent.c
        return list(self._list(c.state == MessageState.SENDING, c.changed_at < before))

    def give_up(self, message_id: str, problem: str, at: datetime) -> None:
        """Send a message no more."""
        c = alerts_sent.c
        mine = update(alerts_sent).where(c.id == message_id, c.state == MessageState.DUE)
        with self._store.writing() as tx:
            tx.execute(mine.values(state=MessageState.FAILED, problem=problem, next_at=None, changed_at=at))

    def homeless(self, channels: Collection[str]) -> list[Message]:
        """Messages to be sent to channels that are not among these."""
        c = alerts_sent.c
        return list(self._list(c.state == MessageState.DUE, c.channel.not_in(list(channels))))

    def get(self, message_id: str) -> Message | None:
        """Look a message up."""
        return next(self._list(alerts_sent.c.id == message_id), None)

    def newest(self, limit: int) -> list[Message]:
        """The messages made last, newest first."""
        return list(self._list(limit=limit))

    def last(self, channel: str) -> Message | None:
        """The message of a channel of which something was heard last."""
        c = alerts_sent.c
        wanted = select(alerts_sent).where(c.channel == channel, c.attempts > 0).order_by(c.changed_at.desc(), c.id)
        with self._store.reading() as tx:
            row = tx.execute(wanted.limit(1)).mappings().first()
        return None if row is None else _message(row)

    def counts(self) -> dict[tuple[str, str], int]:
        """How many messages there are, by channel and state."""
        c = alerts_sent.c
        wanted = select(c.channel, c.state, func.count()).group_by(c.channel, c.state).order_by(c.channel, c.state)
        with self._store.reading() as tx:
            return {(row[0], row[1]): row[2] for row in tx.execute(wanted)}

    def sent_at(self) -> dict[str, datetime]:
        """When each channel took a message last."""
        c = alerts_sent.c
        wanted = select(c.channel, func.max(c.changed_at)).where(c.state == MessageState.SENT).group_by(c.channel)
        with self._store.reading() as tx:
            return {row[0]: row[1] for row in tx.execute(wanted)}

    def forget_before(self, moment: datetime) -> None:
        """Forget messages that were made before then."""
        with self._store.writing() as tx:
            tx.execute(delete(alerts_sent).where(alerts_sent.c.made_at < moment))

    def _list(self, *chosen: ColumnElement[bool], limit: int | None = None) -> Iterator[Message]:
        c = alerts_sent.c
        wanted = select(alerts_sent).where(*chosen).order_by(c.made_at.desc(), c.id).limit(limit)
        with self._store.reading() as tx:
            rows = tx.execute(wanted).mappings().all()
        yield from (_message(row) for row in rows)


def _message(row: RowMapping) -> Message:
    return Message(**{**row, "state": MessageState(row["state"])})
