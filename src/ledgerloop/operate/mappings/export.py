"""Writes mappings as files that can be imported again."""

from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import quoteattr

from ledgerloop.domain import mapped
from ledgerloop.domain.mapped import Entry
from ledgerloop.operate.mappings import csv_rows, toml_tables
from ledgerloop.operate.mappings.entities import ENTITIES, OWN_TYPES, SHOP_FIELD

OF_A_SHOP: Final = frozenset({mapped.SHOP_TYPE, mapped.SHOP_LOCATION})
"""Entities that name their shop in HotWax too."""

_WHITE = {"\n": "&#10;", "\t": "&#9;"}
"""White space that a parser of XML would turn into blanks in an attribute."""


def exported(entries: Iterable[Entry], shops: Sequence[str], form: str) -> str:
    """One document in this format (xml, csv or toml), sorted; a single shop is named by its own entities alone."""
    rows = [_row(one, shops) for one in sorted(entries, key=lambda one: (one.kind, one.shop, one.key))]
    if form == "xml":
        return _xml(rows)
    return csv_rows.write(rows) if form == "csv" else toml_tables.write(rows)


def _row(entry: Entry, shops: Sequence[str]) -> dict[str, str]:
    named = entry.shop if entry.kind in OF_A_SHOP or len(shops) != 1 else ""
    fields = {name: entry.fields[name] for name in ENTITIES[entry.kind].fields if name in entry.fields}
    return {"kind": entry.kind, **fields, **({SHOP_FIELD: named} if named else {})}


def _xml(rows: Iterable[dict[str, str]]) -> str:
    lines = [_element(row) for row in rows]
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', '<entity-facade-xml type="ext">', *lines, _END))


_END: Final = "</entity-facade-xml>\n"


def _element(row: dict[str, str]) -> str:
    kind, fields = row["kind"], {name: text for name, text in row.items() if name != "kind"}
    if kind in OWN_TYPES:
        own = {
            "integrationTypeId": OWN_TYPES[kind],
            "mappingKey": fields.pop("key"),
            "mappingValue": fields.pop("value"),
        }
        kind, fields = mapped.INTEGRATION_TYPE, {**own, **fields}
    return f"    <{kind} {' '.join(f'{name}={quoteattr(text, _WHITE)}' for name, text in fields.items())}/>"
