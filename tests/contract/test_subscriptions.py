"""Webhook subscriptions at the simulators: the missing are made once, the sleeping woken, the rest left alone."""

import logging
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from ledgerloop.bootstrap import open_parts
from ledgerloop.config import load_config
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.operate.sides import Subscription, Topic
from ledgerloop.operate.subscriptions import Done, can_be_called, ensure, missing, rows, unsubscribe
from ledgerloop.operate.upkeep import Upkeep
from tests.support.sandbox import Sandbox

URL = "https://returns.example.com"
LOOP_URL, SHOPIFY_URL = f"{URL}/webhooks/main/loop", f"{URL}/webhooks/main/shopify"

TRIGGERS = ["return.closed", "return.created", "return.processing.failed", "return.updated"]
TOPICS = ["order_transactions/create", "orders/create", "orders/updated", "refunds/create"]
ENUMS = ["ORDERS_CREATE", "ORDERS_UPDATED", "ORDER_TRANSACTIONS_CREATE", "REFUNDS_CREATE"]

BOTH = {"main": ("loop", "shopify")}

POST = "POST /api/2026-07/webhooks"
"""How Loop's log shows that somebody subscribes."""


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    running.control("POST", "/reset", settings=True)
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield running
    structlog.configure(**before)
    running.control("DELETE", "/faults")


class World:
    """One shop of the connector, whose clock can be moved."""

    def __init__(self, parts: Parts, sandbox: Sandbox) -> None:
        self.parts = parts
        self.sandbox = sandbox

    @property
    def shop(self) -> Shop:
        return self.parts.shops["main"]

    def ensure(self, url: str = URL) -> list[Done]:
        return ensure(self.parts, self.shop, url)

    def loop(self) -> list[dict[str, Any]]:
        return self.shop.loop.webhooks()

    def shopify(self) -> list[dict[str, Any]]:
        return self.shop.shopify.webhooks()

    def triggers(self, url: str = LOOP_URL) -> list[str]:
        """The triggers that Loop tells this address, twice where it is told twice."""
        return sorted(one["trigger"] for one in self.loop() if one["url"] == url and one["status"] == "active")

    def topics(self, url: str = SHOPIFY_URL) -> list[str]:
        """The topics that Shopify tells this address."""
        return sorted(one["topic"] for one in self.shopify() if one["uri"] == url)

    def asked(self) -> dict[str, int]:
        """How often each remote was asked to change a subscription."""
        asked = self.sandbox.log("shopify")["requests"]
        return {
            "loop": len(self.sandbox.writes("loop")),
            "shopify": len([one for one in asked if one["operation"] in ("WebhookCreate", "WebhookDelete")]),
        }


def world_of(sandbox: Sandbox, folder: Path, **changes: Any) -> Iterator[World]:
    config = load_config(sandbox.write_config(folder, **changes), {})
    with open_parts(config) as parts:
        yield World(parts, sandbox)


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path) -> Iterator[World]:
    yield from world_of(sandbox, tmp_path)


def told(done: list[Done]) -> list[tuple[str, str, str]]:
    return sorted((one.remote, one.act.value, one.what) for one in done)


CREATED = sorted(
    [("loop", "created", trigger) for trigger in TRIGGERS] + [("shopify", "created", topic) for topic in TOPICS]
)


def test_a_shop_without_subscriptions_gets_all_of_them_active(world: World) -> None:
    assert told(world.ensure()) == CREATED
    assert (world.triggers(), world.topics()) == (TRIGGERS, ENUMS)


def test_a_second_time_nothing_is_asked_for(world: World) -> None:
    world.ensure()
    assert world.asked() == {"loop": 4, "shopify": 4}
    assert world.ensure() == []
    assert world.asked() == {"loop": 4, "shopify": 4}


def test_an_address_with_a_slash_at_its_end_is_the_same_address(world: World) -> None:
    world.ensure(f"{URL}/")
    assert world.ensure(URL) == []
    assert (world.triggers(), world.topics()) == (TRIGGERS, ENUMS)


