"""Orders, refunds and returns in their REST shape, as webhooks carry them: money with zeros, ids as numbers.

Key set: shopify.dev docs/api/webhooks/latest, samples of version 2026-07 (read 2026-11-21).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ledgerloop_sandbox.clock import iso_z
from ledgerloop_sandbox.money import ZERO, text

from .model import Order
from .rest_documents import fulfilment_body, refund_body, return_body, transaction_body
from .rest_lines import Body, code_bodies, discount_bodies, line_body, money_set, shipping_body, tax_bodies
from .status import financial_status, fulfilment_status
from .views import gid

NULLS = (
    "browser_ip",
    "cart_token",
    "checkout_id",
    "checkout_token",
    "client_details",
    "current_total_additional_fees_set",
    "current_total_duties_set",
    "device_id",
    "landing_site",
    "landing_site_ref",
    "merchant_of_record_app_id",
    "original_total_additional_fees_set",
    "original_total_duties_set",
    "payment_terms",
    "reference",
    "referring_site",
    "user_id",
)
"""Keys that are present and null on every order here."""


def order_body(order: Order) -> Body:
    """Give the body of `orders/…`; it carries no transactions."""
    return {
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        **dict.fromkeys(NULLS),
        "buyer_accepts_marketing": False,
        "cancelled_at": _when(order.cancelled_at),
        "closed_at": _when(order.closed_at),
        "confirmation_number": order.confirmation,
        "confirmed": True,
        "contact_email": order.email or None,
        "created_at": iso_z(order.created_at),
        "currency": order.currency,
        "customer_locale": order.locale,
        "discount_codes": code_bodies(order),
        "duties_included": False,
        "email": order.email,
        "estimated_taxes": False,
        "financial_status": (financial_status(order) or "pending").lower(),
        "fulfillment_status": {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}.get(
            fulfilment_status(order)
        ),
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "name": order.name,
        "note": order.note,
        "note_attributes": [{"name": key, "value": value} for key, value in order.attributes.items()],
        "number": order.number,
        "order_number": order.shown_number or order.number + 1000,
        "order_status_url": f"https://example.myshopify.com/1/orders/{order.id}/authenticate",
        "payment_gateway_names": order.gateways,
        "presentment_currency": order.currency,
        "processed_at": iso_z(order.processed_at),
        "tags": ", ".join(order.tags),
        "tax_exempt": False,
        "tax_lines": tax_bodies(order, order.tax_lines),
        "taxes_included": order.taxes_included,
        "test": order.test,
        "token": f"{order.id:x}",
        "total_weight": 200,
        "updated_at": iso_z(order.updated_at),
        **_origin(order),
        **_totals(order),
        **_people(order),
        **_parts(order),
    }


def _origin(order: Order) -> Body:
    """Where the order comes from, and how it may have ended."""
    return {
        "app_id": order.app_id,
        "source_name": order.source_name,
        "source_identifier": order.source_identifier,
        "source_url": order.source_url,
        "location_id": order.location_id,
        "po_number": order.po_number,
        "phone": order.phone,
        "cancel_reason": (order.cancel_reason or "").lower() or None,
    }


def _totals(order: Order) -> Body:
    amounts = {
        "current_subtotal_price": order.subtotal,
        "current_total_discounts": order.discount,
        "current_total_price": order.total - order.returned_value,
        "current_total_tax": order.tax,
        "subtotal_price": order.subtotal,
        "total_discounts": order.discount,
        "total_line_items_price": sum((line.total for line in order.lines), ZERO),
        "total_price": order.total,
        "total_tax": order.tax,
    }
    both = {key: text(amount) for key, amount in amounts.items()}
    sets = {f"{key}_set": money_set(amount, order.currency) for key, amount in amounts.items()}
    return {
        **both,
        **sets,
        "current_shipping_price_set": money_set(
            order.shipping - (order.discount - order.line_discount), order.currency
        ),
        "total_shipping_price_set": money_set(order.shipping, order.currency),
        "total_cash_rounding_payment_adjustment_set": money_set(order.rounding, order.currency),
        "total_cash_rounding_refund_adjustment_set": money_set(ZERO, order.currency),
        "total_outstanding": text(order.outstanding),
        "total_tip_received": text(order.tip),
    }


def _people(order: Order) -> Body:
    customer = order.customer
    body: Body = {
        "customer": None,
        "billing_address": _address(order.billing_address),
        "shipping_address": _address(order.address),
    }
    if customer:
        body["customer"] = {
            "id": customer.id,
            "admin_graphql_api_id": gid("Customer", customer.id),
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "email": customer.email,
            "phone": customer.phone,
            "state": "disabled",
            "note": None,
            "verified_email": True,
            "multipass_identifier": None,
            "tax_exempt": False,
            "currency": order.currency,
            "tax_exemptions": [],
            "created_at": iso_z(order.created_at),
            "updated_at": iso_z(order.updated_at),
            "default_address": None,
        }
    return body


def _address(kept: dict[str, Any] | None) -> Body | None:
    if kept is None:
        return None
    name = " ".join(filter(None, (kept.get("first_name"), kept.get("last_name"))))
    return {"name": name, "country": kept.get("country_code"), "latitude": None, "longitude": None, **kept}


def _parts(order: Order) -> Body:
    return {
        "discount_applications": discount_bodies(order),
        "fulfillments": [fulfilment_body(order, one) for one in order.fulfilments],
        "line_items": [line_body(order, line) for line in order.lines],
        "refunds": [refund_body(order, one) for one in order.refunds],
        "returns": [],
        "line_item_groups": [],
        "shipping_lines": [shipping_body(order, one) for one in order.shipping_lines],
    }


def _when(moment: datetime | None) -> str | None:
    return iso_z(moment) if moment else None


__all__ = ["order_body", "refund_body", "return_body", "transaction_body"]
