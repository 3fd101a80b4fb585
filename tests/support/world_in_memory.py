"""The simulators in this process, without sockets, threads or real time: a world that does the same twice.

Their applications are called as they are, each in its fault layer; only the way there is another. Time stands still
unless it is moved; a pause moves it. An answer that is held never comes in time, and a request that is held is carried
out later, when it is said so.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import httpx2

from ledgerloop_sandbox.clock import SandboxClock
from ledgerloop_sandbox.deliveries import Deliveries, Delivery
from ledgerloop_sandbox.faults import Faults
from ledgerloop_sandbox.layer import App, FaultLayer, Message, Receive, Scope, Send
from ledgerloop_sandbox.loop import app as loop_app
from ledgerloop_sandbox.netsuite import app as netsuite_app
from ledgerloop_sandbox.netsuite.auth import Auth
from ledgerloop_sandbox.process import netsuite_answers, netsuite_is_write
from ledgerloop_sandbox.shopify import app as shopify_app
from ledgerloop_sandbox.world import World

BEGIN = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
"""When every world begins."""

URLS = {"loop": "http://127.0.0.1:1", "shopify": "http://127.0.0.1:2", "netsuite": "http://127.0.0.1:3"}
"""Addresses of the remotes; nobody listens there."""

REQUEST_S = 0.05
"""How long every request takes, seconds."""

HOOKS = {"loop": "memory://loop", "shopify": "memory://shopify"}
"""Where the remotes send their webhooks."""


class StoppedClock(SandboxClock):
    """Time that passes only when told; the simulators and the connector share it."""

    def __init__(self) -> None:
        super().__init__()
        self.at = BEGIN

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.at += timedelta(seconds=seconds)

    def sleep(self, seconds: float) -> None:
        """A pause, rounded up to whole seconds so that its random share does not matter."""
        self.pass_by(math.ceil(seconds))


class OpenDoor(Auth):
    """Lets everybody in: who may log in is tested elsewhere, and signatures cost time."""

    def issue(self, form: Any, token_url: str) -> dict[str, Any]:
        return {"access_token": "token", "expires_in": "3600", "token_type": "Bearer"}

    def check(self, method: str, url: str, authorization: str) -> None:
        return


class DirectDeliveries(Deliveries):
    """Webhooks handed over at once, in the thread that causes them; `hand_over` gives the HTTP status, 0 for none."""

    def __init__(self, hand_over: Callable[[Delivery], int]) -> None:
        super().__init__()
        self.hand_over = hand_over

    def drop_held(self) -> None:
        """What is held is lost."""
        self._held.clear()

    def _send(self, batch: list[Delivery], *, one_by_one: bool = False) -> None:
        for delivery in batch:
            delivery.attempts, delivery.status = 1, self.hand_over(delivery)
            delivery.state = "delivered" if 200 <= delivery.status < 300 else "failed"


class TimedOut(Exception):  # noqa: N818  (what happened to the caller)
    """The caller has given up waiting."""


class HeldFaults(Faults):
    """Faults where whatever is held, is held until the caller gave up."""

    async def hold(self, seconds: float | None) -> None:
        raise TimedOut


@dataclass(frozen=True)
class Asked:
    """A request that a simulator is about to carry out."""

    remote: str
    method: str
    path: str
    body: bytes
    late: bool
    """Its caller gave up long ago."""


class Watcher:
    """Sees every request that takes effect. Does nothing by itself."""

    def before(self, asked: Asked) -> None:
        """A request is about to be carried out."""

    def after(self, asked: Asked, status: int) -> None:
        """It was carried out."""


class MemoryWorld:
    """One shop's Loop, Shopify and NetSuite in memory, their faults, and what arrives late."""

    def __init__(self, hand_over: Callable[[Delivery], int]) -> None:
        self.clock = StoppedClock()
        self.world = World(clock=self.clock)
        self.world.deliveries = DirectDeliveries(hand_over)
        self.world.set_targets(**HOOKS)
        self.world.account.auth = OpenDoor(self.world.account.account_id, self.world.account.settings, self.clock)
        self.world.change_settings("loop", {"job_delay_s": None, "rate_limit": 1_000_000})
        self.world.change_settings("shopify", {"restore_rate": 1_000_000.0})
        self.watcher = Watcher()
        self.late: list[tuple[str, Scope, bytes]] = []
        self.writes: list[str] = []
        """Requests that ask for a change, as `remote METHOD path`, whatever became of them."""
        self.layers = {
            "loop": self._layer("loop", loop_app.create_app(self.world.loop, self.world.limit)),
            "shopify": self._layer("shopify", shopify_app.create_app(self.world.shopify, self.world.bucket)),
            "netsuite": self._layer("netsuite", netsuite_app.create_app(self.world.account)),
        }

    @property
    def deliveries(self) -> DirectDeliveries:
        """The webhooks on their way."""
        assert isinstance(self.world.deliveries, DirectDeliveries)
        return self.world.deliveries

    def _layer(self, remote: str, app: App) -> FaultLayer:
        answers, is_write = {
            "loop": (loop_app.ANSWERS, loop_app.is_write),
            "shopify": (shopify_app.ANSWERS, shopify_app.is_write),
            "netsuite": (netsuite_answers(), netsuite_is_write),
        }[remote]
        return FaultLayer(_watched(self, remote, app), HeldFaults(remote, answers, is_write))

    def fault(self, remote: str, **rule: Any) -> None:
        """Add a fault rule."""
        self.layers[remote].faults.add(**rule)

    def good_weather(self) -> None:
        """Forget all faults."""
        for layer in self.layers.values():
            layer.faults.clear()

    def let_late_ones_arrive(self) -> int:
        """Carry out what was held until its caller had given up; tells how many."""
        arrived, self.late = self.late, []
        for remote, scope, body in arrived:
            scope["late"] = True
            run_now(self.layers[remote].app(scope, receiving(body), _Answer()))
        return len(arrived)

    def transport(self, remote: str) -> httpx2.BaseTransport:
        """The connector's way to a remote."""
        return _Way(self, remote)


