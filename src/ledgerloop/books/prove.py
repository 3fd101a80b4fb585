"""Proves a written pack: its hash is counted again from its rows, in whatever format it is.

A single changed amount, text or row gives another hash.
"""

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from ledgerloop.books.formats import ABOUT, UNSAFE
from ledgerloop.books.pack import LAYOUTS, Cell, Column, Holds, Layout, hash_of
from ledgerloop.domain.money import exponent
from ledgerloop.store.types import canonical

Read = tuple[dict[str, str], dict[str, list[list[Any]]]]
"""What the pack says of itself, and the rows of each section by its name."""


class NotAPack(ValueError):  # noqa: N818  (says what the file is)
    """The file is no pack, or is damaged."""


@dataclass(frozen=True)
class Proof:
    """The hash that a file states, and the one that its rows have."""

    stated: str
    counted: str

    @property
    def holds(self) -> bool:
        """Whether both are the same."""
        return self.stated == self.counted


def prove(path: Path) -> Proof:
    """Count the hash of a written pack again. Raises NotAPack."""
    try:
        said, sections = _READERS.get(path.suffix.lower(), _json)(path)
        rows = ((layout, _lines(layout, sections[layout.name])) for layout in LAYOUTS)
        return Proof(said["hash"], hash_of(said["from"], said["to"], rows))
    except (KeyError, IndexError, TypeError, ValueError, InvalidOperation, zipfile.BadZipFile) as problem:
        raise NotAPack(f"{path.name} is no pack of the books: {problem}") from problem


def _lines(layout: Layout, rows: Iterable[list[Any]]) -> Iterator[str]:
    for row in rows:
        if len(row) != len(layout.columns):
            raise ValueError(f"a row of {layout.name} has {len(row)} cells, not {len(layout.columns)}")
        currency = row[layout.names.index("currency")] if "currency" in layout.names else ""
        yield canonical([_plain(*one, str(currency)) for one in zip(layout.columns, row, strict=True)])


def _plain(column: Column, value: Any, currency: str) -> Cell:
    """A cell as it was hashed, whatever a format made of it."""
    if value is None or value == "":
        return ""
    if column.holds is Holds.NUMBER:
        return int(value)
    if column.holds is Holds.TEXT:
        return str(value)
    exact = Decimal(str(value))
    shown = exact.quantize(Decimal(1).scaleb(-exponent(currency)))
    if shown != exact:
        raise ValueError(f"{value} is no amount in {currency}")
    return str(shown)


def _json(path: Path) -> Read:
    document = json.loads(path.read_text(encoding="utf-8"))
    rows = {one.name: [[row[name] for name in one.names] for row in document[one.name]] for one in LAYOUTS}
    return document, rows


def _csv(path: Path) -> Read:
    with path.open(encoding="utf-8-sig", newline="") as file:
        parts = [list(rows) for filled, rows in groupby(csv.reader(file), key=bool) if filled]
    named = {part[0][0]: part[1:] for part in parts}
    said = {row[0]: row[1] for row in named.pop(ABOUT)}
    texts = {name: [[_unsafe(cell) for cell in row] for row in rows[1:]] for name, rows in named.items()}
    return said, texts


def _unsafe(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(UNSAFE) else cell


def _xlsx(path: Path) -> Read:
    book = load_workbook(path, read_only=True)
    try:
        said = {str(row[0]): str(row[1] or "") for row in book[ABOUT].iter_rows(values_only=True)}
        sheets = {
            one.name: [_whole(one, row) for row in book[one.name].iter_rows(min_row=2, values_only=True)]
            for one in LAYOUTS
        }
    finally:
        book.close()
    return said, sheets


def _whole(layout: Layout, row: tuple[Any, ...]) -> list[Any]:
    """A row without its empty end is read short."""
    return [*row, *[None] * (len(layout.columns) - len(row))]


_READERS = {".csv": _csv, ".xlsx": _xlsx}
"""By the name's ending; everything else is read as JSON."""
