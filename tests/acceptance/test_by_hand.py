"""Authorizations that people change in NetSuite: we follow what is true, say what we found, and overwrite nothing."""

import pytest

from tests.acceptance.hands import authorization, calls, patches, settled, state, writes_nothing
from tests.acceptance.trade import TWO_TEES, Trade

pytestmark = pytest.mark.soak


def two_units(trade: Trade) -> str:
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES]), {"line": 0, "quantity": 2})
    trade.sync()
    return return_id


def test_a_quantity_lowered_by_a_person_leaves_a_unit_missing_that_nobody_waits_for(trade: Trade) -> None:
    return_id = two_units(trade)
    trade.act("change_line", return_id=return_id, line=1, quantity=1)
    trade.sync()
    trade.receive(return_id)

    trade.sync()

    assert "units_missing" in trade.codes(return_id)
    assert "process" not in calls(trade, return_id)
    assert patches(trade) == 0


def test_a_quantity_lowered_by_a_person_is_not_credited_beyond_what_came(trade: Trade) -> None:
    return_id = two_units(trade)
    trade.act("change_line", return_id=return_id, line=1, quantity=1)
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.codes(return_id) == {"units_missing"}
    assert trade.totals().keys() <= {"returnAuthorization", "itemReceipt"}


def test_a_quantity_raised_by_a_person_is_received_and_credited_for_the_return_only_and_the_rest_closed(
    trade: Trade,
) -> None:
    order = trade.order(lines=[TWO_TEES])
    return_id = trade.wants_back(order, {"line": 0, "quantity": 1})
    trade.sync()
    trade.act("change_line", return_id=return_id, line=1, quantity=2)
    trade.process_by_hand(return_id)

    trade.sync()

    assert [one["quantity"] for one in trade.record("itemReceipt")["lines"]] == ["1"]
    assert trade.totals()["creditMemo"] == ["54.00"]
    settled(trade, return_id)


def test_a_deleted_authorization_is_not_made_again_by_itself_but_when_a_person_retries(trade: Trade) -> None:
    return_id = two_units(trade)
    trade.act("delete_record", id=authorization(trade, return_id)["id"])
    done = trade.command("sync", "--return", return_id)

    assert done.returncode == 1, done.stderr
    assert trade.codes(return_id) == {"record_gone"}
    assert trade.records() == []
    writes_nothing(trade)

    trade.retry(return_id)
    assert authorization(trade, return_id)["externalId"] == f"LOOP-RA-{return_id}"
    assert trade.codes(return_id) == set()


@pytest.mark.parametrize("kind", ["itemReceipt", "creditMemo"])
def test_a_posting_record_of_ours_that_a_person_deleted_is_not_posted_again_by_itself(trade: Trade, kind: str) -> None:
    trade.policy('receive = "loop"')
    trade.rewrite(('default = "9"\nshopify_payments = "9"\n', ""))
    return_id = two_units(trade)
    trade.process_by_hand(return_id)
    trade.sync()
    assert trade.codes(return_id) == {"gateway_unmapped"}, "so the credit memo stands without a refund"
    if kind == "itemReceipt":
        trade.act("delete_record", id=trade.record("creditMemo")["id"], force=True)
    trade.act("delete_record", id=trade.record(kind)["id"], force=True)

    trade.command("sync", "--return", return_id)

    assert trade.records(kind) == []
    assert "record_gone" in trade.codes(return_id)


def test_an_authorization_that_waits_for_approval_holds_receipt_and_refund_until_it_is_approved(trade: Trade) -> None:
    return_id = two_units(trade)
    trade.act("set_field", record=authorization(trade, return_id)["id"], field="orderStatus", value="A")
    trade.process_by_hand(return_id)
    trade.sync()
    assert trade.codes(return_id) == {"authorization_not_approved"}
    assert trade.totals().keys() == {"returnAuthorization"}

    trade.act("approve", authorization=authorization(trade, return_id)["id"])
    trade.sync()

    assert trade.totals()["creditMemo"] == ["108.00"]
    settled(trade, return_id)


def test_an_authorization_with_another_external_id_is_still_the_returns_own(trade: Trade) -> None:
    return_id = two_units(trade)
    trade.act("set_field", record=authorization(trade, return_id)["id"], field="externalId", value="WMS-4711")
    trade.receive(return_id)

    trade.until_done()

    assert authorization(trade, return_id)["externalId"] == "WMS-4711"
    assert trade.totals()["creditMemo"] == ["108.00"]
    settled(trade, return_id)


def test_an_authorization_with_another_external_id_is_found_by_its_memo_where_no_field_is_configured(
    trade: Trade,
) -> None:
    trade.rewrite(('return_id = "custbody_loop_return_id"\n', ""))
    trade.wants_back(trade.order())
    trade.sync()
    made = trade.record("returnAuthorization")
    trade.act("set_field", record=made["id"], field="externalId", value="WMS-4711")

    trade.sync()

    assert [one["id"] for one in trade.records("returnAuthorization")] == [made["id"]]
    trade.act("receive", authorization=made["id"])
    trade.until_done()
    assert trade.totals()["creditMemo"] == ["108.00"]


def test_an_authorization_that_a_person_cancelled_and_made_anew_is_the_one_we_go_on_with(trade: Trade) -> None:
    trade.policy('cancel_in_loop = "off"')
    order = trade.order(lines=[TWO_TEES])
    return_id = trade.wants_back(order, {"line": 0, "quantity": 2})
    trade.sync()
    old = authorization(trade, return_id)
    trade.act("cancel_authorization", return_id=return_id)
    new = trade.act("make_authorization", order_id=order["order_id"], fields={"custbody_loop_return_id": return_id})
    trade.act("receive", authorization=new["id"])

    trade.until_done()

    assert trade.record("creditMemo")["createdFrom"] == new["id"] != old["id"]
    assert trade.said(return_id) == {}


@pytest.mark.parametrize("end", ["cancel_authorization", "close_authorization"])
def test_processed_in_loop_although_its_authorization_was_ended_credits_nothing_and_a_person_is_told(
    trade: Trade, end: str
) -> None:
    return_id = two_units(trade)
    trade.act(end, return_id=return_id)
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.codes(return_id) == {"units_missing"}
    assert trade.totals().keys() == {"returnAuthorization"}
    assert state(trade, return_id) == "closed"


def test_a_credit_made_by_hand_from_the_authorization_is_paid_out_and_not_doubled(trade: Trade) -> None:
    trade.policy('receive = "netsuite"')
    return_id = two_units(trade)
    trade.receive(return_id)
    trade.act("make_credit_memo", source=authorization(trade, return_id)["id"])

    trade.until_done()

    assert trade.totals()["creditMemo"] == ["108.00"]
    assert trade.totals()["customerRefund"] == ["108.00"]
    assert trade.books() == {}
    settled(trade, return_id)


def test_goods_credited_by_hand_without_an_authorization_are_not_returned_again(trade: Trade) -> None:
    order = trade.order()
    trade.act("make_credit_memo", source=order["invoice"])
    return_id = trade.wants_back(order)

    trade.sync()

    assert trade.codes(return_id) == {"over_return"}
    assert trade.records("returnAuthorization") == []
