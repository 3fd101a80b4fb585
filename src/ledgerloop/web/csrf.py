"""Unsafe requests that come with a cookie must prove that one of our own pages sent them.

Each session has a token, computed from its secret; a form brings it in its field `csrf`, a script in X-CSRF-Token. What
a browser says about where a request comes from is believed as far as it speaks against it.
"""

import hashlib
import hmac
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.types import Message, Receive, Scope

from ledgerloop.web.webhooks import read_body

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing. Source: RFC 9110, section 9.2.1."""

FORM_BYTES: Final = 10_000_000
"""Largest body that comes with a cookie, bytes: the largest is a file of mappings."""

FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def token_of(secret: str) -> str:
    """Make the token of a session; the session's secret cannot be computed from it."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


def is_from_elsewhere(connection: HTTPConnection) -> bool:
    """Tell whether the browser says that another site's page sent this. Source: W3C Fetch Metadata; RFC 6454."""
    if connection.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = connection.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != connection.headers.get("host", "").lower()


async def has_token(scope: Scope, body: bytes, token: str) -> bool:
    """Tell whether a request with this body brings the token."""
    request = Request(scope, replay(body))
    given = request.headers.get("x-csrf-token", "")
    if not given and request.headers.get("content-type", "").partition(";")[0].strip().lower() in FORMS:
        async with request.form(max_files=20, max_fields=5000) as form:
            field = form.get("csrf", "")
            given = field if isinstance(field, str) else ""
    return hmac.compare_digest(given.encode(), token.encode())


async def whole_body(scope: Scope, receive: Receive) -> bytes | None:
    """Read a body; None when it is larger than FORM_BYTES."""
    return await read_body(Request(scope, receive), FORM_BYTES)


def replay(body: bytes, receive: Receive | None = None) -> Receive:
    """Give a body that was read to the next reader; afterwards what `receive` gives."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        if messages:
            return messages.pop()
        if receive is None:
            return {"type": "http.disconnect"}
        return await receive()

    return replayed
