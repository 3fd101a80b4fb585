"""Verifies that a webhook comes from Loop: base64 of HMAC-SHA256 over the body, header `X-Loop-Signature`.

Source: docs.loopreturns.com webhook validation, HMAC calculation (read 2026-11-21).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable
from typing import Final

HEADER: Final = "X-Loop-Signature"
"""Header that carries the signature."""


def verify(body: bytes, header: str, secrets: Iterable[str]) -> bool:
    """Check the signature against each secret, over the raw bytes and over the body as Loop's PHP would encode it."""
    given = header.strip().encode()
    keys = [secret.encode() for secret in secrets if secret]
    if not given or not keys:
        return False
    spellings = [body, *_as_php_encodes(body)]
    return any(hmac.compare_digest(_sign(spelling, key), given) for key in keys for spelling in spellings)


def _sign(body: bytes, key: bytes) -> bytes:
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest())


def _as_php_encodes(body: bytes) -> list[bytes]:
    """Encode the JSON compactly with escaped slashes, as it was signed before a proxy re-encoded it."""
    try:
        text = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=True)
    except (ValueError, RecursionError):
        return []
    return [text.replace("/", "\\/").encode()]
