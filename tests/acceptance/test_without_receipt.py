"""Refunds without a receipt of every unit: the shopper keeps an item, the account refunds first, or has no receipts."""

import pytest

from tests.acceptance.hands import authorization, closed_lines, settled
from tests.acceptance.trade import CAP, TEE, TWO_TEES, Trade, dec

pytestmark = pytest.mark.soak

KEEP = 'keep_item_reasons = ["Keep it"]'


def in_advance(trade: Trade, *, wanted: bool = True) -> None:
    """The account's preference Refund in Advance of Return."""
    trade.sandbox.control("POST", "/netsuite/settings", refund_in_advance=wanted)


def test_a_kept_item_is_refunded_without_a_receipt_and_its_line_closed_after_the_credit(trade: Trade) -> None:
    trade.policy(KEEP)
    in_advance(trade)
    before_sale = trade.books()
    assert before_sale == {}
    return_id = trade.wants_back(trade.order(), reason="Keep it")
    trade.sync()
    before = trade.books()
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.totals() == {
        "returnAuthorization": ["108.00"],
        "creditMemo": ["108.00"],
        "customerRefund": ["108.00"],
    }
    assert trade.moved(before) == dec(revenue="100.00", tax="8.00", bank="-108.00"), "the goods stay with the shopper"
    assert closed_lines(authorization(trade, return_id)) == [True]
    settled(trade, return_id)


def test_of_two_items_one_is_kept_and_one_is_received(trade: Trade) -> None:
    trade.policy(KEEP)
    in_advance(trade)
    order = trade.order(lines=[TEE, CAP])
    return_id = trade.wants_back(order, {"line": 0}, {"line": 1})
    trade.act("set_reasons", return_id=return_id, reasons=["Too small", "Keep it"])
    trade.process_by_hand(return_id)

    trade.sync()

    assert [(line["sku"], line["quantity"]) for line in trade.record("itemReceipt")["lines"]] == [("TEE-M", "1")]
    assert trade.totals()["creditMemo"] == ["140.40"]
    assert closed_lines(authorization(trade, return_id)) == [False, True]
    settled(trade, return_id)


@pytest.mark.parametrize("two_of_one_line", [False, True])
def test_where_the_account_does_not_refund_in_advance_nothing_is_credited_for_a_kept_item_and_it_is_said(
    trade: Trade, two_of_one_line: bool
) -> None:
    trade.policy(KEEP)
    order = trade.order(lines=[TWO_TEES])
    return_id = trade.wants_back(order, {"line": 0, "quantity": 2 if two_of_one_line else 1}, reason="Keep it")
    if two_of_one_line:
        trade.act("set_reasons", return_id=return_id, reasons=["Too small", "Keep it"])
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.codes(return_id) & {"netsuite_rule_refused", "netsuite_value_missing"}
    assert "creditMemo" not in trade.totals()

    in_advance(trade)
    trade.retry(return_id)
    assert trade.totals()["creditMemo"] == [trade.loop(return_id)["refund"]]


def test_refund_before_receipt_credits_first_and_receives_when_the_goods_come(trade: Trade) -> None:
    trade.policy('receive = "netsuite"', "refund_before_receipt = true")
    in_advance(trade)
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)

    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization", "creditMemo", "customerRefund"}
    assert closed_lines(authorization(trade, return_id)) == [False]
    settled(trade, return_id)

    trade.receive(return_id)
    trade.sync()
    assert authorization(trade, return_id)["status"] == "G"
    assert trade.books() == {}
    settled(trade, return_id)


@pytest.mark.parametrize("billing", ["invoice", "cash_sale"])
def test_an_account_without_item_receipts_is_credited_once_loop_has_processed(trade: Trade, billing: str) -> None:
    trade.sandbox.control("POST", "/netsuite/settings", advanced_receiving=False)
    return_id = trade.wants_back(trade.order(billing=billing))
    trade.sync()
    assert authorization(trade, return_id)["status"] == "F"
    trade.process_by_hand(return_id)

    trade.sync()

    money = {"cashRefund"} if billing == "cash_sale" else {"creditMemo", "customerRefund"}
    assert trade.totals().keys() == {"returnAuthorization", *money}
    assert trade.books() == {}
    settled(trade, return_id)


def test_a_line_closed_unreceived_in_an_account_with_receipts_never_counts_as_received(trade: Trade) -> None:
    hoodie = {"sku": "HOODIE", "quantity": 1, "price": "150.00", "tax_rate": "0.08", "line_discount": "15.00"}
    return_id = trade.wants_back(trade.order(lines=[hoodie]))
    trade.sync()
    trade.act("close_authorization", return_id=return_id, lines=[1])
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.codes(return_id) == {"units_missing"}
    assert trade.totals().keys() == {"returnAuthorization"}


@pytest.mark.parametrize("sku", ["SERIAL-1", "LOT-1", "BIN-1"])
def test_tracked_goods_are_received_by_hand_and_everything_after_goes_on_by_itself(trade: Trade, sku: str) -> None:
    return_id = trade.wants_back(trade.order(lines=[{**TEE, "sku": sku}]))
    trade.process_by_hand(return_id)
    trade.sync()
    assert "receive_by_hand" in trade.codes(return_id)
    assert trade.totals().keys() == {"returnAuthorization"}

    trade.receive(return_id)
    trade.sync()

    assert trade.totals()["customerRefund"] == ["108.00"]
    settled(trade, return_id)
