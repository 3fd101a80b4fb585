"""Loop's `true` is no proof: it may fail afterwards, refuse inside HTTP 200, or say nothing more."""

from datetime import timedelta

import pytest

from tests.acceptance.post import catching
from tests.acceptance.trade import Trade
from tests.support.soak import rest_in_the_soak


def received(trade: Trade) -> str:
    """A return that the warehouse has received."""
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.receive(return_id)
    return return_id


def test_loop_acknowledges_and_then_fails_nothing_is_refunded_and_a_retry_after_the_cure_works(trade: Trade) -> None:
    with catching(trade) as post:
        return_id = received(trade)
        trade.act("fail_next_process", return_id=return_id, message="Shopify refund rejected: location inactive")
        trade.sync()
        trade.loop_works()
        post.settle()
        post.deliver(post.letters)
    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}
    assert trade.codes(return_id) == {"loop_did_not_process"}
    assert "Shopify refund rejected: location inactive" in trade.finding(return_id, "loop_did_not_process")
    assert trade.command("sync").returncode == 1
    assert trade.loop(return_id)["calls"]["process"] == 1, "not asked again before somebody says so"

    trade.retry(return_id)
    assert trade.loop(return_id)["calls"]["process"] == 2
    trade.loop_works()
    trade.sync()
    assert trade.record("customerRefund")["total"] == "108.00"
    assert trade.said(return_id) == {}


def test_a_failure_that_nobody_told_us_of_is_found_after_thirty_minutes(trade: Trade) -> None:
    return_id = received(trade)
    trade.act("fail_next_process", return_id=return_id)
    trade.sync()
    trade.loop_works()

    trade.sync(ahead=timedelta(minutes=29))
    assert trade.said(return_id)["item_receipt_to_loop"] == "loop_processing"
    trade.sync(ahead=timedelta(minutes=31))
    assert trade.said(return_id)["item_receipt_to_loop"] == "loop_did_not_process"
    assert trade.loop(return_id)["calls"] == {"process": 1}
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}


def test_a_clock_that_was_wrong_for_a_while_loses_no_change(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync(ahead=timedelta(hours=5))
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.record("customerRefund")["total"] == "108.00"


def test_loop_that_takes_longer_than_thirty_minutes_clears_the_finding_by_itself(trade: Trade) -> None:
    return_id = received(trade)
    trade.sync()
    trade.sync(ahead=timedelta(minutes=31))
    assert trade.said(return_id)["item_receipt_to_loop"] == "loop_did_not_process"

    trade.loop_works()
    trade.sync()

    assert trade.said(return_id) == {}
    assert trade.record("customerRefund")["total"] == "108.00"


REFUSALS = {
    "errors with message": {"errors": {"message": "Return is in review.", "code": "RET-422"}},
    "errors as list": {"errors": [{"message": "Return cannot be processed", "code": "UNPROCESSABLE_RETURN"}]},
    "error as object": {"error": {"message": "Return cannot be modified", "http_code": "GEN-UNPROCESSABLE"}},
    "error as text": {"error": "Something about this return"},
    "a message alone": {"message": "This return has a hold."},
    "success false": {"success": False},
    "false": False,
    "null": None,
    "an empty object": {},
    "a list": [],
    "ok, but not true": {"status": "ok"},
}
"""Bodies of HTTP 200 that are no success."""


@pytest.mark.parametrize("shape", rest_in_the_soak(REFUSALS, "errors with message", "null"))
def test_an_http_200_that_is_not_true_is_a_refusal_whatever_its_shape(trade: Trade, shape: str) -> None:
    return_id = received(trade)
    body = REFUSALS[shape]
    trade.fault("loop", "too_many", match="/process", times=1000, status=200, body="null" if body is None else body)

    trade.sync()

    state = trade.journal(return_id)[f"process:main:{return_id}"]
    assert state in ("refused", "unclear", "dropped")
    assert state != "done"
    assert trade.said(return_id)
    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}
    assert trade.loop(return_id)["state"] == "open"


def test_a_refusal_carries_loops_own_words_and_is_not_repeated_until_retried(trade: Trade) -> None:
    return_id = received(trade)
    trade.fault("loop", "too_many", match="/process", times=1, status=200, body=REFUSALS["error as text"])

    trade.sync()
    trade.sync()
    asked = [one for one in trade.sandbox.writes("loop") if one.endswith("/process")]
    assert len(asked) == 1
    assert trade.codes(return_id) == {"loop_refused"}
    assert "Something about this return" in trade.finding(return_id, "loop_refused")

    trade.retry(return_id)
    trade.loop_works()
    trade.sync()
    assert trade.record("customerRefund")["total"] == "108.00"
