"""Loop's three views of a return: list row, details, webhook. Types of ids and dates differ as at the remote.

Source: docs.loopreturns.com api-reference/latest/return-data and webhook-reference/topics/return-webhook
(read 2026-11-21).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ledgerloop_sandbox.clock import iso_z
from ledgerloop_sandbox.money import text

from .model import OUTCOME_STEPS, TOTALS, Line, Return

Wrap = Callable[[Any], Any]

AT_A_STORE = {"provider": "loop-pos", "method_type": "in_store", "address": None, "rma_id": None, "qr_code_url": None}
"""How a return shows that it was handed in at a store through Loop's point of sale.

Source: github.com/hotwax, LoopWebhookFilter (read 2026-11-21) for the provider; the other values are assumed."""


def list_row(found: Return) -> dict[str, Any]:
    """Give the row of the detailed returns list: ids as text, dates with `.000Z`; no `refunds`."""
    return {
        **_common(found, str, _list_time),
        **processed_fields(found),
        "type": "pos" if found.is_pos else "standard",
        "outcome": found.outcome,
        "origin_country": "United States",
        "origin_country_code": "US",
        "refund_before_inspection": False,
        "package_reference": str(found.id),
        "destination_id": found.destination_id,
        "line_items": [_line(line, str) for line in found.lines],
    }


def details(found: Return, *, with_processed: bool) -> dict[str, Any]:
    """Give the details object: ids as numbers, naive dates, `refunds` present."""
    exchange = next((row for row in found.exchanges if row.get("exchange_order_id")), None)
    body = {
        **_common(found, _number, _naive),
        "refunds": [dict(row) for row in found.refunds],
        "exchange": bool(found.exchanges),
        "exchange_order_id": exchange["exchange_order_id"] if exchange else None,
        "exchange_order_name": exchange["exchange_order_name"] if exchange else None,
        "line_items": [
            {**_line(line, _number), "line_item_title": line.title, "variant_title": line.variant_title, "image": ""}
            for line in found.lines
        ],
    }
    return {**body, **processed_fields(found)} if with_processed else body


def processed_fields(found: Return) -> dict[str, Any]:
    """Give the three fields that only the list carries (observed)."""
    return {
        "was_processed": found.was_processed,
        "outcomes_processed_at": {step: _php_date(found.processed_at.get(step)) for step in OUTCOME_STEPS},
        "shopify_refund_object": [dict(row) for row in found.refund_objects],
    }


def webhook(found: Return, trigger: str, shop_id: int, *, bare: bool, with_processed: bool) -> dict[str, Any]:
    """Give the body of topic `return`. `bare`: as sent at creation, before the label exists."""
    order = found.order
    body = {
        "topic": "return",
        "trigger": trigger,
        "shop_id": shop_id,
        **_common(found, str, iso_z),
        "order_id": order.loop_order_id,
        "provider_order_id": int(order.provider_order_id),
        "provider_order_number": order.order_number,
        "provider_order_external_id": None,
        "provider_order_sales_channel": order.sales_channel,
        "customer_detail": {
            "email": order.email,
            "first_name": order.first_name,
            "middle_name": None,
            "last_name": order.last_name,
        },
        "address": order.address,
        "is_gift_return": False,
        "refunds": [dict(row) for row in found.refunds],
        "line_items": [_line(line, str) for line in found.lines],
    }
    for name in ("updated_at", "multi_currency", "return_method", "gift_card_order_name", "gift_card_order_id"):
        del body[name]
    if bare:
        body.update(
            labels=[], carrier="N/A", tracking_number="N/A", label_status="pending", label_url="", label_rate=""
        )
    return {**body, **processed_fields(found)} if with_processed else body


def label_webhook(found: Return, trigger: str, shop_id: int) -> dict[str, Any]:
    """Give the body of topic `label`."""
    label = found.labels[0]
    return {
        "topic": "label",
        "trigger": trigger,
        "shop_id": shop_id,
        "return_id": str(found.id),
        "order_id": found.order.loop_order_id,
        "provider_order_id": int(found.order.provider_order_id),
        "carrier": label.carrier,
        "tracking_number": label.tracking_number,
        "status": label.status,
        "updated_at": iso_z(label.updated_at),
    }


def php_json(body: object) -> bytes:
    r"""Encode as PHP does: compact, `/` as `\/`, everything beyond ASCII as `\uXXXX`."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=True).replace("/", "\\/").encode("ascii")


