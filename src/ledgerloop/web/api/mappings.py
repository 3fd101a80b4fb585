"""Mappings: what holds, who changed it; setting one, taking one away, whole files in and out."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import PlainTextResponse
from pydantic import Field
from starlette.responses import Response

from ledgerloop.engine.parts import Parts
from ledgerloop.operate import mapping_acts, views
from ledgerloop.operate.mappings.export import exported
from ledgerloop.operate.mappings.importing import Done as Change
from ledgerloop.operate.mappings.listing import Row
from ledgerloop.operate.views.paging import Page
from ledgerloop.store.mappings import PastChange
from ledgerloop.web.api.answers import seen_version
from ledgerloop.web.api.shapes import (
    Cursor,
    Done,
    FileForm,
    FileGiven,
    Limit,
    LookedAt,
    MappingGiven,
    MappingName,
    Remarked,
    Text,
)
from ledgerloop.web.api.ways import ACT, CHANGE, LIST, READ, Operator, reading

KINDS = {"xml": "application/xml", "csv": "text/csv", "toml": "application/toml"}
"""Media types of exported files."""

IfMatch = Annotated[
    Annotated[str, Field(max_length=400)],
    Header(alias="If-Match", description="An ETag of `GET /mappings`: done only while no mapping has changed since."),
]


def mappings_router(parts: Parts) -> APIRouter:
    """What holds."""
    router = reading("mappings")

    @router.get("/mappings", responses=LIST)
    def mappings(
        response: Response, q: Text = "", kind: Text = "", cursor: Cursor = "", limit: Limit = 50
    ) -> Page[Row]:
        """Every mapping, where it is from and whether it is in effect; `kind` is its type, else its entity."""
        response.headers["ETag"] = f'"{parts.stores.mappings.version()}-"'
        return views.mappings(parts, q, kind, cursor, limit)

    @router.get("/mappings/changes", responses=LIST)
    def changes(cursor: Cursor = "", limit: Limit = 50) -> Page[PastChange]:
        """Who changed what, newest first."""
        return views.mapping_changes(parts, cursor, limit)

    content: dict[str, Any] = {one: {"schema": {"type": "string"}} for one in KINDS.values()}

    @router.get(
        "/mappings/export",
        responses={**READ, 200: {"content": content, "description": "The file."}},
        response_class=PlainTextResponse,
    )
    def export(form: FileForm = "xml") -> Response:
        """Everything that was imported or set, as a file that can be imported again."""
        entries = [one.entry for one in parts.stores.mappings.all()]
        headers = {"Content-Disposition": f'attachment; filename="mappings.{form}"'}
        return Response(exported(entries, list(parts.shops), form), media_type=KINDS[form], headers=headers)

    return router


def mapping_acts_router(parts: Parts, nudge: Callable[[], None]) -> APIRouter:
    """Changes."""
    router = APIRouter(tags=["mappings"])

    def done(answer: Any) -> Any:
        nudge()
        return answer

    @router.put("/mappings", responses=CHANGE, response_model=Done)
    def set_mapping(doing: Operator, given: MappingGiven, if_match: IfMatch = "") -> Any:
        """Set one mapping, or take it away; what waited for it is looked at again."""
        seen, named = seen_version(if_match), (given.kind, given.key, given.value, given.shop)
        return done(mapping_acts.change_one(parts, doing, *named, seen))

    @router.delete("/mappings", responses=CHANGE, response_model=Done)
    def remove_mapping(doing: Operator, kind: Text, key: MappingName, shop: Text = "", if_match: IfMatch = "") -> Any:
        """Take one mapping away: what the configuration says, or what is built in, holds again."""
        return done(mapping_acts.change_one(parts, doing, kind, key, None, shop, seen_version(if_match)))

    @router.post("/mappings/import", responses=CHANGE, response_model=Done)
    def import_file(doing: Operator, given: FileGiven, if_match: IfMatch = "") -> Any:
        """Take a whole file in, or nothing of it."""
        named = (given.name, given.text, given.shop, given.form)
        return done(mapping_acts.import_text(parts, doing, *named, seen_version(if_match)))

    @router.post("/mappings/import/preview", responses=ACT)
    def preview(doing: Operator, given: FileGiven) -> LookedAt:
        """What a file would change; nothing is changed."""
        return _looked_at(
            parts, mapping_acts.look_at_text(parts, doing, given.name, given.text, given.shop, given.form)
        )

    return router


def _looked_at(parts: Parts, done: Change) -> LookedAt:
    return LookedAt(
        records=done.read,
        changes=list(done.changes),
        remarks=[Remarked(line=one.line, what=one.text) for one in done.remarks],
        problems=[Remarked(line=one.line, what=one.what, code=one.code, remedy=one.remedy) for one in done.problems],
        release=views.release_of(parts, () if done.problems else done.changes),
    )
