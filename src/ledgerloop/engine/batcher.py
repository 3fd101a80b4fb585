"""Collects what running cases need to read, and reads it in batches.

A case that needs reading blocks here. A batch goes off when most cases wait for reading (so that NetSuite's slots
are not left
idle), when it is full, or when its oldest wish is old enough.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from ledgerloop.engine.gather import Failures, Wanted, gather
from ledgerloop.engine.parts import Parts, Shop

FULL = 80
"""Cases a batch: two parents each stay within one query of 200 keys."""


@dataclass
class _Wish:
    wanted: Sequence[Wanted]
    since: float
    done: threading.Event = field(default_factory=threading.Event)
    failures: Failures = field(default_factory=dict)


class Batcher:
    """One shop's reading. `patience_s` is how long a wish may wait for company."""

    def __init__(self, parts: Parts, shop: Shop, *, patience_s: float) -> None:
        self._parts = parts
        self._shop = shop
        self._patience_s = patience_s
        self._change = threading.Condition()
        self._wishes: list[_Wish] = []
        self._busy = 0
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name=f"batch-{shop.shop_id}", daemon=True)
        self._thread.start()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Count a case as busy while it is neither waiting for reading nor done."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def read(self, wanted: Sequence[Wanted]) -> Failures:
        """Read this with whatever others want; blocks until it is stored. Gives what could not be read."""
        wish = _Wish(wanted, time.monotonic())
        with self._change:
            self._wishes.append(wish)
            self._busy -= 1
            self._change.notify()
        wish.done.wait()
        self._count(1)
        return wish.failures

    def close(self) -> None:
        """End once what was asked for is read."""
        with self._change:
            self._ended = True
            self._change.notify()
        self._thread.join()

    def _count(self, change: int) -> None:
        with self._change:
            self._busy += change
            self._change.notify()

    def _serve(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._ripe() or (self._ended and not self._wishes), timeout=0.05)
                if self._ended and not self._wishes:
                    return
                if not self._ripe():
                    continue
                batch, self._wishes = self._wishes[:FULL], self._wishes[FULL:]
            self._read(batch)

    def _ripe(self) -> bool:
        if not self._wishes:
            return False
        waited = time.monotonic() - self._wishes[0].since
        idle = self._busy < self._shop.concurrency
        return idle or len(self._wishes) >= FULL or waited >= self._patience_s

    def _read(self, batch: list[_Wish]) -> None:
        failures: Failures = {}
        try:
            failures = gather(self._parts, self._shop, [one for wish in batch for one in wish.wanted])
        finally:
            asked: dict[int, Failures] = defaultdict(dict)
            for number, wish in enumerate(batch):
                asked[number] = {one.need: failures[one.need] for one in wish.wanted if one.need in failures}
                wish.failures = asked[number]
                wish.done.set()
