"""Mappings as CSV: a row for each, its kind in the first column, its fields in columns of their names."""

import csv
import io
from collections.abc import Iterable, Mapping

from ledgerloop.operate.mappings.entities import ENTITIES, SHOP_FIELD, STAMPS
from ledgerloop.operate.mappings.records import Contents, Problem
from ledgerloop.operate.mappings.words import add

KIND = "kind"
COLUMNS = (KIND, SHOP_FIELD, *dict.fromkeys(field for entity in ENTITIES.values() for field in entity.fields))
"""Every column that is known."""

SEPARATORS = (",", ";", "\t")
"""What separates cells: a comma, or what spreadsheets write in some countries, or paste."""


def read(text: str) -> Contents:
    """Read records from CSV; an empty cell says nothing about its field."""
    into = Contents()
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    header: list[str] = []
    before = 0
    try:
        for row in rows:
            line, before = before + 1, rows.line_num
            if not any(cell.strip() for cell in row):
                continue
            if not header:
                header = _header(row, line, into)
                continue
            _row(header, row, line, into)
    except csv.Error as error:
        what, remedy = f"This is not CSV: {error}.", "Put texts that hold a quote or a line break in quotes."
        into.problems.append(Problem("mapping_file_broken", rows.line_num or 1, what, remedy))
    return into


def write(records: Iterable[Mapping[str, str]]) -> str:
    """Write records, each with its `kind`, with the columns that any of them has."""
    rows = list(records)
    used = {name for row in rows for name in row}
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [name for name in COLUMNS if name in used | {KIND}], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(SEPARATORS, key=first.count)


def _header(row: list[str], line: int, into: Contents) -> list[str]:
    names = [name.strip() for name in row]
    if KIND not in names:
        what = "The first row does not name the columns: there is none called kind."
        remedy = "Begin with a row such as kind,key,value."
        into.problems.append(Problem("mapping_file_broken", line, what, remedy))
        return [KIND]
    for name in names:
        if name and name not in COLUMNS and name not in STAMPS:
            into.remark(line, f"No mapping has a field {name}; the column is left out.")
    return names


def _row(header: list[str], row: list[str], line: int, into: Contents) -> None:
    if into.problems and header == [KIND]:
        return
    if any(cell.strip() for cell in row[len(header) :]):
        what = f"The row has {len(row)} cells, and the first row names {len(header)} columns."
        remedy = "Put texts that hold a separator in quotes."
        into.problems.append(Problem("mapping_file_broken", line, what, remedy))
        return
    cells = {name: cell for name, cell in zip(header, row, strict=False) if cell.strip() and name in COLUMNS}
    add(into, line, cells.pop(KIND, "").strip(), cells)
