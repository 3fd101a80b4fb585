"""Exchanges within Shopify as the client reads them: whole or not at all, and never of another version of the order."""

from typing import Any

import pytest

from ledgerloop.domain.native_order import ShopExchange
from ledgerloop.outcome import Refused, Unreachable
from ledgerloop.remotes.shopify.auth import StaticToken
from ledgerloop.remotes.shopify.client import ShopifyClient
from ledgerloop.remotes.shopify.exchanged import parse_exchanges
from tests.support.scripted import Scripted, answer

ORDER, READ = "5821447739602", "2026-03-02T15:00:00Z"


def client_of(shopify: Scripted) -> ShopifyClient:
    http = shopify.http("shopify", "https://example.myshopify.com")
    return ShopifyClient(
        http, StaticToken("shpat_1"), "2026-10", shopify.time.clock, pace=shopify.pace, sleep=shopify.time.sleep
    )


def gid(kind: str, number: int) -> dict[str, str]:
    return {"id": f"gid://shopify/{kind}/{number}"}


def node(number: int, *lines: int, left: int = 0, more: bool = False) -> dict[str, Any]:
    """A return of two units of line 11, for the goods on these lines."""
    back = {"quantity": 1, "fulfillmentLineItem": {"lineItem": gid("LineItem", 11)}}
    new = [{"quantity": 1, "unprocessedQuantity": left, "lineItems": [gid("LineItem", one)]} for one in lines]
    return {
        **gid("Return", number),
        "returnLineItems": {"pageInfo": {"hasNextPage": more}, "nodes": [back, back]},
        "exchangeLineItems": {"pageInfo": {"hasNextPage": False}, "nodes": new},
    }


def page(*nodes: dict[str, Any], updated_at: str = READ, cursor: str = "") -> Any:
    shown = {"pageInfo": {"hasNextPage": bool(cursor), "endCursor": cursor}, "nodes": list(nodes)}
    return answer(200, {"data": {"order": {"updatedAt": updated_at, "returns": shown}}})


def test_returns_with_exchange_items_are_read_page_by_page() -> None:
    shopify = Scripted(page(node(33, 1511, 1512), node(34), cursor="a"), page(node(35, 1513, left=1)))

    found = parse_exchanges(client_of(shopify).order_exchanges(ORDER, READ))

    assert found == (
        ShopExchange("33", (("11", 2),), ("1511", "1512"), complete=True),
        ShopExchange("35", (("11", 2),), ("1513",), complete=False),
    )
    assert [one.json["variables"]["cursor"] for one in shopify.asked] == [None, "a"]


def test_goods_that_are_no_lines_of_the_order_yet_are_not_complete() -> None:
    waiting = node(33, 1511)
    waiting["exchangeLineItems"]["nodes"][0]["lineItems"] = None

    assert parse_exchanges([waiting]) == (ShopExchange("33", (("11", 2),), (), complete=False),)


def test_an_order_that_changed_since_it_was_read_is_read_again() -> None:
    shopify = Scripted(page(updated_at="2026-03-02T15:00:09Z"))

    with pytest.raises(Unreachable) as caught:
        client_of(shopify).order_exchanges(ORDER, READ)
    assert caught.value.code == "shopify_order_changed"


def test_a_return_that_cannot_be_read_whole_is_told_rather_than_cut() -> None:
    with pytest.raises(Refused) as caught:
        client_of(Scripted(page(node(33, 1511, more=True)))).order_exchanges(ORDER, READ)
    assert caught.value.code == "shopify_order_too_large"
