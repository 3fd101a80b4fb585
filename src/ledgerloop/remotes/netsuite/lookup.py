"""Customers and items in NetSuite, looked up for many orders at once: what an order needs before it can be sent.

Customers: by our external id, then by e-mail among the active ones. Items: by the configured SKU field, then external
id, then UPC code. A column that the account does not show is left out and not asked for again.

Source: docs.oracle.com, SuiteQL through REST, tables customer and item (read 2026-11-21).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ledgerloop.domain.order_records import FoundCustomer, FoundItem
from ledgerloop.outcome import Refused
from ledgerloop.remotes.netsuite.reading import Queries, column
from ledgerloop.remotes.netsuite.suiteql import Row, batches, marks

OPTIONAL: Final = ("c.subsidiary", "i.upccode")
"""Columns that an account may not have: one subsidiary alone, or no bar codes."""


CUSTOMER: Final = ("c.id", "c.email", "c.externalid", "c.isinactive", "c.subsidiary")
"""Columns that are read of a customer."""


@dataclass(frozen=True)
class BuyerKeys:
    """How a buyer may be known in NetSuite; `email` is empty where it is not known."""

    external_id: str
    email: str = ""


class Lookup:
    """Looks up one account's customers and items. `sku` is the configured field of the item."""

    def __init__(self, client: Queries, *, sku: str) -> None:
        self._client = client
        self._sku = column("i", sku or "itemid")
        self._absent: set[str] = set()

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
            except Refused as refused:
                if not _lacks(refused, by) or by not in OPTIONAL:
                    raise
                self._absent.add(by)
        return rows

    def _tolerantly(self, where: str, chunk: list[str]) -> list[Row]:
        while True:
            columns = [one for one in CUSTOMER if one not in self._absent]
            sql = f"SELECT {', '.join(columns)} FROM customer c WHERE {where} ({marks(chunk)}) ORDER BY c.id"  # noqa: S608
            try:
                return self._client.query(sql, chunk)
            except Refused as refused:
                lacking = [one for one in columns if one in OPTIONAL and _lacks(refused, one)]
                if not lacking:
                    raise
                self._absent.update(lacking)


def _lacks(refused: Refused, name: str) -> bool:
    """Whether the account refused because it does not know this column."""
    said = f"{refused.message} {refused.detail}".lower()
    return "unknown identifier" in said and re.search(rf"\b{name.split('.')[1]}\b", said) is not None


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
