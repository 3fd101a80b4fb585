"""Pages of lists: rows, and a cursor to the next ones that holds as rows come and go."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 200
"""Rows of one page."""


class CursorWrong(ValueError):  # noqa: N818  (named for what it is)
    """A cursor that was not given by this list."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows; `next_cursor` is empty on the last page."""

    rows: tuple[T, ...]
    next_cursor: str = ""


def cut(found: Sequence[T], limit: int, mark: Callable[[T], Sequence[object]]) -> Page[T]:
    """Make a page of up to `limit` rows from one row more; `mark` says where a row stands."""
    rows = tuple(found[:limit])
    return Page(rows, cursor_of(mark(rows[-1])) if len(found) > limit else "")


def limited(limit: int) -> int:
    """Rows of a page as it is allowed."""
    return max(1, min(limit, MOST))


def cursor_of(mark: Sequence[object]) -> str:
    """Write down where a page ended."""
    plain = [one.isoformat() if isinstance(one, datetime) else one for one in mark]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def mark_of(cursor: str, *kinds: type) -> list[object] | None:
    """Read it back; None for the first page. Raises CursorWrong."""
    if not cursor:
        return None
    try:
        read = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(read, list) or len(read) != len(kinds):
            raise ValueError(cursor)
        return [_typed(one, kind) for one, kind in zip(read, kinds, strict=True)]
    except (ValueError, binascii.Error, RecursionError) as problem:
        raise CursorWrong("This cursor was not given by this list.") from problem


def _typed(value: object, kind: type) -> object:
    if type(value) is not (str if kind is datetime else kind):
        raise ValueError(value)
    if kind is datetime:
        moment = datetime.fromisoformat(str(value))
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    return value
