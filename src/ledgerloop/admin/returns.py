"""Returns: search and filters, kept in the address; the same list as CSV."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from starlette.responses import Response, StreamingResponse

from ledgerloop.admin.render import plain
from ledgerloop.admin.visit import Visit
from ledgerloop.operate.views import STANDINGS, CursorWrong, ReturnFilters, count_returns, group_filters
from ledgerloop.operate.views import returns as listed
from ledgerloop.operate.views.returns import COUNTED, ReturnRow
from ledgerloop.syncs import RETURN_SYNCS

ASKED = ("q", "standing", "state", "outcome", "sync", "code", "age", "shop", "least", "most", "group")
"""Filters, by their names in the address."""

STATES = ("open", "review", "closed", "cancelled", "expired")
OUTCOMES = ("refund", "exchange", "credit", "gift", "keep")
AGES = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7)}
"""How long a return has stood where it stands."""

MOST_ROWS = 20_000
"""Rows of a CSV file; what is more is asked for by filters."""

UNSAFE = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How texts begin that a spreadsheet would take for a formula."""


def asked_of(visit: Visit) -> dict[str, str]:
    """The filters as they stand in the address."""
    return {name: visit.asked(name)[:200] for name in ASKED}


def filters_of(visit: Visit, asked: dict[str, str]) -> ReturnFilters:
    """The filters as the list takes them. Raises InvalidOperation on what is no amount."""
    age, cause = AGES.get(asked["age"]), None
    code = asked["code"]
    if asked["group"]:
        group = group_filters(visit.parts, asked["group"])
        code, cause = (group.code, group.cause) if group is not None else (asked["group"], "")
    return ReturnFilters(
        text=asked["q"],
        shop=asked["shop"],
        standing=asked["standing"],
        sync=asked["sync"],
        code=code,
        cause=cause,
        state=asked["state"],
        outcome=asked["outcome"],
        since_before=visit.parts.clock() - age if age is not None else None,
        amount_from=_thousandths(asked["least"]),
        amount_to=_thousandths(asked["most"]),
    )


def _thousandths(text: str) -> int | None:
    if not text:
        return None
    value = Decimal(text.replace(",", "."))
    if not value.is_finite() or abs(value) > 10**12:
        raise InvalidOperation(text)
    return int(value * 1000)


def returns(visit: Visit) -> Response:
    """Returns that match, newest first."""
    asked = asked_of(visit)
    rows: tuple[ReturnRow, ...] = ()
    problem, cursor, number = "", "", 0
    try:
        filters = filters_of(visit, asked)
        page = listed(visit.parts, filters, visit.asked("after"))
        rows, cursor, number = page.rows, page.next_cursor, count_returns(visit.parts, filters)
    except InvalidOperation:
        problem = "An amount is a number, such as 49.90."
    except CursorWrong:
        problem = "This page of the list is not there any more. Go to the first."
    codes = visit.parts.stores.outcomes.counts()
    return visit.show(
        "returns.html",
        status=422 if problem else 200,
        asked=asked,
        rows=rows,
        next=cursor,
        first=not visit.asked("after"),
        problem=problem,
        found=f"more than {COUNTED}" if number > COUNTED else str(number),
        now=visit.parts.clock(),
        standings=[(one, plain(one) if one != "settled" else "Nothing to do now") for one in STANDINGS],
        states=_words(STATES),
        outcomes=_words(OUTCOMES),
        syncs=_words([*RETURN_SYNCS]),
        codes=_words(sorted({asked["code"], *(one for one in codes if "_" in one)} - {""})),
        ages=[(one, f"{one[:-1]} {'hour' if one.endswith('h') else 'days' if one != '1d' else 'day'}") for one in AGES],
        shops=[(one, one) for one in visit.parts.shops],
    )


def _words(names: object) -> list[tuple[str, str]]:
    return [(str(one), plain(str(one))) for one in names] if isinstance(names, list | tuple) else []


COLUMNS = (
    *("shop", "return_id", "order_name", "email", "standing", "code", "sync", "text", "since", "state", "outcome"),
    *("amount", "currency", "created_at", "assigned_to"),
)
"""Columns of the CSV file."""


def returns_csv(visit: Visit) -> Response:
    """What is shown, as CSV."""
    try:
        filters = filters_of(visit, asked_of(visit))
    except InvalidOperation:
        return visit.show("nothing.html", status=422, what="An amount is a number, such as 49.90.")
    headers = {"Content-Disposition": 'attachment; filename="returns.csv"'}
    return StreamingResponse(_lines(visit, filters), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(visit: Visit, filters: ReturnFilters) -> Iterator[str]:
    yield _csv(COLUMNS)
    cursor, number = "", 0
    while number < MOST_ROWS:
        page = listed(visit.parts, filters, cursor, 200)
        yield "".join(_csv(_cells(one)) for one in page.rows)
        number += len(page.rows)
        cursor = page.next_cursor
        if not cursor:
            return


def _cells(one: ReturnRow) -> tuple[str, ...]:
    amount, currency = (str(one.amount.amount), one.amount.currency) if one.amount is not None else ("", "")
    since = one.since.isoformat() if one.since is not None else ""
    told = (one.shop, one.return_id, one.order_name, one.email, one.standing, one.code, one.sync, one.text, since)
    return (*told, one.state, one.outcome, amount, currency, one.created_at.isoformat(), one.assigned_to)


def _csv(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([f"'{one}" if one.startswith(UNSAFE) else one for one in cells])
    return line.getvalue()
