"""The order store: Shopify's orders as they were last seen, with everything that NetSuite needs of them.

An older version never overwrites a newer one; of two of the same moment the one with payments stays.
"""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, case, exists, func, select, update

from ledgerloop.domain.order_store import Order
from ledgerloop.store.order_erasing import erase_orders
from ledgerloop.store.order_identifications import NETSUITE_ORDER_ID, Identifications
from ledgerloop.store.order_tables import order_bodies, order_identifications, orders
from ledgerloop.store.order_view import from_view
from ledgerloop.store.order_writing import Incoming, write_orders
from ledgerloop.store.sql import batches, insert, of_order
from ledgerloop.store.store import Transaction


@dataclass(frozen=True)
class StoredOrder:
    """An order as stored. `order` is None while it was only seen in a list, or none of its bodies could be read.

    `stale`: it changed since, or its payments were never read. `problem` says why a body could not be read.
    """

    order_id: str
    name: str
    channel: str
    method: str
    test: bool
    created_at: datetime | None
    updated_at: datetime | None
    read_at: datetime | None
    stale: bool
    source: str
    problem: str
    erased_at: datetime | None
    order: Order | None

    @property
    def light(self) -> bool:
        """Nothing but its head is known."""
        return self.order is None


@dataclass(frozen=True)
class Head:
    """What polls compare: when the stored version was updated and read."""

    channel: str
    updated_at: datetime | None
    read_at: datetime | None
    stale: bool
    light: bool


@dataclass(frozen=True)
class LightOrder:
    """An order as a list shows it."""

    order_id: str
    name: str
    channel: str
    source_name: str
    app_id: str
    test: bool
    created_at: datetime | None
    processed_at: datetime | None
    updated_at: datetime
    fulfillment_status: str


