"""The contract of the durable runner, on both databases: one run for many wake-ups, none lost, none left over."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from ledgerloop.engine import schedules
from ledgerloop.engine.cases import LEASE_S, Cases
from ledgerloop.engine.converge import Rest
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.runner import Runner, run_id
from ledgerloop.engine.schedules import Engine
from ledgerloop.store.due import Claim, Due
from ledgerloop.store.engines import Executors
from tests.acceptance.trade import Trade
from tests.support.sandbox import Sandbox, parts_of
from tests.support.serving import Running, wait_until

TRANSFORM = "!transform/returnAuthorization"

A_CLAIM = timedelta(milliseconds=20)
"""A claim looks at the clock before it takes the row: one that took the last mark may bear a time just before it."""


class Counted(Cases):
    """Cases that note which runs began."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.begun: list[str] = []
        self.at_once: dict[str, int] = {}
        self.most_at_once = 0
        self.guard = threading.Lock()

    def work(self, claim: Claim) -> Rest:
        with self.guard:
            self.begun.append(claim.order_key)
            self.at_once[claim.order_key] = self.at_once.get(claim.order_key, 0) + 1
            self.most_at_once = max(self.most_at_once, *self.at_once.values())
        try:
            return super().work(claim)
        finally:
            with self.guard:
                self.at_once[claim.order_key] -= 1


@pytest.fixture
def parts(trade: Trade, database_url: str) -> Iterator[Parts]:
    trade.policy(database=database_url, every_s=3600)
    with parts_of(trade.config) as opened:
        yield opened


@contextmanager
def runner_of(parts: Parts, at_once: int = 8) -> Iterator[tuple[Runner, Counted]]:
    cases = Counted(parts, patience_s=0.1)
    runner = Runner(parts, cases, at_once=at_once, on_rest=lambda: None)
    runner.start()
    try:
        yield runner, cases
    finally:
        runner.stop(10)
        cases.close()


