"""One request to NetSuite until it is answered: slot, pace, signature, and patience where nothing was executed.

Source: docs.oracle.com, NetSuite online help, concurrency governance, retrying failed requests: delay, let the delay
grow, do not retry in step (read 2026-11-21). The number of tries and their spacing are ours.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog

from ledgerloop.clock import Clock
from ledgerloop.outcome import CredentialsRefused, RemoteProblem, Throttled, Unclear, Unreachable
from ledgerloop.remotes import redact
from ledgerloop.remotes.http import Answer, Http, Params
from ledgerloop.remotes.netsuite import errors
from ledgerloop.remotes.netsuite.auth import Auth
from ledgerloop.remotes.ports import Pace, Slots
from ledgerloop.tracing import attempt

BUDGET_S = 60.0
"""Longest total pause while NetSuite is too busy, seconds; afterwards the engine comes back later."""

FIRST_PAUSE_S = 1.0
"""Ceiling of the first pause after "too many requests", seconds; it doubles each time."""

LONGEST_PAUSE_S = 30.0
"""Ceiling of any pause, seconds."""

REPEATS = 3
"""How often a read, or a write that was certainly not executed, is repeated after a fault."""

FAULTS_S = 20.0
"""How long after its first try a request is repeated after faults, seconds: no slow time-out is waited for twice."""

FAULT_PAUSE_S = 0.5
"""Ceiling of the first pause after a fault, seconds; it doubles each time."""

CROWDED = timedelta(seconds=60)
"""How long after a 429 a refused login may come of the same crowd.

Source: github.com/julbrs/netsuite-api-client issue 26 (read 2026-11-21).
"""

WARNINGS = ("x-netsuite-warning", "x-netsuite-propertyvalidation")
"""Headers in which NetSuite says what it ignored."""

HEADERS = {
    "Accept": "application/json",
    "X-NetSuite-PropertyNameValidation": "Error",
    "X-NetSuite-PropertyValueValidation": "Error",
}
"""Sent always: by default NetSuite drops unknown property names in silence.

Source: docs.oracle.com, NetSuite online help, REST error handling (read 2026-11-21).
"""

T = TypeVar("T")

log = structlog.get_logger("ledgerloop.remotes.netsuite")


@dataclass(frozen=True)
class Ask:
    """A request. A `write` whose answer is lost is never repeated here."""

    method: str
    path: str
    params: Params = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    subject: str = ""
    write: bool = False


@dataclass
class Patience:
    """How long one request is tried: throttling by a budget of pauses, faults by a count, a refused token once."""

    write: bool
    budget_s: float
    chance: Callable[[], float]
    clock: Clock
    paused_s: float = 0.0
    throttled: int = 0
    faults: int = 0
    renewed: bool = False

    def __post_init__(self) -> None:
        self._faults_until = self.clock() + timedelta(seconds=FAULTS_S)

    def after(self, problem: RemoteProblem, *, crowded: bool) -> float:
        """Seconds to pause before the next try. Raises the problem when there is none."""
        if isinstance(problem, CredentialsRefused) and problem.code == "netsuite_credentials" and not self.renewed:
            self.renewed = True
            return 0.0
        if crowded:
            return self._back_off(problem)
        safe = isinstance(problem, Unreachable) or (isinstance(problem, Unclear) and not self.write)
        if not safe or self.faults >= REPEATS or self.clock() >= self._faults_until:
            raise problem
        self.faults += 1
        return self.chance() * FAULT_PAUSE_S * 2.0**self.faults

    def _back_off(self, problem: RemoteProblem) -> float:
        ceiling_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self.throttled, 10))
        least_s = (problem.retry_after_s or 0.0) if isinstance(problem, Throttled) else 0.0
        pause_s = least_s + self.chance() * ceiling_s
        if self.paused_s + pause_s > self.budget_s:
            raise problem
        self.throttled += 1
        self.paused_s += pause_s
        return pause_s


class Session:
    """Asks NetSuite. Never holds a slot while it pauses; many threads may use one session."""

    def __init__(
        self,
        http: Http,
        auth: Auth,
        slots: Slots,
        pace: Pace,
        clock: Clock,
        *,
        budget_s: float = BUDGET_S,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.sleep = sleep
        self._http = http
        self._auth = auth
        self._slots = slots
        self._pace = pace
        self._clock = clock
        self._budget_s = budget_s
        self._chance = chance
        self._throttled_at: datetime | None = None

    def ask(self, ask: Ask, read: Callable[[Answer], T]) -> T:
        """Send until there is an answer that can be read. Raises RemoteProblem, by `errors` or by `read`."""
        patience = Patience(ask.write, self._budget_s, self._chance, self._clock)
        number = 0
        while True:
            number += 1
            try:
                with attempt(number):
                    return self._once(ask, read)
            except RemoteProblem as problem:
                pause_s = patience.after(problem, crowded=self._take_note(problem))
            if pause_s > 0:
                self.sleep(pause_s)

    def _once(self, ask: Ask, read: Callable[[Answer], T]) -> T:
        result: list[T] = []

        def judge(answer: Answer) -> None:
            _warn(ask, answer)
            errors.judge(answer)
            result.append(read(answer))

        header = self._auth.header(ask.method, self._http.url(ask.path, ask.params))
        self._pace.take()
        try:
            self._http.send(
                ask.method,
                ask.path,
                params=ask.params,
                headers={**HEADERS, **ask.headers, "Authorization": header},
                json=ask.json,
                subject=ask.subject,
                write=ask.write,
                judge=judge,
                slot=self._slots.hold(self._http.timeout_s, first=not ask.write),
            )
        except CredentialsRefused as problem:
            if problem.code == "netsuite_credentials":
                self._auth.refused(header)
            raise
        return result[0]

    def _take_note(self, problem: RemoteProblem) -> bool:
        """Lower the pace if NetSuite is crowded, and say whether it is."""
        if isinstance(problem, Throttled):
            self._throttled_at = self._clock()
            self._pace.slow_down(problem.retry_after_s)
            return True
        crowded = (
            problem.code == "netsuite_credentials"
            and self._throttled_at is not None
            and self._clock() - self._throttled_at <= CROWDED
        )
        if crowded:
            self._pace.slow_down(None)
        return crowded


def _warn(ask: Ask, answer: Answer) -> None:
    for name in WARNINGS:
        if name in answer.headers:
            log.warning("netsuite_warning", path=ask.path, subject=ask.subject, said=redact.text(answer.headers[name]))
