"""What the connector asks NetSuite in SuiteQL: orders, what was made from them, what changed, and the periods.

Batched: up to 200 keys a query, however many returns are open. Only documented columns, and the configured custom
fields.
Source: docs.oracle.com, SuiteQL through REST, tables transaction, transactionline, item, accountingperiod (read
2026-11-21).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol

from ledgerloop.outcome import Refused
from ledgerloop.remotes.netsuite.suiteql import Row, batches, marks

Stored = dict[str, Any]
"""A transaction as it is stored: type, id, external_id, created_from, last_modified, head (a row), lines (rows)."""

MAY_BE_ABSENT = (
    "i.isserialitem",
    "i.islotitem",
    "i.usebins",
    "tl.transactiondiscount",
    "tl.kitmemberof",
    "tl.location",
    "t.subsidiary",
    "t.currency",
)
"""Columns of features that an account may not have: SuiteQL does not know them there, and absent means no."""

STAMP = "YYYY-MM-DD HH24:MI:SS"


class Queries(Protocol):
    """The part of the client that reading needs."""

    def query(self, sql: str, params: Sequence[str] = ()) -> list[Row]: ...

    def query_all(
        self, sql: str, params: Sequence[str] = (), next_params: Callable[[Row], Sequence[str]] | None = None
    ) -> list[Row]: ...


class Reading:
    """Reads one shop's documents. `fields` are the configured field names (empty: not used)."""

    def __init__(
        self,
        client: Queries,
        *,
        order_reference: str,
        order_id: str,
        order_line_id: str,
        sku: str,
        return_ids: Sequence[str],
        flag: str,
        reviewed: str,
        shopify_refund_id: str,
        external_id_prefix: str = "",
    ) -> None:
        self._client = client
        self._reference = column("t", order_reference)
        self._order_id = column("t", order_id)
        self._body = [column("t", name) for name in (*return_ids, flag, reviewed, shopify_refund_id, order_id) if name]
        self._line = [column("tl", name) for name in (order_line_id,) if name]
        self._return_id = column("t", next((name for name in return_ids if name), ""))
        self._sku = column("i", sku or "itemid")
        self._absent: set[str] = set()
        self._prefix = external_id_prefix

    def orders(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, list[Stored]]:
        """Source orders by Shopify order id, each given with its names; orders not found are left out.

        Tried in turn: the order id field, the order reference (names with and without #, ids), our own external ids.
        Source: rulebook section 1, source record.
        """
        found: dict[str, list[Stored]] = {}
        for by in (self._order_id, self._reference, "t.externalid"):
            missing = {key: names for key, names in wanted.items() if key not in found}
            if not by or not missing:
                continue
            spelled = {one: key for key, names in missing.items() for one in _spellings(by, key, names, self._prefix)}
            where = f"t.type IN ('SalesOrd', 'CashSale') AND {by} IN"
            if by == self._order_id:
                spelled = {key: key for key in missing}
            for document in self._documents(where, list(spelled), extra=f"{by} AS matched"):
                key = spelled.get(document["head"].get("matched", ""))
                if key is not None:
                    found.setdefault(key, []).append(document)
        return found

    def made_from(self, parents: Iterable[str]) -> list[Stored]:
        """Everything made directly from these transactions that matters to a return: authorizations, receipts,
        credits, bills.
        """
        types = "'RtnAuth', 'ItemRcpt', 'CustCred', 'CashRfnd', 'CustInvc', 'CashSale', 'CustDep'"
        return self._documents(f"t.type IN ({types}) AND m.createdfrom IN", list(dict.fromkeys(parents)))

    def by_external_id(self, external_ids: Iterable[str]) -> list[Stored]:
        """Our own records, by external id."""
        return self._documents("t.externalid IN", list(dict.fromkeys(external_ids)))

    def by_id(self, internal_ids: Iterable[str]) -> list[Stored]:
        """Transactions by internal id; deleted ones are left out."""
        return self._documents("t.id IN", list(dict.fromkeys(internal_ids)))

    def charges(self, return_ids: Iterable[str]) -> dict[str, list[Stored]]:
        """Cash sales that were made from nothing and name one of these Loop returns, by return.

        Found by the return id field, else by a memo that is `Loop return` and the id.
        """
        by = self._return_id or "t.memo"
        spelled = {one if self._return_id else f"Loop return {one}": one for one in return_ids}
        found: dict[str, list[Stored]] = {}
        for document in self._documents(f"t.type = 'CashSale' AND {by} IN", list(spelled), extra=f"{by} AS matched"):
            if not document["created_from"]:
                found.setdefault(spelled[document["head"].get("matched", "")], []).append(document)
        return found

    def changed(self, since: str) -> list[Row]:
        """Return-side transactions changed at or after `since` (SuiteQL's own zone): id, type, modified, parent,
        externalid.
        """
        head = (
            f"SELECT t.id, t.type, t.externalid, t.status, TO_CHAR(t.lastmodifieddate, '{STAMP}') AS modified, "
            "m.createdfrom AS parent FROM transaction t "
            "JOIN transactionline m ON m.transaction = t.id AND m.mainline = 'T' "
        )
        moment = f"TO_TIMESTAMP(?, '{STAMP}')"
        after = (
            f"(t.lastmodifieddate > {moment} OR (t.lastmodifieddate = {moment} AND t.id > ?)) "
            "ORDER BY t.lastmodifieddate, t.id"
        )
        returns = f"{head} WHERE t.type IN ('RtnAuth', 'CustCred', 'CashRfnd', 'CustRfnd') AND {after}"
        receipts = (
            f"{head} JOIN transaction ra ON ra.id = m.createdfrom AND ra.type = 'RtnAuth' "
            f"WHERE t.type = 'ItemRcpt' AND {after}"
        )
        first = [since, since, "0"]
        with ThreadPoolExecutor(2, thread_name_prefix="changed") as pool:
            pages = pool.map(lambda sql: self._client.query_all(sql, first, _following), (returns, receipts))
            return [row for rows in pages for row in rows]

    def existing(self, internal_ids: Iterable[str]) -> set[str]:
        """Which of these transactions NetSuite still shows: deleted ones simply vanish."""
        found: set[str] = set()
        for chunk in batches(internal_ids):
            rows = self._client.query(
                f"SELECT t.id FROM transaction t WHERE t.id IN ({marks(chunk)}) ORDER BY t.id", chunk
            )
            found.update(row["id"] for row in rows)
        return found

    def periods(self) -> list[Row]:
        """Accounting periods with their locks; quarters, years and adjustment periods left out."""
        sql = (
            f"SELECT id, periodname, TO_CHAR(startdate, '{STAMP}') AS starts, TO_CHAR(enddate, '{STAMP}') AS ends, "
            "closed, alllocked, arlocked, isadjust FROM accountingperiod "
            "WHERE isquarter = 'F' AND isyear = 'F' ORDER BY startdate, id"
        )
        return [row for row in self._client.query(sql) if row.get("isadjust", "F") != "T"]

    def _documents(self, where: str, keys: list[str], extra: str = "") -> list[Stored]:
        documents: list[Stored] = []
        for chunk in batches(keys):
            rows = self._tolerantly(f"{where} ({marks(chunk)})", chunk, extra)
            documents.extend(_grouped(rows))
        return documents

    def _tolerantly(self, where: str, params: list[str], extra: str) -> list[Row]:
        """Ask with every column; where the account lacks a feature, ask again without its columns, and remember."""
        while True:
            try:
                return self._client.query_all(self._select(where, extra), params)
            except Refused as refused:
                said = f"{refused.message} {refused.detail}".lower()
                if "unknown identifier" not in said:
                    raise
                left = [name for name in MAY_BE_ABSENT if name not in self._absent]
                named = [name for name in left if re.search(rf"\b{name.split('.')[1]}\b", said)]
                if not left:
                    raise
                self._absent.update(named or left)

    def _select(self, where: str, extra: str) -> str:
        optional = [name for name in MAY_BE_ABSENT if name not in self._absent]
        columns = [
            "t.id, t.type, t.tranid, t.status, t.entity, t.externalid, t.memo, t.foreigntotal",
            f"TO_CHAR(t.lastmodifieddate, '{STAMP}') AS modified, TO_CHAR(t.trandate, '{STAMP}') AS trandate",
            "m.createdfrom AS parent",
            "tl.id AS line, tl.linesequencenumber AS sequence, tl.item, i.itemtype",
            f"{self._sku} AS sku",
            "tl.quantity, tl.quantityshiprecv, tl.quantitybilled, tl.rate, tl.foreignamount, tl.isclosed",
            *optional,
            *self._body,
            *self._line,
        ]
        return (
            f"SELECT {', '.join([*columns, extra] if extra else columns)} FROM transaction t "
            "JOIN transactionline m ON m.transaction = t.id AND m.mainline = 'T' "
            "LEFT JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = 'F' AND tl.taxline = 'F' "
            "AND NVL(tl.iscogs, 'F') = 'F' "
            f"LEFT JOIN item i ON i.id = tl.item WHERE {where} ORDER BY t.id, tl.linesequencenumber"
        )


def _following(row: Row) -> list[str]:
    return [row["modified"], row["modified"], row["id"]]


def column(table: str, name: str) -> str:
    """A REST field name as the SuiteQL column of a table alias; SuiteQL's are lower case."""
    return f"{table}.{name.lower()}" if name else ""


def _spellings(by: str, shopify_order_id: str, names: Sequence[str], prefix: str) -> Iterator[str]:
    if by == "t.externalid":
        yield from (f"{prefix}SHOP-SO-{shopify_order_id}", f"{prefix}SHOP-CS-{shopify_order_id}")
    for name in names:
        yield from (name, name.lstrip("#"), "#" + name.lstrip("#"))
    yield shopify_order_id


def _grouped(rows: list[Row]) -> Iterator[Stored]:
    current: Stored | None = None
    for row in rows:
        if current is None or current["id"] != row["id"]:
            if current is not None:
                yield current
            current = {
                "type": row.get("type", ""),
                "id": row["id"],
                "external_id": row.get("externalid", ""),
                "created_from": row.get("parent", ""),
                "last_modified": row.get("modified", ""),
                "head": row,
                "lines": [],
            }
        if row.get("line"):
            current["lines"].append(row)
    if current is not None:
        yield current
