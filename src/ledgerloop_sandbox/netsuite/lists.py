"""Lists as SQL rows: items, people, places, accounts, periods, statuses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .model import Customer, Item, Period, Place
from .statuses import STATUS_NAMES

if TYPE_CHECKING:
    from .state import Account

Row = dict[str, Any]
"""Values by column name."""


def rows_by_table(account: Account) -> dict[str, list[Row]]:
    """Give the rows of every list table."""
    return {
        "item": [
            *(_item(item) for item in account.items.values()),
            *(_item(Item(key, name, "ShipItem", "")) for key, name in account.ship_methods.items()),
        ],
        "customer": [_customer(customer) for customer in account.customers.values()],
        "location": [_place(place) | {"subsidiary": place.subsidiary} for place in account.locations.values()],
        "subsidiary": [_place(place) | {"currency": 1} for place in account.subsidiaries.values()],
        "account": [
            {"id": int(gl.id), "acctnumber": gl.number, "fullname": gl.name, "accttype": gl.kind, "isinactive": "F"}
            for gl in account.ledger.accounts.values()
        ],
        "currency": [
            {"id": int(key), "name": name, "symbol": name, "exchangerate": 1}
            for key, name in account.currencies.items()
        ],
        "accountingperiod": [_period(period) for period in account.periods.values()],
        "transactionstatus": [
            {"id": letter, "trantype": code, "name": name, "fullname": name}
            for code, names in STATUS_NAMES.items()
            for letter, name in names.items()
        ],
    }


def _item(item: Item) -> Row:
    return {
        "id": int(item.id),
        "itemid": item.sku,
        "fullname": item.sku,
        "displayname": item.sku,
        "externalid": item.external_id or None,
        "upccode": item.upc or None,
        "itemtype": item.kind,
        "isinactive": flag(item.inactive),
        "isserialitem": flag(item.serial),
        "islotitem": flag(item.lot),
        "usebins": flag(item.bins),
    }


def _customer(customer: Customer) -> Row:
    return {
        "id": int(customer.id),
        "entityid": customer.entity_id,
        "companyname": customer.company or None,
        "firstname": customer.first_name or None,
        "lastname": customer.last_name or None,
        "email": customer.email or None,
        "phone": customer.phone or None,
        "isinactive": flag(customer.inactive),
        "externalid": customer.external_id or None,
        "subsidiary": customer.subsidiary,
        **{key: str(value) for key, value in customer.custom.items() if value not in (None, "")},
    }


def _place(place: Place) -> Row:
    return {"id": int(place.id), "name": place.name, "fullname": place.name, "isinactive": flag(place.inactive)}


def _period(period: Period) -> Row:
    return {
        "id": int(period.id),
        "periodname": period.name,
        "startdate": day(period.start),
        "enddate": day(period.end),
        "closed": flag(period.closed),
        "alllocked": flag(period.all_locked),
        "arlocked": flag(period.ar_locked),
        "aplocked": flag(period.ap_locked),
        "isquarter": flag(period.quarter),
        "isyear": flag(period.year),
        "isadjust": "F",
    }


def number(value: Decimal) -> float | int:
    """A number as SQLite stores it."""
    return int(value) if value == value.to_integral_value() else float(value)


def flag(value: bool) -> str:
    """NetSuite's booleans."""
    return "T" if value else "F"


def day(value: date) -> str:
    """A date as the tables hold it."""
    return f"{value.isoformat()} 00:00:00"
