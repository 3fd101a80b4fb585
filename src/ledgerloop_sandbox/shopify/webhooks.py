"""Shopify's webhooks: who hears of what, with which body and headers.

Source: shopify.dev docs/apps/build/webhooks/delivery-structure, …/verify-deliveries (read 2026-11-21).
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from . import rest
from .model import Order
from .state import ShopifyState


def body_of(topic: str, about: Any) -> bytes:
    """Give the body of a topic; `about` is an order, a pair of an order and its document, or the body itself."""
    if isinstance(about, bytes):
        return about
    if isinstance(about, dict):
        made = about
    elif isinstance(about, Order):
        made = rest.order_body(about)
    else:
        order, document = about
        family = topic.split("/", 1)[0]
        render: dict[str, Any] = {
            "refunds": rest.refund_body,
            "returns": rest.return_body,
            "order_transactions": rest.transaction_body,
        }
        made = render[family](order, document)
    return json.dumps(made, separators=(",", ":"), ensure_ascii=False).encode()


def enum_of(topic: str) -> str:
    """`orders/create` is ORDERS_CREATE in GraphQL."""
    return topic.replace("/", "_").upper()


def addresses(state: ShopifyState, topic: str) -> list[tuple[str, str | None, int]]:
    """Give address, subscription name and id of everyone who hears of this."""
    wanted = enum_of(topic)
    return [
        (one["uri"], one["name"], one["id"]) for one in list(state.subscriptions.values()) if one["topic"] == wanted
    ]


def headers(state: ShopifyState, topic: str, body: bytes, event_id: str, name: str | None) -> dict[str, str]:
    """Give the headers of one delivery; the webhook id is its own, the event id is shared."""
    moment = state.clock()
    lines = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": state.sign(body),
        "X-Shopify-Shop-Domain": state.settings.domain,
        "X-Shopify-API-Version": state.settings.served_version,
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Event-Id": event_id,
        "X-Shopify-Triggered-At": moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z",
    }
    return {**lines, "X-Shopify-Name": name} if name else lines
