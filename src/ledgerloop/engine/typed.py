"""Stored views -> the domain's values, where more than one reader needs them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ledgerloop.domain.money import Money
from ledgerloop.domain.returns import ProcessingFailure, Return, ReturnState, ReturnTotals
from ledgerloop.remotes.loop.moments import moment_or_none
from ledgerloop.remotes.loop.parse import parse_return
from ledgerloop.store.returns import StoredReturn


def return_of(stored: StoredReturn) -> Return | None:
    """A stored return, typed; None while no view of it was read, and where what was read is no return."""
    try:
        return _typed(stored)
    except ValueError:
        return None


def returns_of(stored: Iterable[StoredReturn]) -> tuple[Return, ...]:
    """The returns of a case; one that cannot be read stands at the end, as a return of which only that is known."""
    read: list[Return] = []
    unreadable: list[tuple[StoredReturn, str]] = []
    for one in stored:
        try:
            typed = _typed(one)
        except ValueError as problem:
            unreadable.append((one, str(problem)))
        else:
            read += [typed] if typed is not None else []
    currency = read[0].currency if read else ""
    return (*read, *(_unreadable(one, why, currency) for one, why in unreadable))


def _typed(stored: StoredReturn) -> Return | None:
    if stored.list_body is None and stored.details_body is None:
        return None
    failure = ProcessingFailure(stored.failed_at, stored.failure) if stored.failed_at is not None else None
    return parse_return(stored.list_body, stored.details_body, failure, list_seen_last=stored.list_seen_last)


def _unreadable(stored: StoredReturn, why: str, currency: str) -> Return:
    body: dict[str, Any] = {**(stored.list_body or {}), **(stored.details_body or {})}
    none = Money.zero(currency or str(body.get("currency") or "USD"))
    return Return(
        loop_return_id=stored.return_id,
        state=ReturnState.UNKNOWN,
        state_as_shown=str(body.get("state") or ""),
        processed=None,
        processed_at=None,
        created_at=_created(body, stored.first_seen_at),
        updated_at=stored.updated_at,
        edited_at=None,
        shopify_order_id=stored.order_key,
        order_name=str(body.get("order_name") or ""),
        currency=none.currency,
        lines=(),
        totals=ReturnTotals(none, none, none, none, none, none, none, none, none, none),
        unreadable=why,
    )


def _created(body: dict[str, Any], first_seen_at: datetime) -> datetime:
    return moment_or_none(body.get("created_at")) or first_seen_at
