"""`/healthz`, `/readyz` and `/metrics`: is the process there, can it work, and how much is there to do."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Final, Protocol

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    ProcessCollector,
    generate_latest,
    start_http_server,
)
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable
from ledgerloop.tally import Tally
from ledgerloop.web.figures import Counted, Figures
from ledgerloop.web.problems import problem

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


@contextmanager
def show_counts(tally: Tally, host: str, port: int) -> Iterator[int]:
    """Show what a process without pages has counted at /metrics; gives the port. Raises OSError."""
    registry = CollectorRegistry()
    registry.register(Counted(tally))
    ProcessCollector(registry=registry)
    server, thread = start_http_server(port, host, registry)
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Health:
    """The three endpoints, and the registry of this process's figures."""

    def __init__(self, config: Config, parts: Parts, pulse: Pulse) -> None:
        self._parts = parts
        self._pulse = pulse
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="health")
        self._registry = CollectorRegistry()
        self._registry.register(Figures(config, parts))
        self._registry.register(Counted(parts.tally))
        ProcessCollector(registry=self._registry)
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
