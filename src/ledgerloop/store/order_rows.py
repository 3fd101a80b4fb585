"""What the tables beside `orders` show: lines, adjustments, ship groups, payments, refunds, attributes."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table

from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Order, OrderLine, ShippingCharge
from ledgerloop.domain.orders import ShopRefund, ShopTransaction
from ledgerloop.domain.recognise import MIXED, POS_COMPLETED, STANDARD
from ledgerloop.store.order_tables import (
    order_adjustments,
    order_attributes,
    order_lines,
    order_payments,
    order_refund_lines,
    order_refunds,
    order_ship_groups,
)
from ledgerloop.store.order_view import address_view

Row = dict[str, Any]

FIRST, SECOND = "00001", "00002"
"""Ship groups; a mixed cart has two: what was carried out, and what is shipped."""


def rows_of(shop: str, order: Order, method: str) -> dict[Table, list[Row]]:
    """The rows of every table that is rewritten with an order."""
    mine = {"shop": shop, "order_id": order.shopify_order_id}
    refunds = list({one.refund_id: one for one in order.refunds}.values())
    shown = {
        order_lines: _lines(order, method),
        order_adjustments: _numbered(_adjustments(order)),
        order_ship_groups: _ship_groups(order, method),
        order_payments: _payments(order),
        order_refunds: [_refund(one, order.currency) for one in refunds],
        order_refund_lines: [row for one in refunds for row in _refund_lines(one)],
        order_attributes: _numbered({"name": name, "value": value} for name, value in order.note_attributes),
    }
    return {table: [{**mine, **row} for row in rows] for table, rows in shown.items()}


def _lines(order: Order, method: str) -> list[Row]:
    return [
        {
            "line_id": one.shopify_line_id,
            "position": position,
            "ship_group": SECOND if method == MIXED and one.fulfilled < one.quantity else FIRST,
            "sku": one.sku,
            "title": one.title,
            "variant_id": one.variant_id,
            "product_id": one.product_id,
            "quantity": one.quantity,
            "current": one.current,
            "fulfilled": one.fulfilled,
            "unit_price": str(one.unit_price.amount),
            "gift_card": one.gift_card,
            "requires_shipping": one.requires_shipping,
        }
        for position, one in enumerate(order.lines)
    ]


def _adjustments(order: Order) -> Iterable[Row]:
    for line in order.lines:
        yield from _of_owner(line, line.shopify_line_id)
    for charge in order.shipping:
        yield _adjustment("SHIPPING", charge.price, title=charge.title, code=charge.code)
        yield from _of_owner(charge, "", "SHIPPING_")
    if order.tip:
        yield _adjustment("TIP", order.tip)


def _of_owner(owner: OrderLine | ShippingCharge, line_id: str, prefix: str = "") -> Iterable[Row]:
    for share in owner.allocations:
        given = -share.amount
        yield _adjustment(f"{prefix}DISCOUNT", given, line_id, share.title, share.code, whole_order=share.whole_order)
    for tax in owner.taxes:
        yield _adjustment(f"{prefix}TAX", tax.amount, line_id, tax.title, rate=tax.rate)


def _adjustment(
    kind: str,
    amount: Money,
    line_id: str = "",
    title: str = "",
    code: str = "",
    *,
    whole_order: bool = False,
    rate: str = "",
) -> Row:
    return {
        "kind": kind,
        "line_id": line_id,
        "title": title,
        "code": code,
        "whole_order": whole_order,
        "rate": rate,
        "amount": str(amount.amount),
    }


def _ship_groups(order: Order, method: str) -> list[Row]:
    location_id = order.retail_location_id or next(iter(order.fulfilment_location_ids), "")
    address = address_view(order.shipping_address)
    if method != MIXED:
        return [{"ship_group": FIRST, "method": method, "location_id": location_id, "address": address}]
    return [
        {"ship_group": FIRST, "method": POS_COMPLETED, "location_id": location_id, "address": None},
        {"ship_group": SECOND, "method": STANDARD, "location_id": "", "address": address},
    ]


def _payments(order: Order) -> list[Row]:
    """Transactions of the order; those of a refund stand in both lists, and are told by their refund."""
    owners = {one.transaction_id: refund.refund_id for refund in order.refunds for one in refund.transactions}
    refunded = (one for refund in order.refunds for one in refund.transactions)
    return _unique((_payment(one, owners) for one in (*order.transactions, *refunded)), "transaction_id")


def _payment(one: ShopTransaction, owners: dict[str, str]) -> Row:
    return {
        "transaction_id": one.transaction_id,
        "kind": one.kind,
        "status": one.status,
        "gateway": one.gateway,
        "amount": str(one.amount.amount),
        "presentment_currency": one.presentment_amount.currency,
        "presentment_amount": str(one.presentment_amount.amount),
        "processed_at": one.processed_at,
        "parent_id": one.parent_id,
        "refund_id": owners.get(one.transaction_id, ""),
        "test": one.test,
    }


def _refund(refund: ShopRefund, currency: str) -> Row:
    paid = (one.amount for one in refund.transactions if (one.kind, one.status) == ("REFUND", "SUCCESS"))
    return {
        "refund_id": refund.refund_id,
        "created_at": refund.created_at,
        "return_id": refund.shopify_return_id,
        "return_name": refund.return_name,
        "amount": str(Money.total(paid, currency).amount),
    }


def _refund_lines(refund: ShopRefund) -> list[Row]:
    return [
        {
            "refund_id": refund.refund_id,
            "position": position,
            "line_id": one.shopify_line_id,
            "quantity": one.quantity,
            "subtotal": str(one.subtotal.amount),
            "tax": str(one.tax.amount),
            "location_id": one.shopify_location_id,
        }
        for position, one in enumerate(refund.lines)
    ]


def _numbered(rows: Iterable[Row]) -> list[Row]:
    return [{"position": position, **row} for position, row in enumerate(rows)]


def _unique(rows: Iterable[Row], key: str) -> list[Row]:
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row[key], row)
    return list(found.values())
