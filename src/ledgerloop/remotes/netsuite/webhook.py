"""Verifies what a script in NetSuite pushes, and says which records it is about.

NetSuite has no webhooks of its own, so the message is ours: `{"type": "itemReceipt", "id": "55"}` or a list of such.
Source: interface section 2. Assumed: the types a script sees, in whatever case (`itemreceipt`).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

HEADER: Final = "X-Ledgerloop-Signature"
"""Signs what NetSuite pushes: base64 of HMAC-SHA256 over the raw body. Source: interface section 2."""

OTHER_TYPES: Final = ("customer", "item", "contact", "employee", "vendor", "message", "note", "task")
"""How types end that are no transactions: their ids are numbered apart, and mean other records."""


@dataclass(frozen=True)
class Named:
    """One thing that a message names; what it does not say is empty."""

    kind: str = ""
    """NetSuite's record type, in small letters."""
    record_id: str = ""
    created_from: str = ""
    loop_return_id: str = ""
    shopify_order_id: str = ""

    @property
    def is_foreign(self) -> bool:
        """Whether this is a record that no case has."""
        return self.kind.endswith(OTHER_TYPES)


def verify(body: bytes, header: str, secrets: Iterable[str]) -> bool:
    """Check base64 of HMAC-SHA256 over the raw body against each secret."""
    given = header.strip().encode()
    keys = [secret.encode() for secret in secrets if secret]
    return bool(given) and any(hmac.compare_digest(_sign(body, key), given) for key in keys)


def named_in(body: bytes) -> list[Named] | None:
    """Read what a message names; None when a part of it cannot be understood. Never fails."""
    try:
        view = json.loads(body)
    except (ValueError, RecursionError):
        return None
    parts = view if isinstance(view, list) else [view]
    found = [_one(part) for part in parts if isinstance(part, Mapping)]
    understood = [one for one in found if one != Named(kind=one.kind)]
    return understood if understood and len(understood) == len(parts) else None


def _one(view: Mapping[str, Any]) -> Named:
    said = {name: _id(view.get(name)) for name in ("id", "createdFrom", "returnId", "orderId")}
    kind = view.get("type")
    return Named(
        kind.strip().lower() if isinstance(kind, str) else "",
        said["id"],
        said["createdFrom"],
        said["returnId"],
        said["orderId"],
    )


def _id(value: object) -> str:
    """An id, as a number or as text."""
    text = "" if value is None or isinstance(value, bool) else str(value).strip()
    return text if text.isascii() and text.isdecimal() else ""


def _sign(body: bytes, key: bytes) -> bytes:
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest())
