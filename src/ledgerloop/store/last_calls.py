"""The last call to each remote: whether it can be reached."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ledgerloop.store.store import Store
from ledgerloop.store.tables import calls

LOOKED_AT = 2000
"""Newest calls among which the last one to a remote is looked for."""


@dataclass(frozen=True)
class LastCall:
    """A call without what was said; `status` None: no answer came."""

    started_at: datetime
    took_ms: int
    status: int | None
    outcome: str


def last_call(store: Store, shop: str, remote: str) -> LastCall | None:
    """The last call to a remote of a shop; None when none of the newest calls went there."""
    names = ("shop", "remote", *LastCall.__dataclass_fields__)
    newest = select(calls.c.id, *(calls.c[name] for name in names)).order_by(calls.c.id.desc()).limit(LOOKED_AT)
    found = newest.subquery()
    mine = select(*(found.c[name] for name in LastCall.__dataclass_fields__)).where(
        found.c.shop == shop, found.c.remote == remote
    )
    with store.reading() as tx:
        row = tx.execute(mine.order_by(found.c.id.desc()).limit(1)).first()
    return None if row is None else LastCall(*row)
