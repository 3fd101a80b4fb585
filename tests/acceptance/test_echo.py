"""The connector does not react to itself: what it wrote comes back from the remotes and starts nothing."""

import pytest

from tests.acceptance.trade import Trade


@pytest.mark.parametrize("memory", ["kept", "lost"])
def test_a_receipt_that_we_wrote_never_processes_a_return_in_loop(trade: Trade, memory: str) -> None:
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)
    trade.sync()
    trade.act("tamper", return_id=return_id, state="open", was_processed=False)
    if memory == "lost":
        trade.forget_everything()

    trade.sync()

    assert trade.loop(return_id)["calls"] == {}


def test_an_authorization_that_we_closed_does_not_cancel_in_loop(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.act("cancel_in_loop", return_id=return_id)
    trade.sync()
    assert trade.record("returnAuthorization")["status"] == "H"

    trade.sync()
    assert trade.loop(return_id)["calls"] == {}


def test_the_processing_that_we_asked_for_is_not_received_a_second_time(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.receive(return_id)
    trade.until_done()

    assert trade.record("itemReceipt")["externalId"] is None
    assert trade.loop(return_id)["calls"] == {"process": 1}


def test_after_everything_is_done_many_more_syncs_write_nothing(trade: Trade) -> None:
    by_loop, by_warehouse = trade.wants_back(trade.order("#1001")), trade.wants_back(trade.order("#1002"))
    trade.sync()
    trade.process_by_hand(by_loop)
    trade.receive(by_warehouse)
    trade.until_done()
    before = trade.writes()

    for _ in range(3):
        trade.sync()
    trade.command("sync", "--return", by_loop, "--return", by_warehouse)

    assert trade.writes() == before
