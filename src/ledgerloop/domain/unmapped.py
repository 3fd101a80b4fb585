"""What stands still for want of a mapping: root causes that name the key, so that one mapping remedies one group."""

from collections.abc import Iterable, Iterator
from typing import Final

from ledgerloop.domain.mapped import LOCATION, PAYMENT_METHOD, REASON, SKU, SOURCE
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.recognise import uses_return_credit
from ledgerloop.outcome import Attention

DEFAULT: Final = "default"
"""Key of the payment method of every gateway that has none of its own."""

_NOT_ON_ORDER: Final = ("item_not_found", SKU, "SKU ", " has no item on its order in NetSuite")
_NOT_AUTHORIZED: Final = ("authorization_differs", SKU, "SKU ", " has no item on its return authorization")
_NO_ITEM: Final = ("item_not_found", SKU, "SKU ", " has no item in NetSuite")
_SEVERAL_ITEMS: Final = ("item_ambiguous", SKU, "SKU ", " has several items in NetSuite")
_NO_METHOD: Final = ("gateway_unmapped", PAYMENT_METHOD, "gateway ", " has no payment method in NetSuite")
_NO_CHANNEL: Final = ("channel_unknown", SOURCE, "source ", " has no sales channel")

_NAMED: Final = (_NOT_ON_ORDER, _NOT_AUTHORIZED, _NO_ITEM, _SEVERAL_ITEMS, _NO_METHOD, _NO_CHANNEL)
"""Code, kind of mapping, and the words before and after the key."""

CODES: Final = tuple(dict.fromkeys(one[0] for one in _NAMED))
"""Codes whose findings a mapping remedies."""

_BY_CODE: Final = {
    SOURCE: ("channel_unknown",),
    LOCATION: ("receive_by_hand",),
    REASON: ("units_missing", "partly_received", "goods_not_received", "receive_by_hand"),
}
"""Codes that a mapping of a kind may remedy, where the cause does not tell its key: an order's source has two names,
a location is named by what Loop graded, and whether a missing unit was kept by the shopper only its reason tells.
"""


def not_on_order(sku: str) -> str:
    """Cause: a unit comes back whose SKU no line of its order has."""
    return _said(_NOT_ON_ORDER, sku) if sku else ""


def not_authorized(skus: Iterable[str]) -> str:
    """Cause: units come back whose SKU no line of their authorization has; the first by name."""
    named = sorted(sku for sku in skus if sku)
    return _said(_NOT_AUTHORIZED, named[0]) if named else ""


def no_item(sku: str) -> str:
    """Cause: a line was sold whose SKU no active item has."""
    return _said(_NO_ITEM, sku) if sku else ""


def several_items(sku: str) -> str:
    """Cause: a line was sold whose SKU several items have."""
    return _said(_SEVERAL_ITEMS, sku)


def no_method(gateway: str) -> str:
    """Cause: money moved through a gateway that is not mapped."""
    return _said(_NO_METHOD, gateway)


def no_channel(source: str) -> str:
    """Cause: an order comes from a source that is not mapped."""
    return _said(_NO_CHANNEL, source)


def unknown_source(order: Order) -> Attention:
    """An order comes from a source that is not mapped; it is not sent, whatever speaks for an exchange."""
    source = order.source_name or order.app_id
    used = "; it used Loop's return credit (the discount loop-discount), as exchange orders do"
    return Attention(
        "channel_unknown",
        f"Order {order.name} comes from “{source}”, a source that no mapping knows"
        f"{used if uses_return_credit(order) else ''}.",
        "Map this source to a sales channel (mappings), then retry.",
        no_channel(source),
    )


def wanted_mapping(code: str, cause: str) -> tuple[str, str] | None:
    """Kind and key of the mapping that would remedy a finding; None where none would."""
    for known, kind, before, after in _NAMED:
        key = cause.removeprefix(before).removesuffix(after)
        if known == code and key and cause == f"{before}{key}{after}":
            return kind, key
    return None


def remedied(kind: str, key: str) -> Iterator[tuple[str, str]]:
    """Codes and causes that a mapping may remedy; an empty cause means every one of the code."""
    for code in _BY_CODE.get(kind, ()):
        yield code, ""
    if kind == PAYMENT_METHOD and key == DEFAULT:
        yield "gateway_unmapped", ""
    elif kind not in _BY_CODE:
        yield from ((one[0], _said(one, key)) for one in _NAMED if one[1] == kind)


def _said(named: tuple[str, str, str, str], key: str) -> str:
    return f"{named[2]}{key}{named[3]}"
