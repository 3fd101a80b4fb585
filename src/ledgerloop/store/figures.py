"""Figures for monitoring: how many stand where, in a handful of statements that read indexes alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from ledgerloop.domain.case import WriteState
from ledgerloop.store.tables import cursors, journal, outcomes, paces

STANDING = ("waiting", "attention", "settled")
"""Kinds of answers that are kept. Settled is what a person has dealt with: else a sync that is done keeps none."""

UNFINISHED = (WriteState.DECIDED, WriteState.SENT, WriteState.UNCLEAR, WriteState.REFUSED)
"""States of writes that have not come to their end."""


@dataclass(frozen=True)
class Stands:
    """Answers of a sync of one kind, and since when the oldest of them stands."""

    sync: str
    kind: str
    count: int
    since: datetime


@dataclass(frozen=True)
class Pace:
    """A remote's pace as all processes share it: requests taken lately, and until when it is left alone."""

    key: str
    taken_ms: tuple[int, ...]
    closed_until: datetime | None


def standing(tx: Connection) -> list[Stands]:
    """How many answers of each kind each sync has."""
    wanted = select(outcomes.c.sync, outcomes.c.kind, func.count(), func.min(outcomes.c.since))
    grouped = wanted.where(outcomes.c.kind.in_(STANDING)).group_by(outcomes.c.sync, outcomes.c.kind)
    return [Stands(*row) for row in tx.execute(grouped.order_by(outcomes.c.sync, outcomes.c.kind))]


def by_code(tx: Connection) -> list[tuple[str, str, int]]:
    """How many answers there are: kind, code, number."""
    wanted = select(outcomes.c.kind, outcomes.c.code, func.count()).group_by(outcomes.c.kind, outcomes.c.code)
    return [(row[0], row[1], row[2]) for row in tx.execute(wanted.order_by(outcomes.c.kind, outcomes.c.code))]


def unfinished(tx: Connection, shops: Collection[str]) -> list[tuple[str, str, int]]:
    """How many writes have not come to their end: shop, state, number."""
    states = [one.value for one in UNFINISHED]
    chosen = (journal.c.shop.in_(list(shops)), journal.c.state.in_(states))
    wanted = select(journal.c.shop, journal.c.state, func.count()).where(*chosen)
    grouped = wanted.group_by(journal.c.shop, journal.c.state).order_by(journal.c.shop, journal.c.state)
    return [(row[0], row[1], row[2]) for row in tx.execute(grouped)]


def read_up_to(tx: Connection, name: str) -> dict[tuple[str, str], datetime]:
    """Up to when each remote was read, by shop and remote; `name` is that of the cursors."""
    wanted = select(cursors.c.shop, cursors.c.remote, cursors.c.value).where(cursors.c.name == name)
    return {(row[0], row[1]): datetime.fromisoformat(row[2]) for row in tx.execute(wanted)}


def pace_of_all(tx: Connection) -> list[Pace]:
    """The pace of every remote that has one."""
    wanted = select(paces.c.key, paces.c.taken, paces.c.closed_until).order_by(paces.c.key)
    return [Pace(row[0], tuple(row[1] or ()), row[2]) for row in tx.execute(wanted)]
