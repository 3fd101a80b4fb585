"""Shopify over HTTP: the token endpoint and GraphQL.

Source: shopify.dev docs/apps/build/authentication-authorization, docs/api/usage/rate-limits (read 2026-11-21).
"""

from __future__ import annotations

import json
import re
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ledgerloop_sandbox.faults import CannedAnswer, RemoteAnswers

from . import bulk, graphql
from .cost import Bucket
from .state import ShopifyState

VERSION = re.compile(r"^(\d{4}-(01|04|07|10)|unstable)$")
"""How versions are named."""

UNAUTHORIZED = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}
"""Body of a call with a bad token."""

THROTTLED = {
    "message": "Throttled",
    "extensions": {"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"},
}
"""The error of a throttled call."""

ANSWERS = RemoteAnswers(
    error=CannedAnswer(
        500,
        {
            "errors": [
                {
                    "message": "Internal error. Looks like something went wrong on our end.",
                    "extensions": {"code": "INTERNAL_SERVER_ERROR"},
                }
            ]
        },
    ),
    too_many=CannedAnswer(
        200,
        {
            "errors": [THROTTLED],
            "extensions": {
                "cost": {
                    "requestedQueryCost": 100,
                    "actualQueryCost": None,
                    "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 50, "restoreRate": 100.0},
                }
            },
        },
    ),
    unauthorized=CannedAnswer(401, UNAUTHORIZED),
)
"""Shopify's wording of forced failures."""

_MUTATION = re.compile(rb'"query"\s*:\s*"(?:[^"\\]|\\.)*?\bmutation\b')


def is_write(_method: str, path: str, body: bytes) -> bool:
    """Tell whether a call is a mutation."""
    return path.endswith("graphql.json") and _MUTATION.search(body) is not None


def create_app(state: ShopifyState, bucket: Bucket) -> Starlette:
    """Build the application."""

    async def token(request: Request) -> Response:
        return _grant(state, _form(request.headers.get("content-type", ""), await request.body()))

    async def query(request: Request) -> Response:
        version = request.path_params["version"]
        if not VERSION.match(version):
            return _reply(404, {"errors": "Not Found"})
        headers = {"X-Shopify-API-Version": _served(state, version)}
        state.address = f"{request.url.scheme}://{request.url.netloc}"
        if not state.knows_token(request.headers.get("x-shopify-access-token")):
            return _reply(401, UNAUTHORIZED, headers)
        try:
            asked = json.loads(await request.body())
            text, variables, name = asked["query"], asked.get("variables") or {}, asked.get("operationName")
        except (ValueError, KeyError, TypeError, AttributeError):
            return _reply(400, {"errors": {"query": "Required parameter missing or invalid"}}, headers)
        return _run(state, bucket, graphql.document(text), name, variables, headers)

    async def bulk_file(request: Request) -> Response:
        found = bulk.file_named(state, request.path_params["secret"])
        return Response(found, media_type="application/jsonl") if found is not None else _reply(404, {})

    return Starlette(
        routes=[
            Route("/bulk/{secret}.jsonl", bulk_file, methods=["GET"]),
            Route("/admin/oauth/access_token", token, methods=["POST"]),
            Route("/admin/api/{version}/graphql.json", query, methods=["POST"]),
        ],
        exception_handlers={404: _not_found},
    )


def _grant(state: ShopifyState, form: dict[str, str]) -> Response:
    if form.get("grant_type") != "client_credentials":
        return _reply(400, {"error": "unsupported_grant_type", "error_description": "grant type not supported"})
    if (form.get("client_id"), form.get("client_secret")) != (state.client_id, state.client_secret):
        return _reply(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
    lifetime_s = state.settings.token_lifetime_s
    made = f"shpat_{secrets.token_hex(16)}"
    state.granted[made] = state.clock() + timedelta(seconds=lifetime_s)
    return _reply(200, {"access_token": made, "scope": ",".join(state.settings.scopes), "expires_in": lifetime_s})


def _form(content_type: str, body: bytes) -> dict[str, str]:
    if "json" in content_type:
        try:
            kept = json.loads(body)
        except ValueError:
            return {}
        return kept if isinstance(kept, dict) else {}
    return {key: values[0] for key, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _run(
    state: ShopifyState,
    bucket: Bucket,
    found: graphql.Document,
    name: str | None,
    variables: dict[str, Any],
    headers: dict[str, str],
) -> Response:
    if found.errors:
        return _reply(200, {"errors": found.errors}, headers)
    rate = state.settings.restore_rate
    wanted = found.cost(name, variables)
    if wanted > state.settings.max_query_cost:
        sentence = (
            f"Query cost is {wanted}, which exceeds the single query max cost limit ({state.settings.max_query_cost})."
        )
        error = {"message": sentence, "extensions": {"code": "MAX_COST_EXCEEDED", "cost": wanted}}
        return _reply(200, {"errors": [error]}, headers)
    if not bucket.take(wanted, rate):
        cost = _cost(bucket, rate, wanted, None)
        status = state.settings.throttled_status
        more = {"Retry-After": "2.0"} if status == 429 else {}
        return _reply(status, {"errors": [THROTTLED], "extensions": {"cost": cost}}, {**headers, **more})
    result = graphql.run(state, found, name, variables)
    actual = min(wanted, found.cost(name, variables, result.data)) if result.data is not None else wanted
    bucket.give_back(wanted - actual, rate)
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [dict(error.formatted) for error in result.errors]
    body["extensions"] = {"cost": _cost(bucket, rate, wanted, actual)}
    return _reply(200, body, headers)


def _cost(bucket: Bucket, rate: float, wanted: int, actual: int | None) -> dict[str, Any]:
    return {
        "requestedQueryCost": wanted,
        "actualQueryCost": actual,
        "throttleStatus": {
            "maximumAvailable": rate * 20,
            "currentlyAvailable": int(bucket.available(rate)),
            "restoreRate": rate,
        },
    }


def _served(state: ShopifyState, asked: str) -> str:
    """Give the version that answers: a retired one falls forward to the oldest served."""
    offered = sorted(state.settings.api_versions)
    return (
        asked if asked in offered or asked == "unstable" else next((one for one in offered if one > asked), offered[-1])
    )


def _reply(status: int, body: Any, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(body), status_code=status, media_type="application/json", headers=headers)


async def _not_found(_request: Request, _error: Exception) -> Response:
    return _reply(404, {"errors": "Not Found"})
