"""Units that were authorised and did not come: told in Loop, waited for, and by setting removed there.

Source: rulebook section 2; docs.loopreturns.com, remove line items (read 2026-11-21): the call also processes the
return.
"""

from datetime import datetime

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case, JournalEntry, Seen, WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import Act, LoopAction
from ledgerloop.domain.returns import ProcessingFailure
from ledgerloop.domain.standing import LineStanding, wait
from ledgerloop.outcome import Attention, Source


def process_key(case: Case, policy: Policy) -> str:
    """The journal's key of the processing that is under way, or comes next: what a review has answered is over."""
    last, first = _last_asked(case), _first_process_key(case)
    if last is None or not _answered(case, policy, last):
        return last.key if last is not None else first
    return f"{first}:{_number(last, first) + 1}"


def _first_process_key(case: Case) -> str:
    return f"process:{case.shop_id}:{case.focus}"


def _number(asked: JournalEntry, first: str) -> int:
    return int(asked.key.removeprefix(first).removeprefix(":") or 1)


def _last_asked(case: Case) -> JournalEntry | None:
    first = _first_process_key(case)
    mine = (one for one in case.journal if one.key == first or one.key.startswith(f"{first}:"))
    return max(mine, key=lambda one: _number(one, first), default=None)


def asked_enough(asked: JournalEntry) -> bool:
    """Loop took the request; or its answer was lost twice, and it may be asked only once more after an unclear
    answer.
    """
    return asked.state is WriteState.DONE or (asked.state is WriteState.UNCLEAR and asked.attempts > 1)


def failed_since(case: Case, asked: JournalEntry) -> ProcessingFailure | None:
    """What Loop said when the processing that it was asked for failed."""
    failure = case.the_return.failure
    since = asked.sent_at or asked.finished_at or asked.decided_at
    return failure if failure is not None and failure.at >= since else None


def _answered(case: Case, policy: Policy, asked: JournalEntry) -> bool:
    """Whether a person has finished a review after what was asked had failed, or had given no proof in time.

    Source: interface section 1.1: it is not repeated until proof, a failure event, retry or 30 minutes.
    """
    at = asked.finished_at or asked.decided_at
    ended_at, started_at = case.last_seen(Seen.REVIEW_ENDED), case.last_seen(Seen.REVIEW_STARTED)
    if not asked_enough(asked) or ended_at is None or ended_at <= at:
        return False
    if started_at is not None and started_at > ended_at:
        return False
    failure = failed_since(case, asked)
    return failure.at <= ended_at if failure is not None else case.as_of - at >= policy.proof_wait


def note_key(case: Case, receipt: Document) -> str:
    """The journal's key of the note about a receipt."""
    return f"note:{case.shop_id}:{case.focus}:{receipt.internal_id}"


def act_on(
    case: Case,
    act: Act,
    key: str,
    *,
    note: str = "",
    body: tuple[tuple[str, str], ...] = (),
    remove: tuple[str, ...] = (),
) -> LoopAction:
    """An action on the return in question, as it stands now."""
    units = frozenset(unit.loop_line_id for unit in case.the_return.lines)
    return LoopAction(act, key, case.focus, units, note, body, remove)


def named(missing: tuple[LineStanding, ...]) -> str:
    """The missing units, as people say them."""
    return ", ".join(f"{one.missing:f} × {one.line.sku}" for one in missing)


def when_missing(case: Case, policy: Policy, authorization: Document, missing: tuple[LineStanding, ...]) -> Answer:
    """Wait for what may still come; what will not is removed in Loop in one call, or needs a person."""
    until, by_us = gives_up_at(case, policy), removable(case, policy)
    over = until is not None and case.as_of >= until
    if not over and (by_us or any(one.receivable for one in missing)):
        reason = f"The warehouse has not received everything: {named(missing)} of {authorization.number} missing."
        return wait(case, policy, "partly_received", reason, Source.NETSUITE_FAMILY)
    if over and by_us:
        gone = tuple(unit.loop_line_id for one in missing for unit in one.units[-int(one.missing) :])
        if len(gone) < len(case.the_return.lines):
            draft = act_on(case, Act.REMOVE, process_key(case, policy), remove=gone)
            return Write(draft, f"{named(missing)} did not come; Loop removes them and processes the rest.")
    return Attention(
        "units_missing",
        f"{named(missing)} of {authorization.number} did not come; Loop is not asked to process the return.",
        "Remove the missing lines in Loop or process the return there by hand; or receive them after all.",
    )


def removable(case: Case, policy: Policy) -> bool:
    """Whether missing units are removed in Loop by us: it removes lines of refund and store credit outcomes only."""
    totals = case.the_return.totals
    only_money = not case.the_return.exchanges and not totals.exchange_total and not totals.exchange_credit
    return policy.missing_units == "remove" and only_money


def gives_up_at(case: Case, policy: Policy) -> datetime | None:
    """When missing units count as lost: the delay after the last partial receipt was told in Loop; None before."""
    told = [
        entry.finished_at
        for entry in case.journal
        if entry.key.startswith(f"note:{case.shop_id}:{case.focus}:") and entry.finished_at
    ]
    return max(told) + policy.missing_after if told else None
