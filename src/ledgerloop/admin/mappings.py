"""Mappings: what holds, from where, who changed it; one by one, or whole files; and what a change would release."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from ledgerloop.admin.visit import Visit
from ledgerloop.domain.unmapped import CODES
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import acts, views
from ledgerloop.operate.acts import Doing
from ledgerloop.operate.mappings.entities import SHORT
from ledgerloop.operate.mappings.export import exported
from ledgerloop.operate.mappings.importing import Done, take_in
from ledgerloop.operate.mappings.listing import Row, rows

SHOWN = 300
"""Mappings on a page; a search finds the others."""

CHANGES = 30
"""Past changes on the page."""

KINDS = {
    "sku": "SKU of Shopify → item in NetSuite",
    "location": "location → location in NetSuite",
    "payment_method": "gateway → payment method in NetSuite",
    "refund_account": "gateway → account of refunds",
    "reason": "reason of Loop → keep_item, or back",
    "source": "source of an order → channel",
    "channel": "channel → its enumeration code",
}
"""Kinds that are set one by one, in words."""


def mappings(visit: Visit) -> Response:
    """Every mapping that holds or is overridden."""
    wanted, kind = visit.asked("q").lower(), visit.asked("kind")
    every = rows(visit.parts)
    found = [one for one in every if _matches(one, wanted, kind)]
    kinds = sorted({(one.type or one.entity) for one in every})
    return visit.show(
        "mappings.html",
        rows=found[:SHOWN],
        total=len(found),
        q=visit.asked("q"),
        kind=kind,
        kinds=[(one, one) for one in kinds],
        history=visit.parts.stores.mappings.history(CHANGES),
        waiting=_waiting(visit.parts),
        unknown=views.unknown_keys(visit.parts) if not wanted and not kind else (),
        shops=len(visit.parts.shops),
        short=KINDS,
    )


def _matches(row: Row, wanted: str, kind: str) -> bool:
    if kind and kind != (row.type or row.entity):
        return False
    return not wanted or any(wanted in text.lower() for text in (row.key, row.value, row.entity, row.type))


def _waiting(parts: Parts) -> Mapping[str, int]:
    """How many stand still for want of a mapping, by code."""
    counts = parts.stores.outcomes.counts()
    return {code: counts[code] for code in CODES if counts.get(code)}


def set_mapping_page(visit: Visit) -> Response:
    """Ask what is mapped to what; filled in where the way led here from something that waits."""
    shop = visit.asked("shop")
    return _asked(visit, Asked(visit.asked("kind") or "sku", visit.asked("key"), visit.asked("value"), shop))


@dataclass(frozen=True)
class Asked:
    """A mapping as it is filled in; `shop` empty: for every shop."""

    kind: str
    key: str
    value: str
    shop: str


def _asked(visit: Visit, asked: Asked, done: Done | None = None, release: views.Release | None = None) -> Response:
    """The form, with what waits for such a mapping and what it may be; or with what it would release."""
    wrong = done is not None and bool(done.problems)
    return visit.show(
        "mapping.html",
        status=422 if wrong else 200,
        asked=asked,
        short=[(name, KINDS[name]) for name in SHORT],
        shops=sorted(visit.parts.shops),
        problems=done.problems if done is not None else (),
        release=None if wrong else release,
        changes=() if done is None or wrong else done.changes,
        waiting=views.waiting_for(visit.parts, asked.kind, asked.key, asked.shop) if asked.key else None,
        candidates=views.candidates(visit.parts, asked.kind, asked.key, asked.shop) if asked.key else (),
    )


def set_mapping(visit: Visit) -> Response:
    """Set one mapping, or first show what it would release."""
    asked = Asked(visit.given("kind"), visit.given("key"), visit.given("value"), _shop(visit))
    named = (asked.kind, asked.key, asked.value)
    if visit.given("act") == "preview":
        return _asked(visit, asked, *views.preview(visit.parts, *named, asked.shop))
    done = acts.set_mapping(visit.parts, Doing(visit.person), *named, asked.shop)
    if done.problems:
        return _asked(visit, asked, done)
    return visit.back("/mappings", "mapped", n=done.woken)


def remove_mapping(visit: Visit) -> Response:
    """Take one mapping away; asked for twice, with what that would hold back."""
    kind, key, shop = visit.given("kind"), visit.given("key"), _shop(visit)
    if visit.given("sure") != "yes":
        return visit.show(
            "confirm.html",
            release=views.preview(visit.parts, kind, key, None, shop)[1],
            path="/mappings/remove",
            question=f"Remove the mapping of {key}?",
            about="What the configuration says, or what is built in, holds again.",
            fields={"kind": kind, "key": key, "shop": shop, "sure": "yes"},
            button="Remove it",
        )
    acts.set_mapping(visit.parts, Doing(visit.person), kind, key, None, shop)
    return visit.back("/mappings", "removed")


def import_page(visit: Visit) -> Response:
    """Ask for a file."""
    return visit.show("import.html", done=None, text="", dry=True, release=None)


def import_mappings(visit: Visit) -> Response:
    """Show what a file would change, or take it in."""
    text, dry = visit.given("text"), visit.given("act") != "import"
    raw = visit.file or text.encode()
    if not raw.strip():
        return visit.show("import.html", status=422, done=None, text="", dry=True, release=None)
    name = visit.file_name or visit.given("name") or "pasted"
    done = take_in(visit.parts, name, raw, by=visit.person.name, via=visit.person.via, shop=_shop(visit), dry_run=dry)
    if dry or done.problems:
        shown = raw.decode("utf-8", "replace")
        release = None if done.problems else views.release_of(visit.parts, done.changes)
        return visit.show(
            "import.html", status=422 if done.problems else 200, done=done, text=shown, dry=dry, release=release
        )
    return visit.back("/mappings", "imported", n=len(done.changes))


def export_mappings(visit: Visit) -> Response:
    """Everything that was imported or set, as a file that can be imported again."""
    form = visit.path("form")
    if form not in ("xml", "csv", "toml"):
        return visit.show("nothing.html", status=404, what="There is no such format.")
    entries = [one.entry for one in visit.parts.stores.mappings.all()]
    headers = {"Content-Disposition": f'attachment; filename="mappings.{form}"'}
    kinds = {"xml": "application/xml", "csv": "text/csv; charset=utf-8", "toml": "application/toml"}
    return Response(exported(entries, list(visit.parts.shops), form), media_type=kinds[form], headers=headers)


def _shop(visit: Visit) -> str:
    shop = visit.given("shop")
    return shop if shop in visit.parts.shops else ""