class OrderStore(Identifications):
    """The orders."""

    def put(
        self,
        shop: str,
        order: Order,
        *,
        channel: str,
        method: str,
        raw: bytes | Mapping[str, Any],
        source: str,
        read_at: datetime,
        tx: Transaction | None = None,
    ) -> bool:
        """Store an order unless a newer version is stored; True when it differs from what was stored.

        `source` is webhook, poll, read or bulk. Without payments it is stale, and the payments known so far stay.
        """
        return bool(self.put_all(shop, [Incoming(order, channel, method, raw, source)], read_at, tx))

    def put_all(
        self, shop: str, incoming: Sequence[Incoming], read_at: datetime, tx: Transaction | None = None
    ) -> set[str]:
        """Store several orders in a few statements; gives the ids of those that differ from what was stored."""
        with self._store.writing(tx) as open_tx:
            return write_orders(open_tx, shop, incoming, read_at)

    def get(self, shop: str, order_id: str, tx: Transaction | None = None) -> StoredOrder | None:
        """Look an order up."""
        with self._store.reading(tx) as open_tx:
            row = open_tx.execute(_ONE, {"of_shop": shop, "of_order": order_id}).mappings().first()
        return None if row is None else _stored(row)

    def heads(self, shop: str, order_ids: Collection[str], tx: Transaction | None = None) -> dict[str, Head]:
        """Tell of several orders what is stored; those never seen are left out."""
        found: dict[str, Head] = {}
        with self._store.reading(tx) as open_tx:
            for some in batches(order_ids):
                rows = open_tx.execute(_HEADS.where(orders.c.shop == shop, orders.c.order_id.in_(some)))
                found |= {
                    row.order_id: Head(row.channel, row.updated_at, row.read_at, row.stale, row.light) for row in rows
                }
        return found

    def put_light(self, shop: str, seen: Sequence[LightOrder], tx: Transaction | None = None) -> None:
        """Note orders that a list showed; what is stored whole only becomes stale, and only by a newer version."""
        rows = [{"shop": shop, **vars(one), "stale": True} for one in sorted(seen, key=lambda one: one.order_id)]
        if not rows:
            return
        with self._store.writing(tx) as open_tx:
            adding = insert(open_tx, orders)
            older = orders.c.updated_at.is_(None) | (orders.c.updated_at < adding.excluded.updated_at)
            whole = orders.c.view.is_not(None)
            shown = {name: case((whole, orders.c[name]), else_=adding.excluded[name]) for name in _LIGHT}
            open_tx.execute(
                adding.on_conflict_do_update(
                    index_elements=["shop", "order_id"], set_={**shown, "stale": True}, where=older
                ),
                rows,
            )

    def put_problem(
        self, shop: str, order_id: str, problem: str, read_at: datetime, tx: Transaction | None = None
    ) -> None:
        """Note that a body of this order could not be read, and why: it must be read whole."""
        with self._store.writing(tx) as open_tx:
            values = {"shop": shop, "order_id": order_id, "problem": problem, "stale": True}
            adding = insert(open_tx, orders).values(**values, read_at=read_at)
            again = {"problem": problem, "stale": True}
            open_tx.execute(adding.on_conflict_do_update(index_elements=["shop", "order_id"], set_=again))

    def mark_stale(self, shop: str, order_ids: str | Collection[str], tx: Transaction | None = None) -> None:
        """Note that orders changed since they were read; those never seen are left out."""
        self._set(shop, [order_ids] if isinstance(order_ids, str) else order_ids, {"stale": True}, tx)

    def accept_as_is(self, shop: str, order_id: str, tx: Transaction | None = None) -> None:
        """Note that Shopify does not show the order: what is stored of it is used as it is until it changes."""
        self._set(shop, [order_id], {"stale": False}, tx)

    def raw(self, shop: str, order_id: str, tx: Transaction | None = None) -> dict[str, bytes | None]:
        """The raw bodies by source; None for one that was erased."""
        wanted = select(order_bodies.c.source, order_bodies.c.body).filter_by(shop=shop, order_id=order_id)
        with self._store.reading(tx) as open_tx:
            rows = open_tx.execute(wanted.order_by(order_bodies.c.source)).all()
        return {row.source: None if row.body is None else zlib.decompress(row.body) for row in rows}

    def ids_by_name(self, shop: str, names: Iterable[str], tx: Transaction | None = None) -> dict[str, str]:
        """Order ids by name, with or without `#`; a name that several orders have is left out."""
        spelled = {way: name for name in names if name for way in (name, f"#{name}", name.removeprefix("#"))}
        found: dict[str, set[str]] = {}
        with self._store.reading(tx) as open_tx:
            for some in batches(spelled):
                wanted = select(orders.c.name, orders.c.order_id).where(orders.c.shop == shop, orders.c.name.in_(some))
                for row in open_tx.execute(wanted):
                    found.setdefault(spelled[row.name], set()).add(row.order_id)
        return {name: next(iter(ids)) for name, ids in found.items() if len(ids) == 1}

    def of_customer(self, shop: str, customer_id: str, tx: Transaction | None = None) -> list[str]:
        """Order ids of a customer."""
        wanted = select(orders.c.order_id).filter_by(shop=shop, customer_id=customer_id)
        with self._store.reading(tx) as open_tx:
            return list(open_tx.execute(wanted.order_by(orders.c.order_id)).scalars())

    def erase(
        self,
        shop: str,
        at: datetime,
        *,
        order_ids: Collection[str] = (),
        customer_id: str = "",
        everything: bool = False,
        tx: Transaction | None = None,
    ) -> list[str]:
        """Erase personal data of these orders, of a customer's, or of all; gives those not erased before.

        What comes of them later is stored without the person too.
        """
        with self._store.writing(tx) as open_tx:
            chosen = set(order_ids)
            if customer_id:
                chosen |= set(self.of_customer(shop, customer_id, open_tx))
            if everything:
                chosen |= set(open_tx.execute(select(orders.c.order_id).filter_by(shop=shop)).scalars())
            return erase_orders(open_tx, shop, chosen, at)

    def by_channel(
        self,
        shop: str,
        channels: Collection[str] | None = None,
        *,
        after: str = "",
        limit: int = 100,
        tx: Transaction | None = None,
    ) -> list[StoredOrder]:
        """Give orders of these channels (None: of all), by id; the next page begins `after` the last one's id."""
        chosen = [] if channels is None else [orders.c.channel.in_(channels)]
        return self._page(shop, chosen, after, limit, tx)

    def to_feed(
        self,
        shop: str,
        channels: Collection[str] | None,
        methods: Collection[str],
        *,
        since: datetime,
        until: datetime,
        after: str = "",
        limit: int = 500,
        tx: Transaction | None = None,
    ) -> list[StoredOrder]:
        """Give orders not in NetSuite yet, by id: whole, no test, not cancelled, of these methods and channels.

        `channels` None: of all. Processed at `since` or later, created at `until` or earlier.
        """
        valid = select(order_identifications.c.id).where(
            order_identifications.c.shop == orders.c.shop,
            order_identifications.c.order_id == orders.c.order_id,
            order_identifications.c.type == NETSUITE_ORDER_ID,
            order_identifications.c.thru_at.is_(None),
        )
        chosen = [
            orders.c.view.is_not(None),
            ~orders.c.test,
            orders.c.cancelled_at.is_(None),
            orders.c.method.in_(methods),
            func.coalesce(orders.c.processed_at, orders.c.created_at) >= since,
            orders.c.created_at <= until,
            ~exists(valid),
        ]
        if channels is not None:
            chosen.append(orders.c.channel.in_(channels))
        return self._page(shop, chosen, after, limit, tx)

    def _page(
        self, shop: str, chosen: Sequence[ColumnElement[bool]], after: str, limit: int, tx: Transaction | None
    ) -> list[StoredOrder]:
        mine = _ALL.where(orders.c.shop == shop, orders.c.order_id > after, *chosen)
        with self._store.reading(tx) as open_tx:
            rows = open_tx.execute(mine.order_by(orders.c.order_id).limit(limit)).mappings().all()
        return [_stored(row) for row in rows]

    def _set(self, shop: str, order_ids: Collection[str], values: dict[str, Any], tx: Transaction | None) -> None:
        with self._store.writing(tx) as open_tx:
            for some in batches(sorted(order_ids)):
                mine = update(orders).where(orders.c.shop == shop, orders.c.order_id.in_(some))
                open_tx.execute(mine.values(**values))


_SHOWN = (
    "order_id",
    "name",
    "channel",
    "method",
    "test",
    "created_at",
    "updated_at",
    "read_at",
    "stale",
    "source",
    "problem",
    "erased_at",
)
_LIGHT = (
    "name",
    "channel",
    "source_name",
    "app_id",
    "test",
    "created_at",
    "processed_at",
    "fulfillment_status",
    "updated_at",
)
_ALL: Select[Any] = select(*(orders.c[name] for name in _SHOWN), orders.c.view)
_ONE = of_order(orders, *_SHOWN, "view", key="order_id")
_HEADS = select(
    orders.c.order_id,
    orders.c.channel,
    orders.c.updated_at,
    orders.c.read_at,
    orders.c.stale,
    orders.c.view.is_(None).label("light"),
)


def _stored(row: RowMapping) -> StoredOrder:
    view = row["view"]
    return StoredOrder(**{name: row[name] for name in _SHOWN}, order=None if view is None else from_view(view))
