"""What is due: claimed once, never lost, given back when a worker dies."""

import os
import signal
import threading
from collections import Counter

from ledgerloop.store import Store
from ledgerloop.store.due import SOON, Due
from ledgerloop.store.owners import process_owner
from tests.support.database import NOW, await_line, later, start_python


def keys(due: Due, seconds: float = 0, **more: object) -> list[str]:
    return [claim.order_key for claim in due.claim("me", later(seconds), 100, 60, **more)]  # type: ignore[arg-type]


def test_a_case_is_claimed_when_it_is_due_and_not_before(store: Store) -> None:
    due = Due(store)
    due.mark("main", "1", later(10), "poll")
    assert (keys(due, 9), keys(due, 10)) == ([], ["1"])


def test_ten_marks_are_one_run_at_the_earliest_time_asked_for(store: Store) -> None:
    due = Due(store)
    for seconds in (50, 20, 90, 30, 40, 60, 70, 80, 100, 25):
        due.mark("main", "1", later(seconds), "poll")
    row = due.get("main", "1")
    assert row is not None
    assert (10, later(20)) == (row.generation, row.due_at)


def test_a_claimed_case_is_nobody_elses_until_its_lease_ends(store: Store) -> None:
    due = Due(store)
    due.mark("main", "1", NOW, "poll")
    assert (keys(due), keys(due, 59), keys(due, 61)) == (["1"], [], ["1"])


def test_a_wake_up_during_a_run_is_not_lost(store: Store) -> None:
    due = Due(store)
    due.mark("main", "1", NOW, "poll")
    [claim] = due.claim("me", NOW, 1, 60)
    due.mark("main", "1", later(1), "webhook")
    assert due.finish(claim, None)
    assert keys(due, 1) == ["1"]


def test_a_finished_case_sleeps_or_comes_back_when_it_said(store: Store) -> None:
    due = Due(store)
    for key in ("sleeps", "waits"):
        due.mark("main", key, NOW, "poll")
    for claim in due.claim("me", NOW, 2, 60):
        due.finish(claim, later(30) if claim.order_key == "waits" else None)
    assert due.counts(later(1)) == {"due": 0, "claimed": 0, "waiting": 1, "sleeping": 1}
    assert [row.order_key for row in due.waiting(later(1))] == ["waits"]
    assert later(30) == due.next_at()
    assert keys(due, 30) == ["waits"]


def test_a_waiting_case_is_woken_early_and_a_sleeping_one_too(store: Store) -> None:
    due = Due(store)
    for key, next_due in (("sleeps", None), ("waits", later(3000))):
        due.mark("main", key, NOW, "poll")
        [claim] = due.claim("me", NOW, 1, 60)
        due.finish(claim, next_due)
        due.mark("main", key, later(1), "webhook")
    assert sorted(keys(due, 1)) == ["sleeps", "waits"]


def test_a_claim_that_was_lost_changes_nothing(store: Store) -> None:
    due = Due(store)
    due.mark("main", "1", NOW, "poll")
    [late] = due.claim("slow", NOW, 1, 60)
    [mine] = due.claim("me", later(61), 1, 60)
    assert not due.finish(late, None)
    assert due.claim("third", later(62), 1, 60) == []
    assert due.finish(mine, None)


def test_a_renewed_claim_lasts(store: Store) -> None:
    due = Due(store)
    due.mark("main", "1", NOW, "poll")
    claims = due.claim("me", NOW, 1, 60)
    assert due.renew(claims, later(200)) == 1
    assert (keys(due, 199), keys(due, 201)) == ([], ["1"])


def test_a_released_case_is_due_as_before(store: Store) -> None:
    due = Due(store)
    for key in ("1", "2"):
        due.mark("main", key, NOW, "poll")
    [first, _] = due.claim("me", NOW, 2, 60)
    due.release(first)
    assert [claim.order_key for claim in due.claim("other", NOW, 5, 60)] == ["1"]
    assert due.release_owner("me") == 1
    assert keys(due) == ["2"]


