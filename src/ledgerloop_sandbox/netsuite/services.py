"""The REST services without HTTP: which operation a path means, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import catalog, changes, listings, suiteql
from .calls import Answer, Call
from .errors import Refused, invalid_request, nonexistent
from .fields import BODY
from .lookup import find, type_named
from .model import Customer, Record
from .render import Json, Renderer

if TYPE_CHECKING:
    from .state import Account

ROOT = "/services/rest/"
"""Where all REST services live. Source: docs.oracle.com section_1546938065 (read 2026-11-21)."""


def serve(account: Account, call: Call) -> Answer:
    """Carry out one authorised request. Raises `Refused`."""
    if not call.path.startswith(ROOT):
        raise nonexistent()
    parts = [part for part in call.path[len(ROOT) :].split("/") if part]
    if "respond-async" in call.headers.get("prefer", ""):
        raise invalid_request("Asynchronous processing is not available in this account.")
    match parts:
        case ["query", "v1", "suiteql"]:
            _only(call, "POST")
            return suiteql.serve(account, call)
        case ["record", "v1", "metadata-catalog", *rest]:
            _only(call, "GET")
            return catalog.serve(account, call, rest)
        case ["record", "v1", name, *rest]:
            return _record(account, call, type_named(name), rest)
        case ["system", "v1", "governanceLimits"]:
            return _limits(account)
    raise nonexistent()


def _record(account: Account, call: Call, record_type: str, rest: list[str]) -> Answer:
    match rest, call.method:
        case [], "GET":
            return listings.listing(account, call, record_type)
        case [], "POST":
            return changes.create(account, call, record_type)
        case [key], "GET":
            return _read(account, call, record_type, key)
        case [key], "PATCH":
            return changes.update(account, call, find(account, record_type, key), record_type)
        case [key], "PUT":
            return changes.upsert(account, call, record_type, key)
        case [key], "DELETE":
            return changes.remove(account, find(account, record_type, key))
        case [key, "!transform", target], "POST":
            return changes.transform_record(account, call, find(account, record_type, key), type_named(target))
        case [key, sublist], "GET":
            return _sublist(account, call, record_type, key, sublist)
        case [key, sublist, line], "GET":
            return _one_line(account, call, record_type, key, sublist, line)
    raise Refused("INVALID_REQUEST", "The HTTP method is not supported for this resource.", status=405)


def _read(account: Account, call: Call, record_type: str, key: str) -> Answer:
    found = find(account, record_type, key)
    renderer = _renderer(account, call)
    if isinstance(found, Record):
        body = renderer.transaction(found)
    elif isinstance(found, Customer):
        body = renderer.customer(found)
    else:
        body = renderer.item(found, record_type)
    wanted = [name for name in call.params.get("fields", "").split(",") if name]
    if wanted:
        body = {name: value for name, value in body.items() if name in ("links", "id", *wanted)}
    return Answer(200, body)


def _sublist(account: Account, call: Call, record_type: str, key: str, sublist: str) -> Answer:
    """Lines of one sublist: addresses only, unless expandSubResources asks for the lines (assumed)."""
    record = find(account, record_type, key)
    spec = BODY.get(record_type, {}).get(sublist)
    if not isinstance(record, Record) or spec is None or spec.kind != "sublist":
        raise nonexistent()
    renderer = _renderer(account, call)
    rows: list[Json] = renderer.rows(record, sublist)
    if not renderer.expand:
        rows = [{"links": row["links"]} for row in rows]
    self_link = {"rel": "self", "href": f"{call.base}{call.path}"}
    body = {"links": [self_link], "items": rows, "totalResults": len(rows)}
    return Answer(200, body, media="application/vnd.oracle.resource+json; type=collection")


def _one_line(account: Account, call: Call, record_type: str, key: str, sublist: str, line: str) -> Answer:
    record = find(account, record_type, key)
    if isinstance(record, Record) and sublist == "item" and line.isdigit():
        found = record.line_by_number(int(line))
        if found is not None:
            return Answer(200, _renderer(account, call).line(record, found))
    raise nonexistent()


def _renderer(account: Account, call: Call) -> Renderer:
    return Renderer(
        account,
        call.base,
        expand=call.params.get("expandSubResources", "").lower() == "true",
        simple_enums=call.params.get("simpleEnumFormat", "").lower() == "true",
    )


def _limits(account: Account) -> Answer:
    """Only administrators see the limits. Source: docs.oracle.com article_0625010817 (read 2026-11-21)."""
    if not account.settings.governance_admin:
        raise Refused("INSUFFICIENT_PERMISSION", "Permission Violation: administrator role required.", status=403)
    limit = account.settings.concurrency_limit
    return Answer(200, {"accountConcurrencyLimit": limit, "accountUnallocatedConcurrencyLimit": limit,
                        "integrationLimitType": "accountLimit"})  # fmt: skip


def _only(call: Call, method: str) -> None:
    if call.method != method:
        raise Refused("INVALID_REQUEST", "The HTTP method is not supported for this resource.", status=405)
