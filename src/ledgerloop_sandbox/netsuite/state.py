"""The account: its data, its identity rules, and what people inside NetSuite can do (no HTTP)."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from . import acts, deposits, makes, rules, sales, seed
from .amounts import recalculate
from .auth import Auth
from .holdings import Holdings
from .ledger import Ledger
from .model import KINDS, Line, Record, Settings, Traffic
from .money import decimal
from .statuses import status_of
from .suiteql import QueryService

Number = Decimal | int | str
"""An amount or quantity as people write it."""


class Account(Holdings):
    """One NetSuite account in memory. Every method may be called from any thread; ids of everything are text."""

    def __init__(self, account_id: str, clock: Callable[[], datetime]) -> None:
        self.account_id = account_id
        self.clock = clock
        self.lock = threading.RLock()
        self.settings = Settings()
        self.auth = Auth(account_id, self.settings, clock)
        self.traffic = Traffic()
        self.generation = 0
        self.reset()
        self.queries = QueryService(self)

    def reset(self) -> None:
        """Forget every record, item and person; credentials and settings stay."""
        with self.lock:
            self.empty_lists()
            self.ledger = Ledger()
            self.transactions: dict[str, Record] = {}
            self.by_external: dict[str, str] = {}
            self.children: defaultdict[str, list[str]] = defaultdict(list)
            self.dirty: set[str] = set()
            self.lists_version = 0
            self.counters: defaultdict[str, int] = defaultdict(int)
            self.generation += 1

    def seed(self) -> None:
        """Fill in subsidiary, locations, accounts, items, customers, payment methods, custom fields and periods."""
        with self.lock:
            seed.seed(self)

    # -- identity and saving ------------------------------------------------------------------------------------

    def next_id(self, counter: str, start: int) -> str:
        """Count up a series of ids."""
        self.counters[counter] = max(self.counters[counter] + 1, start)
        return str(self.counters[counter])

    def unique_key(self) -> int:
        """Give a line's key, unique over all transactions."""
        return int(self.next_id("uniquekey", 50001))

    def today(self) -> date:
        """The company's present day."""
        return self.clock().astimezone(ZoneInfo(self.settings.company_zone)).date()

    def targets(self, kind: str) -> Mapping[str, Any]:
        """Give what a reference of this kind may point to."""
        tables: dict[str, Mapping[str, Any]] = {
            **self.lists(),
            "account": self.ledger.accounts,
            "form": {**self.forms, self.settings.credit_form: "Credit", self.settings.cash_form: "Cash"},
            "transaction": self.transactions,
        }
        return tables.get(kind, {})

    def get(self, record_id: str, record_type: str = "") -> Record:
        """Find a transaction. Raises KeyError."""
        record = self.transactions[record_id]
        if record_type and record.type != record_type:
            raise KeyError(record_id)
        return record

    def draft(self, record_type: str, entity: str, **fields: Any) -> Record:
        """Begin a transaction that is not saved yet; it has no id."""
        now = self.clock()
        tran_date = fields.pop("tran_date", None) or self.today()
        return Record("", record_type, "", tran_date, now, now, entity=entity, **fields)

    def commit(self, record: Record) -> Record:
        """Check and save a new transaction: id, number, period, totals, ledger, status. Raises `Refused`."""
        rules.check_external_id(self, record.external_id)
        self.check(record)
        record.id = self.next_id("transaction", 1001)
        record.tran_id = f"{record.kind.prefix}{self.next_id(record.type, 1)}"
        for line in record.lines:
            line.unique_key = self.unique_key()
        self.transactions[record.id] = record
        if record.created_from:
            self.children[record.created_from].append(record.id)
        self.saved(record)
        return record

    def check(self, record: Record) -> None:
        """Recalculate, and refuse what cannot be saved."""
        recalculate(record, self.items)
        rules.check_mandatory(self, record)
        rules.check_period(self, record)

    def saved(self, record: Record) -> None:
        """Bring ledger, status, indexes and modification time up to date after a change."""
        self.ledger.post(record, self.items)
        self.refresh(record, touch=True)
        self.by_external.pop(record.indexed_as, None)
        record.indexed_as = record.external_id.lower()
        if record.indexed_as:
            self.by_external[record.indexed_as] = record.id
        record.version += 1

    def refresh(self, record: Record, *, touch: bool) -> None:
        """Recompute the status; `touch` moves the modification time."""
        record.status = status_of(record, self.items, self.settings)
        if touch:
            record.modified_at = self.clock()
        self.dirty.add(record.id)

    def affected(self, record: Record) -> None:
        """A record changed because another one was made from it or settles it."""
        self.refresh(record, touch=self.settings.children_touch_parent)

    # -- lists ---------------------------------------------------------------------------------------------------

    def add_item(self, sku: str, cost: Number = "0", kind: str = "InvtPart", **fields: Any) -> str:
        """Add an item; fields: price, account, external_id, upc, serial, lot, bins, inactive, before_tax."""
        with self.lock:
            return seed.add_item(self, sku, cost, kind, fields)

    def item_id(self, sku: str) -> str:
        """Find an item's id by its SKU. Raises KeyError."""
        for item in self.items.values():
            if item.sku == sku:
                return item.id
        raise KeyError(sku)

    def add_customer(self, email: str, first_name: str = "", last_name: str = "", external_id: str = "") -> str:
        """Add a customer."""
        with self.lock:
            return seed.add_customer(self, email, first_name, last_name, external_id)

    def customer_id(self, email: str) -> str:
        """Find a customer by e-mail, adding one if there is none."""
        with self.lock:
            for customer in self.customers.values():
                if customer.email.lower() == email.lower():
                    return customer.id
            return self.add_customer(email)

    def add_custom_field(self, script_id: str, kind: str = "text") -> None:
        """Register a custom field (`text` or `boolean`); unregistered ones are unknown names."""
        with self.lock:
            self.custom_fields[script_id] = kind
            self.lists_version += 1

    # -- what people do in NetSuite --------------------------------------------------------------------------------

    def add_sales_order(
        self,
        customer: str,
        lines: Sequence[Mapping[str, Any]],
        *,
        header_discount: Number = 0,
        shipping: Number = 0,
        other_ref: str = "",
        body_fields: Mapping[str, Any] | None = None,
        external_id: str = "",
        location: str = "7",
        date: date | None = None,
        discount_item: str = "906",
    ) -> str:
        """Enter an approved sales order.

        A line: sku (or item), quantity, rate, tax_rate, discount (line total, own Discount line), custcols.
        """
        with self.lock:
            return sales.add_order(
                self, "salesOrder", customer, lines, header_discount, shipping, other_ref, body_fields, external_id,
                location, date, discount_item,
            )  # fmt: skip

    def add_cash_sale(
        self,
        customer: str,
        lines: Sequence[Mapping[str, Any]],
        *,
        header_discount: Number = 0,
        shipping: Number = 0,
        other_ref: str = "",
        body_fields: Mapping[str, Any] | None = None,
        external_id: str = "",
        location: str = "7",
        date: date | None = None,
        discount_item: str = "906",
        account: str = "155",
    ) -> str:
        """Enter a direct cash sale; goods leave with it. Lines as on a sales order."""
        with self.lock:
            return sales.add_order(
                self, "cashSale", customer, lines, header_discount, shipping, other_ref, body_fields, external_id,
                location, date, discount_item, account,
            )  # fmt: skip

    def fulfil(self, sales_order: str, quantities: Mapping[int, Number] | None = None, date: date | None = None) -> str:
        """Ship the goods of a sales order: all, or these quantities per line number."""
        with self.lock:
            return sales.fulfil(self, self.get(sales_order, "salesOrder"), quantities, date)

    def invoice(self, sales_order: str, date: date | None = None) -> str:
        """Bill what is shipped by invoice."""
        with self.lock:
            return sales.bill(self, self.get(sales_order, "salesOrder"), "invoice", date, "")

    def bill_cash_sale(self, sales_order: str, account: str = "155", date: date | None = None) -> str:
        """Bill what is shipped by cash sale."""
        with self.lock:
            return sales.bill(self, self.get(sales_order, "salesOrder"), "cashSale", date, account)

    def pay_invoice(self, invoice: str, account: str = "155", amount: Number | None = None) -> str:
        """Receive a customer payment for an invoice (all that is open, or an amount)."""
        with self.lock:
            return deposits.pay(self, self.get(invoice, "invoice"), account, amount)

    def add_deposit(self, sales_order: str, amount: Number, account: str = "155", external_id: str = "") -> str:
        """Receive a customer deposit for a sales order."""
        with self.lock:
            return deposits.add(self, self.get(sales_order, "salesOrder"), amount, account, external_id)

    def make_authorization(
        self,
        source: str,
        lines: Sequence[Mapping[str, Any]] | None = None,
        external_id: str = "",
        fields: Mapping[str, Any] | None = None,
    ) -> str:
        """Make a return authorization from a sales order, invoice or cash sale.

        `lines` [{"line": source line, "quantity": q}], None = all; `fields` are REST properties (`memo`, `custbody_x`,
        `orderStatus`, `customForm`, ...).
        """
        with self.lock:
            return makes.make(self, source, "returnAuthorization", lines, external_id, fields)

    def receive(
        self,
        authorization: str,
        quantities: Mapping[int, Number] | None = None,
        external_id: str = "",
        date: date | None = None,
        location: str = "",
    ) -> str:
        """The warehouse takes goods in: all that is left, or these quantities per authorization line."""
        with self.lock:
            return makes.receive(self, self.get(authorization), quantities, external_id, date, location)

    def make_credit_memo(
        self,
        source: str,
        lines: Sequence[Mapping[str, Any]] | None = None,
        external_id: str = "",
        fields: Mapping[str, Any] | None = None,
    ) -> str:
        """Make a credit memo from an authorization or invoice; `lines` as there, or with `item`."""
        with self.lock:
            return makes.make(self, source, "creditMemo", lines, external_id, fields)

    def make_cash_refund(
        self,
        source: str,
        lines: Sequence[Mapping[str, Any]] | None = None,
        external_id: str = "",
        fields: Mapping[str, Any] | None = None,
    ) -> str:
        """Make a cash refund from an authorization or cash sale; `lines` as for a credit memo."""
        with self.lock:
            return makes.make(self, source, "cashRefund", lines, external_id, fields)

    def make_customer_refund(
        self, credit_memo: str, amount: Number | None = None, account: str = "155", external_id: str = ""
    ) -> str:
        """Pay out an open credit memo (all of it, or an amount)."""
        with self.lock:
            return makes.refund(self, self.get(credit_memo, "creditMemo"), amount, account, external_id)

    def approve(self, authorization: str) -> None:
        """Approve a pending return authorization or sales order."""
        with self.lock:
            acts.approve(self, self.get(authorization))

    def close_lines(self, authorization: str, lines: Iterable[int] | None = None) -> None:
        """Close these lines, or all; of a return authorization or a sales order."""
        with self.lock:
            acts.close_lines(self, self.get(authorization), lines)

    def reopen_lines(self, authorization: str, lines: Iterable[int] | None = None) -> None:
        """Open closed lines again, or all."""
        with self.lock:
            acts.reopen_lines(self, self.get(authorization), lines)

    def change_line(self, authorization: str, line: int, quantity: Number) -> None:
        """Change the quantity of a line."""
        with self.lock:
            acts.change_line(self, self.get(authorization), line, decimal(quantity))

    def cancel(self, authorization: str) -> None:
        """Cancel an authorization or order of which nothing has moved."""
        with self.lock:
            acts.cancel(self, self.get(authorization))

    def set_field(self, record: str, field: str, value: Any) -> None:
        """Edit a body field by its REST name, as a person would on the form."""
        with self.lock:
            acts.set_field(self, self.get(record), field, value)

    def delete(self, record: str, *, force: bool = False) -> None:
        """Delete a transaction; `force` also with dependants. Raises `Refused`."""
        with self.lock:
            acts.delete(self, self.get(record), force)

    def close_period(self, month: str, *, locked_only: str = "", reopen: bool = False) -> None:
        """Close the month `2026-01`; `locked_only` "all", "ar" or "ap" sets just that lock; `reopen` undoes it."""
        with self.lock:
            acts.close_period(self, month, locked_only, reopen)

    def balances(self) -> dict[str, Decimal]:
        """Balance per account id and per role name (inventory, cogs, ar, bank, revenue, tax, ...); debit positive."""
        with self.lock:
            return self.ledger.balances()

    def on_hand(self, sku: str, location: str = "7") -> Decimal:
        """Quantity of an item at a location, counted from what moved (it may be negative)."""
        with self.lock:
            return self.ledger.on_hand[self.item_id(sku), location]

    def records(self, record_type: str = "") -> list[dict[str, Any]]:
        """All transactions as plain dictionaries (see `acts.as_dict`), oldest first."""
        with self.lock:
            return [
                acts.as_dict(self, record)
                for record in self.transactions.values()
                if not record_type or record.type == record_type
            ]

    def record(self, record_id: str) -> dict[str, Any]:
        """One transaction as a plain dictionary. Raises KeyError."""
        with self.lock:
            return acts.as_dict(self, self.get(record_id))

    def find(self, record_type: str, **fields: Any) -> list[Record]:
        """Transactions of a type whose attributes or custom fields equal these."""
        with self.lock:
            return [r for r in self.transactions.values() if r.type == record_type and acts.matches(r, fields)]

    def find_external(self, external_id: str) -> Record | None:
        """The transaction with this external id."""
        with self.lock:
            holder = self.by_external.get(external_id.lower())
            return self.transactions[holder] if holder else None


__all__ = ["KINDS", "Account", "Line", "Record", "Settings"]
