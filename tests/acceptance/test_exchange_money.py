"""Even, dearer and cheaper exchanges, online and in store: the clearing account ends at 0.00 and money is right."""

from decimal import Decimal

import pytest

from tests.acceptance.selling import AT_ONCE, clearing, exchange, exchange_order, nothing_more, said_of, ship_and_bill
from tests.acceptance.selling import totals_by_id as sold_totals
from tests.acceptance.trade import Trade

STORIES = {
    "even": ("100.00", "8.00", {"credit": "8.00"}, "0.00"),
    "dearer": ("150.00", "62.00", {"credit": "8.00", "upsell": "54.00"}, "0.00"),
    "cheaper": ("60.00", "4.80", {"credit": "4.80"}, "43.20"),
}
"""Price of the new tee; total of the exchange order in Shopify; deposits by ending; what is refunded."""


@pytest.mark.parametrize("story", STORIES)
def test_online_the_clearing_is_zero_once_both_sides_have_posted(trade: Trade, story: str) -> None:
    price, total, deposits, refunded = STORIES[story]
    trade.policy(AT_ONCE)
    order = trade.order(shipping="10.00")
    return_id = exchange(trade, order, price)
    trade.sync()
    trade.receive(return_id)
    trade.sync()
    trade.loop_works()
    trade.sync()
    trade.sync()
    new = exchange_order(trade, return_id)

    assert sold_totals(trade) == {
        f"SHOP-SO-{new}": total,
        **{f"SHOP-CD-{new}-{ending}": amount for ending, amount in deposits.items()},
    }
    assert trade.totals()["creditMemo"] == [refunded]
    assert trade.totals().get("customerRefund", []) == ([refunded] if Decimal(refunded) else [])
    ship_and_bill(trade, new)
    assert clearing(trade) == 0
    assert trade.codes(return_id) == set()
    assert said_of(trade, new) == {}
    nothing_more(trade)


@pytest.mark.parametrize("story", STORIES)
def test_in_the_store_a_cash_sale_meets_a_cash_refund_and_the_clearing_is_zero(trade: Trade, story: str) -> None:
    price, _, deposits, refunded = STORIES[story]
    trade.policy(AT_ONCE, 'receive = "loop"')
    order = trade.order(shipping="10.00", billing="cash_sale")
    return_id = exchange(trade, order, price, is_pos=True)
    trade.process_by_hand(return_id)
    for _ in range(3):
        trade.sync()
    new = exchange_order(trade, return_id)

    assert sold_totals(trade) == {f"SHOP-CS-{new}": deposits.get("upsell", "0.00")}
    assert trade.totals()["cashRefund"] == [refunded]
    assert clearing(trade) == 0
    assert trade.codes(return_id) == set()
    assert said_of(trade, new) == {}
    nothing_more(trade)


def test_nothing_is_ever_repaired_in_shopify(trade: Trade) -> None:
    trade.policy(AT_ONCE)
    return_id = exchange(trade, trade.order(), "100.00")
    trade.process_by_hand(return_id)
    trade.sync()
    assert trade.writes()["shopify"] == 0


def test_an_exchange_is_exchanged_again(trade: Trade) -> None:
    """The second return is made from the exchange order that we wrote; the return credit on it does not come back."""
    trade.policy(AT_ONCE)
    first = exchange(trade, trade.order(), "100.00")
    trade.process_by_hand(first)
    trade.sync()
    trade.sync()
    new = exchange_order(trade, first)
    ship_and_bill(trade, new)

    second = trade.wants_back({"order_id": new})
    trade.sync()

    made = [one for one in trade.records("returnAuthorization") if one["externalId"] == f"LOOP-RA-{second}"]
    assert [one["total"] for one in made] == ["108.00"]
    assert trade.codes(second) == set()
