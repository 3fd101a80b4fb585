"""Reads the body of a webhook about an order, which has the shape of the old REST order, into an `Order`.

It holds no payments. Keys may be missing, null, or of the wrong kind: what money or identity depends on is refused with
a sentence, the rest is left empty.
Source: shopify.dev webhook topics orders/create 2026-07, REST Order (read 2026-11-21).
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Address, Allocation, Buyer, Order, OrderLine, ShippingCharge, TaxShare
from ledgerloop.domain.orders import RefundedLine, ShopRefund, ShopTransaction
from ledgerloop.remotes.shopify.plain import (
    amount,
    count,
    currency_of,
    discount_code,
    id_of,
    inner,
    label,
    moment,
    objects,
    rate,
    text,
)

Body = Mapping[str, Any]

FULFILMENT: Final = {"": "UNFULFILLED", "partial": "PARTIALLY_FULFILLED"}
"""Fulfilment statuses that GraphQL spells otherwise than in upper case."""


def parse_rest_order(body: bytes | Body) -> Order:
    """Read an order. Raises ValueError where the body is unusable, in words for the operator."""
    view = decoded(body)
    order_id, created_at = _identity(view)
    currency = currency_of(view.get("currency"))
    status = text(view.get("fulfillment_status")).strip().lower()
    applications = objects(view.get("discount_applications"))
    return Order(
        shopify_order_id=order_id,
        name=label(view.get("name")) or label(view.get("order_number")) or order_id,
        app_id=id_of(view.get("app_id")),
        app_title="",
        source_name=label(view.get("source_name")),
        test=view.get("test") is True,
        currency=currency,
        taxes_included=view.get("taxes_included") is True,
        created_at=created_at,
        processed_at=moment(view.get("processed_at")),
        updated_at=moment(view.get("updated_at")) or created_at,
        cancelled_at=moment(view.get("cancelled_at")),
        financial_status=label(view.get("financial_status")).upper(),
        fulfillment_status=FULFILMENT.get(status, status.upper()),
        note=text(view.get("note")),
        note_attributes=tuple(
            (label(one.get("name")), text(one.get("value"))) for one in objects(view.get("note_attributes"))
        ),
        tags=_tags(view.get("tags")),
        buyer=_buyer(view),
        shipping_address=_address(view.get("shipping_address")),
        billing_address=_address(view.get("billing_address")),
        lines=_lines(view, currency, applications, unfulfilled=status == ""),
        shipping=tuple(
            _shipping(one, currency, applications)
            for one in objects(view.get("shipping_lines"))
            if one.get("is_removed") is not True
        ),
        total=_money(view, "total_price", currency),
        total_tax=_money(view, "total_tax", currency),
        total_discounts=_money(view, "total_discounts", currency),
        tip=_money(view, "total_tip_received", currency),
        refunds=tuple(_refund(one, currency) for one in objects(view.get("refunds")) if one.get("id")),
        retail_location_id=id_of(view.get("location_id")),
        fulfilment_location_ids=_locations(view),
    )


def _identity(view: Body) -> tuple[str, datetime]:
    """The order's id, and when it was created; that it is whole enough to be read."""
    order_id = id_of(view.get("id")) or id_of(view.get("admin_graphql_api_id"))
    if not order_id:
        raise ValueError("the order has no id")
    created_at = moment(view.get("created_at")) or moment(view.get("processed_at"))
    if created_at is None:
        raise ValueError("the order has no created_at")
    if not isinstance(view.get("line_items"), list):
        raise ValueError("the order has no line_items")  # noqa: TRY004  (the caller's words, not a mistake of ours)
    if view.get("total_price") is None and not inner(view, "total_price_set"):
        raise ValueError("the order has no total_price")
    return order_id, created_at


def decoded(body: bytes | Body) -> Body:
    """The JSON object that a body is, its fractions exact. Raises ValueError."""
    if not isinstance(body, bytes):
        view: object = body
    else:
        try:
            view = json.loads(body, parse_float=Decimal)
        except (ValueError, RecursionError) as problem:
            raise ValueError("the body is not JSON that can be read") from problem
    if not isinstance(view, Mapping):
        raise ValueError("the body is not a JSON object")  # noqa: TRY004  (the caller's words, not a mistake of ours)
    return view


def _lines(view: Body, currency: str, applications: Sequence[Body], *, unfulfilled: bool) -> tuple[OrderLine, ...]:
    if len(objects(view["line_items"])) != len(view["line_items"]):
        raise ValueError("a line of the order is not an object")
    lines = tuple(_line(one, currency, applications, unfulfilled=unfulfilled) for one in view["line_items"])
    if len({one.shopify_line_id for one in lines}) != len(lines):
        raise ValueError("two lines of the order have the same id")
    return lines


def _line(view: Body, currency: str, applications: Sequence[Body], *, unfulfilled: bool) -> OrderLine:
    line_id = id_of(view.get("id")) or id_of(view.get("admin_graphql_api_id"))
    if not line_id or view.get("quantity") is None:
        raise ValueError("a line of the order has no id or no quantity")
    if view.get("price") is None and not inner(view, "price_set"):
        raise ValueError(f"line {line_id} of the order has no price")
    quantity = count(view["quantity"], "quantity")
    left = view.get("fulfillable_quantity")
    status = text(view.get("fulfillment_status"))
    gone = quantity - count(left, "fulfillable quantity") if left is not None else quantity * (status == "fulfilled")
    current = view.get("current_quantity")
    return OrderLine(
        shopify_line_id=line_id,
        sku=label(view.get("sku")),
        title=label(view.get("title")) or label(view.get("name")),
        quantity=quantity,
        unit_price=_money(view, "price", currency),
        current=quantity if current is None else count(current, "current quantity"),
        fulfilled=0 if unfulfilled else max(gone, 0),
        variant_id=id_of(view.get("variant_id")),
        product_id=id_of(view.get("product_id")),
        gift_card=view.get("gift_card") is True,
        requires_shipping=view.get("requires_shipping") is not False,
        allocations=_allocations(view, currency, applications),
        taxes=_taxes(view, currency),
    )


