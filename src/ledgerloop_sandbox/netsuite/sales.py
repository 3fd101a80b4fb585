"""Orders as they come about in NetSuite: sales order, fulfilment, invoice, cash sale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .amounts import set_amount
from .deposits import apply_deposits
from .errors import user_error
from .model import Line, Record
from .money import ZERO, cents, decimal
from .statuses import billable, receivable

if TYPE_CHECKING:
    from .state import Account

LINE_STEP = 3
"""Distance of line numbers on entered orders: 1, 4, 7, ... Line numbers need not be consecutive.

Source: docs.oracle.com section_159795518068 (read 2026-11-21); the step is assumed."""

ITEM_DISCOUNT = "907"
"""Item of a discount on one line."""


def add_order(
    account: Account,
    record_type: str,
    customer: str,
    lines: Sequence[Mapping[str, Any]],
    header_discount: Decimal | int | str,
    shipping: Decimal | int | str,
    other_ref: str,
    body_fields: Mapping[str, Any] | None,
    external_id: str,
    location: str,
    tran_date: date | None,
    discount_item: str,
    money_account: str = "",
) -> str:
    """Enter a sales order or a direct cash sale."""
    record = account.draft(record_type, customer, tran_date=tran_date, location=location, external_id=external_id)
    record.other_ref = other_ref
    record.shipping = decimal(shipping)
    record.discount_rate = -abs(decimal(header_discount))
    record.discount_item = discount_item if record.discount_rate else ""
    record.account = money_account
    record.order_status = "B" if record_type == "salesOrder" else ""
    record.moves_stock = record_type == "cashSale"
    record.custom = dict(body_fields or {})
    record.memo = str(record.custom.pop("memo", ""))
    for line in lines:
        record.lines += _entered(account, line, location, len(record.lines))
    return account.commit(record).id


def _entered(account: Account, spec: Mapping[str, Any], location: str, before: int) -> list[Line]:
    """Make the goods line and, for a line discount, the Discount line below it."""
    item_id = str(spec["item"]) if spec.get("item") else account.item_id(str(spec["sku"]))
    item = account.items[item_id]
    rate = decimal(spec["rate"]) if spec.get("rate") is not None else item.price
    line = Line(1 + LINE_STEP * before, 0, item_id, decimal(spec.get("quantity", 1)), rate, cost=item.cost)
    set_amount(line, quantity=None, rate=None, amount=None)
    line.tax_rate = decimal(spec.get("tax_rate", 0))
    line.location = str(spec.get("location") or location)
    line.custom = dict(spec.get("custcols") or {})
    made = [line]
    discount = -abs(decimal(spec.get("discount", 0)))
    percent = spec.get("discount_percent")
    if discount or percent:
        below = Line(line.line + LINE_STEP, 0, str(spec.get("discount_item", ITEM_DISCOUNT)), None, discount, discount)
        below.percent = -abs(decimal(percent)) if percent else None
        below.location = line.location
        made.append(below)
    return made


def copied(line: Line, number: int, doc: str, quantity: Decimal | None) -> Line:
    """Make the line of a following record: same item, rate, tax and custom columns, linked to its source."""
    new = deepcopy(line)
    new.line, new.unique_key, new.order_doc, new.order_line = number, 0, doc, line.line
    new.moved = new.billed = new.billed_amount = ZERO
    new.closed = False
    if line.tax_fixed is not None:
        new.tax_fixed, new.tax_rate = None, line.tax_fixed / line.tax_base if line.tax_base else ZERO
    if quantity is not None and line.quantity != quantity:
        new.quantity = quantity
        new.amount = cents(new.rate * quantity)
    return new


def header_of(account: Account, source: Record, record_type: str, tran_date: date | None = None) -> Record:
    """Begin a record made from another one; customer, currency, location, reference and custom fields go with it."""
    record = account.draft(record_type, source.entity, tran_date=tran_date, created_from=source.id)
    record.subsidiary, record.currency, record.location = source.subsidiary, source.currency, source.location
    record.other_ref = source.other_ref
    record.custom = dict(source.custom)
    record.values = {key: source.values[key] for key in ("department", "class") if key in source.values}
    return record


def fulfil(
    account: Account, order: Record, quantities: Mapping[int, Decimal | int | str] | None, tran_date: date | None
) -> str:
    """Ship goods; raises `Refused` when the order is not approved or nothing is left."""
    if order.status in ("A", "C", "H"):
        raise user_error("The sales order must be approved and open before it can be fulfilled.")
    record = header_of(account, order, "itemFulfillment", tran_date)
    for line in order.lines:
        left = (line.quantity or ZERO) - line.moved
        wanted = left if quantities is None else decimal(quantities.get(line.line))
        if line.closed or not receivable(line, account.items) or not wanted:
            continue
        if wanted > left:
            raise user_error("The quantity to fulfill exceeds the quantity that is open on the order.")
        record.lines.append(copied(line, len(record.lines) + 1, order.id, wanted))
    if not record.lines:
        raise user_error("There are no items to fulfill on this sales order.")
    for shipped in record.lines:
        shipped.tax_rate = ZERO
    account.commit(record)
    for shipped in record.lines:
        source = order.line_by_number(shipped.order_line)
        if source is not None:
            source.moved += shipped.quantity or ZERO
    account.affected(order)
    return record.id


def bill(account: Account, order: Record, record_type: str, tran_date: date | None, money_account: str) -> str:
    """Bill what is shipped and not billed; discounts and shipping go with the first bill."""
    record = header_of(account, order, record_type, tran_date)
    record.account = money_account
    first = not any(line.billed for line in order.lines)
    if first:
        record.discount_item, record.discount_rate = order.discount_item, order.discount_rate
        record.shipping, record.shipping_tax = order.shipping, order.shipping_tax
    taken = False
    for line in order.lines:
        if not billable(line, account.items):
            if taken and line.billed_amount != line.amount:
                record.lines.append(copied(line, len(record.lines) + 1, order.id, None))
            continue
        shipped = line.moved if receivable(line, account.items) else (line.quantity or ZERO)
        left = shipped - line.billed
        taken = left > 0
        if taken:
            new = copied(line, len(record.lines) + 1, order.id, left)
            new.tax_fixed = line.tax_fixed if left == line.quantity else None
            record.lines.append(new)
    if not record.lines:
        raise user_error("There is nothing to bill on this sales order.")
    account.commit(record)
    note_billed(account, order, record)
    if record_type == "invoice":
        apply_deposits(account, order, record)
    return record.id


def note_billed(account: Account, source: Record, record: Record) -> None:
    """Count on the source what the new record billed or credited of it."""
    for line in record.lines:
        of = source.line_by_number(line.order_line) if line.order_doc == source.id else None
        if of is None:
            continue
        of.billed += line.quantity or ZERO
        if of.quantity is None:
            of.billed_amount += line.amount
    account.affected(source)
