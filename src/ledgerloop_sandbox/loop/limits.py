"""Loop's rate limit: calls per minute and key.

Source: docs.loopreturns.com api-reference/rate-limit (read 2026-11-21).
"""

from __future__ import annotations

import math
import time
from collections import deque

WINDOW_S = 60.0
"""The window of the limit."""


class RateLimit:
    """Counts the calls of one key. Refused calls are not counted against the limit."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Count from nothing again."""
        self.peak_per_minute = 0
        self.refused = 0
        self._calls: deque[float] = deque()
        self._seen: deque[float] = deque()
        self._window_start = 0.0
        self._window_count = 0

    def take(self, limit: int, mode: str) -> tuple[int, int | None]:
        """Count a call; gives the calls left and, when refused, the seconds to wait."""
        now = time.monotonic()
        self._note(now)
        used, oldest = self._used(now, mode)
        if used >= limit:
            self.refused += 1
            return 0, max(1, math.ceil(oldest + WINDOW_S - now))
        self._calls.append(now)
        self._window_count += 1
        return limit - used - 1, None

    def _used(self, now: float, mode: str) -> tuple[int, float]:
        while self._calls and self._calls[0] <= now - WINDOW_S:
            self._calls.popleft()
        if now - self._window_start >= WINDOW_S:
            self._window_start, self._window_count = now, 0
        if mode == "fixed":
            return self._window_count, self._window_start
        return len(self._calls), self._calls[0] if self._calls else now

    def _note(self, now: float) -> None:
        self._seen.append(now)
        while self._seen[0] <= now - WINDOW_S:
            self._seen.popleft()
        self.peak_per_minute = max(self.peak_per_minute, len(self._seen))
