"""Set-up: the configuration as it is in force, versions; on request what the doctor finds, and the webhooks."""

from starlette.responses import Response

from ledgerloop.admin.visit import Visit
from ledgerloop.operate import office_acts
from ledgerloop.operate.acts import Doing
from ledgerloop.operate.alerts import overview
from ledgerloop.operate.doctor.examine import examine
from ledgerloop.operate.doctor.findings import Severity
from ledgerloop.operate.subscriptions import can_be_called, rows
from ledgerloop.operate.views import in_force


def set_up(visit: Visit) -> Response:
    """The configuration and the versions."""
    found = in_force.set_up(visit.desk.config, visit.parts)
    sections: dict[str, list[in_force.Setting]] = {}
    for one in found.settings:
        sections.setdefault(one.section, []).append(one)
    trouble = [one for one in overview.channels(visit.desk.config, visit.parts) if one.state == "trouble"]
    return visit.show("set_up.html", found=found, sections=sections, trouble=trouble)


def alerts(visit: Visit) -> Response:
    """Rules and channels of the alerts, what stands, and what was told."""
    return visit.show("alerts.html", found=overview.alerts(visit.desk.config, visit.parts))


def doctor(visit: Visit) -> Response:
    """What the doctor finds now; the remotes are asked, which takes some seconds."""
    order = list(Severity)
    findings = sorted(examine(visit.desk.config, visit.parts), key=lambda one: -order.index(one.severity))
    counts = {one: sum(1 for finding in findings if finding.severity is one) for one in reversed(order)}
    return visit.show("doctor.html", findings=findings, counts=counts)


def webhooks(visit: Visit) -> Response:
    """The subscriptions that are there or missing, as the remotes show them now."""
    url = visit.desk.config.server.public_url
    found, failed = [], []
    for shop in visit.parts.shops.values():
        some, problems = rows(visit.parts, shop, url)
        found += some
        failed += [one.as_dict() for one in problems]
    return visit.show("webhooks.html", rows=found, failed=failed, public_url=url, can_be_called=can_be_called(url))


def change_webhooks(visit: Visit) -> Response:
    """Subscribe what is missing, or end what was made here; ending is asked for twice."""
    act, url, config = visit.given("act"), visit.desk.config.server.public_url, visit.desk.config
    if act == "unsubscribe" and visit.given("sure") != "yes":
        return visit.show(
            "confirm.html",
            path="/set-up/webhooks",
            question="End the webhooks that were made here?",
            about="Loop and Shopify will send nothing any more. The polls go on and find everything, minutes later. "
            "`serve` makes the subscriptions again when it is started.",
            fields={"act": "unsubscribe", "sure": "yes"},
            button="End them",
        )
    doing = Doing(visit.person, visit.given("once")[:64])
    if act == "unsubscribe":
        done = office_acts.unsubscribe(visit.parts, doing)
    else:
        done = office_acts.subscribe(visit.parts, doing, config)
    if done["failed"]:
        shown = {"failed": done["failed"], "public_url": url, "can_be_called": can_be_called(url)}
        return visit.show("webhooks.html", rows=[], **shown)
    said = "unsubscribed" if act == "unsubscribe" else "subscribed"
    return visit.back("/set-up/webhooks", said, n=len(done["done"]))
