"""Webhooks of the Loop and Shopify simulators: signed raw bytes, retries, held, reversed, doubled, dropped."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2
import pytest

from ledgerloop_sandbox.handle import Handle, fresh
from ledgerloop_sandbox.loop.render import php_json
from ledgerloop_sandbox.world import World


class Receiver:
    """A web server that keeps what it gets; `statuses` are given out one by one, then 200."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]


@pytest.fixture(scope="module")
def running() -> Iterator[Handle]:
    with Handle("--empty") as handle:
        yield handle


@pytest.fixture
def sandbox(running: Handle) -> Iterator[Handle]:
    with fresh(running) as handle:
        handle.control("POST", "/loop/settings", retries_s=[0.02] * 5)
        handle.control("POST", "/shopify/settings", retries_s=[0.02] * 8)
        yield handle


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def settle(sandbox: Handle) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        seen = sandbox.control("GET", "/deliveries")
        if seen["pending"] == 0:
            return list(seen["deliveries"])
        time.sleep(0.02)
    raise AssertionError("the deliveries did not end")


def new_return(sandbox: Handle) -> str:
    order = sandbox.act("place_order", in_netsuite=False)
    return str(sandbox.act("request_return", order_id=order["order_id"])["return_id"])


def mac(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


def test_loop_signs_the_bytes_as_documented() -> None:
    world = World()
    world.loop.webhook_secret = "test_secret"
    url = "https://example.loopreturns.com/#/return/abc"
    body = php_json({"topic": "return", "trigger": "return.created", "id": "1673", "status_page_url": url})
    assert b'"https:\\/\\/example.loopreturns.com\\/#\\/return\\/abc"' in body
    assert world.loop.sign(body) == "//HhPEs2AEgWOoBGeNlorEmH7t/sDtX/FUbVMyjqU6g="


def test_shopify_signs_with_the_client_secret() -> None:
    world = World()
    world.shopify.client_secret = "shpss_test_secret"
    assert world.shopify.sign(b'{"id":5930000000001,"name":"EXC-1042"}') == (
        "y/kZH2VrqPy00dtEcMdELkSfYhVD9icv/5Akg/P9jn0="
    )


def test_creating_and_processing_tell_loops_story(sandbox: Handle, receiver: Receiver) -> None:
    sandbox.control("POST", "/webhook_targets", loop=receiver.url)
    sandbox.act("webhooks", mode="hold")
    return_id = new_return(sandbox)
    sandbox.act("process_in_loop", return_id=return_id)
    sandbox.act("deliver_held")
    settle(sandbox)
    bodies = receiver.bodies()
    assert [body["trigger"] for body in bodies] == [
        "return.created",
        "label.created",
        "return.updated",
        "return.updated",
        "return.closed",
    ]
    created, closed = bodies[0], bodies[-1]
    assert (created["id"], created["labels"], created["refunds"]) == (return_id, [], [])
    assert (closed["state"], closed["refunds"][0]["amount"]) == ("closed", "108.00")
    assert isinstance(closed["provider_order_id"], int)
    assert "was_processed" not in closed
    for headers, body in receiver.got:
        assert headers["x-loop-signature"] == mac(sandbox.credentials["loop_webhook_secret"], body)
        assert b"/" not in body.replace(b"\\/", b"")


def test_a_failed_processing_is_told(sandbox: Handle, receiver: Receiver) -> None:
    sandbox.control("POST", "/webhook_targets", loop=receiver.url)
    return_id = new_return(sandbox)
    settle(sandbox)
    receiver.got.clear()
    sandbox.act("fail_next_process", return_id=return_id, message="Insufficient funds")
    sandbox.act("process_in_loop", return_id=return_id)
    settle(sandbox)
    assert receiver.bodies() == [
        {
            "topic": "return.processing",
            "trigger": "return.processing.failed",
            "return_id": int(return_id),
            "return_state": "open",
            "message": "Insufficient funds",
            "source": "admin",
        }
    ]


@pytest.mark.parametrize(
    ("order", "wanted"), [("reversed", [4, 3, 2, 1, 0]), ("doubled", [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])]
)
def test_held_webhooks_come_reversed_or_doubled(
    sandbox: Handle, receiver: Receiver, order: str, wanted: list[int]
) -> None:
    sandbox.control("POST", "/webhook_targets", loop=receiver.url)
    sandbox.act("webhooks", mode="hold")
    sandbox.act("process_in_loop", return_id=new_return(sandbox))
    as_made = [one["topic"] for one in sandbox.control("GET", "/deliveries")["deliveries"]]
    assert receiver.got == []
    sandbox.act("deliver_held", order=order)
    settle(sandbox)
    assert [body["trigger"] for body in receiver.bodies()] == [as_made[n] for n in wanted]


def test_dropped_webhooks_never_come(sandbox: Handle, receiver: Receiver) -> None:
    sandbox.control("POST", "/webhook_targets", loop=receiver.url, shopify=receiver.url)
    sandbox.act("webhooks", mode="drop")
    new_return(sandbox)
    sandbox.act("deliver_held")
    assert {one["state"] for one in settle(sandbox)} == {"dropped"}
    assert receiver.got == []


def test_loops_subscriptions_are_made_changed_and_deleted(sandbox: Handle, receiver: Receiver) -> None:
    headers = {"X-Authorization": sandbox.credentials["loop_api_key"]}
    with httpx2.Client(base_url=f"{sandbox.loop}/api/2026-07", headers=headers, trust_env=False) as loop:
        wanted = {"topic": "return", "trigger": "return.created", "url": receiver.url}
        made = loop.post("/webhooks", json=wanted)
        assert (made.status_code, made.json()["status"]) == (201, "inactive")
        new_return(sandbox)
        assert receiver.got == []
        path = f"/webhooks/{made.json()['id']}"
        assert loop.put(path, json={**wanted, "status": "active"}).status_code == 204
        order = sandbox.act("place_order", name="#1002", in_netsuite=False)
        sandbox.act("request_return", order_id=order["order_id"])
        settle(sandbox)
        assert [body["trigger"] for body in receiver.bodies()] == ["return.created"]
        assert [row["url"] for row in loop.get("/webhooks").json()["webhooks"]] == [receiver.url]
        assert loop.delete(path).status_code == 204
        gone = loop.delete(path)
        assert (gone.status_code, gone.json()) == (404, {"errors": {"code": "NOT_FOUND"}})
        wrong = loop.post("/webhooks", json={**wanted, "topic": "refund"})
        assert (wrong.status_code, wrong.json()["message"][:36]) == (422, "Must be one of the following values:")


@pytest.mark.parametrize(("failures", "state"), [(2, "delivered"), (6, "failed")])
def test_loop_tries_six_times(sandbox: Handle, receiver: Receiver, failures: int, state: str) -> None:
    sandbox.control("POST", "/loop/settings", label_on_create=False)
    sandbox.control("POST", "/webhook_targets", loop=receiver.url)
    receiver.statuses = [503] * failures
    new_return(sandbox)
    (delivery,) = settle(sandbox)
    assert (delivery["state"], delivery["attempts"]) == (state, min(failures + 1, 6))
    assert len({body for _, body in receiver.got}) == 1


def test_shopify_tells_of_orders_and_refunds_with_its_headers(sandbox: Handle, receiver: Receiver) -> None:
    sandbox.control("POST", "/webhook_targets", shopify=receiver.url)
    sandbox.act("process_in_loop", return_id=new_return(sandbox))
    settle(sandbox)
    topics = [headers["x-shopify-topic"] for headers, _ in receiver.got]
    assert {"orders/create", "orders/paid", "orders/updated", "refunds/create", "returns/approve"} <= set(topics)
    headers, body = receiver.got[topics.index("refunds/create")]
    refund = json.loads(body)
    assert refund["transactions"][0]["amount"] == "108.00"
    assert refund["refund_line_items"][0]["subtotal"] == 100.0
    assert headers["x-shopify-hmac-sha256"] == mac(sandbox.credentials["shopify_client_secret"], body)
    assert headers["x-shopify-shop-domain"] == "example.myshopify.com"
    assert headers["x-shopify-api-version"] == "2026-10"
    assert len({headers["x-shopify-webhook-id"] for headers, _ in receiver.got}) == len(receiver.got)


def test_shopify_deletes_a_subscription_that_failed_nine_times(sandbox: Handle, receiver: Receiver) -> None:
    headers = {"X-Shopify-Access-Token": sandbox.credentials["shopify_token"]}
    url = f"{sandbox.shopify}/admin/api/2026-10/graphql.json"
    arguments = f'topic: ORDERS_CREATE, webhookSubscription: {{uri: "{receiver.url}"}}'
    query = f"mutation {{ webhookSubscriptionCreate({arguments}) {{ webhookSubscription {{ id }} }} }}"
    listing = "{ webhookSubscriptions(first: 5) { nodes { topic } } }"
    httpx2.post(url, json={"query": query}, headers=headers, trust_env=False)
    receiver.statuses = [500] * 9
    sandbox.act("place_order", in_netsuite=False)
    (delivery,) = settle(sandbox)
    assert (delivery["attempts"], delivery["state"]) == (9, "failed")
    assert len({headers["x-shopify-webhook-id"] for headers, _ in receiver.got}) == 1
    left = httpx2.post(url, json={"query": listing}, headers=headers, trust_env=False).json()
    assert left["data"]["webhookSubscriptions"]["nodes"] == []
