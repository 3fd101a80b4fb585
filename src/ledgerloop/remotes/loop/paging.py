"""Loop's list of returns: windows of at most 120 days, pages by cursor, our own parameters sent again each time.

Source: docs.loopreturns.com pagination, detailed returns list (read 2026-11-21).
"""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from ledgerloop.outcome import Unreachable
from ledgerloop.remotes.loop.errors import REMOTE, not_as_asked
from ledgerloop.remotes.loop.moments import moment_or_none, write_moment

LONGEST_WINDOW: Final = timedelta(days=120)
"""Largest window of one request; more is refused. Source: docs.loopreturns.com detailed returns list (2026-11-21)."""


LARGEST_PAGE: Final = 750
"""Most returns of a page. Source: docs.loopreturns.com pagination (read 2026-11-21)."""

A_SECOND: Final = timedelta(seconds=1)
"""What the moments of Loop's list are told apart by."""


def windows(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Cut a time span, widened to whole seconds, into chained windows that share their edges."""
    start = since.astimezone(UTC).replace(microsecond=0)
    end = until.astimezone(UTC)
    if end.microsecond:
        end = end.replace(microsecond=0) + timedelta(seconds=1)
    while start < end:
        step = min(start + LONGEST_WINDOW, end)
        yield start, step
        start = step


def parameters(start: datetime, end: datetime, state: str, by: str, page_size: int) -> dict[str, str]:
    """Spell the query of one state in one window."""
    return {
        "from": write_moment(start),
        "to": write_moment(end),
        "filter": by,
        "state": state,
        "paginate": "true",
        "pageSize": str(page_size),
    }


def follow(
    read: Callable[[dict[str, str]], object], asked: dict[str, str], page_size: int, *, edges: bool = True
) -> Iterator[dict[str, Any]]:
    """Read page after page. Only the cursor is taken from `nextPageUrl`, which loses the other parameters.

    With `edges` the second that a page ends in is read once more: a cursor is a moment in whole seconds, and the next
    page leaves out what shares it. A full page that leads nowhere (no cursor, or one seen before) raises Unreachable:
    returns would be left out.
    """
    seen: set[str] = set()
    params = asked
    while True:
        body = read(params)
        rows = rows_of(body)
        yield from rows
        next_page = body.get("nextPageUrl") if isinstance(body, dict) else None
        if not next_page:
            return
        cursor = _cursor_of(str(next_page))
        if not cursor or cursor in seen:
            if len(rows) < page_size:
                return
            raise Unreachable(REMOTE, "loop_pages_broken", "a full page of returns led to no new page")
        seen.add(cursor)
        if edges:
            yield from _same_second(read, asked, rows, cursor)
        params = {**asked, "cursor": cursor}


def _same_second(
    read: Callable[[dict[str, str]], object], asked: dict[str, str], rows: list[dict[str, Any]], cursor: str
) -> Iterator[dict[str, Any]]:
    """What shares the second of a page's edge and is not on the page; nothing where that second is not known."""
    edge = _moment_of(cursor) or _moment_of_row(rows, asked["filter"])
    if edge is None:
        return
    by, second = edge
    params = {**asked, **parameters(second, second + A_SECOND, asked["state"], by, LARGEST_PAGE)}
    known = {str(row["id"]) for row in rows}
    yield from (one for one in follow(read, params, LARGEST_PAGE, edges=False) if str(one["id"]) not in known)


def _moment_of(cursor: str) -> tuple[str, datetime] | None:
    """The field and the second that a cursor points at.

    Source: docs.loopreturns.com pagination, the sample's cursor (read 2026-11-21).
    """
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, RecursionError):
        return None
    return _moment_of_row([key], "updated_at", "created_at") if isinstance(key, dict) else None


def _moment_of_row(rows: list[dict[str, Any]], *fields: str) -> tuple[str, datetime] | None:
    for name in fields:
        moment = moment_or_none(rows[-1].get(name)) if rows else None
        if moment is not None:
            return name, moment.replace(microsecond=0)
    return None


def rows_of(body: object) -> list[dict[str, Any]]:
    """Take the returns out of a page, or out of the bare array that comes without pagination."""
    rows = body.get("returns") if isinstance(body, dict) else body
    if not isinstance(rows, list):
        raise not_as_asked(body)
    if not all(isinstance(row, dict) and row.get("id") for row in rows):
        raise Unreachable(REMOTE, "loop_malformed", "the list holds a return without an id")
    return rows


def _cursor_of(url: str) -> str:
    """The cursor of a next page, decoded; empty where there is none."""
    return next(iter(parse_qs(urlsplit(url).query.replace("+", "%2B")).get("cursor", [])), "")
