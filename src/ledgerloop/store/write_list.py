"""The journal as a list: what was written, or refused, last."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, tuple_

from ledgerloop.domain.case import WriteState
from ledgerloop.store.journal import WriteRow, full_row
from ledgerloop.store.store import Store
from ledgerloop.store.tables import journal


def finished_writes(
    store: Store, *, shops: Collection[str], sync: str, state: str, after: tuple[datetime, str] | None, limit: int
) -> list[WriteRow]:
    """Writes of these shops whose result is known, those finished last first; empty texts mean any.

    `after` is the end of the page before.
    """
    place = (journal.c.finished_at, journal.c.key)
    wanted = select(journal).where(journal.c.finished_at.is_not(None))
    if sync:
        wanted = wanted.where(journal.c.sync == sync)
    if state in ("", WriteState.DONE):  # nearly all are: the newest are read first, and no index is used for the shop
        wanted = wanted.where((journal.c.shop + "").in_(shops), *([journal.c.state + "" == state] if state else []))
    else:
        wanted = wanted.where(journal.c.shop.in_(shops), journal.c.state == state)
    if after is not None:
        wanted = wanted.where(journal.c.finished_at <= after[0], tuple_(*place) < tuple_(*after))
    with store.reading() as tx:
        rows = tx.execute(wanted.order_by(*(one.desc() for one in place)).limit(limit)).mappings()
        return [full_row(row) for row in rows]