def test_what_is_urgent_goes_first_and_then_what_waited_longest(store: Store) -> None:
    due = Due(store)
    due.mark("main", "late", later(2), "poll")
    due.mark("main", "early", later(1), "poll")
    due.mark("main", "urgent", later(3), "webhook", priority=SOON)
    assert keys(due, 5) == ["urgent", "early", "late"]


def test_a_run_may_be_restricted_to_shops_and_cases(store: Store) -> None:
    due = Due(store)
    due.mark_all([("main", "1"), ("main", "2"), ("second", "1")], NOW, "poll")
    assert [(c.shop, c.order_key) for c in due.claim("me", NOW, 9, 60, shops=["second"])] == [("second", "1")]
    assert [(c.shop, c.order_key) for c in due.claim("me", NOW, 9, 60, keys=[("main", "2")])] == [("main", "2")]
    assert due.claim("me", NOW, 9, 60, keys=[]) == []


def test_waiting_cases_can_be_tried_early_once_each_and_sleeping_ones_are_left_alone(store: Store) -> None:
    due = Due(store)
    for key, next_due in (("sleeps", None), ("waits", later(3000))):
        due.mark("main", key, NOW, "poll")
        [claim] = due.claim("me", NOW, 1, 60)
        due.finish(claim, next_due)
    [claim] = due.claim("me", later(5), 9, 60, ignore_due=True, run_before=later(5))
    assert claim.order_key == "waits"
    due.finish(claim, later(3000))
    assert due.claim("me", later(6), 9, 60, ignore_due=True, run_before=later(5)) == []


def test_threads_and_processes_never_claim_the_same_case(store: Store) -> None:
    due = Due(store)
    due.mark_all([("main", str(number)) for number in range(60)], NOW, "poll")
    url = store.url.render_as_string(hide_password=False)
    processes = [start_python(DRAIN, url, NOW.isoformat()) for _ in range(2)]
    for process in processes:
        await_line(process, "ready")
    taken: list[str] = []

    def drain(owner: str) -> None:
        while claims := due.claim(owner, NOW, 2, 60):
            taken.extend(claim.order_key for claim in claims)
            for claim in claims:
                due.finish(claim, None)

    threads = [threading.Thread(target=drain, args=(f"thread-{number}",)) for number in range(4)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for process in processes:
        taken += process.communicate(timeout=60)[0].split()
    assert {str(number): 1 for number in range(60)} == Counter(taken)


DRAIN = """
import sys, os
from datetime import datetime
from ledgerloop.store import open_store
from ledgerloop.store.due import Due
due, now = Due(open_store(sys.argv[1])), datetime.fromisoformat(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
while claims := due.claim(str(os.getpid()), now, 2, 60):
    for claim in claims:
        print(claim.order_key, flush=True)
        due.finish(claim, None)
"""

CLAIM = """
import sys
from datetime import datetime
from ledgerloop.store import open_store
from ledgerloop.store.due import Due
from ledgerloop.store.owners import process_owner
Due(open_store(sys.argv[1])).claim(process_owner(), datetime.fromisoformat(sys.argv[2]), 1, 3600)
print("claimed", flush=True)
sys.stdin.readline()
"""


def test_what_a_killed_worker_had_is_due_again_at_once(store: Store) -> None:
    due = Due(store)
    due.mark("main", "1", NOW, "poll")
    due.mark("main", "mine", NOW, "poll", priority=9)
    process = start_python(CLAIM, store.url.render_as_string(hide_password=False), NOW.isoformat())
    await_line(process, "claimed")
    [mine] = due.claim(process_owner(), NOW, 9, 3600)
    assert (due.release_dead(NOW), mine.order_key) == (0, "mine")
    due.mark("main", "1", later(1), "webhook while claimed")
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert due.release_dead(NOW) == 1
    assert keys(due) == ["1"]


def test_an_expired_lease_is_given_back(store: Store) -> None:
    due = Due(store)
    due.mark("main", "1", NOW, "poll")
    due.claim("a host far away|1|2|", NOW, 1, 60)
    assert (due.release_dead(later(59)), due.release_dead(later(61))) == (0, 1)
