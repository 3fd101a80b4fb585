"""Webhook bodies about orders: what they say, and what is refused in plain words."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ledgerloop.domain.order_store import Address, Buyer
from ledgerloop.remotes.shopify.rest_order import parse_rest_order
from tests.support.orders import body, raw, usd


def test_an_online_exchange_order() -> None:
    order = parse_rest_order(raw(body()))

    assert (order.shopify_order_id, order.name, order.app_id, order.source_name) == (
        "5930000000001",
        "EXC-1042",
        "1662707",
        "1662707",
    )
    assert order.processed_at == datetime(2026, 11, 3, 15, 15, 29, tzinfo=UTC)
    assert (order.financial_status, order.fulfillment_status) == ("PAID", "UNFULFILLED")
    assert (order.total, order.total_discounts) == (usd("0.00"), usd("80.00"))
    assert order.note_attributes[0] == ("originating_order_id", "5920000000042")
    assert order.tags == ("#1042",)
    assert order.buyer == Buyer("7100000000007", "Dana", "Reyes", "dana@example.com")
    assert order.shipping_address == Address("Dana Reyes", "", "1 Main St", "", "Austin", "TX", "78701", "US")
    line = order.lines[0]
    assert (line.sku, line.quantity, line.current, line.fulfilled, line.unit_price) == (
        "LINEN-L",
        1,
        1,
        0,
        usd("80.00"),
    )
    share = line.allocations[0]
    assert (share.amount, share.code, share.whole_order) == (usd("80.00"), "loop-discount", True)
    assert not order.payments_known


def test_an_exchange_order_of_the_store() -> None:
    order = parse_rest_order(body("orders_create_loop_pos"))

    assert (order.fulfillment_status, order.shipping_address, order.shipping) == ("FULFILLED", None, ())
    assert (order.retail_location_id, order.fulfilment_location_ids) == ("61200000001", ("61200000001",))
    assert order.lines[0].fulfilled == 1


def test_ids_of_eighteen_digits_and_numbers_as_texts() -> None:
    view = body(id="830000000000000001", app_id="1662707", location_id="61200000001")
    line = {**view["line_items"][0], "id": 830000000000000002, "quantity": "3", "price": "19.99"}
    order = parse_rest_order({**view, "line_items": [line]})

    assert (order.shopify_order_id, order.app_id) == ("830000000000000001", "1662707")
    assert (order.lines[0].shopify_line_id, order.lines[0].quantity) == ("830000000000000002", 3)


def test_amounts_are_of_the_shop_whatever_the_shopper_paid_in() -> None:
    both = {
        "shop_money": {"amount": "80.00", "currency_code": "USD"},
        "presentment_money": {"amount": "74.10", "currency_code": "EUR"},
    }
    view = body(total_price="80.00", total_price_set=both, presentment_currency="EUR")

    assert parse_rest_order(view).total == usd("80.00")


def test_optional_keys_may_be_missing() -> None:
    view = body()
    for name in ("customer", "shipping_address", "billing_address", "note", "note_attributes", "tags", "refunds"):
        del view[name]
    order = parse_rest_order(view)

    assert (order.buyer, order.shipping_address) == (Buyer(email="dana@example.com"), None)
    assert (order.note, order.note_attributes, order.tags, order.refunds) == ("", (), (), ())


def test_long_and_broken_texts_are_kept_as_far_as_a_database_takes_them() -> None:
    order = parse_rest_order(body(name="N" * 9000, note="half \ud83d and \0 nul", source_name=None))

    assert (order.name, order.note, order.source_name) == ("N" * 500, "half ? and  nul", "")


def test_a_custom_line_has_neither_sku_nor_product() -> None:
    view = body()
    line = {**view["line_items"][0], "sku": None, "product_id": None, "variant_id": None, "title": "Engraving"}
    found = parse_rest_order({**view, "line_items": [line]}).lines[0]

    assert (found.sku, found.product_id, found.variant_id, found.title) == ("", "", "", "Engraving")


def test_a_shipping_line_that_was_removed_is_left_out() -> None:
    view = body()
    view["shipping_lines"][0]["is_removed"] = True

    assert parse_rest_order(view).shipping == ()


def test_a_refund_in_another_currency_tells_no_amount() -> None:
    payment = {"id": 7, "kind": "refund", "status": "success", "gateway": "x", "amount": "9.00", "currency": "EUR"}
    refunds = [
        {"id": 8, "created_at": "2026-11-04T10:00:00Z", "transactions": [payment, {**payment, "currency": "USD"}]}
    ]
    found = parse_rest_order(body(refunds=refunds)).refunds[0]

    assert [one.amount for one in found.transactions] == [usd("9.00")]


LINE = {"id": 1, "quantity": 1, "price": "1.00"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": None, "admin_graphql_api_id": None}, "the order has no id"),
        ({"id": True}, "True is not an id of Shopify's"),
        ({"id": "12a"}, "'12a' is not an id of Shopify's"),
        ({"currency": "dollars"}, "'dollars' is not a currency"),
        ({"created_at": None, "processed_at": None}, "the order has no created_at"),
        ({"updated_at": "yesterday"}, "'yesterday' is not a date and time"),
        ({"updated_at": "9999-12-31T23:59:59-12:00"}, "'9999-12-31T23:59:59-12:00' is not a date and time"),
        ({"line_items": None}, "the order has no line_items"),
        ({"line_items": [7]}, "a line of the order is not an object"),
        ({"line_items": [LINE, LINE]}, "two lines of the order have the same id"),
        ({"line_items": [{**LINE, "quantity": None}]}, "a line of the order has no id or no quantity"),
        ({"line_items": [{**LINE, "quantity": -1}]}, "the quantity -1 cannot be"),
        ({"line_items": [{**LINE, "quantity": "1e99"}]}, "the quantity '1e99' cannot be"),
        ({"line_items": [{**LINE, "price": None}]}, "line 1 of the order has no price"),
        ({"line_items": [{**LINE, "price": "NaN"}]}, "'NaN' is not an amount of money"),
        ({"total_price": None, "total_price_set": None}, "the order has no total_price"),
        ({"total_price": "1e999", "total_price_set": None}, "'1e999' is not an amount of money"),
        (
            {"total_price_set": {"shop_money": {"amount": "1", "currency_code": "EUR"}}},
            "total_price is not in the order",
        ),
    ],
)
def test_what_money_or_identity_depends_on_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("(", r"\(")):
        parse_rest_order(body(**changes))


@pytest.mark.parametrize(
    "raw_body", [b"", b"null", b"[1]", b'"x"', b"\xff", b"[" * 100_000, b'{"id": 1' + b"0" * 5000 + b"}"]
)
def test_what_is_no_json_object_is_refused(raw_body: bytes) -> None:
    with pytest.raises(ValueError, match="the body is not"):
        parse_rest_order(raw_body)
