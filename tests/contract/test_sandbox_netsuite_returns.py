"""A return in the simulated NetSuite: from authorization to refund, with the ledger behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.support.netsuite_account import CREATE_FORM, Remote


@pytest.fixture
def remote() -> Remote:
    return Remote()


def status(remote: Remote, record_type: str, key: str) -> str:
    return str(remote.get(f"{record_type}/{key}")["status"]["id"])


def test_a_full_refund_of_an_invoiced_order_moves_every_account(remote: Remote) -> None:
    order = remote.order_a()
    assert remote.books() == {
        "inventory": "-40.00",
        "cogs": "40.00",
        "bank": "118.00",
        "revenue": "-100.00",
        "tax": "-8.00",
        "shipping_income": "-10.00",
    }
    authorization = remote.authorise(order, [{"orderLine": 1, "quantity": 1}], externalId="LOOP-RA-1")
    saved = remote.get("returnAuthorization/eid:LOOP-RA-1")
    assert (saved["id"], saved["total"], saved["taxTotal"]) == (authorization, 108.0, 8.0)
    assert saved["status"] == {"id": "B", "refName": "Pending Receipt"}
    assert saved["custbody_shopify_order_id"] == "5001"
    assert remote.books()["revenue"] == "-100.00"

    receipt = remote.made(f"returnAuthorization/{authorization}/!transform/itemReceipt", {"externalId": "LOOP-IR-1-1"})
    assert remote.account.record(receipt)["postings"] == {"121": "40.00", "213": "-40.00"}
    assert status(remote, "returnAuthorization", authorization) == "F"

    memo = remote.made(f"returnAuthorization/{authorization}/!transform/creditMemo", {"autoApply": False})
    assert remote.account.record(memo)["postings"] == {"214": "100.00", "217": "8.00", "119": "-108.00"}
    assert status(remote, "returnAuthorization", authorization) == "G"
    assert status(remote, "creditMemo", memo) == "A"

    refund = remote.made(
        "customerRefund",
        {
            "customer": {"id": "107"},
            "account": {"id": "155"},
            "paymentOption": {"id": "9"},
            "apply": {"items": [{"doc": {"id": memo}, "line": 0, "apply": True, "amount": 108.00}]},
        },
    )
    assert remote.account.record(refund)["postings"] == {"119": "108.00", "155": "-108.00"}
    assert status(remote, "creditMemo", memo) == "B"
    assert remote.books() == {"bank": "10.00", "shipping_income": "-10.00"}


def test_a_cash_sale_is_refunded_by_one_cash_refund(remote: Remote) -> None:
    order = remote.order_a(billing="cash_sale")
    authorization = remote.authorise(order, [{"orderLine": 1}], customForm={"id": "132"})
    remote.account.receive(authorization)
    detail = remote.refused("POST", f"returnAuthorization/{authorization}/!transform/creditMemo", {})
    assert (detail["status"], detail["o:errorCode"]) == (400, "USER_ERROR")
    body = {"account": {"id": "155"}, "paymentOption": {"id": "9"}}
    refund = remote.made(f"returnAuthorization/{authorization}/!transform/cashRefund", body)
    assert remote.account.record(refund)["postings"] == {"214": "100.00", "217": "8.00", "155": "-108.00"}
    assert "status" not in remote.get(f"cashRefund/{refund}")
    assert status(remote, "returnAuthorization", authorization) == "G"


def test_the_header_discount_is_copied_whole_unless_the_share_is_set(remote: Remote) -> None:
    order = remote.order_c()
    whole = remote.authorise(order, [{"orderLine": 1, "quantity": 1}])
    assert remote.get(f"returnAuthorization/{whole}")["total"] == 39.96
    shared = remote.authorise(order, [{"orderLine": 1, "quantity": 1}], discountRate=-5.00)
    assert remote.get(f"returnAuthorization/{shared}")["total"] == 48.60
    remote.account.receive(shared)
    memo = remote.made(
        f"returnAuthorization/{shared}/!transform/creditMemo", {"autoApply": False, "discountRate": -5.00}
    )
    assert remote.account.record(memo)["postings"] == {"214": "50.00", "235": "-5.00", "217": "3.60", "119": "-48.60"}


def test_a_discount_line_lowers_the_line_right_above_it(remote: Remote) -> None:
    order = remote.account.add_sales_order(
        "107",
        [
            {"sku": "TEE", "quantity": 2, "rate": "50.00", "tax_rate": "0.08", "discount": "10.00"},
            {"sku": "CAP", "quantity": 1, "rate": "30.00", "tax_rate": "0.08"},
        ],
    )
    remote.account.fulfil(order)
    lines = remote.get(f"salesOrder/{order}")["item"]["items"]
    assert [(line["line"], line["itemType"]["id"]) for line in lines] == [
        (1, "InvtPart"),
        (4, "Discount"),
        (7, "InvtPart"),
    ]
    assert [line["taxAmount"] for line in lines] == [7.2, 0.0, 2.4]
    authorization = remote.authorise(order, [{"orderLine": 1, "quantity": 1}, {"orderLine": 4, "rate": -5.00}])
    assert remote.get(f"returnAuthorization/{authorization}")["total"] == 48.60
    forgotten = remote.authorise(order, [{"orderLine": 1, "quantity": 1}, {"orderLine": 4}])
    assert remote.get(f"returnAuthorization/{forgotten}")["total"] == 43.20


def test_a_discount_in_per_cent_follows_its_line(remote: Remote) -> None:
    line = {"sku": "TEE", "quantity": 2, "rate": "50.00", "tax_rate": "0.08", "discount_percent": "10"}
    order = remote.account.add_sales_order("107", [line])
    remote.account.fulfil(order)
    authorization = remote.authorise(order, [{"orderLine": 1, "quantity": 1}, {"orderLine": 4}])
    saved = remote.get(f"returnAuthorization/{authorization}")
    assert [row["amount"] for row in saved["item"]["items"]] == [50.0, -5.0]
    assert saved["total"] == 48.60


def test_fees_and_exchange_credit_are_not_taxed_and_post_to_their_accounts(remote: Remote) -> None:
    authorization = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    remote.account.receive(authorization)
    extra = [{"item": {"id": "903"}, "quantity": 1, "rate": -9.99}, {"item": {"id": "901"}, "rate": -98.01}]
    memo = remote.made(
        f"returnAuthorization/{authorization}/!transform/creditMemo", {"autoApply": False, "item": {"items": extra}}
    )
    saved = remote.account.record(memo)
    assert saved["total"] == "0.00"
    assert saved["status"] == "B"
    assert saved["postings"] == {"214": "100.00", "232": "-9.99", "230": "-98.01", "217": "8.00"}
    assert status(remote, "returnAuthorization", authorization) == "G"


def test_partial_receipts_and_refunds_walk_through_the_statuses(remote: Remote) -> None:
    authorization = remote.authorise(remote.order_c(), [{"orderLine": 1}, {"orderLine": 4}], discountRate=-13.00)
    remote.account.receive(authorization, {1: 1})
    assert status(remote, "returnAuthorization", authorization) == "E"
    body: dict[str, Any] = {"autoApply": False, "discountRate": -5.00}
    remote.made(f"returnAuthorization/{authorization}/!transform/creditMemo", body)
    assert status(remote, "returnAuthorization", authorization) == "D"
    remote.account.receive(authorization)
    assert status(remote, "returnAuthorization", authorization) == "F"
    remote.made(f"returnAuthorization/{authorization}/!transform/creditMemo", {**body, "discountRate": -8.00})
    assert status(remote, "returnAuthorization", authorization) == "G"
    assert remote.books() == {"ar": "-126.36", "bank": "126.36"}


def test_closing_every_line_closes_and_reopening_reopens(remote: Remote) -> None:
    authorization = remote.authorise(remote.order_c(), [{"orderLine": 1}, {"orderLine": 4}])
    path = f"returnAuthorization/{authorization}"
    closed = [{"line": 1, "isClosed": True}, {"line": 2, "isClosed": True}]
    answer = remote.call("PATCH", f"record/v1/{path}", {"item": {"items": closed}})
    assert (answer.status_code, answer.headers["location"].rsplit("/", 1)[1]) == (204, authorization)
    assert status(remote, "returnAuthorization", authorization) == "H"
    assert remote.refused("POST", f"{path}/!transform/itemReceipt", {})["o:errorCode"] == "USER_ERROR"
    remote.call("PATCH", f"record/v1/{path}", {"item": {"items": [{"line": 1, "isClosed": False}]}})
    assert status(remote, "returnAuthorization", authorization) == "B"


def test_an_unapproved_authorization_is_neither_received_nor_refunded(remote: Remote) -> None:
    authorization = remote.authorise(remote.order_a(), [{"orderLine": 1}], orderStatus={"id": "A"})
    for target in ("itemReceipt", "creditMemo", "cashRefund"):
        detail = remote.refused("POST", f"returnAuthorization/{authorization}/!transform/{target}", {})
        assert detail["o:errorCode"] == "USER_ERROR"
    remote.call("PATCH", f"record/v1/returnAuthorization/{authorization}", {"orderStatus": "B"})
    assert status(remote, "returnAuthorization", authorization) == "B"


def test_only_a_and_b_can_be_written_and_c_comes_from_people(remote: Remote) -> None:
    authorization = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    detail = remote.refused("PATCH", f"returnAuthorization/{authorization}", {"orderStatus": {"id": "C"}})
    assert (detail["o:errorCode"], detail["o:errorPath"]) == ("INVALID_CONTENT", "orderStatus")
    remote.account.cancel(authorization)
    assert status(remote, "returnAuthorization", authorization) == "C"


def test_goods_must_come_back_before_they_are_credited_unless_refunds_go_in_advance(remote: Remote) -> None:
    authorization = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    path = f"returnAuthorization/{authorization}/!transform/creditMemo"
    assert "no items left to refund" in remote.refused("POST", path, {})["detail"]
    remote.account.settings.refund_in_advance = True
    remote.made(path, {"autoApply": False})
    assert status(remote, "returnAuthorization", authorization) == "B"
    remote.account.receive(authorization)
    assert status(remote, "returnAuthorization", authorization) == "G"


def test_without_advanced_receiving_there_is_no_item_receipt_and_the_credit_moves_the_goods(remote: Remote) -> None:
    remote.account.settings.advanced_receiving = False
    authorization = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    assert status(remote, "returnAuthorization", authorization) == "F"
    assert remote.refused("POST", f"returnAuthorization/{authorization}/!transform/itemReceipt", {})["status"] == 400
    remote.made(f"returnAuthorization/{authorization}/!transform/creditMemo", {"autoApply": False})
    assert "inventory" not in remote.books()


def test_an_order_that_is_not_fulfilled_cannot_be_returned(remote: Remote) -> None:
    order = remote.account.add_sales_order("107", [{"sku": "TEE", "quantity": 1}])
    path = f"salesOrder/{order}/!transform/returnAuthorization?replace=item"
    assert remote.refused("POST", path, {"item": {"items": [{"orderLine": 1}]}})["o:errorCode"] == "USER_ERROR"


def test_more_than_the_order_has_can_be_authorised_but_not_more_than_authorised_received(remote: Remote) -> None:
    authorization = remote.authorise(remote.order_a(), [{"orderLine": 1, "quantity": 3}])
    path = f"returnAuthorization/{authorization}/!transform/itemReceipt"
    body = {"item": {"items": [{"orderLine": 1, "quantity": 4}]}}
    assert "quantity to receive" in remote.refused("POST", path, body)["detail"]
    remote.made(path, {"item": {"items": [{"orderLine": 1, "quantity": 1}]}})
    path = f"returnAuthorization/{authorization}/!transform/creditMemo"
    body = {"item": {"items": [{"orderLine": 1, "quantity": 2}]}}
    assert "quantity to refund" in remote.refused("POST", path, body)["detail"]


def test_a_credit_memo_pays_an_open_invoice_by_itself_unless_told_not_to(remote: Remote) -> None:
    order = remote.order_a(billing="none")
    invoice = remote.account.invoice(order)
    for told, left in (({"autoApply": False}, 118.0), ({}, 10.0)):
        authorization = remote.authorise(order, [{"orderLine": 1}])
        remote.account.receive(authorization)
        remote.made(f"returnAuthorization/{authorization}/!transform/creditMemo", told)
        assert remote.get(f"invoice/{invoice}")["amountRemaining"] == left


def test_the_tax_of_the_next_authorization_can_be_a_cent_off_and_stays_so_on_the_credit(remote: Remote) -> None:
    remote.account.settings.tax_skew = Decimal("0.01")
    authorization = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    assert remote.get(f"returnAuthorization/{authorization}")["total"] == 108.01
    remote.account.receive(authorization)
    variance = [{"item": {"id": "904"}, "rate": -0.01}]
    body = {"autoApply": False, "item": {"items": variance}}
    memo = remote.made(f"returnAuthorization/{authorization}/!transform/creditMemo", body)
    assert remote.get(f"creditMemo/{memo}")["total"] == 108.0
    again = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    assert remote.get(f"returnAuthorization/{again}")["total"] == 108.0


def test_totals_can_not_be_negative(remote: Remote) -> None:
    path = f"salesOrder/{remote.order_a()}/!transform/returnAuthorization?replace=item"
    detail = remote.refused("POST", path, {"item": {"items": [{"item": {"id": "903"}, "rate": -9.99}]}})
    assert detail["detail"] == "The total can not be negative."


def test_a_preview_shows_the_lines_and_their_keys_and_saves_nothing(remote: Remote) -> None:
    order = remote.order_c()
    before = len(remote.account.transactions)
    path = f"record/v1/salesOrder/{order}/!transform/returnAuthorization"
    answer = remote.call("POST", path, {}, {"Accept": CREATE_FORM})
    assert answer.status_code == 200
    rows = answer.json()["item"]["items"]
    assert [(row["line"], row["orderLine"], row["quantity"]) for row in rows] == [(1, 1, 2.0), (2, 4, 1.0)]
    assert "id" not in answer.json()
    assert len(remote.account.transactions) == before


def test_a_refund_takes_no_more_than_is_left_and_only_from_the_customers_own_memos(remote: Remote) -> None:
    authorization = remote.authorise(remote.order_a(), [{"orderLine": 1}])
    remote.account.receive(authorization)
    memo = remote.made(f"returnAuthorization/{authorization}/!transform/creditMemo", {"autoApply": False})

    def refund(customer: str = "107", line: int = 0, amount: float = 108.0, **more: Any) -> dict[str, Any]:
        apply = {"items": [{"doc": {"id": memo}, "line": line, "apply": True, "amount": amount}]}
        return {"customer": {"id": customer}, "account": {"id": "155"}, "apply": apply, **more}

    assert "exceeds" in remote.refused("POST", "customerRefund", refund(amount=108.01))["detail"]
    assert remote.refused("POST", "customerRefund", refund(customer="108"))["o:errorCode"] == "INVALID_KEY_OR_REF"
    assert remote.refused("POST", "customerRefund", refund(line=1))["o:errorCode"] == "INVALID_KEY_OR_REF"
    detail = remote.refused("POST", "customerRefund", refund(account=None))
    assert detail["detail"] == "Please enter value(s) for: Account"
    remote.made("customerRefund", refund(amount=60.0))
    assert remote.get(f"creditMemo/{memo}")["amountRemaining"] == 48.0
    remote.made("customerRefund", refund(amount=48.0, account=None, paymentOption={"id": "13"}))
    assert remote.books()["gift_card_liability"] == "-48.00"
    assert status(remote, "creditMemo", memo) == "B"
    assert "You cannot delete credit memos" in remote.refused("DELETE", f"creditMemo/{memo}")["detail"]


def test_a_deposit_can_be_refunded(remote: Remote) -> None:
    order = remote.account.add_sales_order("107", [{"sku": "TEE", "quantity": 1}])
    body = {"customer": {"id": "107"}, "salesOrder": {"id": order}, "payment": 50.0, "account": {"id": "155"}}
    deposit = remote.made("customerDeposit", body)
    assert remote.books() == {"bank": "50.00", "customer_deposits": "-50.00"}
    refund = {"customer": {"id": "107"}, "account": {"id": "155"}}
    remote.made("customerRefund", {**refund, "deposit": {"items": [{"doc": {"id": deposit}, "apply": True}]}})
    assert remote.books() == {}
    assert status(remote, "customerDeposit", deposit) == "C"


@pytest.mark.parametrize(("source", "target"), [("salesOrder", "cashRefund"), ("creditMemo", "customerRefund")])
def test_pairs_that_do_not_exist_are_refused(remote: Remote, source: str, target: str) -> None:
    order = remote.order_a()
    authorization = remote.authorise(order, [{"orderLine": 1}])
    remote.account.receive(authorization)
    key = (
        order if source == "salesOrder" else remote.account.make_credit_memo(authorization, fields={"autoApply": False})
    )
    detail = remote.refused("POST", f"{source}/{key}/!transform/{target}", {})
    assert (detail["status"], detail["o:errorCode"]) == (400, "INVALID_REQUEST")
