"""Writes a pack as a workbook: a sheet for each section; amounts are numbers with their currency's places."""

from datetime import datetime
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from ledgerloop.books.formats import ABOUT, about
from ledgerloop.books.pack import Cell, Column, Holds, Pack
from ledgerloop.domain.money import exponent

WIDTHS = {Holds.TEXT: 16, Holds.AMOUNT: 12, Holds.NUMBER: 8}
"""Widths of columns, in characters."""

BOLD = Font(bold=True)


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
