"""Item receipt: NetSuite -> Loop.

When the warehouse has received every unit in NetSuite, Loop is asked to process the return.

Writes: the process action in Loop, once, with the numbers of the authorization and the receipt.
Waits: partly_received, loop_processing.
Attention: units_missing, loop_did_not_process, authorization_differs.
Source: rulebook section 2; docs.loopreturns.com, process return (read 2026-11-21).
"""

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case, JournalEntry, WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import ProcessInLoop
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.standing import RECEIPT, authorization_of, family, since, standing, wait
from ledgerloop.outcome import Attention, Source, Waiting


def next_write(case: Case, policy: Policy) -> Answer:
    """Ask Loop to process the return when every unit it still contains was received by the warehouse."""
    return_ = case.the_return
    if policy.receive not in ("netsuite", "both") or return_.state is not ReturnState.OPEN:
        return None
    asked = case.written(process_key(case))
    if asked is not None and _asked_enough(asked):
        return _proof(case, policy, asked)
    need = family(case)
    if need is not None:
        return need
    authorization = authorization_of(case, policy)
    if authorization is None:
        return None
    receipts = _by_the_warehouse(case, authorization)
    return _process(case, policy, authorization, receipts) if receipts else None


def _asked_enough(asked: JournalEntry) -> bool:
    """Loop took the request; or its answer was lost twice, and it may be asked only once more after an unclear answer."""
    return asked.state is WriteState.DONE or (asked.state is WriteState.UNCLEAR and asked.attempts > 1)


def process_key(case: Case) -> str:
    """The journal's key of the process action of the return in question."""
    return f"process:{case.shop_id}:{case.focus}"


def _by_the_warehouse(case: Case, authorization: Document) -> tuple[Document, ...]:
    """Receipts that a person made: one that we wrote ourselves must not process the return in Loop."""
    ours = {entry.key for entry in case.journal if entry.record_type == RECEIPT}
    return tuple(one for one in case.made_from(authorization, RECEIPT) if one.external_id not in ours)


def _process(case: Case, policy: Policy, authorization: Document, receipts: tuple[Document, ...]) -> Answer:
    return_ = case.the_return
    lines = standing(authorization, return_)
    if isinstance(lines, Attention):
        return lines
    closed = [one for one in lines if one.missing and one.line.closed]
    if closed:
        names = ", ".join(f"{one.missing:f} × {one.line.sku}" for one in closed)
        return Attention(
            "units_missing",
            f"{names} of authorization {authorization.number} were closed without being received; "
            "Loop is not asked to process the return.",
            "Remove the missing lines in Loop or process the return there by hand; or reopen the lines and receive "
            "them.",
        )
    missing = [one for one in lines if one.missing]
    if missing:
        names = ", ".join(f"{one.missing:f} × {one.line.sku}" for one in missing)
        reason = (
            f"The warehouse has not received everything yet: {names} of authorization {authorization.number} missing."
        )
        return wait(case, policy, "partly_received", reason, Source.NETSUITE_FAMILY)
    receipt = receipts[-1]
    draft = ProcessInLoop(
        loop_return_id=return_.loop_return_id,
        loop_line_ids=frozenset(unit.loop_line_id for unit in return_.lines),
        authorization_number=authorization.number,
        receipt_number=receipt.number,
        reference=authorization.external_id or authorization.internal_id,
        key=process_key(case),
    )
    return Write(draft, f"Everything on authorization {authorization.number} was received with {receipt.number}.")


def _proof(case: Case, policy: Policy, asked: JournalEntry) -> Answer:
    """Loop's `true` only means queued: the proof is the closed, processed return.

    Source: docs.loopreturns.com, process return; return.processing webhook (read 2026-11-21).
    """
    acknowledged_at = asked.finished_at or asked.decided_at
    failure = case.the_return.failure
    if failure is not None and failure.at >= (asked.sent_at or acknowledged_at):
        return Attention(
            "loop_did_not_process",
            f"Loop took the request and then failed: {failure.message or 'no message'}",
            "Mend the cause in Loop's admin, then retry this return; nothing was refunded in NetSuite.",
        )
    if case.as_of - acknowledged_at >= policy.proof_wait:
        return Attention(
            "loop_did_not_process",
            f"Loop was asked {since(case.as_of - acknowledged_at)} ago and still shows the return open.",
            "Look at the return in Loop's admin; process it there, or retry this return to ask again.",
        )
    return Waiting(
        "loop_processing",
        "Loop has queued the processing; waiting for the closed, processed return as proof.",
        min(case.as_of + policy.retry_wait, acknowledged_at + policy.proof_wait),
        wait(case, policy, "", "", Source.LOOP_RETURN).look_at,
    )
