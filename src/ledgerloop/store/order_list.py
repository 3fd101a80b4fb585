"""Lists of orders: from the order store's heads alone, never their bodies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, tuple_

from ledgerloop.domain.case import ORDER_SUBJECT
from ledgerloop.domain.channels import UNKNOWN
from ledgerloop.store.heads import word_of
from ledgerloop.store.order_identifications import NETSUITE_ORDER_ID
from ledgerloop.store.order_tables import order_identifications, orders
from ledgerloop.store.page_tables import search_words
from ledgerloop.store.sql import batches
from ledgerloop.store.store import Store
from ledgerloop.store.tables import loop_exchanges, outcomes

FOUND = 2000
"""Orders that one word finds at most."""


@dataclass(frozen=True)
class OrderFilters:
    """What is looked for; empty or None means any. `standing` is attention or waiting."""

    text: str = ""
    shop: str = ""
    channel: str = ""
    standing: str = ""
    in_netsuite: bool | None = None


@dataclass(frozen=True)
class OrderHead:
    """An order as lists show it; `exchanged_by` are the Loop returns that name it as their exchange order."""

    shop: str
    order_id: str
    name: str
    channel: str
    method: str
    source_name: str
    test: bool
    currency: str
    total: str
    created_at: datetime | None
    cancelled_at: datetime | None
    financial_status: str
    fulfillment_status: str
    problem: str
    netsuite_id: str
    standing: str
    code: str
    exchanged_by: tuple[str, ...]


class OrderList:
    """Reads orders."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(
        self, shops: Sequence[str], filters: OrderFilters, after: tuple[str, str] | None, limit: int
    ) -> list[OrderHead]:
        """Give the next orders, newest id first within a shop."""
        key = (orders.c.shop, orders.c.order_id)
        chosen = [orders.c.shop == shops[0] if len(shops) == 1 else orders.c.shop.in_(shops), *_chosen(filters)]
        if after is not None:
            chosen.append(tuple_(*key) < tuple_(*after))
        wanted = select(*(orders.c[name] for name in _SHOWN)).where(*chosen)
        with self._store.reading() as tx:
            if filters.text.strip():
                wanted = wanted.where(_among(self._named(tx, shops, filters.text)))
            if filters.standing:
                wanted = wanted.where(_among(_standing(tx, filters.standing)))
            rows = tx.execute(wanted.order_by(*(one.desc() for one in key)).limit(limit)).mappings().all()
            return _with_more(tx, rows)

    def channels(self, shops: Sequence[str]) -> dict[str, int]:
        """Count the orders by channel."""
        mine = orders.c.shop == shops[0] if len(shops) == 1 else orders.c.shop.in_(shops)
        wanted = select(orders.c.channel, func.count()).where(mine).group_by(orders.c.channel)
        with self._store.reading() as tx:
            return {row[0]: row[1] for row in tx.execute(wanted)}

    def unknown_sources(self, shop: str, limit: int) -> dict[str, int]:
        """Count the sources of the newest orders whose channel is not known; apps where a source has no name."""
        source = func.coalesce(func.nullif(orders.c.source_name, ""), orders.c.app_id)
        mine = select(source.label("source")).where(orders.c.shop == shop, orders.c.channel == UNKNOWN)
        newest = mine.order_by(orders.c.order_id.desc()).limit(FOUND).subquery()
        number = func.count()
        wanted = select(newest.c.source, number).where(newest.c.source != "").group_by(newest.c.source)
        with self._store.reading() as tx:
            return {row[0]: row[1] for row in tx.execute(wanted.order_by(number.desc(), newest.c.source).limit(limit))}

    def _named(self, tx: Any, shops: Sequence[str], text: str) -> dict[str, list[str]]:
        """Orders found by a word, by shop."""
        term = word_of(text)
        words = select(search_words.c.shop, search_words.c.order_key).where(search_words.c.word == term).distinct()
        named = select(orders.c.shop, orders.c.order_id)
        names = named.where(orders.c.name.in_((term, f"#{term}", text.strip())))
        found: dict[str, list[str]] = {}
        mine = orders.c.shop.in_(shops)
        for wanted in (words, names.where(mine), named.where(mine, orders.c.order_id == term)):
            for shop, order_id in tx.execute(wanted.limit(FOUND)):
                found.setdefault(shop, []).append(order_id)
        return found


