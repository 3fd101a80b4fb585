"""What one account consists of: items, people, periods, records and their lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from .money import ZERO


class Kind(NamedTuple):
    """A transaction type: its SuiteQL code, document prefix, whether it posts, and the sign of its SuiteQL totals."""

    code: str
    prefix: str
    posting: bool
    sign: int


KINDS: dict[str, Kind] = {
    "salesOrder": Kind("SalesOrd", "SO", False, 1),
    "itemFulfillment": Kind("ItemShip", "IF", True, 1),
    "invoice": Kind("CustInvc", "INV", True, 1),
    "cashSale": Kind("CashSale", "CS", True, 1),
    "customerPayment": Kind("CustPymt", "PYMT", True, 1),
    "customerDeposit": Kind("CustDep", "CD", True, 1),
    "depositApplication": Kind("DepAppl", "DA", True, 1),
    "returnAuthorization": Kind("RtnAuth", "RMA", False, -1),
    "itemReceipt": Kind("ItemRcpt", "IR", True, -1),
    "creditMemo": Kind("CustCred", "CM", True, -1),
    "cashRefund": Kind("CashRfnd", "CR", True, -1),
    "customerRefund": Kind("CustRfnd", "RF", True, -1),
}
"""REST record types of transactions. Source of the codes: REST API Browser 2026.1 (read 2026-11-21)."""

ITEM_RECORDS = {
    "inventoryItem": "InvtPart",
    "nonInventorySaleItem": "NonInvtPart",
    "serviceSaleItem": "Service",
    "otherChargeSaleItem": "OthCharge",
    "discountItem": "Discount",
    "kitItem": "Kit",
}
"""REST record type of an item and its SuiteQL `itemtype`. Source: REST API Browser 2026.1 (read 2026-11-21)."""

STOCKED = ("InvtPart", "Assembly")
"""Item types that an item receipt takes in and that carry cost."""


@dataclass(slots=True)
class Item:
    """A good, a charge or a discount; `account` is where it posts, `before_tax` whether it lowers the tax base."""

    id: str
    sku: str
    kind: str
    account: str
    price: Decimal = ZERO
    cost: Decimal = ZERO
    external_id: str = ""
    upc: str = ""
    serial: bool = False
    lot: bool = False
    bins: bool = False
    inactive: bool = False
    before_tax: bool = True


@dataclass(slots=True)
class Customer:
    """Who buys."""

    id: str
    entity_id: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    phone: str = ""
    external_id: str = ""
    subsidiary: str = "1"
    inactive: bool = False
    created_at: datetime | None = None
    modified_at: datetime | None = None
    addresses: list[dict[str, Any]] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class GlAccount:
    """A general ledger account and the role it plays here."""

    id: str
    number: str
    name: str
    kind: str
    role: str


@dataclass(slots=True)
class Place:
    """A location or subsidiary."""

    id: str
    name: str
    subsidiary: str = "1"
    inactive: bool = False


@dataclass(slots=True)
class PaymentMethod:
    """A payment method or option; `account` empty means the writer must name one."""

    id: str
    name: str
    account: str = ""


@dataclass(slots=True)
class Period:
    """An accounting period; only months are posted to."""

    id: str
    name: str
    start: date
    end: date
    closed: bool = False
    all_locked: bool = False
    ar_locked: bool = False
    ap_locked: bool = False
    quarter: bool = False
    year: bool = False


@dataclass(slots=True)
class Line:
    """One line of the item sublist; `line` is REST's `line` and SuiteQL's `id`; `order_*` point to the source line."""

    line: int
    unique_key: int
    item: str
    quantity: Decimal | None
    rate: Decimal = ZERO
    amount: Decimal = ZERO
    percent: Decimal | None = None
    tax_rate: Decimal = ZERO
    tax_skew: Decimal = ZERO
    tax: Decimal = ZERO
    tax_fixed: Decimal | None = None
    tax_base: Decimal = ZERO
    location: str = ""
    description: str = ""
    closed: bool = False
    order_doc: str = ""
    order_line: int = 0
    moved: Decimal = ZERO
    billed: Decimal = ZERO
    billed_amount: Decimal = ZERO
    cost: Decimal = ZERO
    price_level: str = "-1"
    custom: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Apply:
    """One line of an apply or deposit sublist: how much of `doc` is settled."""

    doc: str
    line: int
    amount: Decimal
    sublist: str = "apply"


@dataclass(slots=True)
class Record:
    """A transaction. `total` is positive in its own direction; `applied` is what has been settled of it."""

    id: str
    type: str
    tran_id: str
    tran_date: date
    created_at: datetime
    modified_at: datetime
    external_id: str = ""
    entity: str = ""
    subsidiary: str = "1"
    currency: str = "1"
    memo: str = ""
    other_ref: str = ""
    location: str = ""
    custom_form: str = ""
    created_from: str = ""
    order_status: str = ""
    status: str = ""
    lines: list[Line] = field(default_factory=list)
    applies: list[Apply] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    discount_item: str = ""
    discount_rate: Decimal = ZERO
    discount_percent: Decimal | None = None
    shipping: Decimal = ZERO
    shipping_tax: Decimal = ZERO
    payment: Decimal = ZERO
    subtotal: Decimal = ZERO
    tax_total: Decimal = ZERO
    total: Decimal = ZERO
    applied: Decimal = ZERO
    account: str = ""
    payment_option: str = ""
    period: str = ""
    auto_apply: bool = True
    cancelled: bool = False
    moves_stock: bool = False
    indexed_as: str = ""
    version: int = 0
    posted: list[tuple[str, Decimal]] = field(default_factory=list)
    stock: list[tuple[str, str, Decimal]] = field(default_factory=list)

    @property
    def kind(self) -> Kind:
        """The type's code, prefix, posting flag and sign."""
        return KINDS[self.type]

    @property
    def remaining(self) -> Decimal:
        """What has not been settled yet."""
        return self.total - self.applied

    def line_by_number(self, number: int) -> Line | None:
        """Find a line by its `line`."""
        return next((line for line in self.lines if line.line == number), None)


