"""Does one write: journal first, then the call, then the note of what came of it.

The decision and, for NetSuite, `sent` are committed before the call, so a crash anywhere leaves either no attempt or
one that is looked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case, JournalEntry, WriteState
from ledgerloop.domain.order_records import CustomerDraft
from ledgerloop.domain.records import AddVarianceDraft, LoopAction, NetSuiteChange
from ledgerloop.engine import loop_acts
from ledgerloop.engine.loop_acts import MAY_EXIST
from ledgerloop.engine.netsuite_writes import fix_prefix, write_change, write_record
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.sending import was_just_made
from ledgerloop.engine.sent import key_of, shown
from ledgerloop.engine.settle import note_written
from ledgerloop.engine.variance_line import add_variance
from ledgerloop.engine.ways import ways_of
from ledgerloop.outcome import Attention, NeedsReading, Refused, RemoteProblem, Source, Unclear, Waiting

Done = Callable[[str], None]
"""Notes, in one transaction, that a write took effect, with the internal id of what it made or changed."""


REFUSED_WAIT = timedelta(minutes=15)
"""When Loop is asked again at the latest after it refused for a return's state: a person has to end that, and polls see
most of it sooner.
"""


@dataclass(frozen=True)
class Performed:
    """What came of a write: `stopped` is why nothing was written, None when it was."""

    stopped: Waiting | Attention | None = None


def perform(parts: Parts, shop: Shop, case: Case, sync: str, subject: str, write: Write) -> Performed:
    """Write it, exactly once however often this is called."""
    journal, key = parts.stores.journal, key_of(write)
    before = journal.get(key)
    ways = ways_of(parts, shop)
    sent = shown(shop, write, ways.payment_property, tax_details=ways.tax_details, apply_line=ways.apply_line)
    if before is not None and before.entry.state is WriteState.REFUSED and before.draft == sent:
        return Performed(_refused_before(before.entry))
    if before is not None and before.entry.state is WriteState.DONE and isinstance(write.draft, CustomerDraft):
        there = _look_for_customer(parts, shop, case, before.entry)
        if there is not None:
            return Performed(there)
    if not isinstance(write.draft, LoopAction):
        fix_prefix(parts, shop)
    with parts.stores.store.writing() as tx:
        entry = journal.decide(
            shop.shop_id,
            case.shopify_order_id,
            subject,
            sync,
            key,
            write.draft.record_type,
            sent,
            write.reason,
            parts.clock(),
            tx,
        )
        if not isinstance(write.draft, LoopAction):
            journal.sent(key, parts.clock(), tx)

    def done(internal_id: str) -> None:
        with parts.stores.store.writing(hasty=True) as tx:
            journal.done(key, internal_id, parts.clock(), tx=tx)
            note_written(parts, shop, case, sync, subject, write, internal_id, tx)

    try:
        return Performed(_do(parts, shop, write, entry, done))
    except RemoteProblem as problem:
        if isinstance(write.draft, LoopAction) and problem.code in loop_acts.BY_STATE:
            return _not_now(parts, write.draft, problem)
        return _stopped(parts, before.entry if before is not None else None, key, problem)


def _do(parts: Parts, shop: Shop, write: Write, entry: JournalEntry, done: Done) -> Waiting | None:
    draft = write.draft
    if isinstance(draft, LoopAction):
        loop_acts.do(parts, shop, draft, entry, done)
        return None
    if isinstance(draft, AddVarianceDraft):
        return add_variance(parts, shop, draft, entry, done)
    if isinstance(draft, NetSuiteChange):
        write_change(parts, shop, draft, entry, done)
        return None
    return write_record(parts, shop, draft, entry, done)


def _look_for_customer(parts: Parts, shop: Shop, case: Case, entry: JournalEntry) -> Waiting | None:
    """A customer that was made for another order: it is there, or a person deleted it and it is made anew.

    One made at this very moment is seen by looking at the case again.
    """
    if was_just_made(entry, parts.clock()):
        return Waiting("netsuite_unclear", f"customer {entry.key} was just made for another order", parts.clock())
    again_at = parts.clock() + timedelta(minutes=1)
    try:
        found = shop.netsuite.look_up("customer", entry.key)
    except RemoteProblem as problem:
        return Waiting(problem.code, problem.message, again_at)
    if found is None:
        parts.stores.journal.again(entry.key, parts.clock())
        return None
    said = f"customer {entry.key} is in NetSuite, but its queries do not show it yet"
    look = NeedsReading(Source.NETSUITE_CUSTOMER, case.shopify_order_id)
    return Waiting("netsuite_unclear", said, again_at, (look,))


def _stopped(parts: Parts, before: JournalEntry | None, key: str, problem: RemoteProblem) -> Performed:
    """Note a write that was refused or not answered. One that was certainly not executed is as it was before."""
    journal, now = parts.stores.journal, parts.clock()
    state = journal.get(key)
    attempted = state is not None and state.entry.state in MAY_EXIST
    if isinstance(problem, Refused):
        if attempted:
            journal.refused(key, problem.code, problem.message, now)
        return Performed(Attention(problem.code, problem.message, "See docs/errors.md; mend the cause, then retry."))
    if attempted and isinstance(problem, Unclear):
        journal.unclear(key, problem.message, now)
    elif attempted and state is not None and state.entry.state is WriteState.SENT and not _may_have_been(before):
        journal.drop(key, now)
    return Performed(Waiting(problem.code, problem.message, now + timedelta(minutes=1)))


def _not_now(parts: Parts, draft: LoopAction, problem: RemoteProblem) -> Performed:
    """Loop refused for the state that the return is in: it is read again, and asked again if that has changed."""
    now = parts.clock()
    parts.stores.journal.drop(draft.key, now, code=problem.code, message=problem.message)
    said = f"Loop refused to {draft.act.value} the return as it is now: {problem.message}"
    look = NeedsReading(Source.LOOP_RETURN, draft.loop_return_id)
    return Performed(Waiting(problem.code, said, now + REFUSED_WAIT, (look,)))


def _may_have_been(before: JournalEntry | None) -> bool:
    return before is not None and before.state in MAY_EXIST


def _refused_before(entry: JournalEntry) -> Attention:
    return Attention(entry.error_code, entry.error_message, "See docs/errors.md; mend the cause, then retry.")
