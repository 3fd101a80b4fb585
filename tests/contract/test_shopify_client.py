"""What the Shopify client asks, and what it makes of the answers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from ledgerloop.outcome import (
    CredentialsRefused,
    NotThere,
    Refused,
    RemoteProblem,
    Unclear,
    Unreachable,
)
from ledgerloop.remotes.shopify.auth import StaticToken
from ledgerloop.remotes.shopify.client import ShopifyClient
from ledgerloop.remotes.shopify.errors import CODES, ROWS
from tests.support.scripted import Asked, Scripted, answer, sample

TOKEN = "shpat_0123456789abcdef"
ORDER = "5821447739602"


def client_of(shopify: Scripted, version: str = "2026-10") -> ShopifyClient:
    http = shopify.http("shopify", "https://example.myshopify.com")
    return ShopifyClient(
        http, StaticToken(TOKEN), version, shopify.time.clock, pace=shopify.pace, sleep=shopify.time.sleep
    )


def error(code: str, message: str = "no", path: list[object] | None = None) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}, **({"path": path} if path else {})}


def order(**changes: Any) -> dict[str, Any]:
    return {**sample("shopify/order_money.json"), **changes}


def test_an_order_is_asked_for_by_one_named_document_with_its_fragments() -> None:
    shopify = Scripted(answer(200, {"data": {"order": order()}}))

    assert client_of(shopify).order_money(ORDER) == order()
    asked = shopify.asked[0]
    assert (asked.method, asked.path) == ("POST", "/admin/api/2026-10/graphql.json")
    assert asked.headers["x-shopify-access-token"] == TOKEN
    assert asked.json["variables"] == {"id": f"gid://shopify/Order/{ORDER}"}
    assert asked.json["operationName"] == "OrderMoney"
    assert asked.json["query"].count("query ") == 1
    assert "fragment Transaction on" in asked.json["query"]
    assert "WebhookDelete" not in asked.json["query"]
    assert (shopify.evidence.calls[0].subject, shopify.evidence.calls[0].write) == (ORDER, False)


def test_an_order_that_does_not_exist_is_none() -> None:
    assert client_of(Scripted(answer(200, {"data": {"order": None}}))).order_money(ORDER) is None


def test_what_cannot_be_an_order_id_is_not_asked_for() -> None:
    shopify = Scripted(answer(200, {"data": {"order": None}}))

    assert client_of(shopify).order_money("#10482") is None
    assert shopify.asked == []


@pytest.mark.parametrize(
    "full",
    [
        {"transactions": [{}] * 25},
        {"refunds": [{"transactions": {"nodes": []}}] * 20},
        {"refunds": [{"transactions": {"pageInfo": {"hasNextPage": True}, "nodes": []}}]},
    ],
)
def test_a_list_that_came_back_full_is_asked_for_wider(full: dict[str, Any]) -> None:
    shopify = Scripted(answer(200, {"data": {"order": order(**full)}}), answer(200, {"data": {"order": order()}}))

    assert client_of(shopify).order_money(ORDER) == order()
    assert [asked.json["operationName"] for asked in shopify.asked] == ["OrderMoney", "OrderMoneyWide"]


def test_an_order_that_cannot_be_read_whole_is_told_rather_than_cut() -> None:
    shopify = Scripted(answer(200, {"data": {"order": order(transactions=[{}] * 250)}}))

    with pytest.raises(Refused) as caught:
        client_of(shopify).order_money(ORDER)

    assert caught.value.code == "shopify_order_too_large"


def test_an_order_made_with_return_credit_comes_with_its_discount_allocations() -> None:
    def respond(asked: Asked) -> httpx2.Response:
        if asked.json["operationName"] == "OrderMoney":
            return answer(200, {"data": {"order": order(discountCodes=["loop-discount"])}})
        second = asked.json["variables"]["cursor"] == "p2"
        lines = {"pageInfo": {"hasNextPage": not second, "endCursor": "p2"}, "nodes": [{"id": "b" if second else "a"}]}
        return answer(200, {"data": {"order": {"lineItems": lines, "shippingLines": {"nodes": [{"id": "s"}]}}}})

    shopify = Scripted(respond=respond)
    seen = client_of(shopify).order_money(ORDER)

    assert seen is not None
    assert (seen["lineItems"], seen["shippingLines"]) == (
        {"nodes": [{"id": "a"}, {"id": "b"}]},
        {"nodes": [{"id": "s"}]},
    )
    assert len(shopify.asked) == 3


def test_an_order_may_lack_its_location_where_the_app_may_not_read_locations() -> None:
    denied = error("ACCESS_DENIED", "Access denied for retailLocation", ["order", "retailLocation"])
    shopify = Scripted(answer(200, {"data": {"order": order(retailLocation=None)}, "errors": [denied]}))

    seen = client_of(shopify).order_money(ORDER)

    assert seen is not None
    assert seen["retailLocation"] is None


@pytest.mark.parametrize(
    "path",
    [["order"], ["order", "refunds", 0, "return"], ["order", "retailLocationX"], None, []],
)
def test_an_order_with_a_hole_where_money_is_is_refused(path: list[object] | None) -> None:
    body = {"data": {"order": order()}, "errors": [error("ACCESS_DENIED", "Access denied", path)]}

    with pytest.raises(CredentialsRefused) as caught:
        client_of(Scripted(answer(200, body))).order_money(ORDER)

    assert caught.value.code == "shopify_access_denied"


PERSON = {"email": None, "phone": None, "customer": {"id": "gid://shopify/Customer/7", "firstName": None}}


def hole(*path: object, code: str = "ACCESS_DENIED") -> dict[str, Any]:
    return error(code, "This app is not approved to access the field.", list(path))


def test_personal_fields_that_the_app_may_not_read_stop_no_order() -> None:
    holes = [
        hole("order", "email"),
        hole("order", "customer", "firstName"),
        hole("order", "customer", "defaultEmailAddress", "emailAddress"),
        hole("order", "billingAddress"),
        hole("order", "shippingAddress", "phone"),
    ]
    whole = order(**PERSON, lineItems={"nodes": [], "pageInfo": {"hasNextPage": False}})

    seen = client_of(Scripted(answer(200, {"data": {"order": whole}, "errors": holes}))).order_whole(ORDER)

    assert seen is not None
    assert seen["email"] is None


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ({"order": PERSON}, ["order", "shippingAddress"], "ACCESS_DENIED"),
        ({"order": PERSON}, ["order", "shippingAddress", "address1"], "ACCESS_DENIED"),
        ({"order": PERSON}, ["order", "customer"], "ACCESS_DENIED"),
        ({"order": PERSON}, ["order", "customer", "id"], "ACCESS_DENIED"),
        ({"order": PERSON}, ["order", "email"], "INTERNAL_SERVER_ERROR"),
        ({"order": None}, ["order", "email"], "ACCESS_DENIED"),
    ],
)
def test_a_hole_that_decides_something_is_refused(data: dict[str, Any], path: list[object], code: str) -> None:
    shopify = Scripted(respond=lambda _asked: answer(200, {"data": data, "errors": [hole(*path, code=code)]}))
    with pytest.raises(RemoteProblem):
        client_of(shopify).order_whole(ORDER)


def test_the_personal_fields_that_are_refused_are_named() -> None:
    holes = [hole("orders", "nodes", 0, "email"), hole("orders", "nodes", 0, "customer", "lastName")]
    body = {"data": {"orders": {"nodes": [{"id": "gid://shopify/Order/1", "email": None}]}}, "errors": holes}
    shopify = Scripted(answer(200, body), answer(200, {"data": {"orders": {"nodes": []}}}))
    assert client_of(shopify).personal_refused() == ("customer.lastName", "email")
    none = Scripted(answer(200, {"data": {"orders": {"nodes": []}}}))
    assert client_of(none).personal_refused() == ()


REFUSALS: list[tuple[int, Any, type[RemoteProblem], str]] = [
    (401, {"errors": "[API] Invalid API key or access token"}, CredentialsRefused, "shopify_credentials"),
    (402, {"errors": "Payment required"}, Refused, "shopify_shop_frozen"),
    (403, {"errors": "Forbidden"}, CredentialsRefused, "shopify_access_denied"),
    (404, {"errors": "Not Found"}, Refused, "shopify_wrong_address"),
    (301, None, Refused, "shopify_wrong_address"),
    (423, {"errors": "Locked"}, Refused, "shopify_shop_locked"),
    (400, {"errors": {"query": "Required parameter missing"}}, Refused, "shopify_query_refused"),
    (200, {"errors": [error("ACCESS_DENIED")]}, CredentialsRefused, "shopify_access_denied"),
    (200, {"errors": [error("MAX_COST_EXCEEDED")]}, Refused, "shopify_query_too_costly"),
    (200, {"errors": [error("SHOP_INACTIVE")]}, Refused, "shopify_shop_frozen"),
    (200, {"errors": [error("undefinedField"), error("ACCESS_DENIED")]}, CredentialsRefused, "shopify_access_denied"),
    (200, {"errors": [{"message": "Field 'x' doesn't exist"}]}, Refused, "shopify_query_refused"),
    (200, {"errors": "something"}, Refused, "shopify_query_refused"),
    (200, {"data": {"order": None}, "errors": [{"message": "no path"}]}, Refused, "shopify_query_refused"),
]


@pytest.mark.parametrize(("status", "body", "kind", "code"), REFUSALS)
def test_refusals_are_told_apart_and_not_repeated(
    status: int, body: object, kind: type[RemoteProblem], code: str
) -> None:
    shopify = Scripted(answer(status, body))

    with pytest.raises(kind) as caught:
        client_of(shopify).order_money(ORDER)

    assert caught.value.code == code
    assert len(shopify.asked) == 1
    assert shopify.evidence.calls[0].outcome == code


def test_a_refusal_carries_shopifys_own_words() -> None:
    with pytest.raises(Refused) as caught:
        client_of(Scripted(answer(200, {"errors": [{"message": "Field 'x' doesn't exist"}]}))).access()

    assert caught.value.message == "Field 'x' doesn't exist"


FAULTS: list[tuple[Any, str]] = [
    (answer(500, {}), "shopify_failed"),
    (answer(503, text="<html>"), "shopify_failed"),
    (answer(200, {"errors": [error("INTERNAL_SERVER_ERROR")]}), "shopify_failed"),
    (answer(200, text="<html>"), "shopify_malformed"),
    (answer(200, {"hello": 1}), "shopify_malformed"),
    (answer(200, []), "shopify_malformed"),
    (httpx2.ReadTimeout("late"), "shopify_unclear"),
    (httpx2.ConnectError("refused"), "shopify_unreachable"),
]


@pytest.mark.parametrize(("reply", "code"), FAULTS)
def test_reads_are_repeated_and_in_the_end_did_no_harm(reply: Any, code: str) -> None:
    shopify = Scripted(reply)

    with pytest.raises(Unreachable) as caught:
        client_of(shopify).order_money(ORDER)

    assert caught.value.code == code
    assert 4 <= len(shopify.asked) <= 8
    assert sum(shopify.time.slept) < 20


@pytest.mark.parametrize(("reply", "code"), FAULTS)
def test_a_read_goes_on_when_the_fault_has_passed(reply: Any, code: str) -> None:
    shopify = Scripted(reply, reply, answer(200, {"data": {"order": None}}))

    assert client_of(shopify).order_money(ORDER) is None
    assert (len(shopify.asked), shopify.pace.taken) == (3, 3)


def test_orders_updated_are_read_page_by_page_in_the_window() -> None:
    def respond(asked: Asked) -> httpx2.Response:
        last = asked.json["variables"]["cursor"] == "c1"
        node = {
            "id": "gid://shopify/Order/2" if last else "gid://shopify/Order/1",
            "name": "#1",
            "updatedAt": "2026-03-01T00:00:00Z",
        }
        info = {"hasNextPage": not last, "endCursor": None if last else "c1"}
        return answer(200, {"data": {"orders": {"pageInfo": info, "nodes": [node]}}})

    shopify = Scripted(respond=respond)
    since = datetime(2026, 3, 1, 0, 0, 0, 900_000, tzinfo=UTC)
    seen = list(client_of(shopify).orders_updated(since, since + timedelta(hours=1)))

    assert [one["id"][-1] for one in seen] == ["1", "2"]
    assert [asked.json["variables"] for asked in shopify.asked] == [
        {"query": "updated_at:>='2026-03-01T00:00:00Z' updated_at:<='2026-03-01T01:00:01Z'", "cursor": cursor}
        for cursor in (None, "c1")
    ]


def test_a_list_longer_than_shopify_pages_is_asked_for_anew_from_where_it_stands() -> None:
    def respond(asked: Asked) -> httpx2.Response:
        moment = "2026-03-02T00:00:00Z"
        if moment in asked.json["variables"]["query"]:
            return answer(
                200, {"data": {"orders": {"pageInfo": {"hasNextPage": False}, "nodes": [{"updatedAt": moment}]}}}
            )
        info = {"hasNextPage": True, "endCursor": str(len(shopify.asked))}
        return answer(200, {"data": {"orders": {"pageInfo": info, "nodes": [{"updatedAt": moment}] * 5000}}})

    shopify = Scripted(respond=respond)
    seen = list(client_of(shopify).orders_updated(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)))

    assert (len(seen), len(shopify.asked)) == (20_001, 5)


@pytest.mark.parametrize("cursor", ["same", None, ""])
def test_a_list_that_leads_nowhere_is_told_rather_than_rows_left_out(cursor: str | None) -> None:
    page = {"pageInfo": {"hasNextPage": True, "endCursor": cursor}, "nodes": []}

    with pytest.raises(Unreachable) as caught:
        client_of(Scripted(answer(200, {"data": {"locations": page}}))).locations()

    assert caught.value.code == "shopify_pages_broken"


def test_access_tells_what_the_app_may_do() -> None:
    data = {
        "currentAppInstallation": {"accessScopes": [{"handle": "read_orders"}], "app": {"id": "1", "title": "L"}},
        "shop": {"name": "Example", "myshopifyDomain": "example.myshopify.com"},
        "publicApiVersions": [{"handle": "2026-10", "supported": True}],
    }

    assert client_of(Scripted(answer(200, {"data": data}))).access().scopes == frozenset({"read_orders"})


def test_subscriptions_are_listed_made_and_ended() -> None:
    hook = {
        "id": "gid://shopify/WebhookSubscription/1",
        "topic": "ORDERS_CREATE",
        "uri": "https://example.com/h",
        "name": "a",
    }
    by_operation = {
        "Webhooks": {"webhookSubscriptions": {"pageInfo": {"hasNextPage": False}, "nodes": [hook]}},
        "WebhookCreate": {"webhookSubscriptionCreate": {"webhookSubscription": hook, "userErrors": []}},
        "WebhookDelete": {"webhookSubscriptionDelete": {"deletedWebhookSubscriptionId": hook["id"], "userErrors": []}},
    }
    shopify = Scripted(respond=lambda asked: answer(200, {"data": by_operation[asked.json["operationName"]]}))
    client = client_of(shopify)

    assert client.webhooks() == [hook]
    assert client.create_webhook("orders/create", "https://example.com/h", "a") == hook
    client.delete_webhook(hook["id"])

    wanted = {"uri": "https://example.com/h", "format": "JSON", "name": "a"}
    assert shopify.asked[1].json["variables"] == {"topic": "ORDERS_CREATE", "subscription": wanted}
    assert [call.write for call in shopify.evidence.calls] == [False, True, True]


@pytest.mark.parametrize(
    ("message", "kind", "code"),
    [
        ("Webhook subscription does not exist", NotThere, "shopify_not_there"),
        ("Address is not allowed", Refused, "shopify_refused"),
    ],
)
def test_user_errors_are_refusals(message: str, kind: type[Refused], code: str) -> None:
    payload = {"deletedWebhookSubscriptionId": None, "userErrors": [{"field": ["id"], "message": message}]}

    with pytest.raises(kind) as caught:
        client_of(Scripted(answer(200, {"data": {"webhookSubscriptionDelete": payload}}))).delete_webhook("gid")

    assert (caught.value.code, caught.value.message) == (code, message)


def test_a_mutation_whose_answer_was_lost_is_not_repeated() -> None:
    shopify = Scripted(httpx2.ReadTimeout("late"))

    with pytest.raises(Unclear):
        client_of(shopify).create_webhook("orders/create", "https://example.com/h")

    assert len(shopify.asked) == 1


def test_a_mutation_that_never_left_is_repeated() -> None:
    payload = {"webhookSubscriptionDelete": {"deletedWebhookSubscriptionId": "gid", "userErrors": []}}
    shopify = Scripted(httpx2.ConnectError("refused"), answer(200, {"data": payload}))

    client_of(shopify).delete_webhook("gid")

    assert len(shopify.asked) == 2


def test_another_api_version_than_was_asked_for_is_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    shopify = Scripted(answer(200, {"data": {"order": None}}, x_shopify_api_version="2027-01"))
    client = client_of(shopify)

    client.order_money(ORDER)
    client.order_money(ORDER)

    told = capsys.readouterr()
    assert client.served_version == "2027-01"
    assert (told.out + told.err).count("shopify_other_version") == 1


def test_the_version_that_was_asked_for_is_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    client_of(Scripted(answer(200, {"data": {"order": None}}, x_shopify_api_version="2026-10"))).order_money(ORDER)

    told = capsys.readouterr()
    assert "shopify_other_version" not in told.out + told.err


def test_no_token_is_kept_as_evidence_or_shown() -> None:
    shopify = Scripted(answer(401, {"errors": f"Invalid access token {TOKEN}"}))

    with pytest.raises(CredentialsRefused) as caught:
        client_of(shopify).order_money(ORDER)

    assert TOKEN not in repr(shopify.evidence.calls) + caught.value.message
    assert TOKEN not in repr(StaticToken(TOKEN))


def test_every_code_of_the_table_has_a_cause_and_a_remedy() -> None:
    assert {row.code for row in ROWS} <= set(CODES)
    assert [code for code, texts in CODES.items() if not code.startswith("shopify_") or not all(texts)] == []
