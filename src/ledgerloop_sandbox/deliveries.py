"""Webhooks on their way out: sent in the background, repeated with growing pauses, held or dropped on demand.

Sending happens in a thread of its own with an asyncio loop, so that neither the simulators nor a slow receiver wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import httpx2

FORGOTTEN = "forgotten"
"""State of a delivery whose world is gone: it is not tried again, and nothing comes of its failure."""

MODES = ("deliver", "drop", "hold")
"""What happens to a new webhook."""

AT_ONCE = 16
"""Most deliveries in flight at a time."""


@dataclass
class Delivery:
    """One webhook for one address, with what became of it. `status` 0 means no answer."""

    remote: str
    topic: str
    url: str
    subject: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    timeout_s: float = 5.0
    retries_s: Sequence[float] = ()
    on_failed: Callable[[], None] | None = field(default=None, repr=False)
    attempts: int = 0
    status: int = 0
    state: str = "new"

    def summary(self) -> dict[str, Any]:
        """Give what the control app shows."""
        return {
            name: getattr(self, name) for name in ("remote", "topic", "url", "subject", "attempts", "status", "state")
        }


class Deliveries:
    """All webhooks of the sandbox. Thread-safe."""

    def __init__(self) -> None:
        self.mode = "deliver"
        self.log: list[Delivery] = []
        self._held: list[Delivery] = []
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: httpx2.AsyncClient | None = None
        self._turn: asyncio.Semaphore | None = None
        self._pending = 0

    def set_mode(self, mode: str) -> None:
        """Change what happens to new webhooks. Raises ValueError."""
        if mode not in MODES:
            raise ValueError(f"unknown mode {mode!r}; known: {', '.join(MODES)}")
        self.mode = mode

    def put(self, delivery: Delivery) -> None:
        """Send it, hold it or drop it, by mode."""
        with self._lock:
            self.log.append(delivery)
            if self.mode == "drop":
                delivery.state = "dropped"
                return
            if self.mode == "hold":
                delivery.state = "held"
                self._held.append(delivery)
                return
        self._send([delivery])

    def deliver_held(self, order: str = "as_is") -> int:
        """Send what was held: `as_is`, `reversed` or each one `doubled`; tells how many are sent. Raises ValueError."""
        if order not in ("as_is", "reversed", "doubled"):
            raise ValueError(f"unknown order {order!r}; known: as_is, reversed, doubled")
        with self._lock:
            held, self._held = self._held, []
        if order == "reversed":
            held.reverse()
        if order == "doubled":
            held = [copy for one in held for copy in (one, Delivery(**{**_fields(one), "state": "new"}))]
        self._send(held, one_by_one=True)
        return len(held)

    @property
    def pending(self) -> int:
        """Deliveries under way or waiting for their next attempt."""
        with self._lock:
            return self._pending

    @property
    def held(self) -> int:
        """Deliveries being held."""
        with self._lock:
            return len(self._held)

    def forget(self) -> None:
        """Drop what is held and what is under way, empty the log and deliver again."""
        with self._lock:
            for delivery in self.log:
                delivery.state, delivery.on_failed = FORGOTTEN, None
            self._held.clear()
            self.log.clear()
            self.mode = "deliver"

    def _send(self, batch: list[Delivery], *, one_by_one: bool = False) -> None:
        if not batch:
            return
        loop = self._running_loop()
        with self._lock:
            self._pending += len(batch)
        groups = [batch] if one_by_one else [[one] for one in batch]
        for group in groups:
            asyncio.run_coroutine_threadsafe(self._carry_all(group), loop)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._turn = asyncio.Semaphore(AT_ONCE)
                threading.Thread(target=self._loop.run_forever, name="sandbox-webhooks", daemon=True).start()
            return self._loop

    async def _carry_all(self, batch: list[Delivery]) -> None:
        for delivery in batch:
            try:
                await self._carry(delivery)
            finally:
                with self._lock:
                    self._pending -= 1

    async def _carry(self, delivery: Delivery) -> None:
        for pause in (*delivery.retries_s, None):
            if delivery.state == FORGOTTEN:
                return
            if await self._attempt(delivery):
                delivery.state = "delivered"
                return
            if pause is not None:
                await asyncio.sleep(pause)
        delivery.state = "failed"
        if delivery.on_failed is not None:
            delivery.on_failed()

    async def _attempt(self, delivery: Delivery) -> bool:
        assert self._turn is not None
        if self._client is None:
            self._client = httpx2.AsyncClient(trust_env=False, follow_redirects=False)
        delivery.attempts += 1
        delivery.status = 0
        async with self._turn:
            with contextlib.suppress(httpx2.HTTPError, OSError):
                answer = await self._client.post(
                    delivery.url, content=delivery.body, headers=delivery.headers, timeout=delivery.timeout_s
                )
                delivery.status = answer.status_code
        return 200 <= delivery.status < 300


def _fields(delivery: Delivery) -> dict[str, Any]:
    kept = asdict(Delivery(**{**delivery.__dict__, "on_failed": None}))
    return {**kept, "on_failed": delivery.on_failed, "attempts": 0, "status": 0}
