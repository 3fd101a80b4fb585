"""Returns and orders that a person has put to rest: held for a while, or handled by hand and done with."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select

from ledgerloop.domain.case import Rest
from ledgerloop.store.page_tables import rests
from ledgerloop.store.sql import of_order, put
from ledgerloop.store.store import Store, Transaction


class RestKind(StrEnum):
    """Why nothing is done."""

    HELD = "held"
    HANDLED = "handled"


class Rests:
    """What is at rest, by shop and subject (a Loop return id, or the order itself)."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(
        self,
        shop: str,
        subject: str,
        order_key: str,
        kind: RestKind,
        *,
        by: str,
        at: datetime,
        reason: str,
        tx: Transaction,
    ) -> None:
        """Put a subject to rest, in place of the rest that it may have had."""
        values = {"order_key": order_key, "kind": kind.value, "reason": reason, "by": by, "at": at}
        put(tx, rests, {"shop": shop, "subject": subject}, values)

    def end(self, shop: str, subject: str, tx: Transaction) -> bool:
        """Let a subject be worked again; False when it was not at rest."""
        return tx.execute(delete(rests).filter_by(shop=shop, subject=subject)).rowcount > 0

    def get(self, shop: str, subject: str, tx: Transaction | None = None) -> Rest | None:
        """Look a subject up."""
        with self._store.reading(tx) as open_tx:
            row = open_tx.execute(select(rests).filter_by(shop=shop, subject=subject)).first()
        return None if row is None else Rest(row.subject, row.kind, row.by, row.at, row.reason)

    def for_order(self, shop: str, order_key: str, tx: Transaction | None = None) -> list[Rest]:
        """Give what is at rest of a case."""
        with self._store.reading(tx) as open_tx:
            rows = open_tx.execute(_OF_ORDER, {"of_shop": shop, "of_order": order_key})
            return [Rest(row.subject, row.kind, row.by, row.at, row.reason) for row in rows]


_OF_ORDER = of_order(rests)
