"""What is due: the one list of work. A row per original order says when it is looked at next, and who does it now.

A wake-up is never lost: every mark moves the generation, and one that comes while the case is being worked on is kept
apart (`wake_at`) until the claim is finished.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Executable,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    func,
    null,
    or_,
    select,
    tuple_,
    update,
)

from ledgerloop.store.owners import is_dead
from ledgerloop.store.sql import insert
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import due
from ledgerloop.store.types import Moment

SOON = 1
"""Priority of what a person or a webhook asked for; smaller runs first."""

NORMAL = 5
"""Priority of what polls and timers found."""


@dataclass(frozen=True)
class Claim:
    """A case that one worker has until `until`; nobody else gets it meanwhile."""

    shop: str
    order_key: str
    generation: int
    owner: str = ""
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class DueRow:
    """A case on the list, for people. `due_at` None: settled, sleeps until somebody marks it."""

    shop: str
    order_key: str
    generation: int
    due_at: datetime | None
    reason: str
    claimed_by: str | None
    last_run_at: datetime | None


class Due:
    """The list of cases that are to be looked at."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def mark(
        self,
        shop: str,
        order_key: str,
        due_at: datetime,
        reason: str,
        tx: Transaction | None = None,
        *,
        priority: int = NORMAL,
    ) -> None:
        """Ask for a case to be looked at, at `due_at` or earlier."""
        with self._store.writing(tx) as open_tx:
            mark_due(open_tx, shop, order_key, due_at, reason, priority)

    def mark_all(
        self, cases: Iterable[tuple[str, str]], due_at: datetime, reason: str, tx: Transaction | None = None
    ) -> None:
        """Ask for several cases (shop, order key), in an order that cannot block another process doing the same."""
        with self._store.writing(tx) as open_tx:
            for shop, order_key in sorted(set(cases)):
                mark_due(open_tx, shop, order_key, due_at, reason, NORMAL)

    def claim(
        self,
        owner: str,
        now: datetime,
        limit: int,
        lease_s: float,
        shops: Collection[str] | None = None,
        keys: Collection[tuple[str, str]] | None = None,
        ignore_due: bool = False,
        run_before: datetime | None = None,
        rested_since: datetime | None = None,
    ) -> list[Claim]:
        """Take up to `limit` cases for `owner`, most urgent first.

        `keys` are pairs of shop and order key. With `ignore_due`, waiting cases are taken early (sleeping ones are
        not), but only when they were last taken before `run_before`, so that each is tried once. With `rested_since`,
        only cases not taken since then.
        """
        ripe = _ripe(now, run_before, early=ignore_due)
        chosen = [_free(now), ripe]
        if rested_since is not None:
            chosen.append(or_(due.c.last_run_at.is_(None), due.c.last_run_at <= rested_since))
        if shops is not None:
            chosen.append(due.c.shop.in_(shops))
        if keys is not None:
            chosen.append(tuple_(due.c.shop, due.c.order_key).in_(list(keys)))
        order = (due.c.priority, due.c.due_at, due.c.shop, due.c.order_key)
        wanted = (
            select(due.c.shop, due.c.order_key, due.c.generation, due.c.reason)
            .where(*chosen)
            .order_by(*order)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        if keys is not None and not keys:
            return []
        with self._store.reading() as tx:
            if tx.execute(select(due.c.shop).where(*chosen).limit(1)).first() is None:
                return []
        until = now + timedelta(seconds=lease_s)
        with self._store.writing(hasty=True) as tx:
            rows = tx.execute(wanted).all()
            if rows:
                _take(tx, [(row.shop, row.order_key) for row in rows], owner, now, until)
        return [Claim(row.shop, row.order_key, row.generation, owner, until, row.reason) for row in rows]

    def renew(self, claims: Collection[Claim], until: datetime) -> int:
        """Keep these cases until `until`; gives how many are still ours."""
        with self._store.writing(hasty=True) as tx:
            return sum(
                tx.execute(update(due).where(_held(claim)).values(claimed_until=until)).rowcount for claim in claims
            )

    def finish(self, claim: Claim, next_due: datetime | None, tx: Transaction | None = None) -> bool:
        """Hand a case back, to be looked at again at `next_due` (None: it sleeps); False if it was ours no longer.

        Marked meanwhile, it stays due at the time that was asked for.
        """
        with self._store.writing(tx, hasty=True) as open_tx:
            row = open_tx.execute(select(due).where(_held(claim)).with_for_update()).first()
            if row is None:
                return False
            moments = [next_due]
            if row.generation != claim.generation:
                moments.append(row.wake_at or self._store.clock())
            due_at = min((one for one in moments if one is not None), default=None)
            calm = row.generation == claim.generation
            open_tx.execute(update(due).where(_held(claim)).values(**_FREED, **_next(due_at, calm=calm)))
        return True

    def release(self, claim: Claim) -> None:
        """Give a case back untouched: due as before."""
        self._free(_held(claim))

    def release_owner(self, owner: str) -> int:
        """Give back all that this owner has."""
        return self._free(due.c.claimed_by == owner)

    def release_dead(self, now: datetime) -> int:
        """Give back what is held beyond its lease, or by a process of this machine that has died."""
        with self._store.reading() as tx:
            owners = tx.execute(select(due.c.claimed_by).where(due.c.claimed_by.is_not(None)).distinct()).scalars()
            dead = [owner for owner in owners if owner and is_dead(owner)]
            late = tx.execute(select(due.c.shop).where(due.c.claimed_until < now).limit(1)).first()
        if not dead and late is None:
            return 0
        return self._free(or_(due.c.claimed_until < now, due.c.claimed_by.in_(dead)))

    def waiting(self, now: datetime, shop: str | None = None, limit: int = 1000) -> list[DueRow]:
        """List the cases that are due later, soonest first."""
        chosen = [due.c.due_at > now] if shop is None else [due.c.due_at > now, due.c.shop == shop]
        wanted = select(*_SHOWN).where(*chosen).order_by(due.c.due_at).limit(limit)
        with self._store.reading() as tx:
            return [DueRow(**row) for row in tx.execute(wanted).mappings()]

    def get(self, shop: str, order_key: str) -> DueRow | None:
        """Look one case up."""
        with self._store.reading() as tx:
            row = tx.execute(select(*_SHOWN).where(_of(shop, order_key))).mappings().first()
        return None if row is None else DueRow(**row)

    def next_at(self) -> datetime | None:
        """Tell when the next free case comes due."""
        with self._store.reading() as tx:
            soonest: datetime | None = tx.execute(
                select(func.min(due.c.due_at)).where(due.c.claimed_by.is_(None))
            ).scalar()
        return soonest

    def counts(self, now: datetime | None = None) -> dict[str, int]:
        """Count the cases: due, claimed, waiting, sleeping.

        All are counted by an index alone, and what is claimed, always little, is taken off.
        """
        moment = now or self._store.clock()
        ripe = func.count(case((due.c.due_at <= moment, 1)))
        counted = select(func.count(), func.count(due.c.due_at), ripe)
        with self._store.reading() as tx:
            every = tx.execute(counted).one()
            taken = tx.execute(counted.where(due.c.claimed_by > "")).one()  # not IS NOT NULL: it reads every row
        free, timed, is_due = (all_ - ours for all_, ours in zip(every, taken, strict=True))
        return {"due": is_due, "claimed": taken[0], "waiting": timed - is_due, "sleeping": free - timed}

    def _free(self, rows: ColumnElement[bool]) -> int:
        earlier = case((due.c.wake_at < due.c.due_at, due.c.wake_at), else_=due.c.due_at)
        back = func.coalesce(earlier, due.c.wake_at)
        with self._store.writing(hasty=True) as tx:
            return tx.execute(update(due).where(rows).values(**_FREED, due_at=back)).rowcount


_FREED: dict[str, Any] = {"claimed_by": None, "claimed_until": None, "wake_at": None}
_SHOWN = (
    due.c.shop,
    due.c.order_key,
    due.c.generation,
    due.c.due_at,
    due.c.reason,
    due.c.claimed_by,
    due.c.last_run_at,
)


def mark_due(tx: Connection, shop: str, order_key: str, due_at: datetime, reason: str, priority: int) -> None:
    """Mark within an open transaction, in one statement."""
    values = {"_shop": shop, "_order_key": order_key, "_due_at": due_at, "_reason": reason, "_priority": priority}
    tx.execute(_marking(tx.dialect.name), values)


def mark_each(tx: Connection, cases: Mapping[tuple[str, str], tuple[datetime, str, int]]) -> None:
    """Mark several cases within an open transaction: (shop, order key) -> (due at, reason, priority)."""
    rows = [
        {"_shop": shop, "_order_key": order_key, "_due_at": due_at, "_reason": reason, "_priority": priority}
        for (shop, order_key), (due_at, reason, priority) in sorted(cases.items())
    ]
    if rows:
        tx.execute(_marking(tx.dialect.name), rows)


@cache
def _marking(dialect: str) -> Executable:
    """Build the statement once: building it costs more than running it, and every webhook needs it."""
    asked, priority = bindparam("_due_at", type_=Moment), bindparam("_priority", type_=Integer)
    reason = bindparam("_reason", type_=Text)
    idle = due.c.claimed_by.is_(None)
    sooner = and_(idle, or_(due.c.due_at.is_(None), due.c.due_at > asked))
    wakes = and_(~idle, or_(due.c.wake_at.is_(None), due.c.wake_at > asked))
    first = {"shop": bindparam("_shop"), "order_key": bindparam("_order_key"), "generation": 1}
    built: Executable = (
        insert(dialect, due)
        .values(**first, due_at=asked, reason=reason, priority=priority)
        .on_conflict_do_update(
            index_elements=["shop", "order_key"],
            set_={
                "generation": due.c.generation + 1,
                "reason": reason,
                "due_at": case((sooner, asked), else_=due.c.due_at),
                "wake_at": case((wakes, asked), else_=due.c.wake_at),
                "priority": case((due.c.priority > priority, priority), else_=due.c.priority),
            },
        )
    )
    return built


def _ripe(now: datetime, run_before: datetime | None, *, early: bool) -> ColumnElement[bool]:
    ripe = due.c.due_at <= now
    if not early:
        return ripe
    untried: ColumnElement[bool] = due.c.due_at.is_not(None)
    if run_before is not None:
        untried = and_(untried, or_(due.c.last_run_at.is_(None), due.c.last_run_at < run_before))
    return or_(ripe, untried)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(due.c.claimed_by.is_(None), due.c.claimed_until < now)


def _of(shop: str, order_key: str) -> ColumnElement[bool]:
    return and_(due.c.shop == shop, due.c.order_key == order_key)


def _held(claim: Claim) -> ColumnElement[bool]:
    return and_(_of(claim.shop, claim.order_key), due.c.claimed_by == claim.owner)


def _next(due_at: datetime | None, *, calm: bool) -> dict[str, Any]:
    return {"due_at": due_at, "priority": NORMAL} if calm else {"due_at": due_at}


def _take(tx: Connection, keys: list[tuple[str, str]], owner: str, now: datetime, until: datetime) -> None:
    later = case((due.c.wake_at > now, due.c.wake_at), else_=null())
    tx.execute(
        update(due)
        .where(tuple_(due.c.shop, due.c.order_key).in_(keys))
        .values(claimed_by=owner, claimed_until=until, last_run_at=now, wake_at=later)
    )
