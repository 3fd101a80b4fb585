"""Writes a pack: as JSON or CSV (`workbook` as XLSX). Each holds the same rows and the same hash."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import IO

from ledgerloop.books.pack import Cell, Holds, Layout, Pack, Row

TITLE = "Ledgerloop books"

ABOUT = "about"
"""Name of the section that says what the pack is: it is not part of the hash, which stands in it."""

UNSAFE = ("=", "+", "-", "@", "\t", "\r", "'")
"""How texts begin that a spreadsheet would take for a formula; `'` itself, so that it can be taken off again."""


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
