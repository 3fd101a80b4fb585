"""Statuses that follow from an order's lines and money. Values: schema 2026-10 (read 2026-11-21)."""

from __future__ import annotations

from .model import Order


def financial_status(order: Order) -> str | None:
    """Give `displayFinancialStatus`; null for an order without transactions that costs something."""
    received, refunded = order.received, order.refunded
    if not order.transactions or (order.stated_financial and not refunded):
        if order.stated_financial:
            return order.stated_financial
        return "PAID" if order.total == 0 else "PENDING"
    if received and refunded >= received:
        return "REFUNDED"
    if refunded:
        return "PARTIALLY_REFUNDED"
    return "PAID" if received >= order.total else "PARTIALLY_PAID"


def fulfilment_status(order: Order) -> str:
    """Give `displayFulfillmentStatus`."""
    left = sum(line.quantity - line.fulfilled for line in order.lines)
    shipped = sum(line.fulfilled for line in order.lines)
    if left == 0:
        return "FULFILLED"
    return "PARTIALLY_FULFILLED" if shipped else "UNFULFILLED"


def return_status(order: Order) -> str:
    """Give `returnStatus`."""
    if any(one.status == "OPEN" for one in order.returns):
        return "IN_PROGRESS"
    return "RETURNED" if any(one.status == "CLOSED" for one in order.returns) else "NO_RETURN"
