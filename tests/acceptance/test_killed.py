"""The process is killed at every write and started again: one record, nothing lost, and the money is right."""

import time
from collections.abc import Callable

import pytest

from tests.acceptance.test_lost_answers import NETSUITE_WRITES, assert_refunded_once
from tests.acceptance.trade import TEE, TWO_TEES, Trade
from tests.support.processes import Started
from tests.support.sandbox import Sandbox

PATIENCE_S = 120.0
"""How long something that must happen is waited for, seconds."""


def await_true(holds: Callable[[], bool], process: Started) -> None:
    """Wait until something holds. Fails when the process ends before, or it takes too long."""
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < ends
        time.sleep(0.02)


def kill_when(trade: Trade, holds: Callable[[], bool]) -> None:
    """Start a sync and kill it as soon as something holds."""
    process = trade.start("sync")
    try:
        await_true(holds, process)
    finally:
        process.kill()
        process.communicate()


def kill_while_held(trade: Trade, sandbox: Sandbox, remote: str, match: str, fault: str = "hold_answer") -> None:
    """Start a sync, and kill it while the remote holds back the answer to this request."""
    trade.fault(remote, fault, match=match)
    kill_when(trade, lambda: sandbox.control("GET", "/held")[remote] == 1)


def kill_after_reset(trade: Trade, sandbox: Sandbox, remote: str, match: str) -> None:
    """Start a sync, break the connection instead of executing this request, and kill the process at once."""
    trade.fault(remote, "reset", match=match, times=1000)
    kill_when(trade, lambda: any(one["fault"] == "reset" for one in sandbox.log(remote)["requests"]))
    sandbox.control("DELETE", "/faults")


@pytest.mark.parametrize("write", NETSUITE_WRITES)
def test_killed_between_a_write_and_its_note_the_record_is_found_and_not_made_again(
    trade: Trade, sandbox: Sandbox, write: str
) -> None:
    billing = "cash_sale" if write == "cash_refund" else "invoice"
    return_id = trade.wants_back(trade.order(billing=billing))
    trade.process_by_hand(return_id)

    kill_while_held(trade, sandbox, *NETSUITE_WRITES[write])
    assert len(trade.records(write_type(write))) == 1
    assert trade.journal(return_id)[trade.records(write_type(write))[0]["externalId"]] == "sent"

    trade.sync()
    assert_refunded_once(trade, sandbox, return_id, billing=billing)


def write_type(write: str) -> str:
    """The record type of a write by its name here."""
    return NETSUITE_WRITES[write][1].rpartition("/")[2]


def test_killed_between_the_process_request_and_its_note_loop_processes_the_return_once(
    trade: Trade, sandbox: Sandbox
) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.receive(return_id)

    kill_while_held(trade, sandbox, "loop", "/process")
    assert trade.journal(return_id)[f"process:main:{return_id}"] == "sent"
    trade.loop_works()
    trade.sync()

    assert trade.loop(return_id)["calls"]["process"] == 1
    assert_refunded_once(trade, sandbox, return_id)


def test_killed_after_the_process_request_while_loop_is_slow_the_money_is_refunded_once(
    trade: Trade, sandbox: Sandbox
) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.receive(return_id)

    kill_while_held(trade, sandbox, "loop", "/process")
    trade.sync()
    assert trade.loop(return_id)["calls"]["process"] == 2
    trade.loop_works()
    trade.sync()

    assert len(trade.loop(return_id)["refunds"]) == 1
    assert_refunded_once(trade, sandbox, return_id)


@pytest.mark.parametrize("write", NETSUITE_WRITES)
def test_killed_before_a_write_took_effect_it_is_made_by_the_next_sync(
    trade: Trade, sandbox: Sandbox, write: str
) -> None:
    billing = "cash_sale" if write == "cash_refund" else "invoice"
    return_id = trade.wants_back(trade.order(billing=billing))
    trade.process_by_hand(return_id)

    kill_after_reset(trade, sandbox, *NETSUITE_WRITES[write])
    assert trade.records(write_type(write)) == []

    trade.sync()
    assert_refunded_once(trade, sandbox, return_id, billing=billing)


