"""What Loop knows of a return: one line per returned unit, money as decimals, ids as numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from ledgerloop_sandbox.money import ZERO

STATES = ("open", "closed", "cancelled", "expired", "review")
"""All states of a return. Source: docs.loopreturns.com reference/return-webhook (read 2026-11-21)."""

TOTALS = (
    "total",
    "return_product_total",
    "return_discount_total",
    "return_tax_total",
    "return_total",
    "return_credit_total",
    "exchange_product_total",
    "exchange_discount_total",
    "exchange_tax_total",
    "exchange_total",
    "exchange_credit_total",
    "gift_card",
    "handling_fee",
    "refund",
    "upsell",
)
"""The money fields of a return, all decimal texts in the shop's currency."""

OUTCOME_STEPS = (
    "return_processed",
    "refund_processed",
    "gift_card_processed",
    "exchange_processed",
    "shop_cash_processed",
)
"""Keys of `outcomes_processed_at`."""


@dataclass
class ShopOrder:
    """Loop's copy of a Shopify order."""

    loop_order_id: int
    provider_order_id: str
    name: str
    number: int
    order_number: int
    email: str
    first_name: str
    last_name: str
    currency: str
    address: dict[str, Any] | None
    sales_channel: str


@dataclass
class Line:
    """One returned unit."""

    line_item_id: int
    provider_line_item_id: str
    product_id: str
    variant_id: str
    sku: str
    barcode: str
    title: str
    variant_title: str
    price: Decimal
    discount: Decimal
    tax: Decimal
    returned_at: datetime
    return_reason: str
    parent_return_reason: str
    refund: Decimal = ZERO
    refund_item: Decimal = ZERO
    refund_tax: Decimal = ZERO
    outcome: str = "default"
    return_comment: str = ""
    exchange_variant: str = ""
    restock_location_id: str | None = None
    condition: dict[str, Any] | None = None
    disposition: dict[str, Any] | None = None

    @property
    def value(self) -> Decimal:
        """What the shopper paid for the unit: price - discount + tax."""
        return self.price - self.discount + self.tax


@dataclass
class Label:
    """A shipping label."""

    status: str
    carrier: str
    tracking_number: str
    url: str
    rate: str
    updated_at: datetime


@dataclass
class Return:
    """A return. `exchanges`, `refunds` and `refund_objects` hold rows as Loop shows them.

    `shipping_back` is what the refund gives back of shipping, beyond the lines; `refund_through` the gateways and
    amounts by which the shop refunds it, where it was told. `exchange_rates` are the tax rates of
    the exchange rows; `gift_card_order` is id and name, with that old method.
    """

    id: int
    order: ShopOrder
    created_at: datetime
    updated_at: datetime
    lines: list[Line]
    outcome: str
    state: str = "open"
    flagged: bool = False
    edited_at: datetime | None = None
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    totals: dict[str, Decimal] = field(default_factory=lambda: dict.fromkeys(TOTALS, ZERO))
    refunds: list[dict[str, Any]] = field(default_factory=list)
    refund_objects: list[dict[str, Any]] = field(default_factory=list)
    was_processed: bool = False
    processed_at: dict[str, datetime] = field(default_factory=dict)
    destination_id: int | None = None
    notes: list[dict[str, Any]] = field(default_factory=list)
    timeline: list[str] = field(default_factory=list)
    process_fields: dict[str, Any] = field(default_factory=dict)
    removed_lines: list[Line] = field(default_factory=list)
    shopify_return_id: str | None = None
    is_pos: bool = False
    calls: dict[str, int] = field(default_factory=dict)
    instant: bool = False
    gift_card_wanted: Decimal | None = None
    shipping_back: Decimal = ZERO
    refund_through: list[tuple[str, Decimal]] = field(default_factory=list)
    exchange_rates: list[Decimal] = field(default_factory=list)
    gift_card_order: tuple[str, str] | None = None

    def line(self, line_item_id: int) -> Line | None:
        """Give the line with this id."""
        return next((line for line in self.lines if line.line_item_id == line_item_id), None)
