"""`POST /webhooks/{shop}/{source}`: reads the body up to its limit, stores it, and only then answers.

Whatever a message says, it is taken: answers in the 400s are for a bad signature, a body too large, an unknown shop.
Source: interface section 2.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from prometheus_client import Counter
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from ledgerloop.clock import Clock
from ledgerloop.intake.clerk import Clerk
from ledgerloop.intake.webhooks import LIMITS, Answer, Door, Knock
from ledgerloop.store.inbox import Inbox
from ledgerloop.web.problems import problem

STORING_S: Final = 1.4
"""How long a message may wait to be stored, seconds: the answer must be given within two."""

READING_S: Final = 20.0
"""How long a body may take to arrive, seconds: Loop and Shopify wait ten at most themselves."""

RETRY_AFTER: Final = {"Retry-After": "5"}

SECRETS: Final = "set its webhook_secrets in the shop's configuration"
"""What opens a door that is shut."""

CLOSE: Final = {"Connection": "close"}
"""What was not read of a body must not be taken for the next request."""

log = structlog.get_logger("ledgerloop.web")


class Webhooks:
    """The endpoint. `on_news` is told after each message that was stored."""

    def __init__(
        self, doors: Mapping[str, Door], inbox: Inbox, clock: Clock, counter: Counter, on_news: Callable[[], None]
    ) -> None:
        self._doors = doors
        self._counter = counter
        self._on_news = on_news
        self._clerk = Clerk(inbox, clock)

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
        answer = Answer.TOO_LARGE
        if body is not None:
            answer = await self._store(Knock(door, source, request.headers, body))
        self._counter.labels(shop_id, source, answer).inc()
        log.info("webhook", shop=shop_id, source=source, answer=answer)
        return self._say(answer, source)

    async def _store(self, knock: Knock) -> Answer:
        """Wait until it is stored, but not too long: one stored after that comes again, and is known."""
        try:
            answer = await asyncio.wait_for(asyncio.wrap_future(self._clerk.take(knock)), STORING_S)
        except TimeoutError:
            answer = Answer.NOT_STORED
        if answer in (Answer.STORED, Answer.AGAIN):
            self._on_news()
        return answer

    def _say(self, answer: Answer, source: str) -> Response:
        match answer:
            case Answer.STORED | Answer.AGAIN:
                return PlainTextResponse("ok\n")
            case Answer.FORGED:
                return problem(401, "The signature does not fit this body and the configured secrets.")
            case Answer.SHUT:
                return problem(
                    401, f"No secret is configured for what {source} sends: {SECRETS}.", code="webhook_secret_missing"
                )
            case Answer.TOO_LARGE:
                return problem(413, f"The body may have {LIMITS[source]} bytes.", CLOSE)
            case Answer.UNKNOWN:
                return problem(404)
            case Answer.NOT_STORED:
                return problem(503, "Not stored; send it again.", RETRY_AFTER)

    def close(self) -> None:
        """End; what is being stored is finished."""
        self._clerk.close()


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
