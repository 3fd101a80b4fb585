"""Lines, shipping, discounts and taxes in their REST shape: money with zeros."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ledgerloop_sandbox.money import ZERO, text

from .model import Allocation, LineItem, Order, ShippingLine, TaxLine
from .views import gid

Body = dict[str, Any]


def money_set(amount: Decimal, currency: str) -> Body:
    """Give `{shop_money, presentment_money}`."""
    one = {"amount": text(amount), "currency_code": currency}
    return {"shop_money": one, "presentment_money": dict(one)}


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
        "grams": line.grams,
        "name": line.name,
        "price": text(line.price),
        "price_set": money_set(line.price, order.currency),
        "product_exists": line.product_id is not None,
        "product_id": line.product_id,
        "properties": [{"name": key, "value": value} for key, value in line.properties],
        "quantity": line.quantity,
        "requires_shipping": line.requires_shipping,
        "sales_line_item_group_id": None,
        "sku": line.sku or None,
        "taxable": line.taxable,
        "title": line.title,
        "total_discount": "0.00",
        "total_discount_set": money_set(ZERO, order.currency),
        "variant_id": line.variant_id,
        "variant_inventory_management": "shopify" if line.variant_id else None,
        "variant_title": line.variant_title or None,
        "vendor": line.vendor,
        "tax_lines": tax_bodies(order, line.tax_lines),
        "duties": [],
        "discount_allocations": allocation_bodies(order, line.allocations),
    }


def shipping_body(order: Order, one: ShippingLine) -> Body:
    """Give a shipping line."""
    charged = one.price - one.discount
    return {
        "id": one.id,
        "carrier_identifier": None,
        "code": one.code,
        "title": one.title,
        "source": one.source,
        "price": text(one.price),
        "price_set": money_set(one.price, order.currency),
        "discounted_price": text(charged),
        "discounted_price_set": money_set(charged, order.currency),
        "current_discounted_price_set": money_set(ZERO if one.removed else charged, order.currency),
        "phone": None,
        "is_removed": one.removed,
        "requested_fulfillment_service_id": None,
        "tax_lines": tax_bodies(order, one.taxes),
        "discount_allocations": allocation_bodies(order, one.allocations),
    }


def discount_bodies(order: Order) -> list[Body]:
    """Give the discount applications, in their order."""
    return [
        {
            "target_type": one.target,
            "type": one.kind,
            "value": str(one.value),
            "value_type": "percentage" if one.percentage else "fixed_amount",
            "allocation_method": one.method,
            "target_selection": one.selection,
            ("code" if one.kind == "discount_code" else "title"): one.title,
            **({"description": one.description or one.title} if one.kind == "manual" else {}),
        }
        for one in order.discounts
    ]


def code_bodies(order: Order) -> list[Body]:
    """Give the discount codes with what each took off."""
    rows = []
    for index, one in enumerate(order.discounts):
        if one.kind == "discount_code":
            taken = sum((share.amount for share in order.allocations if share.application == index), ZERO)
            kind = "shipping" if one.target == "shipping_line" else "percentage" if one.percentage else "fixed_amount"
            rows.append({"code": one.title, "amount": text(taken), "type": kind})
    return rows


def allocation_bodies(order: Order, allocations: list[Allocation]) -> list[Body]:
    """Give the shares of discounts that a line carries."""
    return [
        {
            "amount": text(one.amount),
            "amount_set": money_set(one.amount, order.currency),
            "discount_application_index": one.application,
        }
        for one in allocations
    ]


def tax_bodies(order: Order, lines: list[TaxLine]) -> list[Body]:
    """Give tax lines."""
    return [
        {
            "title": one.title,
            "rate": float(one.rate),
            "price": text(one.amount),
            "price_set": money_set(one.amount, order.currency),
            "channel_liable": one.channel_liable,
        }
        for one in lines
    ]
