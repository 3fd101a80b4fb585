"""The database is deleted while returns are half done: a new one picks up from NetSuite, and nothing is doubled."""

from tests.acceptance.trade import TEE, Trade

AMOUNT = 20
"""Returns at the moment of the loss, in six stages."""


def begin(trade: Trade, number: int) -> str:
    """One return of its own order; every third order was a cash sale."""
    billing = "cash_sale" if number % 3 == 2 else "invoice"
    return trade.wants_back(trade.order(f"#{2000 + number}", lines=[TEE], billing=billing))


def test_twenty_half_done_returns_survive_the_loss_of_the_database(trade: Trade) -> None:
    returns = [begin(trade, number) for number in range(AMOUNT)]
    stages = {stage: returns[stage::6] for stage in range(6)}
    only_wished, authorised, received, asked, refunded = (stages[number] for number in range(5))
    half_paid = stages[5]
    for return_id in refunded:
        trade.process_by_hand(return_id)
    trade.sync()  # stage 4 is done; all others are authorised
    for return_id in [*received, *asked]:
        trade.receive(return_id)
    for return_id in received:
        trade.fault("loop", "error_500", match=f"{return_id}/process", times=1000)
    for return_id in half_paid:
        trade.process_by_hand(return_id)
    trade.fault("netsuite", "error_500", match="POST /services/rest/record/v1/customerRefund", times=1000)
    trade.sync()  # asked in Loop, not answered; credited, not paid out
    trade.sandbox.control("DELETE", "/faults")
    before = {one["id"] for one in trade.records()}
    asked_before = {return_id: trade.loop(return_id)["calls"].get("process", 0) for return_id in asked}
    assert set(asked_before.values()) == {1}

    trade.forget_everything()
    trade.sync()
    assert before <= {one["id"] for one in trade.records()}
    for return_id in [*only_wished, *authorised]:
        trade.receive(return_id)
    trade.until_done()

    for kind in ("returnAuthorization", "itemReceipt"):
        assert len(trade.records(kind)) == AMOUNT
    given = [*trade.records("creditMemo"), *trade.records("cashRefund")]
    assert len(given) == AMOUNT
    assert len(trade.records("customerRefund")) == len(trade.records("creditMemo"))
    assert {one["total"] for one in given} == {"108.00"}
    assert trade.books() == {}
    for return_id in returns:
        assert trade.loop(return_id)["state"] == "closed"
        assert len(trade.loop(return_id)["refunds"]) == 1
        assert trade.said(return_id) == {}


def test_records_are_found_by_their_natural_keys_where_their_external_ids_are_gone(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)
    trade.sync()
    for record in trade.records():
        trade.act("set_field", record=record["id"], field="externalId", value=f"OTHER-{record['id']}")
    before = len(trade.records())

    trade.forget_everything()
    trade.sync()

    assert len(trade.records()) == before
    assert trade.said(return_id) == {}


def test_a_record_deleted_in_netsuite_on_purpose_is_not_made_again_until_retried(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.act("delete_record", id=trade.record("returnAuthorization")["id"])

    trade.command("sync", "--return", return_id)

    assert trade.records() == []
    assert trade.codes(return_id) == {"record_gone"}
