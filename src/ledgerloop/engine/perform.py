"""Does one write: journal first, then the call, then the note of what came of it.

The journal's `sent` is committed before the call, so a crash anywhere leaves either no attempt or one that is looked
for.
"""

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case, JournalEntry, WriteState
from ledgerloop.domain.records import (
    CustomerRefundDraft,
    ItemReceiptDraft,
    NetSuiteDraft,
    ProcessInLoop,
    ReturnAuthorizationDraft,
)
from ledgerloop.domain.returns import ReturnState
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import Attention, Refused, RemoteProblem, Unclear, Unreachable, Waiting
from ledgerloop.remotes.loop.parse import parse_return
from ledgerloop.remotes.netsuite.client import Reference
from ledgerloop.remotes.netsuite.render import Request, render

PAYMENT_PROPERTY = "payment_property"
"""Setting that remembers how the account spells the payment of a refund: paymentOption, or paymentMethod."""

MAY_EXIST = (WriteState.SENT, WriteState.UNCLEAR)
"""States of a write that may have been executed although no answer says so."""

LOOP_TRIES = 3
"""How often Loop is asked within one run when it certainly executed nothing."""

LOOP_PAUSE_S = 1.0
"""Pause before Loop is asked again within a run, seconds."""

ALREADY_CLOSED = "loop_refused_closed"
"""Code of Loop's refusal to process a return that is closed: after an unclear answer it means success."""


@dataclass(frozen=True)
class Performed:
    """What came of a write: `stopped` is why nothing was written, None when it was."""

    stopped: Waiting | Attention | None = None


def key_of(write: Write) -> str:
    """The journal's key of a write."""
    draft = write.draft
    return draft.key if isinstance(draft, ProcessInLoop) else draft.external_id


def shown(shop: Shop, write: Write, payment_property: str) -> dict[str, Any]:
    """What will be sent, as plain JSON: where to, and every property."""
    draft = write.draft
    if isinstance(draft, ProcessInLoop):
        return {"to": "loop", "request": f"POST return/{draft.loop_return_id}/process", "body": process_body(draft)}
    request = render(draft, shop.policy.fields, payment_property)
    return {"to": "netsuite", "request": request.path, "body": plain(request.body), "expects": expected(draft)}


def expected(draft: NetSuiteDraft) -> dict[str, str]:
    """What the saved record must show, for whoever finds it after its answer was lost: units of goods, or the total."""
    if isinstance(draft, ReturnAuthorizationDraft | ItemReceiptDraft):
        units = sum((line.quantity or Decimal(0) for line in draft.lines if line.received is not False), Decimal(0))
        return {"units": f"{units:f}"}
    return {"total": str(draft.amount if isinstance(draft, CustomerRefundDraft) else draft.expected_total)}


