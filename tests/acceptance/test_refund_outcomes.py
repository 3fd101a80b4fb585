"""What leaves by something else than one plain refund: gift card, bonus, later refunds, several tenders, no return."""

from datetime import timedelta

import pytest

from tests.acceptance.hands import later, settled, writes_nothing
from tests.acceptance.trade import TEE, Record, Trade, dec, skus

ITEMS = (
    'item_discount = "907"\n',
    'item_discount = "907"\nbonus = "908"\nshipping_refund = "909"\ngoodwill = "903"\n',
)
"""The items beyond those that every test has."""

OVER = timedelta(minutes=31)
"""After this a refund without a return is no return's any more."""


@pytest.fixture
def shop(trade: Trade) -> Trade:
    trade.rewrite(ITEMS)
    return trade


def sold(shop: Trade, name: str = "#1001", **wish: object) -> Record:
    """A tee at 108.00 with shipping of 10.00."""
    return shop.order(name, lines=[TEE], shipping="10.00", **wish)


def refund(shop: Trade, order: Record, amount: str, **wish: str) -> None:
    """Somebody refunds money in Shopify's admin."""
    shop.act("shopify_refund", order_id=order["order_id"], amount=amount, **wish)


def said_of(shop: Trade, order: Record) -> set[str]:
    return shop.codes(f"order:{order['order_id']}")


def test_a_gift_card_with_a_bonus_is_a_liability_of_118_00_and_an_expense_of_10_00(shop: Trade) -> None:
    order = sold(shop)
    return_id = shop.wants_back(order, outcome="gift_card")
    shop.act("tamper", return_id=return_id, gift_card="118.00")
    before = shop.books()
    shop.process_by_hand(return_id)

    shop.sync()

    credit = shop.record("creditMemo")
    assert credit["total"] == "0.00"
    assert [amount for _, _, amount in skus(credit)] == ["100.00", "-118.00", "10.00"]
    assert shop.moved(before) == dec(
        inventory="40.00", cogs="-40.00", revenue="100.00", tax="8.00", gift_card_liability="-118.00", incentive="10.00"
    )
    assert shop.record("returnAuthorization")["status"] == "G"
    settled(shop, return_id)


def test_shipping_refunded_later_is_a_credit_memo_of_its_own_and_20_00_more_are_over_credit(shop: Trade) -> None:
    order = sold(shop)
    return_id = shop.wants_back(order)
    before = shop.books()
    shop.process_by_hand(return_id)
    shop.sync()
    refund(shop, order, "10.00", return_id=return_id, shipping="10.00")
    shop.sync()

    assert shop.totals()["creditMemo"] == shop.totals()["customerRefund"] == ["10.00", "108.00"]
    moved = shop.moved(before)
    assert (moved["bank"], moved["shipping_income"], "ar" in moved) == (*dec(a="-118.00", b="10.00").values(), False)
    settled(shop, return_id)

    refund(shop, order, "20.00", return_id=return_id)
    shop.sync()
    assert shop.said(return_id) == {"refund": "over_credit"}
    assert shop.totals()["creditMemo"] == ["10.00", "108.00"]
    writes_nothing(shop)


def test_a_cash_refund_of_two_tenders_pays_the_larger_and_carries_the_other_as_a_line(shop: Trade) -> None:
    shop.rewrite(
        (
            "[shops.netsuite.locations]",
            '[shops.netsuite.payment_items]\ngift_card = "902"\n\n[shops.netsuite.locations]',
        )
    )
    order = sold(shop, billing="cash_sale", payments=[["gift_card", "48.00"], ["shopify_payments", "70.00"]])
    return_id = shop.wants_back(order)
    before = shop.books()
    shop.process_by_hand(return_id)

    shop.sync()

    paid = shop.record("cashRefund")
    assert (paid["total"], [amount for _, _, amount in skus(paid)]) == ("60.00", ["100.00", "-48.00"])
    assert shop.moved(before) == dec(
        inventory="40.00", cogs="-40.00", revenue="100.00", tax="8.00", gift_card_liability="-48.00", bank="-60.00"
    )
    settled(shop, return_id)


def test_a_refund_without_a_return_is_posted_once_even_from_an_empty_database(shop: Trade) -> None:
    shop.policy("refunds_without_return = true")
    shop.rewrite(ITEMS)
    order = sold(shop)
    shop.sync()
    before = shop.books()
    refund(shop, order, "15.00")

    shop.sync()
    assert said_of(shop, order) == {"refund_settling"}
    later(shop, OVER)

    assert shop.totals() == {"creditMemo": ["15.00"], "customerRefund": ["15.00"]}
    assert shop.moved(before) == dec(fee_income="15.00", bank="-15.00")
    assert said_of(shop, order) == set()
    shop.forget_everything()
    later(shop, OVER)
    assert shop.totals() == {"creditMemo": ["15.00"], "customerRefund": ["15.00"]}


def test_of_a_cash_sale_it_is_a_cash_refund_and_where_it_is_not_wanted_it_is_nothing(shop: Trade) -> None:
    order = sold(shop, billing="cash_sale")
    shop.sync()
    refund(shop, order, "15.00")
    later(shop, OVER)
    assert shop.totals() == {}

    shop.policy("refunds_without_return = true")
    shop.rewrite(ITEMS)
    refund(shop, order, "3.00")
    later(shop, OVER + OVER)
    assert shop.totals() == {"cashRefund": ["15.00", "3.00"]}


def test_more_goodwill_than_was_sold_is_stopped(shop: Trade) -> None:
    shop.policy("refunds_without_return = true")
    shop.rewrite(ITEMS)
    order = sold(shop)
    return_id = shop.wants_back(order)
    shop.process_by_hand(return_id)
    shop.sync()
    refund(shop, order, "20.00")
    later(shop, OVER)

    assert said_of(shop, order) == {"over_credit"}
    assert shop.totals()["creditMemo"] == ["108.00"]
