"""What the poll of Loop sees of returns in review, beside a world in memory."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from ledgerloop.intake.pollers import MOST_REVIEWS, poll_loop
from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector
from tests.support.world_in_memory import MemoryWorld


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld(lambda _delivery: 0)


@pytest.fixture
def connector(world: MemoryWorld) -> Iterator[Connector]:
    made = Connector(world)
    yield made
    made.remove()


def act(world: MemoryWorld, name: str, **wish: Any) -> dict[str, Any]:
    world.clock.pass_by(2)
    return dict(ACTS[name](world.world, **wish))


def in_review(world: MemoryWorld, units: int = 1) -> list[str]:
    """So many returns of one order, all flagged by a person in Loop."""
    order = act(world, "place_order", lines=[{"sku": "TEE", "quantity": units, "price": "50.00", "tax_rate": "0.08"}])
    ids = [str(act(world, "request_return", order_id=order["order_id"])["return_id"]) for _ in range(units)]
    for return_id in ids:
        act(world, "flag_in_loop", return_id=return_id)
    return ids


def polled(world: MemoryWorld, connector: Connector, after_s: float = 120) -> int:
    """One poll of Loop; gives how much it saw that was new."""
    world.clock.pass_by(after_s)
    shop = connector.parts.shops["main"]
    return poll_loop(shop.watch, shop.loop)


def looked_at(connector: Connector, ids: list[str]) -> list[datetime | None]:
    found = (connector.parts.stores.returns.get("main", one) for one in ids)
    return [one.details_seen_at for one in found if one is not None]


def test_a_review_that_ends_without_a_word_is_seen_by_the_next_poll(world: MemoryWorld, connector: Connector) -> None:
    (return_id,) = in_review(world)
    assert polled(world, connector) == 2
    assert polled(world, connector, after_s=7200) == 0

    flagged = world.world.loop.get(return_id)
    moved_at = flagged.updated_at
    act(world, "review_done", return_id=return_id)
    flagged.updated_at = moved_at

    assert polled(world, connector) == 1
    stored = connector.parts.stores.returns.get("main", return_id)
    assert stored is not None
    assert (stored.state, stored.details_outdated) == ("open", False)
    assert polled(world, connector) == 0


def test_a_poll_reads_few_returns_in_review_and_the_longest_ago_first(world: MemoryWorld, connector: Connector) -> None:
    ids = in_review(world, MOST_REVIEWS + 2)
    polled(world, connector)
    assert looked_at(connector, ids).count(None) == 2
    polled(world, connector, after_s=5)
    assert looked_at(connector, ids).count(None) == 0
    before = looked_at(connector, ids)
    polled(world, connector, after_s=5)
    assert looked_at(connector, ids) == before
