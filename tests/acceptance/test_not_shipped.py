"""Orders not shipped, or shipped or billed in parts: what was shipped comes back, the rest is paid from a deposit."""

import pytest

from tests.acceptance.hands import authorization, settled
from tests.acceptance.trade import CAP, TEE, TWO_TEES, Trade, dec

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("cancelled", [False, True], ids=["open", "cancelled"])
def test_units_that_were_never_shipped_are_refunded_from_the_deposit_without_an_authorization(
    trade: Trade, cancelled: bool
) -> None:
    order = trade.order(fulfilled=False, billing="none")
    deposit = trade.act("take_deposit", order_id=order["order_id"])
    if cancelled:
        trade.act("cancel_order", order_id=order["order_id"])
    before = trade.books()
    return_id = trade.wants_back(order)
    trade.sync()
    assert trade.records() == []

    trade.process_by_hand(return_id)
    trade.sync()

    assert trade.totals() == {"customerRefund": ["108.00"]}
    refund = trade.record("customerRefund")
    assert refund["externalId"] == f"LOOP-RF-{return_id}-1"
    assert refund["apply"] == [{"doc": deposit["id"], "amount": "108.00"}]
    assert trade.moved(before) == dec(customer_deposits="108.00", bank="-108.00")
    settled(trade, return_id)


def test_a_deposit_too_small_for_the_refund_needs_a_person(trade: Trade) -> None:
    order = trade.order(fulfilled=False, billing="none")
    trade.act("take_deposit", order_id=order["order_id"], amount="50.00")
    return_id = trade.wants_back(order)
    trade.process_by_hand(return_id)

    trade.sync()

    assert "deposit_too_small" in trade.codes(return_id)
    assert trade.records() == []


def test_of_an_order_shipped_in_part_only_what_was_shipped_is_authorised(trade: Trade) -> None:
    order = trade.order(lines=[TEE, CAP], fulfilled=False, billing="none")
    trade.act("fulfil", order_id=order["order_id"], lines=[{"line": 0}])
    trade.act("bill", order_id=order["order_id"])
    shipped, not_yet = trade.wants_back(order, {"line": 0}), trade.wants_back(order, {"line": 1})

    trade.sync()
    assert authorization(trade, shipped)["total"] == "108.00"
    assert trade.codes(not_yet) == {"order_not_fulfilled"}
    assert len(trade.records()) == 1

    trade.act("fulfil", order_id=order["order_id"])
    trade.act("bill", order_id=order["order_id"])
    trade.sync()
    assert authorization(trade, not_yet)["total"] == "32.40"
    for one in (shipped, not_yet):
        trade.receive(one)
    trade.until_done()
    assert trade.totals()["creditMemo"] == ["108.00", "32.40"]
    assert trade.books() == {}


def test_one_of_two_units_shipped_the_return_of_one_is_authorised_and_of_two_is_waited_for(trade: Trade) -> None:
    order = trade.order(lines=[TWO_TEES], fulfilled=False, billing="none")
    trade.act("fulfil", order_id=order["order_id"], lines=[{"line": 0, "quantity": 1}])
    both = trade.wants_back(order, {"line": 0, "quantity": 2})
    trade.sync()
    assert trade.codes(both) == {"order_not_fulfilled"}

    trade.act("edit_return", return_id=both, remove_lines=[0])
    trade.sync()

    assert authorization(trade, both)["total"] == "54.00"


def test_an_order_with_two_invoices_is_credited_and_paid_out_and_no_invoice_is_touched(trade: Trade) -> None:
    order = trade.order(lines=[TEE, CAP], fulfilled=False, billing="none")
    for line in (0, 1):
        trade.act("fulfil", order_id=order["order_id"], lines=[{"line": line}])
        trade.act("bill", order_id=order["order_id"])
    invoices = trade.sandbox.records("invoice")
    assert [one["total"] for one in invoices] == ["108.00", "32.40"]
    return_id = trade.wants_back(order, {"line": 0}, {"line": 1})
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.totals()["creditMemo"] == ["140.40"]
    assert trade.record("customerRefund")["apply"] == [{"doc": trade.record("creditMemo")["id"], "amount": "140.40"}]
    assert trade.sandbox.records("invoice") == invoices
    assert trade.books() == {}
    settled(trade, return_id)


def test_a_unit_shipped_but_not_billed_waits_although_another_line_of_its_order_is_billed(trade: Trade) -> None:
    order = trade.order(lines=[TEE, CAP], fulfilled=False, billing="none")
    trade.act("fulfil", order_id=order["order_id"], lines=[{"line": 0}])
    trade.act("bill", order_id=order["order_id"])
    trade.act("fulfil", order_id=order["order_id"], lines=[{"line": 1}])
    return_id = trade.wants_back(order, {"line": 1})
    trade.process_by_hand(return_id)

    trade.sync()
    assert trade.codes(return_id) == {"order_not_billed"}
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}

    trade.act("bill", order_id=order["order_id"])
    trade.sync()
    assert trade.totals()["customerRefund"] == ["32.40"]
    settled(trade, return_id)


def test_of_an_order_cancelled_for_the_rest_the_shipped_part_is_returned_as_usual(trade: Trade) -> None:
    order = trade.order(lines=[TEE, CAP], fulfilled=False, billing="none")
    trade.act("fulfil", order_id=order["order_id"], lines=[{"line": 0}])
    trade.act("bill", order_id=order["order_id"])
    trade.act("close_authorization", authorization=order["sales_order"], lines=[4])
    return_id = trade.wants_back(order, {"line": 0})
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.totals()["customerRefund"] == ["108.00"]
    settled(trade, return_id)
