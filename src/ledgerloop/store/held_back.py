"""What stands still for a cause: the subjects of answers, with the order whose case they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, select

from ledgerloop.domain.case import ORDER_SUBJECT
from ledgerloop.store.sql import batches
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import loop_returns, outcomes


@dataclass(frozen=True)
class HeldBack:
    """A sync's answer about a return, or an order (`order:ID`), that stands still."""

    shop: str
    subject: str
    order_key: str
    sync: str
    code: str


class HeldBacks:
    """Looks answers up by what they wait for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(
        self, shop: str, wanted: Iterable[tuple[str, str]], tx: Transaction | None = None, limit: int | None = None
    ) -> list[HeldBack]:
        """Give what stands still in a shop for these codes and causes (empty: whatever the cause), `limit` at most."""
        causes: dict[str, list[str]] = {}
        for code, cause in wanted:
            causes.setdefault(code, []).append(cause)
        found: list[HeldBack] = []
        with self._store.reading(tx) as open_tx:
            for code, some in sorted(causes.items()):
                for statement in _statements(shop, code, some):
                    left = None if limit is None else limit - len(found)
                    found += [_held_back(shop, code, row) for row in open_tx.execute(statement.limit(left))]
                    if limit is not None and len(found) >= limit:
                        return found
        return found


def _statements(shop: str, code: str, causes: list[str]) -> Iterable[Select[Any]]:
    same = and_(loop_returns.c.shop == outcomes.c.shop, loop_returns.c.return_id == outcomes.c.return_id)
    columns = (outcomes.c.return_id, outcomes.c.sync, loop_returns.c.order_key)
    mine = select(*columns).select_from(outcomes.outerjoin(loop_returns, same)).order_by(outcomes.c.return_id)
    coded = outcomes.c.code == code
    if "" in causes:
        yield mine.where(coded, outcomes.c.shop == shop)
        return
    for some in batches(dict.fromkeys(causes)):
        yield mine.where(outcomes.c.kind == "attention", coded, outcomes.c.cause.in_(some), outcomes.c.shop == shop)


def _held_back(shop: str, code: str, row: Row[Any]) -> HeldBack:
    subject = str(row.return_id)
    key = subject.removeprefix(ORDER_SUBJECT) if subject.startswith(ORDER_SUBJECT) else str(row.order_key or "")
    return HeldBack(shop, subject, key, str(row.sync), code)
