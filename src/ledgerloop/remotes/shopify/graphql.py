"""Sends GraphQL operations to Shopify: token, version, points, repeats.

Source: shopify.dev Admin GraphQL API 2026-10 (read 2026-11-21).
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import structlog

from ledgerloop.clock import Clock
from ledgerloop.outcome import CredentialsRefused, Refused, RemoteProblem, Throttled, Unclear, Unreachable
from ledgerloop.remotes.http import Answer, Http
from ledgerloop.remotes.ports import Pace
from ledgerloop.remotes.shopify.answers import personal_refused, take_data
from ledgerloop.remotes.shopify.auth import TokenProvider
from ledgerloop.remotes.shopify.cost import Bucket
from ledgerloop.remotes.shopify.documents import Document, document
from ledgerloop.remotes.shopify.errors import REMOTE, harmless
from ledgerloop.tracing import attempt

BUDGET_S: Final = 20.0
"""Seconds that one operation may wait and be repeated for, before the caller is told."""

FIRST_PAUSE_S: Final = 0.5
"""Longest pause after a first failure that names no time, seconds; doubled each time. Half of it is left to chance."""

log = structlog.get_logger("ledgerloop.remotes")
_chance = random.SystemRandom()


class GraphQL:
    """One store's Admin API through one app. For many threads."""

    def __init__(
        self,
        http: Http,
        tokens: TokenProvider,
        api_version: str,
        clock: Clock,
        *,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
        budget_s: float = BUDGET_S,
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._api_version = api_version
        self._clock = clock
        self._pace = pace
        self._sleep = sleep
        self._budget_s = budget_s
        self._bucket = Bucket(clock)
        self.served_version = api_version
        """The version that answered last; another than was asked for once Shopify has retired that one."""
        self.personal_refused: frozenset[str] = frozenset()
        """Personal fields of orders that Shopify refused so far."""

    def charged(self, operation: str) -> float:
        """Points that Shopify asked for an operation when it was executed last; 0 where it never was."""
        return self._bucket.charged(operation)

    def execute(
        self,
        operation: str,
        variables: Mapping[str, Any] | None = None,
        *,
        optional: Sequence[str] = (),
        subject: str = "",
    ) -> dict[str, Any]:
        """Execute one operation of `queries.graphql` and give its `data`.

        What surely did nothing is repeated within the budget. A mutation whose answer was lost is not: Unclear.
        """
        asked = document(operation)
        give_up_at = self._clock() + timedelta(seconds=self._budget_s)
        pause_s, waited_s, number = FIRST_PAUSE_S, 0.0, 0
        while True:
            number += 1
            try:
                with attempt(number):
                    return self._attempt(asked, dict(variables or {}), optional, subject)
            except (Unreachable, Unclear) as problem:
                if asked.is_mutation and isinstance(problem, Unclear):
                    raise
                wait_s = _pause(problem, pause_s)
                waited_s += wait_s
                if waited_s >= self._budget_s or self._clock() + timedelta(seconds=wait_s) >= give_up_at:
                    raise harmless(problem) from problem
            self._sleep(wait_s)
            pause_s *= 2

    def _attempt(
        self, asked: Document, variables: dict[str, Any], optional: Sequence[str], subject: str
    ) -> dict[str, Any]:
        """Ask once; once more with a new token where the old one was refused."""
        self._mind_the_bucket(asked.operation)
        token = self._tokens.token()
        try:
            return self._send(asked, variables, optional, subject, token)
        except CredentialsRefused as problem:
            fresh = self._tokens.renew(token) if problem.status == 401 else None
            if fresh is None:
                raise
        return self._send(asked, variables, optional, subject, fresh)

    def _send(
        self, asked: Document, variables: dict[str, Any], optional: Sequence[str], subject: str, token: str
    ) -> dict[str, Any]:
        taken: list[dict[str, Any]] = []

        def judge(answer: Answer) -> None:
            self._mind_the_version(answer)
            self.personal_refused |= personal_refused(answer)
            taken.append(take_data(answer, asked.operation, self._bucket, optional))

        if self._pace is not None:
            self._pace.take()
        try:
            self._http.send(
                "POST",
                f"/admin/api/{self._api_version}/graphql.json",
                headers={"X-Shopify-Access-Token": token},
                json={"query": asked.text, "operationName": asked.operation, "variables": variables},
                subject=subject,
                write=asked.is_mutation,
                judge=judge,
            )
        except Throttled as problem:
            self._slowed_down(asked.operation, problem)
            raise
        return taken[0]

    def _mind_the_bucket(self, operation: str) -> None:
        """Hold back what the bucket could not pay for now."""
        wait_s = self._bucket.wait_s(operation)
        if wait_s > 0:
            problem = Throttled(
                REMOTE, "shopify_throttled", f"{operation} needs points that are restored in {wait_s:.1f} s"
            )
            problem.retry_after_s = wait_s
            raise problem

    def _slowed_down(self, operation: str, problem: Throttled) -> None:
        if self._pace is not None:
            self._pace.slow_down(problem.retry_after_s)
        if self._bucket.too_small_for(operation):
            words = f"{operation} costs more than the bucket holds"
            raise Refused(REMOTE, "shopify_query_too_costly", words, status=problem.status) from problem

    def _mind_the_version(self, answer: Answer) -> None:
        """Shopify serves another version, silently, once the one asked for is retired."""
        served = answer.headers.get("x-shopify-api-version", "")
        if served and served != self.served_version:
            self.served_version = served
            if served != self._api_version:
                log.warning("shopify_other_version", asked=self._api_version, served=served)


def _pause(problem: RemoteProblem, longest_s: float) -> float:
    asked_s = problem.retry_after_s if isinstance(problem, Throttled) else None
    return asked_s if asked_s is not None else longest_s * (0.5 + _chance.random() / 2)
