"""Return cancellation: Loop -> NetSuite. A return cancelled in Loop closes its return authorization.

Writes: the authorization's open lines closed.
Waits: expired_in_loop, processing_unknown.
Attention: cancelled_after_receipt.
Source: rulebook section 6; docs.oracle.com, Loop Returns syncs: return cancellation (read 2026-11-21).
"""

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case, WriteState
from ledgerloop.domain.documents import Document, DocumentLine
from ledgerloop.domain.orders import LineKind
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import CloseLinesDraft
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.standing import authorization_of, close_key, family, processed
from ledgerloop.outcome import Attention, NeedsReading, Waiting


def next_write(case: Case, policy: Policy) -> Answer:
    """Close what is open on the authorization of a return that ended in Loop with nothing issued."""
    why = _ended(case, policy)
    if why is None or isinstance(why, NeedsReading) or (isinstance(why, Waiting) and not _expired(case)):
        return why
    need = family(case)
    if need is not None:
        return need
    authorization = authorization_of(case, policy)
    if authorization is None or authorization.ended or not policy.cancel_in_netsuite:
        return None
    if any(line.received for line in authorization.goods):
        return _after_receipt(authorization, why if isinstance(why, str) else "expired")
    if isinstance(why, Waiting):
        return why
    lines = tuple(line.line for line in authorization.lines if _is_open(line))
    if not lines or _closed_before(case, authorization):
        return None
    draft = CloseLinesDraft(close_key(case, authorization), authorization.internal_id, lines)
    return Write(draft, f"The return was {why} in Loop, and nothing was received on {authorization.number}.")


def _is_open(line: DocumentLine) -> bool:
    """Goods that were not received, and whatever else stands on the authorization, such as their discounts."""
    return not line.closed and (line.kind is not LineKind.GOODS or line.open_quantity > 0)


def _closed_before(case: Case, authorization: Document) -> bool:
    """What we closed once and a person opened again stays open."""
    entry = case.written(close_key(case, authorization))
    return entry is not None and entry.state is WriteState.DONE


def _ended(case: Case, policy: Policy) -> str | NeedsReading | Waiting | None:
    """How the return ended in Loop without outcomes; None when it did not."""
    return_ = case.the_return
    if return_.state is ReturnState.CANCELLED:
        return "cancelled"
    if return_.state is ReturnState.CLOSED:
        done = processed(case, policy)
        return "closed by hand" if done is False else None if done is True else done
    if not _expired(case) or not policy.expired_grace.days:
        return None
    ends_at = (return_.updated_at or return_.created_at) + policy.expired_grace
    if case.as_of >= ends_at:
        return "expired"
    reason = f"Expired in Loop; its authorization is left open for a late parcel until {ends_at:%Y-%m-%d}."
    return Waiting("expired_in_loop", reason, ends_at)


def _expired(case: Case) -> bool:
    return case.the_return.state is ReturnState.EXPIRED


def _after_receipt(authorization: Document, why: str) -> Attention | None:
    ended = f"The return was {why} in Loop, but"
    if any(line.refunded < line.received for line in authorization.goods):
        return Attention(
            "cancelled_after_receipt",
            f"{ended} goods were received on {authorization.number}; nothing is closed.",
            "Send the goods back, or credit them by hand in NetSuite; then close the authorization there.",
        )
    if any(line.awaited for line in authorization.goods):
        return Attention(
            "cancelled_after_receipt",
            f"{ended} {authorization.number} was received in part; that part is credited, the rest is still open.",
            f"Close what is open on {authorization.number} in NetSuite, unless the rest still comes.",
        )
    return None
