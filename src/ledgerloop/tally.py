"""What this process has done, counted: calls of remotes with their durations, and writes. `/metrics` shows it."""

import threading
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final

BOUNDS_S: Final = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)
"""Durations up to which calls are counted apart, seconds: from a quick answer to the longest time-out."""

Labels = tuple[str, ...]


class Counts:
    """Counts by labels; for many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._counts: Counter[Labels] = Counter()

    def add(self, *labels: str) -> None:
        """Count one more."""
        with self._guard:
            self._counts[labels] += 1

    def all(self) -> list[tuple[Labels, int]]:
        """Every count, in the order of its labels."""
        with self._guard:
            return sorted(self._counts.items())


@dataclass(frozen=True)
class Timed:
    """Durations of one kind: how many took up to each of BOUNDS_S and in all, and their sum in seconds."""

    labels: Labels
    up_to: tuple[int, ...]
    count: int
    sum_s: float


class Times:
    """Counts durations by labels; for many threads."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._within: dict[Labels, list[int]] = {}
        self._sums: dict[Labels, float] = {}

    def add(self, took_s: float, *labels: str) -> None:
        """Count one that took so long."""
        with self._guard:
            within = self._within.setdefault(labels, [0] * (len(BOUNDS_S) + 1))
            within[bisect_left(BOUNDS_S, took_s)] += 1
            self._sums[labels] = self._sums.get(labels, 0.0) + took_s

    def all(self) -> Iterator[Timed]:
        """Every kind, in the order of its labels."""
        with self._guard:
            kept = [(labels, list(within), self._sums[labels]) for labels, within in sorted(self._within.items())]
        for labels, within, sum_s in kept:
            up_to = list(accumulate(within))
            yield Timed(labels, tuple(up_to[:-1]), up_to[-1], sum_s)


@dataclass(frozen=True)
class Tally:
    """What this process counts. Calls by shop, remote and result; writes by shop, sync, record type and result."""

    calls: Times = field(default_factory=Times)
    writes: Counts = field(default_factory=Counts)