def plain(value: Any) -> Any:
    """JSON with numbers as text where they are decimals, so that no digit is lost."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, str | int | bool) else str(value)


def process_body(draft: ProcessInLoop) -> dict[str, str]:
    """What Loop keeps on the exchange order and in the timeline. Source: docs.loopreturns.com, process return."""
    return {
        "netsuite_return_authorization": draft.authorization_number,
        "netsuite_item_receipt": draft.receipt_number,
        "ledgerloop_reference": draft.reference,
    }


def payment_property(parts: Parts, shop: Shop) -> str:
    """How this account spells the payment of a refund."""
    return parts.stores.settings.get(shop.shop_id, PAYMENT_PROPERTY) or "paymentOption"


def perform(parts: Parts, shop: Shop, case: Case, sync: str, loop_return_id: str, write: Write) -> Performed:
    """Write it, exactly once however often this is called."""
    journal, key = parts.stores.journal, key_of(write)
    before = journal.get(key)
    sent = shown(shop, write, payment_property(parts, shop))
    if before is not None and before.entry.state is WriteState.REFUSED and before.draft == sent:
        return Performed(_refused_before(before.entry))
    draft = write.draft
    record_type = "process" if isinstance(draft, ProcessInLoop) else draft.record_type
    entry = journal.decide(
        shop.shop_id, case.shopify_order_id, loop_return_id, sync, key, record_type, sent, write.reason, parts.clock()
    )
    try:
        if isinstance(draft, ProcessInLoop):
            return _process(parts, shop, draft, entry)
        return _record(parts, shop, draft, entry)
    except RemoteProblem as problem:
        return _stopped(parts, before.entry if before is not None else None, key, problem)


def _record(parts: Parts, shop: Shop, draft: NetSuiteDraft, entry: JournalEntry) -> Performed:
    journal = parts.stores.journal
    journal.sent(entry.key, parts.clock())
    request = render(draft, shop.policy.fields, payment_property(parts, shop))
    try:
        reference = _send_surely(shop, request)
    except Refused as refused:
        spelling = _other_spelling(request, refused)
        if spelling is None:
            raise
        reference = _send_surely(shop, render(draft, shop.policy.fields, spelling))
        parts.stores.settings.put(shop.shop_id, PAYMENT_PROPERTY, spelling)
    if not reference.adopted:
        journal.done(entry.key, reference.internal_id, parts.clock())
    elif entry.state in MAY_EXIST:
        said = f"{reference.record_type} {entry.key} is in NetSuite, but its queries do not show it yet"
        return Performed(Waiting("netsuite_unclear", said, parts.clock() + timedelta(minutes=1)))
    return Performed()


def _send_surely(shop: Shop, request: Request) -> Reference:
    """Send it, and once more when the answer was lost and the record is not there: its external id keeps it single.

    A record found by its external id is adopted only after it was read and compared (`adopt`).
    """
    try:
        return _send(shop, request)
    except Unclear as unclear:
        try:
            return _send(shop, request)
        except Unreachable:
            raise unclear from None


def _send(shop: Shop, request: Request) -> Reference:
    if not request.source_type:
        return shop.netsuite.create(request.record_type, request.body, external_id=request.external_id)
    return shop.netsuite.transform(
        request.source_type,
        request.source_id,
        request.record_type,
        request.body,
        external_id=request.external_id,
        replace=request.replace,
    )


def _other_spelling(request: Request, refused: Refused) -> str | None:
    """Accounts without Payment Instruments call it paymentMethod. Source: REST API Browser 2026.1; SOAP schema."""
    for ours, other in (("paymentOption", "paymentMethod"), ("paymentMethod", "paymentOption")):
        if ours in request.body and ours in f"{refused.message} {refused.detail}":
            return other
    return None


def _process(parts: Parts, shop: Shop, draft: ProcessInLoop, entry: JournalEntry, tries: int = 1) -> Performed:
    """Loop's actions have no id and cannot be undone: the return is read again and must still be as it was decided on.

    After an unclear answer it is asked once more if the return is still open; closed then counts as success.
    """
    journal, may_exist = parts.stores.journal, entry.state in MAY_EXIST
    if not _still_wanted(parts, shop, draft, entry):
        return Performed()
    journal.sent(entry.key, parts.clock())
    try:
        shop.loop.process(draft.loop_return_id, process_body(draft))
    except Refused as refused:
        if not (may_exist and refused.code == ALREADY_CLOSED):
            raise
    except (Unclear, Unreachable) as problem:
        if isinstance(problem, Unclear) or may_exist:
            journal.unclear(entry.key, problem.message, parts.clock())
        if (isinstance(problem, Unclear) and may_exist) or tries >= LOOP_TRIES:
            raise
        time.sleep(LOOP_PAUSE_S)
        state = WriteState.UNCLEAR if isinstance(problem, Unclear) else entry.state
        return _process(parts, shop, draft, replace(entry, state=state), tries + 1)
    journal.done(entry.key, draft.loop_return_id, parts.clock())
    return Performed()


def _still_wanted(parts: Parts, shop: Shop, draft: ProcessInLoop, entry: JournalEntry) -> bool:
    """Whether the return is as the decision saw it; where it is not, the journal says so and all is looked at afresh."""
    journal, now = parts.stores.journal, parts.clock()
    body = shop.loop.details(draft.loop_return_id)
    parts.stores.returns.put_details_view(shop.shop_id, draft.loop_return_id, body, now)
    seen = parse_return(None, body)
    if seen.state is ReturnState.OPEN and frozenset(one.loop_line_id for one in seen.lines) == draft.loop_line_ids:
        return True
    if entry.state in MAY_EXIST and seen.state is ReturnState.CLOSED:
        journal.done(entry.key, draft.loop_return_id, now, adopted=True)
    else:
        journal.drop(entry.key, now)
    return False


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
    elif state is not None and state.entry.state is WriteState.SENT and (before is None or before.state not in MAY_EXIST):
        journal.drop(key, now)
    return Performed(Waiting(problem.code, problem.message, now + timedelta(minutes=1)))


def _refused_before(entry: JournalEntry) -> Attention:
    return Attention(entry.error_code, entry.error_message, "See docs/errors.md; mend the cause, then retry.")
