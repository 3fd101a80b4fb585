"""The general ledger: what each posting record does to accounts and stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from .model import GlAccount, Item, Record
from .money import ZERO, cents
from .statuses import receivable

Posting = tuple[str, Decimal]
"""Account id and amount, debit positive."""

StockMove = tuple[str, str, Decimal]
"""Item id, location id and quantity, in positive."""


class Ledger:
    """Balances per account and stock per item and location, kept up to date as records are saved and deleted."""

    def __init__(self) -> None:
        self.accounts: dict[str, GlAccount] = {}
        self.by_account: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
        self.on_hand: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: ZERO)

    def role(self, name: str) -> str:
        """Give the account id that plays this role."""
        return next(account.id for account in self.accounts.values() if account.role == name)

    def post(self, record: Record, items: Mapping[str, Item]) -> None:
        """Replace what the record has posted so far by what it says now."""
        self.unpost(record)
        if not record.kind.posting:
            return
        record.posted, record.stock = self._entries(record, items)
        for account, amount in record.posted:
            self.by_account[account] += amount
        for item, location, quantity in record.stock:
            self.on_hand[item, location] += quantity

    def unpost(self, record: Record) -> None:
        """Take back everything the record has posted."""
        for account, amount in record.posted:
            self.by_account[account] -= amount
        for item, location, quantity in record.stock:
            self.on_hand[item, location] -= quantity
        record.posted, record.stock = [], []

    def balances(self) -> dict[str, Decimal]:
        """Balances per account id and, once more, per role name; debit positive."""
        answer: dict[str, Decimal] = {}
        for account in self.accounts.values():
            balance = cents(self.by_account[account.id])
            answer[account.id] = balance
            answer[account.role] = balance
        return answer

    def _entries(self, record: Record, items: Mapping[str, Item]) -> tuple[list[Posting], list[StockMove]]:
        entries: list[Posting] = []
        stock: list[StockMove] = []
        match record.type:
            case "itemFulfillment":
                entries, stock = self._goods(record, items, Decimal(-1))
            case "itemReceipt":
                entries, stock = self._goods(record, items, Decimal(1))
            case "invoice" | "cashSale":
                entries = self._sale(record, items, Decimal(-1))
                if record.moves_stock:
                    goods, stock = self._goods(record, items, Decimal(-1))
                    entries += goods
            case "creditMemo" | "cashRefund":
                entries = self._sale(record, items, Decimal(1))
                if record.moves_stock:
                    goods, stock = self._goods(record, items, Decimal(1))
                    entries += goods
            case "customerPayment":
                entries = [(record.account, record.total), (self.role("ar"), -record.total)]
            case "customerDeposit" | "depositApplication":
                entries = self._deposit(record)
            case "customerRefund":
                entries = self._refund(record)
        return [(account, amount) for account, amount in _summed(entries) if amount], stock

    def _sale(self, record: Record, items: Mapping[str, Item], sign: Decimal) -> list[Posting]:
        """Revenue, discounts, shipping and tax against A/R or the money account; `sign` -1 for sales, 1 for credits."""
        counter = record.account or self.role("ar")
        entries = [(items[line.item].account, sign * line.amount) for line in record.lines]
        if record.discount_rate:
            header = items.get(record.discount_item)
            entries.append((header.account if header else self.role("discounts"), sign * record.discount_rate))
        entries.append((self.role("shipping_income"), sign * record.shipping))
        entries.append((self.role("tax"), sign * record.tax_total))
        entries.append((counter, -sign * record.total))
        return entries

    def _goods(self, record: Record, items: Mapping[str, Item], sign: Decimal) -> tuple[list[Posting], list[StockMove]]:
        """Inventory against cost of goods sold at the original cost; `sign` 1 when goods come in."""
        entries: list[Posting] = []
        stock: list[StockMove] = []
        for line in record.lines:
            if receivable(line, items) and line.quantity:
                value = cents(line.cost * line.quantity) * sign
                entries += [(self.role("inventory"), value), (self.role("cogs"), -value)]
                stock.append((line.item, line.location or record.location, sign * line.quantity))
        return entries, stock

    def _deposit(self, record: Record) -> list[Posting]:
        """Money against customer deposits; when applied, these against A/R."""
        deposits = self.role("customer_deposits")
        if record.type == "customerDeposit":
            return [(record.account, record.total), (deposits, -record.total)]
        return [(deposits, record.total), (self.role("ar"), -record.total)]

    def _refund(self, record: Record) -> list[Posting]:
        deposits = sum((apply.amount for apply in record.applies if apply.sublist == "deposit"), ZERO)
        credited = record.total - deposits
        return [
            (self.role("ar"), credited),
            (self.role("customer_deposits"), deposits),
            (record.account, -record.total),
        ]


def _summed(entries: Iterable[Posting]) -> list[Posting]:
    totals: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for account, amount in entries:
        totals[account] += amount
    return list(totals.items())
