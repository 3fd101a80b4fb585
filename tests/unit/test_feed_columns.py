"""Feeds in the columns of the import maps, from the drafts that would be written by REST."""

import csv
import io
import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerloop.domain.mapped import Entry
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_records import CashSaleDraft, SaleLine, SalesOrderDraft
from ledgerloop.domain.order_store import Address
from ledgerloop.domain.policy import Items
from ledgerloop.operate.feeds.columns import COLUMNS, Kind
from ledgerloop.operate.feeds.rows import Row, Terms, in_files, phone, rows_of, text
from ledgerloop.operate.feeds.terms import mapped
from ledgerloop.operate.feeds.write import document

MAPS = {
    "cash-sales": "customer, externalId, orderId, date, subsidiary, department, location, orderNote, discountItem, "
    "rate, salesChannel, HCShopifyPOSOrderId, HCOrderId, item, quantity, price, priceLevel, taxCode, orderLineId, "
    "address1, address2, city, country, state, zip",
    "sales-orders": "customer, externalId, orderId, date, subsidiary, department, location, orderNote, email, "
    "shippingMethod, shippingCost, shippingTaxCode, discountItem, rate, salesChannel, HCShopifySalesOrderId, "
    "HCOrderId, item, quantity, price, priceLevel, taxCode, itemLocation, closed, orderLineId, orderLineTypeId, tag, "
    "addressee, address1, address2, phone, city, state, zip, country, billingAddressee, billingAddress1, "
    "billingAddress2, billingPhone, billingCity, billingState, billingZip, billingCountry",
}
"""The two import maps, column by column."""

ITEMS = Items(loop_discount="905", order_discount="906", item_discount="907", exchange_credit="901")
TERMS = Terms(ITEMS, {"905": "loop-discount", "906": "SHOPIFY DISCOUNT"}, "Loop Exchange", tax_code="AVATAX")


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


ADDRESS = Address(
    name="Ann Lee", line1="1 Main St", city="Troy", province="OH", zip="45373", country="US", phone="+1 (937) 555-0101"
)
TEE = SaleLine("11", usd("100.00"), Decimal(2), usd("50.00"), usd("8.00"), shopify_line_id="7001", location_id="7")
CAP = SaleLine("12", usd("30.00"), Decimal(1), usd("30.00"), shopify_line_id="7002", location_id="7")
LOOP = SaleLine("905", usd("-80.00"), description="loop-discount")
SHARE = SaleLine("906", usd("-10.00"), description="SPRING")
CUT = SaleLine("907", usd("-5.00"), description="SALE")

ORDER = SalesOrderDraft(
    external_id="SHOP-SO-5801",
    shopify_order_id="5801",
    order_name="#EXC-1042",
    customer_id="31",
    on=date(2026, 3, 2),
    memo="Exchange for order #1042",
    email="ann@example.com",
    subsidiary_id="1",
    location_id="7",
    channel_code="165",
    original_order="#1042",
    shipping_cost=usd("4.00"),
    shipping_tax=usd("0.32"),
    shipping_address=ADDRESS,
    billing_address=None,
    lines=(TEE, CAP, LOOP),
    expected_total=usd("62.32"),
)


def cash_sale(*lines: SaleLine) -> CashSaleDraft:
    values = {one.name: getattr(ORDER, one.name) for one in fields(ORDER)}
    changed = {"external_id": "SHOP-CS-5801", "shipping_address": None, "lines": lines}
    return CashSaleDraft(**{**values, **changed}, payment_method_id="9")


def test_the_columns_of_both_feeds_are_those_of_the_import_maps() -> None:
    assert {kind: ", ".join(columns) for kind, columns in COLUMNS.items()} == MAPS


