"""What may be kept of a call: secrets and personal data are replaced before anything is stored or logged."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from ledgerloop.remotes.exact import dump_json, load_json

REDACTED = "‹redacted›"
"""Stands for what was taken out."""

CUT = "‹cut›"
"""Ends a text that was longer than MOST_BYTES."""

MOST_BYTES = 20_000
"""Longest text kept of a body, in bytes: enough for any single record, too little for a page of a thousand."""

_SECRET_PARTS = ("token", "secret", "password", "passwd", "assertion", "apikey", "privatekey", "creditcard", "hmac")
"""A key that contains one of these holds a secret (compared in lower case, letters and digits only)."""

_SECRET_KEYS = frozenset(
    {"authorization", "signature", "oauthsignature", "cookie", "setcookie", "cvv", "iban", "ip", "browserip"}
)
"""Keys that hold a secret or an address of a machine, compared whole."""

_PERSONAL_PARTS = (
    "email",
    "phone",
    "address",
    "addr1",
    "addr2",
    "firstname",
    "lastname",
    "fullname",
    "middlename",
    "zip",
    "postal",
)
"""A key that contains one of these holds personal data."""

_PERSONAL_KEYS = frozenset(
    {
        "addressee", "altname", "attention", "attn", "city", "company", "companyname", "customername", "entityid",
        "latitude", "longitude", "mobile", "printoncheckas", "recipient",
    }
)  # fmt: skip
"""Keys that hold personal data, compared whole."""

_PEOPLE = frozenset(
    {
        "customer",
        "entity",
        "addressbook",
        "addressbookaddress",
        "contact",
        "billingaddress",
        "shippingaddress",
        "defaultaddress",
    }
)
"""Keys whose whole content is about a person: only ids in it are kept."""

_KEPT_OF_PEOPLE = frozenset(
    {"id", "externalid", "links", "rel", "href", "legacyresourceid", "count", "hasmore", "offset"}
)
"""What is kept below a key of `_PEOPLE`."""

_PATTERNS = (
    ("eyJ", re.compile(r"(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.[\w-]*")),
    ("shp", re.compile(r"\bshp[a-z]{2,3}_[0-9A-Za-z]+")),
    ("earer ", re.compile(r"(?<=earer )[\w.~+/=-]+")),
    ("@", re.compile(r"(?<![\w.%+-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")),
)
"""JSON web tokens, Shopify's tokens, bearer tokens, e-mail addresses: taken out of every text.

Each with what a text must contain to be searched at all; none may start within a word, which would cost quadratic time.
"""

_BARE_ID = re.compile(r"[\d_-]*")


def text(value: str) -> str:
    """Take tokens and e-mail addresses out of a text."""
    for sign, pattern in _PATTERNS:
        if sign in value:
            value = pattern.sub(REDACTED, value)
    return value


@lru_cache(maxsize=4096)
def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


@lru_cache(maxsize=4096)
def _hidden(key: str) -> bool:
    return (
        key in _SECRET_KEYS
        or key in _PERSONAL_KEYS
        or any(part in key for part in _SECRET_PARTS)
        or any(part in key for part in _PERSONAL_PARTS)
    )


def _person(value: Any) -> Any:
    """Of what is about a person keep the ids."""
    if isinstance(value, Mapping):
        return {key: _walk(one) if _plain(key) in _KEPT_OF_PEOPLE else _person(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_person(one) for one in value]
    if isinstance(value, str):
        return value if _BARE_ID.fullmatch(value) or value.startswith("gid://") else REDACTED
    return value


def _member(key: str, value: Any) -> Any:
    plain = _plain(key)
    if plain in _PEOPLE:
        return _person(value)
    if _hidden(plain):
        return _emptied(value)
    return _walk(value)


def _emptied(value: Any) -> Any:
    """Keep shape and ids of a hidden value, nothing else."""
    if isinstance(value, Mapping | list):
        return _person(value)
    return value if value is None or value == "" or isinstance(value, bool) else REDACTED


def _walk(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _member(key, one) for key, one in value.items()}
    if isinstance(value, list):
        return [_walk(one) for one in value]
    return text(value) if isinstance(value, str) else value


def masked(document: Any) -> Any:
    """The document without secrets and personal data, of the same shape."""
    return _walk(document)


def _cut(value: str) -> str:
    raw = value.encode()
    return value if len(raw) <= MOST_BYTES else raw[: MOST_BYTES - len(CUT.encode())].decode("utf-8", "ignore") + CUT


def _form(value: str) -> str | None:
    """Redact a form body; None when it is none."""
    if not re.match(r"[A-Za-z_]\w*=", value) or "\n" in value:
        return None
    return "&".join(f"{key}={_member(key, one)}" for key, one in parse_qsl(value, keep_blank_values=True))


def body(value: str | bytes | None) -> str:
    """Redact a body (JSON, form or any text) and cut it."""
    if not value:
        return ""
    whole = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    try:
        return _cut(dump_json(_walk(load_json(whole))))
    except (ValueError, RecursionError):
        form = _form(whole)
        return _cut(text(whole) if form is None else form)


def path(value: str, params: Mapping[str, str | int] | None = None) -> str:
    """Redact a path and join its query, unencoded: it is read by people and never sent."""
    pairs = "&".join(f"{key}={_member(key, str(one))}" for key, one in (params or {}).items())
    whole = text(value)
    return f"{whole}{'&' if '?' in whole else '?'}{pairs}" if pairs else whole
