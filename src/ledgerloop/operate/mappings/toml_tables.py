"""Mappings as TOML: a table for each, `[[Enumeration]]` or `[[sku]]`, or one table of keys and values, `[sku]`."""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping

from ledgerloop.operate.mappings.entities import SHORT
from ledgerloop.operate.mappings.records import Contents, Problem
from ledgerloop.operate.mappings.words import add, unknown_entity

_AT_LINE = re.compile(r"line (\d+)")


def read(text: str) -> Contents:
    """Read records from TOML; numbers count as texts."""
    into = Contents()
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        told = str(error)
        found = _AT_LINE.search(told)
        line = int(found[1]) if found else len(text.splitlines())
        what, remedy = f"This is not TOML: {told}.", "Put texts in quotes; write a key with other signs in quotes too."
        into.problems.append(Problem("mapping_file_broken", line, what, remedy))
        return into
    for kind, given in document.items():
        match given:
            case list():
                for line, one in zip(_lines(text, kind, len(given)), given, strict=True):
                    _record(into, line, kind, one)
            case dict() if kind in SHORT or kind.startswith(("SHOPIFY_", "NETSUITE_")):
                for key, value in given.items():
                    _record(into, _line_of_key(text, kind, key), kind, {"key": key, "value": value})
            case _:
                into.problems.append(unknown_entity(kind, _line_of_key(text, kind, kind)))
    return into


def write(records: Iterable[Mapping[str, str]]) -> str:
    """Write records, each with its `kind`."""
    parts = []
    for one in records:
        fields = "".join(f"{name} = {_quoted(text)}\n" for name, text in one.items() if name != "kind")
        parts.append(f"[[{one['kind']}]]\n{fields}")
    return "\n".join(parts)


def _record(into: Contents, line: int, kind: str, given: object) -> None:
    fields = given if isinstance(given, dict) else {"": given}
    texts = {}
    for name, value in fields.items():
        if isinstance(value, bool) or not isinstance(value, str | int):
            what = f"{name or kind} is neither a text nor a whole number."
            into.problems.append(Problem("mapping_value_wrong", line, what, "Write it in quotes."))
            return
        texts[name] = str(value)
    add(into, line, kind, texts)


def _lines(text: str, kind: str, count: int) -> list[int]:
    """The lines where the tables of a kind begin; where a text holds such a line itself, that of the first for all."""
    header = re.compile(rf"\s*\[\[\s*[\"']?{re.escape(kind)}[\"']?\s*\]\]")
    found = [number for number, line in enumerate(text.splitlines(), 1) if header.match(line)]
    return found if len(found) == count else [found[0] if found else 1] * count


def _line_of_key(text: str, kind: str, key: str) -> int:
    lines = text.splitlines()
    header = re.compile(rf"\s*\[\[?\s*[\"']?{re.escape(kind)}[\"']?\s*\]|\s*[\"']?{re.escape(kind)}[\"']?\s*=")
    starts = next((number for number, line in enumerate(lines) if header.match(line)), 0)
    assigns = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
    return next((n + 1 for n, line in enumerate(lines) if n >= starts and assigns.match(line)), starts + 1)


def _quoted(text: str) -> str:
    """A basic string of TOML: what JSON escapes, TOML escapes the same way."""
    return json.dumps(text, ensure_ascii=False)
