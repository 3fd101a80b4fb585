"""Loop's list of returns: windows of at most 120 days, pages by cursor, our own parameters sent again each time.

Source: docs.loopreturns.com pagination, detailed returns list (read 2026-11-21).
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from ledgerloop.outcome import Unreachable
from ledgerloop.remotes.loop.errors import REMOTE, not_as_asked
from ledgerloop.remotes.loop.moments import write_moment

LONGEST_WINDOW: Final = timedelta(days=120)
"""Largest window of one request; more is refused. Source: docs.loopreturns.com detailed returns list (2026-11-21)."""


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


def follow(read: Callable[[dict[str, str]], object], asked: dict[str, str], page_size: int) -> Iterator[dict[str, Any]]:
    """Read page after page. Only the cursor is taken from `nextPageUrl`, which loses the other parameters.

    A full page that leads nowhere (no cursor, or one seen before) raises Unreachable: returns would be left out.
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
        params = {**asked, "cursor": cursor}


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
