"""What a person does about a return, an order or a group: forms of its page, each done once."""

from collections.abc import Callable
from datetime import UTC, datetime, time

from starlette.responses import Response

from ledgerloop.admin.visit import Visit
from ledgerloop.domain.case import order_subject
from ledgerloop.operate import acts
from ledgerloop.operate.acts import ActRefused, Doing, Target
from ledgerloop.operate.views.about import about_group

TARGETED: dict[str, tuple[Callable[[Visit, Doing, Target], object], str]] = {
    "check": (lambda visit, doing, target: acts.check_again(visit.parts, doing, target), "checking"),
    "retry": (lambda visit, doing, target: acts.retry(visit.parts, doing, target), "retried"),
    "hold": (lambda visit, doing, target: acts.hold(visit.parts, doing, target, visit.given("reason")), "held"),
    "handled": (
        lambda visit, doing, target: acts.mark_handled(visit.parts, doing, target, visit.given("reason")),
        "handled",
    ),
    "release": (lambda visit, doing, target: acts.release(visit.parts, doing, target), "released"),
}
"""Acts on a return or an order, by the end of their address, and what the page says afterwards."""

ABOUT: dict[str, tuple[Callable[[Visit, Doing, str], object], str]] = {
    "comment": (lambda visit, doing, about: acts.comment(visit.parts, doing, about, visit.given("text")), "commented"),
    "assign": (lambda visit, doing, about: acts.assign(visit.parts, doing, about, visit.given("name")), "assigned"),
    "snooze": (lambda visit, doing, about: acts.snooze(visit.parts, doing, about, _until(visit)), "snoozed"),
}
"""Acts on anything that can be spoken about."""


def on_return(visit: Visit) -> Response:
    """An act on a return."""
    shop, return_id = visit.path("shop"), visit.path("return_id")
    return _on_subject(visit, shop, return_id, f"/returns/{shop}/{return_id}")


def on_order(visit: Visit) -> Response:
    """An act on an order."""
    shop, order_id = visit.path("shop"), visit.path("order_id")
    return _on_subject(visit, shop, order_subject(order_id), f"/orders/{shop}/{order_id}")


def on_group(visit: Visit) -> Response:
    """An act on everything that stands still for one cause."""
    group, act, doing = visit.path("group"), visit.path("act"), _doing(visit)
    page = f"/attention/{group}"
    try:
        if act == "retry":
            told = acts.retry_group(visit.parts, doing, group)
            return visit.back("/attention", "retried_group", n=told.get("subjects", 0))
        if act not in ABOUT:
            return visit.show("nothing.html", status=404, what="There is no such act.")
        does, said = ABOUT[act]
        does(visit, doing, about_group(group))
    except ActRefused as refusal:
        return visit.show("refused_act.html", status=422, what=str(refusal), path=page)
    return visit.back("/attention" if act == "snooze" else page, said)


def _on_subject(visit: Visit, shop: str, subject: str, page: str) -> Response:
    act, doing = visit.path("act"), _doing(visit)
    if act not in TARGETED and act not in ABOUT:
        return visit.show("nothing.html", status=404, what="There is no such act.")
    try:
        target = acts.target_of(visit.parts, shop, subject)
        if act in TARGETED:
            does, said = TARGETED[act]
            does(visit, doing, target)
        else:
            speaks, said = ABOUT[act]
            speaks(visit, doing, target.about)
    except ActRefused as refusal:
        return visit.show("refused_act.html", status=422, what=str(refusal), path=page)
    return visit.back(page, said)


def nothing_to_show(visit: Visit) -> Response:
    """The address of an act, opened like a page: its page is one step up."""
    return visit.back(visit.request.url.path.rpartition("/")[0])


def _doing(visit: Visit) -> Doing:
    return Doing(visit.person, visit.given("once")[:64])


def _until(visit: Visit) -> datetime | None:
    """The begin of the day that was given, UTC; None to show it again. Raises ActRefused."""
    text = visit.given("until")
    if not text:
        return None
    try:
        return datetime.combine(datetime.strptime(text, "%Y-%m-%d").date(), time(), tzinfo=UTC)  # noqa: DTZ007
    except ValueError as problem:
        raise ActRefused("snooze_in_the_past", "A day is written like 2026-11-30.") from problem
