"""Today, what needs a person by its root cause, and the acts on a whole group."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from ledgerloop.engine.parts import Parts
from ledgerloop.operate import acts, views
from ledgerloop.operate.views.about import about_group
from ledgerloop.operate.views.attention import Group, Member, cause_of_group
from ledgerloop.operate.views.paging import Page
from ledgerloop.operate.views.today import Today
from ledgerloop.store.remarks import Comment
from ledgerloop.web.api.shapes import Cursor, Done, GroupId, Limit, Said, To, Until
from ledgerloop.web.api.ways import ACT, LIST, ONE, PLAIN, READ, Operator, reading, there


def attention_router(parts: Parts) -> APIRouter:
    """Today, and what needs a person."""
    router = reading()

    @router.get("/today", responses=PLAIN, tags=["today"])
    def today() -> Today:
        """How things are now: counts, each sync, each remote, thirty days, what is left on the accounts."""
        return views.today(parts)

    @router.get("/attention", responses=READ, tags=["attention"])
    def attention(snoozed: bool = False) -> list[Group]:
        """What needs a person, grouped by root cause, the largest groups first."""
        return list(views.attention_groups(parts, snoozed=snoozed))

    @router.get("/attention/{group}", responses=ONE, tags=["attention"])
    def group(group: GroupId) -> Group:
        """One group."""
        return there(views.one_group(parts, group))  # type: ignore[no-any-return]

    @router.get("/attention/{group}/members", responses=LIST, tags=["attention"])
    def members(group: GroupId, cursor: Cursor = "", limit: Limit = 50) -> Page[Member]:
        """The returns and orders of a group."""
        return views.members(parts, group, cursor, limit)

    @router.get("/attention/{group}/comments", responses=READ, tags=["attention"])
    def comments(group: GroupId) -> list[Comment]:
        """What was said about a group."""
        return list(views.group_comments(parts, group))

    return router


def groups_router(parts: Parts, nudge: Callable[[], None]) -> APIRouter:
    """Acts on a group."""
    router = APIRouter(tags=["attention"])

    def known(_doing: Operator, group: GroupId) -> str:
        if cause_of_group(parts, group) is None:
            raise acts.ActRefused("unknown_subject", "Nothing stands still for this cause.")
        return group

    Known = Annotated[str, Depends(known)]  # noqa: N806  (a type)

    @router.post("/attention/{group}/retry", responses=ACT, response_model=Done)
    def retry(doing: Operator, group: Known) -> Any:
        """Retry everything that stands still for one cause."""
        answer = acts.retry_group(parts, doing, group)
        nudge()
        return answer

    @router.post("/attention/{group}/comments", responses=ACT, response_model=Done)
    def comment(doing: Operator, group: Known, given: Said) -> Any:
        """Say something about a group."""
        return acts.comment(parts, doing, about_group(group), given.text)

    @router.post("/attention/{group}/assignment", responses=ACT, response_model=Done)
    def assign(doing: Operator, group: Known, given: To) -> Any:
        """Say who looks after a group."""
        return acts.assign(parts, doing, about_group(group), given.to)

    @router.post("/attention/{group}/snooze", responses=ACT, response_model=Done)
    def snooze(doing: Operator, group: Known, given: Until) -> Any:
        """Put a group off."""
        return acts.snooze(parts, doing, about_group(group), given.until)

    return router
