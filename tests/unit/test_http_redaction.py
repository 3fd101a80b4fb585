"""What is kept of a call holds neither secrets nor anybody's data."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerloop.remotes import redact

GONE = redact.REDACTED


def kept(value: Any) -> Any:
    return json.loads(redact.body(json.dumps(value)))


@pytest.mark.parametrize(
    "key",
    [
        "access_token", "accessToken", "client_secret", "client_assertion", "password", "X-Api-Key", "Authorization",
        "email", "contact_email", "phone", "customer_phone", "address1", "addr1", "shippingAddress", "first_name",
        "lastName", "addressee", "zip", "postalCode", "city", "entityId", "browser_ip",
        "credit_card_number", "customerName",
    ],
)  # fmt: skip
def test_values_under_these_keys_are_taken_out(key: str) -> None:
    assert kept({"a": [{key: "Jane Doe"}]}) == {"a": [{key: GONE}]}


@pytest.mark.parametrize(
    "key", ["id", "name", "tranId", "memo", "refName", "sku", "title", "state", "status", "total", "externalId", "note"]
)
def test_what_an_operator_needs_is_kept(key: str) -> None:
    assert kept({key: "#1001"}) == {key: "#1001"}


def test_money_and_ids_are_kept_as_they_are() -> None:
    assert redact.body('{"total": 108.10, "authorization_number": "RMA7"}') == (
        '{"total": 108.10, "authorization_number": "RMA7"}'
    )


def test_of_a_person_only_ids_are_kept() -> None:
    body = {
        "entity": {"id": "107", "refName": "Jane Doe", "links": []},
        "customer": {"id": "gid://shopify/Customer/5", "displayName": "Jane", "tags": ["vip", "17"]},
        "addressBook": {"items": [{"id": "3", "label": "Home"}]},
        "email": {"value": "jane@example.com", "verified": True},
    }
    assert kept(body) == {
        "entity": {"id": "107", "refName": GONE, "links": []},
        "customer": {"id": "gid://shopify/Customer/5", "displayName": GONE, "tags": [GONE, "17"]},
        "addressBook": {"items": [{"id": "3", "label": GONE}]},
        "email": {"value": GONE, "verified": True},
    }
    assert kept({"customer": "Jane Doe", "entity": "107"}) == {"customer": GONE, "entity": "107"}


@pytest.mark.parametrize(
    "secret",
    ["jane.doe+x@mail.example.com", "shpat_0123456789abcdef", "shpss_0123456789abcdef", "eyJhbGciOi.eyJpc3Mi.c2ln-_x"],
)
def test_tokens_and_addresses_are_taken_out_of_any_text(secret: str) -> None:
    for body in (
        json.dumps({"note": f"ask {secret} now"}),
        f"plain {secret} text",
        f"q={secret}",
        json.dumps([secret]),
    ):
        assert secret not in redact.body(body)
        assert GONE in redact.body(body)
    assert redact.path(f"/x/{secret}", {"q": f"is {secret}"}) == f"/x/{GONE}?q=is {GONE}"


def test_a_bearer_token_is_taken_out() -> None:
    assert redact.text("Authorization: Bearer abc.def-1") == f"Authorization: Bearer {GONE}"


def test_a_form_is_redacted_by_its_keys() -> None:
    assert redact.body(b"grant_type=client_credentials&client_secret=abc") == (
        f"grant_type=client_credentials&client_secret={GONE}"
    )


def test_a_query_is_redacted_by_its_keys() -> None:
    assert redact.path("/returns", {"email": "x", "limit": 5}) == f"/returns?email={GONE}&limit=5"


def test_empty_values_stay_and_nothing_is_nothing() -> None:
    assert kept({"email": None, "phone": "", "token": False}) == {"email": None, "phone": "", "token": False}
    assert redact.body(None) == redact.body(b"") == ""


def test_long_bodies_are_cut_and_say_so() -> None:
    text = redact.body(json.dumps({"a": "ü" * 30_000}))
    assert len(text.encode()) <= redact.MOST_BYTES
    assert text.endswith(redact.CUT)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
)


@given(JSON)
def test_a_name_below_a_person_never_survives(value: Any) -> None:
    body = json.dumps({"customer": {"deep": [value, {"who": "Jane Doe"}], "x": "Jane Doe"}, "last_name": "Jane Doe"})
    assert "Jane" not in redact.body(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(raw: bytes) -> None:
    assert isinstance(redact.body(raw), str)
