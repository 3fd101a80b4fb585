"""How Loop is read in bad weather: again, with growing pauses, for some seconds; never so for an action."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Final, TypeVar

from ledgerloop.clock import Clock
from ledgerloop.outcome import RemoteProblem, Throttled, Unclear, Unreachable
from ledgerloop.tracing import attempt

READ_BUDGET_S: Final = 10.0
"""Seconds that one read may be repeated for, before the caller is told."""

FIRST_PAUSE_S: Final = 0.5
"""Longest pause after the first failure, seconds; doubled each time. Half of it is left to chance."""

_Result = TypeVar("_Result")
_chance = random.SystemRandom()


def read_patiently(
    once: Callable[[], _Result], *, clock: Clock, sleep: Callable[[float], None], budget_s: float
) -> _Result:
    """Read until it works or `budget_s` is used up. A read changes nothing, so what stays unclear is Unreachable."""
    give_up_at = clock() + timedelta(seconds=budget_s)
    pause_s, waited_s, number = FIRST_PAUSE_S, 0.0, 0
    while True:
        number += 1
        try:
            with attempt(number):
                return once()
        except (Unreachable, Unclear) as problem:
            asked_s = problem.retry_after_s if isinstance(problem, Throttled) else None
            wait_s = asked_s if asked_s is not None else pause_s * (0.5 + _chance.random() / 2)
            waited_s += wait_s
            if waited_s >= budget_s or clock() + timedelta(seconds=wait_s) >= give_up_at:
                raise harmless(problem) from problem
        sleep(wait_s)
        pause_s *= 2


def harmless(problem: RemoteProblem) -> RemoteProblem:
    """State a failed read for what it is: nothing was executed, whatever became of the answer."""
    if not isinstance(problem, Unclear):
        return problem
    return Unreachable(problem.remote, problem.code, problem.message, status=problem.status, detail=problem.detail)
