"""Loop's signature, over the raw body and over the body as it was before a proxy re-encoded it."""

import base64
import hashlib
import hmac

import pytest

from ledgerloop.remotes.loop.webhook import verify

SECRET = "test_secret"
ESCAPED = (
    rb'{"topic":"return","trigger":"return.created","id":"1673",'
    rb'"status_page_url":"https:\/\/example.loopreturns.com\/#\/return\/abc"}'
)
UNESCAPED = ESCAPED.replace(b"\\/", b"/")
OF_ESCAPED = "//HhPEs2AEgWOoBGeNlorEmH7t/sDtX/FUbVMyjqU6g="
OF_UNESCAPED = "6s/0y+kyyM6rhOZO/OxE6Aye1m9jYCd9+PTzdBN0XHA="


@pytest.mark.parametrize(
    ("body", "header", "secrets", "genuine"),
    [
        (ESCAPED, OF_ESCAPED, [SECRET], True),
        (UNESCAPED, OF_UNESCAPED, [SECRET], True),
        (UNESCAPED, OF_ESCAPED, [SECRET], True),
        (UNESCAPED.replace(b",", b",\n  "), OF_ESCAPED, [SECRET], True),
        (ESCAPED, OF_UNESCAPED, [SECRET], False),
        (ESCAPED, f" {OF_ESCAPED} ", ["new", SECRET], True),
        (ESCAPED, OF_ESCAPED, ["other"], False),
        (ESCAPED, OF_ESCAPED, [], False),
        (ESCAPED, "", [SECRET], False),
        (ESCAPED, "ünsigned", [SECRET], False),
        (ESCAPED.replace(b"1673", b"1674"), OF_ESCAPED, [SECRET], False),
        (b"not json", OF_ESCAPED, [SECRET], False),
        (b"\xff", OF_ESCAPED, [SECRET], False),
        (b"[" * 100_000, OF_ESCAPED, [SECRET], False),
    ],
)
def test_signatures(body: bytes, header: str, secrets: list[str], genuine: bool) -> None:
    assert verify(body, header, secrets) is genuine


def test_an_empty_secret_signs_nothing() -> None:
    forged = base64.b64encode(hmac.new(b"", ESCAPED, hashlib.sha256).digest()).decode()

    assert not verify(ESCAPED, forged, [""])