def test_a_sales_order_is_a_row_for_each_line_with_its_header_on_each() -> None:
    tee, cap = rows_of(ORDER, TERMS)

    assert tee == {
        "customer": "31",
        "externalId": "SHOP-SO-5801",
        "orderId": "#EXC-1042",
        "date": "03/02/2026",
        "subsidiary": "1",
        "department": "",
        "location": "7",
        "orderNote": "Exchange for order #1042",
        "email": "ann@example.com",
        "shippingMethod": "",
        "shippingCost": "4.00",
        "shippingTaxCode": "AVATAX",
        "discountItem": "loop-discount",
        "rate": "-80.00",
        "salesChannel": "Loop Exchange",
        "HCShopifySalesOrderId": "5801",
        "HCOrderId": "5801",
        "item": "11",
        "quantity": "2",
        "price": "50.00",
        "priceLevel": "Custom",
        "taxCode": "AVATAX",
        "itemLocation": "7",
        "closed": "false",
        "orderLineId": "7001",
        "orderLineTypeId": "",
        "tag": "",
        "addressee": "Ann Lee",
        "address1": "1 Main St",
        "address2": "",
        "phone": "+19375550101",
        "city": "Troy",
        "state": "OH",
        "zip": "45373",
        "country": "US",
        "billingAddressee": "Ann Lee",
        "billingAddress1": "1 Main St",
        "billingAddress2": "",
        "billingPhone": "+19375550101",
        "billingCity": "Troy",
        "billingState": "OH",
        "billingZip": "45373",
        "billingCountry": "US",
    }
    line = ("item", "quantity", "price", "taxCode", "orderLineId")
    assert [cap[name] for name in line] == ["12", "1", "30.00", "-Not Taxable-", "7002"]
    assert {name: cap[name] for name in cap if name not in line} == {
        name: tee[name] for name in tee if name not in line
    }


def test_a_cash_sale_has_the_order_id_in_the_column_of_the_store() -> None:
    [row] = rows_of(cash_sale(CAP), TERMS)

    assert ", ".join(row) == MAPS["cash-sales"]
    assert (row["HCShopifyPOSOrderId"], row["HCOrderId"], row["externalId"]) == ("5801", "5801", "SHOP-CS-5801")
    assert (row["discountItem"], row["rate"], row["address1"], row["country"]) == ("", "", "", "")


def shown(rows: list[Row]) -> list[tuple[str, ...]]:
    names = ("item", "quantity", "price", "orderLineId", "orderLineTypeId")
    return [tuple(row.get(name, "") for name in names) for row in rows]


def test_beside_the_return_credit_every_other_discount_is_a_row_below_its_goods() -> None:
    rows = rows_of(replace(ORDER, lines=(TEE, CUT, SHARE, CAP, LOOP)), TERMS)

    assert {(row["discountItem"], row["rate"]) for row in rows} == {("loop-discount", "-80.00")}
    assert shown(rows) == [
        ("11", "2", "50.00", "7001", ""),
        ("907", "", "-5.00", "", "HC_DISCOUNT_ITEM_7001"),
        ("906", "", "-10.00", "", "HC_DISCOUNT_ORDER_7001"),
        ("12", "1", "30.00", "7002", ""),
    ]


def test_without_return_credit_the_discount_on_the_whole_order_is_the_headers() -> None:
    second = replace(SHARE, amount=usd("-3.00"))
    rows = rows_of(replace(ORDER, lines=(TEE, CUT, SHARE, CAP, second)), TERMS)

    assert {(row["discountItem"], row["rate"]) for row in rows} == {("SHOPIFY DISCOUNT", "-13.00")}
    assert [row["item"] for row in rows] == ["11", "907", "12"]


def test_a_line_with_an_amount_alone_is_one_unit() -> None:
    credit = SaleLine("901", usd("-6.40"), Decimal(1), usd("-6.40"), description="Exchange credit")
    rows = rows_of(cash_sale(TEE, credit, LOOP), TERMS)

    assert [(row["item"], row["quantity"], row["price"]) for row in rows] == [
        ("11", "2", "50.00"),
        ("901", "1", "-6.40"),
    ]


def test_a_net_price_that_is_no_whole_cent_still_gives_the_lines_amount() -> None:
    net = SaleLine("11", usd("8.40"), Decimal(3), None, usd("1.60"), shopify_line_id="1")
    odd = SaleLine("11", usd("10.00"), Decimal(3), None, shopify_line_id="2")
    rows = rows_of(cash_sale(net, odd), TERMS)

    assert [row["price"] for row in rows] == ["2.80", "3.33333333"]


amounts = st.integers(-99_999, 99_999).map(lambda cents: Money(Decimal(cents) / 100, "USD"))


@given(amounts, st.integers(1, 500))
def test_price_times_quantity_is_the_amount_to_the_cent(amount: Money, quantity: int) -> None:
    [row] = rows_of(cash_sale(SaleLine("11", amount, Decimal(quantity), None)), TERMS)

    assert Money(Decimal(row["price"]) * Decimal(row["quantity"]), "USD") == amount


