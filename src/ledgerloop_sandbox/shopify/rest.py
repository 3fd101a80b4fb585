"""Orders, refunds and returns in their REST shape, as webhooks carry them: money with zeros, ids as numbers.

Key set: shopify.dev docs/api/webhooks/latest, samples of version 2026-07 (read 2026-11-21).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from ledgerloop_sandbox.clock import iso_z
from ledgerloop_sandbox.money import ZERO, text

from .model import Fulfilment, LineItem, Order, Refund, ShopReturn, Transaction
from .status import financial_status, fulfilment_status
from .views import gid

Body = dict[str, Any]

NULLS = (
    "browser_ip",
    "cancel_reason",
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
    "phone",
    "po_number",
    "reference",
    "referring_site",
    "source_identifier",
    "source_url",
    "user_id",
)
"""Keys that are present and null on every order here."""


def money_set(amount: Decimal, currency: str) -> Body:
    """Give `{shop_money, presentment_money}`."""
    one = {"amount": text(amount), "currency_code": currency}
    return {"shop_money": one, "presentment_money": dict(one)}


def order_body(order: Order) -> Body:
    """Give the body of `orders/…`; it carries no transactions."""
    codes = [one for one in order.discounts if one.kind == "discount_code"]
    return {
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        **dict.fromkeys(NULLS),
        "app_id": order.app_id,
        "buyer_accepts_marketing": False,
        "cancelled_at": _when(order.cancelled_at),
        "closed_at": _when(order.closed_at),
        "confirmation_number": None,
        "confirmed": True,
        "contact_email": order.email or None,
        "created_at": iso_z(order.created_at),
        "currency": order.currency,
        "customer_locale": "en",
        "discount_codes": [{"code": one.title, "amount": text(one.value), "type": "fixed_amount"} for one in codes],
        "duties_included": False,
        "email": order.email,
        "estimated_taxes": False,
        "financial_status": (financial_status(order) or "pending").lower(),
        "fulfillment_status": {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}.get(
            fulfilment_status(order)
        ),
        "location_id": order.location_id,
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "name": order.name,
        "note": order.note,
        "note_attributes": [{"name": key, "value": value} for key, value in order.attributes.items()],
        "number": order.number,
        "order_number": order.number + 1000,
        "order_status_url": f"https://example.myshopify.com/1/orders/{order.id}/authenticate",
        "payment_gateway_names": order.gateways,
        "presentment_currency": order.currency,
        "processed_at": iso_z(order.processed_at),
        "source_name": order.source_name,
        "tags": ", ".join(order.tags),
        "tax_exempt": False,
        "tax_lines": _tax_lines(order, order.tax, order.lines[0].tax_rate if order.lines else ZERO),
        "taxes_included": order.taxes_included,
        "test": order.test,
        "token": f"{order.id:x}",
        "total_weight": 200,
        "updated_at": iso_z(order.updated_at),
        **_totals(order),
        **_people(order),
        **_parts(order),
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
        "current_shipping_price_set": money_set(order.shipping, order.currency),
        "total_shipping_price_set": money_set(order.shipping, order.currency),
        "total_cash_rounding_payment_adjustment_set": money_set(ZERO, order.currency),
        "total_cash_rounding_refund_adjustment_set": money_set(ZERO, order.currency),
        "total_outstanding": text(max(order.total - order.received, ZERO)),
        "total_tip_received": "0.00",
    }


def _people(order: Order) -> Body:
    customer = order.customer
    body: Body = {"customer": None, "billing_address": _address(order), "shipping_address": _address(order)}
    if customer:
        body["customer"] = {
            "id": customer.id,
            "admin_graphql_api_id": gid("Customer", customer.id),
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "email": customer.email,
            "phone": None,
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


def _address(order: Order) -> Body | None:
    if order.address is None:
        return None
    kept = order.address
    name = f"{kept['first_name']} {kept['last_name']}"
    return {**kept, "name": name, "country": kept["country_code"], "latitude": None, "longitude": None}


def _parts(order: Order) -> Body:
    return {
        "discount_applications": [
            {
                "target_type": "line_item",
                "type": one.kind,
                "value": str(one.value),
                "value_type": "fixed_amount",
                "allocation_method": "across",
                "target_selection": one.selection,
                ("code" if one.kind == "discount_code" else "title"): one.title,
            }
            for one in order.discounts
        ],
        "fulfillments": [_fulfilment(order, one) for one in order.fulfilments],
        "line_items": [line_body(order, line) for line in order.lines],
        "refunds": [refund_body(order, one) for one in order.refunds],
        "returns": [],
        "line_item_groups": [],
        "shipping_lines": [
            {
                "id": one.id,
                "carrier_identifier": None,
                "code": one.code,
                "title": one.title,
                "source": "shopify",
                "price": text(one.price),
                "price_set": money_set(one.price, order.currency),
                "discounted_price": text(one.price),
                "discounted_price_set": money_set(one.price, order.currency),
                "current_discounted_price_set": money_set(one.price, order.currency),
                "phone": None,
                "is_removed": False,
                "requested_fulfillment_service_id": None,
                "tax_lines": [],
                "discount_allocations": [],
            }
            for one in order.shipping_lines
        ],
    }


def line_body(order: Order, line: LineItem) -> Body:
    """Give an order line."""
    status = "fulfilled" if line.fulfilled == line.quantity else "partial" if line.fulfilled else None
    return {
        "id": line.id,
        "admin_graphql_api_id": gid("LineItem", line.id),
        "attributed_staffs": [],
        "current_quantity": line.quantity - line.removed,
        "fulfillable_quantity": line.quantity - line.fulfilled,
        "fulfillment_service": "manual",
        "fulfillment_status": status,
        "gift_card": line.gift_card,
        "grams": 200,
        "name": f"{line.title} - {line.variant_title}" if line.variant_title else line.title,
        "price": text(line.price),
        "price_set": money_set(line.price, order.currency),
        "product_exists": True,
        "product_id": line.product_id,
        "properties": [],
        "quantity": line.quantity,
        "requires_shipping": line.requires_shipping,
        "sales_line_item_group_id": None,
        "sku": line.sku,
        "taxable": line.taxable,
        "title": line.title,
        "total_discount": "0.00",
        "total_discount_set": money_set(ZERO, order.currency),
        "variant_id": line.variant_id,
        "variant_inventory_management": "shopify",
        "variant_title": line.variant_title or None,
        "vendor": "Example",
        "tax_lines": _tax_lines(order, line.tax, line.tax_rate),
        "duties": [],
        "discount_allocations": [
            {
                "amount": text(one.amount),
                "amount_set": money_set(one.amount, order.currency),
                "discount_application_index": one.application,
            }
            for one in line.allocations
        ],
    }


def transaction_body(order: Order, one: Transaction) -> Body:
    """Give the body of `order_transactions/create`."""
    return {
        "id": one.id,
        "admin_graphql_api_id": gid("OrderTransaction", one.id),
        "order_id": order.id,
        "kind": one.kind.lower(),
        "gateway": one.gateway,
        "status": one.status.lower(),
        "message": None,
        "created_at": iso_z(one.created_at),
        "processed_at": iso_z(one.processed_at),
        "test": False,
        "authorization": None,
        "location_id": None,
        "user_id": None,
        "parent_id": one.parent_id,
        "device_id": None,
        "error_code": None,
        "source_name": order.source_name,
        "receipt": {},
        "amount": text(one.amount),
        "currency": order.currency,
        "payment_id": f"{order.name}.{one.id % 1000}",
        "total_unsettled_set": {
            "presentment_money": {"amount": "0.0", "currency": order.currency},
            "shop_money": {"amount": "0.0", "currency": order.currency},
        },
        "manual_payment_gateway": one.gateway == "manual",
        "amount_rounding": None,
    }


def refund_body(order: Order, refund: Refund) -> Body:
    """Give the body of `refunds/create`; `subtotal` and `total_tax` are numbers there."""
    linked = (
        {"id": refund.return_id, "admin_graphql_api_id": gid("Return", refund.return_id)} if refund.return_id else None
    )
    return {
        "id": refund.id,
        "admin_graphql_api_id": gid("Refund", refund.id),
        "order_id": order.id,
        "created_at": iso_z(refund.created_at),
        "processed_at": iso_z(refund.processed_at),
        "note": refund.note,
        "user_id": None,
        "restock": any(one.location_id for one in refund.lines),
        "duties": [],
        "total_duties_set": money_set(ZERO, order.currency),
        "return": linked,
        "refund_shipping_lines": [],
        "order_adjustments": [_adjustment(order, refund, one) for one in refund.adjustments],
        "refund_line_items": [
            {
                "id": one.id,
                "quantity": one.quantity,
                "line_item_id": one.line.id,
                "location_id": one.location_id,
                "restock_type": one.restock_type,
                "subtotal": float(one.subtotal),
                "total_tax": float(one.tax),
                "subtotal_set": money_set(one.subtotal, order.currency),
                "total_tax_set": money_set(one.tax, order.currency),
                "line_item": line_body(order, one.line),
            }
            for one in refund.lines
        ],
        "transactions": [transaction_body(order, one) for one in refund.transactions],
    }


def _adjustment(order: Order, refund: Refund, one: Any) -> Body:
    return {
        "id": one.id,
        "order_id": order.id,
        "refund_id": refund.id,
        "kind": "refund_discrepancy",
        "reason": one.reason.replace("_", " ").capitalize(),
        "amount": text(one.amount),
        "amount_set": money_set(one.amount, order.currency),
        "tax_amount": text(one.tax),
        "tax_amount_set": money_set(one.tax, order.currency),
    }


def return_body(order: Order, found: ShopReturn) -> Body:
    """Give the body of `returns/…`."""
    return {
        "id": found.id,
        "admin_graphql_api_id": gid("Return", found.id),
        "status": found.status.lower(),
        "name": found.name,
        "order_id": order.id,
        "order": {"id": order.id, "admin_graphql_api_id": gid("Order", order.id)},
        "total_return_line_items": len(found.lines),
        "return_line_items": [],
        "return_shipping_fees": [],
        "exchange_line_items": [],
        "total_exchange_line_items": 0,
    }


def _fulfilment(order: Order, one: Fulfilment) -> Body:
    return {
        "id": one.id,
        "admin_graphql_api_id": gid("Fulfillment", one.id),
        "order_id": order.id,
        "location_id": one.location_id,
        "status": "success",
        "name": one.name,
        "service": "manual",
        "shipment_status": None,
        "tracking_company": None,
        "tracking_number": None,
        "tracking_numbers": [],
        "tracking_url": None,
        "tracking_urls": [],
        "created_at": iso_z(one.created_at),
        "updated_at": iso_z(one.created_at),
        "line_items": [line_body(order, line) for _, line, _ in one.lines],
        "origin_address": None,
        "receipt": {},
    }


def _tax_lines(order: Order, tax: Decimal, rate: Decimal) -> list[Body]:
    if not tax:
        return []
    price_set = money_set(tax, order.currency)
    return [
        {"title": "Sales Tax", "rate": float(rate), "price": text(tax), "price_set": price_set, "channel_liable": False}
    ]


def _when(moment: datetime | None) -> str | None:
    return iso_z(moment) if moment else None
