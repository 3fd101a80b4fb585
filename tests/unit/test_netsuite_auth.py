"""Signing for NetSuite: published vectors, algorithms, assertions."""

from datetime import UTC, datetime
from urllib.parse import unquote

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from oauthlib.common import urldecode

from ledgerloop.remotes.http import Http
from ledgerloop.remotes.netsuite.auth import ClientCredentials, ClientKey, TokenBased
from tests.support.netsuite_stub import HandClock, Notebook, Seats, pem

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
EC_256, EC_384, EC_521 = (ec.generate_private_key(curve()) for curve in (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1))
RSA_KEY = rsa.generate_private_key(65537, 3072)
PUBLISHED = TokenBased(
    account="123456",
    consumer_key="ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4",
    consumer_secret="d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
    token_id="2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
    token_secret="c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
    clock=lambda: datetime.fromtimestamp(1508242306, UTC),
    nonce=lambda: "fjaLirsIcCGVZWzBX0pg",
)
"""The credentials of the published example.

Source: docs.oracle.com, NetSuite online help, the signature for web services and RESTlets (read 2026-11-21). The third
signature below is computed with them, since no example has an exclamation mark in its path.
"""

SUITETALK = "https://123456.suitetalk.api.netsuite.com/services/rest/record/v1"
RESTLET = "https://123456.restlets.api.netsuite.com/app/site/hosting/restlet.nl"
RESTLET_QUERY = "script=6&deploy=1&customParam=someValue&testParam=someOtherValue"


def header_fields(header: str) -> dict[str, str]:
    scheme, _, rest = header.partition(" ")
    assert scheme == "OAuth"
    pairs = (part.strip().split("=", 1) for part in rest.split(","))
    return {key: unquote(value.strip('"')) for key, value in pairs}


@pytest.mark.parametrize(
    ("method", "url", "signature"),
    [
        (
            "GET",
            f"{SUITETALK}/employee/40",
            "B5OIWznZ2YP0OB7VrJrGkYsTh+8H+5T9Hag+o92q0zY=",
        ),
        (
            "POST",
            f"{RESTLET}?{RESTLET_QUERY}",
            "+KK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ=",
        ),
        (
            "POST",
            f"{SUITETALK}/salesOrder/3/!transform/returnAuthorization?replace=item",
            "VYeKbs+oN+kttcwLENNwZwaShx/wRGo91cjViYSIN+A=",
        ),
    ],
)
def test_signatures_are_those_published(method: str, url: str, signature: str) -> None:
    fields = header_fields(PUBLISHED.header(method, url))
    assert fields["oauth_signature"] == signature
    assert fields["oauth_signature_method"] == "HMAC-SHA256"
    assert fields["oauth_timestamp"] == "1508242306"
    assert fields["realm"] == "123456"


def test_a_signature_is_of_the_address_as_it_is_sent() -> None:
    sent: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request)
        return httpx2.Response(200)

    base = "https://123456.suitetalk.api.netsuite.com"
    path, params = (
        "/services/rest/record/v1/salesOrder/3/!transform/returnAuthorization",
        {"replace": "item,sales team"},
    )
    with Http(
        "netsuite",
        "main",
        base,
        evidence=Notebook(),
        clock=HandClock(),
        timeout_s=1,
        transport=httpx2.MockTransport(answer),
    ) as http:
        url = http.url(path, params)
        http.send("POST", path, params=params, json={})
    assert str(sent[0].url) == url
    assert sent[0].url.raw_path.startswith(
        b"/services/rest/record/v1/salesOrder/3/!transform/returnAuthorization?replace="
    )
    assert urldecode(sent[0].url.query.decode()) == [("replace", "item,sales team")]
    assert PUBLISHED.header("POST", url) == PUBLISHED.header("POST", str(sent[0].url))


@pytest.mark.parametrize("account", ["1234567_SB1", "1234567-sb1"])
def test_the_realm_is_the_account_as_netsuite_shows_it(account: str) -> None:
    auth = TokenBased(account, "a", "b", "c", "d", HandClock())
    assert header_fields(auth.header("GET", "https://x.test/"))["realm"] == "1234567_SB1"


def test_each_signature_has_its_own_nonce() -> None:
    auth = TokenBased("1", "a", "b", "c", "d", HandClock())
    first, second = (header_fields(auth.header("GET", "https://x.test/"))["oauth_nonce"] for _ in range(2))
    assert first != second


def test_secrets_are_not_shown() -> None:
    assert PUBLISHED.consumer_secret not in repr(PUBLISHED)
    assert PUBLISHED.token_secret not in repr(PUBLISHED)


def credentials(key: str, algorithm: str = "") -> ClientCredentials:
    clock = HandClock()
    http = Http("netsuite", "main", "https://1-sb1.example.test/", evidence=Notebook(), clock=clock, timeout_s=1)
    return ClientCredentials(
        http, Seats(1), client_id="client", certificate_id="cert", private_key=key, clock=clock, algorithm=algorithm
    )


@pytest.mark.parametrize(
    ("key", "wanted", "algorithm"),
    [
        (EC_256, "", "ES256"),
        (EC_384, "", "ES384"),
        (EC_521, "", "ES512"),
        (EC_256, "ES256", "ES256"),
        (RSA_KEY, "", "PS256"),
        (RSA_KEY, "PS512", "PS512"),
    ],
)
def test_the_key_decides_how_the_assertion_is_signed(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, wanted: str, algorithm: str
) -> None:
    assertion = credentials(pem(key), wanted).assertion()
    public = (ECKey if isinstance(key, ec.EllipticCurvePrivateKey) else RSAKey).import_key(pem(key))
    token = jwt.decode(assertion, public, algorithms=[algorithm])
    assert token.header == {"typ": "JWT", "alg": algorithm, "kid": "cert"}
    jti = token.claims.pop("jti")
    assert token.claims == {
        "iss": "client",
        "scope": ["rest_webservices"],
        "aud": "https://1-sb1.example.test/services/rest/auth/oauth2/v1/token",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 600,
    }
    assert len(jti) >= 20


def test_no_two_assertions_are_the_same() -> None:
    auth = credentials(pem(EC_256))
    assert auth.assertion() != auth.assertion()


def test_a_key_from_the_environment_may_have_its_line_ends_written_out() -> None:
    assert ClientKey.load(pem(EC_256).replace("\n", "\\n")).algorithm == "ES256"


@pytest.mark.parametrize(
    ("key", "algorithm", "says"),
    [
        ("nonsense", "", "not an unencrypted PEM key"),
        (
            EC_256.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")).decode(),
            "",
            "unencrypted",
        ),
        (pem(EC_256), "ES384", "cannot sign by ES384"),
        (pem(RSA_KEY), "RS256", "cannot sign by RS256"),
        (pem(ec.generate_private_key(ec.SECP256K1())), "", "secp256k1"),
        (
            ed25519.Ed25519PrivateKey.generate()
            .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            .decode(),
            "",
            "EC keys",
        ),
    ],
)
def test_a_key_that_netsuite_would_not_accept_is_refused_without_showing_it(
    key: str, algorithm: str, says: str
) -> None:
    with pytest.raises(ValueError, match=says) as caught:
        ClientKey.load(key, algorithm)
    assert all(line not in str(caught.value) for line in key.splitlines())
