"""How far each poll has read. A cursor is put in the same transaction as what was read up to it."""

from sqlalchemy import delete, select

from ledgerloop.store.sql import put
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import cursors


class Cursors:
    """The cursors of the pollers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, shop: str, remote: str, name: str, tx: Transaction | None = None) -> str | None:
        """Give a cursor; None before the first poll."""
        with self._store.reading(tx) as open_tx:
            mine = select(cursors.c.value).filter_by(shop=shop, remote=remote, name=name)
            return open_tx.execute(mine).scalar()

    def put(self, shop: str, remote: str, name: str, value: str, tx: Transaction | None = None) -> None:
        """Set a cursor."""
        with self._store.writing(tx, hasty=True) as open_tx:
            put(open_tx, cursors, {"shop": shop, "remote": remote, "name": name}, {"value": value})

    def forget(self, shop: str, remote: str, name: str, tx: Transaction | None = None) -> None:
        """Drop a cursor: the next poll reads everything."""
        with self._store.writing(tx, hasty=True) as open_tx:
            open_tx.execute(delete(cursors).filter_by(shop=shop, remote=remote, name=name))
