"""The inbox: on disk before the answer, once per message, and its subject due every time."""

import os
import signal
import sqlite3
import time

import pytest

from ledgerloop.store import DatabaseBusy, Store, open_store
from ledgerloop.store.due import Due
from ledgerloop.store.inbox import Inbox
from ledgerloop.store.returns import LoopReturns
from tests.support.database import NOW, await_line, later, start_python

BODY = b"\x00 not even JSON \xff"


def put(store: Store, key: str = "evt-1", kind: str = "order", subject: str = "5821", seconds: float = 0) -> bool:
    headers = {"x-loop-signature": "abc"}
    return Inbox(store).put("main", "loop", "return", key, headers, BODY, later(seconds), kind, subject)


def test_raw_bytes_are_kept_as_they_came(store: Store) -> None:
    assert put(store)
    [message] = Inbox(store).unworked(10)
    assert (
        message.body,
        message.headers,
        message.topic,
        message.times,
    ) == (BODY, {"x-loop-signature": "abc"}, "return", 1)


def test_a_duplicate_is_stored_once_and_still_marks_its_subject_due(store: Store) -> None:
    due = Due(store)
    assert put(store)
    [claim] = due.claim("me", later(1), 10, 60)
    assert due.finish(claim, None)
    assert not put(store, seconds=5)
    assert [message.times for message in Inbox(store).unworked(10)] == [2]
    assert [one.order_key for one in due.claim("me", later(6), 10, 60)] == ["5821"]


def test_the_same_key_of_another_shop_is_another_message(store: Store) -> None:
    assert put(store)
    assert Inbox(store).put("second", "loop", "return", "evt-1", {}, BODY, NOW)


def test_a_message_about_a_return_marks_its_order_due(store: Store) -> None:
    LoopReturns(store).put_list_view("main", "48", {"provider_order_id": 777, "updated_at": "2026-03-02 18:00:00"}, NOW)
    put(store, "a", "return", "48")
    put(store, "b", "return", "49")
    assert {"777", "loop-49"} == {claim.order_key for claim in Due(store).claim("me", later(1), 10, 60)}


def test_a_message_about_nothing_makes_nothing_due(store: Store) -> None:
    put(store, kind="", subject="")
    assert Due(store).claim("me", later(1), 10, 60) == []


def test_worked_off_messages_do_not_come_again(store: Store) -> None:
    put(store, "a")
    put(store, "b", subject="9")
    inbox = Inbox(store)
    first, second = inbox.unworked(10)
    inbox.mark_worked([first.id], "understood")
    assert [second.id] == [message.id for message in inbox.unworked(10)]
    kept = inbox.get(first.id)
    assert kept is not None
    assert (kept.note, kept.worked_at is not None) == ("understood", True)
    assert [first.id] == [message.id for message in inbox.about("main", "order", "5821")]


def test_an_erased_body_leaves_its_digest(store: Store) -> None:
    put(store)
    inbox = Inbox(store)
    [message] = inbox.unworked(10)
    inbox.erase([message.id], NOW)
    erased = inbox.get(message.id)
    assert erased is not None
    assert (None, message.digest) == (erased.body, erased.digest)


def test_the_intake_gives_up_within_two_seconds_while_somebody_holds_the_file(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    put(store)
    with sqlite3.connect(str(store.path), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        with pytest.raises(DatabaseBusy):
            put(store, "evt-2")
        assert time.monotonic() - began < 2
        other.execute("ROLLBACK")
    assert put(store, "evt-2")
    store.close()


def test_the_intake_gives_up_within_two_seconds_while_the_table_is_locked(postgres_url: str) -> None:
    store, other = open_store(postgres_url), open_store(postgres_url)
    with other.writing() as tx:
        tx.exec_driver_sql("LOCK TABLE inbox IN ACCESS EXCLUSIVE MODE")
        began = time.monotonic()
        with pytest.raises(DatabaseBusy):
            put(store)
        assert time.monotonic() - began < 2
    assert put(store)
    store.close()
    other.close()


ACCEPT = """
import sys
from datetime import UTC, datetime
from ledgerloop.store import open_store
from ledgerloop.store.inbox import Inbox
store = open_store(sys.argv[1])
Inbox(store).put("main", "loop", "return", "evt-1", {}, b"body", datetime.now(UTC), "order", "5821")
print("stored", flush=True)
sys.stdin.readline()
"""


def test_a_message_survives_a_kill_right_after_it_was_accepted(store: Store) -> None:
    process = start_python(ACCEPT, store.url.render_as_string(hide_password=False))
    await_line(process, "stored")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert [message.body for message in Inbox(store).unworked(10)] == [b"body"]
    assert Due(store).counts()["due"] == 1
