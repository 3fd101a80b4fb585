"""Where no zone is named, records carry the days of the offset that NetSuite shows; it outlives the process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ledgerloop.config import load_config
from ledgerloop.engine.see import looking
from ledgerloop.intake.pollers import OFFSET
from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector
from tests.support.world_in_memory import MemoryWorld

EVENING = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
"""Seven in the evening of the day before where SuiteQL's clock hangs."""


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld(lambda _delivery: 0)


@pytest.fixture
def connector(world: MemoryWorld) -> Iterator[Connector]:
    made = Connector(world)
    path = made.folder / "ledgerloop.toml"
    path.write_text(path.read_text().replace('time_zone = "America/New_York"', 'time_zone = ""'))
    made.config = load_config(path, {})
    made.start()
    yield made
    made.remove()


def come_back(world: MemoryWorld) -> str:
    """Something is sold and wants to come back; gives Loop's return id."""
    world.clock.pass_by(2)
    order = ACTS["place_order"](world.world)
    wanted = ACTS["request_return"](world.world, order_id=order["order_id"], lines=[{"line": 0, "quantity": 1}])
    return str(wanted["return_id"])


def authorized_on(world: MemoryWorld, return_id: str) -> str:
    """The day of the authorization."""
    all_of_them = world.world.account.records("returnAuthorization")
    return str(next(one["tranDate"] for one in all_of_them if one["externalId"] == f"LOOP-RA-{return_id}"))


def zone(connector: Connector) -> timedelta | None:
    policies = connector.parts.shops["main"].policies
    policies.look()
    return policies().time_zone.utcoffset(None)


def test_the_first_record_already_carries_the_day_that_netsuite_shows(world: MemoryWorld, connector: Connector) -> None:
    world.clock.at = EVENING
    return_id = come_back(world)
    connector.sync()
    assert authorized_on(world, return_id) == "2026-03-02"
    assert zone(connector) == timedelta(hours=-8)


def test_what_was_measured_outlives_the_process_and_is_asked_for_once_a_day(
    world: MemoryWorld, connector: Connector
) -> None:
    come_back(world)
    connector.sync()
    world.world.change_settings("netsuite", {"suiteql_zone": "Asia/Tokyo"})
    connector.start()
    assert zone(connector) == timedelta(hours=-8)
    connector.sync()
    assert zone(connector) == timedelta(hours=-8)
    world.clock.pass_by(86_400)
    connector.sync()
    connector.start()
    assert zone(connector) == timedelta(hours=9)


def test_an_account_without_records_is_dated_in_utc(connector: Connector) -> None:
    connector.sync()
    assert zone(connector) == timedelta(0)


def test_cases_wait_for_the_first_measuring_and_for_no_later_one(world: MemoryWorld, connector: Connector) -> None:
    come_back(world)
    with looking(connector.parts, {}) as (_, late):
        assert late == []
        assert connector.parts.stores.settings.get("main", OFFSET) is not None
    with looking(connector.parts, {}) as (_, late):
        assert len(late) == 1


def test_a_named_zone_is_never_replaced(world: MemoryWorld) -> None:
    named = Connector(world)
    try:
        come_back(world)
        named.sync()
        assert named.parts.shops["main"].policies.zone is None
        assert str(named.parts.shops["main"].policy.time_zone) == "America/New_York"
    finally:
        named.remove()


def test_previews_are_of_the_same_day(connector: Connector) -> None:
    connector.parts.stores.settings.put("main", OFFSET, "-28800")
    policies = connector.parts.shops["main"].policies
    policies.look()
    assert policies.configured.time_zone == policies().time_zone == timezone(timedelta(hours=-8))
