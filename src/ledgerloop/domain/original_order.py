"""What an exchange order replaces: the cascade that links it to the original order and to Loop's return.

Source: rulebook section 8, original order; help.loopreturns.com, exchange orders; docs.loopreturns.com, process return
(read 2026-11-21). Assumed: the two attribute names, seen in one public importer only.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from ledgerloop.domain.case import Sending
from ledgerloop.domain.order_records import Link
from ledgerloop.domain.order_store import Order

ORIGINAL_ID: Final = "originating_order_id"
ORIGINAL_NAME: Final = "originating_order_name"
"""Note attributes that Loop leaves on an exchange order: Shopify id and name of the original."""

OUR_REFERENCE: Final = "ledgerloop_reference"
"""Key of the body that we leave when we ask Loop to process; Loop copies it onto the orders that it then creates."""

_RETURN: Final = re.compile(r"LOOP-RA-([\w-]+)$")
"""Our external id of a return authorization, which names Loop's return."""

_PREFIX: Final = re.compile(r"^(?:EXCH?|[A-Z])-?(?=#?\w*\d)", re.IGNORECASE)
"""What Loop puts before the original's name. Assumed: EXC-, formerly L-; EXCH and single letters were seen."""

_IN_NOTE: Final = re.compile(r"\border\s+(#?[\w-]*\d[\w-]*)", re.IGNORECASE)
_HASHED: Final = re.compile(r"(#[\w-]*\d[\w-]*)")
"""How the note names the original order. Assumed: the wording is Loop's own and not documented."""


def candidates(order: Order) -> tuple[str, ...]:
    """Names of orders that this order mentions, likeliest first: in attributes, tags, its own name, its note."""
    attributes = dict(order.note_attributes)
    named = (attributes.get(ORIGINAL_NAME, ""), *_tagged_or_named(order), *_noted(order))
    return tuple(dict.fromkeys(spelling for name in named if name for spelling in _spellings(name)))


def link_of(sending: Sending) -> Link | None:
    """What this exchange order replaces, by the first mark that tells; None where nothing does."""
    order, known = sending.order, dict(sending.known_orders)
    found = _by_attributes(order, known) or _by_our_body(sending) or _by_loop(sending)
    if found is not None:
        return found
    for how, names in (("tag_or_name", _tagged_or_named(order)), ("note", _noted(order))):
        for name in names:
            original = _known(name, known)
            if original and original != order.shopify_order_id:
                return Link(how, original, name)
    noted = next(iter(_noted(order)), "")
    return Link("note", "", noted) if noted else None


def _by_attributes(order: Order, known: Mapping[str, str]) -> Link | None:
    attributes = dict(order.note_attributes)
    original, name = attributes.get(ORIGINAL_ID, "").strip(), attributes.get(ORIGINAL_NAME, "").strip()
    if not original and not name:
        return None
    return Link("note_attributes", original.rsplit("/", 1)[-1] or _known(name, known), name)


def _by_our_body(sending: Sending) -> Link | None:
    named = _RETURN.search(dict(sending.order.note_attributes).get(OUR_REFERENCE, ""))
    if named is None:
        return None
    return_ = next((one for one in sending.exchanged_by if one.loop_return_id == named[1]), None)
    if return_ is None:
        return Link("process_body", loop_return_id=named[1])
    return Link("process_body", return_.shopify_order_id, return_.order_name, named[1])


def _by_loop(sending: Sending) -> Link | None:
    return_ = next(iter(sending.exchanged_by), None)
    if return_ is None:
        return None
    return Link("loop_exchange", return_.shopify_order_id, return_.order_name, return_.loop_return_id)


def _tagged_or_named(order: Order) -> Iterator[str]:
    """Tags as they are, then the name without the prefix that Loop puts before the original's."""
    yield from (tag.strip() for tag in order.tags if any(sign.isdigit() for sign in tag))
    bare = _PREFIX.sub("", order.name)
    if bare != order.name:
        yield from dict.fromkeys((bare, re.sub(r"-\d$", "", bare)))


def _noted(order: Order) -> Iterator[str]:
    for pattern in (_IN_NOTE, _HASHED):
        yield from (name for name in pattern.findall(order.note) if name.lstrip("#") != order.name.lstrip("#"))


def _known(name: str, known: Mapping[str, str]) -> str:
    return next((known[one] for one in _spellings(name) if one in known), "")


def _spellings(name: str) -> tuple[str, str]:
    bare = name.strip().lstrip("#")
    return "#" + bare, bare
