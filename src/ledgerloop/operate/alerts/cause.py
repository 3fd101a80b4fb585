"""A cause for an alert, as the rules find it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ledgerloop.config.alerts import RuleName
from ledgerloop.domain.case import ORDER_SUBJECT

SUBJECTS: Final = 5
"""Returns and orders that are named of a cause."""

LONGEST_TITLE: Final = 160
"""Characters of a title: it becomes the subject of a letter."""

Subjects = tuple[tuple[str, str], ...]
"""Shop and subject of returns and orders."""


def _none() -> Subjects:
    return ()


@dataclass(frozen=True)
class Cause:
    """One root cause. `name` stays the same as long as it stands; `path` is its page.

    `quiet`: it stands, but begins no alert of its own: it is snoozed, too young, or not sure yet.
    """

    rule: RuleName
    name: str
    title: str
    text: str
    since: datetime
    path: str
    count: int = 0
    remedy: str = ""
    code: str = ""
    quiet: bool = False
    subjects: Callable[[], Subjects] = _none
    """Finds the first few returns and orders that it concerns."""


def shown(one: Cause, shops: int) -> Mapping[str, Any]:
    """What is kept and told of a cause; with several shops each id says whose it is."""
    named = [(f"{shop}:" if shops > 1 else "", subject) for shop, subject in one.subjects()]
    return {
        "title": one.title,
        "text": one.text,
        "remedy": one.remedy,
        "code": one.code,
        "count": one.count,
        "since": one.since.isoformat(timespec="seconds"),
        "path": one.path,
        "returns": [shop + subject for shop, subject in named if not subject.startswith(ORDER_SUBJECT)],
        "orders": [
            shop + subject.removeprefix(ORDER_SUBJECT) for shop, subject in named if subject.startswith(ORDER_SUBJECT)
        ],
    }


def counted(number: int, what: str = "return") -> str:
    """`1 return`, `312 returns`."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def in_brief(text: str, longest: int = LONGEST_TITLE) -> str:
    """The first sentence of a text, on one line."""
    line = " ".join(text.split())
    first = line.partition(". ")[0].rstrip(".")
    return first if len(first) <= longest else first[: longest - 1].rstrip() + "…"
