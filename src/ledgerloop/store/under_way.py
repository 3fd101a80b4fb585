"""Cases that are not at their end: whose next decision a change of the rules may change."""

from sqlalchemy import or_, select

from ledgerloop.domain.case import ORDER_SUBJECT
from ledgerloop.store.outcomes import WAITING
from ledgerloop.store.page_tables import return_heads
from ledgerloop.store.store import Store
from ledgerloop.store.tables import due, outcomes

OPEN_STATES = ("open", "review")
"""States in which Loop still works on a return."""

GOING_ON = ("waiting", "new")
"""Standings of returns that go on by themselves."""


def cases_under_way(store: Store, shop: str, limit: int) -> list[str]:
    """Give the order keys of such cases of a shop, the newest returns first, `limit` at most."""
    heads, c = return_heads.c, due.c
    open_ones = or_(heads.state.in_(OPEN_STATES), heads.standing.in_(GOING_ON))
    returns = select(heads.order_key).where(heads.shop == shop, open_ones).order_by(heads.created_at.desc())
    waiting = select(outcomes.c.return_id).where(outcomes.c.shop == shop, outcomes.c.kind == WAITING)
    orders = waiting.where(outcomes.c.return_id.startswith(ORDER_SUBJECT)).order_by(outcomes.c.return_id)
    soon = select(c.order_key).where(c.shop == shop, c.due_at.is_not(None)).order_by(c.due_at)
    keys: dict[str, None] = {}
    with store.reading() as tx:
        keys.update(dict.fromkeys(tx.execute(returns.limit(limit)).scalars()))
        for one in tx.execute(orders.distinct().limit(limit)).scalars():
            keys[str(one).removeprefix(ORDER_SUBJECT)] = None
        keys.update(dict.fromkeys(tx.execute(soon.limit(limit)).scalars()))
    return [one for one in keys if one][:limit]
