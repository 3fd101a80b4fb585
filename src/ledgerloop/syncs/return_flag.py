"""Flag: NetSuite -> Loop. A flag set on the return authorization sends the return to manual review in Loop.

Writes: the flag action in Loop with a note that names the authorization; the reviewed field in NetSuite when the
review has ended.
Waits: reviewed_taken_back.
Attention: nothing of its own.
Source: rulebook section 4; docs.oracle.com, Loop Returns syncs: flagging (read 2026-11-21).
"""

from dataclasses import replace

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case, JournalEntry
from ledgerloop.domain.documents import Document
from ledgerloop.domain.missing import act_on
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import Act, SetReviewedDraft
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.review import (
    flag_key,
    flagged_before_memory,
    flagged_since,
    flags_taken,
    last_flagged_at,
    review_ended_at,
    reviewed_key,
    reviewed_told,
)
from ledgerloop.domain.standing import authorization_of, family
from ledgerloop.outcome import NeedsReading, Source, Waiting


def next_write(case: Case, policy: Policy) -> Answer:
    """Flag the return in Loop, or note in NetSuite that its review has ended; the note comes before any new flag."""
    if not policy.fields.flag:
        return None
    need = family(case)
    if need is not None:
        return need
    authorization = authorization_of(case, policy)
    if authorization is None or not authorization.flagged or authorization.reviewed:
        return None
    if case.the_return.state is ReturnState.REVIEW:
        return None
    if last_flagged_at(case) is not None:
        stale = case.must_read(Source.LOOP_RETURN, case.focus)
        if stale is not None:
            return stale
    told = reviewed_told(case)
    if told is not None:
        return _taken_back(case, policy, authorization, told)
    if review_ended_at(case) is not None and policy.write_reviewed and policy.fields.reviewed:
        draft = SetReviewedDraft(reviewed_key(case), authorization.internal_id)
        return Write(draft, f"The review in Loop has ended; {authorization.number} is marked as reviewed.")
    return _flag(case, policy, authorization)


def _taken_back(case: Case, policy: Policy, authorization: Document, told: JournalEntry) -> Answer:
    """A person took back that the return was reviewed: it is flagged anew, once NetSuite must show what we wrote."""
    answer, shown_by = _flag(case, policy, authorization), (told.finished_at or told.decided_at) + policy.retry_wait
    if answer is None or case.as_of >= shown_by:
        return answer
    return Waiting(
        "reviewed_taken_back",
        f"{authorization.number} was marked as reviewed, and NetSuite shows it unmarked and flagged: a person took it "
        "back, or NetSuite is late. If it stays so, the return is flagged again.",
        shown_by,
        (NeedsReading(Source.NETSUITE_FAMILY, case.shopify_order_id),),
    )


def _flag(case: Case, policy: Policy, authorization: Document) -> Answer:
    return_ = case.the_return
    if return_.state is not ReturnState.OPEN:
        return None
    set_at, flagged_at, ended_at = flagged_since(case), last_flagged_at(case), review_ended_at(case)
    if policy.flag == "once" and ended_at is not None:
        return None
    taken = flagged_at is not None and (set_at is None or flagged_at >= set_at)
    if taken and (policy.flag == "once" or ended_at is None or (flagged_at is not None and ended_at < flagged_at)):
        return None
    note = f"Flagged for review in NetSuite on return authorization {authorization.number}."
    draft = act_on(case, Act.FLAG, flag_key(case, str(flags_taken(case) + 1)), note=note)
    if policy.flag == "once" and flagged_before_memory(case, policy):
        draft = replace(draft, done_if_noted=True)
    return Write(draft, f"Return authorization {authorization.number} is flagged in NetSuite and not reviewed.")
