"""A feed as bytes: CSV as RFC 4180 has it, or JSON; UTF-8 without a mark at its beginning."""

import csv
import io
import json
from collections.abc import Iterable
from typing import Literal, TypeAlias

from ledgerloop.operate.feeds.columns import COLUMNS, Kind
from ledgerloop.operate.feeds.rows import Row

Format: TypeAlias = Literal["csv", "json"]
"""How a feed is written."""


def document(kind: Kind, form: Format, rows: Iterable[Row]) -> bytes:
    """Write the rows: CSV begins with the names of the columns, JSON is a list of objects."""
    return _csv(kind, rows) if form == "csv" else _json(rows)


def _csv(kind: Kind, rows: Iterable[Row]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(COLUMNS[kind]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _json(rows: Iterable[Row]) -> bytes:
    return (json.dumps(list(rows), indent=2, ensure_ascii=False) + "\n").encode()
