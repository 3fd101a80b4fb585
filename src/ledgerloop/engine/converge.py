"""One case to rest: observe, ask every sync, write at most one thing, observe again, until nobody wants to write.

It has no memory of its own: after a crash it looks again and decides anew.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

import structlog
from structlog.contextvars import bound_contextvars

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case, order_subject
from ledgerloop.domain.cut_over import before_cut_over
from ledgerloop.domain.parked import parked
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import ApplyCreditDraft, LoopAction
from ledgerloop.engine.adopt import adopt_found
from ledgerloop.engine.gather import Failures, Wanted
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.perform import Performed, perform
from ledgerloop.engine.remember import remember
from ledgerloop.engine.sent import key_of
from ledgerloop.engine.settle import save
from ledgerloop.outcome import Attention, NeedsReading, Source, Unclear, Waiting
from ledgerloop.syncs import ORDER_SYNCS, RETURN_SYNCS
from ledgerloop.tracing import OFF, Span, span

Answers: TypeAlias = dict[tuple[str, str], Answer]
"""By Loop return id, or `order_subject` for the order itself, and sync."""

READ_BACK = {
    "salesOrder": (Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY),
    "cashSale": (Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY),
    "customer": (Source.NETSUITE_CUSTOMER,),
    "addVariance": (Source.NETSUITE_ORDER,),
}
"""What is read after a write, by the type of record; after all others the family."""

log = structlog.get_logger("ledgerloop.engine")

MOST_WRITES = 50
"""Writes of one case in one run: far above any real order, so that a fault cannot write for ever."""


MOST_READINGS = 5
"""Readings of one thing in one run, besides one for each write: a reading that does not help must not go on for
ever.
"""


THINKING = threading.Lock()
"""Cases are observed and decided one after the other: that is work of the processor alone, and with hundreds of threads
at it those that hold a NetSuite slot would wait for their turn.
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
    """What one run remembers while it goes on: what could not be read, and what could not be written.

    `turn` lets only so many writes wait for a NetSuite slot that a reading, which many cases wait for, soon gets one.
    """

    turn: AbstractContextManager[Any] = field(default_factory=nullcontext)
    span: Span = OFF
    unreadable: Failures = field(default_factory=dict)
    stopped: dict[str, Waiting | Attention] = field(default_factory=dict)
    writes: int = 0
    under_way: dict[NeedsReading, Future[Failures]] = field(default_factory=dict)
    """Readings that go on while the case does what it can without them."""
    times_read: Counter[NeedsReading] = field(default_factory=Counter)

    def read(self, wanted: Iterable[Wanted]) -> None:
        """Count a reading; one asked for again and again without a write is given up for this run."""
        for one in wanted:
            self.times_read[one.need] += 1
            if self.times_read[one.need] > MOST_READINGS + self.writes and one.need not in self.unreadable:
                self.unreadable[one.need] = Unclear("store", "still_unread", f"{one.need.source.value} stays unread")


@dataclass(frozen=True)
class Chosen:
    """What is written next, for which return, and which sync wants it."""

    case: Case
    about: tuple[str, str]
    write: Write


def converge(parts: Parts, shop: Shop, order_key: str, run: Run) -> Needs | Rest:
    """Bring a case as far as it goes without further reading."""
    while True:
        with THINKING:
            step = _next_step(parts, shop, order_key, run)
        if not isinstance(step, Chosen):
            return step
        written = _write(parts, shop, step.case, run, step.about, step.write)
        if written and not isinstance(step.write.draft, LoopAction):
            return Needs(_read_back(step.write, order_key), run.writes)


def _read_back(write: Write, order_key: str) -> tuple[Wanted, ...]:
    """What shows that a record stands as it was written: also the invoice that a credit was applied to."""
    draft = write.draft
    needs = [NeedsReading(one, order_key) for one in READ_BACK.get(draft.record_type, (Source.NETSUITE_FAMILY,))]
    if isinstance(draft, ApplyCreditDraft):
        needs.append(NeedsReading(Source.NETSUITE_FAMILY, draft.exchange_order_id))
    return tuple(Wanted(order_key, one) for one in needs)


def _next_step(parts: Parts, shop: Shop, order_key: str, run: Run) -> Needs | Rest | Chosen:
    case = observe(parts, shop, order_key, parts.clock())
    while remember(parts, shop.policy, case):
        case = observe(parts, shop, order_key, parts.clock())
    run.span.set(ledgerloop__returns=[one.loop_return_id for one in case.returns])
    differing = adopt_found(parts, case)
    answers = decide(case, shop, run)
    answers.update({about: one for about, one in differing.items() if about[0] not in case.rests})
    chosen = _first_write(answers) if run.writes < MOST_WRITES else None
    if chosen is not None:
        return Chosen(case, *chosen)
    needs = {one for one in answers.values() if isinstance(one, NeedsReading)}
    if needs and run.writes < MOST_WRITES:
        return Needs(tuple(Wanted(order_key, need) for need in needs | _soon(case, needs, run)), run.writes)
    return Rest(save(parts, shop, case, answers), run.writes)


