"""CSV import of orders through the saved maps: rows with the same external id are one record, refused one by one."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from . import makes
from .body import read_body
from .changes import standalone
from .csv_maps import MAPS, MOST_ROWS, Column
from .errors import Refused, invalid_value, missing_values, user_error

if TYPE_CHECKING:
    from .state import Account

Row = Mapping[str, str]

ADDRESSES = {"ship": "shippingAddress", "bill": "billingAddress"}
"""Subrecord of a part."""


def run(account: Account, kind: str, text: str) -> dict[str, Any]:
    """Import a file; gives what was made, what was refused (first row from 2, sentence), and columns not mapped.

    Raises ValueError when the file as a whole does not fit the map: a mapped column is missing, or there are too many
    rows. Assumed: the rows of a record stand together; a later group with the same external id is a second record.
    """
    if kind not in MAPS:
        raise ValueError(f"there is no import {kind!r}; there are {', '.join(MAPS)}")
    record_type, columns = MAPS[kind]
    reader = csv.DictReader(io.StringIO(text), strict=True)
    names = list(reader.fieldnames or ())
    missing = [name for name in columns if name not in names]
    if missing:
        raise ValueError(f"the file lacks the mapped columns {', '.join(missing)}")
    try:
        rows = list(enumerate(reader, start=2))
    except csv.Error as error:
        raise ValueError(f"the file is not CSV: {error}") from error
    if len(rows) > MOST_ROWS:
        raise ValueError(f"the file has {len(rows)} rows; a job takes at most {MOST_ROWS}")
    imported, refused = [], []
    for external_id, group in groupby(rows, key=lambda row: row[1]["externalId"] or ""):
        numbered = list(group)
        try:
            if not external_id:
                raise missing_values("External ID")
            made = _record(account, record_type, columns, [row for _, row in numbered])
        except Refused as error:
            refused.append({"row": numbered[0][0], "externalId": external_id, "message": error.detail})
        else:
            imported.append({"externalId": external_id, "id": made})
    ignored = [name for name in names if name not in columns]
    return {"imported": imported, "refused": refused, "ignored_columns": ignored}


def _record(account: Account, record_type: str, columns: Mapping[str, Column], rows: list[Row]) -> str:
    head: dict[str, Any] = {}
    for name, column in columns.items():
        if column.part == "line":
            continue
        values = {row[name] or "" for row in rows}
        if len(values) > 1:
            raise user_error(f"The rows of one record differ in the column {name}.")
        value = _value(account, column, rows[0][name])
        if value is not None:
            place = head.setdefault(ADDRESSES[column.part], {}) if column.part in ADDRESSES else head
            place[column.field] = value
    head.pop("shippingTaxCode", None)
    taxed, lines = [], []
    for row in rows:
        line, code = _line(account, columns, row)
        lines.append(line)
        taxed.append(code)
    body = {**head, "item": {"items": lines}}
    if record_type == "salesOrder":
        body["orderStatus"] = "B"
    record = standalone(account, record_type, read_body(account, record_type, body, strict=True))
    for made, code in zip(record.lines, taxed, strict=True):
        made.tax_rate = account.settings.default_tax_rate if account.tax_codes.get(code) else made.tax_rate * 0
    return makes.save(account, record).id


def _line(account: Account, columns: Mapping[str, Column], row: Row) -> tuple[dict[str, Any], str]:
    """A line in the shape of the record services, and the name of its tax code."""
    line: dict[str, Any] = {}
    for name, column in columns.items():
        if column.part == "line":
            value = _value(account, column, row[name])
            if value is not None:
                line[column.field] = value
    code = str(line.pop("taxCode", ""))
    item = account.items.get(str((line.get("item") or {}).get("id")))
    if item is not None and item.kind == "Discount":
        line.pop("quantity", None)
    return line, code


def _value(account: Account, column: Column, text: str | None) -> Any:
    """Read a cell; empty cells set nothing. Raises `Refused`."""
    value = (text or "").strip()
    if not value:
        return None
    if column.kind == "id":
        if column.field == "shipMethod" and value not in account.ship_methods:
            raise Refused("INVALID_KEY_OR_REF", f"Invalid shipmethod reference key {value}.")
        return {"id": value}
    if column.kind == "name":
        return _named(account, column.field, value)
    if column.kind == "date":
        return _date(account, value)
    if column.kind == "flag":
        if value.lower() not in ("t", "f", "true", "false", "yes", "no"):
            raise invalid_value(value, column.field, column.field)
        return value.lower() in ("t", "true", "yes")
    return value


def _named(account: Account, field: str, name: str) -> Any:
    """Find what a name stands for: discount items, price levels and tax codes are written by name."""
    if field == "discountItem":
        found = next((item.id for item in account.items.values() if item.sku == name and item.kind == "Discount"), None)
    elif field == "price":
        found = account.price_levels.get(name)
    else:
        return name if name in account.tax_codes else _unknown(field, name)
    return {"id": found} if found else _unknown(field, name)


def _unknown(field: str, name: str) -> Any:
    raise Refused("INVALID_KEY_OR_REF", f"Invalid {field.lower()} reference key {name}.")


def _date(account: Account, text: str) -> str:
    try:
        return datetime.strptime(text, account.settings.csv_date_format).replace(tzinfo=UTC).date().isoformat()
    except ValueError as error:
        raise invalid_value(text, "trandate", "tranDate") from error
