"""The foreground run: rounds of (inbox, polls, everything runnable) until a round neither writes nor sees anything new.

Source: interface section 1.1.
"""

from collections.abc import Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime

from ledgerloop.engine.cases import LEASE_S, Cases
from ledgerloop.engine.converge import Rest
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.see import looking
from ledgerloop.intake.deleted import look_again
from ledgerloop.outcome import RemoteProblem

AT_ONCE = 240
"""Cases worked at once: nearly all of them wait for a batch of reading or for a NetSuite slot."""

MOST_ROUNDS = 20
"""Rounds of one run: the world may keep moving; what is left is due, and the next run's."""

CaseKey = tuple[str, str]
"""Shop and order key."""


@dataclass
class Report:
    """What a run did."""

    rounds: int = 0
    writes: int = 0
    cases: int = 0
    seen: int = 0
    problems: dict[str, RemoteProblem] = field(default_factory=dict)


def run_rounds(parts: Parts, cases: Cases, only: Collection[CaseKey] | None = None) -> Report:
    """Work until nothing moves. `only`: just these cases, and no polls."""
    report, started = Report(), parts.clock()
    parts.stores.due.release_dead(started)
    for shop in parts.shops.values():
        look_again(shop.watch)
    for number in range(MOST_ROUNDS):
        report.rounds += 1
        first = started if number == 0 else None
        if only is not None:
            seen, writes = 0, run_due(parts, cases, report, started=first, only=only)
        else:
            with looking(parts, report.problems) as (at_once, late):
                writes = run_due(parts, cases, report, started=first, only=None)
                seen = at_once + sum(one.result() for one in late)
        report.seen += seen
        if not seen and not writes:
            break
    return report


def run_due(
    parts: Parts, cases: Cases, report: Report, *, started: datetime | None, only: Collection[CaseKey] | None
) -> int:
    """Run everything due; with `started` also every waiting case once, whatever its due time. Gives the writes."""
    writes = 0
    running: set[Future[Rest]] = set()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="case") as pool:
        while True:
            claims = parts.stores.due.claim(
                parts.owner,
                parts.clock(),
                AT_ONCE - len(running),
                LEASE_S,
                shops=list(parts.shops),
                keys=only,
                ignore_due=started is not None,
                run_before=started,
            )
            cases.expect(claims)
            running.update(pool.submit(cases.work, claim) for claim in claims)
            report.cases += len(claims)
            if not running:
                return writes
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                rest = future.result()
                writes += rest.writes
                report.writes += rest.writes
            parts.progress(f"{report.cases} orders looked at, {report.writes} written, {len(running)} in work")
