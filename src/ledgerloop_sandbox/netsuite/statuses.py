"""Status letters, computed from what happened to a record's lines."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .model import STOCKED, Item, Line, Record, Settings
from .money import ZERO

STATUS_NAMES: dict[str, dict[str, str]] = {
    "RtnAuth": {
        "A": "Pending Approval",
        "B": "Pending Receipt",
        "C": "Cancelled",
        "D": "Partially Received",
        "E": "Pending Refund/Partially Received",
        "F": "Pending Refund",
        "G": "Refunded",
        "H": "Closed",
    },
    "SalesOrd": {
        "A": "Pending Approval",
        "B": "Pending Fulfillment",
        "C": "Cancelled",
        "D": "Partially Fulfilled",
        "E": "Pending Billing/Partially Fulfilled",
        "F": "Pending Billing",
        "G": "Billed",
        "H": "Closed",
    },
    "CustInvc": {"A": "Open", "B": "Paid In Full", "D": "Pending Approval", "E": "Rejected", "V": "Voided"},
    "CustCred": {"A": "Open", "B": "Fully Applied", "V": "Voided"},
    "CustDep": {"A": "Not Deposited", "B": "Deposited", "C": "Fully Applied"},
    "DepAppl": {"A": "Undefined"},
    "CashSale": {"B": "Deposited"},
    "CashRfnd": {"A": "Undefined"},
    "CustRfnd": {"A": "Undefined", "V": "Voided"},
    "CustPymt": {"C": "Deposited"},
    "ItemShip": {"C": "Shipped"},
    "ItemRcpt": {"A": "Undefined"},
}
"""Texts of the letters. Source: REST API Browser 2026.1, copies of TransactionStatus (read 2026-11-21); the letters of
cash sale, cash refund, customer refund, payment, fulfilment and receipt are assumed."""

FIXED = {
    "cashSale": "B",
    "cashRefund": "A",
    "customerRefund": "A",
    "customerPayment": "C",
    "depositApplication": "A",
    "itemFulfillment": "C",
    "itemReceipt": "A",
}
"""Types whose status never changes here."""


def status_of(record: Record, items: Mapping[str, Item], settings: Settings) -> str:
    """Compute the letter of a record."""
    if record.type in FIXED:
        return FIXED[record.type]
    if record.type == "returnAuthorization":
        return _authorization(record, items, settings)
    if record.type == "salesOrder":
        return _sales_order(record, items)
    if record.type == "customerDeposit":
        return "C" if record.remaining <= 0 else "A" if record.values.get("undepFunds") else "B"
    return "B" if record.remaining <= 0 else "A"


def receivable(line: Line, items: Mapping[str, Item]) -> bool:
    """Tell whether goods of this line come through the warehouse."""
    return items[line.item].kind in STOCKED


def billable(line: Line, items: Mapping[str, Item]) -> bool:
    """Tell whether this line is counted by quantity when it is billed or refunded (all but discounts)."""
    return items[line.item].kind != "Discount"


def _authorization(record: Record, items: Mapping[str, Item], settings: Settings) -> str:
    if record.cancelled:
        return "C"
    if record.order_status == "A":
        return "A"
    if record.lines and all(line.closed for line in record.lines):
        return "H"
    counted = [line for line in record.lines if billable(line, items)]
    billed = all(line.closed or line.billed >= _quantity(line) for line in counted)
    if not settings.advanced_receiving:
        return "G" if billed else ("E" if any(line.billed for line in counted) else "F")
    goods = [line for line in counted if receivable(line, items)]
    if all(line.closed or line.moved >= _quantity(line) for line in goods):
        return "G" if billed else "F"
    if not any(line.moved for line in goods):
        return "B"
    return "D" if all(line.billed >= line.moved for line in goods) else "E"


def _sales_order(record: Record, items: Mapping[str, Item]) -> str:
    if record.cancelled:
        return "C"
    if record.order_status == "A":
        return "A"
    if record.lines and all(line.closed for line in record.lines):
        return "H"
    counted = [line for line in record.lines if billable(line, items)]
    goods = [line for line in counted if receivable(line, items)]
    billed = all(line.closed or line.billed >= _quantity(line) for line in counted)
    if all(line.closed or line.moved >= _quantity(line) for line in goods):
        return "G" if billed else "F"
    if not any(line.moved for line in goods):
        return "B"
    return "D" if all(line.billed >= line.moved for line in goods) else "E"


def _quantity(line: Line) -> Decimal:
    return line.quantity if line.quantity is not None else ZERO
