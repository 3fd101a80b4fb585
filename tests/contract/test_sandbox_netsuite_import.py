"""NetSuite's CSV import in the simulator: the two maps for orders, and refusals row by row."""

from __future__ import annotations

import csv
import io

import pytest

from ledgerloop_sandbox.acts import ACTS
from ledgerloop_sandbox.netsuite.csv_maps import MAPS
from ledgerloop_sandbox.world import World

CASH_SALES = (
    "customer, externalId, orderId, date, subsidiary, department, location, orderNote, discountItem, rate, "
    "salesChannel, HCShopifyPOSOrderId, HCOrderId, item, quantity, price, priceLevel, taxCode, orderLineId, "
    "address1, address2, city, country, state, zip"
)
SALES_ORDERS = (
    "customer, externalId, orderId, date, subsidiary, department, location, orderNote, email, shippingMethod, "
    "shippingCost, shippingTaxCode, discountItem, rate, salesChannel, HCShopifySalesOrderId, HCOrderId, item, "
    "quantity, price, priceLevel, taxCode, itemLocation, closed, orderLineId, orderLineTypeId, tag, addressee, "
    "address1, address2, phone, city, state, zip, country, billingAddressee, billingAddress1, billingAddress2, "
    "billingPhone, billingCity, billingState, billingZip, billingCountry"
)
COLUMNS = {"sales_orders": SALES_ORDERS.split(", "), "cash_sales": CASH_SALES.split(", ")}


@pytest.fixture
def world() -> World:
    return World()


def goods(world: World, external_id: str, **more: str) -> dict[str, str]:
    return {
        "customer": "107",
        "externalId": external_id,
        "orderId": "EXC-1001",
        "date": "11/03/2026",
        "subsidiary": "1",
        "location": "7",
        "orderNote": "Loop exchange for order #1001",
        "salesChannel": "Loop Exchange",
        "item": world.account.item_id("TEE-L"),
        "quantity": "1",
        "price": "100.00",
        "priceLevel": "Custom",
        "taxCode": "-Not Taxable-",
        "address1": "1 Main St",
        "country": "US",
        **more,
    }


def file(kind: str, *rows: dict[str, str], columns: list[str] | None = None) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or COLUMNS[kind], extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("kind", list(MAPS))
def test_the_maps_have_exactly_the_columns_of_the_feeds(kind: str) -> None:
    assert set(MAPS[kind][1]) == set(COLUMNS[kind])


def test_rows_of_one_external_id_become_one_sales_order(world: World) -> None:
    discount = {"item": "905", "price": "-100.00", "orderLineTypeId": "HC_DISCOUNT_LOOP", "quantity": "1"}
    more = {"shippingMethod": "2", "shippingCost": "5.00", "discountItem": "Order Discount", "rate": "-1.00"}
    rows = [goods(world, "SHOP-SO-1", **more), {**goods(world, "SHOP-SO-1", **more), **discount}]
    other = goods(world, "SHOP-SO-2", orderLineId="77", billingAddress1="2 Side St", billingCountry="CA", email="x@y.z")
    answer = ACTS["import_csv"](world, "sales_orders", file("sales_orders", *rows, other))
    assert answer["refused"] == []
    first, second = (world.account.record(one["id"]) for one in answer["imported"])
    assert (first["type"], first["total"], first["status"], len(first["lines"])) == ("salesOrder", "4.00", "B", 2)
    assert (first["memo"], first["otherRefNum"], first["tranDate"]) == (
        "Loop exchange for order #1001",
        "EXC-1001",
        "2026-11-03",
    )
    assert (second["lines"][0]["custom"], second["values"]["billingAddress"]["country"]) == (
        {"custcol_hc_order_line_id": "77"},
        "CA",
    )
    assert second["custom"]["custbody_hc_sales_channel"] == "Loop Exchange"


