"""Shopify's order becomes a `ShopOrder`: ids as digits, exact money, return credit by its real split."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopTransaction
from ledgerloop.remotes.shopify.parse import digits_of, parse_access, parse_order
from tests.support.scripted import sample


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def order(**changes: Any) -> dict[str, Any]:
    return {**sample("shopify/order_money.json"), **changes}


def allocation(amount: str, **application: str) -> dict[str, Any]:
    money = {"amount": amount, "currencyCode": "USD"}
    return {"allocatedAmountSet": {"shopMoney": money, "presentmentMoney": money}, "discountApplication": application}


def test_an_order_is_read_whole() -> None:
    seen = parse_order(order())

    assert (seen.shopify_order_id, seen.name, seen.currency) == ("5821447739602", "#10482", "USD")
    assert (seen.presentment_currency, seen.taxes_included, seen.shopify_location_id) == ("EUR", False, "61234")
    assert seen.processed_at == datetime(2026, 2, 20, 15, 0, tzinfo=UTC)
    assert seen.updated_at == datetime(2026, 3, 11, 9, 30, 5, tzinfo=UTC)
    assert (seen.total, seen.received, seen.credit_used) == (usd("194.40"), usd("194.40"), usd("0"))
    assert seen.transactions[0] == ShopTransaction(
        "7001",
        "SALE",
        "SUCCESS",
        "shopify_payments",
        usd("194.40"),
        Money(Decimal(180), "EUR"),
        datetime(2026, 2, 20, 15, 0, 1, tzinfo=UTC),
    )
    second = seen.transactions[1]
    assert (second.parent_id, second.gateway, second.processed_at, second.status) == ("7001", "", None, "PENDING")


def test_refunds_carry_their_return_and_their_money() -> None:
    first, second = parse_order(order()).refunds

    assert (first.refund_id, first.shopify_return_id, first.return_name) == ("981122334455", "4411", "#10482-R1")
    assert [one.amount for one in first.transactions] == [usd("86.40")]
    assert (second.refund_id, second.shopify_return_id, second.created_at, second.transactions) == (
        "981122334456",
        "",
        None,
        (),
    )


def test_an_order_of_no_store_has_no_location() -> None:
    assert parse_order(order(retailLocation=None)).shopify_location_id == ""


def test_amounts_are_held_to_the_currencys_minor_unit() -> None:
    yen = {"shopMoney": {"amount": "1500.0", "currencyCode": "JPY"}}
    seen = parse_order(order(currencyCode="JPY", totalPriceSet=yen, totalReceivedSet=yen, transactions=[], refunds=[]))

    assert str(seen.total) == "1500 JPY"


def test_return_credit_is_the_sum_of_what_it_took_off_lines_and_shipping() -> None:
    lines = [
        {"discountAllocations": [allocation("40.0", code="LOOP-discount"), allocation("5.0", code="SUMMER")]},
        {"discountAllocations": [allocation("30.25", title="loop-discount")]},
    ]
    shipping = [{"discountAllocations": [allocation("4.75", code="loop-discount")]}]
    seen = parse_order(
        order(discountCodes=["Loop-Discount"], lineItems={"nodes": lines}, shippingLines={"nodes": shipping})
    )

    assert seen.credit_used == usd("75.00")


@pytest.mark.parametrize(
    "changes", [{"discountCodes": ["loop-discount"]}, {"app": {"id": "gid://shopify/App/1662707"}}]
)
def test_an_order_of_loops_without_its_allocations_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="discount allocations"):
        parse_order(order(**changes))


@pytest.mark.parametrize(
    "key",
    ["id", "name", "currencyCode", "updatedAt", "totalPriceSet", "totalReceivedSet", "transactions", "refunds"],
)
def test_an_order_without_what_money_depends_on_is_refused_by_name(key: str) -> None:
    with pytest.raises(ValueError, match=f"without `{key}`"):
        parse_order(order(**{key: None}))


@pytest.mark.parametrize(
    ("gid", "digits"),
    [("gid://shopify/Order/58", "58"), ("gid://shopify/Order/58?key=1", "58"), ("58", "58"), (58, "58")],
)
def test_ids_are_the_digits_at_the_end(gid: object, digits: str) -> None:
    assert digits_of(gid) == digits


@pytest.mark.parametrize("gid", ["", "gid://shopify/Order/", "gid://shopify/Order/x", None])
def test_what_is_no_id_is_refused(gid: object) -> None:
    with pytest.raises(ValueError, match="not an id"):
        digits_of(gid)


def test_access_names_scopes_shop_and_supported_versions() -> None:
    seen = parse_access(
        {
            "currentAppInstallation": {
                "accessScopes": [{"handle": "read_orders"}, {"handle": "read_returns"}],
                "app": {"id": "gid://shopify/App/1", "title": "Ledgerloop"},
            },
            "shop": {
                "name": "Example",
                "myshopifyDomain": "example.myshopify.com",
                "currencyCode": "USD",
                "ianaTimezone": "America/New_York",
                "taxesIncluded": True,
            },
            "publicApiVersions": [{"handle": "2026-10", "supported": True}, {"handle": "2027-04", "supported": False}],
        }
    )

    assert (seen.scopes, seen.app_title) == (frozenset({"read_orders", "read_returns"}), "Ledgerloop")
    assert (seen.myshopify_domain, seen.currency, seen.time_zone) == (
        "example.myshopify.com",
        "USD",
        "America/New_York",
    )
    assert (seen.shop_name, seen.taxes_included, seen.supported_versions) == ("Example", True, ("2026-10",))
