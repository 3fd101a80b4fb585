"""The simulated NetSuite takes orders: sales orders, cash sales, customers and deposits through REST."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.netsuite_account import Remote

CLEARING = {"account": {"id": "230"}, "paymentOption": {"id": "12"}}


@pytest.fixture
def remote() -> Remote:
    return Remote()


def goods(remote: Remote, sku: str, rate: float, **more: Any) -> dict[str, Any]:
    return {"item": {"id": remote.account.item_id(sku)}, "quantity": 1, "rate": rate, "price": {"id": "-1"}, **more}


def order(remote: Remote, **more: Any) -> dict[str, Any]:
    """An even exchange: 100.00 less 100.00, tax 8.00."""
    lines = [goods(remote, "TEE-L", 100.0, taxDetailsReference="1"), {"item": {"id": "905"}, "rate": -100.0}]
    return {
        "externalId": "SHOP-SO-1",
        "entity": {"id": "107"},
        "otherRefNum": "EXC-1001",
        "orderStatus": {"id": "B"},
        "location": {"id": "7"},
        "item": {"items": lines},
        "taxDetailsOverride": True,
        "taxDetails": {"items": [{"taxDetailsReference": "1", "taxBasis": 100.0, "taxRate": 8.0, "taxAmount": 8.0}]},
        **more,
    }


# -- sales orders ------------------------------------------------------------------------------------------------------


def test_a_sales_order_has_everything_that_was_sent(remote: Remote) -> None:
    address = {"addressee": "Dana Reyes", "addr1": "1 Main St", "city": "Austin", "zip": "78701", "country": "US"}
    body = order(
        remote,
        memo="Loop exchange for order #1001",
        email="dana@example.com",
        salesChannel={"id": "165"},
        shippingCost=5.0,
        shippingAddress=address,
        billingAddress={**address, "country": {"id": "CA"}},
        custbody_hc_sales_channel="165",
        custbody_original_order="#1001",
        custbody_shopify_order_id="1",
    )
    made = remote.made("salesOrder", body)
    saved = remote.get(f"salesOrder/{made}")
    assert (saved["total"], saved["taxTotal"], saved["shippingCost"]) == (13.0, 8.0, 5.0)
    assert (saved["status"]["id"], saved["entity"]["id"], saved["otherRefNum"]) == ("B", "107", "EXC-1001")
    assert (saved["email"], saved["salesChannel"]["refName"]) == ("dana@example.com", "Loop Exchange")
    assert saved["shippingAddress"]["country"]["id"] == "US"
    assert saved["billingAddress"]["country"]["id"] == "CA"
    assert (saved["custbody_hc_sales_channel"], saved["custbody_original_order"]) == ("165", "#1001")
    assert [row["line"] for row in saved["item"]["items"]] == [1, 2]
    assert remote.books() == {}


def test_an_external_id_is_taken_once_over_all_transactions_but_customers_have_their_own_space(remote: Remote) -> None:
    remote.made("customer", {"externalId": "SHOP-SO-1", "lastName": "Reyes"})
    remote.made("salesOrder", order(remote))
    sold = {key: value for key, value in order(remote).items() if key != "orderStatus"}
    assert remote.refused("POST", "cashSale", sold)["detail"] == "This record already exists."
    again = {"externalId": "shop-so-1", "lastName": "Other"}
    assert remote.refused("POST", "customer", again)["o:errorPath"] == "externalId"


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"entity": {"id": "9999"}}, "INVALID_KEY_OR_REF", "entity"),
        ({"salesChannel": {"id": "77"}}, "INVALID_KEY_OR_REF", "salesChannel"),
        ({"orderStatus": "F"}, "INVALID_CONTENT", "orderStatus"),
        ({"custbody_unheard_of": "x"}, "INVALID_CONTENT", "custbody_unheard_of"),
        ({"shippingAddress": {"country": "Texas"}}, "INVALID_CONTENT", "shippingAddress.country"),
        ({"shippingAddress": {"street": "1 Main St"}}, "INVALID_CONTENT", "shippingAddress.street"),
        ({"item": {"items": [{"item": {"id": "9999"}, "quantity": 1}]}}, "INVALID_KEY_OR_REF", "item.items[0].item"),
        ({"item": {"items": []}, "taxDetails": None}, "USER_ERROR", None),
        ({"entity": None}, "USER_ERROR", None),
        ({"discountRate": -1.0}, "USER_ERROR", None),
        ({"tranDate": "03/10/2026"}, "INVALID_CONTENT", "tranDate"),
    ],
)
def test_a_sales_order_is_refused(remote: Remote, change: dict[str, Any], code: str, path: str | None) -> None:
    detail = remote.refused("POST", "salesOrder", order(remote, **change))
    assert (detail["o:errorCode"], detail.get("o:errorPath")) == (code, path)
    assert remote.account.records("salesOrder") == []


def test_a_total_is_never_negative(remote: Remote) -> None:
    lines = [goods(remote, "TEE-L", 100.0), {"item": {"id": "905"}, "rate": -100.01}]
    body = {"entity": {"id": "107"}, "item": {"items": lines}, "location": {"id": "7"}}
    for kind in ("salesOrder", "cashSale"):
        assert remote.refused("POST", kind, body)["detail"] == "The total can not be negative."


def test_discounts_are_flat_or_in_per_cent(remote: Remote) -> None:
    lines = [goods(remote, "TEE-L", 100.0), {"item": {"id": "907"}, "rate": "10%"}]
    body = {
        "entity": {"id": "107"},
        "item": {"items": lines},
        "discountItem": {"id": "906"},
        "discountRate": "-10%",
    }
    saved = remote.get(f"salesOrder/{remote.made('salesOrder', body)}")
    assert (saved["subtotal"], saved["discountTotal"], saved["total"]) == (90.0, -9.0, 81.0)


def test_an_account_on_legacy_tax_does_not_know_the_tax_properties(remote: Remote) -> None:
    remote.account.settings.legacy_tax = True
    detail = remote.refused("POST", "salesOrder", order(remote))
    assert detail["detail"].startswith("Error while accessing a resource. Unknown property name: tax")
    plain = {"entity": {"id": "107"}, "item": {"items": [goods(remote, "TEE-L", 100.0)]}}
    assert remote.get(f"salesOrder/{remote.made('salesOrder', plain)}")["total"] == 100.0
    catalog = remote.call("GET", "record/v1/metadata-catalog/salesOrder").json()
    assert "taxDetails" not in catalog["properties"]


def test_a_tax_detail_must_name_a_line(remote: Remote) -> None:
    details = {"items": [{"taxDetailsReference": {"id": "7"}, "taxAmount": 1.0}]}
    detail = remote.refused("POST", "salesOrder", order(remote, taxDetails=details))
    assert detail["o:errorPath"] == "taxDetails.items[0].taxDetailsReference"


def test_an_order_is_found_by_its_references(remote: Remote) -> None:
    made = remote.made("salesOrder", order(remote, custbody_shopify_order_id="5930"))
    for column, value in (
        ("otherrefnum", "EXC-1001"),
        ("externalid", "SHOP-SO-1"),
        ("custbody_shopify_order_id", "5930"),
    ):
        query = f"SELECT t.id, t.type, t.foreigntotal FROM transaction t WHERE t.{column} = ?"
        assert remote.rows(query, value) == [{"id": made, "type": "SalesOrd", "foreigntotal": "8"}]


def test_an_item_is_found_by_number_external_id_and_code(remote: Remote) -> None:
    made = remote.account.add_item("LINEN-L", "32.00", price="80.00", external_id="shirt-l", upc="0123456789012")
    for column, value in (("itemid", "LINEN-L"), ("externalid", "shirt-l"), ("upccode", "0123456789012")):
        found = remote.rows(f"SELECT id, isinactive FROM item WHERE {column} IN (?)", value)
        assert found == [{"id": made, "isinactive": "F"}]


# -- cash sales --------------------------------------------------------------------------------------------------------


def test_a_cash_sale_moves_goods_and_money_at_once(remote: Remote) -> None:
    body = {
        "externalId": "SHOP-CS-1",
        "entity": {"id": "107"},
        "location": {"id": "8"},
        "account": {"id": "156"},
        "item": {"items": [goods(remote, "TEE-L", 150.0), {"item": {"id": "905"}, "rate": -100.0}]},
    }
    remote.made("cashSale", body)
    assert remote.books() == {
        "upsell": "50.00",
        "exchange_clearing": "100.00",
        "revenue": "-150.00",
        "inventory": "-40.00",
        "cogs": "40.00",
    }
    assert remote.account.on_hand("TEE-L", "8") == -1


@pytest.mark.parametrize(
    ("money", "role"),
    [
        ({"account": {"id": "155"}}, "bank"),
        ({"paymentOption": {"id": "12"}}, "exchange_clearing"),
        ({"paymentOption": {"id": "9"}}, "undeposited"),
        ({"paymentOption": {"id": "12"}, "undepFunds": {"id": "T"}}, "undeposited"),
        ({"account": {"id": "155"}, "undepFunds": False}, "bank"),
        ({}, "undeposited"),
    ],
)
def test_the_money_of_a_cash_sale_goes_where_it_says(remote: Remote, money: dict[str, Any], role: str) -> None:
    body = {"entity": {"id": "107"}, "location": {"id": "8"}, "item": {"items": [goods(remote, "TEE-L", 50.0)]}}
    remote.made("cashSale", {**body, **money})
    assert remote.books()[role] == "50.00"


def test_a_cash_sale_needs_a_location_and_an_open_period(remote: Remote) -> None:
    body = {"entity": {"id": "107"}, "item": {"items": [goods(remote, "TEE-L", 50.0)]}}
    assert remote.refused("POST", "cashSale", body)["detail"] == "Please enter value(s) for: Location"
    remote.account.close_period("2026-02")
    body = {**body, "location": {"id": "8"}, "tranDate": "2026-02-10"}
    assert remote.refused("POST", "cashSale", body)["o:errorCode"] == "USER_ERROR"
    remote.made("salesOrder", body)


# -- customers ---------------------------------------------------------------------------------------------------------


def test_a_customer_needs_a_name(remote: Remote) -> None:
    refused = [{"email": "x@example.com"}, {"isPerson": False, "lastName": "Reyes"}]
    said = [remote.refused("POST", "customer", body)["detail"] for body in refused]
    assert said == ["Please enter value(s) for: Last Name", "Please enter value(s) for: Company Name"]
    made = remote.made("customer", {"companyName": "Reyes & Co", "externalId": "SHOP-CUST-9"})
    assert remote.get(f"customer/{made}")["entityId"] == "Reyes & Co"
    assert remote.get("customer/eid:SHOP-CUST-9")["id"] == made


def test_a_customer_is_found_by_mail_and_external_id(remote: Remote) -> None:
    address = {"addressBookAddress": {"addr1": "1 Main St", "country": "US"}, "defaultShipping": True}
    body = {
        "externalId": "SHOP-CUST-7",
        "email": "Dana@Example.com",
        "firstName": "Dana",
        "lastName": "Reyes",
        "custentity_hc_shop_cust_id": "7",
        "addressBook": {"items": [address]},
    }
    made = remote.made("customer", body)
    assert remote.rows("SELECT id FROM customer WHERE LOWER(email) = ?", "dana@example.com") == [{"id": made}]
    assert remote.rows("SELECT id FROM customer WHERE externalid = ?", "SHOP-CUST-7") == [{"id": made}]
    assert remote.rows("SELECT id FROM customer WHERE custentity_hc_shop_cust_id = ?", "7") == [{"id": made}]
    saved = remote.get(f"customer/{made}")["addressBook"]["items"]
    assert saved[0]["addressBookAddress"]["addr1"] == "1 Main St"


def test_with_several_subsidiaries_everything_must_be_of_the_same_one(remote: Remote) -> None:
    remote.account.add_subsidiary("2", "UK")
    remote.account.add_location("20", "London", "2")
    named = {"lastName": "Reyes"}
    assert "Primary Subsidiary" in remote.refused("POST", "customer", named)["detail"]
    made = remote.made("customer", {**named, "subsidiary": {"id": "2"}})
    body = {"entity": {"id": made}, "item": {"items": [goods(remote, "TEE-L", 50.0)]}}
    saved = remote.get(f"salesOrder/{remote.made('salesOrder', {**body, 'location': {'id': '20'}})}")
    assert saved["subsidiary"]["id"] == "2"
    for change, path in (({"subsidiary": {"id": "1"}}, "entity"), ({"location": {"id": "7"}}, "location")):
        detail = remote.refused("POST", "salesOrder", {**body, **change})
        assert (detail["o:errorCode"], detail["o:errorPath"]) == ("INVALID_KEY_OR_REF", path)


def test_where_customers_are_not_numbered_a_name_is_taken_once(remote: Remote) -> None:
    remote.account.settings.auto_numbered_customers = False
    body = {"firstName": "Ana", "lastName": "Buyer"}
    assert remote.refused("POST", "customer", body)["o:errorCode"] == "UNIQUE_CUST_ID_REQD"
    remote.made("customer", {**body, "entityId": "Ana Buyer 2"})


# -- deposits ----------------------------------------------------------------------------------------------------------


def deposit(so: str, payment: float, **more: Any) -> dict[str, Any]:
    return {"customer": {"id": "107"}, "salesOrder": {"id": so}, "payment": payment, **more}


def test_several_deposits_are_applied_when_the_order_is_billed(remote: Remote) -> None:
    so = remote.made("salesOrder", order(remote, shippingCost=54.0))
    credit = remote.made("customerDeposit", deposit(so, 8.0, externalId="SHOP-CD-1-credit", **CLEARING))
    upsell = remote.made("customerDeposit", deposit(so, 54.0, externalId="SHOP-CD-1-upsell", account={"id": "156"}))
    assert remote.get(f"customerDeposit/{credit}")["status"]["id"] == "B"
    assert remote.books() == {"exchange_clearing": "8.00", "upsell": "54.00", "customer_deposits": "-62.00"}
    query = (
        "SELECT t.id, m.createdfrom FROM transaction t JOIN transactionline m ON m.transaction = t.id "
        "AND m.mainline = 'T' WHERE t.type = 'CustDep' AND m.createdfrom = ? ORDER BY t.id"
    )
    assert [row["id"] for row in remote.rows(query, so)] == [credit, upsell]
    remote.account.fulfil(so)
    invoice = remote.account.invoice(so)
    assert remote.get(f"invoice/{invoice}")["status"]["id"] == "B"
    assert [remote.get(f"customerDeposit/{one}")["status"]["id"] for one in (credit, upsell)] == ["C", "C"]
    applied = remote.account.records("depositApplication")
    assert [one["total"] for one in applied] == ["8.00", "54.00"]
    assert "ar" not in remote.books()
    assert "customer_deposits" not in remote.books()
    assert remote.rows("SELECT COUNT(*) AS n FROM transaction WHERE type = 'DepAppl'") == [{"n": "2"}]


def test_a_deposit_belongs_to_the_customer_of_its_order(remote: Remote) -> None:
    so = remote.made("salesOrder", order(remote))
    foreign = remote.refused("POST", "customerDeposit", deposit(so, 8.0, customer={"id": "108"}))
    assert (foreign["o:errorCode"], foreign["o:errorPath"]) == ("INVALID_KEY_OR_REF", "salesOrder")
    nothing = remote.refused("POST", "customerDeposit", deposit(so, 0.0))
    assert nothing["detail"] == "Please enter value(s) for: Payment Amount"
    remote.account.cancel(so)
    assert remote.refused("POST", "customerDeposit", deposit(so, 8.0))["o:errorCode"] == "USER_ERROR"


def test_a_deposit_of_undeposited_funds_is_not_deposited_yet(remote: Remote) -> None:
    so = remote.made("salesOrder", order(remote))
    made = remote.made("customerDeposit", deposit(so, 8.0, undepFunds={"id": "T"}, paymentOption={"id": "9"}))
    assert remote.get(f"customerDeposit/{made}")["status"]["id"] == "A"
    assert remote.books() == {"undeposited": "8.00", "customer_deposits": "-8.00"}


def test_an_order_that_was_written_by_rest_is_returned_like_any_other(remote: Remote) -> None:
    so = remote.made("salesOrder", order(remote))
    remote.account.fulfil(so)
    remote.account.invoice(so)
    authorization = remote.authorise(so, [{"orderLine": 1, "quantity": 1}])
    assert remote.get(f"returnAuthorization/{authorization}")["total"] == 108.0
