"""The web application: webhooks, health and metrics, signing in; everything else is for who is signed in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount, Route

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
            Mount(PREFIX, create_api(config, parts, pulse.nudge)),
            *pages(Desk(config, parts, Gate())),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(Guard, stores=stores, clock=clock, cookie=cookie)],
        exception_handlers={HTTPException: refused, Exception: failed},
        lifespan=lifespan,
    )


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
