"""`POST /webhooks/{shop}/{source}`: reads the body up to its limit, stores it, and only then answers.

Whatever a message says, it is taken: answers in the 400s are for a bad signature, a body too large, an unknown shop.
Source: interface section 2.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import structlog
from prometheus_client import Counter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from ledgerloop.clock import Clock
from ledgerloop.intake.webhooks import LIMITS, Answer, Door, take
from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable
from ledgerloop.store.inbox import Inbox
from ledgerloop.web.problems import problem

STORING_S: Final = 1.4
"""How long a message may wait to be stored, seconds: the answer must be given within two."""

READING_S: Final = 20.0
"""How long a body may take to arrive, seconds: Loop and Shopify wait ten at most themselves."""

RETRY_AFTER: Final = {"Retry-After": "5"}

CLOSE: Final = {"Connection": "close"}
"""What was not read of a body must not be taken for the next request."""

THREADS: Final = 2
"""Threads that store: the database has one writer at a time anyway."""

log = structlog.get_logger("ledgerloop.web")


class Webhooks:
    """The endpoint. `on_news` is told after each message that was stored."""

    def __init__(
        self, doors: Mapping[str, Door], inbox: Inbox, clock: Clock, counter: Counter, on_news: Callable[[], None]
    ) -> None:
        self._doors = doors
        self._inbox = inbox
        self._clock = clock
        self._counter = counter
        self._on_news = on_news
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="intake")

    async def __call__(self, request: Request) -> Response:
        """Take a message in."""
        shop_id, source = request.path_params["shop"], request.path_params["source"]
        door = self._doors.get(shop_id)
        if door is None or source not in LIMITS:
            return problem(404, headers=CLOSE)
        try:
            async with asyncio.timeout(READING_S):
                body = await read_body(request, LIMITS[source])
        except TimeoutError:
            return problem(408, "The body did not arrive in time.", CLOSE)
        except ClientDisconnect:
            return problem(400, headers=CLOSE)
        answer = Answer.TOO_LARGE if body is None else await self._store(door, source, request.headers, body)
        self._counter.labels(shop_id, source, answer or "not_stored").inc()
        log.info("webhook", shop=shop_id, source=source, answer=answer or "not_stored")
        return self._say(answer, source)

    async def _store(self, door: Door, source: str, headers: Mapping[str, str], body: bytes) -> Answer | None:
        """Store in a thread; None when it was not stored in time. One stored too late comes again, and is known."""
        storing = asyncio.get_running_loop().run_in_executor(
            self._pool, take, door, self._inbox, self._clock, source, headers, body
        )
        try:
            answer = await asyncio.wait_for(storing, STORING_S)
        except (TimeoutError, DatabaseBusy):
            log.warning("webhook_not_stored", shop=door.shop_id, source=source, problem="the database is busy")
            return None
        except DatabaseUnusable as error:
            log.warning("webhook_not_stored", shop=door.shop_id, source=source, problem=error.message)
            return None
        if answer in (Answer.STORED, Answer.AGAIN):
            self._on_news()
        return answer

    def _say(self, answer: Answer | None, source: str) -> Response:
        match answer:
            case Answer.STORED | Answer.AGAIN:
                return PlainTextResponse("ok\n")
            case Answer.FORGED:
                return problem(401, "The signature does not fit this body and the configured secrets.")
            case Answer.TOO_LARGE:
                return problem(413, f"The body may have {LIMITS[source]} bytes.", CLOSE)
            case Answer.UNKNOWN:
                return problem(404)
        return problem(503, "Not stored; send it again.", RETRY_AFTER)

    def close(self) -> None:
        """End; what is being stored is finished."""
        self._pool.shutdown(wait=True, cancel_futures=True)


async def read_body(request: Request, limit: int) -> bytes | None:
    """Read the body; None as soon as it is known to exceed `limit` bytes, whatever its Content-Length says."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        return None
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
    return b"".join(parts)
