"""Answers where there is nothing to give: problem+json that tells nothing of the inside, and headers for browsers."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ledgerloop.web.pages import page, wants_page

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "Cache-Control": "no-store",
}
"""Added to every answer that does not say otherwise itself."""

_RAW = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]


def problem(status: int, detail: str = "", headers: Mapping[str, str] | None = None, code: str = "") -> JSONResponse:
    """Say what is wrong, with a code in the shape of the API's problems. Source: RFC 9457, problem details."""
    body: dict[str, object] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    if code:
        body |= {"type": f"urn:ledgerloop:problem:{code}", "code": code, "errors": []}
    if detail or code:
        body["detail"] = detail
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


def said(
    connection: HTTPConnection,
    status: int,
    detail: str = "",
    headers: Mapping[str, str] | None = None,
    code: str = "",
) -> Response:
    """Say what is wrong: as a page to who wants pages, else as problem+json."""
    if not wants_page(connection):
        return problem(status, detail, headers, code)
    answer = page("refused.html", status, title=HTTPStatus(status).phrase, detail=detail)
    answer.headers.update(headers or {})
    return answer


async def refused(request: Request, error: Exception) -> Response:
    """Answer what the framework refused: an unknown path, a wrong method; or what a page refuses, with its words."""
    if not isinstance(error, HTTPException):
        return said(request, 500)
    detail = "" if error.detail == HTTPStatus(error.status_code).phrase else error.detail
    return said(request, error.status_code, detail, error.headers)


async def failed(request: Request, _error: Exception) -> Response:
    """Answer a fault of ours; what happened stands in the log alone."""
    return said(request, 500, "Something went wrong here; it has been noted.", SECURITY_HEADERS)


class SecurityHeaders:
    """Adds the headers to every answer of an application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, adding headers to the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in _RAW if one[0] not in given)]
            await send(message)

        await self.app(scope, receive, with_headers)
