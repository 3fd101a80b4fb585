"""Flags, cancellations, notes and changes: answers lost and the process killed, still each is done once."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.acceptance.hands import authorization, calls, patches, set_flag, settled, state
from tests.acceptance.test_killed import kill_after_reset, kill_while_held
from tests.acceptance.test_lost_answers import FAULTS
from tests.acceptance.trade import TWO_TEES, Trade
from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.soak
"""Sixty faults and kills take minutes; those of the main job run always (`test_lost_answers`, `test_killed`)."""

AFTER = ("lost_answer", "error_500_after", "malformed")
"""Faults in which the remote has done what it was asked for."""


@dataclass(frozen=True)
class Case:
    """What brings a write about, where it goes, and what must stand there afterwards."""

    remote: str
    match: str
    begin: Callable[[Trade, str], object]
    holds: Callable[[Trade, str], bool]


def edited(trade: Trade, return_id: str) -> None:
    trade.act("edit_return", return_id=return_id, remove_lines=[0])


def reviewed(trade: Trade, return_id: str) -> None:
    set_flag(trade, return_id)
    trade.sync()
    trade.act("review_done", return_id=return_id)


def one_arrives(trade: Trade, return_id: str) -> None:
    trade.receive(return_id, lines=[{"line": 1, "quantity": 1}])


def notes(trade: Trade, return_id: str) -> int:
    return len(trade.loop(return_id)["notes"])


CASES = {
    "flag": Case("loop", "/flag", set_flag, lambda trade, one: state(trade, one) == "review"),
    "flag_note": Case(
        "loop",
        "POST /api/2026-07/warehouse/return/48210001/note",
        set_flag,
        lambda trade, one: state(trade, one) == "review" and notes(trade, one) == 1,
    ),
    "note": Case(
        "loop",
        "POST /api/2026-07/warehouse/return/48210001/note",
        one_arrives,
        lambda trade, one: notes(trade, one) == 1 and trade.codes(one) == {"partly_received"},
    ),
    "cancel": Case(
        "loop",
        "/cancel",
        lambda trade, one: trade.act("close_authorization", return_id=one),
        lambda trade, one: state(trade, one) == "cancelled",
    ),
    "close_lines": Case(
        "netsuite",
        "PATCH",
        lambda trade, one: trade.act("cancel_in_loop", return_id=one),
        lambda trade, one: authorization(trade, one)["status"] == "H",
    ),
    "change_lines": Case(
        "netsuite", "PATCH", edited, lambda trade, one: authorization(trade, one)["lines"][0]["quantity"] == "1"
    ),
    "set_reviewed": Case(
        "netsuite",
        "PATCH",
        reviewed,
        lambda trade, one: authorization(trade, one)["custom"]["custbody_loop_reviewed"] is True,
    ),
}


def two_units(trade: Trade) -> str:
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES]), {"line": 0, "quantity": 2})
    trade.sync()
    return return_id


def assert_done_once(trade: Trade, return_id: str, name: str) -> None:
    """What was wanted stands, was asked for once (a second time only after an unclear answer), and nothing is open."""
    assert CASES[name].holds(trade, return_id)
    assert set(trade.journal(return_id).values()) == {"done"}, trade.journal(return_id)
    assert all(notes <= 1 for action, notes in calls(trade, return_id).items() if action in ("note", "flag", "cancel"))
    if name != "note":
        settled(trade, return_id)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", CASES)
def test_an_act_whose_answer_goes_wrong_is_done_once_in_the_same_sync(
    trade: Trade, sandbox: Sandbox, name: str, fault: str
) -> None:
    case = CASES[name]
    return_id = two_units(trade)
    case.begin(trade, return_id)
    trade.fault(case.remote, fault, match=case.match)

    trade.sync()

    assert [one["fault"] for one in sandbox.log(case.remote)["requests"] if one["fault"]] == [fault]
    assert_done_once(trade, return_id, name)
    if case.remote == "netsuite":
        assert patches(trade) == (1 if fault in AFTER else 2)


@pytest.mark.parametrize("name", CASES)
def test_killed_between_an_act_and_its_note_in_the_journal_it_is_done_once(
    trade: Trade, sandbox: Sandbox, name: str
) -> None:
    case = CASES[name]
    return_id = two_units(trade)
    case.begin(trade, return_id)

    kill_while_held(trade, sandbox, case.remote, case.match)
    sandbox.control("DELETE", "/faults")
    trade.sync()

    assert_done_once(trade, return_id, name)


@pytest.mark.parametrize("name", CASES)
def test_killed_before_an_act_took_effect_it_is_done_by_the_next_sync(
    trade: Trade, sandbox: Sandbox, name: str
) -> None:
    case = CASES[name]
    return_id = two_units(trade)
    case.begin(trade, return_id)

    kill_after_reset(trade, sandbox, case.remote, case.match)
    trade.sync()

    assert_done_once(trade, return_id, name)


def test_killed_between_deciding_and_cancelling_a_return_that_was_received_meanwhile_is_not_cancelled(
    trade: Trade, sandbox: Sandbox
) -> None:
    return_id = two_units(trade)
    trade.act("close_authorization", return_id=return_id)
    kill_while_held(trade, sandbox, "loop", "/return/details", "hold_request")
    assert trade.journal(return_id)[f"cancel:main:{return_id}"] == "decided"

    sandbox.control("DELETE", "/faults")
    trade.act("reopen_authorization", return_id=return_id)
    trade.receive(return_id)
    trade.until_done()

    assert calls(trade, return_id).get("cancel") is None
    assert trade.totals()["creditMemo"] == ["108.00"]


def test_killed_between_deciding_and_flagging_a_flag_cleared_meanwhile_flags_nothing(
    trade: Trade, sandbox: Sandbox
) -> None:
    return_id = two_units(trade)
    set_flag(trade, return_id)
    kill_while_held(trade, sandbox, "loop", "/return/details", "hold_request")

    sandbox.control("DELETE", "/faults")
    set_flag(trade, return_id, value=False)
    trade.sync()

    assert (state(trade, return_id), calls(trade, return_id)) == ("open", {})


def test_killed_between_deciding_and_closing_a_return_received_meanwhile_is_not_closed(
    trade: Trade, sandbox: Sandbox
) -> None:
    return_id = two_units(trade)
    trade.act("cancel_in_loop", return_id=return_id)
    kill_after_reset(trade, sandbox, "netsuite", "PATCH")

    trade.receive(return_id)
    trade.sync()

    assert trade.codes(return_id) == {"cancelled_after_receipt"}
    assert authorization(trade, return_id)["lines"][0]["isClosed"] is False


def test_a_change_that_fails_again_and_again_waits_and_is_done_by_the_next_sync(trade: Trade, sandbox: Sandbox) -> None:
    return_id = two_units(trade)
    trade.act("cancel_in_loop", return_id=return_id)
    trade.fault("netsuite", "error_500", match="PATCH", times=1000)

    trade.sync()
    assert trade.codes(return_id) == {"netsuite_failed"}
    sandbox.control("DELETE", "/faults")
    trade.sync()

    assert_done_once(trade, return_id, "close_lines")
