"""Customers and items looked up in NetSuite: by which columns, in how many queries, and what an account lacks."""

from collections.abc import Sequence

import pytest

from ledgerloop.domain.order_records import FoundExchange
from ledgerloop.outcome import Refused
from ledgerloop.remotes.netsuite.lookup import BuyerKeys, Lookup
from ledgerloop.remotes.netsuite.suiteql import Row


class Account:
    """Answers by what a query asks for; `lacks` are columns that it does not know."""

    def __init__(self, rows: dict[str, list[Row]], lacks: str = "", says: str = "") -> None:
        self.rows = rows
        self.lacks = lacks
        self._says = says
        self.asked: list[tuple[str, list[str]]] = []

    def query(self, sql: str, params: Sequence[str] = ()) -> list[Row]:
        self.asked.append((sql, list(params)))
        if self.lacks and self.lacks in sql:
            said = self._says or f"Search error occurred: Unknown identifier '{self.lacks.upper()}'."
            raise Refused("netsuite", "netsuite_bad_query", said)
        where = sql.partition(" WHERE ")[2]
        return [row for key, rows in self.rows.items() if key in where for row in rows if _asked_for(row, params)]

    def query_all(self, sql: str, params: Sequence[str] = (), next_params: object = None) -> list[Row]:
        raise AssertionError("look-ups are asked by their keys")


def _asked_for(row: Row, params: Sequence[str]) -> bool:
    return any(value in params for value in (row.get("matched"), row.get("externalid"), row.get("email", "").lower()))


def test_a_customer_is_looked_for_by_external_id_and_only_then_by_e_mail() -> None:
    known = {"id": "1", "externalid": "SHOP-CUST-7", "email": "Old@example.com", "isinactive": "T"}
    other = {"id": "2", "email": "Ana@Example.com", "isinactive": "F", "subsidiary": "1"}
    account = Account({"c.externalid": [known], "LOWER(c.email)": [other, {**known, "isinactive": "F"}]})

    found = Lookup(account, sku="itemid").customers(
        {
            "10": BuyerKeys("SHOP-CUST-7", "old@example.com"),
            "11": BuyerKeys("SHOP-CUST-8", "ana@example.com"),
            "12": BuyerKeys("SHOP-CUST-O12"),
        }
    )

    assert [(one.internal_id, one.inactive) for one in found["10"]] == [("1", True)]
    assert [(one.internal_id, one.subsidiary_id) for one in found["11"]] == [("2", "1")]
    assert found["12"] == []
    assert [params for _, params in account.asked] == [
        ["SHOP-CUST-7", "SHOP-CUST-8", "SHOP-CUST-O12"],
        ["ana@example.com"],
    ]


def test_two_hundred_orders_are_one_query_each_way() -> None:
    account = Account({})
    wanted = {str(number): BuyerKeys(f"SHOP-CUST-{number}", f"{number}@example.com") for number in range(200)}
    assert set(Lookup(account, sku="itemid").customers(wanted)) == set(wanted)
    assert len(account.asked) == 2


def test_an_account_of_one_subsidiary_is_asked_without_that_column_ever_after() -> None:
    account = Account({"c.externalid": [{"id": "1", "externalid": "SHOP-CUST-7"}]}, lacks="subsidiary")
    lookup = Lookup(account, sku="itemid")
    for _ in range(2):
        assert [one.internal_id for one in lookup.customers({"10": BuyerKeys("SHOP-CUST-7")})["10"]] == ["1"]
    assert [("subsidiary" in sql) for sql, _ in account.asked] == [True, False, False]


def test_however_it_is_worded_an_absent_column_is_left_out() -> None:
    row = {"id": "1", "externalid": "SHOP-CUST-7"}
    account = Account({"c.externalid": [row]}, lacks="subsidiary", says="Invalid search query.")
    lookup = Lookup(account, sku="itemid")
    for _ in range(2):
        assert [one.internal_id for one in lookup.customers({"10": BuyerKeys("SHOP-CUST-7")})["10"]] == ["1"]
    asked = [sql for sql, _ in account.asked if "c.id IN" not in sql]
    assert [("subsidiary" in sql) for sql in asked] == [True, False, False]

    account = Account({}, lacks="upccode", says="Field 'upccode' was not found. Reason: NOT_EXPOSED")
    lookup = Lookup(account, sku="itemid")
    for _ in range(2):
        assert lookup.items(["GONE"]) == {"GONE": []}
    assert sum("upccode" in sql for sql, _ in account.asked) == 1


def test_a_customer_table_that_may_not_be_asked_is_told() -> None:
    account = Account({}, lacks="customer", says="Invalid search query.")
    with pytest.raises(Refused):
        Lookup(account, sku="itemid").customers({"10": BuyerKeys("SHOP-CUST-7")})


def test_an_item_is_looked_for_by_sku_field_then_external_id_then_upc_code() -> None:
    account = Account(
        {
            "i.custitem_sku": [{"id": "1", "matched": "TEE", "itemtype": "InvtPart"}],
            "i.externalid": [{"id": "2", "matched": "CAP", "isinactive": "T"}],
            "i.upccode": [{"id": "3", "matched": "4006381333931"}],
        }
    )

    found = Lookup(account, sku="custitem_sku").items(["TEE", "CAP", "4006381333931", "GONE", ""])

    assert {sku: [one.internal_id for one in items] for sku, items in found.items()} == {
        "TEE": ["1"],
        "CAP": ["2"],
        "4006381333931": ["3"],
        "GONE": [],
    }
    assert [params for _, params in account.asked] == [
        ["TEE", "CAP", "4006381333931", "GONE"],
        ["CAP", "4006381333931", "GONE"],
        ["4006381333931", "GONE"],
    ]


def test_an_account_without_bar_codes_is_asked_for_them_once_and_other_refusals_are_told() -> None:
    account = Account({}, lacks="upccode")
    lookup = Lookup(account, sku="itemid")
    for _ in range(2):
        assert lookup.items(["GONE"]) == {"GONE": []}
    assert sum("upccode" in sql for sql, _ in account.asked) == 1
    with pytest.raises(Refused):
        Lookup(Account({}, lacks="itemid"), sku="itemid").items(["TEE"])


def test_orders_that_bear_an_exchange_line_are_found_by_the_configured_field_alone() -> None:
    there = {"id": "1001", "type": "SalesOrd", "tranid": "SO1", "matched": "1511"}
    account = Account({"tl.custcol_line IN": [there]})
    wanted = {"X1": ["1511", "1512"], "X2": ["1513"]}

    found = Lookup(account, sku="itemid", order_line_id="custcol_LINE").exchanged(wanted)

    assert found == {"X1": [FoundExchange("salesOrder", "1001", "SO1", "1511")], "X2": []}
    assert [params for _, params in account.asked] == [["1511", "1512", "1513"]]
    assert Lookup(account, sku="itemid").exchanged(wanted) == {"X1": [], "X2": []}
    assert len(account.asked) == 1
