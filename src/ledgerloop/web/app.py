"""The web application: webhooks, health and metrics, signing in; everything else is for who is signed in."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import Receive, Scope, Send

from ledgerloop.admin.app import pages
from ledgerloop.admin.visit import Desk
from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.intake.webhooks import doors_of
from ledgerloop.remotes.oidc import Provider
from ledgerloop.web.api.app import PREFIX, create_api
from ledgerloop.web.cookies import Cookie, session_cookie
from ledgerloop.web.gate import Gate
from ledgerloop.web.guard import Guard
from ledgerloop.web.health import Health, Pulse
from ledgerloop.web.oidc import BACK, OidcSignIn
from ledgerloop.web.problems import SecurityHeaders, failed, refused
from ledgerloop.web.sign_in import SignIn
from ledgerloop.web.webhooks import Webhooks


def create_app(config: Config, parts: Parts, pulse: Pulse) -> Starlette:
    """Build the application; `pulse` is the engine that works in this process."""
    health = Health(config, parts, pulse)
    webhooks = Webhooks(doors_of(config), parts.stores.inbox, parts.clock, health.webhooks, pulse.nudge)

    stores, clock, cookie = parts.stores, parts.clock, session_cookie(config.server.public_url)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        webhooks.close()
        health.close()

    return Starlette(
        routes=[
            Route("/webhooks/{shop}/{source}", webhooks.__call__, methods=["POST"]),
            Route("/healthz", health.healthz),
            Route("/readyz", health.readyz),
            Route("/metrics", health.metrics),
            *_signing_in(config, parts, cookie),
            Mount(PREFIX, _BuiltWhenAsked(lambda: create_api(config, parts, pulse.nudge))),
            *pages(Desk(config, parts, Gate())),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(Guard, stores=stores, clock=clock, cookie=cookie)],
        exception_handlers={HTTPException: refused, Exception: failed},
        lifespan=lifespan,
    )


class _BuiltWhenAsked:
    """An application that is built by its first request: the API's models take longer than all the rest of a start."""

    def __init__(self, build: Callable[[], Starlette]) -> None:
        self._built = cache(build)

    @property
    def routes(self) -> list[BaseRoute]:
        return self._built().routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._built()(scope, receive, send)


def _signing_in(config: Config, parts: Parts, cookie: Cookie) -> list[Route]:
    """How people come in and leave."""
    server, stores, clock = config.server, parts.stores, parts.clock
    provider = server.oidc.label if server.oidc is not None else ""
    sign_in = SignIn(stores, clock, cookie, behind_proxy=server.behind_proxy, provider=provider)
    routes = sign_in.routes()
    if server.oidc is not None:
        asked = Provider(server.oidc, f"{server.public_url}{BACK}", clock)
        routes += OidcSignIn(sign_in, asked, server.oidc, stores, clock).routes()
    return routes
