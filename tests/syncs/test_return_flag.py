"""return_flag: what it wants for every state of the flag, the reviewed field, the review and its memory."""

from dataclasses import replace
from datetime import datetime

import pytest

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import JournalEntry, Seen, WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.policy import Fields, Policy
from ledgerloop.domain.records import Act, LoopAction, SetReviewedDraft
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.review import under_flag
from ledgerloop.outcome import NeedsReading, Source, Waiting
from ledgerloop.syncs.return_flag import next_write
from tests.syncs.cases import MINUTE, NOW, ORDER_ID, POLICY, RETURN_ID, a_case, a_return, an_authorization, an_entry

UNWRITTEN = replace(POLICY, write_reviewed=False)
ONCE = replace(UNWRITTEN, flag="once")
FLAG_1 = an_entry(f"flag:main:{RETURN_ID}:1", "flag", NOW - 50 * MINUTE)
SET = (Seen.FLAG_SET, NOW - 60 * MINUTE)
STARTED = (Seen.REVIEW_STARTED, NOW - 49 * MINUTE)
ENDED = (Seen.REVIEW_ENDED, NOW - 10 * MINUTE)
MADE = an_entry(f"LOOP-RA-{RETURN_ID}", "returnAuthorization", NOW - 90 * MINUTE)
FLAGGED = an_authorization(flagged=True)


def flags(answer: Answer) -> str:
    """The journal's key of a flag action, or what else was answered."""
    if isinstance(answer, Write) and isinstance(answer.draft, LoopAction):
        assert answer.draft.act is Act.FLAG
        assert answer.draft.note == "Flagged for review in NetSuite on return authorization RMA1."
        return answer.draft.key
    return repr(answer)


@pytest.mark.parametrize("policy", [POLICY, UNWRITTEN, ONCE])
def test_a_flag_that_was_set_is_passed_on(policy: Policy) -> None:
    answer = next_write(a_case(a_return(), FLAGGED, seen=[SET]), policy)
    assert flags(answer) == f"flag:main:{RETURN_ID}:1"


@pytest.mark.parametrize(
    "state", [ReturnState.REVIEW, ReturnState.CLOSED, ReturnState.CANCELLED, ReturnState.EXPIRED, ReturnState.UNKNOWN]
)
def test_only_an_open_return_is_flagged(state: ReturnState) -> None:
    assert next_write(a_case(a_return(state), FLAGGED, seen=[SET]), UNWRITTEN) is None


@pytest.mark.parametrize(
    "authorization",
    [an_authorization(), an_authorization(flagged=True, reviewed=True), an_authorization(reviewed=True)],
)
def test_without_a_flag_or_once_reviewed_nothing_is_wanted(authorization: Document) -> None:
    assert next_write(a_case(a_return(), authorization), POLICY) is None


def test_without_an_authorization_or_a_configured_field_nothing_is_wanted() -> None:
    assert next_write(a_case(a_return()), POLICY) is None
    assert next_write(a_case(a_return(), FLAGGED, seen=[SET]), replace(POLICY, fields=Fields())) is None


def test_what_was_never_read_is_read_first() -> None:
    need = NeedsReading(Source.NETSUITE_FAMILY, ORDER_ID)
    assert next_write(a_case(a_return(), FLAGGED, unread=[need]), POLICY) == need


def test_after_our_flag_the_return_itself_is_read_before_anything_else_is_decided() -> None:
    need = NeedsReading(Source.LOOP_RETURN, RETURN_ID)
    case = a_case(a_return(), FLAGGED, journal=[FLAG_1], seen=[SET], unread=[need])
    assert next_write(case, POLICY) == need


@pytest.mark.parametrize("policy", [POLICY, UNWRITTEN, ONCE])
def test_while_no_end_of_the_review_was_seen_it_is_not_flagged_again(policy: Policy) -> None:
    assert next_write(a_case(a_return(), FLAGGED, journal=[FLAG_1], seen=[SET]), policy) is None


def test_when_the_review_has_ended_reviewed_is_written_before_any_new_flag() -> None:
    answer = next_write(a_case(a_return(), FLAGGED, journal=[FLAG_1], seen=[SET, STARTED, ENDED]), POLICY)
    assert isinstance(answer, Write)
    assert answer.draft == SetReviewedDraft(f"reviewed:main:{RETURN_ID}:1", "1007")


def test_until_reviewed_flags_again_when_the_connector_may_not_write_reviewed() -> None:
    answer = next_write(a_case(a_return(), FLAGGED, journal=[FLAG_1], seen=[SET, STARTED, ENDED]), UNWRITTEN)
    assert flags(answer) == f"flag:main:{RETURN_ID}:2"


def test_without_a_reviewed_field_until_reviewed_flags_again() -> None:
    policy = replace(POLICY, fields=replace(POLICY.fields, reviewed=""))
    answer = next_write(a_case(a_return(), FLAGGED, journal=[FLAG_1], seen=[SET, STARTED, ENDED]), policy)
    assert flags(answer) == f"flag:main:{RETURN_ID}:2"


