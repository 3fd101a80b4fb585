"""Adds the variance line to a sale that we wrote. A line without a key is added as often as it is sent: the record is
read right before, and nothing is sent where it has the line or comes to another total than was decided on.

Source: docs.oracle.com, updating a sublist (read 2026-11-21); rulebook section 0, never twice.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from ledgerloop.domain.case import JournalEntry
from ledgerloop.domain.money import Money
from ledgerloop.domain.records import AddVarianceDraft
from ledgerloop.engine.loop_acts import MAY_EXIST
from ledgerloop.engine.netsuite_writes import write_change
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import NeedsReading, Source, Waiting

AGAIN: Final = timedelta(minutes=1)
"""When a sale that is not as it was decided on is looked at again; an answer that was lost is settled by then."""


def add_variance(
    parts: Parts, shop: Shop, draft: AddVarianceDraft, entry: JournalEntry, done: Callable[[str], None]
) -> Waiting | None:
    """Add the line once; gives why nothing was sent. Raises RemoteProblem."""
    record = shop.netsuite.get(draft.sale_type, draft.sale_id, expand=True)
    total = Money.of(record.get("total") or "0", draft.amount.currency)
    has_line = draft.item_id in _items(record)
    if has_line and total == draft.total_before + draft.amount:
        done(draft.sale_id)
        return None
    if not has_line and total == draft.total_before:
        write_change(parts, shop, draft, entry, done)
        return None
    if entry.state not in MAY_EXIST:
        parts.stores.journal.drop(entry.key, parts.clock())
    said = f"{draft.sale_type} {draft.sale_id} comes to {total} by now, not to {draft.total_before}; it is read again"
    look = NeedsReading(Source.NETSUITE_ORDER, draft.shopify_order_id)
    return Waiting("netsuite_unclear", said, parts.clock() + AGAIN, (look,))


def _items(record: dict[str, Any]) -> set[str]:
    """Internal ids of the items on a record's lines."""
    lines = (record.get("item") or {}).get("items") or ()
    return {str((line.get("item") or {}).get("id") or "") for line in lines}
