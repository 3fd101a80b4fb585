"""What we remember of flags and reviews: transitions that were seen, and what Loop took from us.

Source: rulebook sections 0 and 4.
"""

from collections.abc import Iterator
from datetime import datetime

from ledgerloop.domain.case import Case, JournalEntry, Seen, WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.policy import Policy


def flag_key(case: Case, number: str) -> str:
    """The journal's key of a flag action of the return in question."""
    return f"flag:{case.shop_id}:{case.focus}:{number}"


def _done(case: Case, begins: str) -> Iterator[JournalEntry]:
    return (one for one in case.journal if one.key.startswith(begins) and one.state is WriteState.DONE)


def flags_taken(case: Case) -> int:
    """How many flag actions Loop took from us."""
    return len(list(_done(case, flag_key(case, ""))))


def last_flagged_at(case: Case) -> datetime | None:
    """When Loop last took a flag from us."""
    return max((one.finished_at for one in _done(case, flag_key(case, "")) if one.finished_at), default=None)


def flagged_before_memory(case: Case, policy: Policy) -> bool:
    """Whether the flag may have been passed on before our memory begins.

    The authorization is none that we remember writing, the flag was never seen clear, and no flag action was decided.
    """
    written = case.written(policy.external_id("LOOP-RA", case.focus))
    decided = any(one.key.startswith(flag_key(case, "")) for one in case.journal)
    return written is None and not decided and case.last_seen(Seen.FLAG_CLEARED) is None


def _reviewed_key(case: Case, number: str) -> str:
    return f"reviewed:{case.shop_id}:{case.focus}:{number}"


def reviewed_key(case: Case) -> str:
    """The journal's key of the next marking as reviewed."""
    return _reviewed_key(case, str(len(list(_done(case, _reviewed_key(case, "")))) + 1))


def reviewed_told(case: Case) -> JournalEntry | None:
    """Our marking as reviewed of the review that ended last; None while there is none."""
    ended_at = review_ended_at(case)
    if ended_at is None:
        return None
    told = (one for one in _done(case, _reviewed_key(case, "")) if (one.finished_at or one.decided_at) >= ended_at)
    return next(told, None)


def flagged_since(case: Case) -> datetime | None:
    """When the flag field was last seen to go from clear to set."""
    return case.last_seen(Seen.FLAG_SET)


def review_ended_at(case: Case) -> datetime | None:
    """When the review that followed the flag ended in Loop; None while it has not, or none was seen."""
    ended_at, set_at = case.last_seen(Seen.REVIEW_ENDED), flagged_since(case)
    started_at = case.last_seen(Seen.REVIEW_STARTED)
    if ended_at is None or (set_at is not None and ended_at < set_at):
        return None
    return ended_at if started_at is None or started_at <= ended_at else None


def under_flag(case: Case, authorization: Document, policy: Policy) -> bool:
    """Whether a flag in NetSuite still holds the return back: nobody has finished looking at it, or it was taken back
    that somebody had.
    """
    if not authorization.flagged or authorization.reviewed:
        return False
    taken_back = policy.flag == "until_reviewed" and reviewed_told(case) is not None
    return taken_back or review_ended_at(case) is None
