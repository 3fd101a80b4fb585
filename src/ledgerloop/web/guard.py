"""Before everything else: nothing is shown, and nothing done, to who is not signed in and has no token.

Open to everybody: webhooks (which are signed), health, readiness and metrics, signing in, and the files that the look
of the pages is made of.
"""

from typing import Final
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ledgerloop.clock import Clock
from ledgerloop.engine.parts import Stores
from ledgerloop.store.users import Person
from ledgerloop.web.cookies import Cookie
from ledgerloop.web.csrf import FORM_BYTES, SAFE, has_token, is_from_elsewhere, replay, token_of, whole_body
from ledgerloop.web.pages import wants_page
from ledgerloop.web.problems import said

OPEN: Final = frozenset({"/healthz", "/readyz", "/metrics", "/sign-in"})
OPEN_BELOW: Final = ("/webhooks/", "/sign-in/", "/static/")
CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="ledgerloop"'}
"""Source: RFC 6750, section 3."""

NOBODY: Final = "not_signed_in"
"""The code of every answer to who is nobody."""

CLOSE: Final = {"Connection": "close"}

UNPROVEN: Final = "This did not come from a page of this session. Go back, reload the page and send it again."


class Guard:
    """Lets requests through with who asks in their state (`person`), and the session's token for forms (`csrf`)."""

    def __init__(self, app: ASGIApp, stores: Stores, clock: Clock, cookie: Cookie) -> None:
        self.app = app
        self._stores = stores
        self._clock = clock
        self._cookie = cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, or answer."""
        if scope["type"] != "http" or is_open(scope["path"]):
            await self.app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        kind, _, text = connection.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            await self._with_token(connection, text.strip(), receive, send)
        else:
            await self._with_session(connection, receive, send)

    async def _with_token(self, connection: HTTPConnection, token: str, receive: Receive, send: Send) -> None:
        person = await run_in_threadpool(self._stores.tokens.find, token, self._clock())
        if person is None:
            refused = said(connection, 401, "This token is unknown, has ended or was revoked.", CHALLENGE, NOBODY)
            await refused(connection.scope, receive, send)
            return
        if connection.scope["method"] not in SAFE:
            unread, receive, _ = await _whole(connection, receive)
            if unread is not None:
                await unread(connection.scope, receive, send)
                return
        await self.app(_of(connection.scope, person, ""), receive, send)

    async def _with_session(self, connection: HTTPConnection, receive: Receive, send: Send) -> None:
        scope, secret = connection.scope, self._cookie.read(connection)
        person = await run_in_threadpool(self._stores.sessions.find, secret, self._clock()) if secret else None
        if person is None:
            await to_sign_in(connection)(scope, receive, send)
            return
        csrf = token_of(secret)
        if scope["method"] not in SAFE:
            refused, receive = await _proven(connection, receive, csrf)
            if refused is not None:
                await refused(scope, receive, send)
                return
        await self.app(_of(scope, person, csrf), receive, send)


def is_open(path: str) -> bool:
    """Tell whether everybody may ask for this."""
    return path in OPEN or path.startswith(OPEN_BELOW)


def to_sign_in(connection: HTTPConnection) -> Response:
    """Answer who is not signed in: a browser is sent to the page where that is done, and back afterwards."""
    if connection.scope["method"] not in ("GET", "HEAD") or not wants_page(connection):
        return said(connection, 401, "You are not signed in.", CHALLENGE, NOBODY)
    url = connection.url
    there = url.path + (f"?{url.query}" if url.query else "")
    return RedirectResponse("/sign-in" if there == "/" else f"/sign-in?{urlencode({'next': there})}", 303)


def _of(scope: Scope, person: Person, csrf: str) -> Scope:
    return {**scope, "state": {**scope.get("state", {}), "person": person, "csrf": csrf}}


async def _proven(connection: HTTPConnection, receive: Receive, csrf: str) -> tuple[Response | None, Receive]:
    """Read the body and look for the token; gives a refusal or None, and how to read the body again."""
    if is_from_elsewhere(connection):
        return said(connection, 403, UNPROVEN, CLOSE, "not_proven"), receive
    refused, again, body = await _whole(connection, receive)
    if refused is None and not await has_token(connection.scope, body, csrf):
        return said(connection, 403, UNPROVEN, code="not_proven"), receive
    return refused, again


async def _whole(connection: HTTPConnection, receive: Receive) -> tuple[Response | None, Receive, bytes]:
    """Read a body that is not too large; gives a refusal or None, how to read it again, and the body."""
    try:
        body = await whole_body(connection.scope, receive)
    except ClientDisconnect:
        return said(connection, 400, headers=CLOSE, code="not_read"), receive, b""
    if body is None:
        refused = said(connection, 413, f"The body may have {FORM_BYTES} bytes.", CLOSE, "too_large")
        return refused, receive, b""
    return None, replay(body, receive), body
