"""What people change on records: approve, close, cancel, edit, delete; and records as plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from . import bodies, makes, rules
from .amounts import set_amount
from .errors import user_error
from .model import Line, Record
from .money import cents, plain
from .sales import note_billed

if TYPE_CHECKING:
    from .state import Account


def approve(account: Account, record: Record) -> None:
    """Pending Approval becomes Pending Receipt (or Pending Fulfillment)."""
    record.order_status = "B"
    account.saved(record)


def close_lines(account: Account, record: Record, lines: Iterable[int] | None) -> None:
    """Close lines; unknown line numbers raise KeyError."""
    _set_closed(account, record, lines, closed=True)


def reopen_lines(account: Account, record: Record, lines: Iterable[int] | None) -> None:
    """Open lines again; unknown line numbers raise KeyError."""
    _set_closed(account, record, lines, closed=False)


def change_line(account: Account, record: Record, number: int, quantity: Decimal) -> None:
    """Change a line's quantity; raises `Refused` below what was received or credited."""
    line = record.line_by_number(number)
    if line is None:
        raise KeyError(f"record {record.id} has no line {number}")
    if quantity < max(line.moved, line.billed):
        raise user_error("The quantity cannot be less than the quantity already received or billed.")
    set_amount(line, quantity=quantity, rate=None, amount=None)
    account.check(record)
    account.saved(record)


def _set_closed(account: Account, record: Record, lines: Iterable[int] | None, *, closed: bool) -> None:
    numbers = {line.line for line in record.lines} if lines is None else set(lines)
    for number in numbers:
        line = record.line_by_number(number)
        if line is None:
            raise KeyError(f"record {record.id} has no line {number}")
        line.closed = closed
    account.saved(record)


def cancel(account: Account, record: Record) -> None:
    """Cancel; raises `Refused` once something was received, shipped or billed."""
    if any(line.moved or line.billed for line in record.lines):
        raise user_error("A transaction of which something has been processed cannot be cancelled.")
    record.cancelled = True
    account.saved(record)


def set_field(account: Account, record: Record, field: str, value: Any) -> None:
    """Edit one body field by its REST name."""
    body = makes.typed_fields(account, record.type, {field: value})
    rules.check_external_id(account, str(body.values.get("externalId") or ""), record.id)
    bodies.apply_values(record, body)
    account.check(record)
    account.saved(record)


def delete(account: Account, record: Record, force: bool) -> None:
    """Delete a transaction and take back what it posted, settled, received and billed."""
    if not force:
        rules.check_delete(account, record)
    account.ledger.unpost(record)
    for apply in record.applies:
        doc = account.transactions.get(apply.doc)
        if doc is not None:
            doc.applied -= apply.amount
            account.affected(doc)
    source = account.transactions.get(record.created_from)
    if source is not None:
        _take_back(account, source, record)
    del account.transactions[record.id]
    account.by_external.pop(record.indexed_as, None)
    account.dirty.add(record.id)


def _take_back(account: Account, source: Record, record: Record) -> None:
    account.children[source.id].remove(record.id)
    for line in record.lines:
        of = source.line_by_number(line.order_line) if line.order_doc == source.id else None
        if of is not None and record.type in ("itemReceipt", "itemFulfillment"):
            of.moved -= line.quantity or 0
    if record.type in ("invoice", "cashSale", "creditMemo", "cashRefund"):
        for line in record.lines:
            line.quantity = -line.quantity if line.quantity is not None else None
            line.amount = -line.amount
        note_billed(account, source, record)
    account.affected(source)


def close_period(account: Account, month: str, locked_only: str, reopen: bool) -> None:
    """Close, lock or reopen a month."""
    year, number = month.split("-")
    period = rules.month_of(account, date(int(year), int(number), 1))
    if period is None:
        raise KeyError(f"no accounting period for {month}")
    match locked_only:
        case "":
            period.closed = period.all_locked = period.ar_locked = period.ap_locked = not reopen
        case "all":
            period.all_locked = not reopen
        case "ar":
            period.ar_locked = not reopen
        case "ap":
            period.ap_locked = not reopen
        case _:
            raise ValueError(f"unknown lock {locked_only!r}")
    account.lists_version += 1


def matches(record: Record, fields: Mapping[str, Any]) -> bool:
    """Compare attributes, and custom fields by their script id."""
    return all(
        (record.custom.get(name) if name.startswith("cust") else getattr(record, name)) == value
        for name, value in fields.items()
    )


def as_dict(account: Account, record: Record) -> dict[str, Any]:
    """A record in plain values; amounts are texts with two places."""
    return {
        "id": record.id,
        "type": record.type,
        "externalId": record.external_id or None,
        "tranId": record.tran_id,
        "tranDate": record.tran_date.isoformat(),
        "status": record.status,
        "entity": record.entity,
        "currency": account.currencies.get(record.currency, record.currency),
        "createdFrom": record.created_from or None,
        "memo": record.memo,
        "otherRefNum": record.other_ref,
        "subsidiary": record.subsidiary,
        "discountItem": record.discount_item or None,
        "values": {
            name: value if isinstance(value, str | bool | dict) or value is None else str(value)
            for name, value in record.values.items()
        },
        "location": record.location,
        "customForm": record.custom_form or None,
        "account": record.account or None,
        "paymentOption": record.payment_option or None,
        "postingPeriod": record.period or None,
        "discountRate": str(cents(record.discount_rate)),
        "shipping": str(cents(record.shipping)),
        "subtotal": str(cents(record.subtotal)),
        "taxTotal": str(cents(record.tax_total)),
        "total": str(cents(record.total)),
        "amountRemaining": str(cents(record.remaining)),
        "custom": dict(record.custom),
        "lines": [_line_dict(account, line) for line in record.lines],
        "apply": [{"doc": apply.doc, "amount": str(cents(apply.amount))} for apply in record.applies],
        "postings": {account_id: str(cents(amount)) for account_id, amount in record.posted},
    }


def _line_dict(account: Account, line: Line) -> dict[str, Any]:
    item = account.items[line.item]
    return {
        "line": line.line,
        "item": line.item,
        "sku": item.sku,
        "itemType": item.kind,
        "quantity": plain(line.quantity) if line.quantity is not None else None,
        "rate": plain(line.rate),
        "amount": str(cents(line.amount)),
        "priceLevel": line.price_level,
        "tax": str(cents(line.tax)),
        "location": line.location,
        "description": line.description,
        "isClosed": line.closed,
        "moved": plain(line.moved),
        "billed": plain(line.billed),
        "orderDoc": line.order_doc or None,
        "orderLine": line.order_line or None,
        "custom": dict(line.custom),
    }
