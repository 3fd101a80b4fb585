"""Attention: what needs a person, grouped by root cause; one mapping, one retry, one word for all of a group."""

from starlette.responses import Response

from ledgerloop.admin.visit import Visit
from ledgerloop.admin.ways import mapping_of
from ledgerloop.operate import views
from ledgerloop.operate.views import CursorWrong


def attention(visit: Visit) -> Response:
    """The groups, the largest first; those that are snoozed on request."""
    snoozed = visit.asked("snoozed") == "yes"
    groups = views.attention_groups(visit.parts, snoozed=snoozed)
    return visit.show(
        "attention.html",
        groups=[(one, mapping_of(one.code, one.cause, one.shop)) for one in groups],
        total=sum(one.count for one in groups),
        snoozed=snoozed,
        now=visit.parts.clock(),
    )


def one_group(visit: Visit) -> Response:
    """A group with its returns and orders, and what was said about it."""
    name = visit.path("group")
    group = views.one_group(visit.parts, name)
    if group is None:
        return visit.show("nothing.html", status=404, what="Nothing stands still for this reason any more.")
    try:
        page = views.members(visit.parts, name, visit.asked("after"))
    except CursorWrong:
        return visit.show("nothing.html", status=404, what="This page of the list is not there any more.")
    return visit.show(
        "group.html",
        group=group,
        map=mapping_of(group.code, group.cause, group.shop),
        members=page.rows,
        next=page.next_cursor,
        first=not visit.asked("after"),
        comments=views.group_comments(visit.parts, name),
        path=f"/attention/{name}",
        now=visit.parts.clock(),
    )
