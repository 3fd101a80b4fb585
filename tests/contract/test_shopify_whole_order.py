"""A whole order at the simulator: what GraphQL shows is what the webhook's body says, but for payments."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ledgerloop.clock import utc_now
from ledgerloop.domain.order_store import Order
from ledgerloop.outcome import Refused, Unreachable
from ledgerloop.remotes.http import Http
from ledgerloop.remotes.shopify.auth import StaticToken
from ledgerloop.remotes.shopify.client import ShopifyClient
from ledgerloop.remotes.shopify.rest_order import parse_rest_order
from ledgerloop.remotes.shopify.whole import parse_whole
from tests.support.orders import body
from tests.support.sandbox import Sandbox
from tests.support.scripted import Scripted, answer

ONLINE, POS = "5930000000001", "5930000000002"


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.control("POST", "/reset", settings=True)
    return running


@pytest.fixture
def shopify(sandbox: Sandbox) -> Iterator[ShopifyClient]:
    http = Http("shopify", "main", sandbox.urls["shopify"], evidence=Scripted().evidence, clock=utc_now, timeout_s=20)
    yield ShopifyClient(http, StaticToken(sandbox.urls["credentials"]["shopify_token"]), "2026-10", utc_now)
    http.close()


def read(shopify: ShopifyClient, order_id: str) -> Order:
    found = shopify.order_whole(order_id)
    assert found is not None
    return parse_whole(found)


def without_payments(order: Order) -> Order:
    """What a webhook can show: it names neither the app nor payments."""
    return replace(order, app_title="", transactions=(), payments_known=False)


def shares(*amounts: str, index: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "amount": one,
            "amount_set": {
                "shop_money": {"amount": one, "currency_code": "USD"},
                "presentment_money": {"amount": one, "currency_code": "USD"},
            },
            "discount_application_index": index,
        }
        for one in amounts
    ]


def bag(amount: str) -> dict[str, Any]:
    one = {"amount": amount, "currency_code": "USD"}
    return {"shop_money": one, "presentment_money": one}


def rich() -> dict[str, Any]:
    """An order with two discounts, taxes, shipping that is taxed, a custom line, and a line removed from it."""
    view = body()
    line = view["line_items"][0]
    tax = {"title": "State", "rate": 0.0725, "price": "2.90", "price_set": bag("2.90"), "channel_liable": False}
    goods = {
        **line,
        "quantity": 2,
        "current_quantity": 1,
        "fulfillable_quantity": 1,
        "tax_lines": [tax],
        "discount_allocations": [*shares("10.00"), *shares("5.00", index=1)],
    }
    custom = {
        **line,
        "id": 15100000000002,
        "sku": None,
        "product_id": None,
        "variant_id": None,
        "title": "Engraving",
        "price": "5.00",
        "price_set": bag("5.00"),
        "requires_shipping": False,
        "discount_allocations": [],
        "tax_lines": [],
    }
    applications = [
        *view["discount_applications"],
        {
            "target_type": "line_item",
            "type": "manual",
            "value": "5.0",
            "value_type": "fixed_amount",
            "allocation_method": "each",
            "target_selection": "explicit",
            "title": "A scratch",
            "description": "A scratch",
        },
    ]
    sums = {"total_tax": "2.90", "total_tax_set": bag("2.90"), "total_discounts": "15.00"}
    parts = {"line_items": [goods, custom], "discount_applications": applications}
    return {**view, **sums, "total_discounts_set": bag("15.00"), **parts}


@pytest.mark.parametrize(
    "view", [body(), body("orders_create_loop_pos"), rich()], ids=["online", "in store", "of many parts"]
)
def test_both_ways_of_reading_an_order_give_the_same(
    sandbox: Sandbox, shopify: ShopifyClient, view: dict[str, Any]
) -> None:
    sandbox.act("import_order", body=view)

    seen, told = read(shopify, str(view["id"])), parse_rest_order(view)
    assert seen.payments_known
    assert without_payments(seen) == told


def test_an_order_of_more_lines_than_a_page_is_read_whole(sandbox: Sandbox, shopify: ShopifyClient) -> None:
    view = body()
    first = view["line_items"][0]
    view["line_items"] = [{**first, "id": first["id"] + number} for number in range(150)]
    sandbox.act("import_order", body=view)

    assert len(read(shopify, ONLINE).lines) == 150


def test_payments_and_refunds_come_with_a_whole_order(sandbox: Sandbox, shopify: ShopifyClient) -> None:
    order = sandbox.act("place_order", name="#1001")
    returned = sandbox.act("request_return", order_id=order["order_id"], lines=[{"line": 0, "quantity": 1}])
    sandbox.act("process_in_loop", return_id=returned["return_id"])
    sandbox.act("run_loop_jobs")

    seen = read(shopify, order["order_id"])
    assert [(one.kind, one.status, str(one.amount.amount)) for one in seen.transactions if one.kind == "SALE"] == [
        ("SALE", "SUCCESS", "108.00")
    ]
    refund = seen.refunds[0]
    assert [str(one.amount.amount) for one in refund.transactions] == ["108.00"]
    line = refund.lines[0]
    assert (line.shopify_line_id, line.quantity, str(line.subtotal.amount), str(line.tax.amount)) == (
        seen.lines[0].shopify_line_id,
        1,
        "100.00",
        "8.00",
    )


def test_an_order_that_shopify_does_not_show_is_none(shopify: ShopifyClient) -> None:
    assert shopify.order_whole("404") is None
    assert shopify.order_whole("#1001") is None


def test_reading_an_order_costs_100_points_at_most(sandbox: Sandbox, shopify: ShopifyClient) -> None:
    sandbox.act("import_order", body=rich())
    read(shopify, ONLINE)

    assert 1 <= shopify.charged("OrderWhole") <= 100


def page(lines: list[str], after: str | None, updated_at: str = "2026-11-03T15:15:31Z", /, **head: Any) -> Any:
    info = {"hasNextPage": after is not None, "endCursor": after}
    order = {"updatedAt": updated_at, "lineItems": {"nodes": [{"id": one} for one in lines], "pageInfo": info}, **head}
    return answer(200, {"data": {"order": order}})


def client_of(shopify: Scripted) -> ShopifyClient:
    http = shopify.http("shopify", "https://example.myshopify.com")
    return ShopifyClient(http, StaticToken("t"), "2026-10", shopify.time.clock, sleep=shopify.time.sleep)


def test_an_order_that_changes_while_it_is_read_is_read_again_later() -> None:
    shopify = Scripted(page(["1"], "c1"), page(["2"], None, "2026-11-03T15:15:32Z"))

    with pytest.raises(Unreachable, match="changed while it was read"):
        client_of(shopify).order_whole(ONLINE)


def test_lists_that_came_back_full_are_asked_for_wider_and_then_refused() -> None:
    full: dict[str, Any] = {"transactions": [{}] * 250}
    shopify = Scripted(page(["1"], None, **full), page(["1"], None, **full))

    with pytest.raises(Refused) as refused:
        client_of(shopify).order_whole(ONLINE)
    assert refused.value.code == "shopify_order_too_large"
    assert [one.json["operationName"] for one in shopify.asked] == ["OrderWhole", "OrderWholeWide"]
