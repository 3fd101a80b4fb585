"""A flag that is passed on only once, although the database was lost, beside a world in memory."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector
from tests.support.world_in_memory import MemoryWorld

Connect = Callable[..., Connector]


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld(lambda _delivery: 0)


@pytest.fixture
def connect(world: MemoryWorld) -> Iterator[Connect]:
    with ExitStack() as stack:

        def made(*policy: str) -> Connector:
            connector = Connector(world, *policy)
            stack.callback(connector.remove)
            return connector

        yield made


def act(world: MemoryWorld, name: str, **wish: Any) -> dict[str, Any]:
    world.clock.pass_by(2)
    return dict(ACTS[name](world.world, **wish))


def synced(world: MemoryWorld, connector: Connector) -> list[str]:
    """One sync; gives what it wrote into NetSuite and what it did in Loop."""
    world.clock.pass_by(30)
    before = len(world.writes)
    connector.sync()
    assert connector.faults == []
    return [one.rsplit("/", 1)[-1] if "loop" in one else one.split()[1] for one in world.writes[before:]]


def authorized(world: MemoryWorld, connector: Connector) -> str:
    """A return with its authorization."""
    order = act(world, "place_order")
    return_id = str(act(world, "request_return", order_id=order["order_id"])["return_id"])
    synced(world, connector)
    return return_id


def set_box(world: MemoryWorld, box: str, value: bool) -> None:
    record = world.world.account.find("returnAuthorization")[0].id
    act(world, "set_field", record=record, field=f"custbody_loop_{box}", value=value)


def test_once_never_flags_twice_though_the_database_was_lost(world: MemoryWorld, connect: Connect) -> None:
    connector = connect('flag = "once"', "write_reviewed = false", 'receive = "netsuite"')
    return_id = authorized(world, connector)
    set_box(world, "flag", True)
    assert synced(world, connector) == ["note", "flag"]
    act(world, "review_done", return_id=return_id)
    connector.forget_everything()
    assert synced(world, connector) == []
    act(world, "receive", return_id=return_id)
    assert synced(world, connector) == ["process"]


def test_once_passes_a_flag_on_that_was_set_after_the_database_was_lost(world: MemoryWorld, connect: Connect) -> None:
    connector = connect('flag = "once"', "write_reviewed = false")
    return_id = authorized(world, connector)
    set_box(world, "flag", True)
    synced(world, connector)
    act(world, "review_done", return_id=return_id)
    set_box(world, "flag", False)
    connector.forget_everything()
    assert synced(world, connector) == []
    set_box(world, "flag", True)
    assert synced(world, connector) == ["flag"]
