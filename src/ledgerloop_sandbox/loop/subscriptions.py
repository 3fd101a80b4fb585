"""Loop's webhook subscriptions.

Source: docs.loopreturns.com api-reference/latest/programmatic-webhooks (read 2026-11-21).
"""

from __future__ import annotations

from typing import Any

from .state import LoopState

TOPICS: dict[str, tuple[str, ...]] = {
    "return": ("return.created", "return.updated", "return.closed"),
    "return.processing": ("return.processing.failed",),
    "label": ("label.created", "label.updated"),
    "restock": ("restock.requested",),
    "giftcard": ("giftcard.requested",),
    "label.request": ("label.request.issued", "label.request.cancelled"),
    "happy.returns.shipment": ("shipment.processed",),
}
"""Topics and their triggers."""

TRIGGERS = tuple(trigger for triggers in TOPICS.values() for trigger in triggers)

Answer = tuple[int, Any]


def create(state: LoopState, body: dict[str, Any]) -> Answer:
    """Subscribe; without a status the subscription is inactive (one of two documented defaults, the harder one)."""
    refusal = _refuse(body)
    if refusal is not None:
        return refusal
    made = {"id": state.next_id(), "shop_id": state.shop_id, **_wanted(body), "status": body.get("status", "inactive")}
    state.subscriptions[made["id"]] = made
    return 201, made


def update(state: LoopState, webhook_id: str, body: dict[str, Any]) -> Answer:
    """Change a subscription."""
    found = _find(state, webhook_id)
    if found is None:
        return 404, {"errors": {"code": "NOT_FOUND"}}
    refusal = _refuse(body)
    if refusal is not None:
        return refusal
    found.update(_wanted(body), status=body.get("status", found["status"]))
    return 204, None


def delete(state: LoopState, webhook_id: str) -> Answer:
    """Unsubscribe."""
    found = _find(state, webhook_id)
    if found is None:
        return 404, {"errors": {"code": "NOT_FOUND"}}
    del state.subscriptions[found["id"]]
    return 204, None


def addresses(state: LoopState, topic: str, trigger: str) -> list[str]:
    """Give the addresses that hear of this."""
    return [
        row["url"]
        for row in state.subscriptions.values()
        if row["status"] == "active" and row["topic"] == topic and row["trigger"] == trigger
    ]


def _find(state: LoopState, webhook_id: str) -> dict[str, Any] | None:
    return state.subscriptions.get(int(webhook_id)) if webhook_id.isdigit() else None


def _wanted(body: dict[str, Any]) -> dict[str, Any]:
    return {"topic": body["topic"], "trigger": body["trigger"], "url": body["url"]}


def _refuse(body: dict[str, Any]) -> Answer | None:
    if body.get("topic") not in TOPICS:
        return _invalid("topic", "Must be one of the following values:" + ",".join(TOPICS))
    if body.get("trigger") not in TRIGGERS:
        return _invalid("trigger", "Must be one of the following values:" + ",".join(TRIGGERS))
    if not str(body.get("url", "")).startswith(("http://", "https://")):
        return _invalid("url", "The url format is invalid.")
    if body.get("status", "active") not in ("active", "inactive"):
        return _invalid("status", "Must be one of the following values:active,inactive")
    return None


def _invalid(name: str, sentence: str) -> Answer:
    return 422, {"message": sentence, "errors": {name: [sentence]}}
