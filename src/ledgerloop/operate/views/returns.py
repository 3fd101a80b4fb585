"""Returns as a list: who looks for what, where each stands, and who looks after it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import cast

from ledgerloop.domain.money import Money
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.views.about import about_subject
from ledgerloop.operate.views.paging import Page, cut, limited, mark_of
from ledgerloop.store.remarks import Remarks
from ledgerloop.store.return_list import COUNTED, Head, Mark, ReturnFilters, ReturnList

__all__ = ["COUNTED", "STANDINGS", "ReturnFilters", "ReturnRow", "count_returns", "returns"]

STANDINGS = ("attention", "waiting", "held", "handled", "settled", "new")
"""Where a return can stand; new: nobody has looked at it yet."""


@dataclass(frozen=True)
class ReturnRow:
    """A return in a list. `state` and `outcome` are Loop's; `text` is its most urgent answer, in plain words."""

    shop: str
    return_id: str
    order_key: str
    order_name: str
    email: str
    state: str
    outcome: str
    amount: Money | None
    created_at: datetime
    updated_at: datetime | None
    standing: str
    sync: str
    code: str
    text: str
    since: datetime | None
    assigned_to: str


def returns(parts: Parts, filters: ReturnFilters, cursor: str = "", limit: int = 50) -> Page[ReturnRow]:
    """Returns that match, those created last first. Raises CursorWrong."""
    limit = limited(limit)
    mark = mark_of(cursor, datetime, str, str)
    listing = ReturnList(parts.stores.store)
    heads = listing.page(filters, cast(Mark, tuple(mark)) if mark is not None else None, limit + 1)
    page = cut(heads, limit, lambda one: (one.created_at, one.shop, one.return_id))
    return Page(rows_of(parts, page.rows), page.next_cursor)


def count_returns(parts: Parts, filters: ReturnFilters) -> int:
    """How many match, up to COUNTED and one."""
    return ReturnList(parts.stores.store).count(filters)


def rows_of(parts: Parts, heads: tuple[Head, ...]) -> tuple[ReturnRow, ...]:
    """Heads with what is said and arranged about them."""
    texts = ReturnList(parts.stores.store).texts(heads)
    abouts = {about_subject(one.shop, one.return_id): one for one in heads}
    arranged = Remarks(parts.stores.store).arranged(abouts, parts.clock())
    return tuple(
        _row(one, texts.get((one.shop, one.return_id), ""), arranged[about].assigned_to)
        for about, one in abouts.items()
    )


def _row(head: Head, text: str, assigned_to: str) -> ReturnRow:
    amount = Money(Decimal(head.amount) / 1000, head.currency) if head.currency else None
    return ReturnRow(
        shop=head.shop,
        return_id=head.return_id,
        order_key=head.order_key,
        order_name=head.order_name,
        email=head.email,
        state=head.state,
        outcome=head.outcome,
        amount=amount,
        created_at=head.created_at,
        updated_at=head.updated_at,
        standing=head.standing,
        sync=head.sync,
        code=head.code,
        text=text,
        since=head.since,
        assigned_to=assigned_to,
    )
