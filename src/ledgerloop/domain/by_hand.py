"""An authorization that does not hold the units of its return, while nothing was received on it: said, not overwritten.

Who made it so is known by the journal: one that we wrote was changed by a person; one that we did not write, or whose
writing was forgotten with the database, is compared before it is adopted.
Source: rulebook section 0, never twice; section 1, edited in Loop afterwards.
"""

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.standing import LineStanding, of_this_order, standing
from ledgerloop.outcome import Attention


def changed_by_hand(case: Case, policy: Policy, authorization: Document) -> Attention | None:
    """Why an authorization of ours can no longer take in all that the return brings back."""
    lines = standing(authorization, case.the_return, policy)
    if isinstance(lines, Attention):
        return lines
    lost = tuple(one for one in lines if one.lost)
    if not lost:
        return None
    return Attention(
        "authorization_changed",
        f"A person changed {authorization.number} in NetSuite: {_held(lost)}. Nothing was received yet.",
        "Take what does not come back out of the return in Loop, or open the line again (raise its quantity) in "
        "NetSuite; it goes on by itself.",
    )


def adopted_differs(case: Case, policy: Policy, authorization: Document) -> Attention | None:
    """Why an authorization found for the return, which we know nothing else of, is not as the return wants it."""
    wrong = _unfit(case, policy, authorization) or _held(_more(case, policy, authorization))
    if not wrong:
        return None
    return Attention(
        "adopted_differs",
        f"NetSuite already has return authorization {authorization.number} for this return, but {wrong}.",
        "Compare it with the return in Loop and correct it in NetSuite; or take the return's id and our external id "
        "off it, if it is another return's. It then goes on by itself.",
    )


def holds_only_more(case: Case, policy: Policy, authorization: Document) -> bool:
    """Whether it holds all that the return brings back, and some units besides."""
    return not _unfit(case, policy, authorization) and bool(_more(case, policy, authorization))


def _unfit(case: Case, policy: Policy, authorization: Document) -> str:
    """Why the return's units cannot come back on it."""
    if not of_this_order(case, authorization):
        return f"it was made from the transaction with internal id {authorization.created_from}, not from this order"
    lines = standing(authorization, case.the_return, policy)
    if isinstance(lines, Attention):
        return f"it holds other goods: {lines.problem.rstrip('.')}"
    return _held(tuple(one for one in lines if one.lost))


def _more(case: Case, policy: Policy, authorization: Document) -> tuple[LineStanding, ...]:
    lines = standing(authorization, case.the_return, policy)
    if isinstance(lines, Attention):
        return ()
    return tuple(one for one in lines if one.line.open_quantity > len(one.units) + len(one.kept))


def _held(lines: tuple[LineStanding, ...]) -> str:
    """What these lines hold open, beside what the return brings back."""
    return ", ".join(
        f"it holds {one.line.open_quantity:f} × {one.line.sku}"
        + (" (its line is closed)" if one.line.closed else "")
        + f", the return in Loop {len(one.units) + len(one.kept)}"
        for one in lines
    )
