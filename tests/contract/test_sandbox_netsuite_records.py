"""The simulated record API: keys of sublists, validation, identity, periods, limits, and the words of its refusals."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
import pytest

from ledgerloop_sandbox.netsuite.app import create_app
from tests.support.netsuite_account import HOST, Remote


@pytest.fixture
def remote() -> Remote:
    return Remote()


def items(remote: Remote, path: str) -> list[tuple[int, str, float]]:
    rows = remote.get(path)["item"]["items"]
    return [(row["line"], row["item"]["refName"], row.get("quantity", 0.0)) for row in rows]


# -- sublists ----------------------------------------------------------------------------------------------------------


def test_line_numbers_of_orders_have_gaps(remote: Remote) -> None:
    assert [line for line, _, _ in items(remote, f"salesOrder/{remote.order_c()}")] == [1, 4]


def test_a_transform_without_replace_starts_with_every_line(remote: Remote) -> None:
    order = remote.order_c()
    body = {"item": {"items": [{"orderLine": 4, "quantity": 1}]}}
    made = remote.made(f"salesOrder/{order}/!transform/returnAuthorization", body)
    assert items(remote, f"returnAuthorization/{made}") == [(1, "TEE", 2.0), (2, "CAP", 1.0)]


def test_replace_keeps_the_keyed_lines_and_numbers_them_anew(remote: Remote) -> None:
    made = remote.authorise(remote.order_c(), [{"orderLine": 4, "quantity": 1}])
    assert items(remote, f"returnAuthorization/{made}") == [(1, "CAP", 1.0)]


def test_a_line_keyed_by_line_instead_of_order_line_is_added_beside_the_others(remote: Remote) -> None:
    made = remote.authorise(
        remote.order_c(), [{"line": 4, "item": {"id": remote.account.item_id("CAP")}, "quantity": 1}]
    )
    saved = remote.get(f"returnAuthorization/{made}")["item"]["items"]
    assert [row.get("orderLine") for row in saved] == [None]
    assert saved[0]["taxAmount"] == 0.0


def test_on_an_existing_record_an_unkeyed_line_is_appended_and_a_keyed_one_updated(remote: Remote) -> None:
    made = remote.authorise(remote.order_c(), [{"orderLine": 1}, {"orderLine": 4}])
    path = f"returnAuthorization/{made}"
    remote.call(
        "PATCH", f"record/v1/{path}", {"item": {"items": [{"orderLine": 1, "item": {"id": "903"}, "rate": -1}]}}
    )
    remote.call("PATCH", f"record/v1/{path}", {"item": {"items": [{"line": 1, "quantity": 1}]}})
    assert items(remote, path) == [(1, "TEE", 1.0), (2, "CAP", 1.0), (3, "Return Handling Fee", 1.0)]
    remote.call("PATCH", f"record/v1/{path}?replace=item", {"item": {"items": [{"line": 2}]}})
    assert items(remote, path) == [(2, "CAP", 1.0)]


def test_the_item_of_a_linked_line_stays(remote: Remote) -> None:
    path = f"salesOrder/{remote.order_c()}/!transform/returnAuthorization?replace=item"
    detail = remote.refused("POST", path, {"item": {"items": [{"orderLine": 1, "item": {"id": "501"}}]}})
    assert detail["o:errorPath"] == "item.items[0].item"


def test_a_receipt_takes_what_is_not_refused_line_by_line(remote: Remote) -> None:
    made = remote.authorise(remote.order_c(), [{"orderLine": 1}, {"orderLine": 4}])
    body = {"item": {"items": [{"orderLine": 1, "itemReceive": True, "quantity": 1}]}}
    receipt = remote.made(f"returnAuthorization/{made}/!transform/itemReceipt", body)
    assert items(remote, f"itemReceipt/{receipt}") == [(1, "TEE", 1.0), (2, "CAP", 1.0)]
    body = {"item": {"items": [{"orderLine": 1, "itemReceive": False}]}}
    detail = remote.refused("POST", f"returnAuthorization/{made}/!transform/itemReceipt", body)
    assert detail["detail"] == "You must enter at least one line item for this transaction."


@pytest.mark.parametrize(
    "line",
    [{"orderLine": 2}, {"orderLine": 3}, {"orderLine": 9}, {"line": 1}, {"item": {"id": "503"}, "quantity": 1}],
    ids=["discount", "fee", "unknown", "wrong key", "no key"],
)
def test_a_receipts_lines_are_static(remote: Remote, line: dict[str, Any]) -> None:
    order = remote.account.add_sales_order("107", [{"sku": "TEE", "quantity": 2, "discount": "10.00"}])
    remote.account.fulfil(order)
    fee = {"item": {"id": "903"}, "rate": -5.00}
    made = remote.authorise(order, [{"orderLine": 1, "quantity": 2}, {"orderLine": 4}, fee])
    path = f"returnAuthorization/{made}/!transform/itemReceipt"
    assert "static sublist" in remote.refused("POST", path, {"item": {"items": [line]}})["detail"]
    assert "static sublist" in remote.refused("POST", f"{path}?replace=item", {})["detail"]


def test_a_fully_received_line_is_not_listed_any_more(remote: Remote) -> None:
    made = remote.authorise(remote.order_c(), [{"orderLine": 1}, {"orderLine": 4}])
    remote.account.receive(made, {1: 2})
    body = {"item": {"items": [{"orderLine": 1, "itemReceive": False}, {"orderLine": 2, "itemReceive": True}]}}
    assert (
        "static sublist" in remote.refused("POST", f"returnAuthorization/{made}/!transform/itemReceipt", body)["detail"]
    )


def test_goods_with_serial_numbers_need_inventory_detail(remote: Remote) -> None:
    order = remote.account.add_sales_order("107", [{"sku": "SERIAL-1", "quantity": 1}])
    remote.account.fulfil(order)
    made = remote.authorise(order, [{"orderLine": 1}])
    detail = remote.refused("POST", f"returnAuthorization/{made}/!transform/itemReceipt", {})
    assert "inventory detail" in detail["detail"]
    remote.account.receive(made)
    assert remote.get(f"returnAuthorization/{made}")["status"]["id"] == "F"


def test_goods_can_be_received_elsewhere(remote: Remote) -> None:
    made = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    body = {"item": {"items": [{"orderLine": 1, "itemReceive": True, "location": {"id": "9"}}]}}
    remote.made(f"returnAuthorization/{made}/!transform/itemReceipt", body)
    assert [int(remote.account.on_hand("TEE-M", place)) for place in ("9", "7")] == [1, -1]


# -- validation --------------------------------------------------------------------------------------------------------


def test_unknown_names_are_skipped_with_a_warning_unless_errors_are_asked_for(remote: Remote) -> None:
    body = {"colour": "red", "item": {"items": [{"orderLine": 1, "restock": True}]}}
    path = f"salesOrder/{remote.order_a()}/!transform/returnAuthorization?replace=item"
    answer = remote.call("POST", f"record/v1/{path}", body, {"X-NetSuite-PropertyNameValidation": "Warning"})
    assert answer.status_code == 204
    assert "colour" in answer.headers["x-netsuite-propertyvalidation"]
    assert "item.items[0].restock" in answer.headers["x-netsuite-propertyvalidation"]
    detail = remote.refused("POST", path, body)
    assert (detail["status"], detail["o:errorCode"], detail["o:errorPath"]) == (400, "INVALID_CONTENT", "colour")
    assert "colour" in detail["detail"]


def test_restock_is_no_property_of_a_receipt_line(remote: Remote) -> None:
    made = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    body = {"item": {"items": [{"orderLine": 1, "restock": True}]}}
    detail = remote.refused("POST", f"returnAuthorization/{made}/!transform/itemReceipt", body)
    assert detail["o:errorPath"] == "item.items[0].restock"


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({"location": {"id": "99"}}, "INVALID_KEY_OR_REF", "location"),
        ({"location": "7"}, "INVALID_CONTENT", "location"),
        ({"location": {"refName": "Main Warehouse"}}, "INVALID_CONTENT", "location"),
        ({"tranDate": "3/1/2026"}, "INVALID_CONTENT", "tranDate"),
        ({"discountRate": "much"}, "INVALID_CONTENT", "discountRate"),
        ({"custbody_unknown": "x"}, "INVALID_CONTENT", "custbody_unknown"),
        ({"total": 108}, "INVALID_CONTENT", "total"),
        ({"custbody_loop_flag": "yes"}, "INVALID_CONTENT", "custbody_loop_flag"),
        ({"memo": "x" * 1000}, "INVALID_CONTENT", "memo"),
        ({"entity": {"id": "108"}}, "INVALID_CONTENT", "entity"),
        ({"customForm": {"id": "999"}}, "INVALID_KEY_OR_REF", "customForm"),
        ({"item": [{"orderLine": 1}]}, "INVALID_CONTENT", "item"),
    ],
)
def test_wrong_values_are_named_by_their_path(remote: Remote, body: dict[str, Any], code: str, path: str) -> None:
    order = remote.order_a()
    before = len(remote.account.transactions)
    detail = remote.refused("POST", f"salesOrder/{order}/!transform/returnAuthorization", body)
    assert (detail["status"], detail["o:errorCode"], detail["o:errorPath"]) == (400, code, path)
    assert len(remote.account.transactions) == before


def test_an_inactive_item_is_refused(remote: Remote) -> None:
    order = remote.order_a()
    remote.account.items["903"].inactive = True
    path = f"salesOrder/{order}/!transform/returnAuthorization"
    detail = remote.refused("POST", path, {"item": {"items": [{"item": {"id": "903"}, "rate": 1}]}})
    assert detail["o:errorCode"] == "INVALID_KEY_OR_REF"


def test_a_body_that_is_not_json_is_refused(remote: Remote) -> None:
    answer = remote.raw("POST", "/services/rest/record/v1/customer", content=b"{", headers=remote.headers())
    assert answer.json()["o:errorDetails"][0]["o:errorCode"] == "INVALID_CONTENT"


def test_a_refused_change_leaves_the_record_as_it_was(remote: Remote) -> None:
    made = remote.authorise(remote.order_c(), [{"orderLine": 1}])
    before = remote.get(f"returnAuthorization/{made}")
    body = {"memo": "changed", "item": {"items": [{"line": 1, "quantity": 1, "rate": -60}]}}
    remote.refused("PATCH", f"returnAuthorization/{made}", body)
    assert remote.get(f"returnAuthorization/{made}") == before


# -- identity ----------------------------------------------------------------------------------------------------------


def test_external_ids_are_unique_over_all_transactions(remote: Remote) -> None:
    made = remote.authorise(remote.order_a(), [{"orderLine": 1}], externalId="LOOP-RA-1")
    path = f"returnAuthorization/{made}/!transform/itemReceipt"
    detail = remote.refused("POST", path, {"externalId": "LOOP-RA-1"})
    assert (detail["status"], detail["detail"]) == (400, "This record already exists.")
    remote.made(path, {"externalId": "LOOP-IR-1-1"})
    assert remote.get("itemReceipt/eid:LOOP-IR-1-1")["createdFrom"]["id"] == made


def test_an_external_id_belongs_to_its_type(remote: Remote) -> None:
    remote.authorise(remote.order_a(), [{"orderLine": 1}], externalId="LOOP-RA-1")
    detail = remote.refused("GET", "itemReceipt/eid:LOOP-RA-1")
    assert (detail["status"], detail["o:errorCode"], detail["detail"]) == (
        404,
        "NONEXISTENT_ID",
        "Record does not exist.",
    )
    assert remote.refused("GET", "returnAuthorization/eid:a%7Cb")["o:errorCode"] == "INVALID_REQUEST"


def test_types_are_not_case_sensitive_and_unknown_ones_do_not_exist(remote: Remote) -> None:
    order = remote.order_a()
    assert remote.get(f"salesorder/{order}")["id"] == order
    assert remote.refused("GET", "salesOrders/1")["status"] == 404


def test_upsert_needs_an_external_id_and_updates_what_exists(remote: Remote) -> None:
    assert remote.refused("PUT", "customer/107", {"email": "x@example.com"})["o:errorCode"] == "INVALID_REQUEST"
    body = {"lastName": "Cole", "email": "cole@example.com"}
    for email in ("cole@example.com", "cole2@example.com"):
        answer = remote.call("PUT", "record/v1/customer/eid:SHOP-CUST-1", {**body, "email": email})
        assert answer.status_code == 204
    assert remote.get("customer/eid:SHOP-CUST-1")["email"] == "cole2@example.com"
    assert len(remote.rows("SELECT id FROM customer WHERE LOWER(email) = ?", "cole2@example.com")) == 1


def test_the_collection_finds_by_external_id_and_gives_addresses_only(remote: Remote) -> None:
    made = remote.authorise(remote.order_a(), [{"orderLine": 1}], externalId="LOOP-RA-1")
    answer = remote.call("GET", 'record/v1/returnAuthorization?q=externalId IS "LOOP-RA-1"').json()
    assert (answer["count"], answer["hasMore"], answer["totalResults"]) == (1, False, 1)
    assert answer["items"][0] == {
        "id": made,
        "links": [{"rel": "self", "href": f"{HOST}/services/rest/record/v1/returnAuthorization/{made}"}],
    }
    assert remote.refused("GET", 'returnAuthorization?q=status IS "B"')["o:errorCode"] == "INVALID_REQUEST"
    assert remote.refused("GET", "returnAuthorization?limit=10&offset=5")["o:errorCode"] == "INVALID_REQUEST"


def test_reading_can_be_narrowed_and_enums_flattened(remote: Remote) -> None:
    order = remote.order_a()
    answer = remote.call("GET", f"record/v1/salesOrder/{order}?fields=tranId,status&simpleEnumFormat=true").json()
    assert {k: v for k, v in answer.items() if k != "links"} == {"id": order, "tranId": "SO1", "status": "G"}
    rows = remote.call("GET", f"record/v1/salesOrder/{order}/item").json()
    assert [set(row) for row in rows["items"]] == [{"links"}]
    assert remote.call("GET", rows["items"][0]["links"][0]["href"].split("/rest/")[1]).json()["line"] == 1


def test_the_catalogue_tells_what_is_accepted(remote: Remote) -> None:
    schema = remote.call("GET", "record/v1/metadata-catalog/itemReceipt").json()
    line = schema["properties"]["item"]["properties"]["items"]["items"]["properties"]
    assert "restock" not in line
    assert line["itemReceive"] == {"type": "boolean"}
    assert schema["properties"]["item"]["x-ns-sublistkey"] == {"new": ["orderLine"], "existing": ["line"]}
    answer = remote.call(
        "GET", "record/v1/metadata-catalog?select=returnAuthorization", None, {"Accept": "application/swagger+json"}
    ).json()
    properties = answer["components"]["schemas"]["returnAuthorization"]["properties"]
    assert {"taxDetails", "custbody_loop_flag", "paymentOption"} <= set(properties)
    remote.account.settings.advanced_receiving = False
    assert remote.refused("GET", "metadata-catalog/itemReceipt")["status"] == 404


def test_records_with_dependants_cannot_be_deleted(remote: Remote) -> None:
    made = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    receipt = remote.account.receive(made)
    assert remote.refused("DELETE", f"returnAuthorization/{made}")["o:errorCode"] == "USER_ERROR"
    assert remote.call("DELETE", f"record/v1/itemReceipt/{receipt}").status_code == 204
    assert remote.books()["inventory"] == "-40.00"
    assert remote.get(f"returnAuthorization/{made}")["status"]["id"] == "B"
    assert remote.call("DELETE", f"record/v1/returnAuthorization/{made}").status_code == 204
    assert remote.refused("GET", f"returnAuthorization/{made}")["status"] == 404


# -- periods, clashes, limits ------------------------------------------------------------------------------------------


def test_nothing_posts_into_a_closed_period_but_an_authorization_does_not_post(remote: Remote) -> None:
    order = remote.order_a()
    remote.account.close_period("2026-01")
    made = remote.authorise(order, [{"orderLine": 1}], tranDate="2026-01-31")
    path = f"returnAuthorization/{made}/!transform/itemReceipt"
    detail = remote.refused("POST", path, {"tranDate": "2026-01-31"})
    sentence = "The transaction date you specified is not within the date range of your accounting period."
    assert (detail["o:errorCode"], detail["detail"]) == ("USER_ERROR", sentence)
    assert remote.refused("POST", path, {"tranDate": "2031-01-31"})["detail"] == sentence
    receipt = remote.made(path, {"tranDate": "2026-02-01"})
    assert remote.get(f"itemReceipt/{receipt}")["postingPeriod"]["refName"] == "Feb 2026"


def test_a_lock_of_the_receivables_stops_credits_but_not_receipts(remote: Remote) -> None:
    order = remote.order_a()
    remote.account.close_period("2026-03", locked_only="ar")
    made = remote.authorise(order, [{"orderLine": 1}])
    remote.made(f"returnAuthorization/{made}/!transform/itemReceipt", {})
    detail = remote.refused("POST", f"returnAuthorization/{made}/!transform/creditMemo", {})
    assert "accounting period" in detail["detail"]
    remote.account.close_period("2026-03", locked_only="ar", reopen=True)
    remote.made(f"returnAuthorization/{made}/!transform/creditMemo", {})


def test_a_record_changed_meanwhile_is_told_as_often_as_asked_for(remote: Remote) -> None:
    made = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    remote.account.settings.record_changed_next = 1
    body = {"custbody_loop_reviewed": True}
    assert remote.refused("PATCH", f"returnAuthorization/{made}", body)["o:errorCode"] == "RCRD_HAS_BEEN_CHANGED"
    assert remote.call("PATCH", f"record/v1/returnAuthorization/{made}", body).status_code == 204
    assert remote.get(f"returnAuthorization/{made}")["custbody_loop_reviewed"] is True


def at_once(remote: Remote, count: int) -> list[httpx2.Response]:
    app = create_app(remote.account, latency_s=lambda: 0.05)
    headers = remote.headers()

    async def all_of_them() -> list[httpx2.Response]:
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=HOST) as client:
            calls = [client.get("/services/rest/record/v1/customer/107", headers=headers) for _ in range(count)]
            return list(await asyncio.gather(*calls))

    return asyncio.run(all_of_them())


def test_more_requests_at_once_than_the_account_allows_are_blocked(remote: Remote) -> None:
    answers = at_once(remote, 8)
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 3
    body = next(answer.json() for answer in answers if answer.status_code == 429)
    assert body["o:errorCode"] == "USER_ERROR"
    assert body["o:errorDetails"] == [
        {
            "detail": "Concurrent request limit exceeded. Request blocked.",
            "o:errorCode": "CONCURRENCY_LIMIT_EXCEEDED",
        }
    ]
    assert (remote.account.traffic.peak, remote.account.traffic.blocked, remote.account.traffic.in_flight) == (5, 3, 0)


def test_overload_can_be_answered_as_a_restlet_does(remote: Remote) -> None:
    remote.account.settings.concurrency_limit = 1
    remote.account.settings.overload_style = "restlet"
    answers = at_once(remote, 2)
    blocked = next(answer for answer in answers if answer.status_code == 400)
    assert blocked.json()["error"]["code"] == "SSS_REQUEST_LIMIT_EXCEEDED"


def test_asynchronous_requests_and_limits_are_not_for_everybody(remote: Remote) -> None:
    answer = remote.call("POST", "record/v1/customer", {"lastName": "X"}, {"Prefer": "respond-async"})
    assert answer.status_code == 400
    assert remote.call("GET", "system/v1/governanceLimits").status_code == 403


# -- writing orders ----------------------------------------------------------------------------------------------------


def test_an_exchange_order_keeps_the_taxes_it_is_given(remote: Remote) -> None:
    body = {
        "externalId": "SHOP-SO-77",
        "entity": {"id": "107"},
        "orderStatus": {"id": "B"},
        "taxDetailsOverride": True,
        "item": {
            "items": [
                {"item": {"id": "502"}, "quantity": 1, "rate": 100.0, "taxDetailsReference": "one"},
                {"item": {"id": "905"}, "rate": -100.0},
            ]
        },
        "taxDetails": {"items": [{"taxDetailsReference": "one", "taxRate": 8.0, "taxAmount": 8.0}]},
    }
    order = remote.made("salesOrder", body)
    assert remote.get(f"salesOrder/{order}")["total"] == 8.0
    remote.account.fulfil(order)
    remote.account.invoice(order)
    assert remote.books()["exchange_clearing"] == "100.00"
    made = remote.authorise(order, [{"orderLine": 1}])
    assert remote.get(f"returnAuthorization/{made}")["total"] == 108.0


def test_an_order_needs_a_customer_and_a_line(remote: Remote) -> None:
    assert remote.refused("POST", "salesOrder", {})["detail"] == "Please enter value(s) for: Customer"
    assert "at least one line" in remote.refused("POST", "salesOrder", {"entity": {"id": "107"}})["detail"]
    assert remote.refused("POST", "itemReceipt", {})["o:errorCode"] == "USER_ERROR"
