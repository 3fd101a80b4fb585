"""Mappings: what holds, from where, who changed it; one by one, or whole files; and what a change would release."""

from collections.abc import Mapping

from starlette.responses import Response

from ledgerloop.admin.visit import Visit
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import acts
from ledgerloop.operate.acts import Doing
from ledgerloop.operate.mappings.entities import SHORT
from ledgerloop.operate.mappings.export import exported
from ledgerloop.operate.mappings.importing import HELD_BACK, Done, take_in
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

CODES = {
    "sku": ("item_not_found", "item_ambiguous"),
    "location": ("location_unmapped",),
    "payment_method": ("gateway_unmapped",),
    "refund_account": ("gateway_unmapped",),
    "reason": ("units_missing",),
    "source": ("channel_unknown",),
}
"""Codes that a mapping of a kind may remedy."""


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
        short=KINDS,
    )


def _matches(row: Row, wanted: str, kind: str) -> bool:
    if kind and kind != (row.type or row.entity):
        return False
    return not wanted or any(wanted in text.lower() for text in (row.key, row.value, row.entity, row.type))


def _waiting(parts: Parts) -> Mapping[str, int]:
    """How many stand still for want of a mapping, by code."""
    counts = parts.stores.outcomes.counts()
    return {code: counts[code] for code in HELD_BACK if counts.get(code)}


def set_mapping_page(visit: Visit) -> Response:
    """Ask what is mapped to what; filled in where the way led here from something that waits."""
    return _asked(visit, visit.asked("kind") or "sku", visit.asked("key"), visit.asked("value"), None)


def _asked(visit: Visit, kind: str, key: str, value: str, done: Done | None) -> Response:
    counts = visit.parts.stores.outcomes.counts()
    return visit.show(
        "mapping.html",
        status=422 if done else 200,
        kind=kind,
        key=key,
        value=value,
        short=[(name, KINDS[name]) for name in SHORT],
        done=done,
        held=sum(counts.get(code, 0) for code in CODES.get(kind, ())),
        released=released(visit.parts, kind, key),
        sure=bool(key and value),
    )


def released(parts: Parts, kind: str, key: str) -> list[str]:
    """Subjects that stand still with this key, and that a mapping of it would let go on."""
    if not key:
        return []
    found = [one for code in CODES.get(kind, ()) for one in parts.stores.outcomes.by_code(code)]
    return sorted({one.return_id for one in found if key.lower() in one.text.lower()})


def set_mapping(visit: Visit) -> Response:
    """Set one mapping, or first show what it would release."""
    kind, key, value = visit.given("kind"), visit.given("key"), visit.given("value")
    if visit.given("act") == "preview":
        return _asked(visit, kind, key, value, None)
    done = acts.set_mapping(visit.parts, Doing(visit.person), kind, key, value, _shop(visit))
    if done.problems:
        return _asked(visit, kind, key, value, done)
    return visit.back("/mappings", "mapped", n=done.woken)


def remove_mapping(visit: Visit) -> Response:
    """Take one mapping away; asked for twice."""
    kind, key, shop = visit.given("kind"), visit.given("key"), _shop(visit)
    if visit.given("sure") != "yes":
        return visit.show(
            "confirm.html",
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
    return visit.show("import.html", done=None, text="", dry=True)


def import_mappings(visit: Visit) -> Response:
    """Show what a file would change, or take it in."""
    text, dry = visit.given("text"), visit.given("act") != "import"
    raw = visit.file or text.encode()
    if not raw.strip():
        return visit.show("import.html", status=422, done=None, text="", dry=True)
    name = visit.file_name or visit.given("name") or "pasted"
    done = take_in(visit.parts, name, raw, by=visit.person.name, shop=_shop(visit), dry_run=dry)
    if dry or done.problems:
        shown = raw.decode("utf-8", "replace")
        return visit.show("import.html", status=422 if done.problems else 200, done=done, text=shown, dry=dry)
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
