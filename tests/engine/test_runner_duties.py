"""What the engine does besides running cases: its duties, its house, and an end that does not wait for ever."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ledgerloop.engine.foreground import run
from ledgerloop.engine.housekeeping import Housekeeping
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.schedules import Engine
from ledgerloop.store import Store, open_store
from ledgerloop.store.inbox import Inbox
from ledgerloop.store.leases import Lease
from ledgerloop.store.owners import process_owner
from tests.acceptance.trade import Trade
from tests.support.database import NOW, await_line, later, start_python
from tests.support.sandbox import Sandbox, parts_of
from tests.support.serving import wait_until

HOLD = """
import sys
from datetime import datetime
from ledgerloop.store import open_store
from ledgerloop.store.leases import Lease
from ledgerloop.store.owners import process_owner
duty = Lease(open_store(sys.argv[1]), "polls")
print(duty.hold(process_owner(), datetime.fromisoformat(sys.argv[2]), 3600), flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    opened = open_store(database_url)
    yield opened
    opened.close()


def test_one_process_at_a_time_has_a_duty(store: Store) -> None:
    duty = Lease(store, "polls")
    assert duty.hold("a host|1|2|", NOW, 20)
    assert not duty.hold("another host|1|2|", later(19), 20)
    assert duty.hold("a host|1|2|", later(19), 20)
    assert not duty.hold("another host|1|2|", later(38), 20)
    assert duty.hold("another host|1|2|", later(40), 20)
    duty.leave("a host|1|2|")
    assert not duty.hold("a host|1|2|", later(41), 20)
    duty.leave("another host|1|2|")
    assert duty.hold("a host|1|2|", later(41), 20)


def test_the_duty_of_a_killed_process_is_free_at_once(store: Store) -> None:
    process = start_python(HOLD, store.url.render_as_string(hide_password=False), NOW.isoformat())
    await_line(process, "True")
    assert not Lease(store, "polls").hold(process_owner(), later(1), 20)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert Lease(store, "polls").hold(process_owner(), later(1), 20)


NIGHT = datetime(2026, 3, 3, 7, 30, tzinfo=UTC)
"""Half past two in New York."""


def house(parts: Parts, at: datetime) -> tuple[Housekeeping, list[datetime]]:
    pruned: list[datetime] = []

    def prune(before: datetime) -> int:
        pruned.append(before)
        return 0

    keeping = Housekeeping(replace(parts, clock=lambda: at))
    keeping.turn(prune)
    return keeping, pruned


def swept_at(parts: Parts) -> str | None:
    return parts.stores.cursors.get("main", "house", "swept")


def test_each_shop_is_swept_once_in_its_own_night(trade: Trade) -> None:
    with parts_of(trade.config) as parts:
        house(parts, NIGHT - timedelta(hours=14))
        first = swept_at(parts)
        house(parts, NIGHT - timedelta(hours=3))
        assert swept_at(parts) == first
        house(parts, NIGHT)
        assert swept_at(parts) == NIGHT.isoformat()
        house(parts, NIGHT + timedelta(hours=1))
        assert swept_at(parts) == NIGHT.isoformat()


def test_a_sweep_that_was_missed_is_made_up_for_by_day(trade: Trade) -> None:
    noon = NIGHT + timedelta(hours=10)
    with parts_of(trade.config) as parts:
        house(parts, noon)
        house(parts, noon + timedelta(hours=35))
        assert swept_at(parts) == noon.isoformat()
        house(parts, noon + timedelta(hours=37))
        assert swept_at(parts) == (noon + timedelta(hours=37)).isoformat()


def test_the_sweep_finds_what_was_deleted_in_netsuite(trade: Trade, sandbox: Sandbox) -> None:
    order = trade.order()
    trade.wants_back(order)
    with parts_of(trade.config) as parts:
        run(parts)
        now = parts.clock()
        parts.stores.cursors.put("main", "house", "swept", (now - timedelta(days=2)).isoformat())
        sandbox.act("delete_record", id=trade.record("returnAuthorization")["id"])
        house(parts, now)
        row = parts.stores.due.get("main", order["order_id"])
        assert row is not None
        assert row.reason == "nightly sweep"


def test_a_sweep_that_fails_is_tried_again_half_an_hour_later(trade: Trade, sandbox: Sandbox) -> None:
    with parts_of(trade.config) as parts:
        old = (NIGHT - timedelta(hours=25)).isoformat()
        parts.stores.cursors.put("main", "house", "swept", old)
        sandbox.fault("loop", "unauthorized", times=1000)
        keeping, _ = house(parts, NIGHT)
        sandbox.control("DELETE", "/faults")
        keeping.turn(lambda before: 0)
        assert swept_at(parts) == old
        house(parts, NIGHT + timedelta(minutes=31))
        assert swept_at(parts) == (NIGHT + timedelta(minutes=31)).isoformat()


def test_bodies_are_erased_after_ninety_days_and_their_digests_stay(trade: Trade) -> None:
    with parts_of(trade.config) as parts:
        inbox = Inbox(parts.stores.store)
        for key, days in (("old", 91), ("unworked", 91), ("young", 89)):
            inbox.put("main", "loop", "return", key, {}, key.encode(), NIGHT - timedelta(days=days))
        by_key = {one.dedupe_key: one.id for one in inbox.unworked()}
        inbox.mark_worked([by_key["old"], by_key["young"]])
        _, pruned = house(parts, NIGHT)
        bodies = {key: found.body for key, number in by_key.items() if (found := inbox.get(number)) is not None}
        assert bodies == {"old": None, "unworked": b"unworked", "young": b"young"}
        assert pruned == [NIGHT - timedelta(days=1)]
        assert house(parts, NIGHT + timedelta(hours=23))[1] == []
        assert len(house(parts, NIGHT + timedelta(hours=24))[1]) == 1


def test_an_end_does_not_wait_for_ever_and_hands_back_what_still_runs(
    trade: Trade, sandbox: Sandbox, database_url: str
) -> None:
    trade.policy(database=database_url, every_s=3600)
    trade.wants_back(trade.order())
    trade.fault("netsuite", "hold_answer", match="!transform/returnAuthorization")
    with parts_of(trade.config) as parts:
        engine = Engine(parts, kind="serve", every_s=3600)
        engine.start()
        wait_until(lambda: sandbox.control("GET", "/held")["netsuite"] == 1)
        assert not engine.stop(0.2)
        assert (engine.alive(), parts.stores.due.counts()["claimed"]) == (False, 0)
        sandbox.control("POST", "/release")
        wait_until(lambda: engine.in_hand() == 0)
