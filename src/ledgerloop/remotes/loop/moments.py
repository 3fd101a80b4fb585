"""Loop's points in time, in whatever spelling: all read as aware UTC."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})$")
_ABSENT = ("", "N/A")

_MILLISECONDS_FROM = 100_000_000_000
"""A number from here on counts milliseconds: as seconds it would lie in the year 5138."""


def read_moment(value: object) -> datetime | None:
    """Read ISO 8601 text, naive text (UTC), PHP's dumped object or Unix time; None, empty and "N/A" are absent.

    Raises ValueError on anything else.
    Source: docs.loopreturns.com detailed returns list, return details, return webhook (read 2026-11-21).
    Assumed: naive text is UTC; `outcomes_processed_at` holds PHP's DateTime dump, and a number is Unix time.
    """
    try:
        return _read(value)
    except (OverflowError, OSError) as problem:
        raise ValueError(f"not a point in time: {value!r}") from problem


def moment_or_none(value: object) -> datetime | None:
    """Read a moment that a return can do without; None also where it cannot be read."""
    try:
        return read_moment(value)
    except ValueError:
        return None


def is_told(value: object) -> bool:
    """Whether something stands where a moment is expected, readable or not: then it has happened."""
    if isinstance(value, Mapping):
        return bool(value.get("date"))
    return bool(value) and not (isinstance(value, str) and value.strip() in _ABSENT)


def _read(value: object) -> datetime | None:
    if isinstance(value, Mapping):
        return _from_php(value)
    if value is None or (isinstance(value, str) and value.strip() in _ABSENT):
        return None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_unix(value)
    if not isinstance(value, str):
        raise ValueError(f"not a point in time: {value!r}")  # noqa: TRY004  (a fault of the data, not of the caller)
    moment = datetime.fromisoformat(value.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _from_unix(number: float) -> datetime:
    if not math.isfinite(number) or number <= 0:
        raise ValueError(f"not a point in time: {number!r}")
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    return datetime.fromtimestamp(seconds, UTC)


def _from_php(value: Mapping[str, object]) -> datetime | None:
    text = value.get("date")
    if not text:
        return None
    moment = datetime.fromisoformat(str(text).strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=_zone(str(value.get("timezone") or "UTC")))
    return moment.astimezone(UTC)


def _zone(name: str) -> tzinfo:
    """Read PHP's three kinds of time zone: an offset, an abbreviation, an identifier."""
    offset = _OFFSET.fullmatch(name)
    if offset:
        sign = -1 if offset[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
    try:
        return UTC if name in ("Z", "UTC") else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as problem:
        raise ValueError(f"unknown time zone in a Loop date: {name!r}") from problem


def write_moment(moment: datetime) -> str:
    """Spell a moment as Loop's queries take it: ISO 8601 with milliseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
