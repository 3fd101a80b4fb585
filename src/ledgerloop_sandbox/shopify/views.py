"""Orders as GraphQL sees them: dictionaries whose callables are resolved when asked for.

Money drops trailing zeros (`"15.0"`), as GraphQL answers do; webhooks keep them (rest.py).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ledgerloop_sandbox.clock import iso_z
from ledgerloop_sandbox.money import ZERO

from .model import Allocation, LineItem, Order, ShippingLine, TaxLine
from .state import ShopifyState
from .status import financial_status, fulfilment_status, return_status

View = dict[str, Any]


def gid(kind: str, ident: object) -> str:
    """`gid://shopify/Order/1`."""
    return f"gid://shopify/{kind}/{ident}"


def plain(amount: Decimal) -> str:
    """`"108.0"`, `"13.5"`, `"48.65"`: at least one decimal place, no further zeros."""
    whole, _, cents = f"{amount:.2f}".partition(".")
    return f"{whole}.{cents.rstrip('0') or '0'}"


def bag(amount: Decimal, currency: str) -> View:
    """Give a MoneyBag; both moneys are equal in a shop with one currency."""
    one = {"__typename": "MoneyV2", "amount": plain(amount), "currencyCode": currency}
    return {"shopMoney": one, "presentmentMoney": one}


def order_view(state: ShopifyState, order: Order) -> View:
    """Give an order."""
    return {
        "__typename": "Order",
        "_order": order,
        **_identity(state, order),
        **_people(state, order),
        **_totals(order),
        "lineItems": lambda _: [line_view(order, line) for line in order.lines],
        "shippingLines": lambda args: [
            _shipping_line(order, line)
            for line in order.shipping_lines
            if args.get("includeRemovals") or not line.removed
        ],
        "shippingLine": lambda _: next(
            (_shipping_line(order, line) for line in order.shipping_lines if not line.removed), None
        ),
        "discountApplications": lambda _: _applications(order),
        "transactions": lambda _: _documents(state, order).transactions(),
        "transactionsCount": {"count": len(order.transactions), "precision": "EXACT"},
        "refunds": lambda _: _documents(state, order).refunds(),
        "returns": lambda _: _documents(state, order).returns(),
        "fulfillments": lambda _: _documents(state, order).fulfilments(),
    }


def _documents(state: ShopifyState, order: Order) -> Any:
    from .documents import Documents  # noqa: PLC0415 - the two modules show each other's objects

    return Documents(state, order)


def _identity(state: ShopifyState, order: Order) -> View:
    return {
        "id": gid("Order", order.id),
        "legacyResourceId": str(order.id),
        "name": order.name,
        "number": order.number,
        "confirmationNumber": order.confirmation,
        "createdAt": iso_z(order.created_at),
        "processedAt": iso_z(order.processed_at),
        "updatedAt": iso_z(order.updated_at),
        "cancelledAt": iso_z(order.cancelled_at) if order.cancelled_at else None,
        "cancelReason": order.cancel_reason,
        "closedAt": iso_z(order.closed_at) if order.closed_at else None,
        "closed": order.closed_at is not None,
        "test": order.test,
        "confirmed": True,
        "sourceName": order.source_name,
        "sourceIdentifier": order.source_identifier,
        "registeredSourceUrl": order.source_url,
        "app": {"id": gid("App", order.app_id), "name": order.app_name} if order.app_id else None,
        "attribution": None,
        "publication": None,
        "retailLocation": location_view(state, order.location_id),
        "tags": list(order.tags),
        "note": order.note,
        "customAttributes": [{"key": key, "value": value} for key, value in order.attributes.items()],
        "poNumber": order.po_number,
        "currencyCode": order.currency,
        "presentmentCurrencyCode": order.currency,
        "taxesIncluded": order.taxes_included,
        "taxExempt": False,
        "dutiesIncluded": False,
        "estimatedTaxes": False,
        "edited": order.edited,
        "requiresShipping": any(line.requires_shipping for line in order.lines),
    }


def _people(_state: ShopifyState, order: Order) -> View:
    customer = order.customer
    return {
        "email": order.email or None,
        "phone": order.phone,
        "customerLocale": order.locale,
        "customer": {
            "id": gid("Customer", customer.id),
            "legacyResourceId": str(customer.id),
            "firstName": customer.first_name,
            "lastName": customer.last_name,
            "defaultEmailAddress": {"emailAddress": customer.email} if customer.email else None,
            "defaultPhoneNumber": {"phoneNumber": customer.phone} if customer.phone else None,
        }
        if customer
        else None,
        "billingAddress": _address(order, order.billing_address),
        "shippingAddress": _address(order, order.address),
    }


def _address(order: Order, kept: dict[str, Any] | None) -> View | None:
    if kept is None:
        return None
    name = " ".join(filter(None, (kept.get("first_name"), kept.get("last_name")))) or None
    keys = ("company", "address1", "address2", "city", "province", "zip", "phone")
    return {
        "id": gid("MailingAddress", order.id),
        "name": kept.get("name") or name,
        "firstName": kept.get("first_name"),
        "lastName": kept.get("last_name"),
        "provinceCode": kept.get("province_code"),
        "countryCodeV2": kept.get("country_code"),
        **{key: kept.get(key) for key in keys},
    }


def _totals(order: Order) -> View:
    current_lines = sum((_current(line, line.total - line.discount) for line in order.lines), ZERO)
    shipping_tax = sum((line.tax for line in order.shipping_lines if not line.removed), ZERO)
    current_tax = sum((_current(line, line.tax) for line in order.lines), ZERO) + shipping_tax
    refunded_shipping = sum((one.shipping for one in order.refunds), ZERO)
    shipping_now = order.shipping - (order.discount - order.line_discount) - refunded_shipping
    current_total = current_lines + shipping_now + (ZERO if order.taxes_included else current_tax) + order.tip
    if order.stated_total is not None and not order.refunds:
        current_total = order.stated_total
    discrepancy = sum((one.amount for refund in order.refunds for one in refund.adjustments), ZERO)
    amounts = {
        "subtotalPriceSet": order.subtotal,
        "totalDiscountsSet": order.discount,
        "totalShippingPriceSet": order.shipping,
        "totalTaxSet": order.tax,
        "totalTipReceivedSet": order.tip,
        "totalPriceSet": order.total,
        "originalTotalPriceSet": order.total,
        "currentSubtotalPriceSet": current_lines,
        "currentTotalDiscountsSet": sum((_current(line, line.discount) for line in order.lines), ZERO),
        "currentTotalTaxSet": current_tax,
        "currentTotalPriceSet": current_total,
        "totalReceivedSet": order.received,
        "totalRefundedSet": order.refunded,
        "totalRefundedShippingSet": refunded_shipping,
        "totalOutstandingSet": order.outstanding,
        "refundDiscrepancySet": discrepancy,
        "netPaymentSet": order.received - order.refunded,
    }
    codes = [one.title for one in order.discounts if one.kind == "discount_code"]
    return {
        **{name: bag(amount, order.currency) for name, amount in amounts.items()},
        "totalCashRoundingAdjustment": {
            "paymentSet": bag(order.rounding, order.currency),
            "refundSet": bag(ZERO, order.currency),
        },
        "taxLines": _tax_lines(order, order.tax_lines),
        "displayFinancialStatus": financial_status(order),
        "displayFulfillmentStatus": fulfilment_status(order),
        "returnStatus": return_status(order),
        "fullyPaid": order.outstanding == 0,
        "unpaid": order.received == 0 and order.outstanding > 0,
        "refundable": order.received > order.refunded or current_lines > 0,
        "paymentGatewayNames": order.gateways,
        "discountCodes": codes,
        "discountCode": codes[0] if codes else None,
    }


def _current(line: LineItem, amount: Decimal) -> Decimal:
    return (amount * (line.quantity - line.removed) / line.quantity).quantize(Decimal("0.01"))


def line_view(order: Order, line: LineItem) -> View:
    """Give an order line."""
    net = line.total - line.discount
    codes = {n for n, one in enumerate(order.discounts) if one.kind == "discount_code" or one.selection == "all"}
    own = sum((one.amount for one in line.allocations if one.application not in codes), ZERO)

    def discounted(args: dict[str, Any]) -> View:
        return bag(net if args.get("withCodeDiscounts") else line.total - own, order.currency)

    return {
        "__typename": "LineItem",
        "id": gid("LineItem", line.id),
        "name": line.name,
        "title": line.title,
        "variantTitle": line.variant_title or None,
        "sku": line.sku or None,
        "quantity": line.quantity,
        "currentQuantity": line.quantity - line.removed,
        "refundableQuantity": line.quantity - line.removed,
        "unfulfilledQuantity": line.quantity - line.fulfilled,
        "nonFulfillableQuantity": 0,
        "requiresShipping": line.requires_shipping,
        "taxable": line.taxable,
        "isGiftCard": line.gift_card,
        "vendor": line.vendor,
        "variant": {"id": gid("ProductVariant", line.variant_id), "legacyResourceId": str(line.variant_id)}
        if line.variant_id
        else None,
        "product": {"id": gid("Product", line.product_id)} if line.product_id else None,
        "customAttributes": [{"key": key, "value": value} for key, value in line.properties],
        "originalUnitPriceSet": bag(line.price, order.currency),
        "originalTotalSet": bag(line.total, order.currency),
        "discountedUnitPriceSet": bag((line.total - own) / line.quantity, order.currency),
        "discountedTotalSet": discounted,
        "priceAfterAllDiscountsBeforeTaxesSet": bag(net - (line.tax if order.taxes_included else ZERO), order.currency),
        "totalDiscountSet": bag(own, order.currency),
        "discountAllocations": _allocations(order, line.allocations),
        "taxLines": _tax_lines(order, line.tax_lines),
    }


def _allocations(order: Order, allocations: list[Allocation]) -> list[View]:
    return [
        {
            "allocatedAmountSet": bag(one.amount, order.currency),
            "discountApplication": _applications(order)[one.application],
        }
        for one in allocations
    ]


def _tax_lines(order: Order, lines: list[TaxLine]) -> list[View]:
    return [
        {
            "title": one.title,
            "rate": float(one.rate),
            "ratePercentage": float(one.rate * 100),
            "source": "Shopify",
            "channelLiable": one.channel_liable,
            "priceSet": bag(one.amount, order.currency),
        }
        for one in lines
    ]


def _applications(order: Order) -> list[View]:
    kinds = {
        "discount_code": ("DiscountCodeApplication", "code"),
        "manual": ("ManualDiscountApplication", "title"),
        "automatic": ("AutomaticDiscountApplication", "title"),
        "script": ("ScriptDiscountApplication", "title"),
    }
    rows = []
    for index, one in enumerate(order.discounts):
        typename, name = kinds[one.kind]
        rows.append(
            {
                "__typename": typename,
                "index": index,
                name: one.title,
                "description": one.description,
                "allocationMethod": one.method.upper(),
                "targetSelection": one.selection.upper(),
                "targetType": one.target.upper(),
                "value": {"__typename": "PricingPercentageValue", "percentage": float(one.value)}
                if one.percentage
                else {"__typename": "MoneyV2", "amount": plain(one.value), "currencyCode": order.currency},
            }
        )
    return rows


def _shipping_line(order: Order, line: ShippingLine) -> View:
    charged = bag(line.price - line.discount, order.currency)
    return {
        "__typename": "ShippingLine",
        "id": gid("ShippingLine", line.id),
        "code": line.code,
        "title": line.title,
        "source": line.source,
        "carrierIdentifier": None,
        "deliveryCategory": None,
        "custom": False,
        "isRemoved": line.removed,
        "originalPriceSet": bag(line.price, order.currency),
        "discountedPriceSet": charged,
        "currentDiscountedPriceSet": bag(ZERO, order.currency) if line.removed else charged,
        "taxLines": _tax_lines(order, line.taxes),
        "discountAllocations": _allocations(order, line.allocations),
    }


def location_view(state: ShopifyState, location_id: int | None) -> View | None:
    """Give a location."""
    found = next((one for one in state.locations if one["id"] == location_id), None)
    if found is None:
        return None
    return {
        "__typename": "Location",
        "id": gid("Location", found["id"]),
        "legacyResourceId": str(found["id"]),
        "name": found["name"],
        "isActive": True,
        "isFulfillmentService": False,
        "fulfillsOnlineOrders": True,
    }
