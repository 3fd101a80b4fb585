"""Transitions of returns that were seen: a flag set or cleared in NetSuite, a review begun or ended in Loop."""

from datetime import datetime

from ledgerloop.domain.case import Seen, Transition
from ledgerloop.store.sql import of_order
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import transitions


class Transitions:
    """What was seen to change, oldest first; nothing is ever changed or dropped."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def append(
        self, shop: str, order_key: str, return_id: str, what: Seen, at: datetime, tx: Transaction | None = None
    ) -> None:
        """Note a transition."""
        row = {"shop": shop, "order_key": order_key, "return_id": return_id, "what": what.value, "at": at}
        with self._store.writing(tx, hasty=True) as open_tx:
            open_tx.execute(transitions.insert().values(**row))

    def for_order(self, shop: str, order_key: str, tx: Transaction | None = None) -> list[Transition]:
        """Give the transitions of every return of a case."""
        with self._store.reading(tx) as open_tx:
            rows = open_tx.execute(_OF_ORDER, {"of_shop": shop, "of_order": order_key})
            return [Transition(row.return_id, Seen(row.what), row.at) for row in rows]


_OF_ORDER = of_order(transitions).order_by(transitions.c.id)