def _common(found: Return, ident: Wrap, when: Callable[[datetime], str]) -> dict[str, Any]:
    order = found.order
    return {
        "id": ident(found.id),
        "state": found.state,
        "created_at": when(found.created_at),
        "updated_at": when(found.updated_at),
        "edited_at": when(found.edited_at) if found.edited_at else None,
        **{name: text(found.totals[name]) for name in TOTALS},
        "order_id": ident(order.loop_order_id),
        "order_name": order.name,
        "provider_order_id": ident(order.provider_order_id),
        "order_number": str(order.number),
        "provider_order_number": ident(order.order_number),
        "customer": order.email,
        "currency": order.currency,
        "multi_currency": False,
        "gift_card_order_name": found.gift_card_order[1] if found.gift_card_order else None,
        "gift_card_order_id": found.gift_card_order[0] if found.gift_card_order else None,
        "exchanges": [
            {**row, **{k: text(row[k]) for k in ("price", "discount", "tax", "total")}} for row in found.exchanges
        ],
        **_labels(found, when),
        "return_method": dict(AT_A_STORE) if found.is_pos else None,
        "status_page_url": f"https://example.loopreturns.com/#/return/{found.id}",
    }


def _labels(found: Return, when: Callable[[datetime], str]) -> dict[str, Any]:
    rows = [
        {
            "status": label.status,
            "updated_at": when(label.updated_at),
            "url": label.url,
            "rate": label.rate,
            "carrier": label.carrier,
            "tracking_number": label.tracking_number,
            "line_items": [str(line.line_item_id) for line in found.lines],
        }
        for label in found.labels
    ]
    first = rows[0] if rows else None
    return {
        "labels": rows,
        "carrier": first["carrier"] if first else "N/A",
        "tracking_number": first["tracking_number"] if first else "N/A",
        "label_status": first["status"] if first else "pending",
        "label_url": first["url"] if first else "",
        "label_rate": first["rate"] if first else "",
        "label_updated_at": first["updated_at"] if first else None,
    }


def _line(line: Line, ident: Wrap) -> dict[str, Any]:
    return {
        "line_item_id": ident(line.line_item_id),
        "provider_line_item_id": ident(line.provider_line_item_id),
        "product_id": ident(line.product_id),
        "variant_id": ident(line.variant_id),
        "sku": line.sku,
        "barcode": line.barcode,
        "title": line.title,
        "price": text(line.price),
        "discount": text(line.discount),
        "tax": text(line.tax),
        "refund": text(line.refund),
        "refund_item": text(line.refund_item),
        "refund_tax": text(line.refund_tax),
        "returned_at": _naive(line.returned_at),
        "exchange_variant": line.exchange_variant,
        "return_reason": line.return_reason,
        "parent_return_reason": line.parent_return_reason,
        "return_comment": line.return_comment,
        "outcome": line.outcome,
        "provider_restock_location_id": line.restock_location_id,
        "consolidation_tracking": None,
        "consolidation_destination_id": None,
        "condition": line.condition,
        "disposition": line.disposition,
    }


def _number(value: object) -> int | None:
    return int(str(value)) if str(value).isdigit() else None


def _naive(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _list_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _php_date(moment: datetime | None) -> dict[str, Any] | None:
    if moment is None:
        return None
    return {"date": moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.000000"), "timezone_type": 3, "timezone": "UTC"}
