"""What the account refuses when records are made, changed or deleted: business rules, periods, uniqueness."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from .errors import Refused, missing_values, user_error
from .model import Line, Period, Record
from .statuses import receivable

if TYPE_CHECKING:
    from .state import Account

OUTSIDE_PERIOD = "The transaction date you specified is not within the date range of your accounting period."
"""Source: github.com/fylein/fyle-netsuite-api tests/test_netsuite/fixtures.py (read 2026-11-21)."""

RECORD_CHANGED = "Record has been changed"
"""Wording of RCRD_HAS_BEEN_CHANGED. Source: public code that retries on it (read 2026-11-21)."""

RECEIVABLES = (
    "invoice",
    "cashSale",
    "customerPayment",
    "customerDeposit",
    "depositApplication",
    "creditMemo",
    "cashRefund",
    "customerRefund",
)
"""Types that a lock of the receivables side stops as well."""

TRANSFORMS: dict[str, tuple[str, ...]] = {
    "salesOrder": ("returnAuthorization", "invoice", "cashSale", "itemFulfillment"),
    "invoice": ("returnAuthorization", "creditMemo"),
    "cashSale": ("returnAuthorization", "cashRefund"),
    "returnAuthorization": ("itemReceipt", "creditMemo", "cashRefund"),
}
"""Pairs that can be transformed here. Source: docs.oracle.com section_4267258715 (read 2026-11-21), a selection."""


def check_pair(source: str, target: str) -> None:
    """Refuse pairs that NetSuite does not have, such as creditMemo to customerRefund."""
    if target not in TRANSFORMS.get(source, ()):
        raise Refused(
            "INVALID_REQUEST", f"Invalid transform: a record of type {source} cannot be transformed to {target}."
        )


def check_external_id(account: Account, external_id: str, own_id: str = "") -> None:
    """External ids are unique over all transactions.

    Source: docs.oracle.com section_N3436356 (read 2026-11-21). Code and sentence are assumed (`Settings.duplicate_*`).
    """
    holder = account.by_external.get(external_id.lower()) if external_id else None
    if holder and holder != own_id:
        raise Refused(account.settings.duplicate_code, account.settings.duplicate_detail, path="externalId")


def check_source_of_return(source: Record) -> None:
    """A sales order must be shipped before it can be returned.

    Source: github.com/hotwax/netsuite-integration HC_SC_CreatePOSReturn.js (read 2026-11-21).
    """
    if source.type == "salesOrder" and not any(line.moved for line in source.lines):
        raise user_error("You cannot return an order that has not been fulfilled.")
    if source.cancelled:
        raise user_error("You cannot return a cancelled order.")


def check_receivable(account: Account, authorization: Record) -> None:
    """Only an approved authorization with something left can be received, and only with Advanced Receiving."""
    if not account.settings.advanced_receiving:
        raise Refused("INVALID_REQUEST", "Record type 'itemReceipt' was not found: the feature is not enabled.")
    if authorization.status == "A":
        raise user_error("The return authorization must be approved before items can be received.")
    if authorization.status in ("C", "H"):
        raise user_error("The return authorization is closed or cancelled and cannot be received.")
    if not any(left_to_receive(account, line) for line in authorization.lines):
        raise user_error("There are no items left to receive on this return authorization.")


def check_refundable(account: Account, authorization: Record, target: str) -> None:
    """Status and custom form decide whether an authorization can become a credit memo or a cash refund.

    Source: docs.oracle.com section_N1306797, section_N1304530 (read 2026-11-21).
    """
    if authorization.status == "A":
        raise user_error("The return authorization must be approved before it can be refunded.")
    if authorization.status in ("C", "H"):
        raise user_error("The return authorization is closed or cancelled and cannot be refunded.")
    if target == "creditMemo" and authorization.custom_form == account.settings.cash_form:
        raise user_error("A return authorization on a cash form cannot be processed as a credit memo.")
    if not any(left_to_credit(account, line) > 0 for line in authorization.lines):
        raise user_error("There are no items left to refund on this return authorization.")


def left_to_receive(account: Account, line: Line) -> Decimal:
    """Quantity that may still come in on an authorization's line."""
    if line.closed or not receivable(line, account.items) or line.quantity is None:
        return Decimal(0)
    return max(line.quantity - line.moved, Decimal(0))


def left_to_credit(account: Account, line: Line) -> Decimal:
    """Quantity that may still be credited: received goods only, unless the account refunds in advance.

    Source: docs.oracle.com section_N1305008, section_N1313511, section_N1309679 (read 2026-11-21). Assumed: nothing of
    a closed line, as the credit must come before the closing.
    """
    if line.quantity is None or line.closed:
        return Decimal(0)
    needs_receipt = receivable(line, account.items) and account.settings.advanced_receiving
    if needs_receipt and not account.settings.refund_in_advance:
        return max(line.moved - line.billed, Decimal(0))
    return max(line.quantity - line.billed, Decimal(0))


def check_period(account: Account, record: Record) -> None:
    """Fill in the posting period by date, and refuse closed or locked ones.

    Source: the sentence as above; which lock stops which record: facts of accountingperiod (P), assumed in detail.
    """
    if not record.kind.posting:
        return
    period = account.periods.get(record.period) if record.period else month_of(account, record.tran_date)
    if period is None or is_locked(period, record.type):
        raise user_error(OUTSIDE_PERIOD)
    record.period = period.id


def month_of(account: Account, day: date) -> Period | None:
    """Find the month that a day falls in."""
    return next((p for p in account.periods.values() if p.start <= day <= p.end and not p.quarter and not p.year), None)


def is_locked(period: Period, record_type: str) -> bool:
    """Tell whether records of this type can no longer post to the period."""
    return period.closed or period.all_locked or (period.ar_locked and record_type in RECEIVABLES)


def check_mandatory(account: Account, record: Record) -> None:
    """Fields without which NetSuite does not save."""
    missing = []
    if not record.entity:
        missing.append("Customer")
    needs_place = record.type == "itemReceipt" and account.settings.multi_location
    if needs_place and any(not (line.location or record.location) for line in record.lines):
        missing.append("Location")
    if record.type == "cashSale" and account.settings.multi_location:
        goods = [line for line in record.lines if receivable(line, account.items)]
        if any(not (line.location or record.location) for line in goods):
            missing.append("Location")
    if record.type == "customerRefund" and not record.account:
        missing.append("Account")
    if record.discount_rate and not record.discount_item:
        missing.append("Discount Item")
    if missing:
        raise missing_values(", ".join(missing))


def check_change_clash(account: Account) -> None:
    """Answer as if somebody saved the record between load and save, as often as the settings ask for."""
    if account.settings.record_changed_next > 0:
        account.settings.record_changed_next -= 1
        raise Refused("RCRD_HAS_BEEN_CHANGED", RECORD_CHANGED)


def check_delete(account: Account, record: Record) -> None:
    """Records that others stand on cannot be deleted.

    Source for credit memos: docs.oracle.com section_N1313511 (read 2026-11-21); for the others assumed.
    """
    if record.type == "creditMemo" and any(
        apply.doc == record.id for other in account.transactions.values() for apply in other.applies
    ):
        raise user_error("You cannot delete credit memos you have refunded.")
    if account.children.get(record.id):
        raise user_error("This record cannot be deleted because it has dependent records.")
