"""The web application: webhooks, health and metrics; everything else is not found."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.intake.webhooks import doors_of
from ledgerloop.web.health import Health, Pulse
from ledgerloop.web.problems import SecurityHeaders, failed, refused
from ledgerloop.web.webhooks import Webhooks


def create_app(config: Config, parts: Parts, pulse: Pulse) -> Starlette:
    """Build the application; `pulse` is the engine that works in this process."""
    health = Health(config, parts, pulse)
    webhooks = Webhooks(doors_of(config), parts.stores.inbox, parts.clock, health.webhooks, pulse.nudge)

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
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: refused, Exception: failed},
        lifespan=lifespan,
    )
