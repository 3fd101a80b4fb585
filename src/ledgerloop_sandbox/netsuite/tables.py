"""The account as SQL tables, kept up to date row by row: what SuiteQL reads.

Columns are exactly those NetSuite shows to SuiteQL (a selection): there is no `createdfrom` on transaction and no
`itemtype` on transactionline. Sources: fivetran/dbt_netsuite_source seeds,
oracle/netsuite-suitecloud-sdk, timdietrich.me (read 2026-11-21).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from . import lists
from .lists import Row, day, flag, number
from .model import Line, Record
from .money import ZERO

if TYPE_CHECKING:
    from .state import Account

_TEXT = """
type tranid transactionnumber trandate createddate lastmodifieddate status memo externalid otherrefnum posting
voided mainline taxline iscogs isclosed linelastmodifieddate expectedreceiptdate transactionlinetype
transactiondiscount itemid fullname displayname upccode itemtype isinactive isserialitem islotitem usebins
entityid companyname firstname lastname email phone name symbol acctnumber accttype periodname startdate
enddate closed alllocked arlocked aplocked isquarter isyear isadjust previoustype nexttype linktype trantype
uniquekey
"""

TEXT_COLUMNS = frozenset(_TEXT.split())
"""Columns that hold text; all others are numbers."""

_DATES = "trandate createddate lastmodifieddate linelastmodifieddate expectedreceiptdate startdate enddate"

DATE_COLUMNS = frozenset(_DATES.split())
"""Columns that hold a date or a moment, as `YYYY-MM-DD HH24:MI:SS`."""

_LINKS = "previousdoc previousline previoustype nextdoc nextline nexttype linktype foreignamount lastmodifieddate"

TABLES = {
    "transaction": "id type tranid transactionnumber trandate createddate lastmodifieddate status entity subsidiary "
    "currency exchangerate foreigntotal total memo externalid otherrefnum posting postingperiod voided",
    "transactionline": "id transaction linesequencenumber uniquekey mainline taxline iscogs item quantity "
    "quantityshiprecv quantitybilled rate netamount foreignamount isclosed location department class "
    "subsidiary createdfrom kitmemberof memo linelastmodifieddate expectedreceiptdate transactionlinetype "
    "transactiondiscount",
    "nexttransactionlinelink": _LINKS,
    "previoustransactionlinelink": _LINKS,
    "item": "id itemid fullname displayname externalid upccode itemtype isinactive isserialitem islotitem usebins",
    "customer": "id entityid companyname firstname lastname email phone isinactive externalid subsidiary",
    "location": "id name fullname isinactive subsidiary",
    "subsidiary": "id name fullname isinactive currency",
    "account": "id acctnumber fullname accttype isinactive",
    "currency": "id name symbol exchangerate",
    "department": "id name fullname isinactive",
    "classification": "id name fullname isinactive",
    "accountingperiod": "id periodname startdate enddate closed alllocked arlocked aplocked isquarter isyear isadjust",
    "transactionstatus": "id trantype name fullname",
    "dual": "dummy",
}
"""Tables and their columns; custom fields are added to transaction and transactionline."""

INDEXES = (
    ("transaction", "id"),
    ("transaction", "externalid"),
    ("transaction", "otherrefnum"),
    ("transaction", "type, lastmodifieddate"),
    ("transactionline", "transaction, id"),
    ("transactionline", "createdfrom, mainline"),
    ("nexttransactionlinelink", "nextdoc"),
    ("nexttransactionlinelink", "previousdoc"),
    ("previoustransactionlinelink", "nextdoc"),
    ("previoustransactionlinelink", "previousdoc"),
    ("item", "id"),
    ("item", "itemid"),
    ("customer", "id"),
    ("customer", "email"),
    ("customer", "externalid"),
    ("item", "externalid"),
)
"""Indexes, so that look-ups by key stay quick with thousands of records."""

LINK_TYPES = {
    "itemReceipt": "ShipRcpt",
    "itemFulfillment": "ShipRcpt",
    "invoice": "OrdBill",
    "cashSale": "OrdBill",
    "returnAuthorization": "SaleRet",
    "creditMemo": "OrdBill",
    "cashRefund": "OrdBill",
}
"""Link types by the type of the later document; all but ShipRcpt are assumed."""


def safe(name: str) -> str:
    """The name that SQLite knows a column or alias by: with an underscore, so that none of its own words is meant."""
    return f"{name.lower()}_"


class Tables:
    """An SQLite database beside the account; `refresh` copies what changed since the last time."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.state: tuple[Any, ...] = ()
        self.lists_version = -1
        self.db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.columns: dict[str, frozenset[str]] = {}

    def refresh(self) -> None:
        """Bring the tables up to date."""
        account = self.account
        hidden = tuple(account.settings.hidden_columns)
        state = (account.generation, account.settings.suiteql_zone, tuple(account.custom_fields.items()), hidden)
        if state != self.state:
            self._create()
            self.state = state
            self.lists_version = -1
            account.dirty.update(account.transactions)
        self.zone = ZoneInfo(account.settings.suiteql_zone)
        if not account.dirty and self.lists_version == account.lists_version:
            return
        self.db.execute("BEGIN")
        if self.lists_version != account.lists_version:
            self._lists()
            self.lists_version = account.lists_version
        for record_id in sorted(account.dirty, key=int):
            self._drop(record_id)
            record = account.transactions.get(record_id)
            if record is not None:
                self._transaction(record)
        account.dirty.clear()
        self.db.execute("COMMIT")

    def _create(self) -> None:
        for name, columns in TABLES.items():
            names = columns.split()
            if name == "transaction":
                names += [key for key in self.account.custom_fields if key.startswith("custbody_")]
            elif name == "transactionline":
                names += [key for key in self.account.custom_fields if key.startswith("custcol_")]
            elif name == "customer":
                names += [key for key in self.account.custom_fields if key.startswith("custentity_")]
            names = [column for column in names if f"{name}.{column}" not in self.account.settings.hidden_columns]
            self.columns[name] = frozenset(names)
            typed = ", ".join(
                f"{safe(column)} {'TEXT' if column in TEXT_COLUMNS or column.startswith('cust') else 'NUMERIC'}"
                for column in names
            )
            self.db.execute(f"DROP TABLE IF EXISTS ns_{name}")
            self.db.execute(f"CREATE TABLE ns_{name} ({typed})")
        for key in self.account.custom_fields:
            if key.startswith("custbody_"):
                self.db.execute(f"CREATE INDEX ix_{key} ON ns_transaction ({safe(key)})")
        for position, (name, columns) in enumerate(INDEXES):
            keys = ", ".join(safe(column) for column in columns.split(", "))
            self.db.execute(f"CREATE INDEX ix_{position} ON ns_{name} ({keys})")
        self.db.execute("INSERT INTO ns_dual VALUES ('X')")

    def _insert(self, table: str, row: Row) -> None:
        known = self.columns[table]
        names = [name for name in row if name in known]
        places, marks = ", ".join(map(safe, names)), ", ".join("?" * len(names))
        self.db.execute(f"INSERT INTO ns_{table} ({places}) VALUES ({marks})", [row[name] for name in names])

    def _drop(self, record_id: str) -> None:
        self.db.execute("DELETE FROM ns_transaction WHERE id_ = ?", (record_id,))
        self.db.execute("DELETE FROM ns_transactionline WHERE transaction_ = ?", (record_id,))
        for table in ("nexttransactionlinelink", "previoustransactionlinelink"):
            self.db.execute(f"DELETE FROM ns_{table} WHERE nextdoc_ = ?", (record_id,))

    def _moment(self, moment: datetime) -> str:
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def _transaction(self, record: Record) -> None:
        kind = record.kind
        total = number(record.total * kind.sign) if record.type not in ("itemReceipt", "itemFulfillment") else None
        row: Row = {
            "id": int(record.id),
            "type": kind.code,
            "tranid": record.tran_id,
            "transactionnumber": f"{kind.code.upper()}{record.id}",
            "trandate": day(record.tran_date),
            "createddate": self._moment(record.created_at),
            "lastmodifieddate": self._moment(record.modified_at),
            "status": record.status,
            "entity": record.entity or None,
            "subsidiary": record.subsidiary,
            "currency": record.currency,
            "exchangerate": 1,
            "foreigntotal": total,
            "total": total,
            "memo": record.memo or None,
            "externalid": record.external_id or None,
            "otherrefnum": record.other_ref or None,
            "posting": flag(kind.posting),
            "postingperiod": record.period or None,
            "voided": "F",
        }
        for key, kind_of_field in self.account.custom_fields.items():
            if key.startswith("custbody_"):
                row[key] = _custom(record.custom.get(key), kind_of_field)
        self._insert("transaction", row)
        for line_row in self._lines(record):
            self._insert("transactionline", line_row)
        for link in self._links(record):
            self._insert("nexttransactionlinelink", link)
            self._insert("previoustransactionlinelink", link)

    def _lines(self, record: Record) -> Iterator[Row]:
        """Main line, item lines, then header discount, shipping, taxes and cost lines, each with an id of its own."""
        kind = record.kind
        highest = max((line.line for line in record.lines), default=0)
        total = number(record.total * kind.sign)
        yield self._row(record, 0, 0, mainline="T", foreignamount=total, netamount=total, memo=record.memo or None)
        for sequence, line in enumerate(record.lines, start=1):
            yield self._item_row(record, line, sequence)
        extra: list[Row] = []
        if record.discount_item and record.discount_rate:
            amount = number(-record.discount_rate * kind.sign)
            extra.append({"item": record.discount_item, "foreignamount": amount, "netamount": amount,
                          "rate": number(record.discount_rate), "transactiondiscount": "T"})  # fmt: skip
        if record.shipping:
            amount = number(-record.shipping * kind.sign)
            method = next(iter(self.account.ship_methods), None)
            extra.append({"item": method, "foreignamount": amount, "netamount": amount})
        if record.tax_total:
            amount = number(-record.tax_total * kind.sign)
            extra.append({"taxline": "T", "foreignamount": amount, "netamount": amount})
        if record.type in ("itemReceipt", "itemFulfillment") or record.moves_stock:
            costly = [line for line in record.lines if line.cost and line.quantity]
            extra += [
                {"iscogs": "T", "item": line.item, "netamount": number(line.cost * (line.quantity or ZERO))}
                for line in costly
            ]
        for offset, values in enumerate(extra, start=1):
            yield self._row(record, highest + offset, len(record.lines) + offset, **values)

    def _item_row(self, record: Record, line: Line, sequence: int) -> Row:
        sign = -record.kind.sign
        stock_only = record.type in ("itemReceipt", "itemFulfillment")
        amount = None if stock_only else number(line.amount * sign)
        row = self._row(
            record,
            line.line,
            sequence,
            uniquekey=str(line.unique_key),
            item=line.item,
            quantity=number(line.quantity * sign) if line.quantity is not None else None,
            quantityshiprecv=number(line.moved),
            quantitybilled=number(line.billed),
            rate=None if stock_only else number(line.rate),
            netamount=amount,
            foreignamount=amount,
            isclosed=flag(line.closed),
            location=line.location or None,
            memo=line.description or None,
        )
        for key, kind_of_field in self.account.custom_fields.items():
            if key.startswith("custcol_"):
                row[key] = _custom(line.custom.get(key), kind_of_field)
        return row

    def _row(self, record: Record, line: int, sequence: int, **values: Any) -> Row:
        row: Row = {
            "id": line,
            "transaction": int(record.id),
            "linesequencenumber": sequence,
            "uniquekey": f"{record.id}{line:04d}",
            "mainline": "F",
            "taxline": "F",
            "iscogs": "F",
            "isclosed": "F",
            "transactiondiscount": "F",
            "location": record.location or None,
            "subsidiary": record.subsidiary,
            "createdfrom": record.created_from or None,
            "linelastmodifieddate": self._moment(record.modified_at),
        }
        row.update(values)
        return row

    def _links(self, record: Record) -> Iterator[Row]:
        modified = self._moment(record.modified_at)
        for line in record.lines:
            source = self.account.transactions.get(line.order_doc)
            if source is not None:
                yield _link(source, line.order_line, record, line.line, LINK_TYPES[record.type], line.amount, modified)
        for apply in record.applies:
            settled = self.account.transactions.get(apply.doc)
            if settled is not None:
                yield _link(settled, 0, record, 0, "Payment", apply.amount, modified)

    def _lists(self) -> None:
        for name, rows in lists.rows_by_table(self.account).items():
            self.db.execute(f"DELETE FROM ns_{name}")
            for row in rows:
                self._insert(name, row)


def _link(
    before: Record, line: int, after: Record, next_line: int, link_type: str, amount: Decimal, modified: str
) -> Row:
    return {
        "previousdoc": int(before.id),
        "previousline": line,
        "previoustype": before.kind.code,
        "nextdoc": int(after.id),
        "nextline": next_line,
        "nexttype": after.kind.code,
        "linktype": link_type,
        "foreignamount": number(amount),
        "lastmodifieddate": modified,
    }


def _custom(value: Any, kind: str) -> str | None:
    if kind == "boolean":
        return flag(bool(value))
    return str(value) if value not in (None, "") else None
