"""What we remember of flags and reviews: transitions that were seen, and what Loop took from us.

Source: rulebook sections 0 and 4.
"""

from datetime import datetime

from ledgerloop.domain.case import Case, Seen, WriteState
from ledgerloop.domain.documents import Document


def flag_key(case: Case, number: str) -> str:
    """The journal's key of a flag action of the return in question."""
    return f"flag:{case.shop_id}:{case.focus}:{number}"


def last_flagged_at(case: Case) -> datetime | None:
    """When Loop last took a flag from us."""
    done = [
        entry.finished_at
        for entry in case.journal
        if entry.key.startswith(flag_key(case, "")) and entry.state is WriteState.DONE and entry.finished_at
    ]
    return max(done, default=None)


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


def under_flag(case: Case, authorization: Document) -> bool:
    """Whether a flag in NetSuite still holds the return back: nobody has finished looking at it."""
    return authorization.flagged and not authorization.reviewed and review_ended_at(case) is None
