"""One return: in plain words where it stands, three systems side by side, what comes next, and what a person may do."""

from starlette.responses import Response

from ledgerloop.admin.visit import Visit
from ledgerloop.admin.ways import mapping_of
from ledgerloop.books.words import Comparison
from ledgerloop.operate import views

SHOWN = ("attention", "waiting")
"""Answers that stand on top of the page."""


def one_return(visit: Visit) -> Response:
    """The page of a return."""
    shop, return_id = visit.path("shop"), visit.path("return_id")
    found = views.one_return(visit.parts, shop, return_id)
    if found is None:
        return visit.show("nothing.html", status=404, what=f"No return {return_id} of shop {shop} was ever seen here.")
    row, stops = found.row, [one for one in found.answers if one.kind in SHOWN]
    return visit.show(
        "return.html",
        one=found,
        row=row,
        about_text=f"return:{shop}:{return_id}",
        stops=[(one, mapping_of(one.code, one.cause, shop)) for one in stops],
        terms=_terms(found.sides),
        differences=found.sides.differences if found.sides is not None else (),
        open_items=found.sides.open_items if found.sides is not None else (),
        path=f"/returns/{shop}/{return_id}",
    )


def _terms(sides: Comparison | None) -> list[object]:
    """Amounts that at least one system shows."""
    if sides is None:
        return []
    return [one for one in sides.terms if any((one.loop, one.shopify, one.netsuite))]


def evidence(visit: Visit) -> Response:
    """The requests and answers about a return."""
    shop, return_id = visit.path("shop"), visit.path("return_id")
    calls = views.return_evidence(visit.parts, shop, return_id)
    return visit.show("evidence.html", calls=calls, name=f"Return {return_id}", path=f"/returns/{shop}/{return_id}")
