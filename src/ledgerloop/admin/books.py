"""Books: a period's accounts, what is left where nothing should be, and the pack to download."""

import tempfile
from collections.abc import Iterator
from datetime import date

from starlette.responses import Response, StreamingResponse

from ledgerloop.admin.visit import Visit
from ledgerloop.books.accounts import is_netsuites
from ledgerloop.books.formats import write_csv, write_json
from ledgerloop.books.pack import Pack
from ledgerloop.books.record import record
from ledgerloop.books.report import Period, ShopBooks, fill
from ledgerloop.domain.mapping import local_date
from ledgerloop.operate import views
from ledgerloop.store.ledger import Ledger

CHUNK = 65_536
"""Bytes that are sent at a time."""

KINDS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Media types of a pack, by format."""


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
        shops=list(visit.parts.shops),
        between=[one for one in found.accounts if not is_netsuites(one.account)],
        netsuites=[one for one in found.accounts if is_netsuites(one.account)],
    )


def enter(visit: Visit) -> Response:
    """Enter what the remotes have shown since."""
    _enter(visit)
    return visit.back("/books", "entered")


def _enter(visit: Visit) -> None:
    for shop in visit.parts.shops.values():
        record(visit.parts.stores.store, shop.policy, visit.parts.clock(), visit.parts.progress)


def pack(visit: Visit) -> Response:
    """The pack of a period: every return in three systems, differences, open items, accounts, corrections."""
    form, since, until = visit.path("form"), visit.asked("from"), visit.asked("to")
    try:
        period = Period(_day(since), _day(until))
    except ValueError:
        return visit.show("nothing.html", status=422, what="A day is written like 2026-11-30.")
    if form not in KINDS:
        return visit.show("nothing.html", status=404, what="There is no such format.")
    _enter(visit)
    name = "-".join(filter(None, ("books", since, until)))
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return StreamingResponse(_written(visit, period, form), media_type=KINDS[form], headers=headers)


def _written(visit: Visit, period: Period, form: str) -> Iterator[bytes]:
    """A pack as it is written, by way of a temporary file: it may be larger than the memory should be."""
    store, now = visit.parts.stores.store, visit.parts.clock()
    named = [day.isoformat() if day is not None else "" for day in (period.since, period.until)]
    with Pack(*named) as made, tempfile.TemporaryFile() as file:
        for shop in visit.parts.shops.values():
            today = local_date(now, shop.policy)
            fill(made, ShopBooks(store, shop.policy, shop.links), period, today, visit.parts.progress)
        pack_hash = made.hash()
        Ledger(store).note_pack(pack_hash, now, made.since, made.until, made.rows)
        if form == "xlsx":
            from ledgerloop.books.workbook import write_xlsx  # noqa: PLC0415  (costs more than most pages)

            write_xlsx(made, pack_hash, now, file)
        else:
            {"json": write_json, "csv": write_csv}[form](made, pack_hash, now, file)
        file.seek(0)
        while some := file.read(CHUNK):
            yield some


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
