"""The query service: POST /query/v1/suiteql.

Source: docs.oracle.com section_157909186990, section_156257796125 (read 2026-11-21).
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from .calls import Answer, Call
from .errors import Refused, invalid_request
from .oracle import Translated, search_error, translate
from .statuses import STATUS_NAMES
from .tables import Tables

if TYPE_CHECKING:
    from .state import Account

MOST_ROWS = 100_000
"""Rows a query may give in all. Source: docs.oracle.com section_156414087576 (read 2026-11-21)."""

MOST_PARAMETERS = 1000
"""Values in one IN list; Oracle's own limit."""

USER_FORMAT = "%m/%d/%Y"
"""How the integration user's preferences show dates: raw dates come out (and are compared) like this."""

ISO = "%Y-%m-%d %H:%M:%S"
"""How the tables hold moments."""

ORACLE_FORMATS = (
    ("YYYY", "%Y"),
    ("HH24", "%H"),
    ("MON", "%b"),
    ("MM", "%m"),
    ("DD", "%d"),
    ("MI", "%M"),
    ("SS", "%S"),
    ("YY", "%y"),
)
"""Oracle's date elements, longest first."""

TYPE_NAMES = {
    "SalesOrd": "Sales Order",
    "ItemShip": "Item Fulfillment",
    "CustInvc": "Invoice",
    "CashSale": "Cash Sale",
    "CustPymt": "Payment",
    "CustDep": "Customer Deposit",
    "DepAppl": "Deposit Application",
    "RtnAuth": "Return Authorization",
    "ItemRcpt": "Item Receipt",
    "CustCred": "Credit Memo",
    "CashRfnd": "Cash Refund",
    "CustRfnd": "Customer Refund",
}
"""Display texts of types."""


