"""What `show`, `plan` and `retry` do for a person when a return does not simply go on."""

from datetime import timedelta

import pytest

from tests.acceptance.hands import authorization, later, set_flag
from tests.acceptance.trade import TEE, TWO_TEES, Trade, document


def headline(trade: Trade, return_id: str, command: str = "show") -> str:
    return str(document(trade.command(command, return_id, "--json"))["headline"])


def receive_one(trade: Trade, return_id: str) -> None:
    """The warehouse receives one unit of the return's one line."""
    [line] = authorization(trade, return_id)["lines"]
    trade.receive(return_id, lines=[{"line": line["line"], "quantity": 1}])


def test_a_deleted_authorization_needs_a_person_and_retry_makes_it_again(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TEE]))
    trade.sync()
    gone = authorization(trade, return_id)
    trade.act("delete_record", id=gone["id"])

    trade.command("sync", "--return", return_id)

    assert trade.codes(return_id) == {"record_gone"}
    assert trade.records("returnAuthorization") == []
    assert "retry the return, for it was deleted" in headline(trade, return_id)

    trade.retry(return_id)

    assert authorization(trade, return_id)["externalId"] == gone["externalId"]
    assert trade.codes(return_id) == set()


@pytest.mark.soak
def test_show_and_plan_tell_of_a_flag_and_of_the_review_that_follows(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TEE]))
    trade.sync()
    set_flag(trade, return_id)
    number = authorization(trade, return_id)["tranId"]

    assert headline(trade, return_id, "plan").startswith(f"Flagged in NetSuite on {number}")
    trade.sync()

    told = headline(trade, return_id)
    assert told.startswith("In review in Loop since ")
    assert f"flagged in NetSuite on {number}" in told


def test_show_tells_what_is_missing_and_until_when_it_is_waited_for(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES]), {"line": 0, "quantity": 2})
    trade.sync()
    receive_one(trade, return_id)

    trade.sync()

    told = headline(trade, return_id)
    assert told.startswith("Received in part: 1 × TEE of ")
    assert "We wait for the warehouse until " in told


def test_missing_units_whose_line_is_closed_are_removed_in_loop_after_the_delay_by_setting(trade: Trade) -> None:
    trade.policy('missing_units = "remove"')
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES]), {"line": 0, "quantity": 2})
    trade.sync()
    receive_one(trade, return_id)
    trade.act("close_authorization", return_id=return_id)

    trade.sync()
    assert trade.codes(return_id) == {"partly_received"}

    later(trade, timedelta(days=8))
    trade.loop_works()
    assert trade.loop(return_id)["state"] == "closed"
