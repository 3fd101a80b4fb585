"""The engine of `serve` and `work`: what runs by itself, and how it begins and ends.

Every thread is a loop that never ends by a fault: the fault is logged and the loop goes on, more slowly while it lasts.
"""

import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog

from ledgerloop.engine.called import Called
from ledgerloop.engine.cases import LEASE_S, Cases
from ledgerloop.engine.housekeeping import Housekeeping
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.runner import Runner
from ledgerloop.engine.see import INBOX, NETSUITE, see_one
from ledgerloop.outcome import RemoteProblem
from ledgerloop.store.due import Claim
from ledgerloop.store.engines import Executors
from ledgerloop.store.leases import Lease

AT_ONCE: Final = 24
"""Cases worked at once by one process: most of them wait for a batch of reading or for a NetSuite slot."""

PATIENCE_S: Final = 1.0
"""How long a wish to read may wait for company, seconds: fewer queries, while a return is still worked on at once."""

COALESCE_S: Final = 0.3
"""How long a case that came due is left alone, seconds: the webhooks of one event come together, and are one run."""

REST_S: Final = 1.0
"""How long a case is left alone after it was taken, seconds: a flood of messages about one order is a run a second."""

DISPATCH_S: Final = 0.15
INBOX_S: Final = 0.4
"""How often the list of what is due, and the inbox, are looked at; seconds."""

GATHER_S: Final = 0.2
"""How long messages gather before they are worked off, seconds: ten about one return are one reading."""

FLOOD: Final = 100
"""Messages a second from which on their answers come first and few cases are begun: the polls would find them too."""

FEW: Final = 1
"""Cases begun at each look at the list during a flood."""

FLOOD_S: Final = 0.3
"""How long messages are counted to tell a flood, seconds."""

FIRST_LOOK_S: Final = 20.0
"""How long cases wait for the first look at the world, seconds: one remote that is silent must not stop all."""

BEAT_S: Final = 5.0
"""How often this process shows that it lives, seconds."""

LEADS_S: Final = 20.0
"""How long the duty to read the remotes lasts unless kept, seconds: four beats."""

QUICK_S: Final = 2.0
"""How long a thread may take to notice the end, seconds; one that reads a remote may take longer."""

STUCK_S: Final = 60.0
"""A dispatcher that was not seen for so long counts as dead; seconds."""

SLOWEST_S: Final = 60.0
"""The longest pause after faults that follow one another, seconds."""

POLLED: Final = ("loop", "netsuite", "shopify")
"""What is polled, each on its own."""

log = structlog.get_logger("ledgerloop.engine")


