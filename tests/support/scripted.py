"""A remote that answers by script, with time, pace and evidence that a test can look at."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx2

from ledgerloop.remotes.http import Http
from ledgerloop.remotes.ports import Call

SAMPLES = Path(__file__).parent.parent / "samples"


def sample(name: str) -> Any:
    """A body from tests/samples, as JSON."""
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


def answer(status: int = 200, body: Any = None, *, text: str | None = None, **headers: str) -> httpx2.Response:
    """An answer with a JSON body, or with `text` as it stands; underscores in header names become hyphens."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    content = text if text is not None else json.dumps(body)
    return httpx2.Response(status, headers={"content-type": "application/json", **sent}, text=content)


@dataclass
class FakeTime:
    """A clock that moves only when somebody sleeps."""

    now: datetime = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class CountingPace:
    """Counts what was taken, and keeps what the remote asked for."""

    taken: int = 0
    slowed: list[float | None] = field(default_factory=list)

    def take(self) -> None:
        self.taken += 1

    def slow_down(self, retry_after_s: float | None) -> None:
        self.slowed.append(retry_after_s)


@dataclass
class KeptEvidence:
    """Keeps every call."""

    calls: list[Call] = field(default_factory=list)

    def record(self, call: Call) -> None:
        self.calls.append(call)


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Reply = httpx2.Response | Exception


class Scripted:
    """Gives the scripted replies one after the other, the last one for ever; or asks `respond` for each."""

    def __init__(self, *replies: Reply, respond: Callable[[Asked], Reply] | None = None) -> None:
        self.replies = list(replies)
        self.respond = respond
        self.asked: list[Asked] = []
        self.evidence = KeptEvidence()
        self.time = FakeTime()
        self.pace = CountingPace()

    def http(self, remote: str, base_url: str) -> Http:
        return Http(
            remote,
            "main",
            base_url,
            evidence=self.evidence,
            clock=self.time.clock,
            timeout_s=5,
            transport=httpx2.MockTransport(self._answer),
        )

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        asked = Asked(
            request.method,
            url.path,
            {key: values[-1] for key, values in parse_qs(url.query.decode(), keep_blank_values=True).items()},
            dict(request.headers),
            request.content.decode(),
        )
        self.asked.append(asked)
        reply = self.respond(asked) if self.respond else self._next()
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _next(self) -> Reply:
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            return reply
        return httpx2.Response(reply.status_code, headers=reply.headers, content=reply.content)