_SHOWN = (
    *("shop", "order_id", "name", "channel", "method", "source_name", "test", "currency", "total", "created_at"),
    *("cancelled_at", "financial_status", "fulfillment_status", "problem"),
)


def _chosen(filters: OrderFilters) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = [orders.c.channel == filters.channel] if filters.channel else []
    if filters.in_netsuite is not None:
        known = exists(_identified().where(order_identifications.c.order_id == orders.c.order_id))
        chosen.append(known if filters.in_netsuite else ~known)
    return chosen


def _among(found: dict[str, list[str]]) -> ColumnElement[bool]:
    """One of these orders, given by shop."""
    return or_(false(), *(and_(orders.c.shop == shop, orders.c.order_id.in_(ids)) for shop, ids in found.items()))


def _standing(tx: Any, kind: str) -> dict[str, list[str]]:
    """Orders that stand still in their own right, those for longest first, by shop."""
    about = outcomes.c.return_id.startswith(ORDER_SUBJECT, autoescape=True)
    wanted = select(outcomes.c.shop, outcomes.c.return_id).where(outcomes.c.kind == kind, about)
    found: dict[str, list[str]] = {}
    for shop, subject in tx.execute(wanted.order_by(outcomes.c.since).limit(FOUND)):
        found.setdefault(shop, []).append(subject.removeprefix(ORDER_SUBJECT))
    return found


def _identified() -> Any:
    table = order_identifications
    # The type as an expression: SQLite would go through all of a type where the few of an order are meant.
    of_type = table.c.type.concat("") == NETSUITE_ORDER_ID
    valid = (table.c.shop == orders.c.shop, of_type, table.c.thru_at.is_(None))
    return select(table.c.id).where(*valid)


def _with_more(tx: Any, rows: Sequence[Any]) -> list[OrderHead]:
    """Add what the tables beside the orders tell of a page."""
    beside = {
        shop: _beside(tx, shop, [row["order_id"] for row in rows if row["shop"] == shop])
        for shop in {row["shop"] for row in rows}
    }
    found = []
    for row in rows:
        known, stands, returns = beside[row["shop"]]
        standing, code = stands.get(row["order_id"], ("", ""))
        found.append(
            OrderHead(
                **row,
                netsuite_id=known.get(row["order_id"], ""),
                standing=standing,
                code=code,
                exchanged_by=tuple(returns.get(row["order_id"], ())),
            )
        )
    return found


def _beside(
    tx: Any, shop: str, ids: Sequence[str]
) -> tuple[dict[str, str], dict[str, tuple[str, str]], dict[str, list[str]]]:
    """Ids in NetSuite, most urgent answers, and returns that name these orders as their exchange order."""
    known: dict[str, str] = {}
    stands: dict[str, tuple[str, str]] = {}
    returns: dict[str, list[str]] = {}
    table = order_identifications
    valid = (table.c.shop == shop, table.c.thru_at.is_(None))
    for some in batches(ids):
        named = select(table.c.order_id, table.c.type, table.c.value).where(*valid, table.c.order_id.in_(some))
        known |= {row[0]: row[2] for row in tx.execute(named) if row[1] == NETSUITE_ORDER_ID}
        subjects = [ORDER_SUBJECT + one for one in some]
        said = select(outcomes).where(outcomes.c.shop == shop, outcomes.c.return_id.in_(subjects))
        for row in tx.execute(said.order_by(outcomes.c.kind, outcomes.c.since)):
            stands.setdefault(row.return_id.removeprefix(ORDER_SUBJECT), (row.kind, row.code))
        naming = select(loop_exchanges).where(loop_exchanges.c.shop == shop, loop_exchanges.c.order_id.in_(some))
        for row in tx.execute(naming.order_by(loop_exchanges.c.return_id)):
            returns.setdefault(row.order_id, []).append(row.return_id)
    return known, stands, returns
