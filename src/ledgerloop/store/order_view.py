"""A typed order as one JSON document and back, without loss. Amounts are texts in the order's currency."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Address, Allocation, Buyer, Order, OrderLine, ShippingCharge, TaxShare
from ledgerloop.domain.orders import RefundedLine, ShopRefund, ShopTransaction

View = dict[str, Any]

PLAIN = (
    "shopify_order_id",
    "name",
    "app_id",
    "app_title",
    "source_name",
    "test",
    "currency",
    "taxes_included",
    "financial_status",
    "fulfillment_status",
    "note",
    "payments_known",
    "retail_location_id",
)
MOMENTS = ("created_at", "processed_at", "updated_at", "cancelled_at")
AMOUNTS = ("total", "total_tax", "total_discounts", "tip")
LINE = (
    "shopify_line_id",
    "sku",
    "title",
    "quantity",
    "current",
    "fulfilled",
    "variant_id",
    "product_id",
    "gift_card",
    "requires_shipping",
)
PAYMENT = ("transaction_id", "kind", "status", "gateway", "parent_id", "test")


def to_view(order: Order) -> View:
    """Write an order."""
    return {
        **{name: getattr(order, name) for name in PLAIN},
        **{name: _written(getattr(order, name)) for name in MOMENTS},
        **{name: str(getattr(order, name).amount) for name in AMOUNTS},
        "note_attributes": [list(one) for one in order.note_attributes],
        "tags": list(order.tags),
        "buyer": dict(vars(order.buyer)),
        "shipping_address": address_view(order.shipping_address),
        "billing_address": address_view(order.billing_address),
        "lines": [
            {**{name: getattr(one, name) for name in LINE}, "unit_price": str(one.unit_price.amount), **_shares(one)}
            for one in order.lines
        ],
        "shipping": [
            {"title": one.title, "code": one.code, "price": str(one.price.amount), **_shares(one)}
            for one in order.shipping
        ],
        "transactions": _payments(order.transactions),
        "refunds": [_refund(one) for one in order.refunds],
        "fulfilment_location_ids": list(order.fulfilment_location_ids),
    }


def from_view(view: Mapping[str, Any]) -> Order:
    """Read an order."""
    currency = view["currency"]
    created_at, updated_at = datetime.fromisoformat(view["created_at"]), datetime.fromisoformat(view["updated_at"])
    return Order(
        **{name: view[name] for name in PLAIN},
        created_at=created_at,
        processed_at=_moment(view["processed_at"]),
        updated_at=updated_at,
        cancelled_at=_moment(view["cancelled_at"]),
        total=Money.of(view["total"], currency),
        total_tax=Money.of(view["total_tax"], currency),
        total_discounts=Money.of(view["total_discounts"], currency),
        tip=Money.of(view["tip"], currency),
        note_attributes=tuple((name, value) for name, value in view["note_attributes"]),
        tags=tuple(view["tags"]),
        buyer=Buyer(**view["buyer"]),
        shipping_address=_address(view["shipping_address"]),
        billing_address=_address(view["billing_address"]),
        lines=tuple(_line(one, currency) for one in view["lines"]),
        shipping=tuple(
            ShippingCharge(
                one["title"],
                one["code"],
                Money.of(one["price"], currency),
                _allocations(one, currency),
                _taxes(one, currency),
            )
            for one in view["shipping"]
        ),
        transactions=tuple(_payment(one, currency) for one in view["transactions"]),
        refunds=tuple(_refund_of(one, currency) for one in view["refunds"]),
        fulfilment_location_ids=tuple(view["fulfilment_location_ids"]),
    )


def address_view(address: Address | None) -> View | None:
    """Write an address."""
    return None if address is None else dict(vars(address))


def _shares(owner: OrderLine | ShippingCharge) -> View:
    return {
        "allocations": [[str(one.amount.amount), one.title, one.code, one.whole_order] for one in owner.allocations],
        "taxes": [[one.title, one.rate, str(one.amount.amount)] for one in owner.taxes],
    }


def _payments(payments: Iterable[ShopTransaction]) -> list[View]:
    return [
        {
            **{name: getattr(one, name) for name in PAYMENT},
            "amount": str(one.amount.amount),
            "presentment": [str(one.presentment_amount.amount), one.presentment_amount.currency],
            "processed_at": _written(one.processed_at),
        }
        for one in payments
    ]


def _refund(refund: ShopRefund) -> View:
    return {
        "refund_id": refund.refund_id,
        "created_at": _written(refund.created_at),
        "shopify_return_id": refund.shopify_return_id,
        "return_name": refund.return_name,
        "transactions": _payments(refund.transactions),
        "lines": [
            [one.shopify_line_id, one.quantity, str(one.subtotal.amount), str(one.tax.amount), one.shopify_location_id]
            for one in refund.lines
        ],
    }


def _line(view: Mapping[str, Any], currency: str) -> OrderLine:
    return OrderLine(
        **{name: view[name] for name in LINE},
        unit_price=Money.of(view["unit_price"], currency),
        allocations=_allocations(view, currency),
        taxes=_taxes(view, currency),
    )


def _allocations(view: Mapping[str, Any], currency: str) -> tuple[Allocation, ...]:
    return tuple(Allocation(Money.of(one[0], currency), *one[1:]) for one in view["allocations"])


def _taxes(view: Mapping[str, Any], currency: str) -> tuple[TaxShare, ...]:
    return tuple(TaxShare(title, rate, Money.of(amount, currency)) for title, rate, amount in view["taxes"])


def _payment(view: Mapping[str, Any], currency: str) -> ShopTransaction:
    return ShopTransaction(
        **{name: view[name] for name in PAYMENT},
        amount=Money.of(view["amount"], currency),
        presentment_amount=Money.of(*view["presentment"]),
        processed_at=_moment(view["processed_at"]),
    )


def _refund_of(view: Mapping[str, Any], currency: str) -> ShopRefund:
    return ShopRefund(
        refund_id=view["refund_id"],
        created_at=_moment(view["created_at"]),
        shopify_return_id=view["shopify_return_id"],
        return_name=view["return_name"],
        transactions=tuple(_payment(one, currency) for one in view["transactions"]),
        lines=tuple(
            RefundedLine(line_id, quantity, Money.of(subtotal, currency), Money.of(tax, currency), location_id)
            for line_id, quantity, subtotal, tax, location_id in view["lines"]
        ),
    )


def _address(view: Mapping[str, Any] | None) -> Address | None:
    return None if view is None else Address(**view)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
