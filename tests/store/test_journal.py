"""The journal: decided before the first attempt, done for ever."""

import os
import signal
from decimal import Decimal

import pytest

from ledgerloop.domain.case import JournalEntry, WriteState
from ledgerloop.store import Store
from ledgerloop.store.documents import Documents
from ledgerloop.store.journal import Journal
from ledgerloop.store.returns import LoopReturns
from tests.support.database import NOW, await_line, later, start_python

KEY = "LOOP-CM-48-1"


def decide(store: Store, key: str = KEY, total: str = "108.00", seconds: float = 0, shop: str = "main") -> JournalEntry:
    draft = {"total": Decimal(total)}
    return Journal(store).decide(shop, "5821", "48", "refund", key, "creditMemo", draft, "because", later(seconds))


def test_a_decision_is_stored_with_its_draft_and_reason(store: Store) -> None:
    entry = decide(store)
    assert JournalEntry(KEY, "48", "refund", "creditMemo", WriteState.DECIDED, NOW, None, None, "", "", "", 0) == entry
    [row] = Journal(store).for_return("main", "48")
    assert (entry, {"total": Decimal("108.00")}, "because") == (row.entry, row.draft, row.reason)
    assert [entry] == Journal(store).for_order("main", "5821")


def test_a_write_is_done_with_its_internal_id(store: Store) -> None:
    journal = Journal(store)
    decide(store)
    journal.sent(KEY, later(1))
    journal.done(KEY, "777", later(2), adopted=True)
    row = journal.get(KEY)
    assert row is not None
    assert (WriteState.DONE, "777", 1, later(1), later(2)) == (
        row.entry.state,
        row.entry.internal_id,
        row.entry.attempts,
        row.entry.sent_at,
        row.entry.finished_at,
    )
    assert row.adopted


def test_done_is_never_overwritten(store: Store) -> None:
    journal = Journal(store)
    decide(store)
    journal.done(KEY, "777", later(1))
    again = decide(store, total="1.00", seconds=5)
    assert (again.state, again.internal_id) == (WriteState.DONE, "777")
    with pytest.raises(ValueError, match="is done already"):
        journal.sent(KEY, NOW)
    with pytest.raises(ValueError, match="is done already"):
        journal.refused(KEY, "closed_period", "The period is closed", NOW)
    with pytest.raises(ValueError, match="is done already"):
        journal.drop(KEY, NOW)
    journal.done(KEY, "778", later(9))
    row = journal.get(KEY)
    assert row is not None
    assert ("777", {"total": Decimal("108")}) == (row.entry.internal_id, row.draft)


@pytest.mark.parametrize("ending", ["decided", "refused", "dropped"])
def test_what_was_not_executed_may_be_decided_anew(store: Store, ending: str) -> None:
    journal = Journal(store)
    decide(store)
    if ending == "refused":
        journal.sent(KEY, later(1))
        journal.refused(KEY, "closed_period", "The period is closed", later(2))
        assert journal.for_order("main", "5821")[0].error_code == "closed_period"
    if ending == "dropped":
        journal.drop(KEY, later(2))
    again = decide(store, total="48.60", seconds=10)
    assert (WriteState.DECIDED, "", later(10)) == (again.state, again.error_code, again.decided_at)
    row = journal.get(KEY)
    assert row is not None
    assert {"total": Decimal("48.60")} == row.draft


@pytest.mark.parametrize("state", [WriteState.SENT, WriteState.UNCLEAR])
def test_what_may_exist_stays_so_when_it_is_decided_again(store: Store, state: WriteState) -> None:
    journal = Journal(store)
    decide(store)
    journal.sent(KEY, later(1))
    if state is WriteState.UNCLEAR:
        journal.unclear(KEY, "time-out", later(2))
    assert state == decide(store, total="48.60", seconds=10).state
    assert journal.open_keys("main") == [KEY]
    journal.sent(KEY, later(11))
    assert journal.for_order("main", "5821")[0].attempts == 2


def test_a_key_belongs_to_one_shop(store: Store) -> None:
    decide(store)
    with pytest.raises(ValueError, match="belongs to shop main"):
        decide(store, shop="second")


def test_what_was_never_decided_cannot_be_sent(store: Store) -> None:
    with pytest.raises(ValueError, match="never decided"):
        Journal(store).sent("LOOP-CM-1-1", NOW)


def test_numbers_stay_used_when_a_write_is_dropped(store: Store) -> None:
    for key in ("LOOP-CM-48-1", "LOOP-CM-48-3", "LOOP-CM-481-7", "LOOP-CMX48-9", "LOOP-CM-48-x"):
        decide(store, key)
    Journal(store).drop("LOOP-CM-48-3", NOW)
    assert {1, 3} == Journal(store).numbers_used("main", "LOOP-CM-48")
    assert {1, 3} == Journal(store).numbers_used("main", "LOOP-CM-48-")


SEND = """
import sys
from datetime import UTC, datetime
from ledgerloop.store import open_store
from ledgerloop.store.journal import Journal
Journal(open_store(sys.argv[1])).sent(sys.argv[2], datetime.now(UTC))
print("sent", flush=True)
sys.stdin.readline()
"""


def test_after_a_kill_between_the_attempt_and_its_note_everything_is_read_again(store: Store) -> None:
    body = {"provider_order_id": 5821, "updated_at": "2026-03-02 18:00:00"}
    LoopReturns(store).put_details_view("main", "48", body, NOW)
    Documents(store).put_family("main", "5821", [], NOW, complete=True)
    Documents(store).put_family("main", "other", [], NOW, complete=True)
    decide(store)
    process = start_python(SEND, store.url.render_as_string(hide_password=False), KEY)
    await_line(process, "sent")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    [entry] = Journal(store).for_order("main", "5821")
    [found] = LoopReturns(store).for_order("main", "5821")
    documents = Documents(store)
    assert (entry.state, entry.attempts, found.stale) == (WriteState.SENT, 1, True)
    assert (documents.for_order("main", "5821").stale, documents.for_order("main", "other").stale) == (True, False)
