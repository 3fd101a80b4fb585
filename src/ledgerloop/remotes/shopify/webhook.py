"""Verifies that a webhook comes from Shopify, and says which order it is about.

Source: shopify.dev verify deliveries, webhook topics 2026-07 (read 2026-11-21).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from typing import Final

HEADERS: Final = ("X-Shopify-Hmac-Sha256", "Shopify-Hmac-Sha256")
"""Headers that may carry the signature. Source: shopify.dev events, whose headers drop the prefix (read 2026-11-21)."""

COMPLIANCE_TOPICS: Final = ("customers/data_request", "customers/redact", "shop/redact")
"""Topics about personal data, of no single order. Source: shopify.dev privacy law compliance (read 2026-11-21)."""


def verify(body: bytes, header: str, secrets: Iterable[str]) -> bool:
    """Check base64 of HMAC-SHA256 over the raw body against each secret; an old one may sign for an hour longer."""
    given = header.strip().encode()
    keys = [secret.encode() for secret in secrets if secret]
    return bool(given) and any(hmac.compare_digest(_sign(body, key), given) for key in keys)


def subject(topic: str, body: bytes | object) -> str | None:
    """Find the Shopify order id in a webhook's body; None where the topic or the body names none. Never fails."""
    view = _parsed(body)
    if not isinstance(view, Mapping):
        return None
    family = topic.strip().lower().partition("/")[0]
    if family == "orders":
        return _digits(view.get("id")) or _digits(view.get("admin_graphql_api_id"))
    if family in ("refunds", "order_transactions", "returns"):
        order = view.get("order")
        inner = order if isinstance(order, Mapping) else {}
        places = (view.get("order_id"), inner.get("id"), inner.get("admin_graphql_api_id"))
        return next(filter(None, map(_digits, places)), None)
    return None


def _sign(body: bytes, key: bytes) -> bytes:
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest())


def _parsed(body: bytes | object) -> object:
    if not isinstance(body, bytes):
        return body
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed


def _digits(value: object) -> str | None:
    """Digits of a number, of text or of a global id."""
    text = "" if value is None or isinstance(value, bool) else str(value).rpartition("/")[2]
    return text if text.isdecimal() else None
