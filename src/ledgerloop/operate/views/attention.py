"""What needs a person, grouped by root cause: one remedy, one mapping, one retry for all of it."""

from dataclasses import dataclass
from datetime import datetime

from ledgerloop.engine.parts import Parts
from ledgerloop.operate.views.about import about_group, group_id
from ledgerloop.operate.views.paging import Page, cut, limited, mark_of
from ledgerloop.store.remarks import Comment, Remarks
from ledgerloop.store.return_list import Cause, ReturnFilters, ReturnList

MOST_GROUPS = 200
"""Groups that are shown, the largest first."""


@dataclass(frozen=True)
class Group:
    """Findings of one code and cause. `example` is the subject that has stood longest (`shop` is its shop).

    `text` is what its finding says; `cause` the same without what is of that return alone.
    """

    group: str
    code: str
    cause: str
    count: int
    since: datetime
    sync: str
    text: str
    remedy: str
    shop: str
    example: str
    assigned_to: str
    snoozed_until: datetime | None
    comments: int


@dataclass(frozen=True)
class Member:
    """A return or an order (`order:ID`) of a group."""

    shop: str
    subject: str


def attention_groups(parts: Parts, *, snoozed: bool = False) -> tuple[Group, ...]:
    """What needs a person, the largest groups first; with `snoozed` those that are put off, else all others."""
    causes = ReturnList(parts.stores.store).causes(MOST_GROUPS)
    return tuple(one for one in _groups(parts, causes) if (one.snoozed_until is not None) == snoozed)


def one_group(parts: Parts, group: str) -> Group | None:
    """A group; None when nothing stands still for it any more."""
    named = cause_of_group(parts, group)
    cause = ReturnList(parts.stores.store).cause(*named) if named is not None else None
    return _groups(parts, [cause])[0] if cause is not None else None


def members(parts: Parts, group: str, cursor: str = "", limit: int = 50) -> Page[Member]:
    """The returns and orders of a group. Raises CursorWrong."""
    named, limit = cause_of_group(parts, group), limited(limit)
    mark = mark_of(cursor, str, str) or ["", ""]
    if named is None:
        return Page(())
    found = ReturnList(parts.stores.store).subjects_of(*named, (str(mark[0]), str(mark[1])), limit + 1)
    return cut([Member(*one) for one in found], limit, lambda one: (one.shop, one.subject))


def group_comments(parts: Parts, group: str) -> tuple[Comment, ...]:
    """What was said about a group."""
    return tuple(Remarks(parts.stores.store).comments(about_group(group)))


def group_filters(parts: Parts, group: str) -> ReturnFilters | None:
    """The filters under which the returns of a group are listed."""
    named = cause_of_group(parts, group)
    return ReturnFilters(code=named[0], cause=named[1]) if named is not None else None


def cause_of_group(parts: Parts, group: str) -> tuple[str, str] | None:
    """Code and cause of a group, as long as something stands still for it."""
    code = group.rpartition("-")[0]
    causes = ReturnList(parts.stores.store).causes_of(code)
    return next(((code, one) for one in causes if group_id(code, one) == group), None)


def _groups(parts: Parts, causes: list[Cause]) -> list[Group]:
    ids = {group_id(one.code, one.cause): one for one in causes}
    arranged = Remarks(parts.stores.store).arranged([about_group(one) for one in ids], parts.clock())
    return [_group(name, one, arranged[about_group(name)]) for name, one in ids.items()]


def _group(name: str, one: Cause, how: object) -> Group:
    return Group(
        name,
        one.code,
        one.cause,
        one.count,
        one.since,
        one.sync,
        one.text,
        one.remedy,
        one.shop,
        one.example,
        **vars(how),
    )
