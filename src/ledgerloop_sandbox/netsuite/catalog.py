"""The metadata catalogue: truthful to the properties that are accepted here.

Source: docs.oracle.com section_1546938065 and github.com/jacobsvante/netsuite rest_api.py (read 2026-11-21).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .calls import Answer, Call
from .errors import nonexistent
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
from .lookup import type_named
from .model import ITEM_RECORDS

if TYPE_CHECKING:
    from .state import Account

Json = dict[str, Any]

KEYS = {
    "item": {"new": ["orderLine"], "existing": ["line"]},
    "apply": {"new": ["doc", "line"], "existing": ["doc", "line"]},
    "deposit": {"new": ["doc"], "existing": ["doc"]},
    "taxDetails": {"new": ["taxDetailsReference"], "existing": ["taxDetailsReference"]},
    "addressBook": {"new": ["internalId"], "existing": ["internalId"]},
}
"""Sublist keys. Source: an account's OpenAPI document, github.com/uptick/pynetsuite (read 2026-11-21)."""

SCALARS: dict[str, Json] = {
    "text": {"type": "string"},
    "number": {"type": "number", "format": "double"},
    "rate": {"type": "number", "format": "double"},
    "choice": {"type": "object", "properties": {"id": {"type": "string"}}},
    "name": {"type": "string"},
    "integer": {"type": "integer", "format": "int64"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}
"""JSON Schema of plain kinds."""


def serve(account: Account, call: Call, rest: list[str]) -> Answer:
    """The list of types, one type's JSON Schema, or OpenAPI for selected types."""
    accept = call.headers.get("accept", "").lower()
    if rest:
        name = type_named(rest[0])
        return Answer(200, schema(account, name), media="application/schema+json")
    selected = [name for name in call.params.get("select", "").split(",") if name]
    names = [type_named(name) for name in selected] or [*BODY, *ITEM_RECORDS]
    if "swagger" in accept:
        document = {
            "openapi": "3.0.1",
            "info": {"title": "NetSuite REST Record API", "version": "v1"},
            "paths": {f"/{name}": {} for name in names},
            "components": {"schemas": {name: schema(account, name) for name in names}},
        }
        return Answer(200, document, media="application/swagger+json")
    url = f"{call.base}/services/rest/record/v1/metadata-catalog"
    items = [{"name": name, "links": [{"rel": "canonical", "href": f"{url}/{name}"}]} for name in names]
    return Answer(200, {"links": [{"rel": "self", "href": url}], "items": items})


def schema(account: Account, name: str) -> Json:
    """JSON Schema of one record type, custom fields included."""
    if name in ("itemReceipt",) and not account.settings.advanced_receiving:
        raise nonexistent()
    prefix = "custentity_" if name == "customer" else "custbody_"
    custom = {key: Field(kind) for key, kind in account.custom_fields.items() if key.startswith(prefix)}
    legacy = account.settings.legacy_tax
    properties = _properties({**offered(BODY.get(name, ITEM_BODY), legacy), **custom})
    columns = {key: Field(kind) for key, kind in account.custom_fields.items() if key.startswith("custcol_")}
    sublists: dict[str, Mapping[str, Field]] = {
        "item": {**offered(LINES.get(name, {}), legacy), **columns},
        "apply": APPLY_LINE,
        "deposit": APPLY_LINE,
        "taxDetails": TAX_LINE,
        "addressBook": BOOK_LINE,
    }
    for sublist, line in sublists.items():
        if sublist in properties:
            rows = {"type": "array", "items": {"type": "object", "properties": _properties(line)}}
            properties[sublist] = {
                "type": "object",
                "properties": {"items": rows},
                "x-ns-sublistkey": KEYS[sublist],
            }
    return {"type": "object", "properties": properties, "x-ns-filterable": ["id", "externalId"]}


def _properties(specs: Mapping[str, Field]) -> Json:
    return {name: _property(spec) for name, spec in specs.items()}


def _property(spec: Field) -> Json:
    if spec.kind == "ref":
        shape: Json = {
            "type": "object",
            "properties": {"id": {"type": "string"}, "externalId": {"type": "string"}, "refName": {"type": "string"}},
        }
    elif spec.kind == "enum":
        values: Json = {"type": "string"}
        if spec.of:
            values["enum"] = spec.of.split()
        shape = {"type": "object", "properties": {"id": values, "refName": {"type": "string"}}}
    elif spec.kind == "address":
        shape = {"type": "object", "properties": _properties(ADDRESS_FIELDS)}
    elif spec.kind == "sublist":
        shape = {"type": "object"}
    else:
        shape = dict(SCALARS[spec.kind])
    return shape if spec.writable else {**shape, "readOnly": True}