class QueryService:
    """Runs queries over the account's tables."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.tables = Tables(account)
        db = self.tables.db
        db.create_function("NS_DF", 3, self._display)
        db.create_function("NS_TO_CHAR", 2, _to_char, deterministic=True)
        db.create_function("NS_TO_DATE", 2, _to_date, deterministic=True)
        db.create_function("NS_USER_DATE", 1, _user_date, deterministic=True)
        db.create_function("NS_NOW", 0, self._now)

    def run(self, query: str, params: list[Any]) -> tuple[list[tuple[Any, ...]], list[str], tuple[bool, ...]]:
        """Give all rows, the keys of their columns, and which columns are raw dates. Raises `Refused`."""
        translated = translate(query)
        if translated.parameters != len(params):
            raise invalid_request(f"The query has {translated.parameters} parameters, but {len(params)} were given.")
        with self.account.lock:
            self.tables.refresh()
            try:
                cursor = self.tables.db.execute(translated.sql, params)
                rows = cursor.fetchmany(MOST_ROWS)
            except sqlite3.Error as error:
                raise self._explained(error, translated) from error
        names = list(translated.names) if translated.names else [_name(column[0]) for column in cursor.description]
        dates = translated.dates if translated.names else tuple(False for _ in names)
        return rows, names, dates

    def _explained(self, error: sqlite3.Error, translated: Translated) -> Refused:
        unknown = re.search(r"no such column: (\S+)", str(error))
        if unknown:
            name = _name(unknown.group(1).split(".")[-1])
            sources = ", ".join(translated.sources)
            return search_error(f"Unknown identifier '{name}'. Available identifiers are: {{{sources}}}.")
        if "ambiguous" in str(error):
            return search_error(f"Invalid or unsupported search: {error}")
        function = re.search(r"no such function: (\S+)", str(error))
        if function:
            return search_error(f"Unknown function '{function.group(1)}'.")
        return search_error("Invalid or unsupported search.")

    def _now(self) -> str:
        return self.account.clock().astimezone(self.tables.zone).strftime(ISO)

    def _display(self, column: str, value: Any, kind: Any) -> str | None:
        if value is None:
            return None
        key = str(value)
        account = self.account
        if column == "status":
            name = STATUS_NAMES.get(str(kind), {}).get(key, key)
            return f"{TYPE_NAMES.get(str(kind), kind)} : {name}"
        if column == "type":
            return TYPE_NAMES.get(key, key)
        if column in ("createdfrom", "transaction", "previousdoc", "nextdoc"):
            record = account.transactions.get(key)
            return f"{TYPE_NAMES[record.kind.code]} #{record.tran_id}" if record else key
        tables: dict[str, tuple[Mapping[str, Any], str]] = {
            "entity": (account.customers, "entity_id"),
            "item": (account.items, "sku"),
            "location": (account.locations, "name"),
            "subsidiary": (account.subsidiaries, "name"),
            "postingperiod": (account.periods, "name"),
        }
        if column == "currency":
            return account.currencies.get(key, key)
        table, attribute = tables.get(column, ({}, ""))
        found = table.get(key)
        return str(getattr(found, attribute)) if found is not None else key


def serve(account: Account, call: Call) -> Answer:
    """Answer a query. Raises `Refused`."""
    if "transient" not in call.headers.get("prefer", "").lower():
        raise invalid_request("The required request header 'Prefer' is missing or its value is not 'transient'.")
    limit, offset = call.paging()
    raw = call.json()
    query = raw.get("q") if isinstance(raw, dict) else None
    params = raw.get("params", []) if isinstance(raw, dict) else []
    if not isinstance(query, str) or not query.strip():
        raise invalid_request("The request body must contain the property q.")
    if not isinstance(params, list) or any(isinstance(value, (dict, list)) for value in params):
        raise invalid_request("The property params must be a list of values.")
    if len(params) > MOST_PARAMETERS:
        raise search_error("Invalid or unsupported search: too many parameters.")
    rows, names, dates = account.queries.run(query, [str(v) if v is not None else None for v in params])
    page = rows[offset : offset + limit]
    body = {
        "links": [{"rel": "self", "href": call.url}],
        "count": len(page),
        "hasMore": offset + limit < len(rows),
        "items": [_item(row, names, dates) for row in page],
        "offset": offset,
        "totalResults": len(rows),
    }
    return Answer(200, body, media="application/vnd.oracle.resource+json; type=collection")


def _item(row: tuple[Any, ...], names: list[str], dates: tuple[bool, ...]) -> dict[str, Any]:
    item: dict[str, Any] = {"links": []}
    for name, value, is_date in zip(names, row, dates, strict=True):
        if value is None or value == "":
            continue
        item[name] = _shown(str(value)) if is_date else text(value)
    return item


def text(value: Any) -> str:
    """Every value is text; numbers carry no trailing zeros."""
    if isinstance(value, float):
        rounded = f"{value:.8f}".rstrip("0").rstrip(".")
        return "0" if rounded in ("-0", "") else rounded
    return str(value)


def _parsed(moment: str, form: str) -> datetime:
    """Read a moment; its zone is the account's and cancels out."""
    return datetime.strptime(moment, form).replace(tzinfo=UTC)


def _shown(moment: str) -> str:
    return _parsed(moment, ISO).strftime(USER_FORMAT)


def _name(column: str) -> str:
    """The name a query uses for what SQLite calls so (`tables.safe`)."""
    return column.lower().removesuffix("_")


def _strftime(form: str) -> str:
    if "%" in form:
        return form
    for oracle, python in ORACLE_FORMATS:
        form = re.sub(oracle, python, form, flags=re.IGNORECASE)
    return form


def _to_char(value: Any, form: str) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        return text(value)
    return _parsed(value, ISO).strftime(_strftime(form))


def _to_date(value: Any, form: str | None) -> str | None:
    if value is None:
        return None
    return _parsed(str(value), _strftime(form) if form else USER_FORMAT).strftime(ISO)


def _user_date(value: Any) -> str | None:
    """A bare text beside a date is read in the user's format, as NetSuite does; anything else is an error."""
    return None if value is None else _parsed(str(value), USER_FORMAT).strftime(ISO)
