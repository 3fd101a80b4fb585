"""Has Loop processed a return, or was it only closed by hand? Loop's views tell it to different degrees.

Source: docs.loopreturns.com return webhook, states (read 2026-11-21).
Assumed: `was_processed` and `outcomes_processed_at`, which public integrations saw in the list, are in no other view.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ledgerloop.domain.returns import ReturnState
from ledgerloop.remotes.loop.moments import is_told, moment_or_none

View = Mapping[str, Any]
"""One body of Loop's that shows a return."""

_RUNNING = (ReturnState.OPEN, ReturnState.REVIEW)

AHEAD = "exchange_processed"
"""The outcome that an instant exchange has before anything came back: no proof where the list says *not processed*.
Source: help.loopreturns.com article/163; that the date is set then: assumed."""


def was_processed(state: ReturnState, list_state: ReturnState | None, merged: View) -> bool | None:
    """Judge from everything shown; None while it does not tell.

    `list_state` is the state the list itself shows, None where the list was not read: its "not processed" counts only
    if it saw the return in this state, and only a list that is silent makes planned values count as evidence.
    """
    if state in _RUNNING:
        return False
    shown = flag(merged.get("was_processed"))
    if shown or _any_outcome(merged, but=AHEAD):
        return True
    if shown is False and list_state is state:
        return False
    if state is not ReturnState.CLOSED:
        return False if state in (ReturnState.CANCELLED, ReturnState.EXPIRED) else None
    if _refunded(merged):
        return True
    return True if list_state is state and _issued(merged) else None


def is_inferred(merged: View) -> bool:
    """Whether nothing tells of processing itself: only an exchange order, which may have been made ahead, or a sum."""
    return not (flag(merged.get("was_processed")) or _any_outcome(merged, but=AHEAD) or _refunded(merged))


def processed_at(merged: View) -> datetime | None:
    """When Loop processed the return: its own outcome, else the earliest of the others, else the first refund."""
    outcomes = merged.get("outcomes_processed_at")
    if isinstance(outcomes, Mapping):
        own = moment_or_none(outcomes.get("return_processed"))
        if own:
            return own
        others = _moments(outcomes.values())
        if others:
            return min(others)
    refunds = _moments(one.get("provider_created_at") for one in rows(merged, "shopify_refund_object"))
    return min(refunds, default=None)


def rows(view: View, key: str) -> list[dict[str, Any]]:
    """The objects of a list that may be missing, null or an object keyed by id."""
    found = view.get(key)
    if isinstance(found, Mapping):
        found = list(found.values())
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def flag(value: object) -> bool | None:
    """Read a yes or no in JSON's, PHP's and text's spelling; None for anything else."""
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower())


def _any_outcome(merged: View, but: str = "") -> bool:
    outcomes = merged.get("outcomes_processed_at")
    return isinstance(outcomes, Mapping) and any(is_told(moment) for name, moment in outcomes.items() if name != but)


def _refunded(merged: View) -> bool:
    """A refund with its own Shopify key was booked."""
    booked = (*rows(merged, "refunds"), *rows(merged, "shopify_refund_object"))
    return any(one.get("provider_refund_id") for one in booked)


def _issued(merged: View) -> bool:
    """An exchange was made, or a gift card was due: planned values, or made ahead, until the return is closed.

    A list that tells outcomes, and of none that it happened, is not silent.
    """
    outcomes = merged.get("outcomes_processed_at")
    if isinstance(outcomes, Mapping) and outcomes and not _any_outcome(merged):
        return False
    orders = (one.get("exchange_order_id") for one in (*rows(merged, "exchanges"), merged))
    original = str(merged.get("provider_order_id"))
    made = any(order and str(order) != original for order in orders) or _any_outcome(merged)
    return made or _positive(merged.get("gift_card"))


def _positive(value: object) -> bool:
    try:
        return Decimal(str(value or 0)) > 0
    except InvalidOperation:
        return False


def _moments(values: Iterable[object]) -> list[datetime]:
    return [moment for moment in map(moment_or_none, values) if moment]
