"""Reads single values out of Shopify's orders, whoever wrote them: ids, texts, counts, moments, amounts.

Everything here refuses what it cannot use with a ValueError that says so in plain words.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from ledgerloop.domain.money import Money
from ledgerloop.domain.recognise import LOOP_DISCOUNT

LONGEST_LABEL: Final = 500
"""Longest name, title, SKU or code that is kept, characters: databases index some. The raw body keeps all of it."""

LONGEST_ID: Final = 20
"""Digits of the longest id. Source: shopify.dev, ids are 64-bit numbers (read 2026-11-21)."""

MOST_UNITS: Final = 1_000_000_000
"""More units than this on a line are refused: databases count to two thousand millions."""


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list; nothing where it is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def inner(view: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within; empty where there is none."""
    value = view.get(name)
    return value if isinstance(value, Mapping) else {}


def discount_code(application: Mapping[str, Any]) -> str:
    """A discount's code; of Loop's return credit without one, as given by hand, its title or description.

    Assumed: which of both Loop does is not documented.
    """
    spelled = [label(application.get(name)) for name in ("code", "title", "description")]
    return spelled[0] or next((one for one in spelled if one.lower() == LOOP_DISCOUNT), "")


def text(value: object) -> str:
    """A text as every database takes it: no NUL, no half characters. Null is empty."""
    if value is None or isinstance(value, bool | Mapping | list):
        return ""
    return str(value).encode("utf-8", "replace").decode().replace("\0", "")


def label(value: object) -> str:
    """A short text, trimmed, and cut where it is not short."""
    return text(value).strip()[:LONGEST_LABEL]


def id_of(value: object) -> str:
    """The digits of a number, of text or of a global id; empty where there is none. Raises ValueError on others."""
    if value is None or value == "":
        return ""
    digits = "" if isinstance(value, bool) else str(value).strip().partition("?")[0].rpartition("/")[2]
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= LONGEST_ID):
        raise ValueError(f"{_shown(value)} is not an id of Shopify's")
    return digits


def count(value: object, of: str) -> int:
    """A number of units; 0 where there is none."""
    try:
        units = 0 if value is None else int(Decimal(str(value)))
    except (InvalidOperation, ValueError, OverflowError) as problem:
        raise ValueError(f"the {of} {_shown(value)} is not a number") from problem
    if not 0 <= units <= MOST_UNITS:
        raise ValueError(f"the {of} {_shown(value)} cannot be")
    return units


def moment(value: object) -> datetime | None:
    """Read ISO 8601, in UTC; what has no offset is UTC. Null is None."""
    if not value:
        return None
    try:
        read = datetime.fromisoformat(str(value))
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise ValueError(f"{_shown(value)} is not a date and time") from problem


def amount(value: object, currency: str) -> Money:
    """An amount of money; null is zero."""
    if value is None:
        return Money.zero(currency)
    try:
        read = Decimal(str(value).strip())
        if not isinstance(value, bool) and read.is_finite():
            return Money(read, currency)
    except InvalidOperation:
        pass
    raise ValueError(f"{_shown(value)} is not an amount of money")


def rate(value: object) -> str:
    """A tax rate as text without trailing zeros; empty where there is none, or it is no number."""
    try:
        read = Decimal(str(value))
    except InvalidOperation:
        return ""
    return (
        f"{read.normalize():f}" if read.is_finite() and read.adjusted() < 10 and read.as_tuple().exponent != "n" else ""
    )


def currency_of(value: object) -> str:
    """A currency's three letters."""
    letters = text(value)
    if not (len(letters) == 3 and letters.isascii() and letters.isalpha()):
        raise ValueError(f"{_shown(value)} is not a currency")
    return letters.upper()


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"
