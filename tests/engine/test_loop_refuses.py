"""Loop refuses an action for the state that a return is in: it lasts no longer than that state does."""

from collections.abc import Iterator
from typing import Any

import pytest

from ledgerloop.domain.telling import headline
from ledgerloop.engine.observe import observe
from ledgerloop.store.outcomes import Outcome
from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector
from tests.support.world_in_memory import MemoryWorld


@pytest.fixture
def world() -> MemoryWorld:
    """Loop leaves a flagged return open, as one of its sentences says."""
    made = MemoryWorld(lambda _delivery: 0)
    made.world.change_settings("loop", {"flag_moves_to_review": False})
    return made


@pytest.fixture
def connector(world: MemoryWorld) -> Iterator[Connector]:
    made = Connector(world, 'receive = "netsuite"')
    yield made
    made.remove()


def act(world: MemoryWorld, name: str, **wish: Any) -> dict[str, Any]:
    world.clock.pass_by(2)
    return dict(ACTS[name](world.world, **wish))


def synced(world: MemoryWorld, connector: Connector) -> None:
    world.clock.pass_by(30)
    connector.sync()
    assert connector.faults == []


def flagged_in_loop(world: MemoryWorld, connector: Connector) -> str:
    """A return with its authorization, flagged by a person in Loop and shown open."""
    order = act(world, "place_order")
    return_id = str(act(world, "request_return", order_id=order["order_id"])["return_id"])
    synced(world, connector)
    act(world, "flag_in_loop", return_id=return_id)
    return return_id


def the_finding(connector: Connector, return_id: str) -> Outcome:
    (found,) = connector.said(return_id)
    return found


def told(connector: Connector, return_id: str) -> str:
    parts = connector.parts
    shop = parts.shops["main"]
    order_key = parts.stores.returns.find(return_id)[0].order_key
    return headline(observe(parts, shop, order_key, parts.clock()).about(return_id), shop.policy)


def lift_the_flag(world: MemoryWorld, return_id: str) -> None:
    world.world.loop.review_done(world.world.loop.get(return_id))


def test_a_processing_refused_as_flagged_is_asked_for_again_once_the_flag_is_lifted(
    world: MemoryWorld, connector: Connector
) -> None:
    return_id = flagged_in_loop(world, connector)
    act(world, "receive", return_id=return_id)
    synced(world, connector)
    found = the_finding(connector, return_id)
    assert (found.kind, found.code) == ("waiting", "loop_refused_flagged")
    assert "Loop refused at" in told(connector, return_id)

    lift_the_flag(world, return_id)
    synced(world, connector)
    act(world, "run_loop_jobs")
    assert world.world.loop.get(return_id).was_processed
    synced(world, connector)
    assert connector.said(return_id) == []


def test_a_cancellation_refused_as_flagged_is_asked_for_again_and_noted_once(
    world: MemoryWorld, connector: Connector
) -> None:
    return_id = flagged_in_loop(world, connector)
    act(world, "close_authorization", return_id=return_id)
    synced(world, connector)
    assert the_finding(connector, return_id).code == "loop_refused_flagged"
    assert "Loop refused at" in told(connector, return_id)

    lift_the_flag(world, return_id)
    synced(world, connector)
    seen = world.world.loop.get(return_id)
    assert (seen.state, len(seen.notes)) == ("cancelled", 1)
    assert connector.said(return_id) == []


def test_a_flag_refused_because_it_is_flagged_already_is_done(world: MemoryWorld, connector: Connector) -> None:
    return_id = flagged_in_loop(world, connector)
    record = world.world.account.find("returnAuthorization")[0].id
    act(world, "set_field", record=record, field="custbody_loop_flag", value=True)
    synced(world, connector)
    assert connector.said(return_id) == []
    before = len(world.writes)
    synced(world, connector)
    assert len(world.writes) == before
