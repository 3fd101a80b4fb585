"""Reads a whole order, as `ShopifyClient.order_whole` gives it, into an `Order` with its payments.

Source: shopify.dev Admin GraphQL API 2026-10, Order, LineItem, DiscountApplication (read 2026-11-21).
"""

from collections.abc import Mapping
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

Node = Mapping[str, Any]

NEEDED: Final = ("id", "name", "currencyCode", "createdAt", "updatedAt", "totalPriceSet", "lineItems")
"""What an order cannot be used without."""


def parse_whole(body: Node, *, payments_known: bool = True) -> Order:
    """Read an order. Raises ValueError where something that money or identity depends on is missing.

    `payments_known`: its transactions and refunds were read with it.
    """
    missing = [name for name in NEEDED if body.get(name) is None]
    if missing:
        raise ValueError(f"a Shopify order without {', '.join(missing)}")
    currency = currency_of(body["currencyCode"])
    created_at, updated_at = moment(body["createdAt"]), moment(body["updatedAt"])
    if created_at is None or updated_at is None:
        raise ValueError("a Shopify order without createdAt or updatedAt")
    app = inner(body, "app")
    status = label(body.get("displayFulfillmentStatus")).upper() or "UNFULFILLED"
    return Order(
        shopify_order_id=id_of(body["id"]),
        name=label(body["name"]),
        app_id=_app_id(app),
        app_title=label(app.get("name")),
        source_name=label(body.get("sourceName")),
        test=body.get("test") is True,
        currency=currency,
        taxes_included=body.get("taxesIncluded") is True,
        created_at=created_at,
        processed_at=moment(body.get("processedAt")),
        updated_at=updated_at,
        cancelled_at=moment(body.get("cancelledAt")),
        financial_status=label(body.get("displayFinancialStatus")).upper(),
        fulfillment_status=status,
        note=text(body.get("note")),
        note_attributes=tuple(
            (label(one.get("key")), text(one.get("value"))) for one in objects(body.get("customAttributes"))
        ),
        tags=tuple(filter(None, map(label, body.get("tags") or ()))),
        buyer=_buyer(body),
        shipping_address=_address(body.get("shippingAddress")),
        billing_address=_address(body.get("billingAddress")),
        lines=tuple(_line(one, currency, unfulfilled=status == "UNFULFILLED") for one in _nodes(body, "lineItems")),
        shipping=tuple(_shipping(one, currency) for one in _nodes(body, "shippingLines")),
        total=_money(body, "totalPriceSet", currency),
        total_tax=_money(body, "totalTaxSet", currency),
        total_discounts=_money(body, "totalDiscountsSet", currency),
        tip=_money(body, "totalTipReceivedSet", currency),
        transactions=tuple(_transaction(one, currency) for one in objects(body.get("transactions"))),
        refunds=tuple(_refund(one, currency) for one in objects(body.get("refunds"))),
        payments_known=payments_known,
        retail_location_id=id_of(inner(body, "retailLocation").get("legacyResourceId")),
        fulfilment_location_ids=_locations(body),
    )


def _app_id(app: Node) -> str:
    """The app's digits. Assumed: an OrderApp's id is a global id, or digits."""
    try:
        return id_of(app.get("id"))
    except ValueError:
        return ""


def _line(node: Node, currency: str, *, unfulfilled: bool) -> OrderLine:
    quantity = count(node.get("quantity"), "quantity")
    current, left = node.get("currentQuantity"), count(node.get("unfulfilledQuantity"), "unfulfilled quantity")
    if not node.get("id") or node.get("originalUnitPriceSet") is None:
        raise ValueError("a line of a Shopify order without id or price")
    return OrderLine(
        shopify_line_id=id_of(node["id"]),
        sku=label(node.get("sku")),
        title=label(node.get("title")),
        quantity=quantity,
        unit_price=_money(node, "originalUnitPriceSet", currency),
        current=quantity if current is None else count(current, "current quantity"),
        fulfilled=0 if unfulfilled else max(quantity - left, 0),
        variant_id=id_of(inner(node, "variant").get("id")),
        product_id=id_of(inner(node, "product").get("id")),
        gift_card=node.get("isGiftCard") is True,
        requires_shipping=node.get("requiresShipping") is not False,
        allocations=_allocations(node, currency),
        taxes=_taxes(node, currency),
    )


def _shipping(node: Node, currency: str) -> ShippingCharge:
    return ShippingCharge(
        title=label(node.get("title")),
        code=label(node.get("code")),
        price=_money(node, "originalPriceSet", currency),
        allocations=_allocations(node, currency),
        taxes=_taxes(node, currency),
    )


