"""`plan`, `show`, `sync` as a person or a script uses them: what they say, what they leave alone, and how they end."""

import json
from typing import Any

import pytest

from ledgerloop.engine.sent import plain
from ledgerloop.store.evidence import CallLog
from tests.acceptance.trade import Trade, document
from tests.support.sandbox import parts_of
from tests.support.soak import rest_in_the_soak


def requested(trade: Trade, subject: str) -> dict[str, Any]:
    """The body that was really sent to write something, from the evidence of calls."""
    with parts_of(trade.config) as parts:
        calls = CallLog(parts.stores.store).for_subject("main", subject)
    sent = [one for one in calls if one.write]
    assert len(sent) == 1
    return dict(json.loads(sent[0].request))


def planned(trade: Trade, return_id: str) -> dict[str, Any]:
    """What `plan` says; it must write nothing in any remote."""
    before = trade.writes()
    done = trade.command("plan", return_id, "--json")
    assert done.returncode == 0, done.stderr
    assert trade.writes() == before
    return dict(document(done))


def test_plan_names_every_property_of_every_write_before_it_is_made(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())

    def plan_then_sync(external_id: str) -> None:
        [write] = planned(trade, return_id)["writes"]
        assert write["reason"]
        trade.sync()
        sent = requested(trade, external_id)
        assert plain(sent) == write["body"]

    plan_then_sync(f"LOOP-RA-{return_id}")
    trade.receive(return_id)
    plan_then_sync(return_id)  # the request to Loop
    trade.loop_works()
    [write] = planned(trade, return_id)["writes"]
    trade.sync()
    assert plain(requested(trade, f"LOOP-CM-{return_id}-1")) == write["body"]
    assert planned(trade, return_id)["writes"] == []


def test_plan_tells_the_later_writes_in_outline_with_their_amounts(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())

    outline = planned(trade, return_id)["outline"]

    assert [(one["what"], one["done"], one["amount"]) for one in outline] == [
        ("Return authorization in NetSuite", False, "108.00 USD"),
        ("Goods received in NetSuite", False, None),
        ("Processed in Loop", False, None),
        ("Credit memo in NetSuite", False, "108.00 USD"),
        ("Customer refund in NetSuite", False, "108.00 USD"),
    ]


def test_plan_for_people_lists_every_field(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())

    done = trade.command("plan", return_id)

    assert done.returncode == 0
    for name in ("externalId", "tranDate", "memo", "orderStatus.id", "item.items[0].quantity", f"LOOP-RA-{return_id}"):
        assert name in done.stdout
    assert trade.writes() == {"loop": 0, "shopify": 0, "netsuite": 0}


def test_plan_of_a_waiting_return_says_what_it_waits_for(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(in_netsuite=False))

    stops = planned(trade, return_id)["stops"]

    assert [(one["kind"], one["code"]) for one in stops] == [("waiting", "order_not_in_netsuite")]


@pytest.mark.parametrize("arguments", [("plan", "99999999"), ("show", "99999999"), ("retry", "99999999")])
def test_an_unknown_return_ends_with_status_3(trade: Trade, arguments: tuple[str, ...]) -> None:
    done = trade.command(*arguments)

    assert done.returncode == 3
    assert "99999999" in done.stderr
    assert "Traceback" not in done.stderr


def test_show_tells_the_story_with_links_and_takes_a_shop_before_the_id(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)
    trade.sync()

    story = document(trade.command("show", f"main:{return_id}", "--json"))

    assert story["headline"] == "Done: Loop, Shopify and NetSuite have it."
    numbers = {one["type"]: one["number"] for one in story["records"]}
    for kind in ("returnAuthorization", "itemReceipt", "creditMemo", "customerRefund"):
        assert numbers[kind] == trade.record(kind)["tranId"]
    assert all(one["link"].startswith("https://") for one in story["records"])
    written = [one["detail"]["external_id"] for one in story["timeline"] if one["kind"] == "written"]
    assert written == [
        f"LOOP-RA-{return_id}",
        f"LOOP-IR-{return_id}-1",
        f"LOOP-CM-{return_id}-1",
        f"LOOP-RF-{return_id}-1",
    ]


def test_sync_ends_with_0_when_all_is_well_or_waits_and_with_1_when_a_person_is_needed(trade: Trade) -> None:
    trade.wants_back(trade.order(in_netsuite=False))
    waiting = trade.command("sync", "--json")
    assert (waiting.returncode, document(waiting)["attention"]) == (0, [])
    assert [one["code"] for one in document(waiting)["waiting"]] == ["order_not_in_netsuite"]

    order = trade.order("#1002")
    trade.act("make_authorization", order_id=order["order_id"])
    trade.wants_back(order)
    done = trade.command("sync", "--json")
    assert done.returncode == 1
    assert [one["code"] for one in document(done)["attention"]] == ["over_return"]
    assert all(one["remedy"] for one in document(done)["attention"])


@pytest.mark.parametrize("by", ["return", "order", "order name"])
def test_sync_of_one_return_or_order_leaves_the_others_alone(trade: Trade, by: str) -> None:
    order, other = trade.order("#1001"), trade.order("#1002")
    return_id, left = trade.wants_back(order), trade.wants_back(other)
    trade.policy('writes = "off"')
    trade.sync()
    trade.policy()
    named = {
        "return": ("--return", return_id),
        "order": ("--order", order["order_id"]),
        "order name": ("--order", "#1001"),
    }

    done = trade.command("sync", *named[by])

    assert done.returncode == 0, done.stderr
    assert [one["externalId"] for one in trade.records()] == [f"LOOP-RA-{return_id}"]
    assert left


def test_sync_of_one_return_reads_it_afresh_from_all_remotes(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.sandbox.control("DELETE", "/log")

    trade.command("sync", "--return", return_id)

    loop = [one["path"] for one in trade.sandbox.log("loop")["requests"]]
    assert any(path.endswith("/return/details") for path in loop)
    assert any(one["path"].endswith("/suiteql") for one in trade.sandbox.log("netsuite")["requests"])


@pytest.mark.parametrize("remote", rest_in_the_soak(["loop", "shopify", "netsuite"], "loop"))
def test_a_remote_that_is_down_leaves_status_0_or_1_and_the_rest_goes_on_when_it_is_back(
    trade: Trade, remote: str
) -> None:
    first = trade.wants_back(trade.order("#1001"))
    trade.sync()
    trade.process_by_hand(first)
    trade.fault(remote, "error_500", times=10_000)

    done = trade.command("sync", "--json")
    assert done.returncode in (0, 1), done.stderr
    assert document(done)["problems"]

    trade.sandbox.control("DELETE", "/faults")
    trade.sync()
    assert trade.record("customerRefund")["total"] == "108.00"
    assert trade.said(first) == {}


@pytest.mark.soak
def test_a_poll_of_shopify_that_fails_does_not_stop_what_needs_no_shopify(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.fault("shopify", "error_500", times=10_000)

    trade.command("sync")

    assert trade.record("returnAuthorization")["externalId"] == f"LOOP-RA-{return_id}"
