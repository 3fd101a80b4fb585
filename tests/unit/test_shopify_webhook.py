"""Shopify's signature, and the order that a webhook is about."""

import base64
import hashlib
import hmac
import json

import pytest

from ledgerloop.remotes.shopify.webhook import subject, verify

SECRET = "shpss_test_secret"
BODY = b'{"id":5930000000001,"name":"EXC-1042"}'
SIGNATURE = "y/kZH2VrqPy00dtEcMdELkSfYhVD9icv/5Akg/P9jn0="


@pytest.mark.parametrize(
    ("body", "header", "secrets", "genuine"),
    [
        (BODY, SIGNATURE, [SECRET], True),
        (BODY, SIGNATURE, ["new one", SECRET], True),
        (BODY, SIGNATURE, ["new one"], False),
        (BODY, SIGNATURE, [], False),
        (BODY, "", [SECRET], False),
        (BODY, "nö", [SECRET], False),
        (BODY + b" ", SIGNATURE, [SECRET], False),
    ],
)
def test_signatures(body: bytes, header: str, secrets: list[str], genuine: bool) -> None:
    assert verify(body, header, secrets) is genuine


def test_an_empty_secret_signs_nothing() -> None:
    forged = base64.b64encode(hmac.new(b"", BODY, hashlib.sha256).digest()).decode()

    assert not verify(BODY, forged, [""])


@pytest.mark.parametrize(
    ("topic", "body", "order_id"),
    [
        ("orders/create", {"id": 5930000000001}, "5930000000001"),
        ("ORDERS/UPDATED", {"admin_graphql_api_id": "gid://shopify/Order/59"}, "59"),
        ("refunds/create", {"id": 98, "order_id": 59}, "59"),
        ("order_transactions/create", {"id": 7, "order_id": "59"}, "59"),
        ("returns/request", {"id": 1, "order": {"id": 59, "admin_graphql_api_id": "gid://shopify/Order/59"}}, "59"),
        ("returns/approve", {"id": 1, "order": {"admin_graphql_api_id": "gid://shopify/Order/59"}}, "59"),
        ("returns/close", {"id": 1, "order_id": 59}, "59"),
        ("returns/update", {"admin_graphql_api_id": "gid://shopify/Return/1"}, None),
        ("refunds/create", {"id": 98, "order_id": None}, None),
        ("locations/update", {"id": 3}, None),
        ("shop/redact", {"shop_id": 954889}, None),
        ("customers/redact", {"orders_to_redact": [59], "id": 1}, None),
        ("orders/create", {"id": True}, None),
        ("orders/create", ["no"], None),
        ("", {"id": 59}, None),
    ],
)
def test_webhooks_and_their_order(topic: str, body: object, order_id: str | None) -> None:
    assert subject(topic, body) == order_id
    assert subject(topic, json.dumps(body).encode()) == order_id


@pytest.mark.parametrize("body", [b"no json", b"\xff", b"[" * 100_000])
def test_a_body_that_cannot_be_read_names_nothing(body: bytes) -> None:
    assert subject("orders/create", body) is None
