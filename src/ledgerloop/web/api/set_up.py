"""Set-up: the configuration in force, what the doctor finds, the webhooks; and the audit chain."""

from typing import Any

from fastapi import APIRouter

from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import office_acts, views
from ledgerloop.operate.alerts import overview
from ledgerloop.operate.doctor.examine import examine
from ledgerloop.operate.doctor.findings import Finding
from ledgerloop.operate.subscriptions import can_be_called, rows
from ledgerloop.operate.views import in_force
from ledgerloop.operate.views.paging import Page
from ledgerloop.store.audit import Deed, Verdict
from ledgerloop.web.api.shapes import Cursor, Done, FailedWebhook, Limit, Text, WebhookRow, Webhooks
from ledgerloop.web.api.ways import ACT, LIST, PLAIN, Admin, reading


def set_up_router(config: Config, parts: Parts) -> APIRouter:
    """What runs here."""
    router = reading("set-up")

    @router.get("/set-up", responses=PLAIN)
    def set_up() -> in_force.SetUp:
        """The configuration as it is in force, with secrets hidden, and versions."""
        return in_force.set_up(config, parts)

    @router.get("/set-up/doctor", responses=PLAIN)
    def doctor() -> list[Finding]:
        """What the doctor finds now; the remotes are asked, which takes some seconds."""
        return examine(config, parts)

    @router.get("/set-up/alerts", responses=PLAIN)
    def alerts() -> overview.AlertsShown:
        """Rules and channels of the alerts, what stands, and the messages made last."""
        return overview.alerts(config, parts)

    @router.get("/set-up/webhooks", responses=PLAIN)
    def webhooks() -> Webhooks:
        """The subscriptions that are there or missing, as the remotes show them now."""
        url = config.server.public_url
        listed = [rows(parts, shop, url) for shop in parts.shops.values()]
        return Webhooks(
            public_url=url,
            can_be_called=can_be_called(url),
            rows=[WebhookRow(**one.as_dict()) for found, _ in listed for one in found],
            failed=[FailedWebhook(**one.as_dict()) for _, failed in listed for one in failed],
        )

    return router


def set_up_acts_router(config: Config, parts: Parts) -> APIRouter:
    """Beginning and ending webhooks; admins only."""
    router = APIRouter(tags=["set-up"])

    @router.post("/set-up/webhooks/subscribe", responses=ACT, response_model=Done)
    def subscribe(doing: Admin) -> Any:
        """Make the subscriptions that are missing."""
        return office_acts.subscribe(parts, doing, config)

    @router.post("/set-up/webhooks/unsubscribe", responses=ACT, response_model=Done)
    def unsubscribe(doing: Admin) -> Any:
        """End the subscriptions that were made here."""
        return office_acts.unsubscribe(parts, doing)

    return router


def audit_router(parts: Parts) -> APIRouter:
    """Who did what."""
    router = reading("audit")

    @router.get("/audit", responses=LIST)
    def audit(who: Text = "", about: Text = "", cursor: Cursor = "", limit: Limit = 50) -> Page[Deed]:
        """Who did what, newest first; `who` and `about` as the rows name them."""
        return views.deeds(parts, who, about, cursor, limit)

    @router.get("/audit/verify", responses=PLAIN)
    def verify() -> Verdict:
        """Whether the chain is whole."""
        return parts.stores.audit.verify()

    return router
