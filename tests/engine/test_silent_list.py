"""Loop's list says nothing of processing: what was processed is found nevertheless, an order made ahead is no proof."""

from collections.abc import Iterator
from typing import Any

import pytest

from ledgerloop_sandbox.acts import ACTS
from ledgerloop_sandbox.loop import listing, render
from tests.machine.connector import Connector
from tests.support.world_in_memory import MemoryWorld

NEW = [{"sku": "TEE-L", "price": "100.00", "quantity": 1, "tax_rate": "0.08"}]


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> MemoryWorld:
    def silent(*_: object) -> dict[str, Any]:
        return {}

    for module in (render, listing):
        if hasattr(module, "processed_fields"):
            monkeypatch.setattr(module, "processed_fields", silent)
    return MemoryWorld(lambda _delivery: 0)


@pytest.fixture
def connector(world: MemoryWorld) -> Iterator[Connector]:
    made = Connector(world)
    yield made
    made.remove()


def act(world: MemoryWorld, name: str, **wish: Any) -> dict[str, Any]:
    world.clock.pass_by(2)
    return dict(ACTS[name](world.world, **wish))


def settle(world: MemoryWorld, connector: Connector) -> None:
    for _ in range(2):
        world.clock.pass_by(400)
        connector.sync()
    assert connector.faults == []


def kinds(world: MemoryWorld) -> set[str]:
    known = ("returnAuthorization", "itemReceipt", "creditMemo", "customerRefund")
    return {one["type"] for one in world.world.account.records() if one["type"] in known}


def test_an_instant_exchange_closed_by_hand_is_neither_received_nor_credited(
    world: MemoryWorld, connector: Connector
) -> None:
    order = act(world, "place_order")["order_id"]
    return_id = act(world, "request_return", order_id=order, exchange=NEW, instant=True)["return_id"]
    settle(world, connector)
    act(world, "close_in_loop", return_id=return_id)
    settle(world, connector)
    assert kinds(world) == {"returnAuthorization"}
    assert {one.code for one in connector.said(return_id)} == {"processing_unknown"}


@pytest.mark.parametrize(
    "wish", [{}, {"outcome": "gift_card"}, {"exchange": NEW}, {"exchange": NEW, "instant": True}], ids=str
)
def test_what_was_processed_is_received_and_credited(
    world: MemoryWorld, connector: Connector, wish: dict[str, Any]
) -> None:
    return_id = act(world, "request_return", order_id=act(world, "place_order")["order_id"], **wish)["return_id"]
    settle(world, connector)
    act(world, "process_in_loop", return_id=return_id)
    settle(world, connector)
    assert {"itemReceipt", "creditMemo"} <= kinds(world)
    assert connector.said(return_id) == []