def test_labels_are_wanted_where_delivery_counts(sandbox: Sandbox, tmp_path: Path) -> None:
    for world in world_of(sandbox, tmp_path, policy='receive_when = "delivered"'):
        assert ("loop", "created", "label.updated") in told(world.ensure())
        assert {one["topic"] for one in world.loop() if one["trigger"] == "label.updated"} == {"label"}


def test_an_inactive_one_is_woken_not_doubled(world: World) -> None:
    world.ensure()
    [asleep] = [one for one in world.loop() if one["trigger"] == "return.updated"]
    world.shop.loop.update_webhook(str(asleep["id"]), "return", "return.updated", LOOP_URL, status="inactive")
    assert told(world.ensure()) == [("loop", "activated", "return.updated")]
    assert world.triggers() == TRIGGERS
    assert [one["id"] for one in world.loop() if one["trigger"] == "return.updated"] == [asleep["id"]]


def test_what_others_made_is_left_as_it_is(world: World) -> None:
    elsewhere = "https://hooks.example.org/in?key=abc"
    asleep = world.shop.loop.create_webhook("return", "return.updated", elsewhere)
    world.shop.loop.update_webhook(str(asleep["id"]), "return", "return.updated", elsewhere, status="inactive")
    world.shop.shopify.create_webhook("refunds/create", elsewhere)
    loop, shopify = world.loop(), world.shopify()
    assert told(world.ensure()) == CREATED
    unsubscribe(world.parts, world.shop)
    assert (world.loop(), world.shopify()) == (loop, shopify)


def test_one_made_by_hand_for_our_address_serves_and_stays(world: World) -> None:
    world.shop.loop.create_webhook("return", "return.updated", LOOP_URL)
    assert ("loop", "created", "return.updated") not in told(world.ensure())
    assert world.triggers() == TRIGGERS
    unsubscribe(world.parts, world.shop)
    assert (world.triggers(), world.topics()) == (["return.updated"], [])


def test_one_that_shopify_dropped_after_failures_is_made_again(world: World) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        world.sandbox.control("POST", "/shopify/settings", retries_s=[0.01] * 8)
        world.ensure(nobody)
        world.sandbox.act("place_order", name="#1001", in_netsuite=False)
        ends = time.monotonic() + 20
        while "ORDERS_UPDATED" in world.topics(f"{nobody}/webhooks/main/shopify"):
            assert time.monotonic() < ends, "Shopify drops the subscription"
            time.sleep(0.05)
        assert ("shopify", "created", "orders/updated") in told(world.ensure(nobody))
        unsubscribe(world.parts, world.shop)
    assert world.shopify() == []


@pytest.mark.parametrize(("remote", "match"), [("loop", POST), ("shopify", "WebhookCreate")])
def test_a_lost_answer_makes_no_second_one_and_it_is_known_as_ours(world: World, remote: str, match: str) -> None:
    world.sandbox.fault(remote, "lost_answer", match=match)
    assert told(world.ensure()) == CREATED
    assert [one["fault"] for one in world.sandbox.log(remote)["requests"] if one["fault"]] == ["lost_answer"]
    assert (world.triggers(), world.topics()) == (TRIGGERS, ENUMS)
    unsubscribe(world.parts, world.shop)
    assert (world.loop(), world.shopify()) == ([], [])


def test_a_remote_that_refuses_does_not_hide_the_other(world: World) -> None:
    world.sandbox.control("POST", "/loop/settings", scopes=["returns"])
    done = world.ensure()
    assert [(one.remote, one.code, one.lasting) for one in done if one.act == "failed"] == [
        ("loop", "loop_credentials", True)
    ]
    assert world.topics() == ENUMS


def test_without_a_secret_nothing_is_subscribed_that_would_be_refused(world: World) -> None:
    done = ensure(world.parts, world.shop, URL, signed=("loop",))
    assert [(one.remote, one.code) for one in done if one.act == "failed"] == [("shopify", "webhook_secret_missing")]
    assert (world.triggers(), world.shopify()) == (TRIGGERS, [])


@pytest.mark.parametrize("url", ["", "http://returns.example.com"])
def test_an_address_that_nobody_may_call_is_not_given_away(world: World, url: str) -> None:
    assert (can_be_called(url), world.ensure(url)) == (False, [])
    assert (world.loop(), world.shopify()) == ([], [])


