"""Slots and pace: kept exactly over threads and processes."""

import os
import signal
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from ledgerloop.store import Store
from ledgerloop.store.pace import NetSuitePace, SlidingWindow
from ledgerloop.store.slots import SlotLeases
from ledgerloop.store.tables import slots as slots_table
from tests.support.database import await_line, later, start_python

HOLD = """
import sys, threading, time
from ledgerloop.store import open_store
from ledgerloop.store.slots import SlotLeases
slots = SlotLeases(open_store(sys.argv[1]), "acc", int(sys.argv[2]))
spans = []
def work():
    for _ in range(4):
        with slots.hold(30):
            began = time.monotonic()
            time.sleep(0.02)
            spans.append((began, time.monotonic()))
print("ready", flush=True)
sys.stdin.readline()
threads = [threading.Thread(target=work) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
for began, ended in spans: print(began, ended)
"""

TAKE = """
import sys, threading
from ledgerloop.store import open_store
from ledgerloop.store.pace import SlidingWindow
window = SlidingWindow(open_store(sys.argv[1]), "loop:key", 60, window_s=3600.0)
granted = []
print("ready", flush=True)
sys.stdin.readline()
def work():
    while window._try() == 0:
        granted.append(1)
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(granted))
"""

KEEP = """
import sys
from ledgerloop.store import open_store
from ledgerloop.store.slots import SlotLeases
with SlotLeases(open_store(sys.argv[1]), "acc", 1).hold(600):
    print("holding", flush=True)
    sys.stdin.readline()
"""


def outputs(code: str, number: int, *arguments: str) -> list[str]:
    processes = [start_python(code, *arguments) for _ in range(number)]
    for process in processes:
        await_line(process, "ready")
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [process.communicate(timeout=120)[0] for process in processes]


def address(store: Store) -> str:
    return store.url.render_as_string(hide_password=False)


def test_three_processes_of_eight_threads_never_hold_more_than_the_limit(store: Store) -> None:
    lines = [line for output in outputs(HOLD, 3, address(store), "3") for line in output.splitlines()]
    spans = [tuple(float(number) for number in line.split()) for line in lines]
    assert len(spans) == 96
    changes = sorted([(began, 1) for began, _ in spans] + [(ended, -1) for _, ended in spans])
    held = most = 0
    for _, change in changes:
        held += change
        most = max(most, held)
    assert most == 3
    assert SlotLeases(store, "acc", 3).live() == 0


def test_a_slot_of_a_killed_process_is_taken_over_at_once(store: Store) -> None:
    process = start_python(KEEP, address(store))
    await_line(process, "holding")
    assert SlotLeases(store, "acc", 1).live() == 1
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    began = time.monotonic()
    with SlotLeases(store, "acc", 1).hold(1):
        assert time.monotonic() - began < 2


def test_a_lease_of_another_machine_is_honoured_until_it_ends(store: Store) -> None:
    moment = [later(0)]
    store.clock = lambda: moment[0]
    far = SlotLeases(store, "acc", 1, "another-machine|1|1|")
    near = SlotLeases(store, "acc", 1)
    with far.hold(10):
        assert near._try("me", 1) is None
        if store.dialect == "sqlite":
            moment[0] += timedelta(seconds=16)
            assert near._try("me", 1) == 1


def test_a_lowered_limit_counts_what_is_still_held_above_it(store: Store) -> None:
    wide, narrow = SlotLeases(store, "acc", 3), SlotLeases(store, "acc", 1)
    with wide.hold(10):
        with wide.hold(10):
            assert narrow._try("me", 10) is None
        assert narrow._try("me", 10) is None
    assert narrow._try("me", 10) == 1
    assert wide._try("you", 10) == 2


def test_accounts_do_not_know_each_other(store: Store) -> None:
    with SlotLeases(store, "one", 1).hold(10), SlotLeases(store, "two", 1).hold(10):
        assert SlotLeases(store, "one", 1).live() == 1


def test_a_slot_is_given_back_when_the_call_fails(store: Store) -> None:
    slots = SlotLeases(store, "acc", 1)
    with pytest.raises(ConnectionError), slots.hold(10):
        raise ConnectionError
    assert slots.live() == 0


def test_a_429_halves_the_share_and_clean_minutes_give_it_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [later(0)]
    monkeypatch.setattr(store, "now", lambda _tx: moment[0])
    pace, slots = NetSuitePace(store, "acc", 5), SlotLeases(store, "acc", 5)
    assert pace.allowed() == 5
    pace.slow_down(None)
    pace.slow_down(None)
    assert pace.allowed() == 2
    with slots.hold(10), slots.hold(10):
        assert slots._try("third", 10) is None
    for _ in range(3):
        moment[0] += timedelta(seconds=3)
        pace.slow_down(None)
    assert pace.allowed() == 1
    moment[0] += timedelta(seconds=61)
    assert pace.allowed() == 2
    moment[0] += timedelta(seconds=600)
    assert pace.allowed() == 5


def test_the_window_is_exact_over_threads_and_processes(store: Store) -> None:
    assert sum(int(output) for output in outputs(TAKE, 2, address(store))) == 60


def test_a_window_lets_as_many_through_as_have_left_it(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [later(0)]
    monkeypatch.setattr(store, "now", lambda _tx: moment[0])
    window = SlidingWindow(store, "loop:key", 3)
    for _ in range(3):
        assert window._try() == 0
        moment[0] += timedelta(seconds=10)
    assert window._try() == pytest.approx(60 * 1.02 - 30)
    moment[0] += timedelta(seconds=32)
    assert window._try() == 0
    assert window._try() > 0


def test_a_closed_window_stays_closed_for_everybody(store: Store) -> None:
    one = SlidingWindow(store, "loop:key", 300)
    other = SlidingWindow(store, "loop:key", 300)
    one.take()
    began = time.monotonic()
    one.slow_down(0.4)
    other.take()
    assert 0.35 < time.monotonic() - began < 5


def test_a_closed_account_is_waited_for(store: Store) -> None:
    pace = NetSuitePace(store, "acc", 5)
    began = time.monotonic()
    pace.take()
    pace.slow_down(0.3)
    pace.take()
    assert 0.25 < time.monotonic() - began < 5


def test_a_slot_is_handed_to_a_thread_that_waits_without_asking_the_database(store: Store) -> None:
    slots = SlotLeases(store, "acc", 1)
    seen: list[str | None] = []

    def take() -> None:
        with slots.hold(10):
            seen.append(holder_of(store))

    with slots.hold(10):
        first = holder_of(store)
        waiting = threading.Thread(target=take)
        waiting.start()
        while slots._waiting == 0:
            time.sleep(0.001)
    waiting.join(10)
    assert seen == [first]
    assert slots.live() == 0


def holder_of(store: Store) -> str | None:
    with store.reading() as tx:
        holder: str | None = tx.execute(select(slots_table.c.holder).filter_by(account="acc")).scalar_one()
    return holder
