"""Erases personal data beside the order store: pushed bodies, Loop's views, finished drafts, customers looked up."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, select, update

from ledgerloop.domain.case import WriteState
from ledgerloop.store.heads import forget_person
from ledgerloop.store.inbox import ORDER, RETURN
from ledgerloop.store.lookups import CUSTOMER
from ledgerloop.store.sql import batches, where
from ledgerloop.store.tables import inbox, inbox_bodies, journal, loop_returns, netsuite_lookups

Mask = Callable[[Any], Any]
"""Replaces what a document says about a person."""


def erase_personal(
    tx: Connection, shop: str, order_ids: Collection[str], at: datetime, mask: Mask, *, everything: bool = False
) -> None:
    """Erase what is kept about these orders, or about everything of the shop. Drafts not written yet stay."""
    forget_person(tx, shop, order_ids, everything=everything)
    for some in [()] if everything else batches(sorted(order_ids)):
        _mask_rows(
            tx,
            loop_returns,
            ("shop", "return_id"),
            ("list_body", "details_body", "presentment_body"),
            _of(loop_returns, shop, some),
            mask,
        )
        done = (*_of(journal, shop, some), journal.c.state == WriteState.DONE)
        _mask_rows(tx, journal, ("key",), ("draft",), done, mask)
        _erase_bodies(tx, shop, some, at)
        lookups = (netsuite_lookups.c.shop == shop, netsuite_lookups.c.kind == CUSTOMER)
        chosen = lookups if everything else (*lookups, netsuite_lookups.c.key.in_(some))
        tx.execute(delete(netsuite_lookups).where(*chosen))


def _of(table: Table, shop: str, order_keys: Sequence[str]) -> list[ColumnElement[bool]]:
    """Rows of these cases; of all where none is named."""
    mine: list[ColumnElement[bool]] = [table.c.shop == shop]
    return [*mine, table.c.order_key.in_(order_keys)] if order_keys else mine


def _mask_rows(
    tx: Connection,
    table: Table,
    keys: Sequence[str],
    columns: Sequence[str],
    chosen: Sequence[ColumnElement[bool]],
    mask: Mask,
) -> None:
    shown = (table.c[name] for name in (*keys, *columns))
    for row in tx.execute(select(*shown).where(*chosen)).mappings().all():
        masked = {name: mask(row[name]) for name in columns if row[name] is not None}
        if masked:
            tx.execute(update(table).where(where(table, {name: row[name] for name in keys})).values(**masked))


def _erase_bodies(tx: Connection, shop: str, order_ids: Sequence[str], at: datetime) -> None:
    wanted = select(inbox.c.id).where(inbox.c.shop == shop)
    if order_ids:
        returns = select(loop_returns.c.return_id).where(*_of(loop_returns, shop, order_ids))
        about_order = (inbox.c.subject_kind == ORDER) & inbox.c.subject_id.in_(order_ids)
        wanted = wanted.where(about_order | ((inbox.c.subject_kind == RETURN) & inbox.c.subject_id.in_(returns)))
    gone = update(inbox_bodies).where(inbox_bodies.c.inbox_id.in_(wanted), inbox_bodies.c.erased_at.is_(None))
    tx.execute(gone.values(body=None, erased_at=at))
