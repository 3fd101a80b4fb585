"""What is not mapped yet, and what a mapping would release before it is made."""

from fastapi import APIRouter
from pydantic import BaseModel

from ledgerloop.engine.parts import Parts
from ledgerloop.operate import views
from ledgerloop.operate.acts import ActRefused
from ledgerloop.operate.views.suggestions import Unknown
from ledgerloop.store.mappings import Change
from ledgerloop.web.api.shapes import MappingGiven, Remarked
from ledgerloop.web.api.ways import ACT, PLAIN, Operator, reading


class Previewed(BaseModel):
    """What setting a mapping would change and release. With problems it would be refused."""

    changes: list[Change]
    release: views.Release
    problems: list[Remarked]


def suggestions_router(parts: Parts) -> APIRouter:
    """What is not mapped yet."""
    router = reading("mappings")

    @router.get("/mappings/suggestions", responses=PLAIN)
    def suggestions() -> list[Unknown]:
        """Keys that no mapping knows, those that hold something back first, and what they may be."""
        return list(views.unknown_keys(parts))

    return router


def previews_router(parts: Parts) -> APIRouter:
    """What would be."""
    router = APIRouter(tags=["mappings"])

    @router.post("/mappings/preview", responses=ACT)
    def preview(_doing: Operator, given: MappingGiven) -> Previewed:
        """What setting one mapping, or taking it away, would release; nothing is changed."""
        if given.shop and given.shop not in parts.shops:
            raise ActRefused("unknown_subject", f"There is no shop {given.shop}.")
        done, release = views.preview(parts, given.kind, given.key, given.value, given.shop)
        problems = [Remarked(line=one.line, what=one.what, code=one.code, remedy=one.remedy) for one in done.problems]
        return Previewed(changes=list(done.changes), release=release, problems=problems)

    return router
