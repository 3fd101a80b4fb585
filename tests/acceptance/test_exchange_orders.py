"""Loop's exchange orders become one sales order or one cash sale, whatever way they come in and however often."""

import json

import pytest

from ledgerloop.intake.webhooks import Answer
from tests.acceptance.post import catching
from tests.acceptance.selling import (
    AT_ONCE,
    OLD,
    netsuite_ids,
    nothing_more,
    said_of,
    sample,
    sold,
    story,
    totals_by_id,
)
from tests.acceptance.trade import Trade, skus

EXPECTED = {
    "online": {"SHOP-SO-5930000000001": "0.00"},
    "pos": {"SHOP-CS-5930000000002": "15.00"},
}
"""The record of each sample, with its total in Shopify."""


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_sample_body_as_signed_webhook_becomes_one_record_with_the_total_of_shopify(trade: Trade, kind: str) -> None:
    trade.policy(OLD)
    with catching(trade) as post:
        trade.act("import_order", body=sample(kind))
        post.settle()
        assert post.deliver(post.letters) == [Answer.STORED] * len(post.letters)
        trade.sync()
        assert totals_by_id(trade) == EXPECTED[kind]
        post.deliver(post.letters)
        trade.sync()
    trade.sync()
    assert totals_by_id(trade) == EXPECTED[kind]
    nothing_more(trade)


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_poll_alone_finds_it_too(trade: Trade, kind: str) -> None:
    trade.policy(OLD)
    trade.act("import_order", body=sample(kind), announce=False)
    trade.sync()
    assert totals_by_id(trade) == EXPECTED[kind]
    nothing_more(trade)


def test_the_sales_order_holds_goods_loop_discount_memo_ids_and_channel(trade: Trade) -> None:
    trade.policy(OLD)
    trade.rewrite(
        ('return_id = "custbody', 'sales_channel = "custbody_hc_sales_channel"\nreturn_id = "custbody'),
    )
    trade.act("import_order", body=sample("online"))
    assert trade.command("mappings", "set", "channel_code", "LOOP_EXCH", "165").returncode in (0, 2)
    trade.sync()

    [order] = sold(trade)

    assert skus(order) == [("LINEN-L", "1", "80.00"), ("Loop Discount", None, "-80.00")]
    assert order["memo"] == "Loop exchange for order #1042"
    assert order["otherRefNum"] == "EXC-1042"
    assert order["custom"]["custbody_shopify_order_id"] == "5930000000001"
    assert order["lines"][0]["custom"]["custcol_shopify_line_id"] == str(sample("online")["line_items"][0]["id"])
    ids = netsuite_ids(trade, "5930000000001")
    assert ids["NETSUITE_ORDER_ID"] == order["id"]
    assert ids[str(sample("online")["line_items"][0]["id"])] == str(order["lines"][0]["line"])


def test_show_names_the_original_order_and_what_gave_it_away(trade: Trade) -> None:
    trade.policy(OLD)
    trade.act("import_order", body=sample("online"))
    trade.sync()

    told = story(trade, "EXC-1042")

    assert told["original"] == {
        "order": "5920000000042",
        "name": "#1042",
        "return": "",
        "known_by": "note_attributes",
    }
    assert told["headline"] == "Done: NetSuite has it."
    assert (told["channel"], told["shipping_method"], told["sent_by_us"]) == ("LOOP_EXCH", "STANDARD", True)


def test_an_order_found_in_netsuite_is_adopted_and_never_sent(trade: Trade) -> None:
    trade.policy(AT_ONCE)
    order = trade.act("create_order", name="EXC-2001", app_id=1662707, note="Loop exchange for order #2000")
    trade.act("bring_to_netsuite", order_id=order["order_id"])

    trade.sync()

    assert sold(trade) == []
    assert said_of(trade, order["order_id"]) == {}
    assert netsuite_ids(trade, order["order_id"])["NETSUITE_ORDER_ID"]
    told = story(trade, "EXC-2001")
    assert "adopted and never sent" in told["headline"]
    assert any("it is not sent" in one["text"] for one in told["timeline"])
    nothing_more(trade)


