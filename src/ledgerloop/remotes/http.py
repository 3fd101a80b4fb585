"""HTTP as every remote client uses it: one attempt a call, faults translated, evidence kept, one log line.

Nothing here repeats a request. A client that repeats owns the repeating alone.
"""

import logging
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import IO, Any, Self, TypeAlias

import httpx2
import structlog

from ledgerloop import tracing
from ledgerloop.clock import Clock
from ledgerloop.outcome import Refused, RemoteProblem, Unclear, Unreachable
from ledgerloop.remotes import redact
from ledgerloop.remotes.exact import dump_json, load_json
from ledgerloop.remotes.ports import Call, Evidence

CONNECT_TIMEOUT_S = 10.0
"""Longest wait for a connection, seconds; afterwards nothing was sent, so asking again is safe."""

KEEP_ALIVE_S = 4.0
"""Idle connections are dropped after this, seconds: below the 5 s at which common servers drop them, so that a write
does not meet a connection that is just being closed."""

FILE_PAUSE_S = 60.0
"""Longest silence while a file is fetched, seconds."""

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Hosts that may be asked without encryption."""

MOST_CONNECTIONS = 64
"""Connections to one remote; above any concurrency in use, so that the pool itself never holds a request back."""

NEVER_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
    httpx2.LocalProtocolError,
)
"""Faults after which the remote cannot have seen the request."""

Params: TypeAlias = Mapping[str, str | int]

Transport: TypeAlias = httpx2.BaseTransport
"""How requests get to a remote, and answers back."""

log = structlog.get_logger("ledgerloop.remotes")

for _name in ("httpx2", "httpcore2"):
    # They would log whole addresses, queries with personal data included; our own line is redacted.
    logging.getLogger(_name).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Answer:
    """What a remote answered. `headers` has lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    remote: str = ""

    def json(self) -> Any:
        """Read the body; numbers with a fraction become Decimal. Raises Unclear when it is not JSON."""
        try:
            return load_json(self.body)
        except ValueError as problem:
            raise Unclear(
                self.remote, f"{self.remote}_malformed", "the answer is not JSON", status=self.status
            ) from problem

    @property
    def text(self) -> str:
        """The body as text, whatever its bytes."""
        return self.body.decode("utf-8", "replace")


Judge: TypeAlias = Callable[[Answer], None]
"""Raises the problem that an answer stands for; returns when the answer is what was asked for."""


def _by_status(answer: Answer) -> str:
    return "ok" if answer.status < 400 else f"http_{answer.status}"


@cache
def _trusted() -> ssl.SSLContext:
    """The certificates that are trusted, read once: that takes longer than many a request."""
    return httpx2.create_ssl_context()


