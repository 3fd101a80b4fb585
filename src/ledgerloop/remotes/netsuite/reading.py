"""What the connector asks NetSuite in SuiteQL: orders, what was made from them, what changed, and the periods.

Batched: up to 200 keys a query, however many returns are open. Only documented columns, and the configured custom
fields.
Source: docs.oracle.com, SuiteQL through REST, tables transaction, transactionline, item, accountingperiod (read
2026-11-21).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any, Final, Protocol

from ledgerloop.outcome import CredentialsRefused, Refused
from ledgerloop.remotes.netsuite.natural import Condition, Named, NaturalKeys
from ledgerloop.remotes.netsuite.optional import OptionalColumns
from ledgerloop.remotes.netsuite.suiteql import Row, batches, marks
from ledgerloop.remotes.netsuite.whose import is_anothers

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

_NOTHING: Final[Iterator[Condition]] = iter(())


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
        self._bears = order_id.lower() if order_id.lower() not in ("externalid", order_reference.lower()) else ""
        self._body = [column("t", name) for name in (*return_ids, flag, reviewed, shopify_refund_id, order_id) if name]
        self._line = [column("tl", name) for name in (order_line_id,) if name]
        self._return_id = column("t", next((name for name in return_ids if name), ""))
        self._sku = column("i", sku or "itemid")
        self._natural = NaturalKeys(return_ids, shopify_refund_id)
        self._optional = OptionalColumns(MAY_BE_ABSENT)
        self._prefix = external_id_prefix
        self._unites = True

    def orders(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, list[Stored]]:
        """Source orders by Shopify order id, each given with its names; orders not found are left out.

        Tried in turn: the order id field, the order reference (names with and without #, ids), our own external ids; on
        sales orders, and on cash sales and invoices that were made from them.
        What bears a name and is another order by its ids is left out.
        Source: rulebook section 1, source record.
        """
        found: dict[str, list[Stored]] = {}
        for by in (self._order_id, self._reference, "t.externalid"):
            missing = {key: names for key, names in wanted.items() if key not in found}
            if not by or not missing:
                continue
            spelled: dict[str, list[str]] = {}
            for key, names in missing.items():
                spellings = [key] if by == self._order_id else _spellings(by, key, names, self._prefix)
                for one in dict.fromkeys(spellings):
                    spelled.setdefault(one, []).append(key)
            where = f"t.type IN ('SalesOrd', 'CashSale', 'CustInvc') AND {by} IN"
            hits: dict[str, list[Stored]] = {}
            for document in self._documents(where, list(spelled), extra=f"{by} AS matched"):
                for key in spelled.get(document["head"].get("matched", ""), ()):
                    if by == self._order_id or not is_anothers(document, key, wanted[key], self._bears):
                        hits.setdefault(key, []).append(document)
            found |= self._led_to(hits, wanted)
        return found

    def _led_to(self, hits: dict[str, list[Stored]], wanted: Mapping[str, Sequence[str]]) -> dict[str, list[Stored]]:
        """The orders that were found: bills lead to the sales orders that they were made from, and an invoice is none
        itself.
        """
        bills = [one for some in hits.values() for one in some if one["type"] != "SalesOrd"]
        there = {one["id"] for some in hits.values() for one in some}
        behind = dict.fromkeys(one["created_from"] for one in bills if one["created_from"] not in ("", *there))
        sold = {one["id"]: one for one in self.by_id(behind) if one["type"] == "SalesOrd"} if behind else {}
        led: dict[str, list[Stored]] = {}
        for key, some in hits.items():
            parents = (sold[one] for one in dict.fromkeys(bill["created_from"] for bill in some) if one in sold)
            mine = [one for one in parents if not is_anothers(one, key, wanted[key], self._bears)]
            kept = [*(one for one in some if one["type"] != "CustInvc"), *mine]
            if kept:
                led[key] = kept
        return led

    def made_from(self, parents: Iterable[str], also: Iterator[Condition] = _NOTHING) -> list[Stored]:
        """Everything made directly from these transactions that matters to a return: authorizations, receipts,
        credits, bills. Each query takes one of the conditions along, as far as they go.
        """
        types = "'RtnAuth', 'ItemRcpt', 'CustCred', 'CashRfnd', 'CustInvc', 'CashSale', 'CustDep'"
        made = ((f"t.type IN ({types}) AND m.createdfrom IN ({marks(some)})", some) for some in batches(parents))
        return [one for branch in made for one in self._united([branch, *islice(also, 1)])]

    def bearing(self, names: Iterable[Condition]) -> list[Stored]:
        """Records about money that left which bear one of these names, each condition in a query of its own."""
        return [one for condition in names for one in self._united([condition])]

    def naming(self, named: Named) -> Iterator[Condition]:
        """The conditions for records that bear one of these names."""
        found = (self._natural.condition(portion, named.since) for portion in named.portions())
        return (one for one in found if one[0])

    def owners(self, document: Stored, named: Named) -> list[str]:
        """The cases whose names a document bears."""
        return self._natural.owners(document, named)

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
            documents.extend(self._united([(f"{where} ({marks(chunk)})", chunk)], extra))
        return documents

    def _united(self, branches: Sequence[Condition], extra: str = "") -> list[Stored]:
        """The documents of all branches, read in one query; one after the other where the account takes no union."""
        if len(branches) > 1 and not self._unites:
            return [one for branch in branches for one in self._united([branch], extra)]
        params = [value for _, some in branches for value in some]
        try:
            return [*_grouped(self._tolerantly([where for where, _ in branches], params, extra))]
        except CredentialsRefused:
            raise
        except Refused:
            if len(branches) == 1:
                raise
        self._unites = False
        return self._united(branches, extra)

    def _tolerantly(self, branches: Sequence[str], params: list[str], extra: str) -> list[Row]:
        """Ask with every column; where the account lacks a feature, ask again without its columns, and remember."""
        while True:
            asked = self._optional.left
            try:
                return self._client.query_all(self._select(branches, extra, asked), params)
            except Refused as refused:
                if asked == self._optional.left:
                    self._optional.learn(refused, self._ask_for_nothing)

    def _ask_for_nothing(self, optional: Sequence[str]) -> list[Row]:
        return self._client.query_all(self._select(["t.id IN (?)"], "", optional), ["0"])

    def _select(self, branches: Sequence[str], extra: str, optional: Sequence[str]) -> str:
        """One query for all branches; a document that is in several comes with each of its lines several times."""
        columns = [
            "t.id AS id, t.type, t.tranid, t.status, t.entity, t.externalid, t.memo, t.foreigntotal",
            f"TO_CHAR(t.lastmodifieddate, '{STAMP}') AS modified, TO_CHAR(t.trandate, '{STAMP}') AS trandate",
            "m.createdfrom AS parent",
            "tl.id AS line, tl.linesequencenumber AS sequence, tl.item, i.itemtype",
            f"{self._sku} AS sku",
            "tl.quantity, tl.quantityshiprecv, tl.quantitybilled, tl.rate, tl.foreignamount, tl.isclosed",
            *optional,
            *self._body,
            *self._line,
        ]
        head = (
            f"SELECT {', '.join([*columns, extra] if extra else columns)} FROM transaction t "
            "JOIN transactionline m ON m.transaction = t.id AND m.mainline = 'T' "
            "LEFT JOIN transactionline tl ON tl.transaction = t.id AND tl.mainline = 'F' AND tl.taxline = 'F' "
            "AND NVL(tl.iscogs, 'F') = 'F' LEFT JOIN item i ON i.id = tl.item WHERE "
        )
        order = "t.id, tl.linesequencenumber" if len(branches) == 1 else "id, sequence"
        return f"{' UNION ALL '.join(head + one for one in branches)} ORDER BY {order}"


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
    seen: set[str] = set()
    for row in rows:
        if current is None or current["id"] != row["id"]:
            if current is not None:
                yield current
            seen = set()
            current = {
                "type": row.get("type", ""),
                "id": row["id"],
                "external_id": row.get("externalid", ""),
                "created_from": row.get("parent", ""),
                "last_modified": row.get("modified", ""),
                "head": row,
                "lines": [],
            }
        if row.get("line") and row["line"] not in seen:
            seen.add(row["line"])
            current["lines"].append(row)
    if current is not None:
        yield current
