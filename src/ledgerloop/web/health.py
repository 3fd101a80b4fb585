"""`/healthz`, `/readyz` and `/metrics`: is the process there, can it work, and how much is there to do."""

import asyncio
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final, Protocol

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.intake.pollers import UPDATED
from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable
from ledgerloop.store.slots import SlotLeases
from ledgerloop.web.problems import problem

REMOTES: Final = ("loop", "netsuite", "shopify")

LOOKING_S: Final = 2.0
"""How long a look at the database may take before it counts as not answering; seconds."""


class Pulse(Protocol):
    """What the pages ask of the engine."""

    def alive(self) -> bool:
        """Tell whether what is due is being worked."""
        ...

    def nudge(self) -> None:
        """Tell that something came into the inbox."""
        ...


class Figures(Collector):
    """Looks at the database when it is asked."""

    def __init__(self, config: Config, parts: Parts) -> None:
        self._parts = parts
        self._slots = {
            shop.netsuite.account: SlotLeases(parts.stores.store, shop.netsuite.account, shop.netsuite.concurrency)
            for shop in config.shops
        }

    def collect(self) -> Iterator[Metric]:
        """Give the figures of now."""
        stores, now = self._parts.stores, self._parts.clock()
        yield _gauge(
            "ledgerloop_cases", "Original orders, by what happens to them now.", stores.due.counts(now), "state"
        )
        yield _gauge(
            "ledgerloop_returns_waiting", "Returns that wait, by code.", stores.outcomes.counts("waiting"), "code"
        )
        attention = stores.outcomes.counts("attention")
        yield _gauge("ledgerloop_returns_attention", "Returns that need a person, by code.", attention, "code")
        count, oldest = stores.inbox.backlog()
        yield GaugeMetricFamily("ledgerloop_inbox_unworked", "Pushed messages not worked off yet.", count)
        age_s = (now - oldest).total_seconds() if oldest is not None else 0.0
        yield GaugeMetricFamily("ledgerloop_inbox_oldest_seconds", "Age of the oldest of them.", age_s)
        yield self._polls()
        live = {account: slots.live() for account, slots in self._slots.items()}
        yield _gauge("ledgerloop_netsuite_slots_in_use", "NetSuite requests in flight, by account.", live, "account")

    def _polls(self) -> Metric:
        about = "When each remote was last read to the end, seconds since 1970."
        family = GaugeMetricFamily("ledgerloop_last_poll_timestamp_seconds", about, labels=["shop", "remote"])
        for shop_id in self._parts.shops:
            for remote in REMOTES:
                cursor = self._parts.stores.cursors.get(shop_id, remote, UPDATED)
                if cursor is not None:
                    family.add_metric([shop_id, remote], datetime.fromisoformat(cursor).timestamp())
        return family


def _gauge(name: str, about: str, values: Mapping[str, int], label: str) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for value, count in values.items():
        family.add_metric([value], count)
    return family


class Health:
    """The three endpoints, and the registry of this process's figures."""

    def __init__(self, config: Config, parts: Parts, pulse: Pulse) -> None:
        self._parts = parts
        self._pulse = pulse
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="health")
        self._registry = CollectorRegistry()
        self._registry.register(Figures(config, parts))
        about = "Pushed messages, by what became of them."
        self.webhooks = Counter("ledgerloop_webhooks", about, ["shop", "source", "answer"], registry=self._registry)

    async def healthz(self, _request: Request) -> Response:
        """The process is there."""
        return PlainTextResponse("ok\n")

    async def readyz(self, _request: Request) -> Response:
        """The database answers and the engine works."""
        state = {"database": await self._answers(), "engine": self._pulse.alive()}
        return JSONResponse(
            {name: "ok" if good else "down" for name, good in state.items()}, 200 if all(state.values()) else 503
        )

    async def metrics(self, _request: Request) -> Response:
        """The figures, as Prometheus reads them."""
        looking = asyncio.get_running_loop().run_in_executor(self._pool, generate_latest, self._registry)
        try:
            figures = await asyncio.wait_for(looking, LOOKING_S)
        except (TimeoutError, DatabaseBusy, DatabaseUnusable):
            return problem(503, "The database does not answer.")
        return Response(figures, media_type=CONTENT_TYPE_LATEST)

    async def _answers(self) -> bool:
        looking = asyncio.get_running_loop().run_in_executor(self._pool, self._parts.stores.due.next_at)
        try:
            await asyncio.wait_for(looking, LOOKING_S)
        except (TimeoutError, DatabaseBusy, DatabaseUnusable):
            return False
        return True

    def close(self) -> None:
        """End."""
        self._pool.shutdown(wait=False, cancel_futures=True)
