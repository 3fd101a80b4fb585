"""Putting the typed body fields of a request onto a record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from .body import Body
from .errors import invalid_content
from .model import Record
from .money import ZERO

ATTRIBUTES = {
    "externalId": "external_id",
    "memo": "memo",
    "otherRefNum": "other_ref",
    "location": "location",
    "customForm": "custom_form",
    "orderStatus": "order_status",
    "discountItem": "discount_item",
    "account": "account",
    "arAcct": "",
    "paymentOption": "payment_option",
    "postingPeriod": "period",
    "entity": "entity",
    "customer": "entity",
    "subsidiary": "subsidiary",
    "currency": "currency",
    "salesOrder": "created_from",
}
"""REST names of plain text attributes; an empty name is accepted and not kept."""

SHIPPING = "SHIPPING"
"""Tax details reference of the shipping cost.

Source: docs.oracle.com, tax details sublist of SuiteTax (read 2026-11-21).
"""

NUMBERS = {"shippingCost": "shipping", "payment": "payment"}
"""REST names of amounts."""


def apply_values(record: Record, body: Body) -> None:
    """Set every body field the request names. Raises `Refused` where a field may not change."""
    for name, value in body.values.items():
        _check_fixed(record, name, value)
        if name.startswith("custbody_"):
            record.custom[name] = value
        elif name in ATTRIBUTES:
            if ATTRIBUTES[name]:
                setattr(record, ATTRIBUTES[name], value or "")
        elif name in NUMBERS:
            setattr(record, NUMBERS[name], value if value is not None else ZERO)
        elif name == "discountRate":
            _header_discount(record, value)
        elif name == "tranDate":
            _date(record, value, keep_period="postingPeriod" in body.values)
        elif name == "autoApply":
            record.auto_apply = value is not False
        else:
            record.values[name] = value
    _fixed_taxes(record, body)


def _header_discount(record: Record, value: Decimal | str | None) -> None:
    """A rate in per cent follows the lines; a flat one stands."""
    percent = Decimal(value.removesuffix("%")) if isinstance(value, str) else None
    record.discount_percent = percent
    record.discount_rate = value if isinstance(value, Decimal) else ZERO


def _date(record: Record, value: date | None, *, keep_period: bool) -> None:
    if value is not None and value != record.tran_date:
        record.tran_date = value
        if not keep_period:
            record.period = ""


def _check_fixed(record: Record, name: str, value: Any) -> None:
    """Customer, currency and subsidiary of a record that comes from another one cannot be changed (assumed)."""
    attribute = {"entity": "entity", "customer": "entity", "currency": "currency", "subsidiary": "subsidiary"}.get(name)
    if attribute and record.created_from and record.type != "customerDeposit" and value != getattr(record, attribute):
        raise invalid_content(f"The field {name} cannot be changed on a transaction made from another one.", name)


def _fixed_taxes(record: Record, body: Body) -> None:
    """Taxes given line by line with taxDetailsOverride; each detail names its line by taxDetailsReference."""
    if not body.taxes or not body.values.get("taxDetailsOverride"):
        return
    by_reference = {line.values.get("taxDetailsReference"): line for line in record.lines}
    for line in record.lines:
        line.tax_fixed = ZERO
    record.shipping_tax = ZERO
    for detail in body.taxes:
        if detail.values.get("taxDetailsReference") == SHIPPING:
            record.shipping_tax += detail.values.get("taxAmount") or ZERO
            continue
        line = by_reference.get(detail.values.get("taxDetailsReference"))  # type: ignore[assignment]
        if line is None:
            raise invalid_content("The tax details reference names no line.", f"{detail.path}.taxDetailsReference")
        line.tax_fixed = (line.tax_fixed or ZERO) + (detail.values.get("taxAmount") or ZERO)
