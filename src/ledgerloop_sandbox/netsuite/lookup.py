"""Finding record types and records by what a path says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .errors import Refused, invalid_request, nonexistent
from .fields import BODY
from .model import ITEM_RECORDS, Customer, Item, Record

if TYPE_CHECKING:
    from .state import Account

TYPES = {name.lower(): name for name in (*BODY, *ITEM_RECORDS)}
"""Record types by lower-case name: the path segment is not case-sensitive (Oracle's samples mix both)."""

EXTERNAL = re.compile(r"[A-Za-z0-9_-]+")
"""External ids that `eid:` can carry. Source: docs.oracle.com section_156334828635 (read 2026-11-21)."""


def type_named(name: str) -> str:
    """Give the record type of a path segment. Raises `Refused`."""
    found = TYPES.get(name.lower())
    if found is None:
        raise Refused("NONEXISTENT_ID", f"Record type '{name}' does not exist.", status=404)
    return found


def find(account: Account, record_type: str, key: str) -> Record | Customer | Item:
    """Find a record by id or `eid:`. Raises `Refused`."""
    external = ""
    if key.lower().startswith("eid:"):
        external = key[4:]
        if not EXTERNAL.fullmatch(external):
            raise invalid_request(f"Invalid value of the resource ID: {key}.")
    if record_type in ITEM_RECORDS or record_type == "customer":
        table = account.customers if record_type == "customer" else account.items
        for row_id, row in table.items():
            fits = row.external_id.lower() == external.lower() if external else row_id == key
            if fits and (record_type == "customer" or getattr(row, "kind", "") == ITEM_RECORDS[record_type]):
                return row
        raise nonexistent()
    record = account.find_external(external) if external else account.transactions.get(key)
    if record is None or record.type != record_type:
        raise nonexistent()
    return record
