"""Drafts about orders as REST requests: exactly the properties that are sent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.order_records import (
    CashSaleDraft,
    CustomerDepositDraft,
    CustomerDraft,
    SaleLine,
    SalesOrderDraft,
)
from ledgerloop.domain.order_store import Address, Buyer
from ledgerloop.domain.policy import Fields, Policy
from ledgerloop.remotes.netsuite.render_orders import OrderSettings, render_order, request_of
from tests.support.cases import usd

FIELDS = Fields(
    order_id="custbody_shopify_order_id",
    order_line_id="custcol_shopify_line_id",
    sales_channel="custbody_hc_sales_channel",
    original_order="custbody_original_order",
)
HOME = Address("Dana Reyes", "", "1 Main St", "", "Austin", "TX", "78701", "US", "+15125550100")
TEE = SaleLine(
    "502",
    usd("100.00"),
    Decimal(1),
    usd("100.00"),
    usd("7.20"),
    usd("90.00"),
    "0.08",
    "Tee",
    "7",
    "1511",
)
HEAD: dict[str, Any] = {
    "external_id": "SHOP-SO-5930",
    "shopify_order_id": "5930",
    "order_name": "EXC-1001",
    "customer_id": "107",
    "on": date(2026, 3, 10),
    "memo": "Loop exchange for order #1001",
    "email": "dana@example.com",
    "subsidiary_id": "1",
    "location_id": "7",
    "channel_code": "165",
    "original_order": "#1001",
    "shipping_cost": usd("5.00"),
    "shipping_tax": usd("0.40"),
    "shipping_address": HOME,
    "billing_address": None,
    "lines": (TEE, SaleLine("907", usd("-10.00"), description="Ten off"), SaleLine("905", usd("-90.00"))),
    "expected_total": usd("12.60"),
}
ORDER = SalesOrderDraft(**HEAD)


def body(draft: Any, fields: Fields = FIELDS, **settings: Any) -> dict[str, Any]:
    return render_order(draft, fields, OrderSettings(**settings)).body


def test_a_sales_order_says_who_where_what_and_that_it_is_pending_fulfillment() -> None:
    made = body(ORDER)
    head = {name: value for name, value in made.items() if name not in ("item", "taxDetails")}
    assert head == {
        "externalId": "SHOP-SO-5930",
        "entity": {"id": "107"},
        "tranDate": "2026-03-10",
        "memo": "Loop exchange for order #1001",
        "email": "dana@example.com",
        "subsidiary": {"id": "1"},
        "location": {"id": "7"},
        "otherRefNum": "EXC-1001",
        "custbody_shopify_order_id": "5930",
        "custbody_hc_sales_channel": "165",
        "custbody_original_order": "#1001",
        "shippingAddress": {
            "addressee": "Dana Reyes",
            "addr1": "1 Main St",
            "city": "Austin",
            "state": "TX",
            "zip": "78701",
            "country": {"id": "US"},
            "addrPhone": "+15125550100",
        },
        "shippingCost": Decimal("5.00"),
        "orderStatus": {"id": "B"},
        "taxDetailsOverride": True,
    }
    assert render_order(ORDER, FIELDS, OrderSettings()).path == "POST salesOrder"


def test_lines_are_priced_by_us_and_discounts_are_flat() -> None:
    goods, discount, _ = body(ORDER)["item"]["items"]
    assert goods == {
        "item": {"id": "502"},
        "quantity": 1,
        "rate": Decimal("100.00"),
        "amount": Decimal("100.00"),
        "price": {"id": "-1"},
        "description": "Tee",
        "location": {"id": "7"},
        "custcol_shopify_line_id": "1511",
        "taxDetailsReference": "1",
    }
    assert discount == {
        "item": {"id": "907"},
        "rate": Decimal("-10.00"),
        "amount": Decimal("-10.00"),
        "price": {"id": "-1"},
        "description": "Ten off",
    }
    thirds = replace(ORDER, lines=(replace(TEE, quantity=Decimal(3), rate=None, amount=usd("25.00")),))
    assert "rate" not in body(thirds)["item"]["items"][0]


def test_taxes_are_stated_as_charged_shippings_too() -> None:
    detail = {"taxBasis": Decimal("90.00"), "taxRate": Decimal("8.0000"), "taxAmount": Decimal("7.20")}
    shipping = {"taxBasis": Decimal("5.00"), "taxRate": Decimal("8.0000"), "taxAmount": Decimal("0.40")}
    assert body(ORDER)["taxDetails"]["items"] == [
        {"taxDetailsReference": "1", **detail},
        {"taxDetailsReference": "SHIPPING", **shipping},
    ]
    coded = body(ORDER, tax_code="12", tax_type="3")["taxDetails"]["items"][0]
    assert (coded["taxCode"], coded["taxType"]) == ({"id": "12"}, {"id": "3"})


def test_nothing_is_said_of_taxes_where_there_are_none_or_the_account_takes_none() -> None:
    untaxed = replace(ORDER, lines=(replace(TEE, tax=None),), shipping_tax=usd(0))
    for made in (body(untaxed), body(ORDER, tax_details=False)):
        assert {"taxDetails", "taxDetailsOverride"} & set(made) == set()
        assert "taxDetailsReference" not in made["item"]["items"][0]


def test_fields_that_are_not_configured_are_not_sent_and_netsuites_own_channel_is_a_reference() -> None:
    bare = replace(ORDER, location_id="", subsidiary_id="", email="", shipping_address=None, memo="")
    made = body(bare, Fields(order_reference=""))
    assert sorted(made) == sorted(
        ["externalId", "entity", "tranDate", "shippingCost", "item", "orderStatus", "taxDetails", "taxDetailsOverride"]
    )
    assert body(ORDER, replace(FIELDS, sales_channel="salesChannel"))["salesChannel"] == {"id": "165"}


@pytest.mark.parametrize("spelling", ["paymentOption", "paymentMethod"])
def test_a_cash_sale_carries_its_payment(spelling: str) -> None:
    sale = CashSaleDraft(**{**HEAD, "external_id": "SHOP-CS-5930"}, payment_method_id="9", account_id="156")
    made = body(sale, payment_property=spelling)
    assert (made[spelling], made["account"], made["undepFunds"]) == ({"id": "9"}, {"id": "156"}, {"id": "F"})
    assert "orderStatus" not in made
    even = body(replace(sale, payment_method_id="", account_id=""))
    assert {"account", "undepFunds", "paymentOption"} & set(even) == set()


def test_a_customer_is_a_person_with_an_address() -> None:
    dana = Buyer("7", "Dana", "R" * 40, "dana@example.com", "555")
    company = replace(HOME, company="Reyes Ltd", phone="")
    assert body(CustomerDraft("SHOP-CUST-7", dana, "1", company)) == {
        "externalId": "SHOP-CUST-7",
        "isPerson": True,
        "firstName": "Dana",
        "lastName": "R" * 32,
        "email": "dana@example.com",
        "subsidiary": {"id": "1"},
        "addressBook": {
            "items": [
                {
                    "defaultShipping": True,
                    "defaultBilling": True,
                    "addressBookAddress": {
                        "addressee": "Reyes Ltd",
                        "attention": "Dana Reyes",
                        "addr1": "1 Main St",
                        "city": "Austin",
                        "state": "TX",
                        "zip": "78701",
                        "country": {"id": "US"},
                    },
                }
            ]
        },
    }


def test_a_deposit_names_order_customer_amount_and_where_the_money_is() -> None:
    draft = CustomerDepositDraft(
        "SHOP-CD-61", "1101", "107", date(2026, 3, 10), "Shopify order #1; transaction 61", usd("58.00"), "9", "", "61"
    )
    made = request_of(draft, Policy("main"), "paymentOption")
    assert (made.path, made.external_id) == ("POST customerDeposit", "SHOP-CD-61")
    assert made.body == {
        "externalId": "SHOP-CD-61",
        "customer": {"id": "107"},
        "salesOrder": {"id": "1101"},
        "tranDate": "2026-03-10",
        "memo": "Shopify order #1; transaction 61",
        "payment": Decimal("58.00"),
        "paymentOption": {"id": "9"},
    }
    carried = request_of(replace(draft, payment_method_id="", account_id="230"), Policy("main"), "paymentOption").body
    assert (carried["account"], carried["undepFunds"]) == ({"id": "230"}, {"id": "F"})


def test_the_currency_is_stated_where_it_is_configured() -> None:
    held = CustomerDepositDraft("SHOP-CD-61", "1101", "107", date(2026, 3, 10), "memo", usd("58.00"), "9", "", "61")
    sale = CashSaleDraft(**{**HEAD, "external_id": "SHOP-CS-5930"}, payment_method_id="9")
    for draft in (ORDER, sale, held):
        assert body(draft, currencies={"USD": "1", "CAD": "3"})["currency"] == {"id": "1"}
        assert "currency" not in body(draft, currencies={"CAD": "3"})
    assert request_of(ORDER, Policy("main", currencies={"USD": "1"}), "paymentOption").body["currency"] == {"id": "1"}
