"""Whose order a document is that was found by a name: several shops in one account each begin at #1001.

Source: rulebook section 1, source record; shopify.dev, global ids (read 2026-11-21).
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

_OURS: Final = re.compile(r"SHOP-(?:SO|CS)-(\w+)$")
"""External id of an order that a shop's connector wrote, whatever the shop's prefix."""

_NUMBER: Final = re.compile(r"(\d+)\.0*$")
"""A whole number as a field of decimal numbers shows it."""


def is_anothers(
    document: Mapping[str, Any], shopify_order_id: str, names: Iterable[str], order_id_column: str = ""
) -> bool:
    """Whether a sales order or cash sale says that it is another order than this one.

    It says so by an external id of ours, else by the order id that it bears in `order_id_column`; a column that holds
    one of the order's names tells nothing. A document that bears neither may be any order of that name.
    """
    ours = _OURS.search(document.get("external_id") or "")
    if ours is not None:
        return ours[1] != shopify_order_id
    borne = plain_id(document["head"].get(order_id_column, "")) if order_id_column else ""
    return borne not in ("", shopify_order_id) and borne.lstrip("#") not in {name.lstrip("#") for name in names}


def plain_id(text: str) -> str:
    """A Shopify id without what may stand around it: a global id's beginning, a decimal point."""
    last = text.strip().partition("?")[0].rpartition("/")[2]
    return _NUMBER.sub(r"\1", last)
