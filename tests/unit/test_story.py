"""What `show` and `plan` tell of a return: what happened, who we wait for and since when, what is to be done."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.case import Case, JournalEntry, Seen, Transition, WriteState
from ledgerloop.domain.documents import Document, DocumentLine
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import LineKind
from ledgerloop.domain.policy import Fields, Policy
from ledgerloop.domain.returns import ProcessingFailure, Return, ReturnLine, ReturnState, ReturnTotals
from ledgerloop.domain.story import steps
from ledgerloop.domain.telling import headline

NOON = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
NOTHING = Money.zero("USD")
WITH_FLAGS = Policy("main", fields=Fields(flag="custbody_flag", reviewed="custbody_reviewed"), receive="netsuite")


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def unit(number: int, reason: str = "") -> ReturnLine:
    return ReturnLine(str(number), "11", "TEE", "Tee", usd("50"), NOTHING, usd("4"), reason)


def a_return(state: ReturnState = ReturnState.OPEN, units: int = 2, **other: Any) -> Return:
    no = NOTHING
    totals = ReturnTotals(no, no, no, no, no, no, no, no, usd("108"), no)
    usual: dict[str, Any] = {
        "processed": False if state is ReturnState.OPEN else None,
        "processed_at": None,
        "updated_at": NOON - timedelta(days=1),
        "edited_at": None,
        "lines": tuple(unit(number) for number in range(1, units + 1)),
    }
    start = NOON - timedelta(days=3)
    known = {"created_at": start, "shopify_order_id": "9", "order_name": "#1", "currency": "USD", "totals": totals}
    return Return(loop_return_id="5", state=state, state_as_shown=state.value, **{**known, **usual, **other})


def document(kind: str, number: str, **other: Any) -> Document:
    head = {"created_from": "", "customer_id": "3", "currency_id": "1", "total": usd("108"), "memo": ""}
    keys = {"shopify_refund_id": "", "shopify_transaction_id": "", "loop_line_ids": frozenset[str]()}
    flags: dict[str, Any] = {"flagged": False, "reviewed": False, "lines": (), "external_id": "", "status": "B"}
    return Document(kind, number, number, loop_return_id="5", **{**head, **keys, **flags, **other})


def authorization(received: int = 0, *, quantity: int = 2, closed: bool = False, **other: Any) -> Document:
    amounts = (Decimal(quantity), Decimal(received), Decimal(0), usd("100"))
    line = DocumentLine(1, "7", "TEE", LineKind.GOODS, *amounts, closed, shopify_line_id="11")
    return document("returnAuthorization", "RA1", external_id="LOOP-RA-5", lines=(line,), **other)


def receipt() -> Document:
    return document("itemReceipt", "IR1", created_from="RA1")


def entry(key: str, at: datetime, kind: str = "note") -> JournalEntry:
    return JournalEntry(key, "5", "sync", kind, WriteState.DONE, at, at, at, "1", "", "", 1)


def case(return_: Return, *documents: Document, journal: tuple[JournalEntry, ...] = (), **seen: datetime) -> Case:
    transitions = tuple(Transition("5", Seen(what), at) for what, at in seen.items())
    return Case("main", "9", NOON, (return_,), None, (), documents, journal, transitions, focus="5")


def told(*about: Any, policy: Policy = WITH_FLAGS, **seen: Any) -> str:
    return headline(case(*about, **seen), policy)


@pytest.mark.parametrize(
    ("documents", "end"),
    [
        ((), "NetSuite has no return authorization of it; nothing follows."),
        ((authorization(),), "Next: the open lines of RA1 are closed in NetSuite."),
        ((authorization(status="H", closed=True),), "RA1 is closed in NetSuite; nothing follows."),
        ((authorization(status="C"),), "RA1 is cancelled in NetSuite; nothing follows."),
        ((authorization(1),), "To do: send them back or credit them by hand, then close RA1 in NetSuite."),
    ],
)
def test_a_cancelled_return_tells_what_becomes_of_its_authorization(documents: tuple[Document, ...], end: str) -> None:
    said = told(a_return(ReturnState.CANCELLED), *documents)
    assert said.startswith("Cancelled in Loop. ")
    assert said.endswith(end)


def test_where_nothing_is_cancelled_in_netsuite_the_person_is_told_to() -> None:
    said = told(a_return(ReturnState.CANCELLED), authorization(), policy=replace(WITH_FLAGS, cancel_in_netsuite=False))
    assert said == "Cancelled in Loop. To do: close RA1 in NetSuite by hand, for cancel_in_netsuite is off."


def test_an_expired_return_tells_until_when_its_authorization_stays_open() -> None:
    said = told(a_return(ReturnState.EXPIRED), authorization())
    assert said.endswith("RA1 stays open for a late parcel until 2026-04-03; then its open lines are closed.")


def test_after_the_grace_the_lines_of_an_expired_return_are_closed_next() -> None:
    over = a_return(ReturnState.EXPIRED, updated_at=NOON - timedelta(days=31))
    assert told(over, authorization()).endswith("Next: the open lines of RA1 are closed in NetSuite.")


def test_a_return_closed_by_hand_is_no_processed_one() -> None:
    said = told(a_return(ReturnState.CLOSED, processed=False), authorization())
    assert said.startswith("Closed by hand in Loop, with nothing issued. Next: the open lines")


def test_a_flag_tells_since_when_and_that_loop_is_asked_next() -> None:
    said = told(a_return(), authorization(flagged=True), flag_set=NOON)
    assert said.startswith("Flagged in NetSuite on RA1 since 2026-03-05 12:00 UTC. Next: Loop is asked to review")


def test_a_flag_that_loop_took_is_not_told_as_one_to_come() -> None:
    journal = (entry("flag:main:5:1", NOON, "flag"),)
    said = told(a_return(), authorization(flagged=True), journal=journal, flag_set=NOON - timedelta(hours=1))
    assert "Loop took the flag at 2026-03-05 12:00 UTC and shows no review yet" in said


@pytest.mark.parametrize(
    ("policy", "end"),
    [
        (WITH_FLAGS, "RA1 is then marked as reviewed, and the return goes on."),
        (
            replace(WITH_FLAGS, write_reviewed=False),
            "then set the reviewed field of RA1 or clear its flag, or the return is flagged again.",
        ),
        (replace(WITH_FLAGS, write_reviewed=False, flag="once"), "it then goes on by itself."),
    ],
)
def test_a_return_in_review_waits_for_a_person_and_says_what_follows(policy: Policy, end: str) -> None:
    about = (a_return(ReturnState.REVIEW), authorization(flagged=True))
    said = told(*about, policy=policy, review_started=NOON)
    assert said.startswith("In review in Loop since 2026-03-05 12:00 UTC, flagged in NetSuite on RA1.")
    assert said.endswith(f"To do: finish the review in Loop Admin; {end}")


@pytest.mark.parametrize(
    ("policy", "part"),
    [
        (WITH_FLAGS, "Next: RA1 is marked as reviewed in NetSuite, and the return goes on."),
        (replace(WITH_FLAGS, write_reviewed=False), "Next: it is flagged again. To do: set the reviewed field of RA1"),
        (replace(WITH_FLAGS, write_reviewed=False, flag="once"), "Next: goods received in NetSuite."),
    ],
)
def test_after_a_review_the_policy_says_what_comes(policy: Policy, part: str) -> None:
    seen = {"flag_set": NOON - timedelta(days=1), "review_ended": NOON}
    assert part in told(a_return(), authorization(flagged=True), policy=policy, **seen)


@pytest.mark.parametrize(
    ("choice", "end"),
    [
        ("cancel", "Next: the return is cancelled in Loop."),
        ("close", "Next: the return is closed in Loop."),
        ("off", "To do: cancel the return in Loop by hand, for cancel_in_loop is off."),
    ],
)
def test_an_authorization_that_a_person_ended_tells_what_follows_in_loop(choice: str, end: str) -> None:
    said = told(a_return(), authorization(status="C"), policy=replace(WITH_FLAGS, cancel_in_loop=choice))
    assert said == f"RA1 was cancelled in NetSuite with nothing received. {end}"


def test_a_partial_receipt_names_what_is_missing_and_how_long_it_is_waited_for() -> None:
    journal = (entry("note:main:5:IR1", NOON),)
    said = told(a_return(), authorization(1, status="D"), receipt(), journal=journal)
    assert said.startswith("Received in part: 1 × TEE of RA1 is missing; Loop is not asked to process.")
    assert said.endswith("We wait for the warehouse until 2026-03-12 12:00 UTC; then a person must decide.")


def test_missing_units_that_the_policy_removes_are_waited_for_even_when_their_line_is_closed() -> None:
    policy, journal = replace(WITH_FLAGS, missing_units="remove"), (entry("note:main:5:IR1", NOON),)
    about = (a_return(), authorization(1, closed=True, status="F"), receipt())
    assert told(*about, policy=policy, journal=journal).endswith("then Loop removes them and processes the rest.")


def test_a_line_closed_without_receipt_needs_a_person_at_once() -> None:
    said = told(a_return(), authorization(1, closed=True, status="F"), receipt())
    assert "1 × TEE of RA1 was closed without being received. To do: remove the missing lines in Loop" in said


def test_processing_that_was_asked_for_waits_for_its_proof() -> None:
    about = (a_return(), authorization(2, status="F"), receipt())
    asked = entry("process:main:5", NOON - timedelta(minutes=5), "process")
    said = told(*about, journal=(asked,))
    assert said.endswith("We wait for the processed return as proof, until 2026-03-05 12:25 UTC.")
    late = replace(asked, sent_at=None, finished_at=NOON - timedelta(hours=1))
    assert "To do: process it in Loop Admin, or retry" in told(*about, journal=(late,))


def test_a_failure_of_loop_is_told_in_its_own_words() -> None:
    asked = entry("process:main:5", NOON - timedelta(minutes=5), "process")
    failed = a_return(failure=ProcessingFailure(NOON, "card expired"))
    said = told(failed, authorization(2, status="F"), receipt(), journal=(asked,))
    assert "It failed: card expired. To do: mend the cause in Loop, then retry." in said


def test_a_failure_that_ended_in_review_is_told_with_the_review() -> None:
    asked = entry("process:main:5", NOON - timedelta(minutes=5), "process")
    failed = a_return(ReturnState.REVIEW, failure=ProcessingFailure(NOON, "Insufficient funds."))
    said = told(failed, authorization(2, status="F"), receipt(), journal=(asked,))
    assert said.startswith("In review in Loop, for its processing failed: Insufficient funds. Nothing is processed")


def test_a_refusal_for_the_state_that_a_return_is_in_is_told_with_what_follows() -> None:
    asked = entry("process:main:5", NOON - timedelta(minutes=5), "process")
    refused = replace(
        asked, state=WriteState.DROPPED, error_code="loop_refused_flagged", error_message="It is flagged."
    )
    said = told(a_return(), authorization(2, status="F"), receipt(), journal=(refused,))
    assert "Loop refused at 2026-03-05 11:55 UTC: It is flagged. It is asked again" in said


def test_a_review_that_a_person_took_back_is_told_with_what_follows() -> None:
    marked = entry("reviewed:main:5:1", NOON - timedelta(minutes=1), "setReviewed")
    set_at, ended_at = NOON - timedelta(hours=2), NOON - timedelta(minutes=2)
    about = (a_return(), authorization(flagged=True))
    said = told(*about, journal=(marked,), flag_set=set_at, review_ended=ended_at)
    assert "RA1 was marked as reviewed at 2026-03-05 11:59 UTC, and NetSuite shows it unmarked" in said


def test_a_return_tells_who_it_waits_for_and_since_when() -> None:
    said = told(a_return(), authorization(), journal=(entry("LOOP-RA-5", NOON, "returnAuthorization"),))
    when = "It happens when the warehouse receives them; waited for since 2026-03-05 12:00 UTC."
    assert said == f"Next: goods received in NetSuite. {when}"


def test_a_settled_return_tells_what_the_shopper_kept_and_closes_what_is_left() -> None:
    policy = replace(WITH_FLAGS, keep_item_reasons=frozenset({"Keep it"}))
    kept = a_return(ReturnState.CLOSED, processed=True, lines=(unit(1), unit(2, "Keep it")))
    memo = document("creditMemo", "CM1", created_from="RA1")
    paid = document("customerRefund", "RF1")
    open_yet = case(kept, authorization(1, status="E"), receipt(), memo, paid)
    assert "Next: what will not come closed in NetSuite." in headline(open_yet, policy)
    closed = case(kept, authorization(1, status="G", closed=True), receipt(), memo, paid)
    assert headline(closed, policy) == "Done: Loop, Shopify and NetSuite have it. The shopper kept 1 unit(s)."


def test_money_of_units_never_shipped_is_one_refund_from_the_deposit() -> None:
    paid = document("customerRefund", "RF1")
    done = steps(case(a_return(ReturnState.CLOSED, processed=True), paid), WITH_FLAGS)
    assert [(step.what, step.done) for step in done] == [
        ("Processed in Loop", True),
        ("Customer refund from the deposit in NetSuite", True),
    ]


def test_a_deleted_authorization_is_made_again_by_retry_alone() -> None:
    gone = case(a_return(), journal=(entry("LOOP-RA-5", NOON, "returnAuthorization"),))
    assert steps(gone, WITH_FLAGS)[0].when == "when you retry the return, for it was deleted"


def test_goods_of_an_authorization_that_nobody_approved_wait_for_the_approval() -> None:
    assert "It happens when RA1 is approved in NetSuite" in told(a_return(), authorization(status="A"))