def test_a_cash_sale_comes_in_with_its_stock(world: World) -> None:
    answer = ACTS["import_csv"](world, "cash_sales", file("cash_sales", goods(world, "SHOP-CS-1", location="8")))
    (made,) = answer["imported"]
    assert world.account.record(made["id"])["type"] == "cashSale"
    assert world.account.on_hand("TEE-L", "8") == -1
    assert world.account.balances()["undeposited"] == 100


def test_the_tax_code_decides_whether_a_line_is_taxed(world: World) -> None:
    world.change_settings("netsuite", {"default_tax_rate": "0.08"})
    rows = [goods(world, "A", taxCode="AVATAX"), goods(world, "B")]
    answer = ACTS["import_csv"](world, "sales_orders", file("sales_orders", *rows))
    assert [world.account.record(one["id"])["total"] for one in answer["imported"]] == ["108.00", "100.00"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"customer": "9999"}, "Invalid entity reference key 9999."),
        ({"item": "TEE-L"}, "Invalid item reference key TEE-L."),
        ({"priceLevel": "Wholesale"}, "Invalid price reference key Wholesale."),
        ({"taxCode": "CA_TAX"}, "Invalid taxcode reference key CA_TAX."),
        ({"discountItem": "906", "rate": "-1.00"}, "Invalid discountitem reference key 906."),
        ({"shippingMethod": "Standard"}, "Invalid shipmethod reference key Standard."),
        ({"date": "2026-11-03"}, "Invalid Field Value 2026-11-03 for the following field: trandate"),
        ({"quantity": "one"}, "Invalid Field Value one for the following field: quantity"),
        ({"externalId": ""}, "Please enter value(s) for: External ID"),
        ({"price": "-1.00"}, "The total can not be negative."),
    ],
)
def test_a_record_is_refused_and_the_others_come_in(world: World, change: dict[str, str], said: str) -> None:
    rows = [goods(world, "A"), {**goods(world, "B"), **change}, goods(world, "C")]
    answer = ACTS["import_csv"](world, "sales_orders", file("sales_orders", *rows))
    assert [one["externalId"] for one in answer["imported"]] == ["A", "C"]
    (refused,) = answer["refused"]
    assert refused["row"] == 3
    assert refused["message"].endswith(said)


def test_an_order_comes_in_once_and_whole(world: World) -> None:
    rows = [goods(world, "A"), goods(world, "B"), goods(world, "A")]
    answer = ACTS["import_csv"](world, "sales_orders", file("sales_orders", *rows))
    assert [(one["row"], one["message"]) for one in answer["refused"]] == [(4, "This record already exists.")]
    differing = [goods(world, "D"), goods(world, "D", orderNote="another")]
    answer = ACTS["import_csv"](world, "sales_orders", file("sales_orders", *differing))
    assert answer["refused"][0]["message"] == "The rows of one record differ in the column orderNote."


def test_a_file_that_does_not_fit_the_map_is_refused(world: World) -> None:
    row = goods(world, "A")
    less = [name for name in COLUMNS["sales_orders"] if name != "orderNote"]
    with pytest.raises(ValueError, match="lacks the mapped columns orderNote"):
        ACTS["import_csv"](world, "sales_orders", file("sales_orders", row, columns=less))
    with pytest.raises(ValueError, match="there is no import"):
        ACTS["import_csv"](world, "customers", "")
    answer = ACTS["import_csv"](
        world, "sales_orders", file("sales_orders", row, columns=[*COLUMNS["sales_orders"], "extra"])
    )
    assert answer["ignored_columns"] == ["extra"]


def test_an_imported_order_is_known_to_those_who_ship_and_bill(world: World) -> None:
    order = ACTS["create_order"](world, lines=[{"sku": "TEE-L", "price": "100.00", "tax_rate": "0"}])
    row = goods(world, f"SHOP-SO-{order['order_id']}", orderId=order["name"])
    ACTS["import_csv"](world, "sales_orders", file("sales_orders", row))
    ACTS["fulfil"](world, order["order_id"])
    billed = ACTS["bill"](world, order["order_id"])
    assert world.account.record(billed["invoice"])["amountRemaining"] == "0.00"
