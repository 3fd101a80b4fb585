"""Shopify's points: what an answer says of the bucket decides when the next query is sent."""

from typing import Any

import pytest

from ledgerloop.outcome import Refused, Throttled
from ledgerloop.remotes.shopify.auth import StaticToken
from ledgerloop.remotes.shopify.client import ShopifyClient
from tests.support.scripted import Scripted, answer

ORDER = "5821447739602"
THROTTLED = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}


def client_of(shopify: Scripted) -> ShopifyClient:
    http = shopify.http("shopify", "https://example.myshopify.com")
    return ShopifyClient(
        http, StaticToken("shpat_1"), "2026-10", shopify.time.clock, pace=shopify.pace, sleep=shopify.time.sleep
    )


def cost(requested: float, available: float, most: float = 2000, rate: float = 100) -> dict[str, Any]:
    status = {"maximumAvailable": most, "currentlyAvailable": available, "restoreRate": rate}
    return {"cost": {"requestedQueryCost": requested, "actualQueryCost": None, "throttleStatus": status}}


def test_a_throttled_query_waits_until_the_bucket_can_pay_for_it() -> None:
    throttled = {"errors": [THROTTLED], "extensions": cost(752, 666, 1000, 50)}
    shopify = Scripted(answer(200, throttled), answer(200, {"data": {"order": None}}))

    assert client_of(shopify).order_money(ORDER) is None
    assert shopify.time.slept == [pytest.approx((752 - 666) / 50)]
    assert shopify.pace.slowed == [pytest.approx(1.72)]


def test_a_throttled_query_that_the_bucket_could_pay_for_waits_a_moment_all_the_same() -> None:
    throttled = {"errors": [THROTTLED], "extensions": cost(10, 500)}
    shopify = Scripted(answer(200, throttled), answer(200, {"data": {"order": None}}))

    client_of(shopify).order_money(ORDER)

    assert shopify.time.slept == [pytest.approx(0.1)]


def test_http_429_is_throttling_too_and_its_retry_after_is_obeyed() -> None:
    shopify = Scripted(answer(429, {"errors": "Exceeded"}, retry_after="2.0"), answer(200, {"data": {"order": None}}))

    client_of(shopify).order_money(ORDER)

    assert shopify.time.slept == [2.0]


def test_throttling_that_lasts_is_told_with_when_to_come_back() -> None:
    throttled = {"errors": [THROTTLED], "extensions": cost(1000, 0, 1000, 10)}
    shopify = Scripted(answer(200, throttled))

    with pytest.raises(Throttled) as caught:
        client_of(shopify).order_money(ORDER)

    assert (caught.value.code, caught.value.retry_after_s) == ("shopify_throttled", 100)
    assert len(shopify.asked) == 1


def test_a_query_that_costs_more_than_the_bucket_ever_holds_is_not_repeated() -> None:
    throttled = {"errors": [THROTTLED], "extensions": cost(1200, 1000, 1000, 50)}
    shopify = Scripted(answer(200, throttled))

    with pytest.raises(Refused) as caught:
        client_of(shopify).order_money(ORDER)

    assert (caught.value.code, len(shopify.asked)) == ("shopify_query_too_costly", 1)


def test_a_query_is_held_back_until_the_bucket_has_filled_up() -> None:
    shopify = Scripted(answer(200, {"data": {"order": None}, "extensions": cost(20, 5, 2000, 100)}))
    client = client_of(shopify)

    client.order_money(ORDER)
    client.order_money(ORDER)

    assert shopify.time.slept == [pytest.approx(0.15)]
    assert len(shopify.asked) == 2


@pytest.mark.parametrize("extensions", [None, {}, {"cost": {}}, {"cost": {"throttleStatus": {"restoreRate": "x"}}}])
def test_answers_that_do_not_tell_their_cost_are_taken_all_the_same(extensions: object) -> None:
    body = {"data": {"order": None}, "extensions": extensions}

    assert client_of(Scripted(answer(200, body))).order_money(ORDER) is None
