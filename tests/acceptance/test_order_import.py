"""Orders come into the order store by webhook and by poll: once, whole, the newest version of each."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest

from ledgerloop.engine.order_reading import read_whole_order
from ledgerloop.engine.parts import Parts
from ledgerloop.intake.messages import work_inbox
from ledgerloop.intake.poll_orders import poll_shopify
from ledgerloop.outcome import Throttled
from ledgerloop.store.order_store import StoredOrder
from tests.acceptance.post import Letter, Post
from tests.acceptance.trade import Trade
from tests.support.orders import body, raw
from tests.support.sandbox import parts_of

ONLINE, IN_STORE = "5930000000001", "5930000000002"
NAMES = {"online": ONLINE, "pos": IN_STORE}


class Desk:
    """What a test does with the connector: hand letters in, work the inbox off, poll, read whole."""

    def __init__(self, trade: Trade, parts: Parts) -> None:
        self.trade, self.parts, self.shop = trade, parts, parts.shops["main"]
        self.orders = parts.stores.orders
        self.sent = 0

    def push(self, topic: str, content: bytes | dict[str, Any]) -> int:
        """A signed webhook arrives and is worked off; gives how many orders were news."""
        sent = content if isinstance(content, bytes) else raw(content)
        self.sent += 1
        secret = self.trade.sandbox.urls["credentials"]["shopify_client_secret"].encode()
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Webhook-Id": f"delivery-{self.sent}",
            "X-Shopify-Hmac-Sha256": base64.b64encode(hmac.new(secret, sent, hashlib.sha256).digest()).decode(),
        }
        assert Post(self.trade).deliver([Letter("shopify", headers, sent)]) == ["stored"]
        return work_inbox(self.shop.watch, self.parts.stores.inbox, self.shop.loop)

    def poll(self) -> int:
        return poll_shopify(self.shop.watch, self.shop.shopify)

    def read(self, order_id: str) -> bool:
        return read_whole_order(self.parts, self.shop, order_id)

    def read_in_the_end(self, order_id: str) -> bool:
        """As a case does that is held back: it comes again."""
        while True:
            with suppress(Throttled):
                return self.read(order_id)

    def stored(self, order_id: str = ONLINE) -> StoredOrder:
        found = self.orders.get("main", order_id)
        assert found is not None
        return found

    def is_due(self, order_id: str = ONLINE) -> bool:
        row = self.parts.stores.due.get("main", order_id)
        return row is not None and row.due_at is not None

    def notes(self) -> list[str]:
        """What the inbox says about its messages."""
        with self.parts.stores.store.reading() as tx:
            return list(tx.exec_driver_sql("SELECT note FROM inbox ORDER BY id").scalars())

    def timeline(self, order_id: str) -> list[str]:
        return [one.text for one in self.parts.stores.timeline.for_return("main", f"order:{order_id}")]


@contextmanager
def desk_of(trade: Trade, **config: Any) -> Iterator[Desk]:
    trade.config = trade.sandbox.write_config(trade.folder, **config)
    with parts_of(trade.config) as parts:
        yield Desk(trade, parts)


@pytest.fixture
def desk(trade: Trade) -> Iterator[Desk]:
    with desk_of(trade) as opened:
        yield opened


@pytest.mark.parametrize(("name", "method"), [("online", "STANDARD"), ("pos", "POS_COMPLETED")])
def test_the_body_of_a_webhook_goes_into_the_order_store(desk: Desk, name: str, method: str) -> None:
    view = body(f"orders_create_loop_{name}")

    assert desk.push("orders/create", view) == 1
    stored = desk.stored(NAMES[name])
    assert (stored.channel, stored.method, stored.source) == ("LOOP_EXCH", method, "webhook")
    assert (stored.stale, desk.is_due(NAMES[name])) == (True, True)
    assert stored.order is not None
    assert not stored.order.payments_known
    assert desk.orders.raw("main", NAMES[name]) == {"webhook": raw(view)}


def test_the_payments_come_when_it_is_read_whole(desk: Desk) -> None:
    view = body("orders_create_loop_pos")
    desk.trade.act("import_order", body=view)
    desk.push("orders/create", view)

    assert desk.read(IN_STORE)
    stored = desk.stored(IN_STORE)
    assert (stored.stale, stored.source) == (False, "read")
    assert stored.order is not None
    assert [str(one.amount.amount) for one in stored.order.transactions] == ["15.00"]
    desk.push("orders/updated", view)
    assert desk.stored(IN_STORE) == stored


def test_what_shopify_does_not_show_is_used_as_the_webhook_said(desk: Desk) -> None:
    desk.push("orders/create", body())

    assert not desk.read(ONLINE)
    assert (desk.stored().stale, desk.stored().light) == (False, False)


def test_a_late_older_message_never_overwrites_a_newer_one(desk: Desk) -> None:
    desk.push("orders/updated", body(note="newer", updated_at="2026-11-03T12:00:00-05:00"))
    desk.push("orders/create", body(note="older"))

    stored = desk.stored()
    assert stored.order is not None
    assert stored.order.note == "newer"


def test_a_message_about_payments_makes_the_order_stale(desk: Desk) -> None:
    view = body()
    desk.trade.act("import_order", body=view)
    desk.push("orders/create", view)
    desk.read(ONLINE)

    assert desk.push("order_transactions/create", {"id": 7, "order_id": int(ONLINE), "kind": "sale"}) == 1
    assert desk.stored().stale
    desk.read(ONLINE)
    assert desk.push("refunds/create", {"id": 8, "order_id": int(ONLINE)}) == 1
    assert desk.stored().stale


def test_orders_of_channels_that_are_not_sent_are_kept_and_not_looked_at(desk: Desk) -> None:
    assert desk.push("orders/create", body(app_id=7, source_name="web", discount_codes=[])) == 0
    assert desk.push("orders/create", body(id=12, app_id=7, source_name="moon", discount_applications=[])) == 0

    assert (desk.stored().channel, desk.stored("12").channel) == ("WEB_SALES_CHANNEL", "UNKNOWN")


def test_with_every_channel_unknown_sources_are_looked_at_too(trade: Trade) -> None:
    with desk_of(trade, policy='order_channels = ["*"]') as desk:
        assert desk.push("orders/create", body(app_id=7, source_name="web")) == 1
        assert desk.push("orders/create", body(id=12, app_id=7, source_name="moon", discount_applications=[])) == 1
        assert desk.push("orders/create", body(id=13, name="LGC1042")) == 0
        assert desk.push("orders/create", body(id=14, test=True)) == 0
        assert desk.push("orders/create", body(id=15, processed_at="2025-12-31T12:00:00-05:00")) == 0


def test_a_body_that_cannot_be_read_is_kept_and_told_and_the_order_is_read_from_shopify(desk: Desk) -> None:
    view = body()
    desk.trade.act("import_order", body=view, announce=False)

    assert desk.push("orders/create", {**view, "line_items": "none"}) == 1
    assert (desk.stored().problem, desk.stored().light) == (
        "not readable as an order: the order has no line_items",
        True,
    )
    assert desk.notes() == ["not readable as an order: the order has no line_items"]
    assert desk.read(ONLINE)
    assert (desk.stored().problem, desk.stored().light) == ("", False)


def test_a_body_that_names_no_order_is_kept_and_told(desk: Desk) -> None:
    assert desk.push("orders/create", b"<html>") == 0
    assert desk.push("app/uninstalled", {"id": 1}) == 0

    assert desk.notes() == ["not readable as an order: the body is not JSON that can be read", "names no order"]


def test_the_poll_sees_orders_whose_webhooks_were_lost(desk: Desk) -> None:
    desk.trade.act("import_order", body=body(), announce=False)

    assert desk.poll() == 1
    assert (desk.stored().light, desk.stored().channel, desk.is_due()) == (True, "LOOP_EXCH", True)
    assert desk.read(ONLINE)
    assert desk.poll() == 0
    assert not desk.stored().stale


def test_the_first_poll_begins_at_the_cut_over_and_later_ones_at_the_cursor(trade: Trade) -> None:
    with desk_of(trade, policy='returns_from = "2026-02-01"') as desk:
        trade.act("import_order", body=body(updated_at="2026-01-31T10:00:00-05:00"), announce=False)
        trade.act("import_order", body=body("orders_create_loop_pos"), announce=False)

        assert desk.poll() == 1
        assert desk.orders.get("main", ONLINE) is None
        cursor = desk.parts.stores.cursors.get("main", "shopify", "updated")
        assert cursor is not None
        assert desk.parts.clock() - datetime.fromisoformat(cursor) < timedelta(minutes=1)


def test_the_poll_keeps_a_head_of_every_order_and_reads_no_more_than_it_sends(desk: Desk) -> None:
    desk.trade.act("create_orders", count=300)

    assert desk.poll() == 0
    assert len(desk.orders.by_channel("main", limit=400)) == 300
    asked = [one["path"] for one in desk.trade.sandbox.log("shopify")["requests"]]
    assert len(asked) == 2
    assert desk.parts.stores.due.counts()["due"] == 0


def test_personal_data_is_erased_when_shopify_demands_it(desk: Desk) -> None:
    desk.push("orders/create", body())
    desk.push("orders/create", body(id=12, customer={"id": 9, "first_name": "Ira", "email": "ira@example.com"}))
    demand = {"shop_id": 1, "customer": {"id": 7100000000007, "email": "dana@example.com"}, "orders_to_redact": []}
    desk.push("customers/redact", demand)

    stored = desk.stored()
    assert stored.order is not None
    assert (stored.order.buyer.email, stored.order.note, desk.orders.raw("main", ONLINE)) == (
        "",
        "erased",
        {"webhook": None},
    )
    assert desk.notes()[-1] == "customers/redact: 1 orders"
    assert "erased" in desk.timeline(ONLINE)[-1]
    bodies = [desk.parts.stores.inbox.get(number) for number in (1, 2, 3)]
    assert [one is not None and one.body is not None for one in bodies] == [False, True, False]
    desk.push("customers/data_request", {"customer": {"id": 9}, "orders_requested": [12]})
    assert "which data is kept" in desk.timeline("12")[-1]
    desk.push("shop/redact", {"shop_id": 1, "shop_domain": "example.myshopify.com"})
    assert desk.stored("12").erased_at is not None
    bodies = [desk.parts.stores.inbox.get(number) for number in (1, 2, 3, 4, 5)]
    assert [one.body for one in bodies if one is not None] == [None] * 5


def test_a_demand_that_cannot_be_read_is_told(desk: Desk) -> None:
    desk.push("customers/redact", json.dumps({"customer": {"id": "everybody"}}).encode())

    assert desk.notes() == ["not readable: 'everybody' is not an id of Shopify's"]


@pytest.mark.soak
def test_throttling_at_100_points_a_second_loses_no_order(trade: Trade) -> None:
    trade.sandbox.control("POST", "/shopify/settings", restore_rate=100)
    with desk_of(trade, policy='order_channels = ["*"]') as desk:
        trade.act("create_orders", count=400)
        assert desk.poll() == 400

        found = [one.order_id for one in desk.orders.by_channel("main", limit=500)]
        with ThreadPoolExecutor(12) as pool:
            assert list(pool.map(desk.read_in_the_end, found)) == [True] * 400
        assert [one for one in desk.orders.by_channel("main", limit=500) if one.stale or one.light] == []
        with desk.parts.stores.store.reading() as tx:
            outcomes = set(tx.exec_driver_sql("SELECT outcome FROM calls WHERE remote = 'shopify'").scalars())
        assert outcomes == {"ok", "shopify_throttled"}
