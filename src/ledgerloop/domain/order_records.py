"""What is written to NetSuite about orders: sales order, cash sale, customer, customer deposit.

`remotes/netsuite/render_orders.py` turns a draft into REST properties; `plan` prints that same rendering.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar

from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Address, Buyer


@dataclass(frozen=True)
class SaleLine:
    """A line of a new sale. `amount` is of the whole line, signed (discounts and credits are negative).

    Goods have a quantity and their unit price as `rate`; discounts, shipping and credits have an amount alone.
    `tax` is what Shopify charged on the line, after all its discounts; `tax_basis` what it was charged on.
    """

    item_id: str
    amount: Money
    quantity: Decimal | None = None
    rate: Money | None = None
    tax: Money | None = None
    tax_basis: Money | None = None
    tax_rate: str = ""
    description: str = ""
    location_id: str = ""
    shopify_line_id: str = ""


@dataclass(frozen=True)
class SaleDraft:
    """What a sales order and a cash sale have in common. `expected_total` is Shopify's, or what remains of it after an
    exchange credit line.
    """

    external_id: str
    shopify_order_id: str
    order_name: str
    customer_id: str
    on: date
    memo: str
    email: str
    subsidiary_id: str
    location_id: str
    channel_code: str
    original_order: str
    shipping_cost: Money
    shipping_tax: Money
    shipping_address: Address | None
    billing_address: Address | None
    lines: tuple[SaleLine, ...]
    expected_total: Money


@dataclass(frozen=True)
class SalesOrderDraft(SaleDraft):
    """A new sales order, Pending Fulfillment."""

    record_type: ClassVar[str] = "salesOrder"


@dataclass(frozen=True)
class CashSaleDraft(SaleDraft):
    """A new cash sale, of an order that was completed in the store; it carries its payment itself."""

    record_type: ClassVar[str] = "cashSale"
    payment_method_id: str = ""
    account_id: str = ""


@dataclass(frozen=True)
class CustomerDraft:
    """A new customer, a person."""

    record_type: ClassVar[str] = "customer"
    external_id: str
    buyer: Buyer
    subsidiary_id: str
    address: Address | None = None


@dataclass(frozen=True)
class CustomerDepositDraft:
    """Money (or carried return credit) received for a sales order."""

    record_type: ClassVar[str] = "customerDeposit"
    external_id: str
    sales_order_id: str
    customer_id: str
    on: date
    memo: str
    amount: Money
    payment_method_id: str
    account_id: str
    shopify_transaction_id: str = ""


OrderRecord = SalesOrderDraft | CashSaleDraft | CustomerDraft | CustomerDepositDraft


@dataclass(frozen=True)
class FoundCustomer:
    """A customer of NetSuite's, found by external id or e-mail."""

    internal_id: str
    external_id: str
    email: str
    subsidiary_id: str
    inactive: bool


@dataclass(frozen=True)
class FoundItem:
    """An item of NetSuite's, found for a SKU. `kind` is SuiteQL's itemtype."""

    internal_id: str
    sku: str
    kind: str
    inactive: bool


@dataclass(frozen=True)
class FoundExchange:
    """An order or cash sale of NetSuite's that bears a line of an exchange within Shopify."""

    record_type: str
    internal_id: str
    number: str
    shopify_line_id: str


@dataclass(frozen=True)
class Link:
    """What an exchange order replaces. `how` names what gave it away: note_attributes, process_body, loop_exchange,
    tag_or_name, note.
    """

    how: str
    original_order_id: str = ""
    original_name: str = ""
    loop_return_id: str = ""


@dataclass(frozen=True)
class InNetSuite:
    """What NetSuite must be asked for before an order can be sent; None: not asked yet."""

    customers: tuple[FoundCustomer, ...] | None = None
    items: dict[str, tuple[FoundItem, ...]] | None = field(default=None)
    """By SKU; a SKU that was asked for and not found has an empty tuple."""
    exchanged: tuple[FoundExchange, ...] | None = None
    """Orders that bear lines of a native exchange already."""
