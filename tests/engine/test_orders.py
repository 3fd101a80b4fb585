"""Orders in the engine: read in batches, customers made once, refused properties left away, waiting ones woken."""

import json

import pytest

from tests.acceptance.selling import (
    AT_ONCE,
    exchange,
    exchange_order,
    nothing_more,
    said_of,
    sold,
    story,
    totals_by_id,
)
from tests.acceptance.test_exchange_orders_lost import customers
from tests.acceptance.trade import Trade

EVERYTHING = 'order_channels = ["*"]'


def queries(trade: Trade) -> int:
    """SuiteQL queries so far."""
    return sum(one["path"].endswith("/suiteql") for one in trade.sandbox.log("netsuite")["requests"])


@pytest.mark.soak
def test_forty_orders_are_read_by_a_few_queries(trade: Trade) -> None:
    trade.policy(AT_ONCE)
    trade.act("create_orders", count=40, prefix="EXC-60", app_id=1662707, email="buyer{n}@example.com")
    trade.sync()
    asked = queries(trade)

    assert len([key for key in totals_by_id(trade) if key.startswith("SHOP-SO-")]) == 40
    assert asked <= 60, "far fewer than one for each order and source"
    nothing_more(trade)


def test_orders_of_one_new_buyer_make_one_customer_and_none_waits_for_it(trade: Trade) -> None:
    trade.policy(AT_ONCE, EVERYTHING, 'writes = "off"')
    for number in range(6):
        trade.act("create_order", name=f"#61{number:02}", email="same@example.com")
    trade.sync()  # all of them have looked for the customer now, and found none
    trade.policy(AT_ONCE, EVERYTHING)
    trade.sync()
    assert len([key for key in totals_by_id(trade) if key.startswith("SHOP-SO-")]) == 6
    assert customers(trade, "same@example.com") == 1
    nothing_more(trade)


def test_an_order_that_was_deleted_needs_a_person_and_is_made_again_when_retried(trade: Trade) -> None:
    trade.policy(AT_ONCE)
    order = trade.act("create_order", name="EXC-6200", app_id=1662707, payments=[])
    trade.sync()
    [record] = [one for one in sold(trade) if one["type"] == "salesOrder"]
    trade.act("delete_record", id=record["id"], force=True)

    trade.command("sync", "--order", "EXC-6200")
    assert set(said_of(trade, order["order_id"]).values()) == {"record_gone"}
    assert [one for one in sold(trade) if one["type"] == "salesOrder"] == []

    assert trade.command("retry", "--code", "record_gone").returncode == 0
    assert [one["externalId"] for one in sold(trade) if one["type"] == "salesOrder"] == [record["externalId"]]
    assert said_of(trade, order["order_id"]) == {} or set(said_of(trade, order["order_id"])) == {"exchange_order"}


def test_an_item_that_is_missing_needs_a_person_and_the_order_goes_on_when_it_is_there(trade: Trade) -> None:
    trade.policy(AT_ONCE)
    wish = {"lines": [{"sku": "NEW-1", "quantity": 1, "price": "20.00"}], "app_id": 1662707, "in_catalog": False}
    order = trade.act("create_order", name="EXC-6300", **wish)
    trade.sync()
    assert set(said_of(trade, order["order_id"]).values()) == {"item_not_found"}
    told = story(trade, "EXC-6300")["now"][0]
    assert "NEW-1" in told["text"]
    assert told["remedy"]

    trade.act("add_item", sku="NEW-1")
    assert trade.command("retry", "--order", "EXC-6300").returncode in (0, 1)

    assert f"SHOP-SO-{order['order_id']}" in totals_by_id(trade)


def test_a_deposit_that_waits_for_loop_is_made_when_loop_has_processed(trade: Trade) -> None:
    """An instant exchange: its order is there before anything came back; the upsell is known only afterwards."""
    trade.policy(AT_ONCE)
    return_id = exchange(trade, trade.order(), "150.00", instant=True)
    trade.sync()
    new = exchange_order(trade, return_id)
    assert totals_by_id(trade)[f"SHOP-SO-{new}"] == "62.00"
    assert set(said_of(trade, new).values()) <= {"exchange_not_processed", "exchange_credit_unknown"}
    assert said_of(trade, new)
    assert f"SHOP-CD-{new}-upsell" not in totals_by_id(trade)

    trade.process_by_hand(return_id)
    trade.sync()

    assert totals_by_id(trade)[f"SHOP-CD-{new}-credit"] == "8.00"
    assert totals_by_id(trade)[f"SHOP-CD-{new}-upsell"] == "54.00"
    assert said_of(trade, new) == {}
    nothing_more(trade)


def test_what_needs_attention_about_an_order_is_told_by_sync_as_an_order(trade: Trade) -> None:
    trade.policy(AT_ONCE, EVERYTHING)
    order = trade.act("create_order", name="#6400", app_id=999999)

    done = trade.command("sync", "--json")

    assert done.returncode == 1
    [told] = json.loads(done.stdout)["attention"]
    assert (told["order"], told["return"], told["code"]) == (order["order_id"], "", "channel_unknown")


def test_an_account_without_suitetax_is_sent_no_taxes_and_its_saved_total_decides(trade: Trade) -> None:
    trade.policy(AT_ONCE, EVERYTHING)
    trade.sandbox.control("POST", "/netsuite/settings", legacy_tax=True)
    taxed = trade.act("create_order", name="#6500", email="a@example.com")
    trade.sync()
    assert totals_by_id(trade)[f"SHOP-SO-{taxed['order_id']}"] == "100.00"
    assert set(said_of(trade, taxed["order_id"]).values()) == {"order_differs"}
    assert [key for key in totals_by_id(trade) if key.startswith("SHOP-CD-")] == []
    trade.sandbox.control("DELETE", "/log")

    plain = {"lines": [{"sku": "TEE-M", "quantity": 1, "price": "100.00"}], "email": "a@example.com"}
    trade.act("create_order", name="#6501", **plain)
    trade.act("create_order", name="#6502", email="a@example.com")
    trade.sync()

    refused = [one for one in trade.sandbox.log("netsuite")["requests"] if one["status"] == 400]
    assert refused == [], "what the account refused once is not tried again"