def _allocations(owner: Node, currency: str) -> tuple[Allocation, ...]:
    return tuple(_allocation(one, currency) for one in objects(owner.get("discountAllocations")))


def _allocation(node: Node, currency: str) -> Allocation:
    application = inner(node, "discountApplication")
    code = discount_code(application)
    title = code or label(application.get("title")) or label(application.get("description"))
    aim = (application.get("targetType"), application.get("targetSelection"))
    return Allocation(_money(node, "allocatedAmountSet", currency), title, code, aim == ("LINE_ITEM", "ALL"))


def _taxes(owner: Node, currency: str) -> tuple[TaxShare, ...]:
    lines = objects(owner.get("taxLines"))
    return tuple(
        TaxShare(label(one.get("title")), rate(one.get("rate")), _money(one, "priceSet", currency)) for one in lines
    )


def _refund(node: Node, currency: str) -> ShopRefund:
    belongs_to = inner(node, "return")
    return ShopRefund(
        refund_id=id_of(node.get("id")),
        created_at=moment(node.get("createdAt")),
        shopify_return_id=id_of(belongs_to.get("id")),
        return_name=label(belongs_to.get("name")),
        transactions=tuple(_transaction(one, currency) for one in _nodes(node, "transactions")),
        lines=tuple(
            RefundedLine(
                shopify_line_id=id_of(inner(one, "lineItem").get("id")),
                quantity=count(one.get("quantity"), "refunded quantity"),
                subtotal=_money(one, "subtotalSet", currency),
                tax=_money(one, "totalTaxSet", currency),
                shopify_location_id=id_of(inner(one, "location").get("legacyResourceId")),
            )
            for one in _nodes(node, "refundLineItems")
        ),
    )


def _transaction(node: Node, currency: str) -> ShopTransaction:
    presented = inner(inner(node, "amountSet"), "presentmentMoney")
    paid = _money(node, "amountSet", currency)
    return ShopTransaction(
        transaction_id=id_of(node.get("id")),
        kind=label(node.get("kind")).upper(),
        status=label(node.get("status")).upper(),
        gateway=label(node.get("gateway")),
        amount=paid,
        presentment_amount=amount(presented["amount"], currency_of(presented.get("currencyCode")))
        if presented
        else paid,
        processed_at=moment(node.get("processedAt")),
        parent_id=id_of(inner(node, "parentTransaction").get("id")),
        test=node.get("test") is True,
    )


def _money(node: Node, name: str, currency: str) -> Money:
    shown = inner(inner(node, name), "shopMoney")
    if shown and shown.get("currencyCode") not in (None, currency):
        raise ValueError(f"{name} is not in the order's currency {currency}")
    return amount(shown.get("amount"), currency)


def _buyer(body: Node) -> Buyer:
    customer = inner(body, "customer")
    places = (customer, inner(body, "billingAddress"), inner(body, "shippingAddress"))
    named = next((one for one in places if one.get("firstName") or one.get("lastName")), {})
    return Buyer(
        shopify_customer_id=id_of(customer.get("id")),
        first_name=label(named.get("firstName")),
        last_name=label(named.get("lastName")),
        email=label(inner(customer, "defaultEmailAddress").get("emailAddress")) or label(body.get("email")),
        phone=label(inner(customer, "defaultPhoneNumber").get("phoneNumber")) or label(body.get("phone")),
    )


def _address(value: object) -> Address | None:
    if not isinstance(value, Mapping) or not value:
        return None
    both = " ".join(filter(None, (label(value.get("firstName")), label(value.get("lastName")))))
    return Address(
        name=label(value.get("name")) or both,
        company=label(value.get("company")),
        line1=label(value.get("address1")),
        line2=label(value.get("address2")),
        city=label(value.get("city")),
        province=label(value.get("provinceCode")),
        zip=label(value.get("zip")),
        country=label(value.get("countryCodeV2")),
        phone=label(value.get("phone")),
    )


def _locations(body: Node) -> tuple[str, ...]:
    done = [one for one in objects(body.get("fulfillments")) if one.get("status") not in ("CANCELLED", "FAILURE")]
    return tuple(dict.fromkeys(filter(None, (id_of(inner(one, "location").get("legacyResourceId")) for one in done))))


def _nodes(node: Node, name: str) -> list[Node]:
    return objects(inner(node, name).get("nodes"))
