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
from ledgerloop.operate.mapping_acts import MappingRefused
from ledgerloop.operate.views import CursorWrong
from ledgerloop.store.errors import DatabaseBusy

CODES: Final = {
    "not_signed_in": 401,
    "role_too_small": 403,
    "not_found": 404,
    "method_not_allowed": 405,
}
"""What the framework refuses, by our codes."""

STATUSES: Final = {"unknown_subject": 404, "changed_meanwhile": 412}
"""Refused acts that are answered otherwise than with 409."""

ANY_VERSION: Final = "*"

log = structlog.get_logger("ledgerloop.web")


class Tagged(APIRoute):
    """A route whose answers to GET carry an ETag; what is as it was is not sent again. Source: RFC 9110, 13.1.2.

    An ETag that the route sets itself is the version of what it shows, and becomes the beginning of the tag.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route."""
        handle = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await handle(request)
            if request.method != "GET" or response.status_code != HTTPStatus.OK:
                return response
            version = response.headers.get("etag", "").strip('"')
            tag = f'"{version}{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
            headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
            given = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
            if tag in given or given == ["*"]:
                return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
            response.headers.update(headers)
            return response

        return tagged


def seen_version(if_match: str) -> int | None:
    """The version that an ETag of ours names; None where any will do. One that is not ours fits no version.

    Source: RFC 9110, 13.1.1.
    """
    if if_match.strip() in ("", ANY_VERSION):
        return None
    version = if_match.strip().removeprefix('"').partition("-")[0]
    return int(version) if version.isdecimal() and len(version) < 16 else -1


def refusal(
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
        code = next((code for code, status in CODES.items() if status == error.status_code), "not_allowed")
        return refusal(error.status_code, code, detail, headers=error.headers)

    @api.exception_handler(RequestValidationError)
    async def wrong(_request: Request, error: RequestValidationError) -> Response:
        errors = [
            {"where": ".".join(str(part) for part in one["loc"]), "what": str(one["msg"])} for one in error.errors()
        ]
        unreadable = any(one["type"] == "json_invalid" for one in error.errors())
        return refusal(400 if unreadable else 422, "not_allowed", "See errors.", errors)

    @api.exception_handler(CursorWrong)
    async def lost(_request: Request, error: CursorWrong) -> Response:
        return refusal(400, "cursor_wrong", str(error))

    @api.exception_handler(ActRefused)
    async def cannot(_request: Request, error: ActRefused) -> Response:
        return refusal(STATUSES.get(error.code, 409), error.code, str(error))

    @api.exception_handler(MappingRefused)
    async def unfit(_request: Request, error: MappingRefused) -> Response:
        told = [{"where": f"line {one.line}", "what": f"{one.what} {one.remedy}"} for one in error.done.problems]
        return refusal(422, error.done.problems[0].code, str(error), told)

    @api.exception_handler(DatabaseBusy)
    async def busy(_request: Request, _error: DatabaseBusy) -> Response:
        return refusal(503, "database_busy", "The database is busy; try again.", headers={"Retry-After": "1"})