def test_an_order_that_has_a_netsuite_id_is_never_sent_even_when_it_is_gone_there(trade: Trade) -> None:
    trade.policy(AT_ONCE)
    order = trade.act("create_order", name="EXC-2002", app_id=1662707)
    brought = trade.act("bring_to_netsuite", order_id=order["order_id"], fulfilled=False)
    trade.sync()
    trade.act("delete_record", id=brought["sales_order"])

    trade.command("sync", "--order", order["order_id"])

    assert sold(trade) == []
    assert trade.command("retry", "--order", "EXC-2002").returncode == 0
    assert f"SHOP-SO-{order['order_id']}" in totals_by_id(trade)


def test_a_lost_database_adopts_what_was_written(trade: Trade) -> None:
    trade.policy(OLD)
    for kind in EXPECTED:
        trade.act("import_order", body=sample(kind))
    trade.sync()
    trade.sync()
    before = totals_by_id(trade)
    trade.forget_everything()
    trade.sync()
    assert totals_by_id(trade) == before
    nothing_more(trade)


@pytest.mark.parametrize(
    "wish",
    [
        {"test": True, "app_id": 1662707},
        {"app_id": 1662707, "created_at": "2025-06-01T12:00:00Z", "processed_at": "2025-06-01T12:00:00Z"},
        {"app_id": 1662707, "cancelled_at": "2026-11-21T12:00:00Z"},
        {},
    ],
    ids=["test", "older than the cut-over", "cancelled", "another channel"],
)
def test_what_is_not_ours_is_left_alone_shown_and_costs_no_call_to_netsuite(
    trade: Trade, wish: dict[str, object]
) -> None:
    trade.policy(AT_ONCE)
    order = trade.act("create_order", name="#3001", **wish)
    trade.sync()
    trade.sandbox.control("DELETE", "/log")

    done = trade.command("sync", "--order", order["order_id"])

    assert done.returncode == 0, done.stderr
    assert sold(trade) == []
    subjects = [one["path"] for one in trade.sandbox.log("netsuite")["requests"]]
    assert [one for one in subjects if "suiteql" in one] == []
    told = story(trade, order["order_id"])
    assert told["sent_by_us"] is False
    assert told["headline"]


def test_all_channels_with_a_star_and_unknown_sources_need_attention(trade: Trade) -> None:
    trade.policy(AT_ONCE, 'order_channels = ["*"]')
    known = trade.act("create_order", name="#3002", email="a@example.com")
    unknown = trade.act("create_order", name="#3003", app_id=999999, email="b@example.com")
    trade.sync()
    assert list(totals_by_id(trade)) == [
        f"SHOP-CD-{one['externalId'].rpartition('-')[2]}" for one in sold(trade) if one["type"] == "customerDeposit"
    ] + [f"SHOP-SO-{known['order_id']}"]
    assert set(said_of(trade, unknown["order_id"]).values()) == {"channel_unknown"}


def test_plan_of_an_order_names_every_field_and_writes_nothing(trade: Trade) -> None:
    trade.policy(OLD, 'writes = "off"')
    trade.act("import_order", body=sample("online"))
    trade.sync()
    before = trade.writes()

    done = trade.command("plan", "--order", "EXC-1042", "--json")

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert trade.writes() == before
    assert [one["request"] for one in told["writes"]] == ["POST customer"]
    assert [one["what"] for one in told["outline"]] == ["Sales order in NetSuite"]


def test_unknown_orders_end_with_status_3(trade: Trade) -> None:
    for command in ("show", "plan", "retry"):
        done = trade.command(command, "--order", "EXC-404")
        assert done.returncode == 3
        assert "EXC-404" in done.stderr
