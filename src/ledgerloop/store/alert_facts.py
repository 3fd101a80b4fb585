"""What alerts look for: what has waited for long, which returns a cause concerns, what the books leave for long."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from ledgerloop.store.ledger_tables import entries, facts
from ledgerloop.store.outcomes import WAITING
from ledgerloop.store.sql import batches
from ledgerloop.store.store import Store
from ledgerloop.store.tables import outcomes


@dataclass(frozen=True)
class Late:
    """Answers of one code that have waited since before a moment."""

    code: str
    count: int
    since: datetime


def waiting_since_before(store: Store, moment: datetime) -> list[Late]:
    """What has waited since before a moment, by code."""
    c, number = outcomes.c, func.count().label("number")
    wanted = select(c.code, number, func.min(c.since)).where(c.kind == WAITING, c.since < moment)
    with store.reading() as tx:
        return [Late(row[0], row[1], row[2]) for row in tx.execute(wanted.group_by(c.code).order_by(c.code))]


def first_subjects(
    store: Store, kind: str, code: str, limit: int, *, cause: str | None = None, before: datetime | None = None
) -> list[tuple[str, str]]:
    """Shop and subject of the answers that have stood longest; only those of a cause, or since before a moment."""
    c = outcomes.c
    wanted = select(c.shop, c.return_id).where(c.kind == kind, c.code == code)
    if cause is not None:
        wanted = wanted.where(c.cause == cause)
    if before is not None:
        wanted = wanted.where(c.since < before)
    longest = wanted.group_by(c.shop, c.return_id).order_by(func.min(c.since), c.shop, c.return_id)
    with store.reading() as tx:
        return [(row[0], row[1]) for row in tx.execute(longest.limit(limit))]


def unsettled_since(store: Store, shop: str, accounts: Collection[str]) -> dict[str, datetime]:
    """Subjects with something left on one of these accounts, each with when anything was last entered about it."""
    c, total = entries.c, func.sum(entries.c.amount)
    left = select(c.subject).where(c.shop == shop, c.account.in_(accounts))
    found: dict[str, datetime] = {}
    with store.reading() as tx:
        grouped = left.group_by(c.subject, c.account, c.currency).having(total != 0)
        subjects = sorted(set(tx.execute(grouped).scalars()))
        for some in batches(subjects):
            newest = select(facts.c.subject, func.max(facts.c.entered_at)).where(
                facts.c.shop == shop, facts.c.subject.in_(some)
            )
            found |= {row[0]: row[1] for row in tx.execute(newest.group_by(facts.c.subject))}
    return found
