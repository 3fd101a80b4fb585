"""For every write: its answer is lost, wrong, or refused for the moment; still there is exactly one record."""

import pytest

from ledgerloop.remotes.netsuite import client
from tests.acceptance.trade import Trade
from tests.support.sandbox import Sandbox
from tests.support.soak import rest_in_the_soak

AUTHORIZATION = ("netsuite", "!transform/returnAuthorization")
RECEIPT = ("netsuite", "!transform/itemReceipt")
CREDIT_MEMO = ("netsuite", "!transform/creditMemo")
CASH_REFUND = ("netsuite", "!transform/cashRefund")
CUSTOMER_REFUND = ("netsuite", "POST /services/rest/record/v1/customerRefund")
PROCESS = ("loop", "/process")

NETSUITE_WRITES = {
    "authorization": AUTHORIZATION,
    "receipt": RECEIPT,
    "credit_memo": CREDIT_MEMO,
    "cash_refund": CASH_REFUND,
    "customer_refund": CUSTOMER_REFUND,
}
FAULTS = ("lost_answer", "error_500_after", "malformed", "reset", "error_500", "too_many")
"""After the write took effect: its answer is lost, says 500, or is garbage. Instead of it: cut, 500, 429."""


@pytest.fixture(autouse=True)
def _short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulators show a record at once: the looks after a lost answer need no long pauses."""
    monkeypatch.setattr(client, "LOOK_UP_AFTER_S", (0.01, 0.02))


def assert_refunded_once(trade: Trade, sandbox: Sandbox, return_id: str, *, billing: str = "invoice") -> None:
    """One record of each kind, 108.00 back to the shopper, every account back to zero, and nothing left to do."""
    money = {"cashRefund": ["108.00"]}
    if billing == "invoice":
        money = {"creditMemo": ["108.00"], "customerRefund": ["108.00"]}
    assert trade.totals() == {"returnAuthorization": ["108.00"], "itemReceipt": ["100.00"], **money}
    assert trade.record("returnAuthorization")["status"] == "G"
    assert trade.loop(return_id)["state"] == "closed"
    assert trade.books() == {}, "what was sold came back whole"
    assert trade.said(return_id) == {}
    assert set(trade.journal(return_id).values()) == {"done"}
    before = trade.writes()
    trade.sync()
    assert trade.writes() == before


@pytest.mark.parametrize("fault", rest_in_the_soak(FAULTS, "lost_answer"))
@pytest.mark.parametrize("write", NETSUITE_WRITES)
def test_a_write_whose_answer_goes_wrong_in_netsuite_leaves_exactly_one_record_in_the_same_sync(
    trade: Trade, sandbox: Sandbox, write: str, fault: str
) -> None:
    billing = "cash_sale" if write == "cash_refund" else "invoice"
    return_id = trade.wants_back(trade.order(billing=billing))
    trade.process_by_hand(return_id)
    remote, match = NETSUITE_WRITES[write]
    trade.fault(remote, fault, match=match)

    trade.sync()

    assert [one["fault"] for one in sandbox.log(remote)["requests"] if one["fault"]] == [fault]
    assert_refunded_once(trade, sandbox, return_id, billing=billing)


@pytest.mark.parametrize("fault", rest_in_the_soak(FAULTS, "reset"))
def test_a_process_request_whose_answer_goes_wrong_has_loop_process_the_return_once(
    trade: Trade, sandbox: Sandbox, fault: str
) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.receive(return_id)
    trade.fault(*("loop", fault), match=PROCESS[1])

    trade.sync()
    assert [one["fault"] for one in sandbox.log("loop")["requests"] if one["fault"]] == [fault]
    asked = trade.loop(return_id)["calls"]["process"]
    assert asked == (2 if fault in ("lost_answer", "error_500_after", "malformed") else 1)
    trade.sync()
    assert trade.loop(return_id)["calls"]["process"] == asked

    trade.loop_works()
    trade.sync()
    assert len(trade.loop(return_id)["refunds"]) == 1
    assert_refunded_once(trade, sandbox, return_id)


def test_loop_processing_at_once_while_its_answer_is_lost_counts_as_success(trade: Trade, sandbox: Sandbox) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.receive(return_id)
    trade.act("loop_settings", job_delay_s=0.01)
    trade.fault("loop", "lost_answer", match="/process")

    trade.sync()
    trade.sync()

    assert trade.loop(return_id)["calls"]["process"] == 1
    assert_refunded_once(trade, sandbox, return_id)


@pytest.mark.parametrize("write", rest_in_the_soak(NETSUITE_WRITES, "credit_memo"))
def test_a_write_that_netsuite_fails_again_and_again_waits_and_is_done_by_the_next_sync(
    trade: Trade, sandbox: Sandbox, write: str
) -> None:
    billing = "cash_sale" if write == "cash_refund" else "invoice"
    return_id = trade.wants_back(trade.order(billing=billing))
    trade.process_by_hand(return_id)
    remote, match = NETSUITE_WRITES[write]
    trade.fault(remote, "error_500", match=match, times=1000)

    trade.sync()
    assert "unclear" in trade.journal(return_id).values()
    assert "netsuite_failed" in trade.codes(return_id)

    sandbox.control("DELETE", "/faults")
    trade.sync()
    assert_refunded_once(trade, sandbox, return_id, billing=billing)


def test_a_record_is_adopted_even_when_netsuite_does_not_answer_the_look_for_it(trade: Trade, sandbox: Sandbox) -> None:
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)
    trade.fault("netsuite", "lost_answer", match=CREDIT_MEMO[1])
    trade.fault("netsuite", "unauthorized", match="GET /services/rest/record/v1/creditMemo", times=1000)

    trade.sync()

    assert_refunded_once(trade, sandbox, return_id)
