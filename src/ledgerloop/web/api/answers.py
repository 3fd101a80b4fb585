"""How the API answers: problems with our codes, and ETags on what is read."""

import hashlib
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from ledgerloop.operate.acts import ActRefused
from ledgerloop.operate.views import CursorWrong
from ledgerloop.store.errors import DatabaseBusy

CODES: Final = {401: "not_signed_in", 403: "role_too_small", 404: "not_found", 405: "method_not_allowed"}

MISSING: Final = "unknown_subject"
"""The one refusal that says that something is not there."""

log = structlog.get_logger("ledgerloop.web")


class Tagged(APIRoute):
    """A route whose answers to GET carry an ETag; what is as it was is not sent again. Source: RFC 9110, 13.1.2."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        handle = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await handle(request)
            if request.method != "GET" or response.status_code != HTTPStatus.OK:
                return response
            tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
            headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
            given = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
            if tag in given or given == ["*"]:
                return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
            response.headers.update(headers)
            return response

        return tagged


def problem(
    status: int, code: str, detail: str = "", errors: list[Any] | None = None, headers: Any = None
) -> JSONResponse:
    """Say what is wrong. Source: RFC 9457."""
    body: dict[str, Any] = {
        "type": f"urn:ledgerloop:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
    }
    return JSONResponse(body, status, dict(headers or {}), media_type="application/problem+json")


def handle_problems(api: FastAPI) -> None:
    """Answer every refusal as a problem."""

    @api.exception_handler(HTTPException)
    async def refused(_request: Request, error: HTTPException) -> Response:
        detail = error.detail if error.detail != HTTPStatus(error.status_code).phrase else ""
        code = CODES.get(error.status_code, "refused")
        return problem(error.status_code, code, detail, headers=error.headers)

    @api.exception_handler(RequestValidationError)
    async def wrong(_request: Request, error: RequestValidationError) -> Response:
        errors = [
            {"where": ".".join(str(part) for part in one["loc"]), "what": str(one["msg"])} for one in error.errors()
        ]
        unreadable = any(one["type"] == "json_invalid" for one in error.errors())
        return problem(400 if unreadable else 422, "not_allowed", "See errors.", errors)

    @api.exception_handler(CursorWrong)
    async def lost(_request: Request, error: CursorWrong) -> Response:
        return problem(400, "cursor_wrong", str(error))

    @api.exception_handler(ActRefused)
    async def cannot(_request: Request, error: ActRefused) -> Response:
        return problem(404 if error.code == MISSING else 409, error.code, str(error))

    @api.exception_handler(DatabaseBusy)
    async def busy(_request: Request, _error: DatabaseBusy) -> Response:
        return problem(503, "database_busy", "The database is busy; try again.", headers={"Retry-After": "1"})
