"""Small facts that must outlive a process: what was fixed at the first write, calibrations, account numbers."""

from sqlalchemy import select

from ledgerloop.store.sql import insert, of_order, put
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import settings


class Settings:
    """Small values by shop and name; shop "" for those of the whole database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, shop: str, name: str, tx: Transaction | None = None) -> str | None:
        """Give a value; None when it was never set."""
        with self._store.reading(tx) as open_tx:
            return open_tx.execute(_VALUE, {"of_shop": shop, "of_order": name}).scalar()

    def put(self, shop: str, name: str, value: str, tx: Transaction | None = None) -> None:
        """Set a value."""
        with self._store.writing(tx) as open_tx:
            put(open_tx, settings, {"shop": shop, "name": name}, {"value": value})

    def fix(self, shop: str, name: str, value: str, tx: Transaction | None = None) -> str:
        """Set a value for good, unless one is set; gives the one that holds."""
        with self._store.writing(tx) as open_tx:
            added = insert(open_tx, settings).values(shop=shop, name=name, value=value).on_conflict_do_nothing()
            open_tx.execute(added)
            holds: str = open_tx.execute(select(settings.c.value).filter_by(shop=shop, name=name)).scalar_one()
        return holds


_VALUE = of_order(settings, "value", key="name")
