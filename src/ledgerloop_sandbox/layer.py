"""The ASGI layer around every simulated remote: counts, logs, delays and spoils requests."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from .faults import CannedAnswer, Faults, LogEntry, Rule

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

TRANSPORT = "ledgerloop_sandbox.transport"
"""Key of the connection's transport in `scope["extensions"]`; set by protocol.py."""

_OPERATION = re.compile(rb'"query"\s*:\s*"[^"]*?\b(?:query|mutation)\s+(\w+)|"operationName"\s*:\s*"(\w+)"')
_BEFORE = ("reset", "error_500", "too_many", "unauthorized")


class FaultLayer:
    """Wraps one remote's application. With `own_latency` false the application itself waits `faults.latency_s`."""

    def __init__(self, app: App, faults: Faults, *, own_latency: bool = True) -> None:
        self.app = app
        self.faults = faults
        self.own_latency = own_latency

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = await _read_body(receive)
        entry = self._open(scope, body)
        self.faults.in_flight += 1
        self.faults.peak = max(self.faults.peak, self.faults.in_flight)
        try:
            await self._serve(scope, body, send, entry)
        finally:
            self.faults.in_flight -= 1
            entry.ended = _now()

    def _open(self, scope: Scope, body: bytes) -> LogEntry:
        method, path = scope["method"], scope["path"]
        found = _OPERATION.search(body) if path.endswith("graphql.json") else None
        operation = (found.group(1) or found.group(2)).decode() if found else ""
        entry = LogEntry(
            method=method,
            path=path,
            query=scope["query_string"].decode("latin-1"),
            operation=operation,
            write=self.faults.is_write(method, path, body),
            started=_now(),
        )
        self.faults.log.append(entry)
        return entry

    async def _serve(self, scope: Scope, body: bytes, send: Send, entry: LogEntry) -> None:
        line = f"{entry.method} {entry.path}" + (f"?{entry.query}" if entry.query else "")
        rule = self.faults.take(f"{line} {entry.operation}".rstrip())
        if rule is None:
            await self._execute(scope, body, _noting(send, entry))
            return
        entry.fault = rule.name
        if rule.name == "hold_request":
            await self.faults.hold(rule.delay_s)
        elif rule.name == "slow":
            await asyncio.sleep(rule.delay_s if rule.delay_s is not None else 1.0)
        if rule.name in ("hold_request", "slow"):
            await self._execute(scope, body, _noting(send, entry))
        elif rule.name in _BEFORE:
            await self._instead(rule, scope, send, entry)
        else:
            await self._afterwards(rule, scope, body, send, entry)

    async def _execute(self, scope: Scope, body: bytes, send: Send) -> None:
        if self.own_latency and self.faults.latency_s > 0:
            await asyncio.sleep(self.faults.latency_s)
        await self.app(scope, _replay(body), send)

    async def _instead(self, rule: Rule, scope: Scope, send: Send, entry: LogEntry) -> None:
        if rule.name == "reset":
            await _cut(scope, abruptly=True)
            return
        answers = self.faults.answers
        canned = {"error_500": answers.error, "too_many": answers.too_many}.get(rule.name, answers.unauthorized)
        await _answer(_noting(send, entry), _override(canned, rule))

    async def _afterwards(self, rule: Rule, scope: Scope, body: bytes, send: Send, entry: LogEntry) -> None:
        kept: list[Message] = []

        async def keep(message: Message) -> None:
            kept.append(message)

        await self._execute(scope, body, keep)
        noting = _noting(send, entry)
        if rule.name == "lost_answer":
            await _cut(scope, abruptly=False)
        elif rule.name == "error_500_after":
            await _answer(noting, _override(self.faults.answers.error, rule))
        elif rule.name == "malformed":
            status = next((m["status"] for m in kept if m["type"] == "http.response.start"), 200)
            garbage = rule.body if isinstance(rule.body, str) else '{"items": [ <html>'
            await _answer_raw(noting, 200 if status == 204 else status, garbage.encode(), {})
        else:
            await self.faults.hold(rule.delay_s)
            for message in kept:
                await noting(message)


def _override(canned: CannedAnswer, rule: Rule) -> CannedAnswer:
    status = rule.status if rule.status is not None else canned.status
    return CannedAnswer(status, rule.body if rule.body is not None else canned.body, canned.headers)


async def _answer(send: Send, canned: CannedAnswer) -> None:
    raw = canned.body.encode() if isinstance(canned.body, str) else json.dumps(canned.body).encode()
    await _answer_raw(send, canned.status, raw, canned.headers)


async def _answer_raw(send: Send, status: int, raw: bytes, headers: dict[str, str]) -> None:
    lines = [(b"content-type", b"application/json"), (b"content-length", str(len(raw)).encode())]
    lines += [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": lines})
    await send({"type": "http.response.body", "body": raw})


async def _cut(scope: Scope, *, abruptly: bool) -> None:
    """Break the connection so that the caller gets not one byte of an answer."""
    transport = scope.get("extensions", {}).get(TRANSPORT)
    if transport is None:
        raise ConnectionAbortedError("connection cut by a fault")
    sock = transport.get_extra_info("socket")
    if abruptly and sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    for _ in range(3):
        await asyncio.sleep(0)


def _noting(send: Send, entry: LogEntry) -> Send:
    async def noting(message: Message) -> None:
        if message["type"] == "http.response.start":
            entry.status = message["status"]
        await send(message)

    return noting


def _replay(body: bytes) -> Receive:
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return parts.pop() if parts else {"type": "http.disconnect"}

    return receive


async def _read_body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        if message["type"] != "http.request":
            break
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    return b"".join(parts)


def _now() -> str:
    return datetime.now(UTC).isoformat()