def test_killed_between_deciding_and_asking_loop_a_return_cancelled_meanwhile_is_not_processed(
    trade: Trade, sandbox: Sandbox
) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.receive(return_id)
    kill_while_held(trade, sandbox, "loop", "/return/details", "hold_request")
    assert trade.journal(return_id)[f"process:main:{return_id}"] == "decided"

    trade.act("cancel_in_loop", return_id=return_id)
    trade.sync()

    assert trade.loop(return_id)["calls"] == {}
    assert trade.loop(return_id)["state"] == "cancelled"


def test_killed_between_deciding_and_asking_loop_a_return_edited_meanwhile_is_decided_anew(
    trade: Trade, sandbox: Sandbox
) -> None:
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES]), {"line": 0, "quantity": 2})
    trade.sync()
    trade.receive(return_id)
    kill_while_held(trade, sandbox, "loop", "/return/details", "hold_request")

    trade.act("flag_in_loop", return_id=return_id)
    trade.sync()
    assert trade.loop(return_id)["calls"] == {}
    trade.act("review_done", return_id=return_id)
    trade.until_done()

    assert trade.loop(return_id)["calls"] == {"process": 1}
    assert trade.record("creditMemo")["total"] == "108.00"


def test_killed_between_deciding_and_writing_a_return_cancelled_meanwhile_gets_no_authorization(
    trade: Trade, sandbox: Sandbox
) -> None:
    return_id = trade.wants_back(trade.order())
    kill_after_reset(trade, sandbox, *NETSUITE_WRITES["authorization"])

    trade.act("cancel_in_loop", return_id=return_id)
    trade.sync()

    assert trade.records() == []


def test_killed_between_deciding_and_writing_a_unit_taken_out_meanwhile_is_not_on_the_authorization(
    trade: Trade, sandbox: Sandbox
) -> None:
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES]), {"line": 0, "quantity": 2})
    kill_after_reset(trade, sandbox, *NETSUITE_WRITES["authorization"])

    trade.act("edit_return", return_id=return_id, remove_lines=[0])
    trade.sync()

    authorization = trade.record("returnAuthorization")
    assert (authorization["total"], authorization["lines"][0]["quantity"]) == ("54.00", "1")


def test_killed_between_deciding_and_receiving_a_unit_the_warehouse_took_meanwhile_is_not_received_again(
    trade: Trade, sandbox: Sandbox
) -> None:
    lines = [TEE, TWO_TEES]
    return_id = trade.wants_back(trade.order(lines=lines), {"line": 0}, {"line": 1, "quantity": 2})
    trade.sync()
    trade.process_by_hand(return_id)
    kill_after_reset(trade, sandbox, *NETSUITE_WRITES["receipt"])

    trade.receive(return_id, lines=[{"line": 2, "quantity": 1}])
    trade.sync()

    received = {
        one["externalId"]: [(line["sku"], line["quantity"]) for line in one["lines"]]
        for one in trade.records("itemReceipt")
    }
    assert received == {None: [("TEE", "1")], f"LOOP-IR-{return_id}-1": [("TEE-M", "1"), ("TEE", "1")]}
    assert trade.record("creditMemo")["total"] == "216.00"
    assert trade.books() == {}


def test_killed_between_deciding_and_refunding_a_credit_made_by_hand_meanwhile_is_adopted(
    trade: Trade, sandbox: Sandbox
) -> None:
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)
    kill_after_reset(trade, sandbox, *NETSUITE_WRITES["credit_memo"])

    trade.act("make_credit_memo", source=trade.record("returnAuthorization")["id"])
    trade.sync()

    assert trade.record("creditMemo")["externalId"] is None
    assert trade.record("customerRefund")["total"] == "108.00"
    assert trade.books() == {}
