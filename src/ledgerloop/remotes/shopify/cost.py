"""Shopify's leaky bucket of query points: what it holds is learned from every answer, never assumed.

Source: shopify.dev admin-graphql rate limits (read 2026-11-21).
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ledgerloop.clock import Clock

SHORTEST_WAIT_S: Final = 0.1
"""Least pause after being throttled, seconds."""


@dataclass(frozen=True)
class Level:
    """The bucket as an answer showed it. Points, and points a second."""

    most: float
    available: float
    restore_rate: float
    seen_at: datetime


class Bucket:
    """Remembers the level and what each operation was charged. For many threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._level: Level | None = None
        self._charged: dict[str, float] = {}

    def note(self, operation: str, body: object) -> None:
        """Learn from an answer's `extensions.cost`; without one nothing changes."""
        extensions = body.get("extensions") if isinstance(body, Mapping) else None
        cost = extensions.get("cost") if isinstance(extensions, Mapping) else None
        level = self._read(cost) if isinstance(cost, Mapping) else None
        if level is None or not isinstance(cost, Mapping):
            return
        with self._lock:
            self._level = level
            self._charged[operation] = float(cost.get("requestedQueryCost") or 0)

    def wait_s(self, operation: str) -> float:
        """Seconds until the bucket holds what the operation was last charged; 0 also when nothing is known."""
        with self._lock:
            level, needed = self._level, self._charged.get(operation, 0.0)
        if level is None or level.restore_rate <= 0:
            return 0.0
        restored = (self._clock() - level.seen_at).total_seconds() * level.restore_rate
        missing = needed - min(level.most, level.available + max(restored, 0.0))
        return max(missing / level.restore_rate, 0.0)

    def charged(self, operation: str) -> float:
        """Points an operation was charged last; 0 where nothing is known."""
        with self._lock:
            return self._charged.get(operation, 0.0)

    def too_small_for(self, operation: str) -> bool:
        """Say whether the operation costs more than the bucket can ever hold."""
        with self._lock:
            return self._level is not None and self._charged.get(operation, 0.0) > self._level.most

    def _read(self, cost: Mapping[str, Any]) -> Level | None:
        status = cost.get("throttleStatus")
        if not isinstance(status, Mapping):
            return None
        try:
            most, available, rate = (
                float(status[key]) for key in ("maximumAvailable", "currentlyAvailable", "restoreRate")
            )
        except (KeyError, TypeError, ValueError):
            return None
        return Level(most, available, rate, self._clock())
