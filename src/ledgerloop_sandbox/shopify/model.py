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
class TaxLine:
    """One tax on a line or on shipping."""

    title: str
    rate: Decimal
    amount: Decimal
    channel_liable: bool = False


@dataclass
class DiscountApplication:
    """An intended discount: `kind` is discount_code, manual, automatic or script; `target` line_item or shipping_line.

    `value` is an amount, or per cent when `percentage`.
    """

    kind: str
    title: str
    value: Decimal
    selection: str = "all"
    target: str = "line_item"
    method: str = "across"
    percentage: bool = False
    description: str | None = None


@dataclass
class LineItem:
    """An order line. `tax` is for all units; `price` per unit, before discounts. Custom lines have no product."""

    id: int
    sku: str
    title: str
    variant_title: str
    product_id: int | None
    variant_id: int | None
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
    taxes: list[TaxLine] = field(default_factory=list)
    properties: list[tuple[str, str]] = field(default_factory=list)
    vendor: str | None = "Example"
    grams: int = 200

    @property
    def tax_lines(self) -> list[TaxLine]:
        """The taxes; one sales tax unless told otherwise."""
        if self.taxes or not self.tax:
            return self.taxes
        return [TaxLine("Sales Tax", self.tax_rate, self.tax)]

    @property
    def name(self) -> str:
        """Title and variant."""
        return f"{self.title} - {self.variant_title}" if self.variant_title else self.title

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
    location_id: int | None = None
    test: bool = False
    rounding: Decimal | None = None


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
    duties: Decimal = ZERO


@dataclass
class ReturnLine:
    """Units in a return."""

    id: int
    line: LineItem
    quantity: int
    reason: str
    processed: int = 0


@dataclass
class ExchangeLine:
    """A new item of a return; `line` is its line on the original order once the return is processed."""

    id: int
    sku: str
    variant_id: int | None
    quantity: int
    line: LineItem | None = None


@dataclass
class ShopReturn:
    """A Shopify return."""

    id: int
    name: str
    status: str
    created_at: datetime
    lines: list[ReturnLine]
    closed_at: datetime | None = None
    exchanges: list[ExchangeLine] = field(default_factory=list)


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
    phone: str | None = None


@dataclass
class ShippingLine:
    """What shipping was charged."""

    id: int
    title: str
    price: Decimal
    code: str = "standard"
    source: str | None = "shopify"
    taxes: list[TaxLine] = field(default_factory=list)
    allocations: list[Allocation] = field(default_factory=list)
    removed: bool = False

    @property
    def discount(self) -> Decimal:
        """Discount on it."""
        return sum((one.amount for one in self.allocations), ZERO)

    @property
    def tax(self) -> Decimal:
        """Tax on it."""
        return sum((one.amount for one in self.taxes), ZERO)


@dataclass
class Order:
    """A Shopify order. What is `stated` wins over what follows from its parts: totals, states and gateways."""

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
    billing: dict[str, Any] | None = None
    bills_to_shipping: bool = True
    phone: str | None = None
    po_number: str | None = None
    locale: str | None = "en"
    source_identifier: str | None = None
    source_url: str | None = None
    confirmation: str | None = None
    tip: Decimal = ZERO
    rounding: Decimal = ZERO
    shown_number: int | None = None
    edited: bool = False
    stated_total: Decimal | None = None
    stated_financial: str | None = None
    stated_gateways: list[str] = field(default_factory=list)

    @property
    def billing_address(self) -> dict[str, Any] | None:
        """Where the bill goes: to the shipping address unless told otherwise."""
        return self.address if self.bills_to_shipping else self.billing

    @property
    def line_discount(self) -> Decimal:
        """Discounts on lines, order-level ones included."""
        return sum((line.discount for line in self.lines), ZERO)

    @property
    def discount(self) -> Decimal:
        """All discounts, those on shipping included."""
        return self.line_discount + sum((line.discount for line in self.shipping_lines if not line.removed), ZERO)

    @property
    def tax(self) -> Decimal:
        """All taxes."""
        on_shipping = sum((line.tax for line in self.shipping_lines if not line.removed), ZERO)
        return sum((line.tax for line in self.lines), ZERO) + on_shipping

    @property
    def tax_lines(self) -> list[TaxLine]:
        """Taxes of lines and shipping, added up by title and rate."""
        sums: dict[tuple[str, Decimal], TaxLine] = {}
        on_lines = [one for line in self.lines for one in line.tax_lines]
        on_shipping = [one for line in self.shipping_lines for one in line.taxes]
        for one in on_lines + on_shipping:
            before = sums.get((one.title, one.rate))
            amount = one.amount + (before.amount if before else ZERO)
            sums[one.title, one.rate] = TaxLine(one.title, one.rate, amount, one.channel_liable)
        return list(sums.values())

    @property
    def shipping(self) -> Decimal:
        """Shipping charged, before discounts on it."""
        return sum((line.price for line in self.shipping_lines if not line.removed), ZERO)

    @property
    def subtotal(self) -> Decimal:
        """Lines after discounts, before tax and shipping."""
        return sum((line.total for line in self.lines), ZERO) - self.line_discount

    @property
    def total(self) -> Decimal:
        """What the order cost, tips included, cash rounding not."""
        if self.stated_total is not None:
            return self.stated_total
        net = sum((line.total for line in self.lines), ZERO) - self.discount + self.shipping
        return net + (ZERO if self.taxes_included else self.tax) + self.tip

    @property
    def outstanding(self) -> Decimal:
        """What is still owed; nothing of an order that was marked as paid."""
        if self.stated_financial == "PAID":
            return ZERO
        return max(self.total + self.rounding - self.received - self.returned_value, ZERO)

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
        kinds = ("SALE", "CAPTURE", "AUTHORIZATION")
        used = dict.fromkeys(one.gateway for one in self.transactions if one.kind in kinds)
        return list(used) or list(self.stated_gateways)

    @property
    def allocations(self) -> list[Allocation]:
        """The shares of discounts on lines and shipping."""
        on_lines = [one for line in self.lines for one in line.allocations]
        return on_lines + [one for line in self.shipping_lines for one in line.allocations]

    def line(self, line_id: int) -> LineItem:
        """Give a line by id. Raises KeyError."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(f"order {self.name} has no line {line_id}")
