"""Evidence of calls: writes at once, reads soon, nothing lost at the end."""

import sqlite3
import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from ledgerloop.store import Store, open_store
from ledgerloop.store.evidence import CallLog
from ledgerloop.store.tables import calls
from tests.support.database import NOW, later


@dataclass(frozen=True)
class Call:
    """A call as a remote client reports it."""

    shop_id: str = "main"
    remote: str = "netsuite"
    started_at: datetime = NOW
    took_ms: int = 12
    method: str = "GET"
    path: str = "/record"
    status: int | None = 200
    outcome: str = "ok"
    subject: str = "48"
    request: str = ""
    answer: str = "{}"
    write: bool = False


def count(store: Store) -> int:
    with store.reading() as tx:
        return int(tx.execute(select(func.count()).select_from(calls)).scalar_one())


def test_a_call_that_writes_is_stored_before_the_answer_is_used(store: Store) -> None:
    log = CallLog(store, batch_s=60)
    log.record(Call())
    assert count(store) == 0
    log.record(Call(write=True, status=None, outcome="netsuite_unclear"))
    assert count(store) == 2
    log.close()


def test_reads_are_stored_after_a_while_or_in_batches(store: Store) -> None:
    log = CallLog(store, batch_s=0.05)
    log.record(Call())
    give_up = time.monotonic() + 10
    while count(store) < 1 and time.monotonic() < give_up:
        time.sleep(0.02)
    assert count(store) == 1
    log.close()


def test_closing_stores_the_rest(store: Store) -> None:
    log = CallLog(store, batch_s=60)

    def work() -> None:
        for _ in range(30):
            log.record(Call())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    assert count(store) == 120


def test_calls_are_found_by_what_they_were_about_and_pruned(store: Store) -> None:
    log = CallLog(store)
    for number, subject in enumerate(("48", "LOOP-CM-48-1", "49", "48")):
        log.record(replace(Call(), subject=subject, started_at=later(number), path=f"/{number}"))
    assert [one.path for one in log.for_subject("main", ["48", "LOOP-CM-48-1"])] == ["/0", "/1", "/3"]
    assert [one.path for one in log.for_subject("main", "48", limit=1)] == ["/3"]
    assert log.prune(later(2)) == 2
    assert count(store) == 2
    log.close()


def test_a_busy_database_delays_evidence_and_does_not_lose_it(sqlite_url: str) -> None:
    store = open_store(sqlite_url, timeout_ms=50)
    log = CallLog(store, batch_s=60)
    with sqlite3.connect(str(store.path), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        log.record(Call(write=True))
        other.execute("ROLLBACK")
    log.close()
    assert count(store) == 1
    store.close()


def test_a_closed_log_still_stores(store: Store) -> None:
    log = CallLog(store, batch_s=60)
    log.close()
    log.record(Call())
    assert count(store) == 1
