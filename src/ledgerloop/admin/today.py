"""Today: counts, each sync's health, the remotes, the last thirty days, and money that is not in balance."""

from dataclasses import dataclass

from starlette.responses import Response

from ledgerloop.admin.chart import Day, days_chart
from ledgerloop.admin.render import amount, span
from ledgerloop.admin.visit import Visit
from ledgerloop.operate import views
from ledgerloop.operate.views.today import Remote


@dataclass(frozen=True)
class Shown:
    """A remote as the page tells of it."""

    remote: Remote
    facts: tuple[tuple[str, str], ...]


def today(visit: Visit) -> Response:
    """How things are now."""
    now = views.today(visit.parts)
    return visit.show(
        "today.html",
        counts=now.standings,
        syncs=now.syncs,
        remotes=[Shown(one, tuple(_facts(one))) for one in now.remotes],
        chart=days_chart([Day(one.on, one.begun, one.written) for one in now.days]),
        unsettled=[(one, amount(one.amount)) for one in now.unsettled[:6]],
        more=max(len(now.unsettled) - 6, 0),
        inbox=now.inbox,
        inbox_oldest_at=now.inbox_oldest_at,
        now=now.as_of,
        shops=list(visit.parts.shops),
    )


def _facts(one: Remote) -> list[tuple[str, str]]:
    found = [("read to the end", f"{span(one.lag_s)} ago" if one.lag_s is not None else "not yet")]
    if one.last_call is not None:
        found.append(("last answer", f"{one.last_call.status or 'none'} in {one.last_call.took_ms} ms"))
    if one.slots_limit is not None and one.slots_allowed is not None and one.slots_allowed < one.slots_limit:
        found.append(("pace", f"{one.slots_allowed} of {one.slots_limit} at a time: NetSuite asked us to slow down"))
    return found
