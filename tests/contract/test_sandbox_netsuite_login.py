"""The simulated NetSuite lets in whom NetSuite lets in, and says no in its words."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, RSAKey

from ledgerloop_sandbox.netsuite.auth import Tba, tba_signature
from tests.support.netsuite_account import HOST, TOKEN_URL, Remote

CUSTOMER = "/services/rest/record/v1/customer/107"


@pytest.fixture
def remote() -> Remote:
    return Remote()


def test_a_signed_assertion_gets_a_token_that_opens_the_services(remote: Remote) -> None:
    answer = remote.ask_token(remote.assertion())
    assert answer.status_code == 200
    assert answer.json()["token_type"] == "Bearer"
    assert int(answer.json()["expires_in"]) == 3600
    assert remote.call("GET", "record/v1/customer/107").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": f"{HOST}/services/rest/auth/oauth2/v1/other"},
        {"aud": TOKEN_URL.replace("https", "http")},
        {"iss": "somebody-else"},
        {"kid": "unknown-certificate"},
        {"expires_in": -1},
        {"expires_in": 4000},
        {"scope": ["restlets"]},
        {"key": ECKey.generate_key("P-256")},
    ],
    ids=["audience", "scheme", "issuer", "certificate", "expired", "too long", "scope", "foreign key"],
)
def test_an_assertion_with_one_thing_wrong_is_an_invalid_grant(remote: Remote, changes: dict[str, Any]) -> None:
    if "expires_in" in changes:
        changes = {"exp": int(time.time()) + changes["expires_in"]}
    answer = remote.ask_token(remote.assertion(**changes))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


def test_a_form_that_is_no_client_credentials_request_is_an_invalid_request(remote: Remote) -> None:
    answer = remote.raw("POST", TOKEN_URL, data={"grant_type": "password"})
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


def test_ps256_with_3072_bits_is_accepted_and_rs256_is_not(remote: Remote) -> None:
    private = rsa.generate_private_key(65537, 3072)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    remote.account.auth.register_certificate("rsa", remote.credentials["netsuite_client_id"], public.decode())
    key = RSAKey.import_key(pem.decode())
    assert remote.ask_token(remote.assertion(alg="PS256", kid="rsa", key=key)).status_code == 200
    assert remote.ask_token(remote.assertion(alg="RS256", kid="rsa", key=key)).json() == {"error": "invalid_grant"}


def test_a_short_rsa_key_cannot_be_uploaded(remote: Remote) -> None:
    public = rsa.generate_private_key(65537, 2048).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    with pytest.raises(ValueError, match="3072"):
        remote.account.auth.register_certificate("short", "client", pem)


def test_without_a_valid_token_the_answer_is_401_with_a_challenge(remote: Remote) -> None:
    answer = remote.raw("GET", CUSTOMER, headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="1234567_SB1", error="invalid_token", error_description="Invalid login attempt."'
    )
    assert answer.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_LOGIN"


def test_an_empty_bearer_is_a_malformed_request(remote: Remote) -> None:
    answer = remote.raw("GET", CUSTOMER, headers={"Authorization": "Bearer "})
    assert answer.status_code == 400
    assert 'error="invalid_request"' in answer.headers["www-authenticate"]


def test_tokens_end_with_their_lifetime_and_when_revoked(remote: Remote) -> None:
    remote.account.settings.token_lifetime_s = 0
    assert remote.call("GET", "record/v1/customer/107").status_code == 401
    remote.account.settings.token_lifetime_s = 3600
    remote.token = ""
    assert remote.call("GET", "record/v1/customer/107").status_code == 200
    assert remote.account.auth.revoke_tokens() == 2
    assert remote.call("GET", "record/v1/customer/107").status_code == 401


def signed(remote: Remote, method: str, path: str, **changes: str) -> dict[str, str]:
    tba = Tba(**remote.credentials["tba"])
    oauth = {
        "oauth_consumer_key": tba.consumer_key,
        "oauth_token": tba.token_id,
        "oauth_nonce": "nonce-0001",
        "oauth_timestamp": str(int(time.time())),
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_version": "1.0",
        **changes,
    }
    oauth["oauth_signature"] = tba_signature(method, f"{HOST}{path}", oauth, tba)
    parts = ", ".join(f'{name}="{quote(value, safe="")}"' for name, value in oauth.items())
    return {"Authorization": f'OAuth realm="1234567_SB1", {parts}'}


def test_the_published_signature_example_comes_out_byte_for_byte() -> None:
    """Source: docs.oracle.com section_1534941088 (read 2026-11-21)."""
    tba = Tba(
        "ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
        "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
        "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
        "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
    )
    oauth = {
        "oauth_consumer_key": tba.consumer_key,
        "oauth_token": tba.token_id,
        "oauth_nonce": "fjaLirsIcCGVZWzBX0pg",
        "oauth_timestamp": "1508242306",
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_version": "1.0",
    }
    url = "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1/employee/40"
    assert tba_signature("GET", url, oauth, tba) == "B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY="
    url = (
        "https://123456.restlets.api.netsuite.com/app/site/hosting/restlet.nl"
        "?script=6&deploy=1&customParam=someValue&testParam=someOtherValue"
    )
    assert tba_signature("POST", url, oauth, tba) == "+KK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ="


def test_a_tba_signature_opens_the_services_once(remote: Remote) -> None:
    path = f"{CUSTOMER}?fields=email,entityId"
    headers = signed(remote, "GET", path)
    assert remote.raw("GET", path, headers=headers).status_code == 200
    again = remote.raw("GET", path, headers=headers)
    assert (again.status_code, again.json()["o:errorDetails"][0]["o:errorCode"]) == (401, "INVALID_LOGIN")


@pytest.mark.parametrize(
    "changes",
    [
        {"oauth_signature_method": "HMAC-SHA1"},
        {"oauth_timestamp": str(int(time.time()) - 4000)},
        {"oauth_consumer_key": "unknown"},
    ],
    ids=["sha1", "old", "consumer"],
)
def test_a_tba_call_with_one_thing_wrong_is_not_let_in(remote: Remote, changes: dict[str, str]) -> None:
    assert remote.raw("GET", CUSTOMER, headers=signed(remote, "GET", CUSTOMER, **changes)).status_code == 401


def test_a_tba_signature_for_another_address_is_not_let_in(remote: Remote) -> None:
    headers = signed(remote, "GET", f"{CUSTOMER}?fields=email")
    assert remote.raw("GET", CUSTOMER, headers=headers).status_code == 401