class Http:
    """A remote's address with a pool of connections; for many threads. It keeps no cookies and follows no redirects."""

    def __init__(
        self,
        remote: str,
        shop_id: str,
        base_url: str,
        *,
        evidence: Evidence,
        clock: Clock,
        timeout_s: float,
        verify: bool = True,
        transport: Transport | None = None,
    ) -> None:
        self.remote = remote
        self.shop_id = shop_id
        self.base_url = base_url.rstrip("/")
        self.timeout_s = timeout_s
        self._evidence = evidence
        self.clock = clock
        self._client = httpx2.Client(
            verify=_trusted() if verify and self.base_url.startswith("https:") else False,
            trust_env=False,
            follow_redirects=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"User-Agent": "ledgerloop", "Accept": "application/json"},
            limits=httpx2.Limits(
                max_connections=MOST_CONNECTIONS,
                max_keepalive_connections=MOST_CONNECTIONS,
                keepalive_expiry=KEEP_ALIVE_S,
            ),
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def url(self, path: str, params: Params | None = None) -> str:
        """The address exactly as it will be sent. `path` begins with a slash and is below the base URL."""
        if not path.startswith("/"):
            raise ValueError(f"not a path: {path!r}")
        url = httpx2.URL(self.base_url + path)
        return str(url.copy_merge_params({key: str(value) for key, value in params.items()}) if params else url)

    def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Params | None = None,
        json: Any = None,
        content: str | bytes | None = None,
        timeout_s: float | None = None,
        subject: str = "",
        write: bool = False,
        judge: Judge | None = None,
        slot: AbstractContextManager[None] | None = None,
    ) -> Answer:
        """Send one request and read its answer, whatever its status; a `judge` turns bad answers into problems.

        Raises Unreachable when nothing was sent, Unclear when it may have been. Decimals in `json` are sent as exact
        numbers. A `slot` is held exactly while the remote works.
        """
        body = dump_json(json) if json is not None else content
        sent = dict(headers or {})
        if json is not None:
            sent.setdefault("Content-Type", "application/json")
        record = _Record(self, method, path, params, body, subject, write, self.clock(), time.monotonic())
        with self._span(method, path, json) as span:
            try:
                with slot or nullcontext():
                    record.begin()
                    answer = self._exchange(method, self.url(path, params), sent, body, timeout_s or self.timeout_s)
                record.end(answer)
                span.set(http__response__status_code=answer.status)
                if judge is not None:
                    judge(answer)
            except RemoteProblem as problem:
                record.close(problem.code)
                raise
        record.close(_by_status(answer))
        return answer

    def fetch(self, url: str, file: IO[bytes]) -> None:
        """Write what lies at an address that the remote gave us, piece by piece; no credentials are sent.

        Raises Refused for an address that is not https (or loopback), Unreachable when it does not come whole.
        """
        _check_address(self.remote, url)
        path = httpx2.URL(url).path
        record = _Record(self, "GET", path, None, None, "", False, self.clock(), time.monotonic())
        try:
            timeout = httpx2.Timeout(FILE_PAUSE_S)
            with self._span("GET", "/{file}", None), self._client.stream("GET", url, timeout=timeout) as response:
                if response.status_code != 200:
                    raise Unreachable(
                        self.remote,
                        f"{self.remote}_unreachable",
                        "the file cannot be fetched",
                        status=response.status_code,
                    )
                for chunk in response.iter_bytes():
                    file.write(chunk)
        except RemoteProblem as problem:
            record.close(problem.code)
            raise
        except httpx2.RequestError as problem:
            record.close(f"{self.remote}_unreachable")
            words = f"the file broke off ({_cause(problem)})"
            raise Unreachable(self.remote, f"{self.remote}_unreachable", words) from problem
        record.close("ok")

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: str | bytes | None, timeout_s: float
    ) -> Answer:
        brief_s = min(CONNECT_TIMEOUT_S, timeout_s)
        timeout = httpx2.Timeout(timeout_s, connect=brief_s, pool=brief_s)
        ends_at = time.monotonic() + timeout_s
        try:
            with self._client.stream(method, url, headers=dict(headers), content=body, timeout=timeout) as response:
                received = bytearray()
                for chunk in response.iter_bytes():
                    received += chunk
                    if time.monotonic() > ends_at:
                        raise httpx2.ReadTimeout("the answer took too long")
                return Answer(response.status_code, dict(response.headers), bytes(received), self.remote)
        except NEVER_SENT as problem:
            raise Unreachable(
                self.remote, f"{self.remote}_unreachable", f"cannot be reached ({_cause(problem)})"
            ) from problem
        except httpx2.RequestError as problem:
            raise Unclear(
                self.remote, f"{self.remote}_unclear", f"the answer was lost ({_cause(problem)})"
            ) from problem

    def _span(self, method: str, path: str, json: Any) -> AbstractContextManager[tracing.Span]:
        """A span of one request; one of GraphQL is named by its operation too, for its path is always the same."""
        if not tracing.is_on():
            return nullcontext(tracing.OFF)
        named = json.get("operationName") if isinstance(json, Mapping) else None
        return tracing.span(
            f"{self.remote} {method}",
            ledgerloop__shop=self.shop_id,
            ledgerloop__remote=self.remote,
            ledgerloop__attempt=tracing.attempts(),
            http__request__method=method,
            url__template=tracing.route(path),
            **({"graphql__operation__name": named} if named else {}),
        )

    def keep(self, call: Call) -> None:
        """Record a finished call and write its log line."""
        self._evidence.record(call)
        log.info(
            "remote_call",
            remote=call.remote,
            shop=call.shop_id,
            method=call.method,
            path=call.path,
            status=call.status,
            took_ms=call.took_ms,
            outcome=call.outcome,
            subject=call.subject,
            write=call.write,
        )


def _check_address(remote: str, url: str) -> None:
    """Plain http is for simulators alone; whoever gives another address gives a wrong one."""
    address = httpx2.URL(url)
    if address.scheme != "https" and not (address.scheme == "http" and address.host in LOOPBACK):
        raise Refused(remote, f"{remote}_wrong_address", f"a file at an address that is not secure: {address.host}")


def _cause(problem: Exception) -> str:
    text = str(problem)
    return f"{type(problem).__name__}: {text}" if text else type(problem).__name__


@dataclass
class _Record:
    """Evidence of a call while it is under way. `path` and `body` are as sent; they are redacted when it is closed."""

    http: Http
    method: str
    path: str
    params: Params | None
    body: str | bytes | None
    subject: str
    write: bool
    started_at: datetime
    started_s: float
    ended_s: float | None = None
    answer: Answer | None = None

    def begin(self) -> None:
        self.started_at, self.started_s = self.http.clock(), time.monotonic()

    def end(self, answer: Answer) -> None:
        self.answer, self.ended_s = answer, time.monotonic()

    def close(self, outcome: str) -> None:
        answer = self.answer
        self.http.keep(
            Call(
                shop_id=self.http.shop_id,
                remote=self.http.remote,
                started_at=self.started_at,
                took_ms=round(((self.ended_s or time.monotonic()) - self.started_s) * 1000),
                method=self.method,
                path=redact.path(self.path, self.params),
                status=answer.status if answer else None,
                outcome=outcome,
                subject=self.subject,
                request=redact.body(self.body),
                answer=redact.body(answer.body) if answer else "",
                write=self.write,
            )
        )
