"""A whole order comes back and is refunded: by credit memo, or by cash refund where it was a cash sale."""

from tests.acceptance.trade import TEE, Trade, dec, skus


def test_a_full_refund_of_an_invoiced_order_ends_refunded_with_every_account_as_a_controller_expects(
    trade: Trade,
) -> None:
    order = trade.order(lines=[TEE], shipping="10.00")
    return_id = trade.wants_back(order)
    before = trade.books()

    trade.sync()
    authorization = trade.record("returnAuthorization")
    assert authorization["externalId"] == f"LOOP-RA-{return_id}"
    assert authorization["createdFrom"] == order["sales_order"]
    assert (authorization["status"], authorization["total"], authorization["taxTotal"]) == ("B", "108.00", "8.00")
    assert skus(authorization) == [("TEE-M", "1", "100.00")]
    assert authorization["custom"]["custbody_loop_return_id"] == return_id
    assert authorization["otherRefNum"] == "#1001"
    assert authorization["lines"][0]["custom"]["custcol_loop_reason"] == "Didn't fit / Too small"
    assert trade.moved(before) == {}

    trade.receive(return_id)
    assert trade.moved(before) == dec(inventory="40.00", cogs="-40.00")
    assert trade.record("returnAuthorization")["status"] == "F"
    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}
    assert trade.loop(return_id)["calls"] == {"process": 1}
    assert trade.codes(return_id) == {"loop_processing"}

    trade.loop_works()
    trade.sync()
    credit, refund = trade.record("creditMemo"), trade.record("customerRefund")
    assert (credit["externalId"], credit["createdFrom"]) == (f"LOOP-CM-{return_id}-1", authorization["id"])
    assert (credit["total"], credit["taxTotal"], credit["amountRemaining"]) == ("108.00", "8.00", "0.00")
    assert (refund["externalId"], refund["total"]) == (f"LOOP-RF-{return_id}-1", "108.00")
    assert refund["apply"] == [{"doc": credit["id"], "amount": "108.00"}]
    assert refund["entity"] == credit["entity"] == authorization["entity"]
    assert trade.record("returnAuthorization")["status"] == "G"
    assert trade.moved(before) == dec(inventory="40.00", cogs="-40.00", revenue="100.00", tax="8.00", bank="-108.00")
    loop = trade.loop(return_id)
    assert (loop["state"], loop["was_processed"], loop["calls"]) == ("closed", True, {"process": 1})
    assert loop["process_fields"]["netsuite_return_authorization"] == authorization["tranId"]
    assert loop["process_fields"]["netsuite_item_receipt"] == trade.record("itemReceipt")["tranId"]
    assert trade.said(return_id) == {}


def test_a_full_refund_of_a_cash_sale_is_one_cash_refund_without_credit_memo_or_customer_refund(trade: Trade) -> None:
    order = trade.order("#1002", lines=[TEE], shipping="10.00", billing="cash_sale")
    return_id = trade.wants_back(order)
    before = trade.books()

    trade.sync()
    trade.receive(return_id)
    trade.until_done()

    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt", "cashRefund"}
    refund = trade.record("cashRefund")
    assert (refund["externalId"], refund["total"]) == (f"LOOP-CR-{return_id}-1", "108.00")
    assert refund["createdFrom"] == trade.record("returnAuthorization")["id"]
    assert (refund["paymentOption"], refund["account"]) == ("9", "155")
    assert trade.record("returnAuthorization")["status"] == "G"
    assert trade.moved(before) == dec(inventory="40.00", cogs="-40.00", revenue="100.00", tax="8.00", bank="-108.00")
    assert trade.loop(return_id)["calls"] == {"process": 1}
    assert trade.said(return_id) == {}


def test_a_return_processed_in_loop_first_is_received_and_refunded_in_one_sync(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.totals() == {
        "returnAuthorization": ["108.00"],
        "itemReceipt": ["100.00"],
        "creditMemo": ["108.00"],
        "customerRefund": ["108.00"],
    }
    receipt = trade.record("itemReceipt")
    assert receipt["externalId"] == f"LOOP-IR-{return_id}-1"
    assert receipt["createdFrom"] == trade.record("returnAuthorization")["id"]
    assert trade.record("returnAuthorization")["status"] == "G"
    assert trade.loop(return_id)["calls"] == {}


def test_links_lead_from_every_record_to_the_return_and_its_refund(trade: Trade) -> None:
    trade.rewrite(
        (
            'reason = "custcol_loop_reason"',
            'reason = "custcol_loop_reason"\nshopify_refund_id = "custbody_shopify_refund_id"',
        )
    )
    order = trade.order()
    return_id = trade.wants_back(order)
    trade.process_by_hand(return_id)

    trade.sync()

    for record in trade.records():
        assert record["custom"]["custbody_loop_return_id"] == return_id
    shopify_refund = trade.sandbox.control("GET", "/state")["shopify"]["orders"][0]["refunds"][0]["id"]
    for kind in ("creditMemo", "customerRefund"):
        assert trade.record(kind)["custom"]["custbody_shopify_refund_id"] == shopify_refund


def test_a_second_sync_writes_nothing(trade: Trade) -> None:
    trade.process_by_hand(trade.wants_back(trade.order()))
    trade.sync()
    before = trade.writes()

    report = trade.sync()

    assert (report.writes, trade.writes()) == (0, before)
