"""Whether the goods of a processed return are there, so that money may be credited for them; and what never comes.

Source: rulebook section 5, when.
"""

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case, WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import CloseLinesDraft
from ledgerloop.domain.standing import authorization_of, close_key, standing, wait
from ledgerloop.outcome import Attention, Source, Waiting


def not_received(case: Case, policy: Policy, authorization: Document) -> Waiting | Attention | None:
    """Money is credited for goods that came back, unless the merchant credits before receipt."""
    lines = standing(authorization, case.the_return, policy)
    if isinstance(lines, Attention):
        return lines
    if any(one.surplus for one in lines):
        return Attention(
            "edited_after_receipt",
            f"More was received on {authorization.number} than the return in Loop still holds. Nothing is credited.",
            "Bring the two together by hand: credit what is due in NetSuite, from the authorization; it is then "
            "adopted.",
        )
    lost = ", ".join(f"{one.lost:f} × {one.line.sku}" for one in lines if one.lost)
    if lost:
        return _lost(authorization, lost)
    missing = [one for one in lines if one.missing]
    if not missing or policy.refund_before_receipt:
        return None
    names = ", ".join(f"{one.missing:f} × {one.line.sku}" for one in missing)
    reason = f"Loop processed the return; NetSuite has not received {names} of {authorization.number} yet."
    return wait(case, policy, "goods_not_received", reason, Source.NETSUITE_FAMILY)


def ended(case: Case, policy: Policy) -> Attention | None:
    """An authorization that was cancelled in NetSuite, while Loop processed its return nevertheless."""
    authorization = authorization_of(case, policy)
    if authorization is None:
        return None
    return _lost(authorization, ", ".join(f"{line.quantity:f} × {line.sku}" for line in authorization.goods))


def _lost(authorization: Document, names: str) -> Attention:
    return Attention(
        "units_missing",
        f"Loop processed the return, but {names} of {authorization.number} can no longer be received: a person closed, "
        "lowered or cancelled it in NetSuite. Nothing is credited.",
        "Open it again in NetSuite and receive the goods; or credit what is due there by hand, from the authorization.",
    )


def close_rest(case: Case, policy: Policy, authorization: Document) -> Write | None:
    """What will not come (kept by the shopper, or removed in Loop) is closed, after the credit.

    Source: docs.oracle.com, closing line items (read 2026-11-21): credit first, then close.
    """
    lines = standing(authorization, case.the_return, policy)
    if isinstance(lines, Attention):
        return None
    spare, key = tuple(one.line.line for one in lines if one.spare), close_key(case, authorization)
    closed = case.written(key)
    if not spare or (closed is not None and closed.state is WriteState.DONE):
        return None
    draft = CloseLinesDraft(key, authorization.internal_id, spare)
    return Write(draft, f"The return is settled; what is left open on {authorization.number} will not come.")