@given(st.lists(st.tuples(amounts, st.sampled_from(["11", "905", "906", "907"])), min_size=1, max_size=12))
def test_no_cent_of_an_order_is_lost_between_header_and_rows(some: list[tuple[Money, str]]) -> None:
    lines = [SaleLine("11", usd("1.00"), Decimal(1), usd("1.00"), shopify_line_id="1")]
    lines += [SaleLine(item, amount, Decimal(1) if item == "11" else None) for amount, item in some]
    rows = rows_of(replace(ORDER, lines=tuple(lines)), TERMS)

    below = sum((Decimal(row["price"]) * Decimal(row["quantity"] or 1) for row in rows), Decimal(0))
    assert below + Decimal(rows[0]["rate"] or 0) == sum((line.amount.amount for line in lines), Decimal(0))


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("=HYPERLINK(1)", " =HYPERLINK(1)"),
        ("+1", " +1"),
        ("-2", " -2"),
        ("@SUM(A1)", " @SUM(A1)"),
        ("\t=1", " =1"),
        ("two\r\nlines\x00", "two lines"),
        ("  Größe “M”, blue  ", "Größe “M”, blue"),
    ],
)
def test_what_a_person_wrote_is_one_line_and_never_a_formula(written: str, kept: str) -> None:
    assert text(written) == kept


@pytest.mark.parametrize(
    ("written", "kept"),
    [("+49 30 901820", "+4930901820"), ("(937) 555-0101", "(937) 555-0101"), ("+cmd|' /C'", " +cmd|' /C'"), ("", "")],
)
def test_a_phone_number_is_as_shopify_gives_it(written: str, kept: str) -> None:
    assert phone(written) == kept


def feed_rows(kind: Kind) -> list[Row]:
    draft = ORDER if kind == "sales-orders" else cash_sale(TEE, CAP, LOOP)
    return rows_of(replace(draft, memo='He said "two", then\nleft', order_name="=1+1"), TERMS)


@pytest.mark.parametrize("kind", list(COLUMNS))
def test_a_csv_reader_reads_back_what_was_written(kind: Kind) -> None:
    rows = feed_rows(kind)
    body = document(kind, "csv", rows)

    read = csv.DictReader(io.StringIO(body.decode("utf-8"), newline=""), strict=True)

    assert list(read.fieldnames or []) == list(COLUMNS[kind])
    assert list(read) == rows
    assert body.count(b"\r\n") == len(rows) + 1


@pytest.mark.parametrize("kind", list(COLUMNS))
def test_json_has_the_same_columns_in_the_same_order(kind: Kind) -> None:
    read = json.loads(document(kind, "json", feed_rows(kind)))

    assert read == feed_rows(kind)
    assert {tuple(row) for row in read} == {tuple(COLUMNS[kind])}


@given(st.lists(st.integers(1, 9), max_size=30))
def test_an_order_is_never_split_over_files(sizes: list[int]) -> None:
    orders = [(str(number), [Row(item=str(row)) for row in range(size)]) for number, size in enumerate(sizes)]
    files = list(in_files(orders, most_orders=4, most_rows=10))

    assert [one for file in files for one in file] == orders
    assert all(len(file) <= 4 and sum(len(rows) for _, rows in file) <= 10 for file in files)


def test_mappings_name_methods_levels_and_codes_and_a_shops_own_win() -> None:
    def entry(shop: str, type_id: str, key: str, value: str) -> Entry:
        said = {"integrationTypeId": type_id, "mappingKey": key, "mappingValue": value}
        return Entry(shop, "IntegrationTypeMapping", f"{type_id}|{key}", said)

    store = Entry("", "ShopifyShopLocation", "x", {"shopId": "S", "facilityId": "F1", "shopifyLocationId": "655"})
    said = {"facilityIdenTypeId": "ORDR_ORGN_DPT", "facilityId": "F1", "idValue": "14"}
    entries = [
        entry("main", "NETSUITE_SHP_MTHD", "Express", "5"),
        entry("", "NETSUITE_SHP_MTHD", "EXPRESS", "4"),
        entry("", "NETSUITE_SHP_MTHD", "DEFAULT", "3"),
        entry("other", "NETSUITE_TAX_CODE", "DEFAULT", "ELSEWHERE"),
        store,
        Entry("", "FacilityIdentification", "y", said),
    ]

    found = mapped(entries, "main")

    assert found.first("NETSUITE_SHP_MTHD", "express", "DEFAULT") == "5"
    assert found.first("NETSUITE_SHP_MTHD", "Slow boat", "DEFAULT") == "3"
    assert found.first("NETSUITE_TAX_CODE", "DEFAULT") == ""
    assert found.departments == {"655": "14"}
