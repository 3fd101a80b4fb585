"""What a Shopify shop holds: orders with lines, transactions, refunds, returns. Money as decimals, ids as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ledgerloop_sandbox.money import ZERO

LOOP_APP_ID = 1662707
"""App id of "Loop Returns & Exchanges". Source: help.loopreturns.com en/articles/1910081 (read 2026-11-21)."""

WEB_APP_ID = 580111
"""App id of Shopify's online store. Assumed."""


@dataclass
class Allocation:
    """A share of a discount application that a line carries."""

    amount: Decimal
    application: int


@dataclass
class DiscountApplication:
    """An intended discount: `kind` is discount_code, manual or automatic."""

    kind: str
    title: str
    value: Decimal
    selection: str = "all"


@dataclass
class LineItem:
    """An order line. `tax` is for all units; `price` per unit, before discounts."""

    id: int
    sku: str
    title: str
    variant_title: str
    product_id: int
    variant_id: int
    quantity: int
    price: Decimal
    tax_rate: Decimal
    tax: Decimal = ZERO
    allocations: list[Allocation] = field(default_factory=list)
    removed: int = 0
    fulfilled: int = 0
    gift_card: bool = False
    requires_shipping: bool = True
    taxable: bool = True

    @property
    def total(self) -> Decimal:
        """Price of all units before discounts."""
        return self.price * self.quantity

    @property
    def discount(self) -> Decimal:
        """Discount on all units."""
        return sum((one.amount for one in self.allocations), ZERO)


@dataclass
class Transaction:
    """A movement of money on an order."""

    id: int
    kind: str
    status: str
    gateway: str
    amount: Decimal
    created_at: datetime
    processed_at: datetime
    parent_id: int | None = None
    refund_id: int | None = None


@dataclass
class RefundLine:
    """Units refunded of an order line; subtotal after discounts, tax apart."""

    id: int
    line: LineItem
    quantity: int
    subtotal: Decimal
    tax: Decimal
    restock_type: str = "return"
    location_id: int | None = None


@dataclass
class Adjustment:
    """An order adjustment of a refund."""

    id: int
    reason: str
    amount: Decimal
    tax: Decimal = ZERO


@dataclass
class Refund:
    """A refund; `return_id` links the return it belongs to."""

    id: int
    created_at: datetime
    processed_at: datetime
    note: str | None
    lines: list[RefundLine] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    adjustments: list[Adjustment] = field(default_factory=list)
    shipping: Decimal = ZERO
    return_id: int | None = None


@dataclass
class ReturnLine:
    """Units in a return."""

    id: int
    line: LineItem
    quantity: int
    reason: str
    processed: int = 0


@dataclass
class ShopReturn:
    """A Shopify return."""

    id: int
    name: str
    status: str
    created_at: datetime
    lines: list[ReturnLine]
    closed_at: datetime | None = None


@dataclass
class Fulfilment:
    """Shipped units: pairs of line and quantity."""

    id: int
    name: str
    created_at: datetime
    location_id: int
    lines: list[tuple[int, LineItem, int]]


@dataclass
class Customer:
    """A shopper with an account."""

    id: int
    email: str
    first_name: str
    last_name: str


@dataclass
class ShippingLine:
    """What shipping was charged."""

    id: int
    title: str
    price: Decimal
    code: str = "standard"


@dataclass
class Order:
    """A Shopify order."""

    id: int
    name: str
    number: int
    created_at: datetime
    updated_at: datetime
    processed_at: datetime
    email: str
    currency: str
    lines: list[LineItem]
    customer: Customer | None = None
    shipping_lines: list[ShippingLine] = field(default_factory=list)
    discounts: list[DiscountApplication] = field(default_factory=list)
    transactions: list[Transaction] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    returns: list[ShopReturn] = field(default_factory=list)
    fulfilments: list[Fulfilment] = field(default_factory=list)
    app_id: int | None = WEB_APP_ID
    app_name: str = "Online Store"
    source_name: str = "web"
    tags: list[str] = field(default_factory=list)
    note: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    address: dict[str, Any] | None = None
    location_id: int | None = None
    taxes_included: bool = False
    test: bool = False
    cancelled_at: datetime | None = None
    cancel_reason: str | None = None
    closed_at: datetime | None = None

    @property
    def discount(self) -> Decimal:
        """All discounts."""
        return sum((line.discount for line in self.lines), ZERO)

    @property
    def tax(self) -> Decimal:
        """All taxes."""
        return sum((line.tax for line in self.lines), ZERO)

    @property
    def shipping(self) -> Decimal:
        """Shipping charged."""
        return sum((line.price for line in self.shipping_lines), ZERO)

    @property
    def subtotal(self) -> Decimal:
        """Lines after discounts, before tax and shipping."""
        return sum((line.total for line in self.lines), ZERO) - self.discount

    @property
    def total(self) -> Decimal:
        """What the order cost."""
        return self.subtotal + self.shipping + (ZERO if self.taxes_included else self.tax)

    def money_of(self, kinds: tuple[str, ...]) -> Decimal:
        """Sum the successful transactions of these kinds."""
        return sum((one.amount for one in self.transactions if one.kind in kinds and one.status == "SUCCESS"), ZERO)

    @property
    def received(self) -> Decimal:
        """Money taken."""
        return self.money_of(("SALE", "CAPTURE"))

    @property
    def refunded(self) -> Decimal:
        """Money paid back."""
        return self.money_of(("REFUND",))

    @property
    def returned_value(self) -> Decimal:
        """Value of refunded lines and shipping, tax included."""
        taxed = not self.taxes_included
        return sum(
            (
                refund.shipping + sum((one.subtotal + (one.tax if taxed else ZERO) for one in refund.lines), ZERO)
                for refund in self.refunds
            ),
            ZERO,
        )

    @property
    def gateways(self) -> list[str]:
        """Gateways of its payments, each once."""
        return list(dict.fromkeys(one.gateway for one in self.transactions if one.kind in ("SALE", "CAPTURE")))

    def line(self, line_id: int) -> LineItem:
        """Give a line by id. Raises KeyError."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(f"order {self.name} has no line {line_id}")
