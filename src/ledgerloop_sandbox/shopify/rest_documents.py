"""Transactions, refunds, returns and fulfilments in their REST shape."""

from __future__ import annotations

from typing import Any

from ledgerloop_sandbox.clock import iso_z
from ledgerloop_sandbox.money import ZERO, text

from .model import Fulfilment, Order, Refund, ShopReturn, Transaction
from .rest_lines import Body, line_body, money_set
from .views import gid


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
        "test": one.test,
        "authorization": None,
        "location_id": one.location_id,
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
        "amount_rounding": text(one.rounding) if one.rounding is not None else None,
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
        "exchange_line_items": [
            {"id": one.id, "admin_graphql_api_id": gid("ExchangeLineItem", one.id), "line_item": None}
            for one in found.exchanges
        ],
        "total_exchange_line_items": len(found.exchanges),
    }


def fulfilment_body(order: Order, one: Fulfilment) -> Body:
    """Give a fulfilment."""
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
        "line_items": [{**line_body(order, line), "quantity": count} for _, line, count in one.lines],
        "origin_address": None,
        "receipt": {},
    }
