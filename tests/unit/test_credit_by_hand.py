"""Loop's return credit, given by a discount code or by hand: both readers know it by its name."""

from typing import Any

import pytest

from ledgerloop.domain.carried import loop_discount
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.recognise import uses_return_credit
from ledgerloop.remotes.shopify.parse import may_use_credit, parse_order
from ledgerloop.remotes.shopify.rest_order import parse_rest_order
from ledgerloop.remotes.shopify.whole import parse_whole
from tests.support.orders import body, usd
from tests.support.scripted import sample

NAMED = [
    {"code": "loop-discount"},
    {"title": "Loop-Discount", "description": None},
    {"title": "Custom discount", "description": "loop-discount"},
    {"description": "LOOP-DISCOUNT"},
]
OTHERS = [{"code": "SUMMER", "title": "loop-discount"}, {"title": "loop-discount 2"}, {"title": "VIP"}, {}]


def told_by_webhook(application: dict[str, Any]) -> Order:
    view = body()
    return parse_rest_order({**view, "discount_applications": [application]})


def bag(amount: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": "USD"}}


def read(application: dict[str, Any]) -> Order:
    share = {"allocatedAmountSet": bag("80.00"), "discountApplication": application}
    line = {"id": "gid://shopify/LineItem/1", "quantity": 1, "unfulfilledQuantity": 1}
    line |= {"originalUnitPriceSet": bag("80.00"), "discountAllocations": [share]}
    at = "2026-11-03T15:15:30Z"
    head = {"id": "gid://shopify/Order/1", "name": "EXC-1", "currencyCode": "USD", "createdAt": at, "updatedAt": at}
    return parse_whole({**head, "totalPriceSet": bag("0.00"), "lineItems": {"nodes": [line]}})


@pytest.mark.parametrize("application", NAMED)
def test_return_credit_is_known_by_its_name_whoever_shows_it(application: dict[str, Any]) -> None:
    for order in (told_by_webhook(application), read(application)):
        assert uses_return_credit(order)
        assert loop_discount(order) == usd("80.00")


@pytest.mark.parametrize("application", OTHERS)
def test_other_discounts_keep_what_they_are(application: dict[str, Any]) -> None:
    for order in (told_by_webhook(application), read(application)):
        assert not uses_return_credit(order)
        assert order.allocations[0].code == application.get("code", "")


def test_the_source_order_of_a_return_is_asked_for_it_too() -> None:
    plain = sample("shopify/order_money.json")
    by_hand = {**plain, "discountApplications": {"nodes": [{}, {"title": "x", "description": "loop-discount"}]}}
    assert (may_use_credit(plain), may_use_credit(by_hand)) == (False, True)
    money = {"shopMoney": plain["totalPriceSet"]["shopMoney"]}
    share = {"allocatedAmountSet": money, "discountApplication": {"description": "loop-discount"}}
    whole = {**by_hand, "lineItems": {"nodes": [{"discountAllocations": [share]}]}}
    assert parse_order(whole).credit_used == parse_order(plain).total
