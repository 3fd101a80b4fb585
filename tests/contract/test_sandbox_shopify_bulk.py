"""Bulk queries and compliance webhooks of the Shopify simulator, over HTTP."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from ledgerloop_sandbox.acts import ACTS
from ledgerloop_sandbox.handle import Handle, fresh
from ledgerloop_sandbox.shopify import bulk
from ledgerloop_sandbox.world import World

RUN = """mutation Run($query: String!) { bulkOperationRunQuery(query: $query, groupObjects: false) {
  bulkOperation { id status } userErrors { field message code } } }"""
STATUS = """query Status($id: ID!) { bulkOperation(id: $id) {
  id status errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl } }"""
ORDERS = """{ orders(query: "created_at:>='2020-01-01'") { edges { node {
  id name totalPriceSet { shopMoney { amount } } transactions { gateway }
  lineItems { edges { node { id sku quantity } } } } } } }"""


@pytest.fixture(scope="module")
def running() -> Iterator[Handle]:
    with Handle("--empty") as handle:
        yield handle


@pytest.fixture
def sandbox(running: Handle) -> Iterator[Handle]:
    with fresh(running) as handle:
        yield handle


def ask(sandbox: Handle, document: str, /, **variables: Any) -> Any:
    answer = httpx2.post(
        f"{sandbox.shopify}/admin/api/2026-10/graphql.json",
        json={"query": document, "variables": variables},
        headers={"X-Shopify-Access-Token": sandbox.credentials["shopify_token"]},
        trust_env=False,
    ).json()
    assert "errors" not in answer, answer
    return answer["data"]


def finished(sandbox: Handle, query: str) -> Any:
    """Run a bulk query to its end."""
    made = ask(sandbox, RUN, query=query)["bulkOperationRunQuery"]
    assert made["userErrors"] == []
    assert made["bulkOperation"]["status"] == "CREATED"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = ask(sandbox, STATUS, id=made["bulkOperation"]["id"])["bulkOperation"]
        if found["completedAt"]:
            return found
        time.sleep(0.02)
    raise AssertionError("the bulk query did not end")


def test_a_bulk_query_gives_all_orders_as_json_lines(sandbox: Handle) -> None:
    lines = [{"sku": "TEE", "price": "50.00", "quantity": 2}, {"sku": "CAP", "price": "30.00"}]
    sandbox.act("create_orders", count=120, lines=lines)
    done = finished(sandbox, ORDERS)
    assert (done["status"], done["rootObjectCount"], done["objectCount"]) == ("COMPLETED", "120", "360")
    file = httpx2.get(done["url"], trust_env=False)
    assert done["fileSize"] == str(len(file.content))
    rows = [json.loads(line) for line in file.text.splitlines()]
    orders = [row for row in rows if "__parentId" not in row]
    assert [row["name"] for row in orders] == [f"#B{n}" for n in range(1, 121)]
    assert orders[0]["transactions"] == [{"gateway": "shopify_payments"}]
    parts = [row["sku"] for row in rows if row.get("__parentId") == orders[5]["id"]]
    assert parts == ["TEE", "CAP"]
    assert httpx2.get(done["url"].replace(".jsonl", "x.jsonl"), trust_env=False).status_code == 404


def test_nothing_found_is_no_file(sandbox: Handle) -> None:
    done = finished(sandbox, ORDERS)
    assert (done["status"], done["url"], done["objectCount"]) == ("COMPLETED", None, "0")


def test_a_failed_bulk_query_leaves_what_it_has(sandbox: Handle) -> None:
    sandbox.control("POST", "/shopify/settings", bulk_fails="TIMEOUT")
    sandbox.act("create_orders", count=2)
    done = finished(sandbox, ORDERS)
    assert (done["status"], done["errorCode"], done["url"]) == ("FAILED", "TIMEOUT", None)
    assert len(httpx2.get(done["partialDataUrl"], trust_env=False).text.splitlines()) == 2


def test_a_bulk_query_without_the_scope_is_denied(sandbox: Handle) -> None:
    sandbox.control("POST", "/shopify/settings", scopes=[])
    assert finished(sandbox, ORDERS)["errorCode"] == "ACCESS_DENIED"


DEEP = """{ orders { nodes { id returns { nodes { id returnLineItems { nodes { id } } } } } } }"""


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("{ shop { name } }", "at least one connection"),
        ("{ orders { nodes { nonsense } } }", "Cannot query field"),
        ("{ orders { nodes { id } } shop { name } }", "more than one top-level field"),
        ("{ orders { nodes { refunds { id refundLineItems { nodes { quantity } } } } } }", "within a list field"),
        (DEEP, "nesting depth"),
    ],
)
def test_what_cannot_run_in_bulk_is_refused(query: str, said: str) -> None:
    answer = bulk.start(World().shopify, query)
    assert answer["bulkOperation"] is None
    assert said in answer["userErrors"][0]["message"]
    assert answer["userErrors"][0]["code"] == "INVALID"


def test_five_bulk_queries_run_at_once() -> None:
    shop = World().shopify
    shop.later = lambda _seconds, _what: None
    answers = [bulk.start(shop, ORDERS) for _ in range(6)]
    assert [bool(one["bulkOperation"]) for one in answers] == [True] * 5 + [False]
    assert answers[5]["userErrors"][0]["code"] == "LIMIT_REACHED"


def test_the_end_of_a_bulk_query_is_told() -> None:
    world = World()
    world.deliveries.set_mode("hold")
    world.set_targets(shopify="http://127.0.0.1:9/")
    bulk.start(world.shopify, ORDERS)
    sent = world.deliveries.log[-1]
    assert (sent.topic, json.loads(sent.body)["status"]) == ("bulk_operations/finish", "completed")


# -- compliance --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "topic", "keys"),
    [
        ("redact_customer", "customers/redact", {"shop_id", "shop_domain", "customer", "orders_to_redact"}),
        (
            "request_customer_data",
            "customers/data_request",
            {"shop_id", "shop_domain", "customer", "orders_requested", "data_request"},
        ),
        ("redact_shop", "shop/redact", {"shop_id", "shop_domain"}),
    ],
)
def test_compliance_topics_are_signed_and_sent(act: str, topic: str, keys: set[str]) -> None:
    world = World()
    made = ACTS["create_order"](world)
    world.deliveries.set_mode("hold")
    world.set_targets(shopify="http://127.0.0.1:9/")
    ACTS[act](world, **({} if act == "redact_shop" else {"order_id": made["order_id"]}))
    sent = world.deliveries.log[-1]
    assert (sent.topic, set(json.loads(sent.body))) == (topic, keys)
    digest = hmac.new(world.shopify.client_secret.encode(), sent.body, hashlib.sha256).digest()
    assert sent.headers["X-Shopify-Hmac-Sha256"] == base64.b64encode(digest).decode()


def test_a_redacted_customer_is_blank_in_the_shop() -> None:
    world = World()
    made = ACTS["create_order"](world, email="dana@example.com")
    body = ACTS["redact_customer"](world, made["order_id"])
    order = world.shopify.get(made["order_id"])
    assert body["customer"]["email"] == "dana@example.com"
    assert (order.email, order.customer and order.customer.first_name) == ("", "")
    assert order.address is not None
    assert (order.address["first_name"], order.address["country_code"]) == (None, "US")
