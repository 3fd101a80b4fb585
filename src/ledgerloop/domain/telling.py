"""Where a return stands, in a few plain sentences: what happened, who we wait for and since when, what to do."""

from datetime import UTC, datetime

from ledgerloop.domain.case import Case, JournalEntry, Seen, WriteState
from ledgerloop.domain.cut_over import why_left_alone
from ledgerloop.domain.documents import Document
from ledgerloop.domain.edited import after_edit
from ledgerloop.domain.mapping import local_date
from ledgerloop.domain.missing import failed_since, gives_up_at, named, process_key, removable
from ledgerloop.domain.parked import not_understood
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.review import flagged_since, last_flagged_at, review_ended_at, reviewed_told
from ledgerloop.domain.standing import RECEIPT, authorization_of, close_key
from ledgerloop.domain.story import lines_of, over, steps
from ledgerloop.outcome import Attention


def headline(case: Case, policy: Policy) -> str:
    """Where the return stands; ends with what happens next, or with what a person has to do."""
    if case.the_return.state is ReturnState.UNKNOWN:
        return f"{not_understood(case.the_return)} Nothing is done with it. To do: look at it in Loop Admin."
    alone = why_left_alone(case.the_return, policy)
    if alone:
        return alone
    authorization = authorization_of(case, policy)
    if over(case):
        return _over(case, policy, authorization)
    if case.the_return.state is ReturnState.REVIEW:
        return _in_review(case, policy, authorization)
    if case.the_return.state is ReturnState.OPEN and authorization is not None:
        told = (
            _ended_in_netsuite(case, policy, authorization)
            or _differs(case, policy, authorization)
            or _flagged(case, policy, authorization)
            or _asked(case, policy)
            or _partly_received(case, policy, authorization)
        )
        if told:
            return told
    return _next(case, policy)


def _over(case: Case, policy: Policy, authorization: Document | None) -> str:
    """Ended in Loop with nothing issued: what becomes of the authorization."""
    return_ = case.the_return
    how = {
        ReturnState.CANCELLED: "Cancelled in Loop.",
        ReturnState.EXPIRED: "Expired in Loop: the parcel never moved.",
    }.get(return_.state, "Closed by hand in Loop, with nothing issued.")
    if authorization is None:
        return f"{how} NetSuite has no return authorization of it; nothing follows."
    name = authorization.number
    if authorization.ended or not any(line.open_quantity or line.received for line in authorization.goods):
        word = "cancelled" if authorization.status == "C" else "closed"
        by = ", by us" if case.written(close_key(case, authorization)) else ""
        return f"{how} {name} is {word} in NetSuite{by}; nothing follows."
    if not policy.cancel_in_netsuite:
        return f"{how} To do: close {name} in NetSuite by hand, for cancel_in_netsuite is off."
    if return_.state is ReturnState.EXPIRED and not policy.expired_grace.days:
        return f"{how} {name} stays open. To do: close it in NetSuite by hand when nothing will come."
    if any(line.received > line.refunded for line in authorization.goods):
        what = f"Goods were received on {name}, so nothing is closed there."
        return f"{how} {what} To do: send them back or credit them by hand, then close {name} in NetSuite."
    if any(line.received for line in authorization.goods):
        return f"{how} What was received on {name} has been refunded; nothing follows."
    ends_at = (return_.updated_at or return_.created_at) + policy.expired_grace
    if return_.state is ReturnState.EXPIRED and case.as_of < ends_at:
        day = local_date(ends_at, policy).isoformat()
        return f"{how} {name} stays open for a late parcel until {day}; then its open lines are closed."
    closed = case.written(close_key(case, authorization))
    if closed is not None and closed.state is WriteState.DONE:
        return f"{how} {name} was closed by us and opened again by a person; nothing follows."
    return f"{how} Next: the open lines of {name} are closed in NetSuite."


def _in_review(case: Case, policy: Policy, authorization: Document | None) -> str:
    flagged = authorization is not None and authorization.flagged and not authorization.reviewed
    name = authorization.number if authorization is not None else ""
    why = f", flagged in NetSuite on {name}" if flagged else ""
    asked = case.written(process_key(case, policy))
    failure = failed_since(case, asked) if asked is not None else None
    if failure is not None:
        why = f", for its processing failed: {failure.message or 'no message'}".rstrip(".")
    then = "it then goes on by itself."
    if flagged and policy.write_reviewed and policy.fields.reviewed:
        then = f"{name} is then marked as reviewed, and the return goes on."
    elif flagged and policy.flag == "until_reviewed":
        then = f"then set the reviewed field of {name} or clear its flag, or the return is flagged again."
    return (
        f"In review in Loop{_since(case.last_seen(Seen.REVIEW_STARTED))}{why}. Nothing is processed, received or "
        f"refunded meanwhile. To do: finish the review in Loop Admin; {then}"
    )


def _differs(case: Case, policy: Policy, authorization: Document) -> str:
    """The authorization does not hold the units of the return, or the edit of the return cannot be followed."""
    told = after_edit(case, policy, authorization)
    return f"{told.problem} To do: {told.remedy}" if isinstance(told, Attention) else ""


