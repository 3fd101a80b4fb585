"""A pack: sections of rows, kept outside memory while it grows, and one hash over all of them.

The hash is the SHA-256 of the canonical JSON of every section's name, columns and rows, a line each: the same books
give the same hash, in whatever format the pack is written.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

from ledgerloop.domain.money import Money
from ledgerloop.store.types import canonical

IN_MEMORY = 4_000_000
"""Characters of a section that are kept in memory; what is beyond goes into a temporary file."""

Cell = str | int
Row = Sequence[Cell]


class Holds(StrEnum):
    """What a column holds."""

    TEXT = "text"
    AMOUNT = "amount"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """A column. Amounts are in the currency of the row's column `currency`."""

    name: str
    holds: Holds = Holds.TEXT


@dataclass(frozen=True)
class Layout:
    """A section: its name and columns."""

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [one.name for one in self.columns]


def columns(text: str) -> tuple[Column, ...]:
    """Columns by name; `*` marks an amount, `#` a number."""
    marks = {"*": Holds.AMOUNT, "#": Holds.NUMBER}
    return tuple(Column(one.strip("*#"), marks.get(one[0], Holds.TEXT)) for one in text.split())


RETURNS = Layout(
    "returns",
    columns(
        "shop return order processed_on currency term *loop *shopify *netsuite *difference reason loop_link "
        "shopify_link netsuite_links"
    ),
)
DIFFERENCES = Layout(
    "differences",
    columns("shop return order processed_on currency term *amount code counts text loop_link shopify_link"),
)
OPEN_ITEMS = Layout("open_items", columns("shop return order currency code *amount since #days bucket text loop_link"))
ACCOUNTS = Layout("accounts", columns("shop currency account name *opening *debit *credit *closing ties"))
CORRECTIONS = Layout("corrections", columns("shop return fact on entered_on currency *before *after what"))
SUMMARY = Layout("summary", columns("shop currency term *loop *shopify *netsuite *difference"))
COUNTS = Layout("counts", columns("shop what #number"))

LAYOUTS = (COUNTS, SUMMARY, RETURNS, DIFFERENCES, OPEN_ITEMS, ACCOUNTS, CORRECTIONS)
"""Every section, in the order in which it is written."""


@dataclass
class Section:
    """Rows of a pack, one JSON line each."""

    layout: Layout
    count: int = 0
    _lines: SpooledTemporaryFile[str] = field(
        default_factory=lambda: SpooledTemporaryFile(max_size=IN_MEMORY, mode="w+", encoding="utf-8")  # noqa: SIM115
    )

    def add(self, *cells: Cell | Money | None) -> None:
        """Add a row; amounts become text with their currency's places, what is not there becomes empty."""
        row = ["" if one is None else str(one.amount) if isinstance(one, Money) else one for one in cells]
        self._lines.write(canonical(row) + "\n")
        self.count += 1

    def lines(self) -> Iterator[str]:
        """The rows as they are hashed."""
        self._lines.seek(0)
        yield from (line.rstrip("\n") for line in self._lines)

    def rows(self) -> Iterator[Row]:
        """The rows."""
        return (json.loads(line) for line in self.lines())

    def close(self) -> None:
        """Let go of the temporary file."""
        self._lines.close()


class Pack:
    """A pack of a period; use it with `with`."""

    def __init__(self, since: str, until: str) -> None:
        self.since, self.until = since, until
        self.sections = {one.name: Section(one) for one in LAYOUTS}
        self.balanced = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for one in self.sections.values():
            one.close()

    def __getitem__(self, layout: Layout) -> Section:
        return self.sections[layout.name]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(one.count for one in self.sections.values())

    def hash(self) -> str:
        """The hash of everything in the pack."""
        return hash_of(self.since, self.until, ((one.layout, one.lines()) for one in self.sections.values()))


def hash_of(since: str, until: str, sections: Iterator[tuple[Layout, Iterator[str]]]) -> str:
    """The hash of a period's sections, whose rows are given as canonical JSON lines."""
    made = hashlib.sha256(canonical(["ledgerloop books", since, until]).encode() + b"\n")
    for layout, lines in sections:
        made.update(canonical([layout.name, layout.names]).encode() + b"\n")
        for line in lines:
            made.update(line.encode() + b"\n")
    return made.hexdigest()
