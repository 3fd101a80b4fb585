"""The one place that reads the time."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Gives the present moment, aware and in UTC."""

    def __call__(self) -> datetime: ...


def utc_now() -> datetime:
    """Read the machine's clock."""
    return datetime.now(UTC)
