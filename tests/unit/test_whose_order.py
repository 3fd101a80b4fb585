"""An order that is found by its name alone is not taken for another shop's order of the same name."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import pytest

from ledgerloop.remotes.netsuite.reading import Reading
from ledgerloop.remotes.netsuite.suiteql import Row

MINE, OTHER = "5930000000001", "6840000000001"
"""Shopify ids of two shops' first orders."""

FIELD = "custbody_shopify_order_id"


class Account:
    """An account's sales orders; a query finds those that hold one of the bound values in the column it asks for."""

    def __init__(self, *orders: Row) -> None:
        self.orders = orders

    def query(self, sql: str, params: Sequence[str] = ()) -> list[Row]:
        column = sql.rpartition(" AND t.")[2].partition(" ")[0]
        found = ({**one, "matched": one[column]} for one in self.orders if one.get(column) in params)
        return [{"type": "SalesOrd", "line": "1", **one} for one in found]

    def query_all(
        self, sql: str, params: Sequence[str] = (), next_params: Callable[[Row], Sequence[str]] | None = None
    ) -> list[Row]:
        return self.query(sql, params)


def found(
    *orders: Row, order_id: str = FIELD, wanted: Mapping[str, Sequence[str]] = MappingProxyType({MINE: ["#1001"]})
) -> dict[str, list[str]]:
    names = dict.fromkeys(("order_line_id", "flag", "reviewed", "shopify_refund_id"), "")
    reading = Reading(
        Account(*orders),
        order_reference="otherRefNum",
        order_id=order_id,
        sku="itemid",
        return_ids=(),
        **names,
    )
    documents = reading.orders(wanted)
    return {key: [one["id"] for one in some] for key, some in documents.items()}


def named(number: str, **changes: str) -> Row:
    return {"id": number, "otherrefnum": "#1001", **changes}


@pytest.mark.parametrize(
    "marks",
    [
        {FIELD: OTHER},
        {FIELD: f"gid://shopify/Order/{OTHER}"},
        {"externalid": f"SHOP-SO-{OTHER}"},
        {"externalid": f"EU-SHOP-CS-{OTHER}"},
        {"externalid": f"SHOP-SO-{OTHER}", FIELD: MINE + "9"},
    ],
    ids=["its order id", "its global id", "our external id", "another shop's external id", "both"],
)
def test_another_order_of_the_same_name_is_not_this_one(marks: Row) -> None:
    assert found(named("1001", **marks)) == {}


@pytest.mark.parametrize(
    "marks",
    [
        {},
        {FIELD: f"gid://shopify/Order/{MINE}"},
        {FIELD: f"{MINE}.0"},
        {FIELD: "1001"},
        {"externalid": f"SHOP-SO-{MINE}"},
        {"externalid": "HC-10001"},
    ],
    ids=["no order id", "its global id", "its number", "its name", "our external id", "another connector's"],
)
def test_an_order_that_does_not_say_that_it_is_another_stays_a_candidate(marks: Row) -> None:
    assert found(named("1001", **marks)) == {MINE: ["1001"]}


def test_without_an_order_id_field_only_external_ids_tell() -> None:
    orders = named("1001"), named("1002", externalid=f"EU-SHOP-SO-{OTHER}")
    assert found(*orders, order_id="") == {MINE: ["1001"]}


def test_two_orders_of_one_name_asked_for_together_each_get_their_own() -> None:
    orders = named("1001", **{FIELD: f"gid://shopify/Order/{MINE}"}), named("1002", externalid=f"SHOP-SO-{OTHER}")
    assert found(*orders, wanted={MINE: ["#1001"], OTHER: ["#1001"]}) == {MINE: ["1001"], OTHER: ["1002"]}


def test_an_external_id_that_is_the_bare_name_of_another_order_is_not_this_one() -> None:
    assert found({"id": "1001", "externalid": "1001", FIELD: OTHER}) == {}