def _soon(case: Case, needs: set[NeedsReading], run: Run) -> set[NeedsReading]:
    """What is wanted as soon as these are read: an order's family comes with it, for one batch less."""
    family = case.must_read(Source.NETSUITE_FAMILY, case.shopify_order_id)
    ordered = any(one.source is Source.NETSUITE_ORDER for one in needs)
    return {family} if ordered and family is not None and family not in run.unreadable else set()


def _first_write(answers: Answers) -> tuple[tuple[str, str], Write] | None:
    """The first write that is decided: none passes an earlier sync of its return that must read something first."""
    unsure: set[str] = set()
    for about, answer in answers.items():
        if isinstance(answer, NeedsReading):
            unsure.add(about[0])
        elif isinstance(answer, Write) and about[0] not in unsure:
            return about, answer
    return None


def _write(parts: Parts, shop: Shop, case: Case, run: Run, about: tuple[str, str], write: Write) -> bool:
    """Write it; False when nothing was written, and why is remembered for this run."""
    subject, sync = about
    if not shop.writes:
        run.stopped[key_of(write)] = Waiting(
            "writes_off",
            f"Would be written if policy.writes were on: {write.reason}",
            case.as_of + shop.policy.retry_wait,
        )
        return False
    with _named(case, subject, sync, write), nullcontext() if isinstance(write.draft, LoopAction) else run.turn:
        performed: Performed = perform(parts, shop, case, sync, subject, write)
        stopped = performed.stopped
        log.info(
            "write", record_type=write.draft.record_type, key=key_of(write), outcome=stopped.code if stopped else "ok"
        )
    if stopped is not None:
        run.stopped[key_of(write)] = stopped
        return False
    run.writes += 1
    return True


@contextmanager
def _named(case: Case, subject: str, sync: str, write: Write) -> Iterator[None]:
    """Log lines and spans of a write say which return, or order, it is about, and which sync wants it."""
    about = {} if subject == order_subject(case.shopify_order_id) else {"return_id": subject}
    named: dict[str, str] = {f"ledgerloop__{name}": value for name, value in about.items()}
    named |= {"ledgerloop__sync": sync, "ledgerloop__key": key_of(write)}
    with bound_contextvars(sync=sync, **about), span(f"write {write.draft.record_type}", **named):
        yield


def decide(case: Case, shop: Shop, run: Run) -> Answers:
    """Ask every sync about the order and every return; what could not be read or written in this run waits."""
    answers = _about_order(case, shop, run)
    for return_ in case.returns:
        if return_.loop_return_id in case.rests:
            continue
        for name, answer in _about_return(case.about(return_.loop_return_id), shop.policy):
            answers[return_.loop_return_id, name] = _in_this_run(answer, case, shop, run)
    return answers


def _about_return(case: Case, policy: Policy) -> Iterator[tuple[str, Answer]]:
    """Ask every sync; none about a return that cannot be understood, which stands under the first, nor about one from
    before the cut-over.
    """
    if not case.the_return.unreadable and before_cut_over(case.the_return, policy):
        return
    stop = parked(case)
    if stop is not None:
        yield next(iter(RETURN_SYNCS)), stop
        return
    for name, next_write in RETURN_SYNCS.items():
        yield name, next_write(case, policy)


def _about_order(case: Case, shop: Shop, run: Run) -> Answers:
    """Ask about the order itself. What it waits for and is known to have changed is read before it waits on."""
    subject = order_subject(case.shopify_order_id)
    answers: Answers = {}
    if subject in case.rests:
        return answers
    whole = case.must_read(Source.SHOPIFY_WHOLE_ORDER, case.shopify_order_id)
    if case.sending is None and whole is not None:
        return {(subject, name): _in_this_run(whole, case, shop, run) for name in ORDER_SYNCS}
    for name, next_write in ORDER_SYNCS.items():
        answer = next_write(case.about(subject), shop.policy)
        if isinstance(answer, Waiting):
            unread = (one for one in answer.look_at if one in case.unread and one not in run.unreadable)
            answer = next(unread, answer)
        answers[subject, name] = _in_this_run(answer, case, shop, run)
    return answers


def _in_this_run(answer: Answer, case: Case, shop: Shop, run: Run) -> Answer:
    if isinstance(answer, NeedsReading) and answer in run.unreadable:
        problem = run.unreadable[answer]
        return Waiting(problem.code, str(problem), case.as_of + shop.policy.retry_wait, (answer,))
    if isinstance(answer, Write):
        return run.stopped.get(key_of(answer), answer)
    if isinstance(answer, Waiting):
        return next(_of_other_cases(answer, case, run), answer)
    return answer


def _of_other_cases(answer: Waiting, case: Case, run: Run) -> Iterator[NeedsReading]:
    """What is waited for in another order's records, which no change of this case announces: read in every run."""
    for one in answer.look_at:
        elsewhere = one.source is Source.NETSUITE_FAMILY and one.key != case.shopify_order_id
        if elsewhere and one not in run.times_read and one not in run.unreadable:
            yield one