class Engine:
    """Runs what is due, reads the inbox and the remotes, keeps house. `kind` is the command it runs for."""

    def __init__(self, parts: Parts, *, kind: str, every_s: float, at_once: int = AT_ONCE) -> None:
        self._parts = parts
        self._kind = kind
        self._every_s = every_s
        self._at_once = at_once
        self._cases = Cases(parts, patience_s=PATIENCE_S)
        self._wake = threading.Event()
        self._news = threading.Event()
        self._ending = threading.Event()
        self._runner = Runner(parts, self._cases, at_once=at_once, on_rest=self._wake.set)
        self._executors = Executors(parts.stores.store)
        self._lease = Lease(parts.stores.store, "polls")
        self._embedded = parts.stores.store.path is not None
        self._leads_until = 0.0
        self._unseen: set[str] = set()
        self._look_by = 0.0
        self._look_now: dict[str, threading.Event] = {}
        self._called = Called()
        self._messages = 0
        self._counted = (0, time.monotonic())
        self._flood = False
        self._seen_alive = time.monotonic()
        self._house = Housekeeping(parts)
        self._threads: list[threading.Thread] = []
        self.problems: dict[str, RemoteProblem] = {}
        """What could not be read at the last attempt, by `shop/look`."""

    def start(self) -> None:
        """Begin. What dead processes had in work is due again first, and waits until the world was looked at."""
        parts = self._parts
        self._look_now = {f"{shop}/{look}": threading.Event() for shop in parts.shops for look in POLLED}
        if self._embedded:
            self._look_first()
        parts.stores.due.release_dead(parts.clock())
        self._runner.start()
        self._beat()
        self._loop("dispatch", self._dispatch, lambda: DISPATCH_S)
        self._loop("beat", self._beat, lambda: BEAT_S)
        self._loop("house", self._keep_house, lambda: 60.0)
        for shop in parts.shops.values():
            self._loop(f"inbox {shop.shop_id}", self._reading(shop, INBOX), lambda: INBOX_S, wakes=self._news)
            for look in POLLED:
                news = self._look_now[f"{shop.shop_id}/{look}"]
                self._loop(f"{look} {shop.shop_id}", self._reading(shop, look), self._until_next_poll, wakes=news)

    def also(self, name: str, turn: Callable[[], bool]) -> None:
        """Take turns of something else, once a minute while reading the remotes is our duty; False is a fault."""
        self._loop(name, lambda: not self._leads() or turn(), lambda: 60.0)

    def nudge(self) -> None:
        """Tell that something came into the inbox."""
        self._messages += 1
        self._news.set()

    def alive(self) -> bool:
        """Tell whether what is due is being worked."""
        return not self._ending.is_set() and time.monotonic() - self._seen_alive < STUCK_S

    def in_hand(self) -> int:
        """How many cases this process has in line or in work."""
        return self._runner.in_hand()

    def stop(self, grace_s: float) -> bool:
        """Claim nothing more, let what runs finish, hand the rest back; False when something still runs afterwards."""
        self._ending.set()
        for event in (self._wake, self._news, *self._look_now.values()):
            event.set()
        ends = time.monotonic() + grace_s
        for thread in self._threads:
            thread.join(max(0.1, min(QUICK_S, ends - time.monotonic())))
        at_rest = self._runner.stop(max(0.0, ends - time.monotonic()))
        for thread in self._threads:
            thread.join(max(0.1, ends - time.monotonic()))
        if at_rest:
            self._cases.close()
        if not self._embedded:
            self._lease.leave(self._parts.owner)
        if not self._runner.leaves_runs:
            self._executors.leave(self._runner.executor_id)
        self._parts.stores.due.release_owner(self._parts.owner)
        return at_rest and not any(thread.is_alive() for thread in self._threads)

    def _loop(
        self, name: str, turn: Callable[[], bool], pause_s: Callable[[], float], wakes: threading.Event | None = None
    ) -> None:
        """Take turns until the end; after one that failed the pause doubles, up to a minute."""

        def run() -> None:
            faults = 0
            while not self._ending.is_set():
                try:
                    faults = 0 if turn() else faults + 1
                except Exception:  # a fault of one loop must not stop the others, and is shown
                    faults += 1
                    if not self._ending.is_set():
                        log.exception("loop_failed", loop=name)
                pause = min(SLOWEST_S, max(pause_s(), 2.0**faults)) if faults else pause_s()
                if wakes is None or faults:
                    self._ending.wait(pause)
                elif wakes.wait(pause):
                    self._ending.wait(GATHER_S)
                    wakes.clear()

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _until_next_poll(self) -> float:
        """With jitter, so that shops and processes spread."""
        return self._every_s * random.uniform(0.9, 1.1)  # noqa: S311  (no secret: spreads the polls)

    def _look_first(self) -> None:
        """Have everything looked at before a case is begun: much may have happened while nobody looked."""
        self._unseen = {f"{shop}/{look}" for shop in self._parts.shops for look in (INBOX, *POLLED)}
        self._look_by = time.monotonic() + FIRST_LOOK_S
        for news in (self._news, *self._look_now.values()):
            news.set()

    def _has_looked(self) -> bool:
        return not self._unseen or time.monotonic() > self._look_by

    def _leads(self) -> bool:
        """Tell whether reading the remotes is our duty: one process at a time has it."""
        return self._embedded or time.monotonic() < self._leads_until

    def _reading(self, shop: Shop, look: str) -> Callable[[], bool]:
        """One turn of reading, if that is our duty; gives whether it could be read."""

        def turn() -> bool:
            if self._leads():
                see_one(self._parts, shop, look, self.problems)
                self._unseen.discard(f"{shop.shop_id}/{look}")
                if look == INBOX and self._called.follow(shop):
                    self._look_now[f"{shop.shop_id}/{NETSUITE}"].set()
            return f"{shop.shop_id}/{look}" not in self.problems

        return turn

    def _dispatch(self) -> bool:
        """Enqueue what is due, up to the room there is."""
        while not self._ending.is_set():
            self._seen_alive = time.monotonic()
            room = min(self._runner.room(), FEW if self._is_flooded() else self._at_once)
            claims = self._claim(room) if room and self._has_looked() else []
            for claim in claims:
                self._runner.enqueue(claim)
            if self._flood:
                self._ending.wait(DISPATCH_S)
            elif not claims:
                self._wake.wait(DISPATCH_S)
                self._wake.clear()
        return True

    def _is_flooded(self) -> bool:
        """Tell whether messages pour in, by how many came lately."""
        now, (count, since) = time.monotonic(), self._counted
        if now - since >= FLOOD_S:
            self._flood = (self._messages - count) / (now - since) >= FLOOD
            self._counted = (self._messages, now)
        return self._flood

    def _claim(self, room: int) -> list[Claim]:
        now = self._parts.clock() - timedelta(seconds=COALESCE_S)
        rested_since = now - timedelta(seconds=REST_S)
        due, shops = self._parts.stores.due, list(self._parts.shops)
        return due.claim(self._parts.owner, now, room, LEASE_S, shops=shops, rested_since=rested_since)

    def _beat(self) -> bool:
        """Show that we live, keep the duty of reading, and take over what dead processes had."""
        parts, now, mine = self._parts, self._parts.clock(), self._runner.executor_id
        if not self._executors.beat(mine, now):
            self._executors.register(mine, self._kind, now)
            self._runner.announce()
        if not self._embedded and self._lease.hold(parts.owner, now, LEADS_S):
            if not self._leads():
                self._look_first()
            self._leads_until = time.monotonic() + LEADS_S
        freed = parts.stores.due.release_dead(now)
        dead = [one.executor_id for one in self._executors.dead(now) if one.executor_id != mine]
        dropped = self._runner.take_over(dead)
        for executor_id in dead:
            self._executors.leave(executor_id)
        if freed or dead:
            log.warning("took_over", cases=freed, runs=dropped, processes=len(dead))
        return True

    def _keep_house(self) -> bool:
        if self._leads():
            self._house.turn(self._runner.prune)
        return True
