"""Item receipt: NetSuite -> Loop.

When the warehouse has received every unit in NetSuite, Loop is asked to process the return.

Writes: the process action in Loop, once, with the numbers of the authorization and the receipt; a note per partial
receipt; by setting, the removal of missing units, which processes the rest.
Waits: partly_received, loop_processing.
Attention: units_missing, loop_did_not_process, authorization_differs.
Source: rulebook section 2; docs.loopreturns.com, process return (read 2026-11-21).
"""

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case, JournalEntry, WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.missing import act_on, asked_enough, failed_since, named, note_key, process_key, when_missing
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import Act
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.review import under_flag
from ledgerloop.domain.standing import RECEIPT, LineStanding, authorization_of, family, since, standing, wait
from ledgerloop.outcome import Attention, Source, Waiting


def next_write(case: Case, policy: Policy) -> Answer:
    """Ask Loop to process the return when every unit it still contains was received by the warehouse."""
    return_ = case.the_return
    if policy.receive not in ("netsuite", "both") or return_.state not in (ReturnState.OPEN, ReturnState.REVIEW):
        return None
    asked = case.written(process_key(case, policy))
    if asked is not None and asked_enough(asked):
        return _proof(case, policy, asked)
    if return_.state is ReturnState.REVIEW:
        return None
    need = family(case)
    if need is not None:
        return need
    authorization = authorization_of(case, policy)
    if authorization is None or under_flag(case, authorization, policy):
        return None
    receipts = _by_the_warehouse(case, policy, authorization)
    return _process(case, policy, authorization, receipts) if receipts else None


def _by_the_warehouse(case: Case, policy: Policy, authorization: Document) -> tuple[Document, ...]:
    """Receipts that a person made: one that we wrote ourselves must not process the return in Loop.

    Ours are known by their external id, which outlives a lost database. Source: interface section 4.
    """
    ours = policy.external_id("LOOP-IR", case.focus, "")
    return tuple(one for one in case.made_from(authorization, RECEIPT) if not one.external_id.startswith(ours))


def _process(case: Case, policy: Policy, authorization: Document, receipts: tuple[Document, ...]) -> Answer:
    lines = standing(authorization, case.the_return, policy)
    if isinstance(lines, Attention):
        return lines
    missing = tuple(one for one in lines if one.missing)
    if missing:
        return _told(case, authorization, receipts, missing) or when_missing(case, policy, authorization, missing)
    receipt = receipts[-1]
    body = (
        ("netsuite_return_authorization", authorization.number),
        ("netsuite_item_receipt", receipt.number),
        ("ledgerloop_reference", authorization.external_id or authorization.internal_id),
    )
    draft = act_on(case, Act.PROCESS, process_key(case, policy), body=body)
    return Write(draft, f"Everything on authorization {authorization.number} was received with {receipt.number}.")


def _told(
    case: Case, authorization: Document, receipts: tuple[Document, ...], missing: tuple[LineStanding, ...]
) -> Write | None:
    """One note in Loop per receipt that leaves something missing, so that customer service sees it there."""
    for receipt in receipts:
        key = note_key(case, receipt)
        entry = case.written(key)
        if entry is None or entry.state not in (WriteState.DONE, WriteState.REFUSED):
            note = f"NetSuite item receipt {receipt.number} on {authorization.number}: still missing {named(missing)}."
            return Write(act_on(case, Act.NOTE, key, note=note), f"{receipt.number} left something missing.")
    return None


def _proof(case: Case, policy: Policy, asked: JournalEntry) -> Answer:
    """Loop's `true` only means queued: the proof is the closed, processed return.

    Source: docs.loopreturns.com, process return; return.processing webhook (read 2026-11-21).
    """
    acknowledged_at = asked.finished_at or asked.decided_at
    failure, in_review = failed_since(case, asked), case.the_return.state is ReturnState.REVIEW
    if failure is not None:
        then = "finish the review there: Loop is then asked again" if in_review else "then retry this return"
        return Attention(
            "loop_did_not_process",
            f"Loop took the request and then failed: {failure.message or 'no message'}",
            f"Mend the cause in Loop's admin, {then}; nothing was refunded in NetSuite.",
        )
    if case.as_of - acknowledged_at >= policy.proof_wait:
        shown = "in review" if in_review else "open"
        return Attention(
            "loop_did_not_process",
            f"Loop was asked {since(case.as_of - acknowledged_at)} ago and still shows the return {shown}.",
            "Look at the return in Loop's admin; process it there, or retry this return to ask again.",
        )
    return Waiting(
        "loop_processing",
        "Loop has queued the processing; waiting for the closed, processed return as proof.",
        min(case.as_of + policy.retry_wait, acknowledged_at + policy.proof_wait),
        wait(case, policy, "", "", Source.LOOP_RETURN).look_at,
    )