@contextmanager
def engine_of(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    made: list[Counted] = []

    def counted(*arguments: Any, **named: Any) -> Counted:
        made.append(Counted(*arguments, **named))
        return made[-1]

    monkeypatch.setattr(schedules, "Cases", counted)
    engine = Engine(parts, kind="serve", every_s=3600)
    engine.start()
    try:
        yield made[0]
    finally:
        assert engine.stop(20)


def claims(parts: Parts, *orders: str) -> list[Claim]:
    now = parts.clock()
    parts.stores.due.mark_all([("main", one) for one in orders], now, "test")
    return parts.stores.due.claim(parts.owner, now, 99, LEASE_S)


def asleep(parts: Parts) -> bool:
    counts = parts.stores.due.counts()
    return counts["due"] == 0 and counts["claimed"] == 0


def test_a_claimed_case_is_worked_and_handed_back(parts: Parts) -> None:
    with runner_of(parts) as (runner, cases):
        [claim] = claims(parts, "5001")
        assert runner.room() == 8
        runner.enqueue(claim)
        wait_until(lambda: asleep(parts))
        wait_until(lambda: runner.room() == 8 and runner.open_runs() == 0)
        assert cases.begun == ["5001"]


def test_a_case_that_waits_is_run_again_in_the_same_generation(parts: Parts) -> None:
    due = parts.stores.due
    with runner_of(parts) as (runner, cases):
        [first] = claims(parts, "5001")
        due.finish(first, parts.clock())
        [second] = due.claim(parts.owner, parts.clock(), 9, LEASE_S)
        assert second.generation == first.generation
        for claim in (first, second):
            runner.enqueue(claim)
        wait_until(lambda: runner.open_runs() == 0)
        assert "5001" in cases.begun
        assert asleep(parts)
    assert run_id(first) < run_id(second)


def test_a_run_without_a_claim_takes_the_case_if_it_is_due_and_ends_quietly_if_it_is_not(parts: Parts) -> None:
    due, now = parts.stores.due, parts.clock()
    with runner_of(parts) as (runner, cases):
        due.mark("main", "due", now, "test")
        due.mark("main", "later", now + timedelta(hours=1), "test")
        due.mark("main", "theirs", now, "test")
        due.claim("another|1|2|engine", now, 1, LEASE_S, keys=[("main", "theirs")])
        for order in ("due", "later", "theirs", "unknown"):
            runner.run("main", order, 1)
        runner.run("no such shop", "due", 1)
        assert cases.begun == ["due"]
        assert due.counts()["claimed"] == 1


def test_a_claim_that_ran_out_while_it_was_in_line_is_made_anew(parts: Parts) -> None:
    due = parts.stores.due
    due.mark("main", "5001", parts.clock(), "test")
    [old] = due.claim(parts.owner, parts.clock(), 9, 0.001)
    time.sleep(0.05)
    [theirs] = due.claim("another|1|2|engine", parts.clock(), 9, LEASE_S)
    with runner_of(parts) as (runner, cases):
        runner.enqueue(old)
        wait_until(lambda: runner.in_hand() == 0 and runner.open_runs() == 0)
        assert cases.begun == []
        due.release(theirs)
        runner.run("main", "5001", 1)
        assert cases.begun == ["5001"]


def test_when_it_is_told_to_stop_what_was_in_line_is_due_again(parts: Parts) -> None:
    with runner_of(parts) as (runner, cases):
        [claim] = claims(parts, "5001")
        runner.stop(5)
        runner.run("main", "5001", 1)
        assert cases.begun == []
    parts.stores.due.release_owner(claim.owner)
    assert parts.stores.due.counts()["due"] == 1


def test_finished_runs_are_forgotten_and_open_ones_are_not(parts: Parts) -> None:
    with runner_of(parts) as (runner, _):
        for claim in claims(parts, "5001", "5002"):
            runner.enqueue(claim)
        wait_until(lambda: runner.open_runs() == 0)
        assert runner.prune(parts.clock() - timedelta(minutes=1)) == 0
        wait_until(lambda: runner.prune(parts.clock() + timedelta(minutes=1)) == 2)


def test_ten_wake_ups_are_one_run(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    with engine_of(parts, monkeypatch) as cases:
        for _ in range(10):
            parts.stores.due.mark("main", "5001", parts.clock(), "webhook")
        wait_until(lambda: cases.begun and asleep(parts))
        time.sleep(0.5)
        assert cases.begun == ["5001"]


def test_no_wake_up_is_lost_between_two_runs(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedules, "REST_S", 0.0)
    monkeypatch.setattr(schedules, "COALESCE_S", 0.0)
    chance = random.Random(7)
    with engine_of(parts, monkeypatch) as cases:
        for _ in range(60):
            parts.stores.due.mark("main", "5001", parts.clock(), "webhook")
            time.sleep(chance.uniform(0, 0.06))
        marked_at = parts.clock()
        parts.stores.due.mark("main", "5001", marked_at, "the last one")
        wait_until(lambda: asleep(parts))
        row = parts.stores.due.get("main", "5001")
        assert row is not None
        assert row.last_run_at is not None
        assert row.last_run_at >= marked_at - A_CLAIM
        assert cases.most_at_once == 1


def test_a_wake_up_during_a_run_is_a_run_of_its_own_afterwards(
    parts: Parts, trade: Trade, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = trade.order()
    trade.wants_back(order)
    trade.fault("netsuite", "hold_answer", match=TRANSFORM)
    with engine_of(parts, monkeypatch) as cases:
        wait_until(lambda: sandbox.control("GET", "/held")["netsuite"] == 1)
        before = len(cases.begun)
        for _ in range(10):
            parts.stores.due.mark("main", order["order_id"], parts.clock(), "webhook")
        time.sleep(1.5)
        assert len(cases.begun) == before
        sandbox.control("POST", "/release")
        wait_until(lambda: len(cases.begun) == before + 1)
        wait_until(lambda: asleep(parts))
        assert (len(cases.begun), cases.most_at_once) == (before + 1, 1)


def test_many_orders_run_at_once_and_each_alone(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [str(5000 + number) for number in range(30)]
    with engine_of(parts, monkeypatch) as cases:
        for _ in range(3):
            parts.stores.due.mark_all([("main", one) for one in orders], parts.clock(), "poll")
            time.sleep(0.2)
        wait_until(lambda: len(set(cases.begun)) == 30 and asleep(parts))
        assert cases.most_at_once == 1


def test_what_a_dead_worker_left_in_the_runners_tables_is_cleared_away(
    trade: Trade, sandbox: Sandbox, postgres_url: str
) -> None:
    trade.policy(database=postgres_url, every_s=3600)
    trade.fault("netsuite", "hold_request", match=TRANSFORM)
    trade.wants_back(trade.order())
    with Running(trade.config) as first:
        wait_until(lambda: sandbox.control("GET", "/held")["netsuite"] == 1)
        first.kill()
    with parts_of(trade.config) as parts, runner_of(parts) as (runner, _):
        wait_until(lambda: runner.open_runs() == 1)
        executors = Executors(parts.stores.store)
        dead = [one.executor_id for one in executors.dead(parts.clock() + timedelta(minutes=1))]
        assert len(dead) == 1
        assert runner.take_over(dead) == 1
        assert (runner.open_runs(), runner.take_over(dead)) == (0, 0)
        assert parts.stores.due.release_dead(parts.clock()) == 1


def test_runs_of_a_killed_process_are_picked_up_on_sqlite_by_themselves(trade: Trade, sandbox: Sandbox) -> None:
    trade.policy(every_s=3600)
    trade.fault("netsuite", "hold_request", match=TRANSFORM)
    trade.wants_back(trade.order())
    with Running(trade.config) as first:
        wait_until(lambda: sandbox.control("GET", "/held")["netsuite"] == 1)
        first.kill()
    with parts_of(trade.config) as parts:
        assert Due(parts.stores.store).release_dead(parts.clock()) == 1
        with runner_of(parts) as (runner, cases):
            wait_until(lambda: cases.begun and runner.open_runs() == 0)
    assert len(trade.records("returnAuthorization")) == 1


def test_at_the_start_no_case_is_begun_before_the_world_was_looked_at(
    trade: Trade, parts: Parts, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = trade.order()["order_id"]
    parts.stores.due.mark("main", order, parts.clock() - timedelta(minutes=1), "test")
    trade.fault("loop", "hold_request", match="/return/list")
    with engine_of(parts, monkeypatch) as cases:
        wait_until(lambda: sandbox.control("GET", "/held")["loop"] >= 1)
        time.sleep(3 * schedules.DISPATCH_S)
        assert cases.begun == []
        sandbox.control("POST", "/release")
        wait_until(lambda: cases.begun == [order])
