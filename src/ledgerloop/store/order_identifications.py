"""By which ids and names an order, and its lines, are known elsewhere, and since when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from ledgerloop.store.order_tables import order_identifications, order_line_identifications
from ledgerloop.store.sql import batches, put_all
from ledgerloop.store.store import Store, Transaction

SHOPIFY_ORD_ID = "SHOPIFY_ORD_ID"
SHOPIFY_ORD_NAME = "SHOPIFY_ORD_NAME"
SHOPIFY_ORD_NO = "SHOPIFY_ORD_NO"
NETSUITE_ORDER_ID = "NETSUITE_ORDER_ID"
"""Internal id of the sales order or cash sale."""
NETSUITE_ORDER_NAME = "NETSUITE_ORDER_NAME"
"""Its number, such as SO1042."""
NETSUITE_LINE_ID = "NETSUITE_LINE_ID"
"""Identification of a line: its number on NetSuite's record."""


@dataclass(frozen=True)
class Identification:
    """An id or name of an order; valid from one moment until another, or still."""

    type: str
    value: str
    from_at: datetime
    thru_at: datetime | None


class Identifications:
    """The ids and names of orders."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def identify(
        self, shop: str, order_id: str, type_: str, value: str, at: datetime, tx: Transaction | None = None
    ) -> bool:
        """Note an id or name, valid from `at`; another one of the type ends. False when it was valid already.

        An empty value only ends the one that was valid.
        """
        table = order_identifications
        with self._store.writing(tx) as open_tx:
            mine = (
                table.c.shop == shop,
                table.c.order_id == order_id,
                table.c.type == type_,
                table.c.thru_at.is_(None),
            )
            valid = list(open_tx.execute(select(table.c.value).where(*mine)).scalars())
            if valid == ([value] if value else []):
                return False
            if valid:
                open_tx.execute(update(table).where(*mine).values(thru_at=at))
            if value:
                row = {"shop": shop, "order_id": order_id, "type": type_, "value": value, "from_at": at}
                open_tx.execute(table.insert().values(**row))
        return True

    def identifications(self, shop: str, order_id: str, tx: Transaction | None = None) -> list[Identification]:
        """Give all ids and names that an order ever had, oldest first."""
        wanted = (
            select(order_identifications).filter_by(shop=shop, order_id=order_id).order_by(order_identifications.c.id)
        )
        with self._store.reading(tx) as open_tx:
            return [Identification(row.type, row.value, row.from_at, row.thru_at) for row in open_tx.execute(wanted)]

    def identified(
        self, shop: str, order_ids: Collection[str], type_: str, tx: Transaction | None = None
    ) -> dict[str, str]:
        """The valid value of one type, by order id."""
        found: dict[str, str] = {}
        table = order_identifications
        wanted = select(table.c.order_id, table.c.value).where(
            table.c.shop == shop, table.c.type == type_, table.c.thru_at.is_(None)
        )
        with self._store.reading(tx) as open_tx:
            for some in batches(order_ids):
                rows = open_tx.execute(wanted.where(table.c.order_id.in_(some)))
                found |= {row.order_id: row.value for row in rows}
        return found

    def identified_by(self, shop: str, type_: str, value: str, tx: Transaction | None = None) -> list[str]:
        """Order ids for which this id or name is valid."""
        table = order_identifications
        wanted = select(table.c.order_id).where(
            table.c.shop == shop, table.c.type == type_, table.c.value == value, table.c.thru_at.is_(None)
        )
        with self._store.reading(tx) as open_tx:
            return list(open_tx.execute(wanted.order_by(table.c.order_id)).scalars())

    def line_identify(
        self,
        shop: str,
        order_id: str,
        values: Mapping[str, str],
        at: datetime,
        tx: Transaction | None = None,
        *,
        type_: str = NETSUITE_LINE_ID,
    ) -> None:
        """Note ids of lines: by Shopify line id, the line's number on NetSuite's record."""
        mine = {"shop": shop, "order_id": order_id, "type": type_, "at": at}
        rows = [{**mine, "line_id": line_id, "value": value} for line_id, value in sorted(values.items())]
        if rows:
            with self._store.writing(tx) as open_tx:
                put_all(open_tx, order_line_identifications, ("shop", "order_id", "line_id", "type"), rows)

    def line_ids(
        self, shop: str, order_id: str, tx: Transaction | None = None, *, type_: str = NETSUITE_LINE_ID
    ) -> dict[str, str]:
        """Ids of lines by Shopify line id."""
        wanted = select(order_line_identifications).filter_by(shop=shop, order_id=order_id, type=type_)
        with self._store.reading(tx) as open_tx:
            return {row.line_id: row.value for row in open_tx.execute(wanted)}
