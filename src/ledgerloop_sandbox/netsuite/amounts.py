"""What a record adds up to: line amounts, discounts, tax (SuiteTax style, per line) and totals."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from .errors import user_error
from .model import Item, Line, Record
from .money import ZERO, allocate, cents

HUNDRED = Decimal(100)
"""Per cent to share."""


def recalculate(record: Record, items: Mapping[str, Item]) -> None:
    """Set amounts, taxes and totals from quantities, rates and discounts.

    Raises `Refused` when the total is negative. Source: the total of a return can not be negative
    (github.com/hotwax/netsuite-integration HC_SC_CreatePOSReturn.js, read 2026-11-21).
    """
    _discount_amounts(record.lines, items)
    record.subtotal = sum((line.amount for line in record.lines), ZERO)
    if record.discount_percent is not None:
        record.discount_rate = cents(record.subtotal * record.discount_percent / HUNDRED)
    bases = _tax_bases(record, items)
    record.tax_total = record.shipping_tax
    for line, base in zip(record.lines, bases, strict=True):
        line.tax_base = base
        if line.tax_fixed is not None:
            line.tax = line.tax_fixed
        else:
            line.tax = cents(base * line.tax_rate) + line.tax_skew if line.tax_rate else ZERO
        record.tax_total += line.tax
    record.total = cents(record.subtotal + record.discount_rate + record.shipping + record.payment + record.tax_total)
    if record.total < 0:
        raise user_error("The total can not be negative.")


def set_amount(line: Line, *, quantity: Decimal | None, rate: Decimal | None, amount: Decimal | None) -> None:
    """Change a goods or charge line; an amount given decides the rate."""
    if quantity is not None:
        line.quantity = quantity
    if rate is not None:
        line.rate = rate
    count = line.quantity if line.quantity is not None else Decimal(1)
    if amount is not None:
        line.amount = cents(amount)
        line.rate = amount / count if count else amount
    else:
        line.amount = cents(line.rate * count)


def _discount_amounts(lines: list[Line], items: Mapping[str, Item]) -> None:
    """A discount line in per cent follows the line right above it; a flat one stands."""
    for index, line in enumerate(lines):
        if items[line.item].kind == "Discount" and line.percent is not None:
            above = lines[index - 1].amount if index else ZERO
            line.rate = line.amount = cents(above * line.percent / HUNDRED)


def _tax_bases(record: Record, items: Mapping[str, Item]) -> list[Decimal]:
    """Amount on which each line is taxed: less its own discount lines and its share of the header discount.

    Assumed: the header discount lowers the base of the taxable lines only, pro rata.
    """
    bases: list[Decimal] = []
    target = -1
    for index, line in enumerate(record.lines):
        item = items[line.item]
        bases.append(line.amount if item.kind != "Discount" else ZERO)
        if item.kind != "Discount":
            target = index
        elif item.before_tax and target >= 0:
            bases[target] += line.amount
    header = items.get(record.discount_item)
    if record.discount_rate and (header is None or header.before_tax):
        weights = [base if line.tax_rate and base > 0 else ZERO for base, line in zip(bases, record.lines, strict=True)]
        bases = [base + share for base, share in zip(bases, allocate(record.discount_rate, weights), strict=True)]
    return bases
