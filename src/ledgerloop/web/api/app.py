"""The API as one application, mounted at /api/v1; who may come in is decided before it."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse

from ledgerloop import __version__
from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.store.users import Role
from ledgerloop.web.api.acts import acts_router
from ledgerloop.web.api.answers import handle_problems
from ledgerloop.web.api.attention import attention_router, groups_router
from ledgerloop.web.api.books import books_router, packs_router
from ledgerloop.web.api.mappings import mapping_acts_router, mappings_router
from ledgerloop.web.api.orders import orders_router
from ledgerloop.web.api.releases import previews_router, suggestions_router
from ledgerloop.web.api.returns import returns_router, writes_router
from ledgerloop.web.api.set_up import audit_router, set_up_acts_router, set_up_router
from ledgerloop.web.api.shapes import Problem
from ledgerloop.web.who import signed_in

PREFIX: Final = "/api/v1"


def create_api(config: Config, parts: Parts, nudge: Callable[[], None] = lambda: None) -> FastAPI:
    """Build the API; `nudge` tells the engine that something is due."""
    api = FastAPI(title="Ledgerloop", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    for router in (
        returns_router(parts),
        writes_router(parts),
        orders_router(parts),
        attention_router(parts),
        mappings_router(parts),
        suggestions_router(parts),
        books_router(parts),
        packs_router(parts),
        set_up_router(config, parts),
        audit_router(parts),
        acts_router(parts, nudge),
        groups_router(parts, nudge),
        mapping_acts_router(parts, nudge),
        previews_router(parts),
        set_up_acts_router(config, parts),
    ):
        api.include_router(router)
    handle_problems(api)
    described = cache(lambda: _described(api))

    @api.get("/openapi.json", include_in_schema=False, dependencies=[Depends(signed_in(Role.VIEWER))])
    def openapi() -> JSONResponse:
        return JSONResponse(described())

    return api


def _described(api: FastAPI) -> dict[str, Any]:
    """The description in OpenAPI 3.1: problems as this API answers them, and how to come in."""
    described = get_openapi(title=api.title, version=api.version, routes=api.routes, servers=[{"url": PREFIX}])
    schemas = described["components"]["schemas"]
    schemas["Problem"] = Problem.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    described["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    described["security"] = [{"token": []}]
    return described