class _Way(httpx2.BaseTransport):
    """Carries requests to a simulator in this process."""

    def __init__(self, world: MemoryWorld, remote: str) -> None:
        self._world = world
        self._remote = remote

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        body, scope = request.read(), _scope(request)
        layer, answer = self._world.layers[self._remote], _Answer()
        self._world.clock.pass_by(REQUEST_S)
        if layer.faults.is_write(scope["method"], scope["path"], body):
            self._world.writes.append(f"{self._remote} {scope['method']} {scope['path']}")
        try:
            run_now(layer(scope, receiving(body), answer))
        except ConnectionAbortedError as cut:
            raise httpx2.ReadError(str(cut), request=request) from cut
        except TimedOut as gone:
            if layer.faults.log[-1].fault == "hold_request":
                self._world.late.append((self._remote, scope, body))
            raise httpx2.ReadTimeout("the answer does not come", request=request) from gone
        return httpx2.Response(answer.status, headers=answer.headers, content=bytes(answer.body), request=request)


class _Answer:
    """What an application sends."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
        else:
            self.body += message.get("body", b"")


def _watched(world: MemoryWorld, remote: str, app: App) -> App:
    async def watched(scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive())["body"]
        asked = Asked(remote, scope["method"], scope["path"], body, bool(scope.get("late")))
        statuses: list[int] = []

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        world.watcher.before(asked)
        await app(scope, receiving(body), noting)
        world.watcher.after(asked, statuses[0])

    return watched


def _scope(request: httpx2.Request) -> MutableMapping[str, Any]:
    url = request.url
    path, _, query = url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": unquote(path.decode()),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": (url.host, url.port),
    }


def receiving(body: bytes) -> Receive:
    """Give the body as one message."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return parts.pop() if parts else {"type": "http.disconnect"}

    return receive


def run_now(work: Awaitable[None]) -> None:
    """Run what never really waits; sleeping for no time is all that it may do."""
    for waits_for in work.__await__():
        if waits_for is not None:
            raise RuntimeError(f"a simulator waits for {waits_for!r}, which nobody will bring")
