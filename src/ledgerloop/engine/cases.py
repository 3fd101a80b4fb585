"""Works a claimed case to rest: the one repeatable unit, whoever runs it (a foreground round, or the durable
runner).
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta

import structlog
from structlog.contextvars import bound_contextvars

from ledgerloop.engine.batcher import Batcher
from ledgerloop.engine.converge import Rest, Run, converge
from ledgerloop.engine.faults import tell_fault
from ledgerloop.engine.parts import Parts
from ledgerloop.store.due import Claim
from ledgerloop.store.errors import DatabaseBusy
from ledgerloop.tracing import Span, span

LEASE_S = 120.0
"""How long a claim lasts unless renewed, seconds; longer than any pause of a healthy process."""

RENEW_EVERY_S = 30.0
"""How often claims are renewed, seconds."""

AFTER_A_FAULT = timedelta(minutes=5)
"""When a case is looked at again after a fault of our own."""

log = structlog.get_logger("ledgerloop.engine")


class Cases:
    """Works cases, and keeps their claims alive meanwhile."""

    def __init__(self, parts: Parts, *, patience_s: float) -> None:
        self._parts = parts
        self._batchers = {shop_id: Batcher(parts, shop, patience_s=patience_s) for shop_id, shop in parts.shops.items()}
        self._turns = {one.shop_id: threading.BoundedSemaphore(2 * one.concurrency) for one in parts.shops.values()}
        self._held: dict[tuple[str, str], Claim] = {}
        self._expected: set[tuple[str, str]] = set()
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._renewer = threading.Thread(target=self._renew, name="claims", daemon=True)
        self._renewer.start()

    @property
    def batchers(self) -> Mapping[str, Batcher]:
        """The batched readers, by shop."""
        return self._batchers

    def expect(self, claims: Iterable[Claim]) -> None:
        """Tell of claims that are worked soon, every one of them, so that nobody reads without them."""
        for claim in claims:
            with self._guard:
                self._expected.add((claim.shop, claim.order_key))
            self._batchers[claim.shop].expect()

    def work(self, claim: Claim) -> Rest:
        """Bring a claimed case to rest and hand the claim back."""
        about = bound_contextvars(shop=claim.shop, order=claim.order_key)
        named = {"ledgerloop__shop": claim.shop, "ledgerloop__order": claim.order_key}
        with about, span("case", **named) as opened, self._keeping(claim):
            try:
                rest = self._to_rest(claim, opened)
            except DatabaseBusy:
                self._parts.stores.due.release(claim)
                raise
            except Exception as fault:  # the one place: a fault of ours must not stop the others, and is shown
                log.exception("case_failed", shop=claim.shop, order=claim.order_key)
                rest = Rest(self._parts.clock() + AFTER_A_FAULT, 0)
                with suppress(DatabaseBusy):
                    tell_fault(self._parts, claim.shop, claim.order_key, fault)
            self._parts.stores.due.finish(claim, rest.look_again_at)
        return rest

    def _to_rest(self, claim: Claim, opened: Span) -> Rest:
        shop, batcher = self._parts.shops[claim.shop], self._batchers[claim.shop]
        run = Run(self._turns[claim.shop], opened)
        with batcher.working(expected=self._was_expected(claim)):
            decided_by = shop.policies.look()
            while True:
                result = converge(self._parts, shop, claim.order_key, run)
                if isinstance(result, Rest):
                    holds = shop.policies.look(settled=True)
                    if holds == decided_by:
                        return result
                    decided_by = holds  # a mapping was changed meanwhile, and its author did not see this case wait
                    continue
                run.unreadable.update(batcher.read(result.wanted, run.under_way))
                run.read(one for one in result.wanted if one.need not in run.under_way)

    def _was_expected(self, claim: Claim) -> bool:
        key = (claim.shop, claim.order_key)
        with self._guard:
            expected = key in self._expected
            self._expected.discard(key)
        return expected

    @contextmanager
    def _keeping(self, claim: Claim) -> Iterator[None]:
        key = (claim.shop, claim.order_key)
        with self._guard:
            self._held[key] = claim
        try:
            yield
        finally:
            with self._guard:
                self._held.pop(key, None)

    def _renew(self) -> None:
        while not self._ended.wait(RENEW_EVERY_S):
            with self._guard:
                held = list(self._held.values())
            if held:
                self._parts.stores.due.renew(held, self._parts.clock() + timedelta(seconds=LEASE_S))

    def close(self) -> None:
        """End; every case must be at rest."""
        self._ended.set()
        for batcher in self._batchers.values():
            batcher.close()
