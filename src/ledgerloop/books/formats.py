"""Writes a pack: as JSON, as CSV, as a workbook. Each holds the same rows and the same hash."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ledgerloop.books.pack import Cell, Column, Holds, Layout, Pack, Row
from ledgerloop.domain.money import exponent

TITLE = "Ledgerloop books"

ABOUT = "about"
"""Name of the section that says what the pack is: it is not part of the hash, which stands in it."""

UNSAFE = ("=", "+", "-", "@", "\t", "\r", "'")
"""How texts begin that a spreadsheet would take for a formula; `'` itself, so that it can be taken off again."""

WIDTHS = {Holds.TEXT: 16, Holds.AMOUNT: 12, Holds.NUMBER: 8}
"""Widths of columns, in characters."""

BOLD = Font(bold=True)


def about(pack: Pack, pack_hash: str, made_at: datetime) -> list[tuple[str, str]]:
    """What the pack is."""
    return [
        ("title", TITLE),
        ("from", pack.since),
        ("to", pack.until),
        ("balanced", "yes" if pack.balanced else "no"),
        ("made_at", made_at.isoformat(timespec="seconds")),
        ("hash", pack_hash),
    ]


def write_json(pack: Pack, pack_hash: str, made_at: datetime, out: IO[bytes]) -> None:
    """One JSON document: what the pack is, the columns of each section, and its rows as objects."""
    head = dict(about(pack, pack_hash, made_at))
    names = {one.layout.name: one.layout.names for one in pack.sections.values()}
    begins = json.dumps({**head, "columns": names}, indent=1, ensure_ascii=False)
    out.write(begins[: begins.rindex("\n}")].encode())
    for section in pack.sections.values():
        out.write(f',\n "{section.layout.name}": ['.encode())
        for number, row in enumerate(section.rows()):
            shown = json.dumps(dict(zip(section.layout.names, row, strict=True)), ensure_ascii=False)
            out.write(f"{',' if number else ''}\n  {shown}".encode())
        out.write(b"\n ]" if section.count else b"]")
    out.write(b"\n}\n")


def write_csv(pack: Pack, pack_hash: str, made_at: datetime, out: IO[bytes]) -> None:
    """One section below the other: a line with its name, its columns, its rows, an empty line."""
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
    rows = csv.writer(text)
    rows.writerow([ABOUT])
    rows.writerows(about(pack, pack_hash, made_at))
    for section in pack.sections.values():
        rows.writerow([])
        rows.writerow([section.layout.name])
        rows.writerow(section.layout.names)
        rows.writerows(_safe(section.layout, row) for row in section.rows())
    text.detach()


def _safe(layout: Layout, row: Row) -> Iterator[Cell]:
    for column, cell in zip(layout.columns, row, strict=True):
        risky = column.holds is Holds.TEXT and isinstance(cell, str) and cell.startswith(UNSAFE)
        yield f"'{cell}" if risky else cell


def write_xlsx(pack: Pack, pack_hash: str, made_at: datetime, out: IO[bytes]) -> None:
    """A workbook with a sheet for each section; amounts are numbers with their currency's places."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(ABOUT)
    sheet.column_dimensions["B"].width = 70
    for name, value in about(pack, pack_hash, made_at):
        sheet.append([_text(sheet, name), _text(sheet, value)])
    for section in pack.sections.values():
        sheet = book.create_sheet(section.layout.name)
        sheet.freeze_panes = "A2"
        for number, column in enumerate(section.layout.columns, start=1):
            width = max(WIDTHS[column.holds], len(column.name) + 2)
            sheet.column_dimensions[get_column_letter(number)].width = width
        sheet.append([_bold(sheet, name) for name in section.layout.names])
        places = section.layout.names.index("currency") if "currency" in section.layout.names else None
        for row in section.rows():
            currency = str(row[places]) if places is not None else ""
            sheet.append([_cell(sheet, *one, currency) for one in zip(section.layout.columns, row, strict=True)])
    book.save(out)


def _cell(sheet: Any, column: Column, value: Cell, currency: str) -> Any:
    if value == "":
        return None
    if column.holds is Holds.TEXT or not currency:
        return value if isinstance(value, int) else _text(sheet, value)
    if column.holds is Holds.NUMBER:
        return value
    cell = WriteOnlyCell(sheet, float(value))
    places = exponent(currency)
    cell.number_format = f"#,##0.{'0' * places}" if places else "#,##0"
    return cell


def _text(sheet: Any, value: str) -> Any:
    """A text that stays a text, whatever it begins with."""
    if not value.startswith("="):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def _bold(sheet: Any, value: str) -> Any:
    cell = WriteOnlyCell(sheet, value)
    cell.font = BOLD
    return cell


WRITERS = {"json": write_json, "csv": write_csv, "xlsx": write_xlsx}
"""By format."""
