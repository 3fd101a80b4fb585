"""return_cancellation: what it wants for every way in which a return ends in Loop."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.records import CloseLinesDraft
from ledgerloop.domain.returns import Return, ReturnState
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting
from ledgerloop.syncs.return_cancellation import next_write
from tests.syncs.cases import (
    NOW,
    ORDER_ID,
    POLICY,
    RA_ID,
    RETURN_ID,
    a_case,
    a_discount,
    a_line,
    a_return,
    an_authorization,
    an_entry,
    received,
)

CANCELLED = a_return(ReturnState.CANCELLED)
EXPIRED = a_return(ReturnState.EXPIRED)


def closes(answer: Answer) -> tuple[int, ...]:
    """The lines that it wants closed."""
    assert isinstance(answer, Write)
    assert isinstance(answer.draft, CloseLinesDraft)
    assert (answer.draft.key, answer.draft.authorization_id) == (f"close:main:{RA_ID}", RA_ID)
    return answer.draft.lines


def test_cancelled_every_open_line_is_closed_discounts_with_their_goods() -> None:
    lines = (a_line(1), a_discount(2), a_line(5, closed=True), a_discount(6, closed=True), a_line(9))
    assert closes(next_write(a_case(CANCELLED, an_authorization(*lines)), POLICY)) == (1, 2, 9)


def test_closed_by_hand_counts_as_cancelled_and_processed_does_not() -> None:
    by_hand, processed = (a_return(ReturnState.CLOSED, processed=one) for one in (False, True))
    assert closes(next_write(a_case(by_hand, an_authorization()), POLICY)) == (1,)
    assert next_write(a_case(processed, an_authorization()), POLICY) is None


def test_closed_without_knowing_how_the_list_of_closed_returns_is_read_first() -> None:
    unknown = a_return(ReturnState.CLOSED, processed=None)
    need = NeedsReading(Source.LOOP_CLOSED_LIST, RETURN_ID)
    assert next_write(a_case(unknown, an_authorization(), unread=[need]), POLICY) == need
    waits = next_write(a_case(unknown, received(an_authorization())), POLICY)
    assert isinstance(waits, Waiting)
    assert waits.code == "processing_unknown"


@pytest.mark.parametrize("state", [ReturnState.OPEN, ReturnState.REVIEW, ReturnState.UNKNOWN])
def test_a_return_that_goes_on_closes_nothing(state: ReturnState) -> None:
    assert next_write(a_case(a_return(state), an_authorization()), POLICY) is None


@pytest.mark.parametrize("status", ["C", "H"])
def test_an_authorization_that_has_ended_is_left_alone(status: str) -> None:
    assert next_write(a_case(CANCELLED, an_authorization(status=status)), POLICY) is None


def test_without_an_authorization_or_where_it_is_off_nothing_is_wanted() -> None:
    assert next_write(a_case(CANCELLED), POLICY) is None
    off = replace(POLICY, cancel_in_netsuite=False)
    assert next_write(a_case(CANCELLED, an_authorization()), off) is None
    assert next_write(a_case(CANCELLED, received(an_authorization())), off) is None


@pytest.mark.parametrize("return_", [CANCELLED, EXPIRED, a_return(ReturnState.CLOSED)])
def test_with_goods_received_a_person_decides(return_: Return) -> None:
    answer = next_write(a_case(return_, received(an_authorization())), POLICY)
    assert isinstance(answer, Attention)
    assert answer.code == "cancelled_after_receipt"
    assert "RMA1" in answer.problem


def test_what_a_person_credited_settles_it_unless_something_is_still_open() -> None:
    credited = replace(a_line(1, quantity=1, received=1), refunded=Decimal(1))
    assert next_write(a_case(CANCELLED, an_authorization(credited, status="F")), POLICY) is None
    answer = next_write(a_case(CANCELLED, an_authorization(credited, a_line(5), status="E")), POLICY)
    assert isinstance(answer, Attention)
    assert (answer.code, "the rest is still open" in answer.problem) == ("cancelled_after_receipt", True)


def test_what_was_read_before_it_changed_is_read_again() -> None:
    need = NeedsReading(Source.NETSUITE_FAMILY, ORDER_ID)
    assert next_write(a_case(CANCELLED, an_authorization(), unread=[need]), POLICY) == need


def test_lines_that_we_closed_once_and_a_person_opened_again_stay_open() -> None:
    ours = an_entry(f"close:main:{RA_ID}", "closeLines", NOW)
    assert next_write(a_case(CANCELLED, an_authorization(), journal=[ours]), POLICY) is None


def test_expired_waits_for_the_grace_and_then_closes() -> None:
    waits = next_write(a_case(EXPIRED, an_authorization()), POLICY)
    assert isinstance(waits, Waiting)
    assert EXPIRED.updated_at is not None
    assert (waits.code, waits.until) == ("expired_in_loop", EXPIRED.updated_at + timedelta(days=30))

    over = replace(EXPIRED, updated_at=NOW - timedelta(days=30))
    assert closes(next_write(a_case(over, an_authorization()), POLICY)) == (1,)


def test_expired_never_closes_where_the_grace_is_zero() -> None:
    long_ago = replace(EXPIRED, updated_at=NOW - timedelta(days=4000))
    assert next_write(a_case(long_ago, an_authorization()), replace(POLICY, expired_grace=timedelta(0))) is None
