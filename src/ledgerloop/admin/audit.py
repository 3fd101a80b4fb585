"""Audit: who did what, newest first, and whether the chain is whole."""

from starlette.responses import Response

from ledgerloop.admin.visit import Visit
from ledgerloop.store.audit import Audit

PAGE = 50
"""Rows on a page."""


def audit(visit: Visit) -> Response:
    """The newest rows of the chain, those of one person or about one thing if asked."""
    chain = Audit(visit.parts.stores.store)
    before, who, about = visit.asked("after"), visit.asked("who"), visit.asked("about")
    number = int(before) if before.isdecimal() else None
    deeds = chain.newest(PAGE + 1, before=number, who=who, about=about)
    more = len(deeds) > PAGE
    deeds = deeds[:PAGE]
    return visit.show(
        "audit.html",
        deeds=deeds,
        next=str(deeds[-1].number) if more else "",
        first=number is None,
        who=who,
        about=about,
        verdict=None,
    )


def verify(visit: Visit) -> Response:
    """The same, after the whole chain was verified."""
    chain = Audit(visit.parts.stores.store)
    verdict, deeds = chain.verify(), chain.newest(PAGE)
    return visit.show("audit.html", deeds=deeds, next="", first=True, who="", about="", verdict=verdict)
