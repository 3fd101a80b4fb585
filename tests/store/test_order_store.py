"""The order store: the newest version of an order stays, whole, with everything that NetSuite needs of it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ledgerloop.domain.erasure import ERASED
from ledgerloop.store import Store
from ledgerloop.store.order_store import LightOrder, OrderStore
from ledgerloop.store.order_tables import PARTS, order_communications, order_statuses
from ledgerloop.store.order_writing import Incoming
from tests.support.database import NOW, later
from tests.support.orders import CREATED_AT, an_order, payment, usd

SHOP = "main"
ID = "5930000000001"


@pytest.fixture
def orders(store: Store) -> OrderStore:
    return OrderStore(store)


def put(orders: OrderStore, order: Any, source: str = "read", channel: str = "WEB", method: str = "STANDARD") -> bool:
    return orders.put(SHOP, order, channel=channel, method=method, raw=b'{"id": 1}', source=source, read_at=NOW)


def rows(store: Store, table: Any) -> list[Any]:
    with store.reading() as tx:
        return list(tx.execute(select(table)))


def hours(number: float) -> Any:
    return CREATED_AT + timedelta(hours=number)


def test_an_order_comes_back_as_it_was_put(orders: OrderStore) -> None:
    assert put(orders, an_order())

    stored = orders.get(SHOP, ID)
    assert stored is not None
    assert stored.order == an_order()
    assert (stored.channel, stored.method, stored.source) == ("WEB", "STANDARD", "read")
    assert (stored.stale, stored.light, stored.read_at) == (False, False, NOW)
    assert orders.get("other", ID) is None


def test_the_same_version_again_is_no_news(orders: OrderStore) -> None:
    assert put(orders, an_order())

    assert not put(orders, an_order())
    assert not put(orders, an_order(payments_known=False, transactions=()), source="webhook")
    assert put(orders, an_order(), method="POS_COMPLETED")


def test_an_older_version_never_overwrites_a_newer_one(orders: OrderStore) -> None:
    put(orders, an_order(updated_at=hours(2), note="new"))

    assert not put(orders, an_order(updated_at=hours(1), note="old"))
    stored = orders.get(SHOP, ID)
    assert stored is not None
    assert stored.order == an_order(updated_at=hours(2), note="new")


def test_a_newer_version_without_payments_keeps_those_known_and_is_stale(orders: OrderStore) -> None:
    put(orders, an_order())

    assert put(orders, an_order(updated_at=hours(1), payments_known=False, transactions=()), source="webhook")
    stored = orders.get(SHOP, ID)
    assert stored is not None
    assert stored.order is not None
    assert (stored.stale, stored.order.payments_known) == (True, False)
    assert stored.order.transactions == an_order().transactions

    assert put(orders, an_order(updated_at=hours(1)))
    stored = orders.get(SHOP, ID)
    assert stored is not None
    assert (stored.stale, stored.order) == (False, an_order(updated_at=hours(1)))


def test_the_tables_beside_show_one_version_only(orders: OrderStore, store: Store) -> None:
    put(orders, an_order())
    counts = [len(rows(store, table)) for table in PARTS]
    put(orders, an_order(updated_at=hours(1)))

    assert [len(rows(store, table)) for table in PARTS] == counts
    lines, adjustments, groups, payments, refunds, refund_lines, attributes = (rows(store, one) for one in PARTS)
    assert [(one.sku, one.quantity, one.unit_price) for one in lines] == [("LINEN-L", 2, "50.00"), ("", 1, "5.00")]
    assert {(one.kind, one.code, one.amount) for one in adjustments} == {
        ("DISCOUNT", "TENOFF", "-9.00"),
        ("DISCOUNT", "", "-1.00"),
        ("TAX", "", "5.63"),
        ("TAX", "", "1.57"),
        ("SHIPPING", "STD", "10.00"),
        ("SHIPPING_DISCOUNT", "FREESHIP", "-10.00"),
        ("TIP", "", "1.00"),
    }
    assert [(one.method, one.location_id, one.address["city"]) for one in groups] == [
        ("STANDARD", "61200000001", "Austin")
    ]
    assert {(one.transaction_id, one.refund_id) for one in payments} == {("7001", ""), ("7002", "8801")}
    assert [(one.refund_id, one.return_id, one.amount) for one in refunds] == [("8801", "9901", "48.00")]
    assert [(one.line_id, one.quantity, one.subtotal, one.tax) for one in refund_lines] == [
        ("1510001", 1, "45.00", "3.60")
    ]
    assert [(one.name, one.value) for one in attributes] == [("originating_order_name", "#1042"), ("gift", "for Dana")]


def test_a_mixed_cart_has_two_ship_groups(orders: OrderStore, store: Store) -> None:
    order = an_order()
    taken = replace(order.lines[1], fulfilled=1)
    put(orders, replace(order, lines=(order.lines[0], taken)), method="MIXED")

    lines, _, groups, *_ = (rows(store, one) for one in PARTS)
    assert [(one.ship_group, one.method, one.location_id) for one in groups] == [
        ("00001", "POS_COMPLETED", "61200000001"),
        ("00002", "STANDARD", ""),
    ]
    assert {one.title: one.ship_group for one in lines} == {"Linen Shirt": "00002", "Engraving": "00001"}


def test_every_note_and_every_status_it_ever_had_is_kept(orders: OrderStore, store: Store) -> None:
    put(orders, an_order(note="first"))
    put(orders, an_order(updated_at=hours(1), note="second", fulfillment_status="FULFILLED"))
    put(orders, an_order(updated_at=hours(2), note="first", fulfillment_status="FULFILLED", cancelled_at=hours(2)))

    assert {(one.kind, one.content) for one in rows(store, order_communications)} == {
        ("ORDER_NOTE", "first"),
        ("ORDER_NOTE", "second"),
    }
    assert [(one.kind, one.status, one.at) for one in rows(store, order_statuses)] == [
        ("order", "CREATED", CREATED_AT),
        ("financial", "PAID", CREATED_AT),
        ("fulfillment", "UNFULFILLED", CREATED_AT),
        ("fulfillment", "FULFILLED", hours(1)),
        ("order", "CANCELLED", hours(2)),
    ]


def test_another_value_ends_the_validity_of_the_former(orders: OrderStore) -> None:
    put(orders, an_order())

    assert orders.identify(SHOP, ID, "NETSUITE_ORDER_ID", "501", NOW)
    assert not orders.identify(SHOP, ID, "NETSUITE_ORDER_ID", "501", later(1))
    assert orders.identify(SHOP, ID, "NETSUITE_ORDER_ID", "502", later(2))
    shown = [(one.type, one.value, one.thru_at) for one in orders.identifications(SHOP, ID)]
    assert shown == [
        ("SHOPIFY_ORD_ID", ID, None),
        ("SHOPIFY_ORD_NAME", "#0001", None),
        ("SHOPIFY_ORD_NO", "0001", None),
        ("NETSUITE_ORDER_ID", "501", later(2)),
        ("NETSUITE_ORDER_ID", "502", None),
    ]
    assert orders.identified(SHOP, [ID, "1"], "NETSUITE_ORDER_ID") == {ID: "502"}
    assert orders.identified_by(SHOP, "NETSUITE_ORDER_ID", "501") == []
    assert orders.identify(SHOP, ID, "NETSUITE_ORDER_ID", "", later(3))
    assert orders.identified(SHOP, [ID], "NETSUITE_ORDER_ID") == {}


def test_another_name_is_another_identification(orders: OrderStore) -> None:
    put(orders, an_order())
    put(orders, an_order(updated_at=hours(1), name="EXC-77"))

    valid = {one.type: one.value for one in orders.identifications(SHOP, ID) if one.thru_at is None}
    assert valid == {"SHOPIFY_ORD_ID": ID, "SHOPIFY_ORD_NAME": "EXC-77", "SHOPIFY_ORD_NO": "77"}


def test_lines_are_known_by_netsuites_numbers(orders: OrderStore) -> None:
    orders.line_identify(SHOP, ID, {"1510001": "1", "1510002": "2"}, NOW)
    orders.line_identify(SHOP, ID, {"1510002": "3"}, NOW)

    assert orders.line_ids(SHOP, ID) == {"1510001": "1", "1510002": "3"}


def test_orders_are_found_by_name_unless_two_have_it(orders: OrderStore) -> None:
    put(orders, an_order("1", name="#1001"))
    put(orders, an_order("2", name="#1002"))
    put(orders, an_order("3", name="#1002"))

    assert orders.ids_by_name(SHOP, ["1001", "#1002", "EXC-9", ""]) == {"1001": "1"}


def light(order_id: str = ID, **changes: Any) -> LightOrder:
    seen = LightOrder(
        order_id, "#0001", "WEB", "web", "580111", False, CREATED_AT, CREATED_AT, CREATED_AT, "UNFULFILLED"
    )
    return replace(seen, **changes)


def test_an_order_seen_in_a_list_is_light_and_stale_until_it_is_read(orders: OrderStore) -> None:
    orders.put_light(SHOP, [light(updated_at=hours(1)), light("2")])

    stored = orders.get(SHOP, ID)
    assert stored is not None
    assert (stored.light, stored.stale, stored.name, stored.updated_at) == (True, True, "#0001", hours(1))
    put(orders, an_order())
    stored = orders.get(SHOP, ID)
    assert stored is not None
    assert (stored.light, stored.stale) == (False, True)
    put(orders, an_order(updated_at=hours(1)))
    assert {key: (one.stale, one.light) for key, one in orders.heads(SHOP, [ID, "2", "3"]).items()} == {
        ID: (False, False),
        "2": (True, True),
    }


def test_a_list_never_overwrites_what_was_read_whole(orders: OrderStore) -> None:
    put(orders, an_order(updated_at=hours(1)))
    orders.put_light(SHOP, [light(name="X")])
    assert orders.heads(SHOP, [ID])[ID].stale is False

    orders.put_light(SHOP, [light(name="X", updated_at=hours(2))])
    stored = orders.get(SHOP, ID)
    assert stored is not None
    assert (stored.stale, stored.name, stored.updated_at) == (True, "#0001", hours(1))


def test_a_body_that_could_not_be_read_is_told_until_one_can(orders: OrderStore) -> None:
    orders.put_problem(SHOP, ID, "the order has no lines", NOW)

    stored = orders.get(SHOP, ID)
    assert stored is not None
    assert (stored.problem, stored.light, stored.stale) == ("the order has no lines", True, True)
    put(orders, an_order())
    stored = orders.get(SHOP, ID)
    assert stored is not None
    assert (stored.problem, stored.light, stored.stale) == ("", False, False)


def test_what_shopify_does_not_show_is_used_as_it_is(orders: OrderStore) -> None:
    put(orders, an_order(payments_known=False, transactions=()), source="webhook")
    orders.accept_as_is(SHOP, ID)
    assert orders.heads(SHOP, [ID])[ID].stale is False

    orders.mark_stale(SHOP, ID)
    assert orders.heads(SHOP, [ID])[ID].stale is True


def test_many_orders_are_stored_at_once_the_newest_of_each(orders: OrderStore) -> None:
    versions = [an_order(str(number), note=f"note {number}") for number in range(1, 901)]
    again = [an_order("7", updated_at=hours(1)), an_order("7", updated_at=hours(-1))]
    incoming = [Incoming(one, "WEB", "STANDARD", {"id": one.shopify_order_id}, "bulk") for one in (*versions, *again)]

    assert len(orders.put_all(SHOP, incoming, NOW)) == 900
    assert orders.put_all(SHOP, incoming, NOW) == set()
    stored = orders.get(SHOP, "7")
    assert stored is not None
    assert stored.order == an_order("7", updated_at=hours(1))
    assert orders.raw(SHOP, "8") == {"bulk": b'{"id":"8"}'}


def ids(found: Iterable[Any]) -> list[str]:
    return [one.order_id for one in found]


def test_pages_go_on_after_the_last_id(orders: OrderStore) -> None:
    for number in range(1, 6):
        put(orders, an_order(str(number)), channel="POS" if number == 3 else "WEB")

    assert ids(orders.by_channel(SHOP, ["WEB"], limit=2)) == ["1", "2"]
    assert ids(orders.by_channel(SHOP, ["WEB"], after="2", limit=2)) == ["4", "5"]
    assert ids(orders.by_channel(SHOP, after="2")) == ["3", "4", "5"]


def test_a_feed_lists_what_is_not_in_netsuite_yet(orders: OrderStore) -> None:
    put(orders, an_order("1"))
    put(orders, an_order("2"), method="POS_COMPLETED")
    put(orders, an_order("3"), channel="OTHER")
    put(orders, an_order("4", test=True))
    put(orders, an_order("5", cancelled_at=CREATED_AT))
    put(orders, an_order("6", processed_at=hours(-48)))
    put(orders, an_order("7", created_at=hours(48)))
    put(orders, an_order("8"))
    orders.put_light(SHOP, [light("9")])
    orders.identify(SHOP, "8", "NETSUITE_ORDER_ID", "501", NOW)

    def feed(channels: list[str] | None, method: str) -> list[str]:
        return ids(orders.to_feed(SHOP, channels, [method], since=hours(-1), until=hours(1)))

    assert feed(["WEB"], "STANDARD") == ["1"]
    assert feed(None, "STANDARD") == ["1", "3"]
    assert feed(["WEB"], "POS_COMPLETED") == ["2"]


def test_erased_orders_keep_goods_and_money_and_no_person(orders: OrderStore, store: Store) -> None:
    put(orders, an_order("1"))
    put(orders, an_order("2", buyer=replace(an_order().buyer, shopify_customer_id="9")))

    assert orders.erase(SHOP, NOW, customer_id="7100000000007") == ["1"]
    stored, other = orders.get(SHOP, "1"), orders.get(SHOP, "2")
    assert stored is not None
    assert other is not None
    assert (stored.erased_at, other.erased_at) == (NOW, None)
    assert stored.order is not None
    assert stored.order.lines == an_order("1").lines
    assert stored.order.note == ERASED
    assert stored.order.note_attributes == (("originating_order_name", "#1042"), ("gift", ERASED))
    assert orders.raw(SHOP, "1") == {"read": None}
    everything = str(
        [[tuple(row) for row in rows(store, one) if row.order_id == "1"] for one in (*PARTS, order_communications)]
    )
    assert [word for word in ("Dana", "Reyes", "Main St", "neighbour", "78701") if word in everything] == []
    assert orders.erase(SHOP, NOW, order_ids=["1", "404"]) == []


def test_what_comes_after_the_erasure_brings_no_person_back(orders: OrderStore) -> None:
    put(orders, an_order())
    orders.erase(SHOP, NOW, order_ids=[ID])

    assert put(orders, an_order(updated_at=hours(1), tip=usd("2.00"), transactions=(payment("7009"),)))
    stored = orders.get(SHOP, ID)
    assert stored is not None
    assert stored.order is not None
    assert (stored.order.buyer.email, stored.order.note, stored.order.tip) == ("", ERASED, usd("2.00"))
    assert orders.raw(SHOP, ID) == {"read": None}
