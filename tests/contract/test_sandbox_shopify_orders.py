"""Orders of every kind in the Shopify simulator: as given, of apps, of stores, with gift cards, tips and notes."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ledgerloop_sandbox.acts import ACTS
from ledgerloop_sandbox.shopify import graphql, rest
from ledgerloop_sandbox.world import World

SAMPLES = Path(__file__).parents[2].parent / "shared" / "data" / "samples"
MONEY = "{ shopMoney { amount currencyCode } }"
ORDER = f"""query Whole($id: ID!) {{ order(id: $id) {{
  legacyResourceId name number app {{ id name }} sourceName tags note customAttributes {{ key value }} test
  displayFinancialStatus displayFulfillmentStatus discountCodes paymentGatewayNames createdAt processedAt
  retailLocation {{ legacyResourceId }} taxesIncluded
  customer {{ legacyResourceId firstName defaultEmailAddress {{ emailAddress }} }}
  shippingAddress {{ name address1 countryCodeV2 }} billingAddress {{ name address1 }}
  totalPriceSet {MONEY} subtotalPriceSet {MONEY} totalTaxSet {MONEY} totalDiscountsSet {MONEY}
  totalTipReceivedSet {MONEY} totalShippingPriceSet {MONEY} totalReceivedSet {MONEY} totalOutstandingSet {MONEY}
  totalCashRoundingAdjustment {{ paymentSet {MONEY} }}
  discountApplications(first: 9) {{ nodes {{ __typename index targetType targetSelection
    value {{ ... on MoneyV2 {{ amount }} ... on PricingPercentageValue {{ percentage }} }}
    ... on DiscountCodeApplication {{ code }} ... on ManualDiscountApplication {{ title }} }} }}
  lineItems(first: 9) {{ nodes {{ id sku title quantity isGiftCard requiresShipping variant {{ id }} product {{ id }}
    customAttributes {{ key value }} originalUnitPriceSet {MONEY}
    discountAllocations {{ allocatedAmountSet {MONEY} discountApplication {{ index }} }}
    taxLines {{ title rate priceSet {MONEY} }} }} }}
  shippingLines(first: 9) {{ nodes {{ title originalPriceSet {MONEY} discountedPriceSet {MONEY}
    taxLines {{ priceSet {MONEY} }} discountAllocations {{ allocatedAmountSet {MONEY} }} }} }}
  fulfillments(first: 9) {{ location {{ legacyResourceId }} }}
  transactions(first: 9) {{ kind status gateway test amountSet {MONEY} amountRoundingSet {MONEY} }} }} }}"""


@pytest.fixture
def world() -> World:
    return World()


def shown(world: World, order_id: str) -> Any:
    found = graphql.document(ORDER)
    assert found.errors == []
    result = graphql.run(world.shopify, found, None, {"id": f"gid://shopify/Order/{order_id}"})
    assert result.errors is None
    assert result.data is not None
    return result.data["order"]


def amount(bag: Any) -> str:
    return str(bag["shopMoney"]["amount"])


def sample(name: str) -> dict[str, Any]:
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip("the sample bodies are not there")
    return dict(json.loads(path.read_text("utf-8")))


# -- as given ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sample_orders_create_loop_online.json", "sample_orders_create_loop_pos.json"])
def test_an_imported_order_is_shown_as_it_was_given(world: World, name: str) -> None:
    body = sample(name)
    made = ACTS["import_order"](world, body=body)
    order = shown(world, made["order_id"])
    assert (order["legacyResourceId"], order["name"], order["note"]) == (str(body["id"]), body["name"], body["note"])
    assert order["app"] == {"id": "gid://shopify/App/1662707", "name": "Loop Returns & Exchanges"}
    assert (order["sourceName"], order["tags"]) == ("1662707", [body["tags"]])
    assert [(one["key"], one["value"]) for one in order["customAttributes"]] == [
        (one["name"], one["value"]) for one in body["note_attributes"]
    ]
    assert order["discountCodes"] == ["loop-discount"]
    assert (order["displayFinancialStatus"], order["paymentGatewayNames"]) == ("PAID", body["payment_gateway_names"])
    assert Decimal(amount(order["totalPriceSet"])) == Decimal(body["total_price"])
    assert amount(order["totalOutstandingSet"]) == "0.0"
    line = order["lineItems"]["nodes"][0]
    assert line["id"] == body["line_items"][0]["admin_graphql_api_id"]
    assert amount(line["discountAllocations"][0]["allocatedAmountSet"]) == "80.0"


def test_the_online_sample_ships_and_the_store_sample_does_not(world: World) -> None:
    online, store = (
        shown(world, ACTS["import_order"](world, body=sample(f"sample_orders_create_loop_{name}.json"))["order_id"])
        for name in ("online", "pos")
    )
    assert (online["shippingAddress"]["name"], online["billingAddress"]) == ("Dana Reyes", None)
    assert (online["displayFulfillmentStatus"], online["transactions"]) == ("UNFULFILLED", [])
    assert (store["shippingAddress"], store["displayFulfillmentStatus"]) == (None, "FULFILLED")
    assert store["retailLocation"] == {"legacyResourceId": "61200000001"}
    assert [(one["gateway"], amount(one["amountSet"])) for one in store["transactions"]] == [("manual", "15.0")]


def test_an_imported_order_goes_out_again_as_the_same_body(world: World) -> None:
    body = sample("sample_orders_create_loop_online.json")
    world.deliveries.set_mode("hold")
    world.set_targets(shopify="http://127.0.0.1:9/")
    ACTS["import_order"](world, body=body)
    sent = world.deliveries.log[0]
    assert (sent.topic, json.loads(sent.body)) == ("orders/create", body)
    again = rest.order_body(world.shopify.get(body["id"]))
    moments = ("created_at", "updated_at", "processed_at", "customer")
    unlike = ("token", "order_status_url", "total_weight", *moments)
    assert {key for key in body if key not in unlike and again[key] != body[key]} == set()


def test_what_the_parts_do_not_add_up_to_stays_as_it_was_stated(world: World) -> None:
    body = sample("sample_orders_create_loop_online.json")
    made = ACTS["import_order"](world, body={**body, "total_price": "0.02"}, announce=False)
    assert amount(shown(world, made["order_id"])["totalPriceSet"]) == "0.02"
    with pytest.raises(ValueError, match="has an order"):
        ACTS["import_order"](world, body=body)


def test_a_newer_state_of_an_imported_order_replaces_it(world: World) -> None:
    body = sample("sample_orders_create_loop_online.json")
    newer = {**body, "note": "changed", "updated_at": "2026-11-04T10:15:31-05:00"}
    with pytest.raises(ValueError, match="has no order"):
        ACTS["import_order"](world, body=newer, replace=True)
    made = ACTS["import_order"](world, body=body)
    world.deliveries.set_mode("hold")
    world.set_targets(shopify="http://127.0.0.1:9/")
    ACTS["import_order"](world, body=newer, replace=True)
    assert shown(world, made["order_id"])["note"] == "changed"
    assert [(one.topic, json.loads(one.body)) for one in world.deliveries.log] == [("orders/updated", newer)]


def test_payments_of_an_imported_order_can_be_given(world: World) -> None:
    body = sample("sample_orders_create_loop_pos.json")
    rows = [{"id": 77, "kind": "sale", "gateway": "stripe", "amount": "15.00", "status": "success"}]
    made = ACTS["import_order"](world, body=body, transactions=rows)
    paid = shown(world, made["order_id"])["transactions"]
    assert [(one["kind"], one["gateway"]) for one in paid] == [("SALE", "stripe")]


# -- of every kind -----------------------------------------------------------------------------------------------------


def test_an_order_of_an_app_has_its_id_as_source(world: World) -> None:
    order = shown(world, ACTS["create_order"](world, app_id=424242, note="hello", attributes={"a": "b"})["order_id"])
    assert (order["sourceName"], order["app"]["id"], order["note"]) == ("424242", "gid://shopify/App/424242", "hello")
    assert order["customAttributes"] == [{"key": "a", "value": "b"}]
    named = shown(world, ACTS["create_order"](world, source_name="marketplace", app_id=424242)["order_id"])
    assert named["sourceName"] == "marketplace"


def test_a_sale_in_the_store_is_complete_and_has_no_address(world: World) -> None:
    made = ACTS["create_order"](
        world, pos=True, payments=[["cash", "108.00"]], tip="2.00", rounding="-0.02", guest=True
    )
    order = shown(world, made["order_id"])
    assert (order["sourceName"], order["shippingAddress"], order["customer"]) == ("pos", None, None)
    assert (order["displayFulfillmentStatus"], order["retailLocation"]["legacyResourceId"]) == (
        "FULFILLED",
        order["fulfillments"][0]["location"]["legacyResourceId"],
    )
    assert (amount(order["totalPriceSet"]), amount(order["totalTipReceivedSet"])) == ("110.0", "2.0")
    assert amount(order["transactions"][0]["amountRoundingSet"]) == "-0.02"


def test_a_mixed_cart_sends_one_line_and_hands_out_the_other(world: World) -> None:
    lines = [{"sku": "CAP", "price": "30.00"}, {"sku": "HOODIE", "price": "150.00"}]
    order = shown(world, ACTS["create_order"](world, pos=True, ships=True, fulfilled=[0], lines=lines)["order_id"])
    assert (order["displayFulfillmentStatus"], order["sourceName"]) == ("PARTIALLY_FULFILLED", "pos")
    assert order["shippingAddress"]["address1"] == "12 High Street"


def test_gift_cards_custom_lines_and_properties(world: World) -> None:
    lines = [
        {"sku": "GIFT-50", "price": "50.00", "gift_card": True},
        {"title": "Engraving", "price": "10.00", "tax_rate": "0", "requires_shipping": False},
        {"sku": "CAP", "price": "30.00", "properties": {"Name": "Ana"}, "taxes": [{"title": "GST", "rate": "0.05"}]},
    ]
    payments = [["gift_card", "20.00"], ["shopify_payments", "71.50"]]
    order = shown(world, ACTS["create_order"](world, lines=lines, payments=payments, test=True)["order_id"])
    gift, engraving, cap = order["lineItems"]["nodes"]
    assert (gift["isGiftCard"], gift["requiresShipping"], gift["taxLines"]) == (True, False, [])
    assert (engraving["sku"], engraving["variant"], engraving["product"]) == (None, None, None)
    assert cap["customAttributes"] == [{"key": "Name", "value": "Ana"}]
    assert [(one["title"], amount(one["priceSet"])) for one in cap["taxLines"]] == [("GST", "1.5")]
    assert (amount(order["totalPriceSet"]), order["test"]) == ("91.5", True)
    assert order["paymentGatewayNames"] == ["gift_card", "shopify_payments"]
    assert order["displayFinancialStatus"] == "PAID"


def test_discounts_of_every_kind_are_allocated(world: World) -> None:
    lines = [
        {"sku": "TEE", "quantity": 2, "price": "50.00", "line_discount": "10.00"},
        {"sku": "CAP", "price": "30.00"},
    ]
    discounts = [
        {"code": "TEN", "percent": 10},
        {"kind": "automatic", "title": "Caps", "amount": "7.00", "lines": [1]},
        {"code": "FREESHIP", "amount": "5.00", "target": "shipping_line"},
    ]
    made = ACTS["create_order"](
        world, lines=lines, discounts=discounts, shipping="5.00", shipping_tax_rate="0.08", marked_paid=True
    )
    order = shown(world, made["order_id"])
    kinds = [(one["__typename"], one["targetType"]) for one in order["discountApplications"]["nodes"]]
    assert kinds == [
        ("ManualDiscountApplication", "LINE_ITEM"),
        ("DiscountCodeApplication", "LINE_ITEM"),
        ("AutomaticDiscountApplication", "LINE_ITEM"),
        ("DiscountCodeApplication", "SHIPPING_LINE"),
    ]
    tee, cap = order["lineItems"]["nodes"]
    assert [amount(one["allocatedAmountSet"]) for one in tee["discountAllocations"]] == ["10.0", "9.0"]
    assert [amount(one["allocatedAmountSet"]) for one in cap["discountAllocations"]] == ["3.0", "7.0"]
    sent = order["shippingLines"]["nodes"][0]
    assert (amount(sent["originalPriceSet"]), amount(sent["discountedPriceSet"])) == ("5.0", "0.0")
    assert amount(sent["taxLines"][0]["priceSet"]) == "0.4"
    # 81.00 + 20.00, taxes 6.48 + 1.60 + 0.40 on shipping
    assert (amount(order["totalPriceSet"]), amount(order["totalDiscountsSet"])) == ("109.48", "34.0")
    assert (order["displayFinancialStatus"], order["transactions"]) == ("PAID", [])
    body = rest.order_body(world.shopify.get(made["order_id"]))
    assert [(one["code"], one["amount"], one["type"]) for one in body["discount_codes"]] == [
        ("TEN", "12.00", "percentage"),
        ("FREESHIP", "5.00", "shipping"),
    ]
    assert body["total_price"] == "109.48"


def test_what_is_rendered_can_be_imported_elsewhere(world: World) -> None:
    lines = [{"sku": "TEE", "quantity": 2, "price": "50.00", "line_discount": "10.00"}]
    made = ACTS["create_order"](
        world, lines=lines, shipping="5.00", note="for you", tags=["a", "b"], discounts=[{"amount": "3.00"}]
    )
    body = json.loads(json.dumps(rest.order_body(world.shopify.get(made["order_id"]))))
    other = World()
    ACTS["import_order"](other, body=body)
    assert rest.order_body(other.shopify.get(made["order_id"])) == body


def test_many_orders_at_once(world: World) -> None:
    made = ACTS["create_orders"](world, count=3, prefix="#K", email="shopper{n}@example.com")
    assert [one.name for one in world.shopify.orders.values()] == ["#K1", "#K2", "#K3"]
    assert (made["count"], len(world.shopify.customers)) == (3, 3)
    with pytest.raises(TypeError):
        ACTS["create_order"](world, colour="red")
