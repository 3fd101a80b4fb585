"""What a return is worth: rate, discount and tax of the original sale, whatever form the discount has in NetSuite."""

from decimal import Decimal

import pytest

from tests.acceptance.trade import CAP, TEE, TWO_TEES, Trade, dec, skus

C = [TWO_TEES, CAP]
"""Two tees at 50.00 and a cap at 30.00; an order discount of 13.00 takes 5.00 off a tee and 3.00 off the cap."""


@pytest.mark.parametrize("discount_as", ["header", "line"])
def test_one_of_two_units_with_its_share_of_the_order_discount_is_48_60(trade: Trade, discount_as: str) -> None:
    order = trade.order("#1003", lines=C, order_discount="13.00", discount_as=discount_as)
    return_id = trade.wants_back(order)
    before = trade.books()
    trade.process_by_hand(return_id)

    trade.sync()

    authorization, credit = trade.record("returnAuthorization"), trade.record("creditMemo")
    for record in (authorization, credit):
        assert (record["total"], record["taxTotal"]) == ("48.60", "3.60")
    if discount_as == "header":
        assert authorization["discountRate"] == "-5.00"
        assert skus(authorization) == [("TEE", "1", "50.00")]
    else:
        assert [amount for _, _, amount in skus(authorization)] == ["50.00", "-5.00"]
    assert trade.record("customerRefund")["total"] == "48.60"
    assert trade.moved(before) == dec(
        inventory="20.00", cogs="-20.00", revenue="50.00", discounts="-5.00", tax="3.60", bank="-48.60"
    )
    assert authorization["status"] == trade.record("returnAuthorization")["status"] == "G"
    assert trade.said(return_id) == {}


def test_the_returns_of_one_order_add_up_to_its_discount_exactly(trade: Trade) -> None:
    lines = [{"sku": "SOCKS", "quantity": 3, "price": "12.50", "tax_rate": "0.08"}]
    order = trade.order(lines=lines, order_discount="10.00")
    for _ in range(3):
        trade.process_by_hand(trade.wants_back(order))

    trade.sync()

    assert len(trade.records("creditMemo")) == 3
    credited = [Decimal(one["total"]) for one in trade.records("creditMemo")]
    assert sum(credited) == Decimal(order["total"])
    assert trade.books() == dec(tax="-0.01", variance="0.01"), "NetSuite rounds the tax of each return by itself"


def test_a_discount_on_a_line_goes_with_the_returned_units(trade: Trade) -> None:
    lines = [{"sku": "HOODIE", "quantity": 2, "price": "150.00", "tax_rate": "0.08", "line_discount": "30.00"}]
    trade.process_by_hand(trade.wants_back(trade.order(lines=lines)))

    trade.sync()

    assert [amount for _, _, amount in skus(trade.record("returnAuthorization"))] == ["150.00", "-15.00"]
    assert trade.record("creditMemo")["total"] == "145.80"


def test_an_order_with_taxes_included_is_refunded_at_the_price_paid(trade: Trade) -> None:
    lines = [{"sku": "TEE-M", "quantity": 1, "price": "108.00", "tax_rate": "0.08"}]
    return_id = trade.wants_back(trade.order(lines=lines, taxes_included=True))
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.record("creditMemo")["total"] == "108.00"
    assert trade.record("customerRefund")["total"] == "108.00"
    assert trade.said(return_id) == {}
    assert trade.books() == {}


def test_a_cent_of_tax_rounding_becomes_a_visible_variance_line_and_the_refund_is_what_left(trade: Trade) -> None:
    order = trade.order(lines=[TEE])
    return_id = trade.wants_back(order)
    before = trade.books()
    trade.sandbox.control("POST", "/netsuite/settings", tax_skew="0.01")
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.record("returnAuthorization")["total"] == "108.01"
    credit = trade.record("creditMemo")
    assert (credit["total"], credit["lines"][-1]["item"], credit["lines"][-1]["amount"]) == ("108.00", "904", "-0.01")
    assert trade.record("customerRefund")["total"] == "108.00"
    assert trade.moved(before)["variance"] == dec(variance="-0.01")["variance"]
    assert trade.said(return_id) == {}


def test_six_cents_of_difference_are_too_much_and_nothing_is_posted(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TEE]))
    before = trade.books()
    trade.sandbox.control("POST", "/netsuite/settings", tax_skew="0.06")
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.totals() == {"returnAuthorization": ["108.06"]}
    assert trade.moved(before) == {}
    assert trade.codes(return_id) == {"amount_differs"}
    finding = trade.finding(return_id, "amount_differs")
    assert "108.06" in finding
    assert "108.00" in finding


def test_six_cents_are_posted_where_the_merchant_allows_ten(trade: Trade) -> None:
    trade.policy('variance_limit = "0.10"')
    trade.sandbox.control("POST", "/netsuite/settings", tax_skew="0.06")
    trade.process_by_hand(trade.wants_back(trade.order(lines=[TEE])))

    trade.sync()

    assert trade.record("creditMemo")["total"] == "108.00"


def test_a_handling_fee_stays_with_the_shop_as_a_line_of_its_own(trade: Trade) -> None:
    order = trade.order(lines=[TEE])
    return_id = trade.wants_back(order, handling_fee="9.99")
    before = trade.books()
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.record("creditMemo")["total"] == trade.record("customerRefund")["total"] == "98.01"
    assert trade.moved(before)["fee_income"] == dec(fee_income="-9.99")["fee_income"]
    assert trade.said(return_id) == {}
