"""The Shopify simulator: tokens, scopes, cost, search, money, refunds and returns as Shopify shows them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from ledgerloop_sandbox.handle import Handle, fresh

MONEY = "{ shopMoney { amount currencyCode } }"
REFUNDS = f"""
query Refunds($id: ID!) {{ order(id: $id) {{
  displayFinancialStatus returnStatus
  totalPriceSet {MONEY} totalRefundedSet {MONEY}
  returns(first: 5) {{ nodes {{ id status }} }}
  refunds(first: 20) {{
    legacyResourceId return {{ id }}
    orderAdjustments(first: 5) {{ nodes {{ reason amountSet {MONEY} }} }}
    refundLineItems(first: 5) {{ nodes {{ quantity subtotalSet {MONEY} totalTaxSet {MONEY} lineItem {{ sku }} }} }}
    transactions(first: 5) {{ nodes {{ kind status gateway amountSet {MONEY} parentTransaction {{ id kind }} }} }}
  }} }} }}"""


@pytest.fixture(scope="module")
def running() -> Iterator[Handle]:
    with Handle("--empty") as handle:
        yield handle


@pytest.fixture
def sandbox(running: Handle) -> Iterator[Handle]:
    with fresh(running) as handle:
        yield handle


class Shop:
    """A caller of the GraphQL API."""

    def __init__(self, sandbox: Handle, token: str | None = None) -> None:
        self.url = f"{sandbox.shopify}/admin/api/2026-10/graphql.json"
        self.headers = {"X-Shopify-Access-Token": token or sandbox.credentials["shopify_token"]}

    def post(self, query: str, **variables: Any) -> httpx2.Response:
        body = {"query": query, "variables": variables}
        return httpx2.post(self.url, json=body, headers=self.headers, trust_env=False)

    def data(self, query: str, **variables: Any) -> Any:
        body = self.post(query, **variables).json()
        assert "errors" not in body, body["errors"]
        return body["data"]


@pytest.fixture
def shop(sandbox: Handle) -> Shop:
    return Shop(sandbox)


def gid(order: dict[str, Any]) -> str:
    return f"gid://shopify/Order/{order['order_id']}"


def test_a_wrong_token_is_401_with_shopifys_body(sandbox: Handle) -> None:
    answer = Shop(sandbox, "shpat_wrong").post("{ shop { name } }")
    body = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}
    assert (answer.status_code, answer.json()) == (401, body)


def test_client_credentials_give_a_token_that_expires(sandbox: Handle) -> None:
    sandbox.control("POST", "/shopify/settings", token_lifetime_s=100)
    form = {
        "grant_type": "client_credentials",
        "client_id": sandbox.credentials["shopify_client_id"],
        "client_secret": sandbox.credentials["shopify_client_secret"],
    }
    url = f"{sandbox.shopify}/admin/oauth/access_token"
    granted = httpx2.post(url, data=form, trust_env=False).json()
    assert granted["expires_in"] == 100
    assert granted["scope"].startswith("read_orders,")
    caller = Shop(sandbox, granted["access_token"])
    assert caller.post("{ shop { name } }").status_code == 200
    sandbox.control("POST", "/clock", offset_s=101)
    assert caller.post("{ shop { name } }").status_code == 401
    refused = httpx2.post(url, json={**form, "client_secret": "x"}, trust_env=False)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_a_missing_scope_denies_the_field_and_nothing_else(sandbox: Handle, shop: Shop) -> None:
    order = sandbox.act("place_order", in_netsuite=False)
    sandbox.control("POST", "/shopify/settings", scopes=["read_orders", "read_all_orders"])
    body = shop.post("query($id: ID!) { order(id: $id) { name customer { id } } }", id=gid(order)).json()
    assert body["data"]["order"] == {"name": "#1001", "customer": None}
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert body["errors"][0]["path"] == ["order", "customer"]


def test_orders_older_than_sixty_days_need_read_all_orders(sandbox: Handle, shop: Shop) -> None:
    order = sandbox.act("place_order", in_netsuite=False, created_at="2026-01-05T10:00:00Z")
    query = "query($id: ID!) { order(id: $id) { name } }"
    assert shop.data(query, id=gid(order))["order"] == {"name": "#1001"}
    sandbox.control("POST", "/shopify/settings", scopes=["read_orders"])
    assert shop.data(query, id=gid(order))["order"] is None


def test_every_answer_tells_cost_and_version(shop: Shop) -> None:
    answer = shop.post("{ orders(first: 100) { nodes { id app { id } } } }")
    cost = answer.json()["extensions"]["cost"]
    assert cost["requestedQueryCost"] == 18
    assert cost["throttleStatus"]["maximumAvailable"] == 20 * cost["throttleStatus"]["restoreRate"]
    assert answer.headers["X-Shopify-API-Version"] == "2026-10"


@pytest.mark.parametrize("status", [200, 429])
def test_an_empty_bucket_throttles(sandbox: Handle, shop: Shop, status: int) -> None:
    sandbox.control("POST", "/shopify/settings", restore_rate=0.5, throttled_status=status)
    answer = shop.post("{ orders(first: 100) { nodes { id app { id } } } }")
    assert answer.status_code == status
    body = answer.json()
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert body["extensions"]["cost"]["actualQueryCost"] is None
    assert "data" not in body


def test_a_query_over_the_largest_cost_is_refused(shop: Shop) -> None:
    lines = (
        "lineItems(first: 250) { nodes { variant { id } product { id } taxLines { title } customAttributes { key } } }"
    )
    answer = shop.post(f"{{ orders(first: 250) {{ nodes {{ a: {lines} b: {lines} c: {lines} }} }} }}").json()
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


def test_an_unknown_field_is_an_error_of_the_document(shop: Shop) -> None:
    answer = shop.post("{ shop { moneyInTheBank } }")
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["message"] == "Cannot query field 'moneyInTheBank' on type 'Shop'."


def test_money_drops_zeros(sandbox: Handle, shop: Shop) -> None:
    order = sandbox.act("place_order", shipping="5.25", in_netsuite=False)
    amounts = f"totalPriceSet {MONEY} subtotalPriceSet {MONEY} totalTipReceivedSet {MONEY}"
    query = f"query($id: ID!) {{ order(id: $id) {{ {amounts} }} }}"
    found = shop.data(query, id=gid(order))["order"]
    assert [found[name]["shopMoney"]["amount"] for name in found] == ["113.25", "100.0", "0.0"]


def test_orders_are_searched_sorted_and_paged(sandbox: Handle, shop: Shop) -> None:
    for n in range(5):
        sandbox.act(
            "place_order", name=f"#10{n}", in_netsuite=False, created_at=f"2026-11-0{n + 1}T10:00:00Z", fulfilled=False
        )
    query = """query($q: String, $after: String) { orders(first: 2, after: $after, query: $q, sortKey: UPDATED_AT) {
      pageInfo { hasNextPage endCursor } nodes { name } } }"""
    search, names, after = "updated_at:>='2026-11-02T00:00:00Z'", [], None
    while True:
        page = shop.data(query, q=search, after=after)["orders"]
        names += [node["name"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert names == ["#101", "#102", "#103", "#104"]


def test_a_name_is_searched_by_its_tokens(sandbox: Handle, shop: Shop) -> None:
    for name in ("#1001", "EXC-1001", "#1002"):
        sandbox.act("place_order", name=name, in_netsuite=False)
    found = shop.data('{ orders(first: 5, query: "name:#1001") { nodes { name } } }')["orders"]["nodes"]
    assert sorted(node["name"] for node in found) == ["#1001", "EXC-1001"]


def test_a_connection_needs_first_or_last(shop: Shop) -> None:
    assert "first or last" in shop.post("{ orders { nodes { id } } }").json()["errors"][0]["message"]


def test_nodes_keep_the_order_asked_for_and_give_null_for_unknown_ids(sandbox: Handle, shop: Shop) -> None:
    orders = [sandbox.act("place_order", name=f"#{n}", in_netsuite=False) for n in (1, 2)]
    ids = [gid(orders[1]), "gid://shopify/Order/1", gid(orders[0])]
    found = shop.data("query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { name } } }", ids=ids)["nodes"]
    assert [node and node["name"] for node in found] == ["#2", None, "#1"]


def test_a_processed_return_is_refunded_through_its_return(sandbox: Handle, shop: Shop) -> None:
    lines = [{"sku": "TEE", "quantity": 2, "price": "50.00"}, {"sku": "CAP", "quantity": 1, "price": "30.00"}]
    order = sandbox.act("place_order", name="#1003", lines=lines, order_discount="13.00", in_netsuite=False)
    made = sandbox.act("request_return", order_id=order["order_id"])
    opened = shop.data(REFUNDS, id=gid(order))["order"]
    assert (opened["returnStatus"], opened["refunds"]) == ("IN_PROGRESS", [])
    sandbox.act("process_in_loop", return_id=made["return_id"])
    found = shop.data(REFUNDS, id=gid(order))["order"]
    (refund,) = found["refunds"]
    (paid,) = refund["transactions"]["nodes"]
    (line,) = refund["refundLineItems"]["nodes"]
    assert found["totalPriceSet"]["shopMoney"] == {"amount": "126.36", "currencyCode": "USD"}
    assert (paid["kind"], paid["status"], paid["gateway"]) == ("REFUND", "SUCCESS", "shopify_payments")
    assert paid["amountSet"]["shopMoney"]["amount"] == "48.6"
    assert paid["parentTransaction"]["kind"] == "SALE"
    assert (line["quantity"], line["subtotalSet"]["shopMoney"]["amount"]) == (1, "45.0")
    assert line["totalTaxSet"]["shopMoney"]["amount"] == "3.6"
    assert refund["return"]["id"] == found["returns"]["nodes"][0]["id"]
    assert found["returns"]["nodes"][0]["status"] == "CLOSED"
    assert found["displayFinancialStatus"] == "PARTIALLY_REFUNDED"


def test_of_a_split_tender_the_gift_card_is_refunded_first(sandbox: Handle, shop: Shop) -> None:
    payments = [["shopify_payments", "60.00"], ["gift_card", "48.00"]]
    order = sandbox.act("place_order", payments=payments, in_netsuite=False)
    made = sandbox.act("request_return", order_id=order["order_id"], handling_fee="8.00")
    sandbox.act("process_in_loop", return_id=made["return_id"])
    (refund,) = shop.data(REFUNDS, id=gid(order))["order"]["refunds"]
    paid = [(one["gateway"], one["amountSet"]["shopMoney"]["amount"]) for one in refund["transactions"]["nodes"]]
    assert paid == [("gift_card", "48.0"), ("shopify_payments", "52.0")]


def test_a_return_without_money_leaves_a_negative_discrepancy(sandbox: Handle, shop: Shop) -> None:
    order = sandbox.act("place_order", in_netsuite=False)
    made = sandbox.act("request_return", order_id=order["order_id"], outcome="gift_card")
    sandbox.act("process_in_loop", return_id=made["return_id"])
    (refund,) = shop.data(REFUNDS, id=gid(order))["order"]["refunds"]
    (adjustment,) = refund["orderAdjustments"]["nodes"]
    assert refund["transactions"]["nodes"] == []
    assert adjustment["reason"] == "PENDING_REFUND_DISCREPANCY"
    assert adjustment["amountSet"]["shopMoney"]["amount"] == "-108.0"


def test_a_pending_refund_settles_later(sandbox: Handle, shop: Shop) -> None:
    sandbox.control("POST", "/loop/settings", refund_status="PENDING")
    order = sandbox.act("place_order", in_netsuite=False)
    made = sandbox.act("request_return", order_id=order["order_id"])
    sandbox.act("process_in_loop", return_id=made["return_id"])
    seen = []
    for act in ("", "settle_refund"):
        if act:
            sandbox.act(act, order_id=order["order_id"])
        found = shop.data(REFUNDS, id=gid(order))["order"]
        status = found["refunds"][0]["transactions"]["nodes"][0]["status"]
        seen.append((status, found["totalRefundedSet"]["shopMoney"]["amount"]))
    assert seen == [("PENDING", "0.0"), ("SUCCESS", "108.0")]


def test_a_refund_by_hand_has_no_return(sandbox: Handle, shop: Shop) -> None:
    order = sandbox.act("place_order", in_netsuite=False)
    sandbox.act("shopify_refund", order_id=order["order_id"], amount="15.00")
    (refund,) = shop.data(REFUNDS, id=gid(order))["order"]["refunds"]
    assert (refund["return"], refund["refundLineItems"]["nodes"]) == (None, [])


def test_subscriptions_are_made_listed_and_deleted(shop: Shop) -> None:
    create = """mutation($topic: WebhookSubscriptionTopic!, $sub: WebhookSubscriptionInput!) {
      webhookSubscriptionCreate(topic: $topic, webhookSubscription: $sub) {
        webhookSubscription { id topic uri name } userErrors { field message } } }"""
    sub = {"uri": "http://127.0.0.1:1/hook", "format": "JSON", "name": "orders-create"}
    made = shop.data(create, topic="ORDERS_CREATE", sub=sub)["webhookSubscriptionCreate"]["webhookSubscription"]
    again = shop.data(create, topic="ORDERS_CREATE", sub=sub)["webhookSubscriptionCreate"]
    assert again["userErrors"][0]["message"] == "Address for this topic has already been taken"
    listing = "{ webhookSubscriptions(first: 5) { nodes { id topic uri name } } }"
    assert shop.data(listing)["webhookSubscriptions"]["nodes"] == [made]
    delete = """mutation($id: ID!) { webhookSubscriptionDelete(id: $id) {
      deletedWebhookSubscriptionId userErrors { message } } }"""
    assert shop.data(delete, id=made["id"])["webhookSubscriptionDelete"]["userErrors"] == []
    assert shop.data(listing)["webhookSubscriptions"]["nodes"] == []
    assert shop.data(delete, id=made["id"])["webhookSubscriptionDelete"]["userErrors"] != []
