"""Books: a period's accounts, what is left where nothing should be, and the pack to download."""

from datetime import date

from starlette.responses import Response, StreamingResponse

from ledgerloop.admin.visit import Visit
from ledgerloop.books.accounts import is_netsuites
from ledgerloop.books.report import Period
from ledgerloop.operate import office_acts, views
from ledgerloop.operate.acts import Doing
from ledgerloop.operate.ageing import AGES, ageing
from ledgerloop.operate.packs import KINDS, pack_name, written_pack


def books(visit: Visit) -> Response:
    """The accounts of a period."""
    since, until = visit.asked("from"), visit.asked("to")
    try:
        period = Period(_day(since), _day(until))
    except ValueError:
        return visit.show("nothing.html", status=422, what="A day is written like 2026-11-30.")
    found = views.books(visit.parts, period.since, period.until)
    return visit.show(
        "books.html",
        since=since,
        until=until,
        unsettled=found.unsettled,
        ageing=ageing(visit.parts),
        ages=AGES,
        shops=list(visit.parts.shops),
        between=[one for one in found.accounts if not is_netsuites(one.account)],
        netsuites=[one for one in found.accounts if is_netsuites(one.account)],
    )


def enter(visit: Visit) -> Response:
    """Enter what the remotes have shown since."""
    office_acts.enter_books(visit.parts, Doing(visit.person, visit.given("once")[:64]))
    return visit.back("/books", "entered")


def pack(visit: Visit) -> Response:
    """The pack of a period: every return in three systems, differences, open items, accounts, corrections."""
    form, since, until = visit.path("form"), visit.asked("from"), visit.asked("to")
    try:
        period = Period(_day(since), _day(until))
    except ValueError:
        return visit.show("nothing.html", status=422, what="A day is written like 2026-11-30.")
    if form not in KINDS:
        return visit.show("nothing.html", status=404, what="There is no such format.")
    headers = {"Content-Disposition": f'attachment; filename="{pack_name(period, form)}"'}
    return StreamingResponse(written_pack(visit.parts, period, form), media_type=KINDS[form], headers=headers)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
