"""Reads an order in its REST shape, as webhooks carry it, into the shop: the same ids, names, sums and moments.

Key set: shopify.dev docs/api/webhooks/latest, samples of version 2026-07 (read 2026-11-21).
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from ledgerloop_sandbox.clock import parse_moment
from ledgerloop_sandbox.money import ZERO, money

from .model import (
    LOOP_APP_ID,
    Adjustment,
    Allocation,
    Customer,
    DiscountApplication,
    Fulfilment,
    LineItem,
    Order,
    Refund,
    RefundLine,
    ShippingLine,
    TaxLine,
    Transaction,
)

Body = dict[str, Any]

APP_NAMES = {LOOP_APP_ID: "Loop Returns & Exchanges", 580111: "Online Store", 129785: "Point of Sale"}
"""Names of apps by id, as orders show them. Source: public code that reads them (read 2026-11-21); the ids of the
online store and the point of sale are assumed."""


def read_order(body: Body) -> Order:
    """Read an order with everything in it but its payments. Raises KeyError, ValueError, ArithmeticError, TypeError."""
    created = parse_moment(body["created_at"])
    app_id = body.get("app_id")
    order = Order(
        id=int(body["id"]),
        name=str(body["name"]),
        number=int(body.get("number") or 0),
        shown_number=body.get("order_number"),
        created_at=created,
        processed_at=parse_moment(body.get("processed_at") or created),
        updated_at=parse_moment(body.get("updated_at") or created),
        email=body.get("email") or "",
        currency=body["currency"],
        lines=[_line(one) for one in body["line_items"]],
        customer=_customer(body.get("customer")),
        shipping_lines=[_shipping(one) for one in body.get("shipping_lines") or ()],
        discounts=[_discount(one) for one in body.get("discount_applications") or ()],
        app_id=app_id,
        app_name=APP_NAMES.get(int(app_id), f"App {app_id}") if app_id else "",
        source_name=body.get("source_name") or (str(app_id) if app_id else "web"),
        tags=[tag.strip() for tag in (body.get("tags") or "").split(",") if tag.strip()],
        note=body.get("note"),
        attributes={str(one["name"]): str(one["value"]) for one in body.get("note_attributes") or ()},
        address=body.get("shipping_address"),
        billing=body.get("billing_address"),
        bills_to_shipping=False,
        location_id=body.get("location_id"),
        taxes_included=bool(body.get("taxes_included")),
        test=bool(body.get("test")),
    )
    _rest(order, body)
    _fulfilments(order, body)
    order.refunds = [_refund(order, one) for one in body.get("refunds") or ()]
    return order


def payments_of(order: Order, body: Body, given: list[Body] | None) -> list[Transaction]:
    """Read transactions, or make what an order that is paid through a gateway must have: one SALE of its total."""
    rows = given if given is not None else body.get("transactions")
    if rows is not None:
        return [_transaction(order, one) for one in rows]
    if body.get("financial_status") != "paid" or not order.stated_gateways or order.total <= 0:
        return []
    gateway = order.stated_gateways[0]
    return [Transaction(0, "SALE", "SUCCESS", gateway, order.total, order.processed_at, order.processed_at)]


def _rest(order: Order, body: Body) -> None:
    """The plain fields, and what is stated beyond the sum of the parts."""
    order.closed_at = _when(body.get("closed_at"))
    order.cancelled_at = _when(body.get("cancelled_at"))
    order.cancel_reason = (body.get("cancel_reason") or "").upper() or None
    order.phone, order.po_number = body.get("phone"), body.get("po_number")
    order.locale = body.get("customer_locale")
    order.source_identifier, order.source_url = body.get("source_identifier"), body.get("source_url")
    order.confirmation = body.get("confirmation_number")
    order.tip = money(body.get("total_tip_received") or 0)
    rounding = body.get("total_cash_rounding_payment_adjustment_set") or {}
    order.rounding = money((rounding.get("shop_money") or {}).get("amount") or 0)
    order.stated_gateways = list(body.get("payment_gateway_names") or ())
    order.stated_financial = (body.get("financial_status") or "").upper() or None
    stated = money(body["total_price"]) if body.get("total_price") is not None else order.total
    order.stated_total = stated if stated != order.total else None


def _line(body: Body) -> LineItem:
    taxes = _taxes(body)
    quantity = int(body["quantity"])
    return LineItem(
        id=int(body["id"]),
        sku=body.get("sku") or "",
        title=body.get("title") or "",
        variant_title=body.get("variant_title") or "",
        product_id=body.get("product_id"),
        variant_id=body.get("variant_id"),
        quantity=quantity,
        price=money(body["price"]),
        tax_rate=sum((one.rate for one in taxes), Decimal(0)),
        tax=sum((one.amount for one in taxes), ZERO),
        allocations=_allocations(body),
        removed=quantity - int(body.get("current_quantity", quantity)),
        gift_card=bool(body.get("gift_card")),
        requires_shipping=bool(body.get("requires_shipping", True)),
        taxable=bool(body.get("taxable", True)),
        taxes=taxes,
        properties=[(str(one["name"]), str(one["value"])) for one in body.get("properties") or ()],
        vendor=body.get("vendor"),
        grams=int(body.get("grams") or 0),
    )


def _shipping(body: Body) -> ShippingLine:
    return ShippingLine(
        id=int(body["id"]),
        title=body.get("title") or "",
        price=money(body["price"]),
        code=body.get("code") or "",
        source=body.get("source"),
        taxes=_taxes(body),
        allocations=_allocations(body),
        removed=bool(body.get("is_removed")),
    )


def _discount(body: Body) -> DiscountApplication:
    return DiscountApplication(
        kind=body["type"],
        title=body.get("code") or body.get("title") or body.get("description") or "",
        value=Decimal(str(body["value"])),
        selection=body.get("target_selection") or "all",
        target=body.get("target_type") or "line_item",
        method=body.get("allocation_method") or "across",
        percentage=body.get("value_type") == "percentage",
        description=body.get("description"),
    )


def _taxes(body: Body) -> list[TaxLine]:
    return [
        TaxLine(one["title"], Decimal(str(one["rate"])), money(one["price"]), bool(one.get("channel_liable")))
        for one in body.get("tax_lines") or ()
    ]


def _allocations(body: Body) -> list[Allocation]:
    return [
        Allocation(money(one["amount"]), int(one["discount_application_index"]))
        for one in body.get("discount_allocations") or ()
    ]


def _customer(body: Body | None) -> Customer | None:
    if not body:
        return None
    names = (body.get("email") or "", body.get("first_name") or "", body.get("last_name") or "")
    return Customer(int(body["id"]), *names, phone=body.get("phone"))


def _fulfilments(order: Order, body: Body) -> None:
    for one in body.get("fulfillments") or ():
        parts: list[tuple[int, LineItem, int]] = []
        for row in one.get("line_items") or ():
            line, count = order.line(int(row["id"])), int(row["quantity"])
            line.fulfilled = min(line.quantity, line.fulfilled + count)
            parts.append((int(one["id"]) * 10 + len(parts), line, count))
        made = Fulfilment(
            int(one["id"]), one["name"], parse_moment(one["created_at"]), int(one.get("location_id") or 0), parts
        )
        order.fulfilments.append(made)
    if body.get("fulfillment_status") == "fulfilled":
        for line in order.lines:
            line.fulfilled = line.quantity


def _refund(order: Order, body: Body) -> Refund:
    moment = parse_moment(body.get("processed_at") or body["created_at"])
    made = Refund(int(body["id"]), parse_moment(body["created_at"]), moment, body.get("note"))
    made.return_id = (body.get("return") or {}).get("id")
    made.lines = [
        RefundLine(
            int(one["id"]),
            order.line(int(one["line_item_id"])),
            int(one["quantity"]),
            money(one["subtotal"]),
            money(one["total_tax"]),
            one.get("restock_type") or "no_restock",
            one.get("location_id"),
        )
        for one in body.get("refund_line_items") or ()
    ]
    made.transactions = [_transaction(order, one, made.id) for one in body.get("transactions") or ()]
    made.adjustments = [
        Adjustment(
            int(one["id"]),
            str(one["reason"]).upper().replace(" ", "_"),
            money(one["amount"]),
            money(one.get("tax_amount") or 0),
        )
        for one in body.get("order_adjustments") or ()
    ]
    return made


def _transaction(order: Order, body: Body, refund_id: int | None = None) -> Transaction:
    created = parse_moment(body.get("created_at") or order.processed_at)
    return Transaction(
        id=int(body.get("id") or 0),
        kind=str(body.get("kind") or "sale").upper(),
        status=str(body.get("status") or "success").upper(),
        gateway=str(body["gateway"]),
        amount=money(body["amount"]),
        created_at=created,
        processed_at=parse_moment(body.get("processed_at") or created),
        parent_id=body.get("parent_id"),
        refund_id=refund_id,
        location_id=body.get("location_id"),
        test=bool(body.get("test")),
        rounding=money(body["amount_rounding"]) if body.get("amount_rounding") is not None else None,
    )


def _when(moment: str | None) -> datetime | None:
    return parse_moment(moment) if moment else None
