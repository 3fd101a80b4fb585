"""What goes on in the demo's shop while it stays up: shoppers buy and send back, the warehouse receives, slowly."""

import itertools
import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import httpx2

from ledgerloop.cli.demo_world import RefusedError, Sandbox

STEP_S = 7.0
"""Pause between two acts of people, seconds: slow enough to follow on a page."""

AT_ONCE = 5
"""Returns that are on their way at a time."""

GOODS = (("TEE-M", "100.00"), ("TEE-L", "100.00"), ("CAP", "30.00"), ("HOODIE", "150.00"), ("SOCKS", "12.50"))
"""What is bought: SKU and price, before tax."""

WHO = ("ana", "ben", "cleo", "dora", "emil", "fay", "gus", "hana")
WHY = ("Too small", "Too big", "Damaged", "Changed my mind")

GONE_EVERY = 6
"""Every so many returns, one is of a SKU that NetSuite's order does not have, so that somebody is needed."""


class Days:
    """Plays one act after the other, for ever."""

    def __init__(self, sandbox: Sandbox, seed: int = 1) -> None:
        self._sandbox = sandbox
        self._chance = random.Random(seed)  # noqa: S311  (nothing depends on it)
        self._numbers = itertools.count(2001)
        self._going: deque[Iterator[None]] = deque()

    def act(self) -> None:
        """Let one thing happen; what the sandbox refuses ends that return's story."""
        if len(self._going) < AT_ONCE:
            self._going.append(self._story(next(self._numbers)))
        story = self._going.popleft()
        try:
            next(story)
        except (StopIteration, RefusedError, httpx2.TransportError):
            return
        self._going.append(story)

    def _story(self, number: int) -> Iterator[None]:
        """One order and its return, an act at a time."""
        late = self._chance.random() < 0.2
        order = self._buys(number, in_netsuite=not late)
        yield
        asked = self._act("request_return", order_id=order["order_id"], reason=self._chance.choice(WHY))
        return_id = asked["return_id"]
        if number % GONE_EVERY == 0:
            self._act("tamper", return_id=return_id, lines=[{"sku": "TEE-BLK-M"}])
        yield
        if late:
            self._act("bring_to_netsuite", order_id=order["order_id"])
            yield
        yield
        if self._chance.random() < 0.4:
            self._act("process_in_loop", return_id=return_id)
        else:
            self._act("receive", return_id=return_id)
        yield

    def _buys(self, number: int, *, in_netsuite: bool) -> dict[str, Any]:
        sku, price = self._chance.choice(GOODS)
        line = {"sku": sku, "price": price, "quantity": 1, "tax_rate": "0.08"}
        return self._act(
            "place_order",
            name=f"#{number}",
            lines=[line],
            email=f"{self._chance.choice(WHO)}@example.com",
            billing=self._chance.choice(("invoice", "invoice", "cash_sale")),
            in_netsuite=in_netsuite,
            with_line_ids=number % GONE_EVERY != 0,
        )

    def _act(self, name: str, /, **arguments: Any) -> dict[str, Any]:
        return self._sandbox.act(name, **arguments)


def play_on(sandbox: Sandbox, going: Callable[[], bool]) -> None:
    """Let something happen every STEP_S, as long as `going` says so."""
    days, due = Days(sandbox), time.monotonic()
    while going():
        if time.monotonic() >= due:
            days.act()
            due = time.monotonic() + STEP_S
        time.sleep(0.2)
