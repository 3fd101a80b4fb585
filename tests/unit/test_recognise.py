"""Where an order was sold, whether it is an exchange, and how it leaves the shop."""

from dataclasses import replace
from typing import Any

import pytest

from ledgerloop.domain.channels import Channels
from ledgerloop.domain.order_store import Allocation, Order, ShippingCharge
from ledgerloop.domain.recognise import channel_of, is_exchange, is_gift_card_order, shipping_method
from ledgerloop.remotes.shopify.rest_order import parse_rest_order
from tests.support.orders import an_order, body, usd


def online(**changes: Any) -> Order:
    return replace(parse_rest_order(body()), **changes)


def in_store(**changes: Any) -> Order:
    return replace(parse_rest_order(body("orders_create_loop_pos")), **changes)


def paid_with_credit(order: Order) -> Order:
    credit = Allocation(usd("80.00"), "Loop-Discount", "Loop-Discount", whole_order=True)
    return replace(order, lines=(replace(order.lines[0], allocations=(credit,)),))


@pytest.mark.parametrize(
    ("order", "channel"),
    [
        (online(), "LOOP_EXCH"),
        (online(source_name="", app_id="1662707"), "LOOP_EXCH"),
        (online(source_name="web", app_id="1662707"), "LOOP_EXCH"),
        (online(source_name="9", app_id="", app_title="Loop Returns & Exchanges"), "LOOP_EXCH"),
        (online(name="LGC1001"), "LOOP_GIFT_CARD"),
        (online(lines=(replace(online().lines[0], gift_card=True),)), "LOOP_GIFT_CARD"),
        (an_order(source_name="POS"), "POS_SALES_CHANNEL"),
        (an_order(source_name="web"), "WEB_SALES_CHANNEL"),
        (an_order(source_name="sell-on-moon", app_id="7"), "UNKNOWN"),
        (paid_with_credit(an_order(source_name="sell-on-moon", app_id="7")), "UNKNOWN"),
        (paid_with_credit(an_order(source_name="web")), "WEB_SALES_CHANNEL"),
    ],
)
def test_the_channel_is_told_from_source_and_app(order: Order, channel: str) -> None:
    assert channel_of(order, Channels()) == channel


def test_a_mapping_says_otherwise() -> None:
    assert channel_of(an_order(source_name="Moon"), Channels({"moon": "MOON"})) == "MOON"
    assert channel_of(an_order(source_name="x", app_id="2329312"), Channels({"2329312": "INSTA"})) == "INSTA"


@pytest.mark.parametrize(
    ("order", "exchange"),
    [
        (online(), True),
        (in_store(), True),
        (online(name="LGC1001"), False),
        (paid_with_credit(an_order()), True),
        (an_order(), False),
    ],
)
def test_exchanges_are_loops_orders_that_sell_something(order: Order, exchange: bool) -> None:
    assert is_exchange(order) == exchange


def test_a_gift_card_bought_in_the_shop_is_no_gift_card_of_loops() -> None:
    card = replace(an_order().lines[0], gift_card=True)

    assert not is_gift_card_order(an_order(lines=(card,)))


def nowhere(**changes: Any) -> Order:
    """Carried out of a store, which the app may not know."""
    return in_store(retail_location_id="", fulfilment_location_ids=(), **changes)


FREE = ShippingCharge("Pickup", "pickup", usd("0.00"))
NOTHING_TO_SHIP = replace(in_store().lines[0], requires_shipping=False)
NO_ADDRESS: dict[str, Any] = {"shipping_address": None, "shipping": ()}


@pytest.mark.parametrize(
    ("order", "channel", "method"),
    [
        (online(), "LOOP_EXCH", "STANDARD"),
        (in_store(), "LOOP_EXCH", "POS_COMPLETED"),
        (in_store(retail_location_id=""), "LOOP_EXCH", "POS_COMPLETED"),
        (in_store(fulfillment_status="UNFULFILLED"), "LOOP_EXCH", ""),
        (online(fulfillment_status="FULFILLED"), "LOOP_EXCH", "STANDARD"),
        (nowhere(), "LOOP_EXCH", "POS_COMPLETED"),
        (nowhere(lines=(NOTHING_TO_SHIP,)), "LOOP_EXCH", "POS_COMPLETED"),
        (nowhere(lines=(NOTHING_TO_SHIP,), fulfillment_status="UNFULFILLED"), "LOOP_EXCH", ""),
        (in_store(shipping=(FREE,)), "LOOP_EXCH", "POS_COMPLETED"),
        (in_store(shipping=(FREE,), fulfillment_status="UNFULFILLED"), "LOOP_EXCH", ""),
        (an_order(fulfillment_status="FULFILLED", **NO_ADDRESS), "POS_SALES_CHANNEL", "POS_COMPLETED"),
        (an_order(fulfillment_status="FULFILLED", shipping=()), "POS_SALES_CHANNEL", "STANDARD"),
        (an_order(fulfillment_status="FULFILLED"), "POS_SALES_CHANNEL", "STANDARD"),
        (an_order(fulfillment_status="PARTIALLY_FULFILLED"), "POS_SALES_CHANNEL", "MIXED"),
        (an_order(), "POS_SALES_CHANNEL", "STANDARD"),
        (an_order(**NO_ADDRESS), "POS_SALES_CHANNEL", ""),
        (an_order(fulfillment_status="FULFILLED", **NO_ADDRESS), "WEB_SALES_CHANNEL", "STANDARD"),
    ],
    ids=[
        "an online exchange",
        "an exchange in the store",
        "the same, its location told by the fulfilment alone",
        "without address and not fulfilled: not guessed",
        "an online exchange, shipped by now",
        "in a store that Shopify does not show",
        "the same, nothing to ship",
        "the same, not fulfilled: not guessed",
        "in the store, with a shipping line of 0.00",
        "the same, not fulfilled",
        "a sale at the till",
        "a send sale without a shipping line, shipped by now",
        "a send sale, shipped by now",
        "a mixed cart",
        "a send sale",
        "a sale at the till, not completed yet",
        "a download in the web shop",
    ],
)
def test_the_shipping_method(order: Order, channel: str, method: str) -> None:
    assert shipping_method(order, channel) == method
