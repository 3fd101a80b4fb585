"""return_authorization_cancellation: what it wants when an authorization has ended in NetSuite."""

from dataclasses import replace

import pytest

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.records import Act, LoopAction
from ledgerloop.domain.returns import ReturnState
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.syncs.return_authorization_cancellation import next_write
from tests.syncs.cases import (
    NOW,
    ORDER_ID,
    POLICY,
    RA_ID,
    RETURN_ID,
    a_case,
    a_line,
    a_return,
    an_authorization,
    an_entry,
    received,
)

CANCELLED = an_authorization(status="C")
CLOSED = an_authorization(a_line(closed=True), status="H")


@pytest.mark.parametrize("authorization", [CANCELLED, CLOSED], ids=["cancelled", "closed"])
@pytest.mark.parametrize("setting", ["cancel", "close"])
def test_ended_by_a_person_the_return_is_ended_in_loop_as_the_merchant_says(
    authorization: Document, setting: str
) -> None:
    policy = replace(POLICY, cancel_in_loop=setting)
    answer = next_write(a_case(a_return(), authorization), policy)
    assert isinstance(answer, Write)
    draft = answer.draft
    assert isinstance(draft, LoopAction)
    assert (draft.act, draft.key) == (Act(setting), f"cancel:main:{RETURN_ID}")
    assert draft.loop_line_ids == {"71000000", "71000001"}
    assert draft.note == "Return authorization RMA1 was closed or cancelled in NetSuite."


def test_off_means_off() -> None:
    assert next_write(a_case(a_return(), CLOSED), replace(POLICY, cancel_in_loop="off")) is None


@pytest.mark.parametrize("state", [one for one in ReturnState if one is not ReturnState.OPEN])
def test_only_an_open_return_is_ended(state: ReturnState) -> None:
    assert next_write(a_case(a_return(state), CLOSED), POLICY) is None


@pytest.mark.parametrize("status", ["A", "B", "D", "E", "F", "G"])
def test_an_authorization_that_goes_on_ends_nothing(status: str) -> None:
    assert next_write(a_case(a_return(), an_authorization(status=status)), POLICY) is None


def test_with_goods_received_nothing_is_ended() -> None:
    assert next_write(a_case(a_return(), received(CLOSED)), POLICY) is None


def test_what_we_closed_ourselves_ends_nothing_even_while_our_answer_is_lost() -> None:
    for state in (WriteState.DONE, WriteState.SENT, WriteState.UNCLEAR):
        ours = an_entry(f"close:main:{RA_ID}", "closeLines", NOW, state)
        assert next_write(a_case(a_return(), CLOSED, journal=[ours]), POLICY) is None


def test_what_loop_was_asked_for_once_is_not_asked_again_but_looked_at() -> None:
    asked = an_entry(f"cancel:main:{RETURN_ID}", "cancel", NOW)
    assert next_write(a_case(a_return(), CLOSED, journal=[asked]), POLICY) is None
    need = NeedsReading(Source.LOOP_RETURN, RETURN_ID)
    assert next_write(a_case(a_return(), CLOSED, journal=[asked], unread=[need]), POLICY) == need


def test_what_was_never_read_is_read_first() -> None:
    need = NeedsReading(Source.NETSUITE_FAMILY, ORDER_ID)
    assert next_write(a_case(a_return(), CLOSED, unread=[need]), POLICY) == need


def test_without_an_authorization_nothing_is_ended() -> None:
    assert next_write(a_case(a_return()), POLICY) is None
