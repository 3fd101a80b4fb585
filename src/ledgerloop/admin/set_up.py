"""Set-up: the configuration as it is in force, versions; on request what the doctor finds, and the webhooks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from platform import python_version
from typing import Any

from pydantic import BaseModel, SecretStr
from starlette.responses import Response

from ledgerloop.admin.visit import Visit
from ledgerloop.config.masking import MASK, is_secret_key, mask_url, shown
from ledgerloop.operate.doctor.examine import examine
from ledgerloop.operate.doctor.findings import Severity
from ledgerloop.operate.subscriptions import Act, can_be_called, ensure, rows, signed_of, unsubscribe

LIBRARIES = ("ledgerloop", "dbos", "sqlalchemy", "starlette", "pydantic", "httpx2")
"""Whose versions a person is asked for when something is wrong."""


@dataclass(frozen=True)
class Setting:
    """One key of the configuration; a secret is shown as a mask."""

    key: str
    value: str


def set_up(visit: Visit) -> Response:
    """The configuration and the versions."""
    config, parts = visit.desk.config, visit.parts
    sections: dict[str, list[Setting]] = {}
    for key, value in _settings("", config):
        section, _, name = key.rpartition(".")
        sections.setdefault(section, []).append(Setting(name, value))
    store = parts.stores.store
    return visit.show(
        "set_up.html",
        sections=sections,
        versions={name: version(name) for name in LIBRARIES} | {"python": python_version()},
        database=store.dialect,
        database_url=config.database.shown_url,
        public_url=config.server.public_url,
        shops=list(parts.shops.values()),
    )


def _settings(key: str, value: object) -> Iterator[tuple[str, str]]:
    """Every key with its value, in the order of the file's sections; what is not set is left out."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _settings(f"{key}.{name}" if key else name, getattr(value, name))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _settings(f"{key}.{name}", inner)
    elif isinstance(value, tuple | list) and any(isinstance(one, BaseModel) for one in value):
        for number, one in enumerate(value, start=1):
            yield from _settings(f"{key}[{getattr(one, 'id', number)}]", one)
    elif value not in (None, "", ()):
        yield key, _said(key, value)


def _said(key: str, value: Any) -> str:
    if isinstance(value, SecretStr):
        return mask_url(value.get_secret_value()) if key == "database.url" else MASK
    if isinstance(value, tuple | list | frozenset):
        some = list(value) if isinstance(value, tuple | list) else sorted(value)
        return ", ".join(_said(key, one) for one in some)
    if is_secret_key(key):
        return MASK
    return shown(key, value if isinstance(value, bool | int) else str(value)).strip('"')


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
        failed += problems
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
    done, signed = [], signed_of(config)
    for shop in visit.parts.shops.values():
        if act == "unsubscribe":
            done += unsubscribe(visit.parts, shop)
        else:
            done += ensure(visit.parts, shop, url, signed=signed[shop.shop_id])
    failed = [one for one in done if one.act is Act.FAILED]
    if failed:
        return visit.show("webhooks.html", rows=[], failed=failed, public_url=url, can_be_called=can_be_called(url))
    return visit.back("/set-up/webhooks", "unsubscribed" if act == "unsubscribe" else "subscribed", n=len(done))
