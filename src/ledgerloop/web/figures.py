"""The figures of `/metrics`: what the database shows when it is asked, and what this process has counted.

Every name stands in `docs/operate/metrics.md`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from ledgerloop import __version__
from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.intake.pollers import UPDATED
from ledgerloop.operate.alerts.overview import channels
from ledgerloop.operate.views.balances import unsettled
from ledgerloop.store import figures
from ledgerloop.store.pace import NetSuitePace
from ledgerloop.store.slots import SlotLeases
from ledgerloop.syncs import ORDER_SYNCS, RETURN_SYNCS
from ledgerloop.tally import BOUNDS_S, Tally

REMOTES: Final = ("loop", "netsuite", "shopify")

SYNCS: Final = (*RETURN_SYNCS, *ORDER_SYNCS)

STANDING: Final = ("waiting", "attention")
"""How a sync can stand so that somebody wants to know: shown as 0 where nothing stands so."""

UNFINISHED: Final = tuple(one.value for one in figures.UNFINISHED)

WINDOW_MS: Final = 60_000
"""The span over which a remote's pace is told, milliseconds."""

Row = tuple[tuple[str, ...], float]
"""Values of the labels, and the figure."""


class Figures(Collector):
    """Looks at the database when it is asked."""

    def __init__(self, config: Config, parts: Parts) -> None:
        self._config = config
        self._parts = parts
        self._accounts = {shop.netsuite.account: shop.netsuite.concurrency for shop in config.shops}

    def collect(self) -> Iterator[Metric]:
        """Give the figures of now."""
        now = self._parts.clock()
        yield from self._standing(now)
        yield from self._inbox(now)
        yield from self._polls(now)
        yield from self._paces(now)
        yield from self._slots()
        yield from self._books()
        yield from self._alerts()

    def _standing(self, now: datetime) -> Iterator[Metric]:
        stores = self._parts.stores
        cases = stores.due.counts(now)
        with stores.store.reading() as tx:
            stands, codes = figures.standing(tx), figures.by_code(tx)
            unfinished = figures.unfinished(tx, list(self._parts.shops))
        about = "Original orders, by what happens to them now."
        yield _gauge("ledgerloop_cases", about, ["state"], [((state,), count) for state, count in cases.items()])
        of = {(one.sync, one.kind): one for one in stands}
        keys = sorted({(sync, kind) for sync in SYNCS for kind in STANDING} | set(of))
        rows: list[Row] = [(key, of[key].count if key in of else 0) for key in keys]
        yield _gauge("ledgerloop_answers", "Returns and orders, by sync and how they stand.", ["sync", "state"], rows)
        rows = [(key, _age(now, of[key].since) if key in of else 0.0) for key in keys]
        about = "How long the longest has stood so, by sync."
        yield _gauge("ledgerloop_oldest_seconds", about, ["sync", "state"], rows)
        for kind, name, about in (
            ("waiting", "ledgerloop_returns_waiting", "Returns that wait, by code."),
            ("attention", "ledgerloop_returns_attention", "Returns that need a person, by code."),
        ):
            yield _gauge(name, about, ["code"], [((code,), count) for of, code, count in codes if of == kind])
        found = {(shop, state): count for shop, state, count in unfinished}
        rows = [((shop, state), found.get((shop, state), 0)) for shop in self._parts.shops for state in UNFINISHED]
        about = "Writes that have not come to their end, by state."
        yield _gauge("ledgerloop_writes_unfinished", about, ["shop", "state"], rows)

    def _inbox(self, now: datetime) -> Iterator[Metric]:
        count, oldest = self._parts.stores.inbox.backlog()
        yield _gauge("ledgerloop_inbox_unworked", "Pushed messages not worked off yet.", [], [((), count)])
        age_s = _age(now, oldest) if oldest is not None else 0.0
        yield _gauge("ledgerloop_inbox_oldest_seconds", "Age of the oldest of them.", [], [((), age_s)])

    def _polls(self, now: datetime) -> Iterator[Metric]:
        with self._parts.stores.store.reading() as tx:
            found = figures.read_up_to(tx, UPDATED)
        keys = [(shop, remote) for shop in self._parts.shops for remote in REMOTES if (shop, remote) in found]
        labels = ["shop", "remote"]
        about = "When each remote was last read to the end, seconds since 1970."
        rows: list[Row] = [(key, found[key].timestamp()) for key in keys]
        yield _gauge("ledgerloop_last_poll_timestamp_seconds", about, labels, rows)
        rows = [(key, _age(now, found[key])) for key in keys]
        yield _gauge("ledgerloop_poll_lag_seconds", "How long ago that was.", labels, rows)

    def _paces(self, now: datetime) -> Iterator[Metric]:
        with self._parts.stores.store.reading() as tx:
            paces = figures.pace_of_all(tx)
        after = now.timestamp() * 1000 - WINDOW_MS
        recent: list[Row] = []
        closed: list[Row] = []
        for one in paces:
            remote, _, name = one.key.partition(":")
            if remote == "loop":
                recent.append(((remote, name), sum(moment > after for moment in one.taken_ms)))
            left_s = (one.closed_until - now).total_seconds() if one.closed_until is not None else 0.0
            closed.append(((remote, name), max(0.0, left_s)))
        about = "Requests of the last minute to remotes that limit them by the minute; `of` is the shop."
        yield _gauge("ledgerloop_requests_last_minute", about, ["remote", "of"], recent)
        about = "For how long a remote is left alone, as it asked; `of` is the shop or account."
        yield _gauge("ledgerloop_remote_closed_seconds", about, ["remote", "of"], closed)

    def _slots(self) -> Iterator[Metric]:
        store = self._parts.stores.store
        limits = self._accounts.items()
        for name, about, rows in (
            ("in_use", "in flight", [(account, SlotLeases(store, account, most).live()) for account, most in limits]),
            (
                "allowed",
                "allowed",
                [(account, NetSuitePace(store, account, most).allowed()) for account, most in limits],
            ),
            ("limit", "at most", list(limits)),
        ):
            said = f"NetSuite requests {about}, by account."
            yield _gauge(f"ledgerloop_netsuite_slots_{name}", said, ["account"], [((one,), n) for one, n in rows])

    def _books(self) -> Iterator[Metric]:
        left = unsettled(self._parts)
        rows: list[Row] = [((one.shop, one.account, one.amount.currency), float(one.amount.amount)) for one in left]
        about = "What the books show where nothing should be left, by account and currency."
        yield _gauge("ledgerloop_books_unsettled", about, ["shop", "account", "currency"], rows)
        rows = [((shop,), sum(one.shop == shop for one in left)) for shop in self._parts.shops]
        yield _gauge("ledgerloop_books_unsettled_accounts", "How many such accounts there are.", ["shop"], rows)

    def _alerts(self) -> Iterator[Metric]:
        rows: list[Row] = []
        trouble: list[Row] = []
        for one in channels(self._config, self._parts):
            left = (("due", one.due), ("unclear", one.unclear), ("failed", one.failed))
            rows += [((one.channel, state), count) for state, count in left]
            trouble.append(((one.channel,), float(one.state == "trouble")))
        about = "Messages of alerts that are to be sent, may have arrived, or were given up; by channel."
        yield _gauge("ledgerloop_alerts", about, ["channel", "state"], rows)
        about = "Whether the last message did not get through, or nobody knows."
        yield _gauge("ledgerloop_alert_trouble", about, ["channel"], trouble)


class Counted(Collector):
    """What this process has counted since it began."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterator[Metric]:
        """Give the counts."""
        yield _gauge("ledgerloop_info", "The version that runs.", ["version"], [((__version__,), 1)])
        labels = ["shop", "sync", "record_type", "result"]
        writes = CounterMetricFamily("ledgerloop_writes", "Writes, by what became of them.", labels=labels)
        for named, count in self._tally.writes.all():
            writes.add_metric(list(named), count)
        yield writes
        labels = ["shop", "remote", "result"]
        about = "Calls of remotes, and how long they took."
        calls = HistogramMetricFamily("ledgerloop_remote_call_seconds", about, labels=labels)
        for one in self._tally.calls.all():
            buckets = [(str(bound), float(count)) for bound, count in zip(BOUNDS_S, one.up_to, strict=True)]
            calls.add_metric(list(one.labels), [*buckets, ("+Inf", float(one.count))], sum_value=one.sum_s)
        yield calls


def _age(now: datetime, since: datetime) -> float:
    return max(0.0, (now - since).total_seconds())


def _gauge(name: str, about: str, labels: list[str], rows: Iterable[Row]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=labels)
    for values, figure in rows:
        family.add_metric(list(values), figure)
    return family
