"""Transactions that come from nothing: sales orders, cash sales and the like, entered with all their lines.

Source: REST API Browser 2026.1; the refusal by subsidiary: github.com/fylein/netsuite-sdk-py (read 2026-11-21).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import Refused, user_error
from .model import Record

if TYPE_CHECKING:
    from .state import Account


def begin(account: Account, record: Record) -> None:
    """A new transaction takes the subsidiary of its customer."""
    customer = account.customers.get(record.entity)
    if customer is not None:
        record.subsidiary = customer.subsidiary


def check(account: Account, record: Record) -> None:
    """Refuse a subsidiary that is not the customer's, and locations of another one."""
    customer = account.customers.get(record.entity)
    if customer is not None and customer.subsidiary != record.subsidiary:
        raise _foreign("entity", record.entity, record)
    for number, line in enumerate(record.lines):
        _check_place(account, record, line.location, f"item.items[{number}].location")
        if line.quantity == 0:
            raise user_error("The quantity of a line must not be zero.", f"item.items[{number}].quantity")
    _check_place(account, record, record.location, "location")


def _check_place(account: Account, record: Record, location: str, path: str) -> None:
    place = account.locations.get(location)
    if place is not None and place.subsidiary != record.subsidiary:
        raise _foreign("location", location, record, path)


def _foreign(field: str, key: str, record: Record, path: str = "") -> Refused:
    detail = f"Invalid {field} reference key {key} for subsidiary {record.subsidiary}."
    return Refused("INVALID_KEY_OR_REF", detail, path=path or field)
