"""The books: the accounts of a period, what is left, and the pack as a file."""

from datetime import date
from typing import Any, Literal

from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from ledgerloop.books.report import Period
from ledgerloop.engine.parts import Parts
from ledgerloop.operate import office_acts, views
from ledgerloop.operate.ageing import Ageing, ageing
from ledgerloop.operate.packs import KINDS, pack_name, written_pack
from ledgerloop.operate.views.balances import Books
from ledgerloop.store.users import Role
from ledgerloop.web.api.shapes import Done
from ledgerloop.web.api.ways import ACT, PLAIN, READ, Operator, reading
from ledgerloop.web.who import signed_in

FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
"""A file, in descriptions."""


def books_router(parts: Parts) -> APIRouter:
    """What the books hold."""
    router = reading("books")

    @router.get("/books", responses=READ)
    def books(since: date | None = None, until: date | None = None) -> Books:
        """The accounts of a period, and what is left where nothing should be."""
        return views.books(parts, since, until)

    @router.get("/books/ageing", responses=PLAIN)
    def aged() -> list[Ageing]:
        """How old what is open is, in days, as it was counted when the books were last brought up to date."""
        return list(ageing(parts))

    return router


def packs_router(parts: Parts) -> APIRouter:
    """Packs, and bringing the books up to date."""
    router = APIRouter(tags=["books"])
    files = {"json": {"application/json": {"schema": {"type": "object"}}}}
    files |= {form: {kind.partition(";")[0]: FILE} for form, kind in KINDS.items() if form != "json"}
    content = {kind: shape for one in files.values() for kind, shape in one.items()}

    @router.get(
        "/books/pack",
        responses={**READ, 200: {"content": content, "description": "The pack."}},
        response_class=StreamingResponse,
        dependencies=[Depends(signed_in(Role.VIEWER))],
    )
    def pack(
        form: Literal["json", "csv", "xlsx"] = "json", since: date | None = None, until: date | None = None
    ) -> StreamingResponse:
        """The pack of a period, after what the remotes have shown was entered."""
        period = Period(since, until)
        headers = {"Content-Disposition": f'attachment; filename="{pack_name(period, form)}"'}
        return StreamingResponse(written_pack(parts, period, form), media_type=KINDS[form], headers=headers)

    @router.post("/books/enter", responses=ACT, response_model=Done)
    def enter(doing: Operator) -> Any:
        """Enter what the remotes have shown since."""
        return office_acts.enter_books(parts, doing)

    return router
