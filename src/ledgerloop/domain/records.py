"""What is written: one draft per NetSuite record or Loop action, holding exactly what will be sent.

`remotes/netsuite/render.py` turns a draft into REST properties; `plan` prints that same rendering.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, TypeAlias

from ledgerloop.domain.money import Money
from ledgerloop.domain.order_records import OrderRecord


@dataclass(frozen=True)
class DraftLine:
    """A line of a draft. `source_line` is the line number of the record transformed from; None adds a new line.

    `amount` is signed (discounts, fees and credits given away are negative); None leaves it as on the source.
    `received` only means something on an item receipt.
    """

    item_id: str
    source_line: int | None = None
    quantity: Decimal | None = None
    amount: Money | None = None
    location_id: str = ""
    reason: str = ""
    description: str = ""
    shopify_line_id: str = ""
    received: bool | None = None


@dataclass(frozen=True)
class NaturalKey:
    """What tells a record apart besides its external id, so that a lost database does not double it."""

    loop_return_id: str
    shopify_refund_id: str = ""
    shopify_transaction_id: str = ""
    loop_line_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReturnAuthorizationDraft:
    """salesOrder, cashSale or invoice -> returnAuthorization, wanted lines only."""

    record_type: ClassVar[str] = "returnAuthorization"
    external_id: str
    key: NaturalKey
    source_type: str
    source_id: str
    on: date
    memo: str
    order_reference: str
    form_id: str
    refund_record: str
    location_id: str
    lines: tuple[DraftLine, ...]
    header_discount: Money | None
    expected_total: Money


@dataclass(frozen=True)
class ItemReceiptDraft:
    """returnAuthorization -> itemReceipt; every open receivable line is named, received or not."""

    record_type: ClassVar[str] = "itemReceipt"
    external_id: str
    key: NaturalKey
    authorization_id: str
    on: date
    memo: str
    lines: tuple[DraftLine, ...]


@dataclass(frozen=True)
class CreditMemoDraft:
    """returnAuthorization -> creditMemo, never applied by itself; `lines` are those added, and those that differ.

    invoice -> creditMemo where no goods are credited: `lines` are then all that it holds.
    """

    record_type: ClassVar[str] = "creditMemo"
    external_id: str
    key: NaturalKey
    source_type: str
    source_id: str
    on: date
    memo: str
    lines: tuple[DraftLine, ...]
    expected_total: Money
    header_discount: Money | None = None
    """What is left of the source's header discount; None leaves it as NetSuite takes it over."""
    shipping_cost: Money | None = None
    """Shipping given back as the record's own shipping cost, where no item is configured for it."""


@dataclass(frozen=True)
class CashRefundDraft:
    """returnAuthorization -> cashRefund, or cashSale -> cashRefund without goods; its payment method pays the whole
    total out.
    """

    record_type: ClassVar[str] = "cashRefund"
    external_id: str
    key: NaturalKey
    source_type: str
    source_id: str
    on: date
    memo: str
    payment_method_id: str
    account_id: str
    lines: tuple[DraftLine, ...]
    expected_total: Money
    header_discount: Money | None = None
    """As on a credit memo."""
    shipping_cost: Money | None = None


@dataclass(frozen=True)
class CustomerRefundDraft:
    """Pays an open credit memo, or a customer deposit, out through one tender.

    Only POSTed: there is no transform for it.
    """

    record_type: ClassVar[str] = "customerRefund"
    external_id: str
    key: NaturalKey
    customer_id: str
    on: date
    memo: str
    credit_memo_id: str
    deposit_id: str
    amount: Money
    payment_method_id: str
    account_id: str


@dataclass(frozen=True)
class CloseLinesDraft:
    """Closes the open lines of an authorization, by their line numbers. Source: docs.oracle.com, closing line items."""

    record_type: ClassVar[str] = "closeLines"
    key: str
    authorization_id: str
    lines: tuple[int, ...]


@dataclass(frozen=True)
class ChangeLinesDraft:
    """Sets quantities of an authorization's own lines to what Loop's return holds now; nothing was received on it
    yet.
    """

    record_type: ClassVar[str] = "changeLines"
    key: str
    authorization_id: str
    quantities: tuple[tuple[int, Decimal], ...]
    discounts: tuple[tuple[int, Money], ...]
    header_discount: Money | None
    closed: tuple[int, ...]
    loop_line_ids: tuple[str, ...]


@dataclass(frozen=True)
class SetReviewedDraft:
    """Sets the reviewed field on an authorization, once the review in Loop has ended."""

    record_type: ClassVar[str] = "setReviewed"
    key: str
    authorization_id: str


@dataclass(frozen=True)
class ApplyCreditDraft:
    """Applies a credit memo to an open invoice, that of an exchange order: the line of the apply sublist is keyed by
    the invoice, so that sending it again changes nothing.
    """

    record_type: ClassVar[str] = "applyCredit"
    key: str
    credit_memo_id: str
    invoice_id: str
    amount: Money
    exchange_order_id: str
    """Shopify id of the order whose invoice it is."""


@dataclass(frozen=True)
class AddVarianceDraft:
    """Adds one variance line to a sales order or cash sale that we wrote and that came to `total_before`.

    The line has no key before it is there: the record is read again right before it is sent.
    """

    record_type: ClassVar[str] = "addVariance"
    key: str
    shopify_order_id: str
    sale_type: str
    sale_id: str
    item_id: str
    amount: Money
    total_before: Money


class Act(StrEnum):
    """Loop's actions on a return. Source: docs.loopreturns.com, return actions (read 2026-11-21)."""

    PROCESS = "process"
    REMOVE = "remove"
    FLAG = "flag"
    CANCEL = "cancel"
    CLOSE = "close"
    NOTE = "note"


@dataclass(frozen=True)
class LoopAction:
    """One of Loop's actions, which have no id and cannot be undone.

    Only done while the return is open and holds exactly `loop_line_ids`. `note` is left on the return beforehand, once.
    `body` is what Loop keeps of a processing; `remove` are the lines that a removal takes out (it processes the rest).
    With `done_if_noted` a return that has the note already was acted on before our memory begins: nothing is sent.
    """

    act: Act
    key: str
    loop_return_id: str
    loop_line_ids: frozenset[str]
    note: str = ""
    body: tuple[tuple[str, str], ...] = ()
    remove: tuple[str, ...] = ()
    done_if_noted: bool = False

    @property
    def record_type(self) -> str:
        """How the journal names it: a removal is a processing of what is left."""
        return Act.PROCESS.value if self.act is Act.REMOVE else self.act.value


NetSuiteRecord: TypeAlias = (
    ReturnAuthorizationDraft | ItemReceiptDraft | CreditMemoDraft | CashRefundDraft | CustomerRefundDraft
)
NetSuiteChange: TypeAlias = CloseLinesDraft | ChangeLinesDraft | SetReviewedDraft | ApplyCreditDraft | AddVarianceDraft
Draft: TypeAlias = NetSuiteRecord | OrderRecord | NetSuiteChange | LoopAction
