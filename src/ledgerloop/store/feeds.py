"""What went out in feeds: the files themselves, and each order in exactly one of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from ledgerloop.store.feed_tables import feed_orders, feeds
from ledgerloop.store.order_tables import orders
from ledgerloop.store.sql import batches
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.types import digest


class FedAlready(Exception):  # noqa: N818  (named for what happened)
    """One of the orders stands in another feed; nothing was stored."""


@dataclass(frozen=True)
class Feed:
    """One file. `body` is None once it was erased; `selection` names which of a kind's orders it holds."""

    number: int
    shop: str
    kind: str
    selection: str
    format: str
    made_at: datetime
    orders: int
    rows: int
    body: bytes | None
    uploaded_at: datetime | None

    @property
    def name(self) -> str:
        """The name of the file, of its own for every feed."""
        return f"{self.kind}-{self.shop}-{self.number:06d}.{self.format}"


@dataclass(frozen=True)
class FedOrder:
    """An order in a feed. `reconciled_at` None: NetSuite has not shown it yet."""

    order_id: str
    feed: int
    external_id: str
    fed_at: datetime
    reconciled_at: datetime | None
    internal_id: str


class Feeds:
    """The feeds of all shops."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(
        self,
        shop: str,
        kind: str,
        selection: str,
        fed: Mapping[str, str],
        at: datetime,
        *,
        format: str = "csv",  # noqa: A002  (the word of the trade)
        body: bytes,
        rows: int,
        to_upload: bool = False,
        tx: Transaction | None = None,
    ) -> Feed:
        """Store a file and its orders (Shopify order id -> external id), all or nothing.

        Raises FedAlready when one of them stands in another feed.
        """
        values = {
            "shop": shop,
            "kind": kind,
            "selection": selection,
            "format": format,
            "made_at": at,
            "orders": len(fed),
            "rows": rows,
            "body": body,
            "digest": digest(body),
            "to_upload": to_upload,
        }
        try:
            with self._store.writing(tx) as open_tx:
                number = open_tx.execute(feeds.insert().values(**values).returning(feeds.c.id)).scalar_one()
                named = [{"order_id": order_id, "external_id": named} for order_id, named in sorted(fed.items())]
                first = {"shop": shop, "feed_id": number, "fed_at": at, "internal_id": ""}
                open_tx.execute(feed_orders.insert(), [{**first, **one} for one in named])
                row = open_tx.execute(select(feeds).filter_by(id=number)).mappings().one()
        except IntegrityError as problem:
            raise FedAlready(", ".join(sorted(fed))) from problem
        return _feed(row)

    def get(self, number: int) -> Feed | None:
        """Look a feed up by its number."""
        with self._store.reading() as tx:
            row = tx.execute(select(feeds).filter_by(id=number)).mappings().first()
        return None if row is None else _feed(row)

    def listed(self, shop: str, limit: int = 100) -> list[Feed]:
        """The newest feeds of a shop, newest first."""
        wanted = select(feeds).filter_by(shop=shop).order_by(feeds.c.id.desc()).limit(limit)
        with self._store.reading() as tx:
            return [_feed(row) for row in tx.execute(wanted).mappings()]

    def is_fed(self, shop: str, order_id: str, tx: Transaction | None = None) -> bool:
        """Whether the order stands in a feed and NetSuite has not shown it yet."""
        with self._store.reading(tx) as open_tx:
            return open_tx.execute(_OPEN.filter_by(shop=shop, order_id=order_id)).first() is not None

    def fed_among(self, shop: str, order_ids: Collection[str], tx: Transaction | None = None) -> set[str]:
        """Those of these orders that stand in a feed, whether or not NetSuite has shown them."""
        found: set[str] = set()
        mine = select(feed_orders.c.order_id).filter_by(shop=shop, taken_back_at=None)
        with self._store.reading(tx) as open_tx:
            for some in batches(order_ids):
                found.update(open_tx.execute(mine.where(feed_orders.c.order_id.in_(some))).scalars())
        return found

    def of_order(self, shop: str, order_id: str, tx: Transaction | None = None) -> FedOrder | None:
        """In which feed an order went out."""
        with self._store.reading(tx) as open_tx:
            mine = select(feed_orders).filter_by(shop=shop, order_id=order_id, taken_back_at=None)
            row = open_tx.execute(mine).mappings().first()
        return None if row is None else _fed(row)

    def open(self, shop: str) -> list[FedOrder]:
        """Orders that NetSuite has not shown yet, oldest feed first."""
        mine = select(feed_orders).filter_by(shop=shop, reconciled_at=None, taken_back_at=None)
        with self._store.reading() as tx:
            rows = tx.execute(mine.order_by(feed_orders.c.feed_id, feed_orders.c.order_id)).mappings()
            return [_fed(row) for row in rows]

    def seen_in_lists(self, shop: str, channels: Collection[str] | None, since: datetime) -> list[str]:
        """Ids of orders of these channels (None: of all) of which nothing but their head is known, oldest first."""
        moment = func.coalesce(orders.c.processed_at, orders.c.created_at)
        mine = (
            select(orders.c.order_id)
            .where(orders.c.shop == shop, orders.c.view.is_(None), orders.c.erased_at.is_(None), ~orders.c.test)
            .where(or_(moment.is_(None), moment >= since))
        )
        if channels is not None:
            mine = mine.where(orders.c.channel.in_(channels))
        with self._store.reading() as tx:
            return list(tx.execute(mine.order_by(orders.c.created_at, orders.c.order_id)).scalars())

    def reconcile(
        self, shop: str, order_id: str, at: datetime, internal_id: str = "", tx: Transaction | None = None
    ) -> bool:
        """Note that NetSuite shows the order; False when it was in no feed, or that was known."""
        with self._store.writing(tx) as open_tx:
            mine = update(feed_orders).filter_by(shop=shop, order_id=order_id, **_STANDS)
            return open_tx.execute(mine.values(reconciled_at=at, internal_id=internal_id)).rowcount > 0

    def take_back(self, shop: str, order_id: str, at: datetime, tx: Transaction | None = None) -> bool:
        """Note that an order's file will never be imported; False when it stands in none, or NetSuite has shown it."""
        with self._store.writing(tx) as open_tx:
            mine = update(feed_orders).filter_by(shop=shop, order_id=order_id, **_STANDS)
            return open_tx.execute(mine.values(taken_back_at=at)).rowcount > 0

    def to_upload(self, shop: str) -> list[Feed]:
        """Feeds that are to be uploaded and were not yet, oldest first."""
        mine = select(feeds).filter_by(shop=shop, to_upload=True).where(feeds.c.body.is_not(None))
        with self._store.reading() as tx:
            return [_feed(row) for row in tx.execute(mine.order_by(feeds.c.id)).mappings()]

    def ask_upload(self, number: int) -> None:
        """Ask for a feed to be uploaded, once more if it was."""
        with self._store.writing() as tx:
            tx.execute(update(feeds).filter_by(id=number).values(to_upload=True))

    def uploaded(self, number: int, at: datetime) -> None:
        """Note that a feed lies on the server."""
        with self._store.writing() as tx:
            tx.execute(update(feeds).filter_by(id=number).values(to_upload=False, uploaded_at=at))


def erase_feeds(tx: Transaction, shop: str, order_ids: Collection[str], at: datetime) -> int:
    """Erase the files that hold any of these orders; gives how many. Which order went out when stays known."""
    done = 0
    for some in batches(order_ids):
        holding = select(feed_orders.c.feed_id).filter_by(shop=shop).where(feed_orders.c.order_id.in_(some))
        mine = update(feeds).where(feeds.c.id.in_(holding), feeds.c.body.is_not(None))
        done += tx.execute(mine.values(body=None, erased_at=at, to_upload=False)).rowcount
    return done


_STANDS: dict[str, Any] = {"reconciled_at": None, "taken_back_at": None}
_OPEN = select(feed_orders.c.order_id).filter_by(**_STANDS)


def _feed(row: RowMapping) -> Feed:
    values: dict[str, Any] = {name: row[name] for name in Feed.__dataclass_fields__ if name in row}
    return Feed(number=row["id"], **values)


def _fed(row: RowMapping) -> FedOrder:
    return FedOrder(
        order_id=row["order_id"],
        feed=row["feed_id"],
        external_id=row["external_id"],
        fed_at=row["fed_at"],
        reconciled_at=row["reconciled_at"],
        internal_id=row["internal_id"],
    )
