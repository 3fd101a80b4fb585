"""`/events`: tells open pages that something changed, so that they read themselves again.

Server-sent events are the one place where this program is asynchronous. One look at the database serves all open pages.
"""

import asyncio
import time
from collections.abc import AsyncIterator

from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ledgerloop.admin.visit import Desk, sorry
from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable
from ledgerloop.store.tables import timeline

LOOK_S = 2.0
"""How often the database is looked at while pages are open, seconds."""

MOST_PAGES = 200
"""Pages that may be open at a time; more of them are up to date only when they are reloaded."""

LASTS_S = 60.0
"""How long one stream lasts, seconds: the browser opens the next one by itself, and the session is asked again."""


class Live:
    """The stream, and the mark of the last change."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._open = 0
        self._looked_at = 0.0
        self._mark = ""
        self._looking = asyncio.Lock()

    async def __call__(self, request: Request) -> Response:
        """Open a stream."""
        if await run_in_threadpool(self._desk.gate.person, request) is None:
            return sorry(401, "You are not signed in.")
        if self._open >= MOST_PAGES:
            return Response(status_code=204)
        return StreamingResponse(self._stream(request), media_type="text/event-stream")

    async def _stream(self, request: Request) -> AsyncIterator[str]:
        self._open += 1
        try:
            ends, mark = time.monotonic() + LASTS_S, await self._look()
            yield "retry: 2000\n\n"
            while time.monotonic() < ends and not await request.is_disconnected():
                await asyncio.sleep(LOOK_S)
                now = await self._look()
                if now != mark:
                    mark = now
                    yield "event: changed\ndata: .\n\n"
                else:
                    yield ": still here\n\n"
        finally:
            self._open -= 1

    async def _look(self) -> str:
        """The mark, at most LOOK_S old."""
        async with self._looking:
            if time.monotonic() - self._looked_at > LOOK_S / 2:
                self._mark = await run_in_threadpool(self._read)
                self._looked_at = time.monotonic()
            return self._mark

    def _read(self) -> str:
        """Whatever happens to a return or an order leaves a line in the timeline."""
        try:
            with self._desk.parts.stores.store.reading() as tx:
                return str(tx.execute(select(func.max(timeline.c.id))).scalar() or 0)
        except (DatabaseBusy, DatabaseUnusable):
            return self._mark
