"""The account over HTTP: token endpoint, concurrency limit, log-in, then the services."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import services
from .auth import LOGIN_FAILED, LoginError, TokenError, error_id
from .calls import Answer, Call, refusal
from .errors import Refused

if TYPE_CHECKING:
    from .state import Account

TOKEN_PATH = "/services/rest/auth/oauth2/v1/token"  # noqa: S105
"""Source: docs.oracle.com section_162755359851 (read 2026-11-21)."""

METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE"]
"""Methods the services know."""

OVER_LIMIT = Refused("CONCURRENCY_LIMIT_EXCEEDED", "Concurrent request limit exceeded. Request blocked.", status=429)
"""Source: docs.oracle.com section_156570709583 (read 2026-11-21)."""

OVER_LIMIT_RESTLET = {
    "error": {"code": "SSS_REQUEST_LIMIT_EXCEEDED", "message": "Request Limit Exceeded (concurrency)."}
}
"""How a RESTlet says it, with status 400. Source: docs.oracle.com bridgehead_1525252812 (read 2026-11-21)."""


def create_app(account: Account, *, latency_s: Callable[[], float] | None = None) -> Starlette:
    """Build the ASGI application. `latency_s` (seconds per call) is waited while the request counts as running."""

    async def endpoint(request: Request) -> Response:
        call = await _read(request)
        if call.path == TOKEN_PATH:
            return _token(account, call)
        traffic, settings = account.traffic, account.settings
        if traffic.in_flight >= settings.concurrency_limit:
            traffic.blocked += 1
            return _over_limit(account)
        traffic.in_flight += 1
        traffic.requests += 1
        traffic.peak = max(traffic.peak, traffic.in_flight)
        try:
            wait = latency_s() if latency_s is not None else 0.0
            if wait > 0:
                await asyncio.sleep(wait)
            return _render(_serve(account, call))
        finally:
            traffic.in_flight -= 1

    async def failed(_request: Request, _error: Exception) -> Response:
        return _render(unexpected())

    routes = [Route("/{path:path}", endpoint, methods=METHODS)]
    return Starlette(routes=routes, exception_handlers={Exception: failed})


async def _read(request: Request) -> Call:
    headers = {name.lower(): value for name, value in request.headers.items()}
    base = f"{request.url.scheme}://{headers.get('host', request.url.netloc)}"
    return Call(request.method, request.url.path, request.url.query, base, headers, await request.body())


def _serve(account: Account, call: Call) -> Answer:
    """Log in and carry out; what is refused is refused before anything changed."""
    with account.lock:
        try:
            account.auth.check(call.method, call.url, call.headers.get("authorization", ""))
            return services.serve(account, call)
        except LoginError as error:
            code = "INVALID_LOGIN" if error.status == 401 else "INVALID_REQUEST"
            answer = refusal(Refused(code, LOGIN_FAILED, status=error.status))
            return Answer(answer.status, answer.body, {"WWW-Authenticate": error.header}, answer.media)
        except Refused as error:
            return refusal(error)


def unexpected() -> Answer:
    """The 500 of the services. Source: docs.oracle.com section_156570709583 (read 2026-11-21)."""
    detail = f"An unexpected error occurred. Error ID: {error_id()}"
    return refusal(Refused("UNEXPECTED_ERROR", detail, status=500))


def _over_limit(account: Account) -> Response:
    if account.settings.overload_style == "restlet":
        return JSONResponse(OVER_LIMIT_RESTLET, 400)
    return _render(refusal(OVER_LIMIT))


def _token(account: Account, call: Call) -> Response:
    if call.method != "POST":
        return JSONResponse({"error": "invalid_request"}, 405)
    form = dict(parse_qsl(call.body.decode("utf-8", "replace")))
    try:
        with account.lock:
            return JSONResponse(account.auth.issue(form, f"{call.base}{TOKEN_PATH}"))
    except TokenError as error:
        return JSONResponse({"error": error.error}, 400)


def _render(answer: Answer) -> Response:
    if answer.body is None:
        return Response(status_code=answer.status, headers=dict(answer.headers))
    raw = json.dumps(answer.body, separators=(",", ":")).encode()
    return Response(raw, answer.status, headers=dict(answer.headers), media_type=answer.media)
