"""Collects what running cases need to read, and reads it in batches.

A case that needs reading blocks here. A batch goes off when it is full, when NetSuite's slots would soon have nothing
left to do but to read, or when its oldest wish is old enough.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from structlog.contextvars import bound_contextvars

from ledgerloop.engine.gather import Failures, Wanted, gather
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.tracing import carried, span

ONE_BY_ONE = frozenset(
    {
        Source.LOOP_RETURN,
        Source.LOOP_PRESENTMENT,
        Source.SHOPIFY_ORDER,
        Source.SHOPIFY_WHOLE_ORDER,
        Source.NETSUITE_HEADER_DISCOUNT,
    }
)
"""Sources read by one key at a time; they wait for nobody, and NetSuite's batches do not wait for their pace."""

READERS = 6
"""Threads that read one by one."""

UnderWay = dict[NeedsReading, Future[Failures]]
"""Readings of one case that go on while it does what it can without them."""

FULL = {False: 60, True: 40}
"""Cases that go off as a batch at once, so that the writes of others go on meanwhile: those whose families are read
again (False), and orders seen for the first time (True): until the first is read, there is nothing to write.
"""

AT_ONCE = {False: 1, True: 4}
"""Batches of each kind that are read at once, all but one of them full. The reading of new orders is a chain of
requests, and at the start of a run nothing else fills the slots.
"""

SOME = 20
"""Cases that go off as a batch when there is little else to do, so that its answer comes before the slots are idle."""

LITTLE = 3
"""So many cases at work for each NetSuite slot are little: they are done about when a batch is read."""

A_MOMENT_S = 0.25
"""How long the last few cases at work are waited for, seconds: about a request, so that one batch takes them all."""

MOST = 66
"""Cases of one batch: three parents each (order, bill, authorization) stay within one query of 200 keys."""

MOST_NEW = 200
"""Orders looked for in one batch: one key each."""


@dataclass
class _Wish:
    wanted: Sequence[Wanted]
    since: float
    done: threading.Event = field(default_factory=threading.Event)
    failures: Failures = field(default_factory=dict)
    fault: BaseException | None = None

    @property
    def is_new(self) -> bool:
        """Whether the order itself must be looked for first."""
        return any(one.need.source is not Source.NETSUITE_FAMILY for one in self.wanted)


class Batcher:
    """One shop's reading. `patience_s` is how long a wish may wait for company."""

    def __init__(self, parts: Parts, shop: Shop, *, patience_s: float) -> None:
        self._parts = parts
        self._shop = shop
        self._patience_s = patience_s
        self._change = threading.Condition()
        self._wishes: list[_Wish] = []
        self._busy = 0
        self._under_way = dict.fromkeys(AT_ONCE, 0)
        self._ended = False
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix=f"read-{shop.shop_id}")
        self._batches = ThreadPoolExecutor(sum(AT_ONCE.values()), thread_name_prefix=f"batch-{shop.shop_id}")
        self._thread = threading.Thread(target=self._serve, name=f"batches-{shop.shop_id}", daemon=True)
        self._thread.start()

    def expect(self) -> None:
        """Count a case as busy before its turn comes."""
        self._count(1)

    @contextmanager
    def working(self, *, expected: bool) -> Iterator[None]:
        """Count a case as busy while it is neither waiting for reading nor done."""
        if not expected:
            self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def read(self, wanted: Sequence[Wanted], under_way: UnderWay) -> Failures:
        """Read this with whatever others want; gives what could not be read.

        Blocks until NetSuite's part is stored. What is read one by one only goes on meanwhile, in `under_way`; it is
        waited for when nothing else is wanted.
        """
        together = [one for one in wanted if one.need.source not in ONE_BY_ONE]
        for one in wanted:
            if one.need.source in ONE_BY_ONE and one.need not in under_way:
                under_way[one.need] = self._pool.submit(carried(gather), self._parts, self._shop, [one])
        self._count(-1)
        try:
            failures = self._with_others(together) if together else {}
            if not together:
                for one in wanted:
                    failures.update(under_way.pop(one.need).result())
        finally:
            self._count(1)
        return failures

    def _with_others(self, wanted: Sequence[Wanted]) -> Failures:
        wish = _Wish(wanted, time.monotonic())
        with self._change:
            self._wishes.append(wish)
            self._change.notify()
        wish.done.wait()
        if wish.fault is not None:
            raise wish.fault
        return wish.failures

    def close(self) -> None:
        """End once what was asked for is read."""
        with self._change:
            self._ended = True
            self._change.notify()
        self._thread.join()
        self._batches.shutdown()
        self._pool.shutdown()

    def _count(self, change: int) -> None:
        with self._change:
            self._busy += change
            self._change.notify()

    def _serve(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(self._has_something_to_do, timeout=0.05)
                if self._ended and not self._wishes:
                    return
                is_new = self._ripe_kind()
                if is_new is None:
                    continue
                batch = self._take(is_new=is_new)
                self._under_way[is_new] += 1
            self._batches.submit(self._read, batch, is_new)

    def _has_something_to_do(self) -> bool:
        return self._ripe_kind() is not None or (self._ended and not self._wishes)

    def _ripe_kind(self) -> bool | None:
        """Families to be read again (False), or orders seen for the first time (True); None while neither is ripe."""
        for is_new, full in FULL.items():
            some = [wish for wish in self._wishes if wish.is_new is is_new]
            running = self._under_way[is_new]
            if running and (len(some) < full or running == AT_ONCE[is_new]):
                continue
            if some and self._is_ripe(some, full):
                return is_new
        return None

    def _is_ripe(self, some: list[_Wish], full: int) -> bool:
        if not self._busy or len(some) >= full:
            return True
        waited_s = time.monotonic() - some[0].since
        if self._busy < self._shop.concurrency and waited_s >= A_MOMENT_S:
            return True
        little = self._busy < LITTLE * self._shop.concurrency
        return (little and len(self._wishes) >= SOME) or waited_s >= self._patience_s

    def _take(self, *, is_new: bool) -> list[_Wish]:
        """The oldest wishes of a kind. Families that wait too go with new orders, unless others are being read."""
        if is_new:
            along = not self._under_way[False]
            chosen = [wish for wish in self._wishes if wish.is_new or along][:MOST_NEW]
        else:
            chosen = [wish for wish in self._wishes if not wish.is_new][:MOST]
        left = set(map(id, chosen))
        self._wishes = [wish for wish in self._wishes if id(wish) not in left]
        return chosen

    def _read(self, batch: list[_Wish], is_new: bool) -> None:
        """Read for all of these. A fault, such as a database that is busy, goes to the cases that wait, and is theirs:
        the others go on.
        """
        wanted = [one for wish in batch for one in wish.wanted]
        failures: Failures = {}
        fault: BaseException | None = None
        try:
            with (
                bound_contextvars(shop=self._shop.shop_id, orders=len(batch)),
                span("batch", ledgerloop__orders=len(batch)),
            ):
                failures = gather(self._parts, self._shop, wanted)
        except BaseException as raised:  # noqa: BLE001  (as a pool of threads does it)
            fault = raised
        with self._change:
            self._under_way[is_new] -= 1
            self._change.notify()
        for wish in batch:
            wish.fault = fault
            wish.failures = {one.need: failures[one.need] for one in wish.wanted if one.need in failures}
            wish.done.set()
