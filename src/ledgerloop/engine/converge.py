"""One case to rest: observe, ask every sync, write at most one thing, observe again, until nobody wants to write.

It has no memory of its own: after a crash it looks again and decides anew.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case
from ledgerloop.engine.adopt import adopt_found
from ledgerloop.engine.gather import Failures, Wanted
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.perform import Performed, perform
from ledgerloop.engine.remember import remember
from ledgerloop.engine.sent import key_of
from ledgerloop.engine.settle import note_written, save
from ledgerloop.outcome import Attention, NeedsReading, Unclear, Waiting
from ledgerloop.syncs import RETURN_SYNCS

Answers: TypeAlias = dict[tuple[str, str], Answer]
"""By Loop return id and sync."""

MOST_WRITES = 50
"""Writes of one case in one run: far above any real order, so that a fault cannot write for ever."""


MOST_READINGS = 5
"""Readings of one thing in one run, besides one for each write: a reading that does not help must not go on for
ever.
"""


@dataclass(frozen=True)
class Needs:
    """The run stops here until these are read; then it starts anew."""

    wanted: tuple[Wanted, ...]
    writes: int


@dataclass(frozen=True)
class Rest:
    """The case is at rest; `look_again_at` None: it sleeps until something is seen."""

    look_again_at: datetime | None
    writes: int


@dataclass
class Run:
    """What one run remembers while it goes on: what could not be read, and what could not be written."""

    unreadable: Failures = field(default_factory=dict)
    stopped: dict[str, Waiting | Attention] = field(default_factory=dict)
    writes: int = 0
    times_read: Counter[NeedsReading] = field(default_factory=Counter)

    def read(self, wanted: Iterable[Wanted]) -> None:
        """Count a reading; one asked for again and again without a write is given up for this run."""
        for one in wanted:
            self.times_read[one.need] += 1
            if self.times_read[one.need] > MOST_READINGS + self.writes and one.need not in self.unreadable:
                self.unreadable[one.need] = Unclear("store", "still_unread", f"{one.need.source.value} stays unread")


def converge(parts: Parts, shop: Shop, order_key: str, run: Run) -> Needs | Rest:
    """Bring a case as far as it goes without further reading."""
    while True:
        case = observe(parts, shop, order_key, parts.clock())
        if remember(parts, shop.policy, case):
            continue
        differing = adopt_found(parts, case)
        answers = decide(case, shop, run)
        answers.update(differing)
        needs = {one for one in answers.values() if isinstance(one, NeedsReading)}
        if needs:
            return Needs(tuple(Wanted(order_key, need) for need in needs), run.writes)
        chosen = next(((about, one) for about, one in answers.items() if isinstance(one, Write)), None)
        if chosen is None or run.writes >= MOST_WRITES:
            return Rest(save(parts, shop, case, answers), run.writes)
        _write(parts, shop, case, run, *chosen)


def _write(parts: Parts, shop: Shop, case: Case, run: Run, about: tuple[str, str], write: Write) -> None:
    loop_return_id, sync = about
    if not shop.writes:
        run.stopped[key_of(write)] = Waiting(
            "writes_off",
            f"Would be written if policy.writes were on: {write.reason}",
            case.as_of + shop.policy.retry_wait,
        )
        return
    performed: Performed = perform(parts, shop, case, sync, loop_return_id, write)
    if performed.stopped is not None:
        run.stopped[key_of(write)] = performed.stopped
        return
    run.writes += 1
    note_written(parts, shop, case, sync, loop_return_id, write)


def decide(case: Case, shop: Shop, run: Run) -> Answers:
    """Ask every sync about every return; what could not be read or written in this run waits."""
    answers: Answers = {}
    for return_ in case.returns:
        about = case.about(return_.loop_return_id)
        for name, next_write in RETURN_SYNCS.items():
            answer = next_write(about, shop.policy)
            answers[return_.loop_return_id, name] = _in_this_run(answer, case, shop, run)
    return answers


def _in_this_run(answer: Answer, case: Case, shop: Shop, run: Run) -> Answer:
    if isinstance(answer, NeedsReading) and answer in run.unreadable:
        problem = run.unreadable[answer]
        return Waiting(problem.code, str(problem), case.as_of + shop.policy.retry_wait, (answer,))
    if isinstance(answer, Write):
        return run.stopped.get(key_of(answer), answer)
    return answer
