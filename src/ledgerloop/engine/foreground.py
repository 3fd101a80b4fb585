"""A run in the foreground: alone on its database, or following the engine that already runs there."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from ledgerloop.engine.cases import Cases
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.rounds import CaseKey, Report, run_rounds
from ledgerloop.engine.see import see
from ledgerloop.intake.deleted import look_again
from ledgerloop.store.engines import EngineLock, engine_runs

FOLLOW_S = 600.0
"""How long another engine is followed at most, seconds."""

PATIENCE_S = 10.0
"""How long a wish to read may wait for company in a foreground run, seconds: fewer queries, and nobody watches the
clock.
"""


@contextmanager
def engine_alone(parts: Parts) -> Iterator[bool]:
    """Be the engine of this database if nobody else is; gives whether we are. Source: interface section 1.1."""
    store = parts.stores.store
    if store.path is None:
        yield True
        return
    lock = EngineLock(store)
    if not lock.acquire():
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def run(parts: Parts, only: Collection[CaseKey] | None = None) -> Report:
    """Work until nothing moves; beside a running engine, mark the work as due and follow it until it is at rest."""
    while True:
        with engine_alone(parts) as alone:
            if alone:
                return _run_alone(parts, only)
        if _follow(parts, only):
            return Report()


def _run_alone(parts: Parts, only: Collection[CaseKey] | None) -> Report:
    cases = Cases(parts, patience_s=PATIENCE_S)
    try:
        return run_rounds(parts, cases, only)
    finally:
        cases.close()


def _follow(parts: Parts, only: Collection[CaseKey] | None) -> bool:
    """Wait until the other engine has worked what is due; False when it ended meanwhile, so that we must do it."""
    due, store = parts.stores.due, parts.stores.store
    for shop in parts.shops.values():
        look_again(shop.watch)
    see(parts, {})
    marked_at = parts.clock()
    if only is not None:
        due.mark_all(only, marked_at, "sync")
    else:
        due.mark_all([(row.shop, row.order_key) for row in due.waiting(marked_at)], marked_at, "sync")
    ends = time.monotonic() + FOLLOW_S
    while time.monotonic() < ends:
        if not engine_runs(store, parts.clock()):
            return False
        counts = due.counts(parts.clock())
        parts.progress(f"following the running engine: {counts['due']} due, {counts['claimed']} in work")
        if not counts["due"] and not counts["claimed"]:
            return True
        time.sleep(0.1)
    return True
