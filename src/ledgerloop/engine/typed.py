"""Stored views -> the domain's values, where more than one reader needs them."""

from ledgerloop.domain.returns import ProcessingFailure, Return
from ledgerloop.remotes.loop.parse import parse_return
from ledgerloop.store.returns import StoredReturn


def return_of(stored: StoredReturn) -> Return | None:
    """A stored return, typed; None while no view of it was read."""
    if stored.list_body is None and stored.details_body is None:
        return None
    failure = ProcessingFailure(stored.failed_at, stored.failure) if stored.failed_at is not None else None
    return parse_return(stored.list_body, stored.details_body, failure, list_seen_last=stored.list_seen_last)
