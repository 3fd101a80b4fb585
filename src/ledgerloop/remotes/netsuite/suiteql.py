"""SuiteQL's answers as rows, and what its queries need: marks for bound values, batches of keys.

Source: docs.oracle.com, NetSuite online help, executing SuiteQL queries through REST; paging (read 2026-11-21).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeAlias

from ledgerloop.outcome import Unclear
from ledgerloop.remotes.http import Answer
from ledgerloop.remotes.netsuite.errors import REMOTE

PATH = "/services/rest/query/v1/suiteql"
"""Where queries are posted."""

PAGE_ROWS = 1000
"""Most rows of one answer."""

MOST_ROWS = 100_000
"""Most rows that NetSuite gives out of one query."""

BATCH_KEYS = 200
"""How many keys are asked for in one query: far below any limit seen, and its answer still fits a page or two."""

Row: TypeAlias = dict[str, str]
"""A row: lower-case column -> text; a column without a value is absent."""


@dataclass(frozen=True)
class Page:
    """Rows of one answer, and whether there are more."""

    rows: list[Row]
    more: bool


def _text(value: Any) -> str:
    return "TF"[not value] if isinstance(value, bool) else str(value)


def row_of(item: dict[str, Any]) -> Row:
    """Read a row: everything as text (yes and no as T and F), links and empty columns left out."""
    return {key.lower(): _text(value) for key, value in item.items() if value is not None and key != "links"}


def page_of(answer: Answer) -> Page:
    """Read an answer. Raises Unclear when it is no page of rows."""
    body = answer.json()
    items = body.get("items") if isinstance(body, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Unclear(REMOTE, "netsuite_malformed", "the answer to a query holds no rows", status=answer.status)
    return Page([row_of(item) for item in items], bool(body.get("hasMore")))


def marks(values: Sequence[object]) -> str:
    """The bound-value marks of an IN list: `?, ?, ?`."""
    return ", ".join("?" * len(values))


def batches(keys: Iterable[str], size: int = BATCH_KEYS) -> Iterator[list[str]]:
    """Cut keys into lists of at most `size`, doubles left out, order kept."""
    rest = iter(dict.fromkeys(keys))
    while batch := list(islice(rest, size)):
        yield batch
