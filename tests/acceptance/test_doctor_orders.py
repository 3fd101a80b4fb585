"""The doctor and orders: another connector that brings the same ones, and what sending them needs."""

import pytest

from tests.acceptance.selling import AT_ONCE, netsuite_ids, nothing_more, sold
from tests.acceptance.test_doctor import codes, healthy
from tests.acceptance.trade import Record, Trade

LOOP = 1662707


def brought(trade: Trade, number: int) -> Record:
    """An exchange order that another connector has put into NetSuite."""
    order = dict(trade.act("create_order", name=f"EXC-50{number:02}", app_id=LOOP))
    trade.act("bring_to_netsuite", order_id=order["order_id"], fulfilled=False)
    return order


@pytest.mark.parametrize("synced", [False, True], ids=["before the first sync", "after it"])
def test_while_both_bring_exchange_orders_none_is_sent_all_are_adopted_and_the_doctor_ends_with_2(
    trade: Trade, synced: bool
) -> None:
    trade.policy(AT_ONCE)
    orders = [brought(trade, number) for number in range(3)]
    if synced:
        trade.sync()
        assert sold(trade) == []
        assert all("NETSUITE_ORDER_ID" in netsuite_ids(trade, one["order_id"]) for one in orders)
        nothing_more(trade)

    done = trade.command("doctor", "--json")

    assert done.returncode == 2
    assert '"orders_from_another_connector"' in done.stdout
    assert "3 of 3 orders" in done.stdout


def test_with_one_of_them_switched_off_the_doctor_says_nothing_of_it(trade: Trade) -> None:
    healthy(trade)
    brought(trade, 1)
    assert codes(trade)["orders_from_another_connector"] == "broken"
    text = trade.config.read_text()
    trade.config.write_text(text.replace("[shops.policy]\n", "[shops.policy]\norder_channels = []\n"))
    assert "orders_from_another_connector" not in codes(trade)


def test_our_own_orders_are_no_other_connector(trade: Trade) -> None:
    trade.policy(AT_ONCE)
    trade.act("create_order", name="EXC-5001", app_id=LOOP)
    trade.sync()
    assert len(sold(trade)) >= 1
    assert "orders_from_another_connector" not in codes(trade)


def test_items_and_accounts_that_exchange_orders_need_are_asked_for(trade: Trade) -> None:
    trade.rewrite(('loop_discount = "905"\n', ""), ('upsell = "156"\n', ""))
    found = codes(trade)
    assert found["item_not_configured"] == "warning"
    assert found["account_not_configured"] == "warning"
