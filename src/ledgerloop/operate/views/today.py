"""Today: how many stand where, how each sync and remote does, the last thirty days, money that is not in balance."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.intake.pollers import UPDATED
from ledgerloop.operate.views.balances import Unsettled, unsettled
from ledgerloop.store.last_calls import LastCall, last_call
from ledgerloop.store.pace import NetSuitePace
from ledgerloop.store.return_list import Health, ReturnList
from ledgerloop.store.slots import SlotLeases
from ledgerloop.syncs import ORDER_SYNCS, RETURN_SYNCS

DAYS = 30
"""Days of the chart."""

REMOTES = ("loop", "shopify", "netsuite")


@dataclass(frozen=True)
class Remote:
    """A remote of a shop. `lag_s` is how long ago it was read to the end; the slots are NetSuite's alone."""

    shop: str
    remote: str
    reachable: bool | None
    last_call: LastCall | None
    last_poll_at: datetime | None
    lag_s: float | None
    slots_in_use: int | None = None
    slots_allowed: int | None = None
    slots_limit: int | None = None


@dataclass(frozen=True)
class Day:
    """A day of the chart (UTC): returns begun and records and actions written."""

    on: date
    begun: int
    written: int


@dataclass(frozen=True)
class Today:
    """Everything of the first page."""

    standings: dict[str, int]
    syncs: tuple[Health, ...]
    remotes: tuple[Remote, ...]
    days: tuple[Day, ...]
    unsettled: tuple[Unsettled, ...]
    inbox: int
    inbox_oldest_at: datetime | None
    as_of: datetime


def today(parts: Parts) -> Today:
    """How things are now."""
    now, listing = parts.clock(), ReturnList(parts.stores.store)
    waiting, oldest = parts.stores.inbox.backlog()
    return Today(
        standings=listing.standings(),
        syncs=tuple(listing.health((*RETURN_SYNCS, *ORDER_SYNCS))),
        remotes=tuple(_remote(parts, shop, remote, now) for shop in parts.shops.values() for remote in REMOTES),
        days=tuple(_days(listing, now)),
        unsettled=unsettled(parts),
        inbox=waiting,
        inbox_oldest_at=oldest,
        as_of=now,
    )


def _days(listing: ReturnList, now: datetime) -> list[Day]:
    first = now.date() - timedelta(days=DAYS - 1)
    dates = [first + timedelta(days=number) for number in range(DAYS)]
    begins = [datetime.combine(on, time(), tzinfo=now.tzinfo) for on in dates]
    counts = listing.begun_and_written([(one, one + timedelta(days=1)) for one in begins])
    return [Day(on, *count) for on, count in zip(dates, counts, strict=True)]


def _remote(parts: Parts, shop: Shop, remote: str, now: datetime) -> Remote:
    stores = parts.stores
    call = last_call(stores.store, shop.shop_id, remote)
    polled = stores.cursors.get(shop.shop_id, remote, UPDATED)
    polled_at = datetime.fromisoformat(polled) if polled is not None else None
    shown = Remote(
        shop=shop.shop_id,
        remote=remote,
        reachable=call.status is not None if call is not None else None,
        last_call=call,
        last_poll_at=polled_at,
        lag_s=(now - polled_at).total_seconds() if polled_at is not None else None,
    )
    if remote != "netsuite":
        return shown
    account, limit = shop.links.netsuite_account, shop.concurrency
    slots = SlotLeases(stores.store, account, limit)
    allowed = NetSuitePace(stores.store, account, limit).allowed()
    return Remote(**{**vars(shown), "slots_in_use": slots.live(), "slots_allowed": allowed, "slots_limit": limit})
