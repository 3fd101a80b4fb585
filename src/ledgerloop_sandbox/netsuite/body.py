"""From a request's JSON to typed values: name validation, value validation, references that must exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .errors import Refused, invalid_content, invalid_value
from .fields import (
    ADDRESS_FIELDS,
    APPLY_LINE,
    BODY,
    BOOK_LINE,
    ITEM_BODY,
    LINES,
    TAX_LINE,
    Field,
    offered,
)

if TYPE_CHECKING:
    from .state import Account

CUSTOM_PREFIXES = ("custbody_", "custcol_", "custentity_", "custitem_")
"""How script ids of custom fields begin."""

MEMO_LENGTH = 999
"""Longest memo. Assumed."""


@dataclass(slots=True)
class LineValues:
    """One sublist line of a request: its path for error messages and its typed values."""

    path: str
    values: dict[str, Any]


@dataclass(slots=True)
class Body:
    """A request body, typed; `skipped` are names that no property has."""

    values: dict[str, Any] = field(default_factory=dict)
    lines: list[LineValues] | None = None
    applies: list[LineValues] | None = None
    deposits: list[LineValues] | None = None
    taxes: list[LineValues] | None = None
    addresses: list[LineValues] | None = None
    skipped: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    account: Account
    strict: bool
    skipped: list[str] = field(default_factory=list)

    def known(self, specs: Mapping[str, Field], name: str, prefix: str) -> Field | None:
        """Find a property by its exact name; custom fields must be registered and of this level."""
        if name in specs:
            return specs[name]
        if name.startswith(prefix) and name in self.account.custom_fields:
            return Field(self.account.custom_fields[name])
        return None

    def read(self, raw: Mapping[str, Any], specs: Mapping[str, Field], prefix: str, path: str) -> dict[str, Any]:
        """Type every known property; refuse or note the others. A read-only property is refused (assumed)."""
        values: dict[str, Any] = {}
        for name, value in raw.items():
            here = f"{path}.{name}" if path else name
            if name == "links":
                continue
            spec = self.known(specs, name, prefix)
            if spec is None:
                if self.strict:
                    raise invalid_content(f"Unknown property name: {name}.", here)
                self.skipped.append(here)
                continue
            if spec.kind == "sublist":
                continue
            if not spec.writable:
                raise invalid_content(f"The property {name} is read only.", here)
            values[name] = self.typed(value, spec, name, here)
        return values

    def typed(self, value: Any, spec: Field, name: str, path: str) -> Any:
        """Turn one JSON value into what its field holds; null empties it."""
        if value is None:
            return None
        if spec.kind == "ref":
            return self.reference(value, spec.of, name, path)
        if spec.kind == "address":
            return self.address(value, name, path)
        if spec.kind in ("choice", "name"):
            return _loose(value, spec.kind, name, path)
        if spec.kind == "enum":
            letter = str(value.get("id", "")) if isinstance(value, Mapping) else str(value)
            if letter not in spec.of.split():
                raise invalid_value(letter, name, path)
            return letter
        if spec.kind == "boolean":
            if not isinstance(value, bool):
                raise invalid_value(value, name, path)
            return value
        if isinstance(value, (Mapping, list)):
            raise invalid_value("of a wrong type", name, path)
        return _scalar(value, spec.kind, name, path)

    def address(self, value: Any, name: str, path: str) -> dict[str, Any]:
        """Type an address subrecord."""
        if not isinstance(value, Mapping):
            raise invalid_value("of a wrong type", name, path)
        return self.read(value, ADDRESS_FIELDS, "-", path)

    def reference(self, value: Any, target: str, name: str, path: str) -> str:
        """Resolve `{"id"}` or `{"externalId"}`; nothing else is a reference."""
        if not isinstance(value, Mapping) or not ({"id", "externalId"} & set(value)):
            raise invalid_value(value, name, path)
        known = self.account.targets(target)
        if "id" in value:
            key = str(value["id"])
        else:
            wanted = str(value["externalId"])
            key = next((k for k, v in known.items() if getattr(v, "external_id", None) == wanted), "")
            if not key:
                raise Refused("INVALID_KEY_OR_REF", f"Invalid {name} reference key {wanted}.", path=path)
        found = known.get(key)
        if target != "any" and target not in ("department", "class", "shipItem"):
            if target == "price" and key == "-1":
                return key
            if found is None or getattr(found, "inactive", False):
                raise Refused("INVALID_KEY_OR_REF", f"Invalid {name} reference key {key}.", path=path)
        return key


def read_body(account: Account, record_type: str, raw: Any, *, strict: bool) -> Body:
    """Type a body. `strict` refuses unknown names (X-NetSuite-PropertyNameValidation: Error).

    Source: docs.oracle.com section_156570709583 (read 2026-11-21).
    """
    if not isinstance(raw, Mapping):
        raise invalid_content("The request body must be a JSON object.")
    reader = _Reader(account, strict)
    legacy = account.settings.legacy_tax
    specs = offered(BODY.get(record_type, ITEM_BODY), legacy)
    prefix = "custentity_" if record_type == "customer" else "custbody_"
    body = Body(values=reader.read(raw, specs, prefix, ""))
    if "memo" in body.values and len(body.values["memo"] or "") > MEMO_LENGTH:
        detail = f"The field memo contained more than the maximum number ( {MEMO_LENGTH} ) of characters allowed."
        raise invalid_content(detail, "memo")
    body.lines = _sublist(reader, raw, specs, "item", offered(LINES.get(record_type, {}), legacy), "custcol_")
    body.applies = _sublist(reader, raw, specs, "apply", APPLY_LINE, "-")
    body.deposits = _sublist(reader, raw, specs, "deposit", APPLY_LINE, "-")
    body.taxes = _sublist(reader, raw, specs, "taxDetails", TAX_LINE, "-")
    body.addresses = _sublist(reader, raw, specs, "addressBook", BOOK_LINE, "-")
    body.skipped = reader.skipped
    return body


def _sublist(
    reader: _Reader,
    raw: Mapping[str, Any],
    body_specs: Mapping[str, Field],
    name: str,
    specs: Mapping[str, Field],
    prefix: str,
) -> list[LineValues] | None:
    value = raw.get(name)
    if value is None or body_specs.get(name, Field("")).kind != "sublist":
        return None
    if not isinstance(value, Mapping) or not isinstance(value.get("items"), list):
        raise invalid_content(f"The sublist {name} must be an object with a list named items.", name)
    lines = []
    for index, item in enumerate(value["items"]):
        path = f"{name}.items[{index}]"
        if not isinstance(item, Mapping):
            raise invalid_content("A sublist line must be a JSON object.", path)
        if "inventoryDetail" in item:
            raise invalid_content("The inventory detail of this line is static and cannot be changed.", path)
        lines.append(LineValues(path, reader.read(item, specs, prefix, path)))
    return lines


def _loose(value: Any, kind: str, name: str, path: str) -> Any:
    """Read T or F (also as a boolean), or a name given as text or as an object's id."""
    given = value.get("id") if isinstance(value, Mapping) else value
    if kind == "choice" and isinstance(given, bool):
        return given
    if kind == "choice" and str(given) in ("T", "F"):
        return str(given) == "T"
    if kind == "name" and isinstance(given, str | int) and not isinstance(given, bool):
        return str(given)
    raise invalid_value(given, name, path)


def _scalar(value: Any, kind: str, name: str, path: str) -> Any:
    try:
        if kind in ("number", "rate"):
            if kind == "rate" and isinstance(value, str) and value.strip().endswith("%"):
                return f"{Decimal(value.strip()[:-1])}%"
            if isinstance(value, bool):
                raise ValueError
            number = Decimal(str(value))
            if not number.is_finite():
                raise ValueError
            return number
        if kind == "integer":
            if isinstance(value, bool):
                raise ValueError
            return int(str(value))
        if kind == "date":
            if len(str(value)) != len("2026-01-01"):
                raise ValueError
            return date.fromisoformat(str(value))
    except (ValueError, ArithmeticError) as error:
        raise invalid_value(value, name, path) from error
    return str(value)
