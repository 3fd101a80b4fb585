"""Item receipt NetSuite to Loop, on cases made by hand."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.case import Case, Seen, Transition, WriteState
from ledgerloop.domain.records import Act
from ledgerloop.domain.returns import ProcessingFailure, ReturnState
from ledgerloop.outcome import Attention, NeedsReading, Source
from ledgerloop.syncs.item_receipt_to_loop import next_write
from tests.support import cases
from tests.support.cases import NOW, POLICY, RETURN, authorization, case, code, draft, held, minutes, returned, unit

KEY = f"process:main:{RETURN}"
ALL_IN = (authorization(cases.received(), status="F"), cases.receipt())


def test_everything_received_by_the_warehouse_asks_loop_to_process_with_the_numbers() -> None:
    wanted = draft(next_write(case(documents=ALL_IN), POLICY))
    assert (wanted.act, wanted.key, wanted.loop_line_ids) == (Act.PROCESS, KEY, frozenset({"7101"}))
    assert dict(wanted.body) == {
        "netsuite_return_authorization": "returnAuthorization-2001",
        "netsuite_item_receipt": "itemReceipt-3001",
        "ledgerloop_reference": f"LOOP-RA-{RETURN}",
    }


def test_a_receipt_of_our_own_never_does() -> None:
    own = replace(ALL_IN[1], external_id=f"LOOP-IR-{RETURN}-1")
    assert next_write(case(documents=(ALL_IN[0], own)), POLICY) is None


@pytest.mark.parametrize("state", ["review", "closed", "cancelled", "expired"])
def test_only_an_open_return_is_processed(state: str) -> None:
    assert next_write(case(returned(state=ReturnState(state)), documents=ALL_IN), POLICY) is None


def test_where_loop_leads_the_receipts_of_netsuite_do_nothing() -> None:
    assert next_write(case(documents=ALL_IN), replace(POLICY, receive="loop")) is None


def test_nothing_is_decided_before_the_family_was_read() -> None:
    seen = case(documents=ALL_IN, unread=cases.unread(Source.NETSUITE_FAMILY))
    assert next_write(seen, POLICY) == NeedsReading(Source.NETSUITE_FAMILY, cases.ORDER)


TWO = returned(unit(1), unit(2))
HALF_IN = (authorization(held(quantity=Decimal(2), received=Decimal(1)), status="D"), cases.receipt())
TOLD = cases.entry(f"note:main:{RETURN}:3001", "note")


def test_a_receipt_that_leaves_something_missing_is_told_in_loop_once_and_then_waited_for() -> None:
    first = draft(next_write(case(TWO, documents=HALF_IN), POLICY))
    assert (first.act, first.key) == (Act.NOTE, TOLD.key)
    assert "1 × TEE-M" in first.note
    assert code(next_write(case(TWO, documents=HALF_IN, journal=(TOLD,)), POLICY)) == "partly_received"


def test_a_unit_whose_line_was_closed_unreceived_needs_a_person() -> None:
    closed = replace(HALF_IN[0], lines=(held(quantity=Decimal(2), received=Decimal(1), closed=True),))
    answer = next_write(case(TWO, documents=(closed, HALF_IN[1]), journal=(TOLD,)), POLICY)
    assert code(answer) == "units_missing"


def test_by_setting_missing_units_are_removed_in_one_call_after_the_delay() -> None:
    policy = replace(POLICY, missing_units="remove", missing_after=minutes(60 * 24))
    seen = case(TWO, documents=HALF_IN, journal=(replace(TOLD, finished_at=NOW - minutes(60 * 25)),))
    wanted = draft(next_write(seen, policy))
    assert (wanted.act, wanted.remove) == (Act.REMOVE, ("7102",))


def test_a_unit_that_the_authorization_does_not_hold_needs_a_person() -> None:
    other = returned(unit(sku="CAP", shopify_line_id="12"))
    assert code(next_write(case(other, documents=ALL_IN), POLICY)) == "authorization_differs"


def asked(state: WriteState = WriteState.DONE, *, ago: float = 10, attempts: int = 1) -> tuple[object, ...]:
    at = NOW - minutes(ago)
    finished = at if state is WriteState.DONE else None
    return (cases.entry(KEY, "process", state, decided_at=at, sent_at=at, finished_at=finished, attempts=attempts),)


def test_an_acknowledged_request_waits_for_proof_and_is_not_repeated() -> None:
    assert code(next_write(case(documents=ALL_IN, journal=asked()), POLICY)) == "loop_processing"


def test_without_proof_for_thirty_minutes_it_needs_a_person() -> None:
    assert code(next_write(case(documents=ALL_IN, journal=asked(ago=30)), POLICY)) == "loop_did_not_process"


def test_a_failure_carries_loops_message() -> None:
    failed = returned(failure=ProcessingFailure(NOW - minutes(5), "Location inactive"))
    answer = next_write(case(failed, documents=ALL_IN, journal=asked()), POLICY)
    assert code(answer) == "loop_did_not_process"
    assert "Location inactive" in answer.problem  # type: ignore[union-attr]


def test_a_failure_of_an_earlier_request_does_not_count() -> None:
    failed = returned(failure=ProcessingFailure(NOW - minutes(50), "Location inactive"))
    assert code(next_write(case(failed, documents=ALL_IN, journal=asked()), POLICY)) == "loop_processing"


def test_after_one_unclear_answer_it_is_asked_once_more_and_after_two_it_waits_for_proof() -> None:
    once, twice = (asked(WriteState.UNCLEAR, attempts=number) for number in (1, 2))
    assert draft(next_write(case(documents=ALL_IN, journal=once), POLICY)).act is Act.PROCESS
    assert code(next_write(case(documents=ALL_IN, journal=twice), POLICY)) == "loop_processing"
    late = asked(WriteState.UNCLEAR, attempts=2, ago=31)
    assert code(next_write(case(documents=ALL_IN, journal=late), POLICY)) == "loop_did_not_process"


def in_review(state: str = "open", *, ended: float | None = 5, failed: float | None = 15, **changes: Any) -> Case:
    """Loop was asked 20 minutes ago and went into review instead, which ended so many minutes ago."""
    failure = ProcessingFailure(NOW - minutes(failed), "Insufficient funds.") if failed is not None else None
    seen = [Transition(RETURN, Seen.REVIEW_STARTED, NOW - minutes(14))]
    if ended is not None:
        seen.append(Transition(RETURN, Seen.REVIEW_ENDED, NOW - minutes(ended)))
    return_ = returned(state=ReturnState(state), failure=failure)
    return case(return_, documents=ALL_IN, transitions=tuple(seen), **{"journal": asked(ago=20), **changes})


def test_a_failure_that_ends_in_review_is_told_there() -> None:
    answer = next_write(in_review("review", ended=None), POLICY)
    assert isinstance(answer, Attention)
    assert answer.code == "loop_did_not_process"
    assert "Insufficient funds." in answer.problem
    assert "finish the review there" in answer.remedy


def test_a_review_without_proof_for_thirty_minutes_is_told_too() -> None:
    answer = next_write(in_review("review", ended=None, failed=None, journal=asked(ago=30)), POLICY)
    assert isinstance(answer, Attention)
    assert "still shows the return in review" in answer.problem


def test_a_failure_that_a_review_has_answered_is_asked_for_again_under_a_key_of_its_own() -> None:
    assert draft(next_write(in_review(), POLICY)).key == f"{KEY}:2"
    again = cases.entry(f"{KEY}:2", "process", sent_at=NOW - minutes(4), finished_at=NOW - minutes(4))
    assert code(next_write(in_review(journal=(*asked(ago=20), again)), POLICY)) == "loop_processing"
    dropped = replace(again, state=WriteState.DROPPED)
    assert draft(next_write(in_review(journal=(*asked(ago=20), dropped)), POLICY)).key == f"{KEY}:2"


def test_a_second_failure_is_told_as_the_first_was() -> None:
    again = cases.entry(f"{KEY}:2", "process", sent_at=NOW - minutes(4), finished_at=NOW - minutes(4))
    answer = next_write(in_review(failed=3, journal=(*asked(ago=20), again)), POLICY)
    assert code(answer) == "loop_did_not_process"


def test_a_review_that_ends_while_a_request_may_still_be_worked_does_not_ask_twice() -> None:
    assert code(next_write(in_review(failed=None), POLICY)) == "loop_processing"


def test_a_review_that_ends_after_a_request_that_gave_no_proof_in_time_asks_again() -> None:
    assert draft(next_write(in_review(failed=None, journal=asked(ago=31)), POLICY)).key == f"{KEY}:2"