@dataclass(slots=True)
class Settings:
    """How this account is configured, and which rare answers it gives next.

    `login_clock`: `real`, or `sandbox` where the one who logs in lives by the sandbox's moved clock.
    `apply_line`: the line number of a credit memo in the apply sublist of a customer refund.
    `legacy_tax`: not on SuiteTax, so the tax properties are unknown names.
    `hidden_columns` ("item.usebins") are those of features that the account does not have: SuiteQL does not know them.
    """

    concurrency_limit: int = 5
    overload_style: str = "rest"
    refund_in_advance: bool = False
    advanced_receiving: bool = True
    multi_location: bool = True
    suiteql_zone: str = "America/Los_Angeles"
    company_zone: str = "America/New_York"
    token_lifetime_s: int = 3600
    tax_skew: Decimal = ZERO
    duplicate_code: str = "INVALID_CONTENT"
    duplicate_detail: str = "This record already exists."
    credit_form: str = "131"
    cash_form: str = "132"
    default_authorization_status: str = "B"
    default_tax_rate: Decimal = ZERO
    children_touch_parent: bool = False
    record_changed_next: int = 0
    login_clock: str = "real"
    tba_enabled: bool = True
    tba_window_s: int = 300
    legacy_tax: bool = False
    csv_date_format: str = "%m/%d/%Y"
    auto_numbered_customers: bool = True
    governance_admin: bool = False
    apply_line: int = 0
    hidden_columns: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Traffic:
    """Requests under way (tokens excluded), the highest number ever at once, and how many were blocked."""

    in_flight: int = 0
    peak: int = 0
    requests: int = 0
    blocked: int = 0
