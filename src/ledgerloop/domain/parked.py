"""A return that Loop shows in a way nobody here understands: nothing is done with it until a person has looked.

Source: docs.loopreturns.com, additive changes (read 2026-11-21): new values may come without notice.
"""

from ledgerloop.domain.case import Case
from ledgerloop.domain.returns import Return, ReturnState
from ledgerloop.outcome import Attention, NeedsReading, Source


def parked(case: Case) -> NeedsReading | Attention | None:
    """Why no sync may be asked about the return in question; its other view is read first, which may be whole."""
    return_ = case.the_return
    if return_.unreadable:
        return case.must_read(Source.LOOP_RETURN, return_.loop_return_id) or Attention(
            "return_unreadable",
            f"{not_understood(return_)} Nothing is done with it; the other returns of the order go on.",
            "Look at the return in Loop Admin and correct the value. It goes on as soon as Loop shows it otherwise; "
            "until then treat it by hand.",
        )
    if return_.state is ReturnState.UNKNOWN:
        return Attention(
            "return_state_unknown",
            f"{not_understood(return_)} Nothing is done with it.",
            "Look at the return in Loop Admin. It goes on by itself when it is open, in review, closed, cancelled or "
            "expired; until then treat it by hand.",
        )
    return None


def not_understood(return_: Return) -> str:
    """What is not understood of it, in one sentence."""
    if return_.unreadable:
        return f"Loop shows return {return_.loop_return_id} in a way that cannot be read: {return_.unreadable}."
    return (
        f"Loop shows return {return_.loop_return_id} in the state “{return_.state_as_shown}”, which is not known here."
    )