@pytest.mark.parametrize("journal", [[FLAG_1], []], ids=["we_flagged", "somebody_flagged_in_loop"])
def test_once_is_content_with_one_review_after_the_flag_was_set(journal: list[JournalEntry]) -> None:
    assert next_write(a_case(a_return(), FLAGGED, journal=journal, seen=[SET, STARTED, ENDED]), ONCE) is None


def test_once_flags_again_when_the_flag_went_from_clear_to_set_once_more() -> None:
    again = [(Seen.FLAG_CLEARED, NOW - 5 * MINUTE), (Seen.FLAG_SET, NOW - MINUTE)]
    answer = next_write(a_case(a_return(), FLAGGED, journal=[FLAG_1], seen=[SET, STARTED, ENDED, *again]), ONCE)
    assert flags(answer) == f"flag:main:{RETURN_ID}:2"


TOLD = an_entry(f"reviewed:main:{RETURN_ID}:1", "setReviewed", NOW - 3 * MINUTE)
AGAIN = [(Seen.FLAG_CLEARED, NOW - 2 * MINUTE), (Seen.FLAG_SET, NOW - MINUTE)]


def test_a_reviewed_field_that_a_person_cleared_again_is_waited_for_while_netsuite_may_lag() -> None:
    answer = next_write(a_case(a_return(), FLAGGED, journal=[FLAG_1, TOLD], seen=[SET, STARTED, ENDED]), POLICY)
    assert isinstance(answer, Waiting)
    assert answer.code == "reviewed_taken_back"
    assert answer.until == NOW + 2 * MINUTE
    assert answer.look_at == (NeedsReading(Source.NETSUITE_FAMILY, ORDER_ID),)


def test_a_reviewed_field_that_stays_cleared_flags_anew() -> None:
    told = an_entry(TOLD.key, "setReviewed", NOW - 6 * MINUTE)
    answer = next_write(a_case(a_return(), FLAGGED, journal=[FLAG_1, told], seen=[SET, STARTED, ENDED]), POLICY)
    assert flags(answer) == f"flag:main:{RETURN_ID}:2"


def test_once_does_not_wait_for_a_reviewed_field_that_a_person_cleared() -> None:
    policy = replace(POLICY, flag="once")
    assert next_write(a_case(a_return(), FLAGGED, journal=[FLAG_1, TOLD], seen=[SET, STARTED, ENDED]), policy) is None


@pytest.mark.parametrize("policy", [POLICY, replace(POLICY, flag="once")])
def test_a_flag_set_again_soon_after_reviewed_was_written_is_passed_on_at_once(policy: Policy) -> None:
    case = a_case(a_return(), FLAGGED, journal=[FLAG_1, TOLD], seen=[SET, STARTED, ENDED, *AGAIN])
    assert flags(next_write(case, policy)) == f"flag:main:{RETURN_ID}:2"


def test_every_review_that_ends_is_written_however_it_began() -> None:
    second = [*AGAIN, (Seen.REVIEW_STARTED, NOW - MINUTE), (Seen.REVIEW_ENDED, NOW)]
    answer = next_write(a_case(a_return(), FLAGGED, journal=[TOLD], seen=[SET, STARTED, ENDED, *second]), POLICY)
    assert isinstance(answer, Write)
    assert answer.draft == SetReviewedDraft(f"reviewed:main:{RETURN_ID}:2", "1007")


@pytest.mark.parametrize(
    ("policy", "journal", "seen", "known"),
    [
        (ONCE, [], [SET], True),
        (POLICY, [], [SET], False),
        (ONCE, [MADE], [SET], False),
        (ONCE, [], [(Seen.FLAG_CLEARED, NOW - 70 * MINUTE), SET], False),
        (ONCE, [replace(FLAG_1, state=WriteState.DROPPED)], [SET], False),
    ],
    ids=["forgotten", "until_reviewed", "made_by_us", "seen_clear", "decided_before"],
)
def test_only_once_and_only_where_the_memory_begins_with_the_flag_a_note_stands_for_it(
    policy: Policy, journal: list[JournalEntry], seen: list[tuple[Seen, datetime]], known: bool
) -> None:
    answer = next_write(a_case(a_return(), FLAGGED, journal=journal, seen=seen), policy)
    assert isinstance(answer, Write)
    assert isinstance(answer.draft, LoopAction)
    assert answer.draft.done_if_noted is known


@pytest.mark.parametrize(("policy", "held"), [(POLICY, True), (replace(POLICY, flag="once"), False)])
def test_what_was_taken_back_holds_the_return_until_it_is_flagged_again(policy: Policy, held: bool) -> None:
    case = a_case(a_return(), FLAGGED, journal=[FLAG_1, TOLD], seen=[SET, STARTED, ENDED])
    assert under_flag(case, FLAGGED, policy) is held
