"""Customers, items and order lines in NetSuite, looked up for many orders at once: what an order needs before it can be
sent.

Customers: by our external id, then by e-mail among the active ones. Items: by the configured SKU field, then external
id, then UPC code. A column that the account does not show is left out and not asked for again.

Source: docs.oracle.com, SuiteQL through REST, tables customer and item (read 2026-11-21).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ledgerloop.domain.order_records import FoundCustomer, FoundExchange, FoundItem
from ledgerloop.outcome import CredentialsRefused, Refused
from ledgerloop.remotes.netsuite.optional import OptionalColumns
from ledgerloop.remotes.netsuite.reading import Queries, column
from ledgerloop.remotes.netsuite.suiteql import Row, batches, marks

OPTIONAL: Final = ("c.subsidiary", "i.upccode")
"""Columns that an account may not have: one subsidiary alone, or no bar codes."""


CUSTOMER: Final = ("c.id", "c.email", "c.externalid", "c.isinactive", "c.subsidiary")
"""Columns that are read of a customer."""


SALES: Final = {"SalesOrd": "salesOrder", "CashSale": "cashSale"}
"""Types of an order, as SuiteQL and as REST name them."""


@dataclass(frozen=True)
class BuyerKeys:
    """How a buyer may be known in NetSuite; `email` is empty where it is not known."""

    external_id: str
    email: str = ""


class Lookup:
    """Looks up one account's customers, items and order lines. `sku` and `order_line_id` are the configured fields."""

    def __init__(self, client: Queries, *, sku: str, order_line_id: str = "") -> None:
        self._client = client
        self._line_id = column("tl", order_line_id)
        self._sku = column("i", sku or "itemid")
        self._absent: set[str] = set()
        self._of_customers = OptionalColumns([one for one in CUSTOMER if one in OPTIONAL])

    def customers(self, wanted: Mapping[str, BuyerKeys]) -> dict[str, list[FoundCustomer]]:
        """Customers by whatever key each buyer is asked for; every key is in the answer."""
        found: dict[str, list[FoundCustomer]] = {key: [] for key in wanted}
        by_id = self._customers("c.externalid IN", [one.external_id for one in wanted.values()])
        for key, buyer in wanted.items():
            found[key] = [one for one in by_id if one.external_id == buyer.external_id]
        emails = {key: buyer.email.lower() for key, buyer in wanted.items() if buyer.email and not found[key]}
        by_email = self._customers("NVL(c.isinactive, 'F') = 'F' AND LOWER(c.email) IN", emails.values())
        for key, email in emails.items():
            found[key] = [one for one in by_email if one.email.lower() == email]
        return found

    def exchanged(self, wanted: Mapping[str, Iterable[str]]) -> dict[str, list[FoundExchange]]:
        """Orders and cash sales that bear any of these Shopify lines, by key; every key is in the answer."""
        owners = {line_id: key for key, line_ids in wanted.items() for line_id in line_ids}
        found: dict[str, list[FoundExchange]] = {key: [] for key in wanted}
        for some in batches(owners) if self._line_id else ():
            sql = (
                f"SELECT t.id, t.type, t.tranid, {self._line_id} AS matched FROM transactionline tl "  # noqa: S608
                "JOIN transaction t ON t.id = tl.transaction WHERE t.type IN ('SalesOrd', 'CashSale') "
                f"AND {self._line_id} IN ({marks(some)}) ORDER BY t.id, tl.id"
            )
            for row in self._client.query(sql, list(some)):
                one = FoundExchange(SALES[row["type"]], row["id"], row.get("tranid", ""), row["matched"])
                found[owners[one.shopify_line_id]].append(one)
        return found

    def items(self, skus: Iterable[str]) -> dict[str, list[FoundItem]]:
        """Items by SKU; every SKU is in the answer."""
        found: dict[str, list[FoundItem]] = {sku: [] for sku in skus if sku}
        for by in dict.fromkeys((self._sku, "i.externalid", "i.upccode")):
            missing = [sku for sku, items in found.items() if not items]
            if not missing or by in self._absent:
                continue
            for row in self._items(by, missing):
                if row.get("matched", "") in found:
                    found[row["matched"]].append(_item(row))
        return found

    def _customers(self, where: str, values: Iterable[str]) -> list[FoundCustomer]:
        rows: list[Row] = []
        for chunk in batches(values):
            rows += self._tolerantly(where, chunk)
        return [_customer(row) for row in rows]

    def _items(self, by: str, skus: list[str]) -> list[Row]:
        rows: list[Row] = []
        for chunk in batches(skus):
            if by in self._absent:
                return rows
            try:
                sql = f"SELECT i.id, {by} AS matched, i.itemtype, i.isinactive FROM item i WHERE {by} IN"  # noqa: S608
                rows += self._client.query(f"{sql} ({marks(chunk)}) ORDER BY i.id", chunk)
            except CredentialsRefused:
                raise
            except Refused:  # the same query by the SKU was answered just before: it can only be this column
                if by not in OPTIONAL or by == self._sku:
                    raise
                self._absent.add(by)
        return rows

    def _tolerantly(self, where: str, chunk: list[str]) -> list[Row]:
        while True:
            asked = self._of_customers.left
            try:
                return self._client.query(_select(where, chunk, asked), chunk)
            except Refused as refused:
                if asked == self._of_customers.left:
                    self._of_customers.learn(refused, self._ask_for_nobody)

    def _ask_for_nobody(self, optional: Sequence[str]) -> list[Row]:
        return self._client.query(_select("c.id IN", ["0"], optional), ["0"])


def _select(where: str, chunk: Sequence[str], optional: Sequence[str]) -> str:
    columns = [one for one in CUSTOMER if one in optional or one not in OPTIONAL]
    return f"SELECT {', '.join(columns)} FROM customer c WHERE {where} ({marks(chunk)}) ORDER BY c.id"  # noqa: S608


def _customer(row: Row) -> FoundCustomer:
    return FoundCustomer(
        internal_id=row["id"],
        external_id=row.get("externalid", ""),
        email=row.get("email", ""),
        subsidiary_id=row.get("subsidiary", ""),
        inactive=row.get("isinactive") == "T",
    )


def _item(row: Row) -> FoundItem:
    return FoundItem(row["id"], row.get("matched", ""), row.get("itemtype", ""), row.get("isinactive") == "T")