def _flagged(case: Case, policy: Policy, authorization: Document) -> str:
    """Flagged in NetSuite and not reviewed, while Loop shows the return open."""
    name, ended_at, set_at = authorization.number, review_ended_at(case), flagged_since(case)
    if not policy.fields.flag or not authorization.flagged or authorization.reviewed:
        return ""
    if ended_at is None:
        asked_at = last_flagged_at(case)
        taken = asked_at is not None and (set_at is None or asked_at >= set_at)
        said = f"Flagged in NetSuite on {name}{_since(set_at)}."
        if taken:
            return f"{said} Loop took the flag{_at(asked_at)} and shows no review yet; it is looked at again."
        return f"{said} Next: Loop is asked to review the return; nothing is processed until the review has ended."
    said = f"The review in Loop ended{_at(ended_at)}."
    told = reviewed_told(case)
    if told is not None and policy.flag == "until_reviewed":
        marked = f"{said} {name} was marked as reviewed{_at(told.finished_at)}, and NetSuite shows it unmarked"
        return f"{marked}. Next: if it stays so, Loop is asked to review the return again."
    if policy.write_reviewed and policy.fields.reviewed:
        return f"{said} Next: {name} is marked as reviewed in NetSuite, and the return goes on."
    if policy.flag == "until_reviewed":
        return f"{said} Next: it is flagged again. To do: set the reviewed field of {name}, or clear its flag."
    return ""


def _ended_in_netsuite(case: Case, policy: Policy, authorization: Document) -> str:
    ours = case.written(close_key(case, authorization)) is not None
    if not authorization.ended or ours or any(line.received for line in authorization.goods):
        return ""
    word = "cancelled" if authorization.status == "C" else "closed"
    said = f"{authorization.number} was {word} in NetSuite with nothing received."
    if policy.cancel_in_loop == "off":
        return f"{said} To do: cancel the return in Loop by hand, for cancel_in_loop is off."
    then = f"Next: the return is {'cancelled' if policy.cancel_in_loop == 'cancel' else 'closed'} in Loop."
    return f"{said}{_refused(case.written(f'cancel:{case.shop_id}:{case.focus}'))} {then}"


def _refused(asked: JournalEntry | None) -> str:
    """Loop refused an action for the state that the return was in."""
    if asked is None or asked.state is not WriteState.DROPPED or not asked.error_code:
        return ""
    said = asked.error_message.rstrip(".")
    return f" Loop refused{_at(asked.finished_at)}: {said}. It is asked again; a person may end that state."


def _asked(case: Case, policy: Policy) -> str:
    """Loop was asked to process, and has not shown that it did."""
    asked = case.written(process_key(case, policy))
    refused = _refused(asked)
    if refused:
        return f"Loop was asked to process the return.{refused}"
    if asked is None or asked.state is not WriteState.DONE:
        return ""
    at = asked.finished_at or asked.decided_at
    said = f"Loop was asked to process the return{_at(at)}."
    failure = failed_since(case, asked)
    if failure is not None:
        return f"{said} It failed: {failure.message or 'no message'}. To do: mend the cause in Loop, then retry."
    if case.as_of - at >= policy.proof_wait:
        return f"{said} It still shows the return open. To do: process it in Loop Admin, or retry to ask again."
    return f"{said} We wait for the processed return as proof, until {_moment(at + policy.proof_wait)}."


def _partly_received(case: Case, policy: Policy, authorization: Document) -> str:
    missing = tuple(one for one in lines_of(case, policy) if one.missing)
    if policy.receive == "loop" or not missing or not case.made_from(authorization, RECEIPT):
        return ""
    names, until = named(missing), gives_up_at(case, policy)
    closed = all(one.line.closed for one in missing)
    said = f"Received in part: {names} of {authorization.number} is missing; Loop is not asked to process."
    if closed and not removable(case, policy):
        said = f"Received in part: {names} of {authorization.number} was closed without being received."
    elif until is None or case.as_of < until:
        end = f" until {_moment(until)}" if until is not None else ""
        then = "Loop removes them and processes the rest" if removable(case, policy) else "a person must decide"
        return f"{said} We wait for the warehouse{end}; then {then}."
    elif removable(case, policy):
        return f"{said} Next: Loop removes what is missing and processes the rest."
    return f"{said} To do: remove the missing lines in Loop, process the return there, or receive them after all."


def _next(case: Case, policy: Policy) -> str:
    left = [step for step in steps(case, policy) if not step.done]
    if not left:
        kept = sum(len(one.kept) for one in lines_of(case, policy))
        return "Done: Loop, Shopify and NetSuite have it." + (f" The shopper kept {kept} unit(s)." if kept else "")
    first = left[0]
    waits = f" It happens {first.when}; waited for{_since(_last_event(case))}." if first.when else ""
    return f"Next: {first.what[0].lower()}{first.what[1:]}.{waits}"


def _last_event(case: Case) -> datetime:
    """When the return last went a step: created, edited, processed, or something written for it."""
    return_ = case.the_return
    written = [one.finished_at for one in case.journal if one.loop_return_id == case.focus and one.state == "done"]
    known = (return_.created_at, return_.edited_at, return_.processed_at, *written)
    return max(moment for moment in known if moment is not None)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _since(moment: datetime | None) -> str:
    return f" since {_moment(moment)}" if moment is not None else ""


def _at(moment: datetime | None) -> str:
    return f" at {_moment(moment)}" if moment is not None else ""
