"""NetSuite's documents about a return, as they stand there.

Source: docs.oracle.com, NetSuite online help, return authorizations; SuiteQL tables transaction and transactionline
(read 2026-11-21).
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import LineKind

_NUMBER = re.compile(r"\d+")


class AuthorizationStatus(StrEnum):
    """Status letters of a return authorization."""

    PENDING_APPROVAL = "A"
    PENDING_RECEIPT = "B"
    CANCELLED = "C"
    PARTIALLY_RECEIVED = "D"
    PENDING_REFUND_PARTIALLY_RECEIVED = "E"
    PENDING_REFUND = "F"
    REFUNDED = "G"
    CLOSED = "H"


@dataclass(frozen=True)
class DocumentLine:
    """A line of a document; quantities positive, amounts positive for goods and negative for discounts and fees."""

    line: int
    item_id: str
    sku: str
    kind: LineKind
    quantity: Decimal
    received: Decimal
    refunded: Decimal
    amount: Money
    closed: bool
    location_id: str = ""
    shopify_line_id: str = ""
    kit_member: bool = False
    lot_or_serial: bool = False
    no_receipt: bool = False
    """No receipt ever names it: a service, a gift certificate, or whatever else was sold without being shipped."""

    @property
    def came(self) -> bool:
        """Whether all of it was received, or nothing of it ever is."""
        return self.no_receipt or self.received >= self.quantity

    @property
    def open_quantity(self) -> Decimal:
        """Still to be received; nothing on a closed line."""
        return Decimal(0) if self.closed else max(self.quantity - self.received, Decimal(0))

    @property
    def awaited(self) -> Decimal:
        """Open quantity on which something is still to come: a receipt, or where there is none the credit."""
        return Decimal(0) if self.no_receipt and self.refunded >= self.quantity else self.open_quantity


@dataclass(frozen=True)
class Document:
    """A NetSuite transaction with its lines. `record_type` as the REST API spells it.

    `loop_return_id` and the Shopify ids are read from the configured fields, else from what we wrote into the memo.
    """

    record_type: str
    internal_id: str
    number: str
    external_id: str
    status: str
    created_from: str
    customer_id: str
    currency_id: str
    total: Money
    memo: str
    loop_return_id: str
    shopify_refund_id: str
    shopify_transaction_id: str
    loop_line_ids: frozenset[str]
    flagged: bool
    reviewed: bool
    lines: tuple[DocumentLine, ...]

    @property
    def goods(self) -> tuple[DocumentLine, ...]:
        """Lines of goods, members of kits left out."""
        return tuple(line for line in self.lines if line.kind is LineKind.GOODS and not line.kit_member)

    def discounts_below(self, number: int) -> tuple[DocumentLine, ...]:
        """The discount lines directly below a line: they belong to it."""
        found: list[DocumentLine] = []
        below = False
        for line in self.lines:
            if line.line == number:
                below = True
            elif below and line.kind is LineKind.DISCOUNT:
                found.append(line)
            elif below:
                break
        return tuple(found)

    def mentions(self, ids: Collection[str]) -> frozenset[str]:
        """Which of these ids stand in the memo, in whatever words."""
        return frozenset(ids) & frozenset(_NUMBER.findall(self.memo))

    @property
    def ended(self) -> bool:
        """A return authorization that nothing more can be received on: cancelled or closed by a person, or by us."""
        return self.status in (AuthorizationStatus.CANCELLED, AuthorizationStatus.CLOSED)


@dataclass(frozen=True)
class Period:
    """An accounting period. Dates are ISO text (YYYY-MM-DD), both ends included."""

    internal_id: str
    name: str
    starts_on: str
    ends_on: str
    closed: bool
    all_locked: bool
    receivables_locked: bool

    def stops(self, *, receivable: bool) -> bool:
        """Whether a record may not be dated in this period; `receivable` for credit memos and refunds."""
        return self.closed or self.all_locked or (receivable and self.receivables_locked)
