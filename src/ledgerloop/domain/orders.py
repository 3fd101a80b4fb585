"""The original order: as Shopify shows its money, and as NetSuite holds it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from ledgerloop.domain.money import Money


@dataclass(frozen=True)
class ShopTransaction:
    """A movement of money on a Shopify order. `kind` and `status` upper case, as GraphQL spells them."""

    transaction_id: str
    kind: str
    status: str
    gateway: str
    amount: Money
    presentment_amount: Money
    processed_at: datetime | None
    parent_id: str = ""
    test: bool = False

    def in_currency(self, currency: str) -> Money | None:
        """The amount in this currency, as Shopify states it; None where it states none. Nothing is ever converted."""
        return next((one for one in (self.amount, self.presentment_amount) if one.currency == currency), None)


@dataclass(frozen=True)
class RefundedLine:
    """Units of an order line that a refund names, and their value before and of tax."""

    shopify_line_id: str
    quantity: int
    subtotal: Money
    tax: Money
    shopify_location_id: str = ""


@dataclass(frozen=True)
class ShopRefund:
    """A refund on a Shopify order; money left only through its successful REFUND transactions."""

    refund_id: str
    created_at: datetime | None
    shopify_return_id: str
    return_name: str
    transactions: tuple[ShopTransaction, ...]
    lines: tuple[RefundedLine, ...] = ()
    """Read with whole orders only."""
    shipping: tuple[Money, ...] = ()
    """Shipping given back, tax included: in shop currency, and in the shopper's where that is another."""
    duties: tuple[Money, ...] = ()
    """Duties given back, in the same currencies."""


@dataclass(frozen=True)
class ShopOrder:
    """A Shopify order as far as returns need it.

    Amounts in shop currency; `credit_used` is Loop's return credit on it.
    """

    shopify_order_id: str
    name: str
    currency: str
    presentment_currency: str
    taxes_included: bool
    processed_at: datetime | None
    updated_at: datetime
    total: Money
    received: Money
    credit_used: Money
    transactions: tuple[ShopTransaction, ...]
    refunds: tuple[ShopRefund, ...]
    shopify_location_id: str = ""
    presentment_total: Money | None = None
    presentment_credit_used: Money | None = None
    financial_status: str = ""
    """As Shopify shows it; empty where it does not."""
    made_by_loop: bool = False

    def sold(self, currency: str) -> Money | None:
        """Value sold, in this currency: money received and the return credit used; None where it is not stated.

        Gift cards redeemed are payments like others; refunds do not lessen what was sold.
        """
        paid = self._paid(currency)
        used = (self.credit_used, self.presentment_credit_used)
        credit = next((one for one in used if one is not None and one.currency == currency), None)
        return paid + credit if paid is not None and credit is not None else paid

    def _paid(self, currency: str) -> Money | None:
        """Money received. What is marked as paid without a payment was: Loop's exchange orders above all.

        An order that shows neither a payment nor a status was paid as well, for all we can see.

        Source: help.loopreturns.com, loop discount on (read 2026-11-21).
        """
        totals = (self.total, self.presentment_total)
        total = next((one for one in totals if one is not None and one.currency == currency), None)
        moved = [one for one in self.transactions if one.status == "SUCCESS" and one.kind in (*PAYMENTS, "CHANGE")]
        stated = [(one.kind, one.in_currency(currency)) for one in moved]
        if total is None or any(amount is None for _, amount in stated):
            return None
        signed = (-abs(amount) if kind == "CHANGE" else amount for kind, amount in stated if amount is not None)
        received = Money.total(signed, currency)
        exchange = self.made_by_loop or bool(self.credit_used)
        marked = self.financial_status in PAID or not self.financial_status
        return max(received, total) if marked and (exchange or not moved) else received


PAYMENTS: Final = ("SALE", "CAPTURE")
"""Kinds of transactions by which money comes in; an authorization alone is none."""

PAID: Final = ("PAID", "PARTIALLY_REFUNDED", "REFUNDED")
"""Financial statuses of an order that was paid in full. Source: shopify.dev, OrderDisplayFinancialStatus (read
2026-11-21). Assumed: an order refunded in part that was only paid in part shows as partially paid."""


class LineKind(StrEnum):
    """What a line of a NetSuite transaction is to a return."""

    GOODS = "goods"
    DISCOUNT = "discount"
    SHIPPING = "shipping"
    OTHER = "other"


@dataclass(frozen=True)
class SourceLine:
    """A line of the order in NetSuite. Quantities and amounts are positive for goods, negative for discounts."""

    line: int
    item_id: str
    sku: str
    kind: LineKind
    quantity: Decimal
    shipped: Decimal
    billed: Decimal
    amount: Money
    closed: bool
    location_id: str = ""
    shopify_line_id: str = ""
    kit_member: bool = False
    lot_or_serial: bool = False


@dataclass(frozen=True)
class SourceOrder:
    """The NetSuite record that a return authorization is made from."""

    record_type: str
    internal_id: str
    number: str
    status: str
    customer_id: str
    subsidiary_id: str
    currency_id: str
    external_id: str
    lines: tuple[SourceLine, ...]
    header_discount: Money | None = None
    header_discount_item_id: str = ""
    total: Money | None = None
    """As saved; None where NetSuite does not show it."""

    @property
    def goods(self) -> tuple[SourceLine, ...]:
        """Lines that can come back: goods, not members of a kit."""
        return tuple(line for line in self.lines if line.kind is LineKind.GOODS and not line.kit_member)
