"""Loop over HTTP: `/api/{version}/…`, every call with `X-Authorization`.

Source: docs.loopreturns.com api-reference (read 2026-11-21); what is assumed stands in COVERAGE.md.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ledgerloop_sandbox.faults import CannedAnswer, RemoteAnswers

from . import actions, listing, render, rules, subscriptions
from .limits import RateLimit
from .state import LoopState

VERSIONS = ("2026-07", "2026-10", "v1")
"""API versions that exist; `v1` is an old name of 2026-07."""

ANSWERS = RemoteAnswers(
    error=CannedAnswer(500, {"message": "Server Error"}),
    too_many=CannedAnswer(429, {"message": "Too Many Attempts."}, {"Retry-After": "1"}),
    unauthorized=CannedAnswer(401, rules.UNAUTHORIZED),
)
"""Loop's wording of forced failures."""

Handler = Callable[[Request, LoopState], Awaitable[Response]]


def is_write(method: str, _path: str, _body: bytes) -> bool:
    """Tell whether a call changes something in Loop."""
    return method not in ("GET", "HEAD", "OPTIONS")


def reply(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    """Answer in Loop's JSON; 204 goes without a body."""
    content = b"" if status == 204 else render.php_json(body)
    return Response(content, status_code=status, media_type="application/json", headers=headers)


def create_app(state: LoopState, limit: RateLimit) -> Starlette:
    """Build the application."""

    def guarded(scope: str, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            if request.path_params["version"] not in VERSIONS:
                return reply(404, {"message": "Not Found"})
            if request.headers.get("x-authorization") != state.api_key or scope not in state.settings.scopes:
                return reply(401, rules.UNAUTHORIZED)
            left, wait_s = limit.take(state.settings.rate_limit, state.settings.rate_window)
            headers = {"X-RateLimit-Limit": str(state.settings.rate_limit), "X-RateLimit-Remaining": str(left)}
            if wait_s is not None:
                return reply(429, {"message": "Too Many Attempts."}, {**headers, "Retry-After": str(wait_s)})
            answer = await handler(request, state)
            answer.headers.update(headers)
            return answer

        return endpoint

    def route(path: str, method: str, scope: str, handler: Handler) -> Route:
        return Route("/api/{version}" + path, guarded(scope, handler), methods=[method])

    return Starlette(
        routes=[
            route("/warehouse/return/list", "GET", "returns", list_returns),
            route("/warehouse/return/details", "GET", "returns", return_details),
            route("/warehouse/return/{return_id}/notes", "GET", "returns", notes),
            route("/warehouse/return/{return_id}/{action}", "POST", "returns", act),
            route("/destinations", "GET", "destinations:read", destinations),
            route("/destinations/{destination_id}", "GET", "destinations:read", destination),
            route("/webhooks", "GET", "developer_tools", list_webhooks),
            route("/webhooks", "POST", "developer_tools", create_webhook),
            route("/webhooks/{webhook_id}", "PUT", "developer_tools", update_webhook),
            route("/webhooks/{webhook_id}", "DELETE", "developer_tools", delete_webhook),
        ],
        exception_handlers={404: _not_found, 405: _not_allowed},
    )


async def list_returns(request: Request, state: LoopState) -> Response:
    """GET /warehouse/return/list."""
    try:
        wanted = listing.read_request(request.query_params, state)
    except listing.InvalidError as error:
        name, sentence = error.args
        return reply(422, {"message": "The given data was invalid.", "errors": {name: [sentence]}})
    page, following = listing.answer(wanted, state)
    rows = [render.list_row(found) for found in page]
    if not wanted.paginate:
        return reply(200, rows)
    base = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
    url = f"{base}?{following}" if following else None
    return reply(200, {"returns": rows, "nextPageUrl": url, "previousPageUrl": None})


async def return_details(request: Request, state: LoopState) -> Response:
    """GET /warehouse/return/details: by Loop's return id, Shopify's order id or the order's name."""
    query = request.query_params
    asked = [name for name in ("return_id", "order_id", "order_name") if query.get(name)]
    if not asked:
        return reply(
            422,
            {"message": "The given data was invalid.", "errors": {"return_id": ["The return id field is required."]}},
        )
    found = next((one for one in state.returns.values() if _is_meant(one, asked[0], query[asked[0]])), None)
    if found is None:
        return reply(200, rules.UNKNOWN_DETAILS)
    return reply(200, render.details(found, with_processed=state.settings.details_have_processed))


def _is_meant(found: Any, name: str, value: str) -> bool:
    if name == "return_id":
        return str(found.id) == value
    if name == "order_id":
        return bool(found.order.provider_order_id == value)
    return bool(found.order.name == value)


async def notes(request: Request, state: LoopState) -> Response:
    """GET /warehouse/return/{id}/notes; no notes is 422 `false`."""
    try:
        found = state.get(request.path_params["return_id"])
    except KeyError:
        return reply(200, rules.UNKNOWN_RETURN)
    return reply(200, {"notes": found.notes}) if found.notes else reply(422, False)


async def act(request: Request, state: LoopState) -> Response:
    """POST /warehouse/return/{id}/{action}."""
    action = actions.ACTIONS.get(request.path_params["action"])
    if action is None:
        return reply(404, {"message": "Not Found"})
    body = await _json(request)
    try:
        found = state.get(request.path_params["return_id"])
    except KeyError:
        return reply(*actions.unknown(request.path_params["action"]))
    status, answer = action(state, found, request.query_params, body)
    return reply(status, answer)


async def destinations(_request: Request, state: LoopState) -> Response:
    """GET /destinations."""
    return reply(200, {"destinations": state.destinations})


async def destination(request: Request, state: LoopState) -> Response:
    """GET /destinations/{id}."""
    wanted = request.path_params["destination_id"]
    found = next((one for one in state.destinations if str(one["id"]) == wanted), None)
    return reply(200, found) if found else reply(404, {"errors": {"code": "NOT_FOUND"}})


async def list_webhooks(_request: Request, state: LoopState) -> Response:
    """GET /webhooks."""
    return reply(200, {"webhooks": list(state.subscriptions.values())})


async def create_webhook(request: Request, state: LoopState) -> Response:
    """POST /webhooks."""
    return reply(*subscriptions.create(state, await _json(request)))


async def update_webhook(request: Request, state: LoopState) -> Response:
    """PUT /webhooks/{id}."""
    return reply(*subscriptions.update(state, request.path_params["webhook_id"], await _json(request)))


async def delete_webhook(request: Request, state: LoopState) -> Response:
    """DELETE /webhooks/{id}."""
    return reply(*subscriptions.delete(state, request.path_params["webhook_id"]))


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


async def _not_found(_request: Request, _error: Exception) -> Response:
    return reply(404, {"message": "Not Found"})


async def _not_allowed(request: Request, _error: Exception) -> Response:
    return reply(405, {"message": f"The {request.method} method is not supported for this route."})
