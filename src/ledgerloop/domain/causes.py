"""What findings have in common: their text without what is of one return alone, so that one cause is one group."""

import re
from collections.abc import Iterable, Iterator

from ledgerloop.domain.case import Case

OWN = "…"
"""Stands where a text names something of its own case."""

_AMOUNT = re.compile(r"-?\d+(?:\.\d+)? [A-Z]{3}\b")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?|\b\d+ (?:minutes?|hours?|days?)\b")


def cause_of(text: str, own: Iterable[str]) -> str:
    """The text with ids and numbers of its own case, amounts and times left out."""
    names = sorted({one for one in own if one}, key=len, reverse=True)
    if names:
        any_of = "|".join(map(re.escape, names))
        text = re.sub(rf"(?<![\w-])(?:{any_of})(?![\w-])", OWN, text)
    return _MOMENT.sub(OWN, _AMOUNT.sub(OWN, text))


def names_of(case: Case) -> Iterator[str]:
    """Ids and numbers that are of this case alone."""
    yield from (case.shopify_order_id, case.focus)
    for one in case.returns:
        yield from (one.loop_return_id, one.order_name, one.order_name.removeprefix("#"))
        yield from (name for line in one.lines for name in (line.loop_line_id, line.shopify_line_id))
        yield from (name for other in one.exchanges for name in (other.shopify_order_id, other.order_name))
    for sold in case.source_orders:
        yield from (sold.internal_id, sold.number, sold.external_id)
    for made in case.documents:
        yield from (made.internal_id, made.number, made.external_id)
    for entry in case.journal:
        yield from (entry.key, entry.internal_id)
    if case.sending is not None:
        order = case.sending.order
        yield from (order.name, order.name.removeprefix("#"))
        yield from (line.shopify_line_id for line in order.lines)
