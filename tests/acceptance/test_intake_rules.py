"""What is taken in and what is refused, by the rules alone: no web server, the same on both databases."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest

from ledgerloop.intake.webhooks import LIMITS, Answer, Door, Knock, take
from ledgerloop.store import Store, open_store
from ledgerloop.store.due import Due
from ledgerloop.store.inbox import Inbox, Message
from ledgerloop.store.returns import LoopReturns
from tests.support.database import NOW
from tests.support.serving import loop_message, signature

DOOR = Door(
    "main",
    {"loop": ("old loop secret", "loop secret"), "shopify": ("shopify secret",), "netsuite": ("netsuite secret",)},
    "example.myshopify.com",
)
MESSAGE = loop_message("77", "5001")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def send(store: Store, source: str, headers: Mapping[str, str], body: bytes, door: Door | None = DOOR) -> Answer:
    return take(Inbox(store), lambda: NOW, [Knock(door, source, headers, body)])[0]


def from_loop(store: Store, body: bytes, secret: str = "loop secret") -> Answer:
    return send(store, "loop", {"X-Loop-Signature": signature(body, secret)}, body)


def from_shopify(store: Store, body: bytes, prefix: str = "X-", **headers: str) -> Answer:
    given = {
        "Hmac-Sha256": signature(body, "shopify secret"),
        "Topic": "orders/updated",
        "Webhook-Id": "w-1",
        "Shop-Domain": "example.myshopify.com",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return send(store, "shopify", {f"{prefix}Shopify-{name}": value for name, value in given.items()}, body)


def stored(store: Store) -> list[Message]:
    return Inbox(store).unworked()


def due(store: Store) -> list[str]:
    return [one.order_key for one in Due(store).claim("test", NOW, 99, 60)]


def test_a_message_is_stored_as_it_came_and_its_order_is_due(store: Store) -> None:
    assert from_loop(store, MESSAGE) is Answer.STORED
    [message] = stored(store)
    assert (message.body, message.shop, message.source, message.topic) == (MESSAGE, "main", "loop", "return")
    assert (message.subject_kind, message.subject_id) == ("order", "5001")
    assert due(store) == ["5001"]


def test_a_message_that_names_no_order_makes_the_order_of_its_return_due(store: Store) -> None:
    view = {"id": 77, "state": "open", "provider_order_id": "5001", "updated_at": "2026-03-01T00:00:00Z"}
    LoopReturns(store).put_list_view("main", "77", view, NOW)
    assert from_loop(store, json.dumps({"topic": "return", "id": 77}).encode()) is Answer.STORED
    assert due(store) == ["5001"]


def test_a_repeated_message_is_stored_once_and_its_order_is_due_again(store: Store) -> None:
    assert from_loop(store, MESSAGE) is Answer.STORED
    [claim] = Due(store).claim("test", NOW, 9, 60)
    Due(store).finish(claim, None)
    assert from_loop(store, MESSAGE) is Answer.AGAIN
    assert [one.times for one in stored(store)] == [2]
    assert due(store) == ["5001"]


def test_a_processing_that_fails_again_in_the_same_words_is_another_message(store: Store) -> None:
    body = json.dumps({"topic": "return.processing", "trigger": "return.processing.failed", "return_id": 77}).encode()
    knock = Knock(DOOR, "loop", {"X-Loop-Signature": signature(body, "loop secret")}, body)
    moments = [NOW, NOW, NOW + timedelta(hours=1)]
    answers = [take(Inbox(store), lambda at=at: at, [knock])[0] for at in moments]
    assert answers == [Answer.STORED, Answer.AGAIN, Answer.STORED]
    assert [one.received_at for one in stored(store)] == [NOW, NOW + timedelta(hours=1)]


@pytest.mark.parametrize("secret", ["loop secret", "old loop secret"])
def test_each_configured_secret_may_sign(store: Store, secret: str) -> None:
    assert from_loop(store, MESSAGE, secret) is Answer.STORED


@pytest.mark.parametrize(
    ("source", "headers"),
    [
        ("loop", {}),
        ("loop", {"X-Loop-Signature": signature(MESSAGE, "another secret")}),
        ("loop", {"X-Loop-Signature": signature(MESSAGE + b" ", "loop secret")}),
        ("loop", {"X-Shopify-Hmac-Sha256": signature(MESSAGE, "loop secret")}),
        ("shopify", {"X-Shopify-Hmac-Sha256": signature(MESSAGE, "loop secret")}),
        ("netsuite", {"X-Ledgerloop-Signature": signature(MESSAGE, "loop secret")}),
        ("netsuite", {"X-Ledgerloop-Signature": "é"}),
    ],
)
def test_a_wrong_signature_leaves_no_trace(store: Store, source: str, headers: dict[str, str]) -> None:
    assert send(store, source, headers, MESSAGE) is Answer.FORGED
    assert (stored(store), due(store)) == ([], [])


@pytest.mark.parametrize("source", ["loop", "shopify", "netsuite"])
def test_a_source_without_secrets_is_shut(store: Store, source: str) -> None:
    headers = dict.fromkeys(
        ("X-Loop-Signature", "X-Shopify-Hmac-Sha256", "X-Ledgerloop-Signature"), signature(MESSAGE, "")
    )
    assert send(store, source, headers, MESSAGE, Door("main", {source: ("",)}, "")) is Answer.SHUT
    assert send(store, source, headers, MESSAGE, Door("main", {}, "")) is Answer.SHUT
    assert (stored(store), due(store)) == ([], [])


def test_an_unknown_shop_or_source_is_unknown(store: Store) -> None:
    assert send(store, "loop", {}, MESSAGE, None) is Answer.UNKNOWN
    assert send(store, "paypal", {}, MESSAGE) is Answer.UNKNOWN


@pytest.mark.parametrize("source", LIMITS)
def test_a_body_over_the_limit_is_refused_before_anything_is_computed(store: Store, source: str) -> None:
    assert send(store, source, {}, b"x" * (LIMITS[source] + 1)) is Answer.TOO_LARGE


@pytest.mark.parametrize("prefix", ["X-", ""])
def test_shopifys_headers_are_read_with_and_without_their_prefix(store: Store, prefix: str) -> None:
    body = json.dumps({"id": 5001}).encode()
    assert from_shopify(store, body, prefix) is Answer.STORED
    [message] = stored(store)
    assert (message.topic, message.dedupe_key, due(store)) == ("orders/updated", "w-1", ["5001"])


def test_shopifys_deliveries_are_told_apart_by_their_webhook_id(store: Store) -> None:
    body = json.dumps({"id": 5001}).encode()
    answers = [from_shopify(store, body, Webhook_Id=one) for one in ("w-1", "w-2", "w-1")]
    assert answers == [Answer.STORED, Answer.STORED, Answer.AGAIN]


def test_without_a_webhook_id_topic_and_body_tell_them_apart(store: Store) -> None:
    body = json.dumps({"id": 5001}).encode()
    topics = ("orders/updated", "orders/paid", "orders/updated")
    answers = [from_shopify(store, body, Webhook_Id="", Topic=topic) for topic in topics]
    assert answers == [Answer.STORED, Answer.STORED, Answer.AGAIN]


def test_a_delivery_for_another_shop_of_the_same_app_is_refused(store: Store) -> None:
    assert from_shopify(store, b"{}", Shop_Domain="other.myshopify.com") is Answer.FORGED
    assert from_shopify(store, b"{}", Shop_Domain="Example.MyShopify.com") is Answer.STORED


@pytest.mark.parametrize("topic", ["customers/data_request", "customers/redact", "shop/redact", "new/topic"])
def test_compliance_and_unknown_topics_are_stored_and_make_nothing_due(store: Store, topic: str) -> None:
    assert from_shopify(store, b'{"shop_id": 1}', Topic=topic) is Answer.STORED
    assert ([one.topic for one in stored(store)], due(store)) == ([topic], [])


def test_what_netsuite_pushes_may_name_the_order(store: Store) -> None:
    body = json.dumps({"orderId": 5001, "type": "itemReceipt"}).encode()
    headers = {"x-ledgerloop-signature": signature(body, "netsuite secret")}
    assert send(store, "netsuite", headers, body) is Answer.STORED
    assert ([one.topic for one in stored(store)], due(store)) == (["itemreceipt"], ["5001"])


ODD: list[Any] = [b"", b"\xff\xfe\x00", b"[" * 3000, b"null", b'"text"', b'{"topic": "a\\u0000b", "id": {"x": 1}}']


@pytest.mark.parametrize(
    "body", [*ODD, b'{"topic": "\\ud800", "id": "\\udfff\\u0000"}', b'{"topic": "' + b"x" * 9000 + b'"}']
)
def test_any_signed_body_is_stored_whatever_it_is(store: Store, body: bytes) -> None:
    assert from_loop(store, body) is Answer.STORED
    assert [one.body for one in stored(store)] == [body]


def test_signatures_and_strange_headers_are_not_kept(store: Store) -> None:
    headers = {"X-Loop-Signature": signature(MESSAGE, "loop secret"), "Cookie": "a=b", "User-Agent": "Loop"}
    send(store, "loop", headers, MESSAGE)
    assert [one.headers for one in stored(store)] == [{"user-agent": "Loop"}]
