"""The sandbox's time: the real UTC clock plus an offset that tests may set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SandboxClock:
    """Calling it gives the present moment in UTC; `offset_s` (seconds) moves it, forward or back."""

    def __init__(self) -> None:
        self.offset_s: float = 0.0

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.offset_s)


def parse_moment(text: str | datetime) -> datetime:
    """Read an ISO moment or a date; naive text is UTC. Raises ValueError."""
    moment = text if isinstance(text, datetime) else datetime.fromisoformat(text.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def iso_z(moment: datetime) -> str:
    """`2026-03-02T18:04:11Z`, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
