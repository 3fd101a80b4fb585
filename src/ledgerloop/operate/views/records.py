"""Mappings, their changes, writes and the audit chain, page by page."""

from datetime import datetime

from ledgerloop.engine.parts import Parts
from ledgerloop.operate.mappings.listing import Row
from ledgerloop.operate.mappings.listing import rows as mapping_rows
from ledgerloop.operate.views.paging import Page, cut, limited, mark_of
from ledgerloop.store.audit import Deed
from ledgerloop.store.journal import WriteRow
from ledgerloop.store.mappings import PastChange
from ledgerloop.store.write_list import finished_writes

LARGEST = 10**15
"""Numbers of rows that a database can hold."""


def mappings(parts: Parts, text: str = "", kind: str = "", cursor: str = "", limit: int = 50) -> Page[Row]:
    """Mappings that match, sorted by what they map. Raises CursorWrong."""
    mark, limit = mark_of(cursor, str, str, str, str, str), limited(limit)
    found = sorted((one for one in mapping_rows(parts) if matches(one, text.lower(), kind)), key=_place)
    rest = [one for one in found if mark is None or _place(one) > tuple(mark)]
    return cut(rest[: limit + 1], limit, _place)


def matches(row: Row, text: str, kind: str) -> bool:
    """Whether a mapping is of this kind (its type, or its entity without one) and holds this text in small letters."""
    if kind and kind != (row.type or row.entity):
        return False
    return not text or any(text in one.lower() for one in (row.key, row.value, row.entity, row.type))


def _place(row: Row) -> tuple[str, ...]:
    return row.entity, row.type, row.key, row.shop, row.source


def mapping_changes(parts: Parts, cursor: str = "", limit: int = 50) -> Page[PastChange]:
    """Who changed what, newest first. Raises CursorWrong."""
    limit = limited(limit)
    found = parts.stores.mappings.history(limit + 1, before=_number(cursor))
    return cut(found, limit, lambda one: (one.number,))


def deeds(parts: Parts, who: str = "", about: str = "", cursor: str = "", limit: int = 50) -> Page[Deed]:
    """Who did what, newest first. Raises CursorWrong."""
    limit = limited(limit)
    found = parts.stores.audit.newest(limit + 1, before=_number(cursor), about=about, who=who)
    return cut(found, limit, lambda one: (one.number,))


def writes(
    parts: Parts, shop: str = "", sync: str = "", state: str = "", cursor: str = "", limit: int = 50
) -> Page[WriteRow]:
    """Records and actions whose result is known, those finished last first. Raises CursorWrong."""
    mark, limit = mark_of(cursor, datetime, str), limited(limit)
    after = (datetime.fromisoformat(str(mark[0])), str(mark[1])) if mark is not None else None
    store, shops = parts.stores.store, [shop] if shop else list(parts.shops)
    found = finished_writes(store, shops=shops, sync=sync, state=state, after=after, limit=limit + 1)
    return cut(found, limit, lambda one: (one.entry.finished_at, one.entry.key))


def _number(cursor: str) -> int | None:
    mark = mark_of(cursor, int)
    return min(int(str(mark[0])), LARGEST) if mark is not None else None
