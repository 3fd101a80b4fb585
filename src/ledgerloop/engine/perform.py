"""Does one write: journal first, then the call, then the note of what came of it.

The journal's `sent` is committed before the call, so a crash anywhere leaves either no attempt or one that is looked
for.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case, JournalEntry, WriteState
from ledgerloop.domain.records import NetSuiteDraft, ProcessInLoop
from ledgerloop.domain.returns import ReturnState
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import Attention, Refused, RemoteProblem, Unclear, Waiting
from ledgerloop.remotes.loop.parse import parse_return
from ledgerloop.remotes.netsuite.render import Request, render

PAYMENT_PROPERTY = "payment_property"
"""Setting that remembers how the account spells the payment of a refund: paymentOption, or paymentMethod."""

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
    return {"to": "netsuite", "request": request.path, "body": plain(request.body)}


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
        return _stopped(parts, key, problem)


def _record(parts: Parts, shop: Shop, draft: NetSuiteDraft, entry: JournalEntry) -> Performed:
    journal = parts.stores.journal
    journal.sent(entry.key, parts.clock())
    request = render(draft, shop.policy.fields, payment_property(parts, shop))
    try:
        reference = _send(shop, request)
    except Refused as refused:
        spelling = _other_spelling(request, refused)
        if spelling is None:
            raise
        reference = _send(shop, render(draft, shop.policy.fields, spelling))
        parts.stores.settings.put(shop.shop_id, PAYMENT_PROPERTY, spelling)
    journal.done(entry.key, reference.internal_id, parts.clock(), adopted=reference.adopted)
    return Performed()


def _send(shop: Shop, request: Request) -> Any:
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


def _process(parts: Parts, shop: Shop, draft: ProcessInLoop, entry: JournalEntry) -> Performed:
    """Loop's actions have no id and cannot be undone: the return is read again and must still be as it was decided
    on.
    """
    journal, now = parts.stores.journal, parts.clock()
    body = shop.loop.details(draft.loop_return_id)
    parts.stores.returns.put_details_view(shop.shop_id, draft.loop_return_id, body, now)
    seen = parse_return(None, body)
    lines = frozenset(line.loop_line_id for line in seen.lines)
    if seen.state is not ReturnState.OPEN or lines != draft.loop_line_ids:
        if entry.attempts and seen.state is ReturnState.CLOSED:
            journal.done(entry.key, draft.loop_return_id, now, adopted=True)
        else:
            journal.drop(entry.key, now)
        return Performed()
    journal.sent(entry.key, now)
    try:
        shop.loop.process(draft.loop_return_id, process_body(draft))
    except Refused as refused:
        if not (entry.attempts and refused.code == ALREADY_CLOSED):
            raise
    journal.done(entry.key, draft.loop_return_id, parts.clock())
    return Performed()


def _stopped(parts: Parts, key: str, problem: RemoteProblem) -> Performed:
    journal, now = parts.stores.journal, parts.clock()
    state = journal.get(key)
    attempted = state is not None and state.entry.state is WriteState.SENT
    if isinstance(problem, Refused):
        if attempted:
            journal.refused(key, problem.code, problem.message, now)
        return Performed(Attention(problem.code, problem.message, "See docs/errors.md; mend the cause, then retry."))
    if attempted and isinstance(problem, Unclear):
        journal.unclear(key, problem.message, now)
    return Performed(Waiting(problem.code, problem.message, now + timedelta(minutes=1)))


def _refused_before(entry: JournalEntry) -> Attention:
    return Attention(entry.error_code, entry.error_message, "See docs/errors.md; mend the cause, then retry.")
