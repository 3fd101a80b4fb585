"""The detailed returns list: its silent narrowing, its windows, its cursor.

Source: docs.loopreturns.com api-reference/latest/return-data/detailed-returns-list, api-reference/pagination
(read 2026-11-21).
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from ledgerloop_sandbox.clock import parse_moment

from .model import STATES, Return
from .state import LoopState

DEFAULT_STATES = ("open", "closed", "expired")
"""What is listed when no state is asked for: cancelled returns and those in review are left out."""

PAGE_SIZE = 100
MAX_PAGE_SIZE = 750


class InvalidError(ValueError):
    """A parameter that Laravel's validation refuses; args: field, sentence."""


@dataclass(frozen=True)
class Request:
    """The parameters of one list call, checked."""

    since: datetime
    until: datetime
    by: str
    states: tuple[str, ...]
    paginate: bool
    page_size: int
    before: datetime | None
    raw: Mapping[str, str]


def read_request(query: Mapping[str, str], state: LoopState) -> Request:
    """Check the parameters. Raises InvalidError."""
    by = query.get("filter", "created_at")
    if by not in ("created_at", "updated_at"):
        raise InvalidError("filter", "The selected filter is invalid.")
    wanted = query.get("state")
    if wanted is not None and wanted not in STATES:
        raise InvalidError("state", "The selected state is invalid.")
    since, until = _window(query, state)
    return Request(
        since=since,
        until=until,
        by=by,
        states=(wanted,) if wanted else DEFAULT_STATES,
        paginate=query.get("paginate", "false").lower() in ("true", "1"),
        page_size=_page_size(query.get("pageSize")),
        before=_cursor(query.get("cursor"), by),
        raw=query,
    )


def answer(request: Request, state: LoopState) -> tuple[list[Return], str | None]:
    """Give one page of returns and the query text of the next page, if there is one."""
    newest_first = state.settings.list_order == "desc"
    rows = [
        found
        for found in state.returns.values()
        if found.state in request.states and request.since <= _stamp(found, request.by) <= request.until
    ]
    rows.sort(key=lambda found: (_stamp(found, request.by), found.id), reverse=newest_first)
    if not request.paginate:
        return rows, None
    if request.before is not None:
        rows = [found for found in rows if _beyond(found, request, newest_first=newest_first)]
    page, rest = rows[: request.page_size], rows[request.page_size :]
    if rest and state.settings.cursor_ties == "keep":
        last = _stamp(page[-1], request.by)
        page += [found for found in rest if _stamp(found, request.by) == last]
        rest = [found for found in rest if _stamp(found, request.by) != last]
    return page, _next_query(request, _stamp(page[-1], request.by)) if rest else None


def _beyond(found: Return, request: Request, *, newest_first: bool) -> bool:
    assert request.before is not None
    stamp = _stamp(found, request.by)
    return stamp < request.before if newest_first else stamp > request.before


def _stamp(found: Return, by: str) -> datetime:
    return found.created_at if by == "created_at" else found.updated_at


def _next_query(request: Request, last: datetime) -> str:
    """Write the next page's parameters as the remote does: `from`, `state` and `paginate` are lost."""
    key = {request.by: last.strftime("%Y-%m-%d %H:%M:%S"), "_pointsToNextItems": True}
    cursor = base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")
    kept: dict[str, Any] = {name: request.raw[name] for name in ("to", "filter") if name in request.raw}
    return urlencode({**kept, "pageSize": request.page_size, "cursor": cursor})


def _window(query: Mapping[str, str], state: LoopState) -> tuple[datetime, datetime]:
    now = state.clock()
    since = _moment("from", query.get("from"))
    until = _moment("to", query.get("to"))
    if since is None:
        since = (until or now) - timedelta(hours=24)
    until = until or now
    if until - since > timedelta(days=state.settings.max_window_days):
        raise InvalidError("from", f"The date range must not exceed {state.settings.max_window_days} days.")
    return since, until


def _moment(name: str, text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        return parse_moment(text.replace(" ", "T", 1) if "T" not in text else text)
    except ValueError as error:
        raise InvalidError(name, f"The {name} is not a valid date.") from error


def _page_size(text: str | None) -> int:
    if text is None:
        return PAGE_SIZE
    if not text.isdigit() or not 1 <= int(text) <= MAX_PAGE_SIZE:
        raise InvalidError("pageSize", f"The page size must be between 1 and {MAX_PAGE_SIZE}.")
    return int(text)


def _cursor(text: str | None, by: str) -> datetime | None:
    if not text:
        return None
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return datetime.strptime(key[by], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise InvalidError("cursor", "The cursor is invalid.") from error