def test_what_was_made_for_a_former_address_is_removed_too(world: World) -> None:
    world.ensure("https://old.example.com")
    world.ensure()
    done = unsubscribe(world.parts, world.shop)
    assert {one.act.value for one in done} == {"removed"}
    assert len(done) == 2 * len(CREATED)
    assert (world.loop(), world.shopify()) == ([], [])
    assert unsubscribe(world.parts, world.shop) == []


def test_after_a_person_made_ours_anew_it_is_theirs(world: World) -> None:
    world.ensure()
    [ours] = [one for one in world.loop() if one["trigger"] == "return.closed"]
    world.shop.loop.delete_webhook(str(ours["id"]))
    world.shop.loop.create_webhook("return", "return.closed", LOOP_URL)
    unsubscribe(world.parts, world.shop)
    assert world.triggers() == ["return.closed"]


def test_the_list_says_what_is_there_whose_it_is_and_what_is_missing(world: World) -> None:
    world.shop.loop.create_webhook("return", "return.updated", "https://hooks.example.org/in?key=abc")
    world.ensure()
    [closed] = [one for one in world.loop() if one["trigger"] == "return.closed"]
    world.shop.loop.delete_webhook(str(closed["id"]))
    found, problems = rows(world.parts, world.shop, URL)
    stand = {(row.what, row.state, row.url, row.made) for row in found if row.remote == "loop"}
    assert stand == {
        ("return.created", "active", LOOP_URL, True),
        ("return.updated", "active", LOOP_URL, True),
        ("return.processing.failed", "active", LOOP_URL, True),
        ("return.closed", "missing", LOOP_URL, False),
        ("return.updated", "active", "https://hooks.example.org/…", False),
    }
    assert sorted(row.what for row in found if row.remote == "shopify") == TOPICS
    assert problems == []


def test_only_active_ones_count_as_heard() -> None:
    created, updated = Topic("return", "return.created"), Topic("return", "return.updated")
    there = [Subscription("loop", "1", created, LOOP_URL, True), Subscription("loop", "2", updated, LOOP_URL, False)]
    assert missing((created, updated), there) == [updated]


def test_serve_looks_at_the_start_and_again_a_day_later(sandbox: Sandbox, tmp_path: Path) -> None:
    now = [datetime(2026, 11, 21, 12, tzinfo=UTC)]
    config = load_config(sandbox.write_config(tmp_path), {})
    with open_parts(config, clock=lambda: now[0]) as parts:
        world, upkeep = World(parts, sandbox), Upkeep(parts, URL, BOTH)
        upkeep.turn()
        assert world.triggers() == TRIGGERS
        [closed] = [one for one in world.loop() if one["trigger"] == "return.closed"]
        world.shop.loop.delete_webhook(str(closed["id"]))
        now[0] += timedelta(hours=23)
        upkeep.turn()
        assert "return.closed" not in world.triggers()
        now[0] += timedelta(hours=1)
        upkeep.turn()
        assert world.triggers() == TRIGGERS


def test_serve_soon_asks_a_remote_again_that_failed_but_not_one_that_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    now = [datetime(2026, 11, 21, 12, tzinfo=UTC)]
    config = load_config(sandbox.write_config(tmp_path), {})
    with open_parts(config, clock=lambda: now[0]) as parts:
        world, upkeep = World(parts, sandbox), Upkeep(parts, URL, BOTH)
        sandbox.fault("loop", "error_500", match=POST, times=4)
        upkeep.turn()
        assert world.triggers() == []
        now[0] += timedelta(minutes=30)
        upkeep.turn()
        assert world.triggers() == TRIGGERS
        sandbox.control("POST", "/loop/settings", scopes=["returns"])
        now[0] += timedelta(days=1)
        upkeep.turn()
        asked = len(sandbox.log("loop")["requests"])
        now[0] += timedelta(hours=23)
        upkeep.turn()
        assert len(sandbox.log("loop")["requests"]) == asked


def test_a_shadow_run_subscribes_to_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    for world in world_of(sandbox, tmp_path, policy='writes = "off"'):
        Upkeep(world.parts, URL, BOTH).turn()
        assert (world.loop(), world.shopify()) == ([], [])
