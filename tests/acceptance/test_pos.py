"""Returns handed in at a store through Loop's point of sale: authorised, received there and refunded in one pass."""

import pytest

from tests.acceptance.hands import authorization, calls, settled
from tests.acceptance.trade import Trade, dec

STORE = "61200000001"
"""Shopify's location of the store; NetSuite's is 8."""


@pytest.fixture
def store(trade: Trade) -> Trade:
    """A connector that knows which NetSuite location the store is."""
    trade.rewrite(('default = "7"\n', f'default = "7"\n"shopify:{STORE}" = "8"\n'))
    return trade


@pytest.mark.parametrize("restocks", [False, True])
def test_a_store_return_of_a_store_sale_is_received_at_the_store_and_refunded_in_one_pass(
    store: Trade, restocks: bool
) -> None:
    trade = store
    trade.act("loop_settings", restocks=restocks)
    order = trade.order(location="store", billing="cash_sale")
    before = trade.books()
    return_id = trade.wants_back(order, is_pos=True)
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.totals() == {
        "returnAuthorization": ["108.00"],
        "itemReceipt": ["100.00"],
        "cashRefund": ["108.00"],
    }
    assert [line["location"] for line in trade.record("itemReceipt")["lines"]] == ["8"]
    assert authorization(trade, return_id)["lines"][0]["location"] == "8"
    assert trade.moved(before) == dec(inventory="40.00", cogs="-40.00", revenue="100.00", tax="8.00", bank="-108.00")
    assert calls(trade, return_id) == {}
    settled(trade, return_id)


def test_a_store_return_of_an_order_that_was_shipped_is_received_where_loop_says(store: Trade) -> None:
    trade = store
    trade.act("loop_settings", restocks=True)
    return_id = trade.wants_back(trade.order(), is_pos=True)
    trade.process_by_hand(return_id)

    trade.sync()

    assert [line["location"] for line in trade.record("itemReceipt")["lines"]] == ["8"]
    assert trade.totals()["customerRefund"] == ["108.00"]
    settled(trade, return_id)


def test_a_store_return_waits_for_no_parcel(store: Trade) -> None:
    trade = store
    trade.rewrite(("[shops.policy]\n", '[shops.policy]\nreceive_when = "delivered"\n'))
    return_id = trade.wants_back(trade.order(location="store", billing="cash_sale"), is_pos=True)
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.totals()["cashRefund"] == ["108.00"]
    settled(trade, return_id)
