"""What a file of mappings says, before anything is decided: records, remarks and what makes it unusable."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

LARGEST_FILE = 10_000_000
"""Bytes of a file of mappings; thousands of mappings are some hundred kilobytes, more is a mistake."""


class Op(Enum):
    """What is to happen with a record. Source: apache/ofbiz-framework, EntitySaxReader (read 2026-11-21)."""

    CREATE = "create"
    """Added, unless there is one already."""
    UPDATE = "create-update"
    """Added, or its fields are set; fields that are not named stay."""
    REPLACE = "create-replace"
    """Added, or set to exactly these fields."""
    DELETE = "delete"


@dataclass(frozen=True)
class Record:
    """A record as it stands in a file; an empty text takes a field away. `shop` is None where none is named."""

    line: int
    entity: str
    fields: Mapping[str, str]
    shop: str | None = None
    op: Op = Op.UPDATE


@dataclass(frozen=True)
class Problem:
    """Why a file is refused: a code, where, what is wrong and the remedy. Line 0: the file as a whole."""

    code: str
    line: int
    what: str
    remedy: str

    def as_dict(self) -> dict[str, object]:
        """As one JSON document shows it."""
        return {"code": self.code, "line": self.line, "problem": self.what, "remedy": self.remedy}


@dataclass(frozen=True)
class Remark:
    """Something that does not stop an import but that a person may want to know."""

    line: int
    text: str

    def as_dict(self) -> dict[str, object]:
        """As one JSON document shows it."""
        return {"line": self.line, "text": self.text}


@dataclass
class Contents:
    """What was read from one file."""

    records: list[Record] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def remark(self, line: int, text: str) -> None:
        """Note something for the person."""
        self.remarks.append(Remark(line, text))
