"""An order as the order store keeps it: what was sold, at which price, discount and tax, to whom, and how it was paid.

Source: shopify.dev Admin GraphQL API 2026-10, Order; webhook bodies orders/create (read 2026-11-21).
"""

from dataclasses import dataclass
from datetime import datetime

from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopRefund, ShopTransaction


@dataclass(frozen=True)
class Allocation:
    """A discount's share on one line. `code` is empty for discounts without code; `whole_order`: it was given on the
    order, not on this line. `amount` is positive.
    """

    amount: Money
    title: str
    code: str = ""
    whole_order: bool = False


@dataclass(frozen=True)
class TaxShare:
    """One tax on a line, as charged. `rate` is a share as text, such as "0.08"; empty where Shopify does not say."""

    title: str
    rate: str
    amount: Money


@dataclass(frozen=True)
class OrderLine:
    """A line of the order. `unit_price` is before discounts; `fulfilled` and `current` count units (`current` without
    those removed or returned); `sku` is empty for custom lines without one.
    """

    shopify_line_id: str
    sku: str
    title: str
    quantity: int
    unit_price: Money
    current: int
    fulfilled: int
    variant_id: str = ""
    product_id: str = ""
    gift_card: bool = False
    requires_shipping: bool = True
    allocations: tuple[Allocation, ...] = ()
    taxes: tuple[TaxShare, ...] = ()


@dataclass(frozen=True)
class ShippingCharge:
    """A shipping line; `price` is before discounts."""

    title: str
    code: str
    price: Money
    allocations: tuple[Allocation, ...] = ()
    taxes: tuple[TaxShare, ...] = ()


@dataclass(frozen=True)
class Address:
    """A postal address. `country` and `province` are codes (US, OH)."""

    name: str = ""
    company: str = ""
    line1: str = ""
    line2: str = ""
    city: str = ""
    province: str = ""
    zip: str = ""
    country: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Buyer:
    """Who bought. `shopify_customer_id` is empty for a guest; all of it for an anonymous store sale."""

    shopify_customer_id: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Order:
    """One Shopify order. Amounts in shop currency, as charged at creation; `note_attributes` are name and value.

    `financial_status` and `fulfillment_status` are upper case as GraphQL spells them; unfulfilled is UNFULFILLED.
    `payments_known`: transactions were read (a webhook's body has none).
    """

    shopify_order_id: str
    name: str
    app_id: str
    app_title: str
    source_name: str
    test: bool
    currency: str
    taxes_included: bool
    created_at: datetime
    processed_at: datetime | None
    updated_at: datetime
    cancelled_at: datetime | None
    financial_status: str
    fulfillment_status: str
    note: str
    note_attributes: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]
    buyer: Buyer
    shipping_address: Address | None
    billing_address: Address | None
    lines: tuple[OrderLine, ...]
    shipping: tuple[ShippingCharge, ...]
    total: Money
    total_tax: Money
    total_discounts: Money
    tip: Money
    transactions: tuple[ShopTransaction, ...] = ()
    refunds: tuple[ShopRefund, ...] = ()
    payments_known: bool = False
    retail_location_id: str = ""
    fulfilment_location_ids: tuple[str, ...] = ()
    """Shopify locations that units were fulfilled from, each once."""

    @property
    def allocations(self) -> tuple[Allocation, ...]:
        """Every discount share, of lines and of shipping."""
        owners: tuple[OrderLine | ShippingCharge, ...] = (*self.lines, *self.shipping)
        return tuple(one for owner in owners for one in owner.allocations)
