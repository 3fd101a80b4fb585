"""What is done once a day: the nightly sweep of each shop, and the erasing of what need not be kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.intake.pollers import sweep
from ledgerloop.outcome import RemoteProblem
from ledgerloop.store.asked import forget_before
from ledgerloop.store.evidence import CallLog

NIGHT: Final = range(1, 5)
"""Hours of the shop's own day in which it is swept: nobody works, and the remotes are idle."""

MISSED: Final = timedelta(hours=36)
"""A sweep this old was missed (the service was down at night) and is made up for at once."""

AGAIN_AFTER: Final = timedelta(minutes=30)
"""When a sweep that failed is tried again."""

KEEP_BODIES: Final = timedelta(days=90)
"""How long raw bodies of webhooks and the evidence of calls are kept: they hold personal data."""

KEEP_KEYS: Final = timedelta(days=7)
"""How long an act of a person is known by its key, so that it is done once."""

KEEP_RUNS: Final = timedelta(days=1)
"""How long the durable runner remembers finished runs; nothing is read from them."""

SWEPT, KEPT = "swept", "kept"
"""Names of the cursors that say when this was done last."""

log = structlog.get_logger("ledgerloop.engine")


class Housekeeping:
    """Knows when what was done last; survives a restart by the cursors."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._not_before: dict[str, datetime] = {}

    def turn(self, prune_runs: Callable[[datetime], int]) -> None:
        """Do what is due."""
        now = self._parts.clock()
        for shop in self._parts.shops.values():
            if self._sweep_is_due(shop, now):
                self._sweep(shop, now)
        kept_at = self._last("", KEPT)
        if kept_at is None or now - kept_at >= timedelta(days=1):
            self._erase(now, prune_runs)

    def _last(self, shop_id: str, name: str) -> datetime | None:
        text = self._parts.stores.cursors.get(shop_id, "house", name)
        return None if text is None else datetime.fromisoformat(text)

    def _done(self, shop_id: str, name: str, now: datetime) -> None:
        self._parts.stores.cursors.put(shop_id, "house", name, now.isoformat())

    def _sweep_is_due(self, shop: Shop, now: datetime) -> bool:
        """Once in each night of the shop; not at the very start, when the first poll reads everything anyway."""
        last = self._last(shop.shop_id, SWEPT)
        if last is None:
            self._done(shop.shop_id, SWEPT, now)
            return False
        if now < self._not_before.get(shop.shop_id, now):
            return False
        zone = shop.policy.time_zone
        here, then = now.astimezone(zone), last.astimezone(zone)
        return now - last >= MISSED or (here.hour in NIGHT and here.date() > then.date())

    def _sweep(self, shop: Shop, now: datetime) -> None:
        try:
            found = sweep(shop.watch, shop.loop, shop.reading)
        except RemoteProblem as problem:
            self._not_before[shop.shop_id] = now + AGAIN_AFTER
            log.warning("sweep_failed", shop=shop.shop_id, code=problem.code, problem=problem.message)
            return
        self._done(shop.shop_id, SWEPT, now)
        log.info("swept", shop=shop.shop_id, found=found)

    def _erase(self, now: datetime, prune_runs: Callable[[datetime], int]) -> None:
        before = now - KEEP_BODIES
        bodies = 0
        while some := self._parts.stores.inbox.erase_before(before, now):
            bodies += some
        calls = CallLog(self._parts.stores.store).prune(before)
        with self._parts.stores.store.writing() as tx:
            forget_before(tx, now - KEEP_KEYS)
        runs = prune_runs(now - KEEP_RUNS)
        self._done("", KEPT, now)
        log.info("kept_house", bodies=bodies, calls=calls, runs=runs)