def _shipping(view: Body, currency: str, applications: Sequence[Body]) -> ShippingCharge:
    return ShippingCharge(
        title=label(view.get("title")),
        code=label(view.get("code")),
        price=_money(view, "price", currency),
        allocations=_allocations(view, currency, applications),
        taxes=_taxes(view, currency),
    )


def _allocations(owner: Body, currency: str, applications: Sequence[Body]) -> tuple[Allocation, ...]:
    """The shares of discounts; `applications` are found by their place in the order's list."""
    shares = []
    for one in objects(owner.get("discount_allocations")):
        place = count(one.get("discount_application_index"), "discount's place")
        application = applications[place] if place < len(applications) else {}
        code = discount_code(application)
        title = code or label(application.get("title")) or label(application.get("description"))
        aim = (text(application.get("target_type")).lower(), text(application.get("target_selection")).lower())
        shares.append(Allocation(_money(one, "amount", currency), title, code, aim == ("line_item", "all")))
    return tuple(shares)


def _taxes(owner: Body, currency: str) -> tuple[TaxShare, ...]:
    lines = objects(owner.get("tax_lines"))
    return tuple(
        TaxShare(label(one.get("title")), rate(one.get("rate")), _money(one, "price", currency)) for one in lines
    )


def _refund(view: Body, currency: str) -> ShopRefund:
    """A refund; payments in another currency than the shop's are left out: their amount in the shop's is not told."""
    payments = [
        one
        for one in objects(view.get("transactions"))
        if one.get("id") and text(one.get("currency")) in ("", currency)
    ]
    belongs_to = inner(view, "return")
    return ShopRefund(
        refund_id=id_of(view.get("id")),
        created_at=moment(view.get("created_at")),
        shopify_return_id=id_of(belongs_to.get("id")),
        return_name=label(belongs_to.get("name")),
        transactions=tuple(_transaction(one, currency) for one in payments),
        lines=tuple(
            RefundedLine(
                shopify_line_id=id_of(one.get("line_item_id")),
                quantity=count(one.get("quantity"), "refunded quantity"),
                subtotal=_money(one, "subtotal", currency),
                tax=_money(one, "total_tax", currency),
                shopify_location_id=id_of(one.get("location_id")),
            )
            for one in objects(view.get("refund_line_items"))
        ),
    )


def _transaction(view: Body, currency: str) -> ShopTransaction:
    paid = amount(view.get("amount"), currency)
    return ShopTransaction(
        transaction_id=id_of(view.get("id")),
        kind=label(view.get("kind")).upper(),
        status=label(view.get("status")).upper(),
        gateway=label(view.get("gateway")),
        amount=paid,
        presentment_amount=paid,
        processed_at=moment(view.get("processed_at")),
        parent_id=id_of(view.get("parent_id")),
        test=view.get("test") is True,
    )


def _money(view: Body, name: str, currency: str) -> Money:
    """An amount in the shop's currency: from the pair of amounts, else the bare one."""
    shown = inner(inner(view, f"{name}_set"), "shop_money")
    if shown.get("amount") is None:
        return amount(view.get(name), currency)
    if shown.get("currency_code") and currency_of(shown["currency_code"]) != currency:
        raise ValueError(f"{name} is not in the order's currency {currency}")
    return amount(shown["amount"], currency)


def _buyer(view: Body) -> Buyer:
    customer = inner(view, "customer")
    named = next((one for one in (customer, *_addressed(view)) if one.get("first_name") or one.get("last_name")), {})
    return Buyer(
        shopify_customer_id=id_of(customer.get("id")),
        first_name=label(named.get("first_name")),
        last_name=label(named.get("last_name")),
        email=label(customer.get("email")) or label(view.get("email")) or label(view.get("contact_email")),
        phone=label(customer.get("phone")) or label(view.get("phone")),
    )


def _addressed(view: Body) -> tuple[Body, Body]:
    return inner(view, "billing_address"), inner(view, "shipping_address")


def _address(value: object) -> Address | None:
    if not isinstance(value, Mapping) or not value:
        return None
    both = " ".join(filter(None, (label(value.get("first_name")), label(value.get("last_name")))))
    return Address(
        name=label(value.get("name")) or both,
        company=label(value.get("company")),
        line1=label(value.get("address1")),
        line2=label(value.get("address2")),
        city=label(value.get("city")),
        province=label(value.get("province_code")) or label(value.get("province")),
        zip=label(value.get("zip")),
        country=label(value.get("country_code")) or label(value.get("country")),
        phone=label(value.get("phone")),
    )


def _tags(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else text(value).split(",")
    return tuple(filter(None, map(label, parts)))


def _locations(view: Body) -> tuple[str, ...]:
    done = [one for one in objects(view.get("fulfillments")) if text(one.get("status")) not in ("cancelled", "failure")]
    return tuple(dict.fromkeys(filter(None, (id_of(one.get("location_id")) for one in done))))
