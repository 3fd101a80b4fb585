"""JSON with exact numbers: what has a fraction is read as Decimal, and a Decimal is written as the number it is."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def load_json(text: str | bytes) -> Any:
    """Parse JSON; raises ValueError on anything else, NaN and Infinity included."""
    return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)


def dump_json(value: Any) -> str:
    """Write JSON. Decimals keep exactly their digits (39.00 stays 39.00). Raises TypeError or ValueError."""
    if isinstance(value, str):
        return _encode(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is not a JSON number")
        return format(value, "f")
    if isinstance(value, Mapping):
        members = (f"{_encode(str(key))}: {dump_json(one)}" for key, one in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(dump_json(one) for one in value) + "]"
    return _encode(value)
