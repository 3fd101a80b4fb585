"""Who runs: one engine per SQLite file, any number with a heartbeat on PostgreSQL."""

import os
import signal

import pytest

from ledgerloop.store import Store, open_store
from ledgerloop.store.engines import EngineLock, Executors, engine_runs
from ledgerloop.store.owners import is_dead, process_owner
from tests.support.database import NOW, await_line, later, start_python

RUN = """
import sys
from ledgerloop.store import open_store
from ledgerloop.store.engines import EngineLock
lock = EngineLock(open_store(sys.argv[1]))
print(lock.acquire(), flush=True)
sys.stdin.readline()
"""


def test_one_engine_runs_on_a_file_and_dies_with_its_process(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    lock = EngineLock(store)
    assert not engine_runs(store, NOW)
    process = start_python(RUN, sqlite_url)
    await_line(process, "True")
    assert (engine_runs(store, NOW), lock.acquire()) == (True, False)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert (engine_runs(store, NOW), lock.acquire()) == (False, True)
    assert (lock.acquire(), engine_runs(store, NOW)) == (True, True)
    lock.release()
    assert not lock.held()
    store.close()


def test_postgresql_has_no_engine_lock(postgres_url: str) -> None:
    store = open_store(postgres_url)
    with pytest.raises(ValueError, match="SQLite"):
        EngineLock(store)
    assert not engine_runs(store, NOW)
    Executors(store).register("worker-1", "work", NOW)
    assert engine_runs(store, later(1))
    store.close()


def test_an_executor_lives_as_long_as_its_heart_beats(store: Store) -> None:
    executors = Executors(store)
    executors.register("serve", "serve", NOW)
    executors.register("worker-1", "work", NOW)
    assert executors.beat("serve", later(20))
    assert [one.executor_id for one in executors.alive(later(20))] == ["serve"]
    assert [one.executor_id for one in executors.dead(later(20))] == ["worker-1"]
    executors.leave("worker-1")
    assert not executors.beat("worker-1", later(21))


def test_a_process_of_this_machine_is_known_to_be_alive_or_dead() -> None:
    mine = process_owner("test")
    machine, number, started, _ = mine.split("|")
    assert not is_dead(mine)
    assert is_dead(f"{machine}|{number}|{started}9|")
    assert is_dead(f"{machine}|4194999|1|")
    assert not is_dead(f"elsewhere|{number}|1|")
    assert not is_dead("anything")
