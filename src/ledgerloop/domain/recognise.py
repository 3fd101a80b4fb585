"""Recognises an order: where it was sold, whether Loop made it as an exchange, how it leaves the shop.

Source: docs.hotwax.co, Loop exchange orders and POS sales; help.loopreturns.com, exchange orders (read 2026-11-21).
"""

from typing import Final

from ledgerloop.domain.channels import LOOP_EXCH, LOOP_GIFT_CARD, POS, UNKNOWN, Channels
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.policy import Policy

LOOP_APP: Final = "1662707"
"""Shopify's id of the app Loop Returns & Exchanges. Source: docs.hotwax.co, exchange orders (read 2026-11-21)."""

LOOP_TITLE: Final = "loop returns"
"""How that app's title begins, in lower case."""

LOOP_DISCOUNT: Final = "loop-discount"
"""Code of the discount by which return credit pays an exchange order, in lower case."""

GIFT_CARD_PREFIX: Final = "LGC"
"""How the names of orders begin by which Loop issues gift cards. Assumed: seen in one public importer only."""

POS_COMPLETED: Final = "POS_COMPLETED"
"""Carried out of the store: becomes a cash sale."""

STANDARD: Final = "STANDARD"
"""To be shipped or picked up: becomes a sales order."""

MIXED: Final = "MIXED"
"""Sold in a store, partly carried out, the rest to be shipped: becomes a sales order."""

IN_STORE: Final = (POS, LOOP_EXCH)
"""Channels of orders that may have been completed in a store."""


def channel_of(order: Order, channels: Channels) -> str:
    """The order's sales channel; UNKNOWN if no mapping knows its source, whatever else the order shows."""
    seen = channel_of_source(order.source_name, order.app_id, order.name, channels, app_title=order.app_title)
    return LOOP_GIFT_CARD if seen == LOOP_EXCH and is_gift_card_order(order) else seen


def channel_of_source(source_name: str, app_id: str, name: str, channels: Channels, *, app_title: str = "") -> str:
    """The channel as far as a list shows it, where lines and discounts are not known."""
    by_source, by_app = channels.of_source(source_name), channels.of_source(app_id)
    loops = LOOP_EXCH in (by_source, by_app) or (by_source == UNKNOWN and _is_loops(source_name, app_id, app_title))
    if loops:
        return LOOP_GIFT_CARD if name.upper().startswith(GIFT_CARD_PREFIX) else LOOP_EXCH
    return by_source if by_source != UNKNOWN else by_app


def is_made_by_loop(order: Order) -> bool:
    """Say whether Loop's app created the order."""
    return _is_loops(order.source_name, order.app_id, order.app_title)


def is_gift_card_order(order: Order) -> bool:
    """Say whether Loop made the order to issue a gift card; nothing is sold by it."""
    only_cards = bool(order.lines) and all(line.gift_card for line in order.lines)
    return is_made_by_loop(order) and (only_cards or order.name.upper().startswith(GIFT_CARD_PREFIX))


def is_exchange(order: Order) -> bool:
    """Say whether the order replaces returned goods: made by Loop, or paid with its return credit."""
    return (is_made_by_loop(order) or uses_return_credit(order)) and not is_gift_card_order(order)


def uses_return_credit(order: Order) -> bool:
    """Say whether Loop's return credit pays part of the order."""
    return any(one.code.lower() == LOOP_DISCOUNT for one in order.allocations)


def may_be_exchange(order: Order, channel: str, policy: Policy) -> bool:
    """Whether the order is of an unknown source but used Loop's return credit, where exchange orders are sent. Weak
    evidence: a person says what it is.
    """
    return channel == UNKNOWN and LOOP_EXCH in policy.order_channels and uses_return_credit(order)


def shipping_method(order: Order, channel: str) -> str:
    """POS_COMPLETED, STANDARD or MIXED; empty while an order without address is neither shipped nor completed.

    Completed in the store is what is fulfilled and has no shipping address. Shipping lines, locations and what needs
    shipping tell nothing: Shopify shows no location to an app that may not read it, nor always Loop's.
    """
    if channel not in IN_STORE:
        return STANDARD
    if order.fulfillment_status == "PARTIALLY_FULFILLED" and order.retail_location_id:
        return MIXED
    if order.shipping_address is not None:
        return STANDARD
    return POS_COMPLETED if order.fulfillment_status == "FULFILLED" else ""


def _is_loops(source_name: str, app_id: str, app_title: str) -> bool:
    return LOOP_APP in (source_name, app_id) or app_title.lower().startswith(LOOP_TITLE)
