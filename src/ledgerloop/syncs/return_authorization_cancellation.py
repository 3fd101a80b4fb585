"""Return authorization cancellation: NetSuite -> Loop.

An authorization that a person cancelled or closed ends the return in Loop.

Writes: the cancel (or close) action in Loop.
Waits: nothing.
Attention: nothing of its own.
Source: rulebook section 7; docs.oracle.com, Loop Returns syncs: return authorization cancellation (read 2026-11-21).
"""

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case, WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.missing import act_on
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import Act
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.standing import authorization_of, close_key, family
from ledgerloop.outcome import Source


def next_write(case: Case, policy: Policy) -> Answer:
    """Cancel the return in Loop when its authorization was ended in NetSuite, not by us, with nothing received."""
    return_ = case.the_return
    if policy.cancel_in_loop == "off" or return_.state is not ReturnState.OPEN:
        return None
    need = family(case)
    if need is not None:
        return need
    authorization = authorization_of(case, policy)
    if authorization is None or not authorization.ended or _by_us(case, authorization):
        return None
    if any(line.received for line in authorization.goods):
        return None
    key = f"cancel:{case.shop_id}:{case.focus}"
    asked = case.written(key)
    if asked is not None and asked.state is WriteState.DONE:
        return case.must_read(Source.LOOP_RETURN, case.focus)
    note = f"Return authorization {authorization.number} was closed or cancelled in NetSuite."
    draft = act_on(case, Act(policy.cancel_in_loop), key, note=note)
    return Write(draft, f"Return authorization {authorization.number} was ended in NetSuite with nothing received.")


def _by_us(case: Case, authorization: Document) -> bool:
    """What we closed ourselves must not cancel anything in Loop."""
    return case.written(close_key(case, authorization)) is not None
