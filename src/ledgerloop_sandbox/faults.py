"""Faults by name, latency and the request log of one simulated remote."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

NAMES = (
    "lost_answer",
    "hold_answer",
    "hold_request",
    "error_500",
    "error_500_after",
    "too_many",
    "reset",
    "slow",
    "malformed",
    "unauthorized",
)
"""What can go wrong. `..._answer`, `error_500_after` and `malformed` happen after the request was executed; `reset`,
`error_500`, `too_many` and `unauthorized` instead of it; `hold_request` and `slow` before it."""


@dataclass
class Rule:
    """One fault waiting for requests that match it."""

    name: str
    match: str = ""
    times: int = 1
    after: int = 0
    delay_s: float | None = None
    status: int | None = None
    body: Any = None
    hits: int = 0

    def takes(self, line: str) -> bool:
        """Tell whether this request gets the fault, and count it."""
        if self.times <= 0 or self.match not in line:
            return False
        self.hits += 1
        if self.hits <= self.after:
            return False
        self.times -= 1
        return True


@dataclass(frozen=True)
class CannedAnswer:
    """An answer in a remote's own shape, used where a fault answers in the application's place."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RemoteAnswers:
    """How one remote words the three failures that a fault can force."""

    error: CannedAnswer
    too_many: CannedAnswer
    unauthorized: CannedAnswer


@dataclass
class LogEntry:
    """One request as the remote saw it; times are UTC ISO texts, `status` 0 means no answer was given."""

    method: str
    path: str
    query: str
    operation: str
    write: bool
    started: str
    ended: str = ""
    status: int = 0
    fault: str = ""


class Faults:
    """Rules, latency, holds and log of one remote. Lives in one asyncio loop; other threads must not touch it."""

    def __init__(self, remote: str, answers: RemoteAnswers, is_write: Callable[[str, str, bytes], bool]) -> None:
        self.remote = remote
        self.answers = answers
        self.is_write = is_write
        self.latency_s = 0.0
        self.rules: list[Rule] = []
        self.log: list[LogEntry] = []
        self.in_flight = 0
        self.peak = 0
        self._held: set[asyncio.Event] = set()

    def add(self, **rule: Any) -> Rule:
        """Add a rule. Raises ValueError for an unknown name or field."""
        if rule.get("name") not in NAMES:
            raise ValueError(f"unknown fault {rule.get('name')!r}; known: {', '.join(NAMES)}")
        try:
            made = Rule(**rule)
        except TypeError as error:
            raise ValueError(str(error)) from error
        self.rules.append(made)
        return made

    def take(self, line: str) -> Rule | None:
        """Give the first rule that strikes this request, if any."""
        return next((rule for rule in self.rules if rule.takes(line)), None)

    async def hold(self, seconds: float | None) -> None:
        """Wait that long, or until released; without a number, until released."""
        gate = asyncio.Event()
        self._held.add(gate)
        try:
            await asyncio.wait_for(gate.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            self._held.discard(gate)

    @property
    def held(self) -> int:
        """How many requests are being held now."""
        return len(self._held)

    def release(self) -> int:
        """Let everything go that is held; tells how many."""
        for gate in self._held:
            gate.set()
        return len(self._held)

    def clear(self) -> None:
        """Forget the rules; what is held is let go."""
        self.rules.clear()
        self.release()

    def clear_log(self) -> None:
        """Forget the requests seen so far and the peak."""
        self.log.clear()
        self.peak = self.in_flight

    def counts(self) -> dict[str, int]:
        """Requests seen: all of them, and those that write."""
        return {"all": len(self.log), "writes": sum(1 for entry in self.log if entry.write)}
