"""How values are kept in the database: moments as UTC, bodies as canonical JSON."""

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

Json: TypeAlias = Any
"""A decoded JSON document: dicts, lists, texts, numbers (int or Decimal), booleans, None."""


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC to the microsecond; naive ones are refused with ValueError."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """PostgreSQL keeps the zone; SQLite keeps text that sorts as time does."""
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn any aware moment into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a moment without a time zone: {value!r}"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware moment in UTC."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


class JsonText(TypeDecorator[Any]):
    """A JSON document as canonical text; numbers with a fraction come back as Decimal of the same value."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the document; None is the SQL null."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Json:  # noqa: ARG002
        """Read the document."""
        return None if value is None else json.loads(value, parse_float=Decimal)


def _number(value: Decimal) -> int | float | str:
    """Write a Decimal as a JSON number of the same value; one of more than 17 digits becomes text."""
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)


def _plain(value: object) -> Json:
    """Replace what JSON does not know: Decimals by numbers, moments by ISO text, sets by sorted lists."""
    match value:
        case Decimal():
            return _number(value)
        case datetime():
            return value.isoformat()
        case set() | frozenset():
            return sorted(str(one) for one in value)
        case _:
            return str(value)


def canonical(document: Json) -> str:
    """Write JSON the same way for the same content, whatever the order of its keys."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)


def digest(content: bytes | Json) -> str:
    """SHA-256 of raw bytes, or of a document's canonical JSON, in hex."""
    raw = content if isinstance(content, bytes) else canonical(content).encode()
    return hashlib.sha256(raw).hexdigest()
