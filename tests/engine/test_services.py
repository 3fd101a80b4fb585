"""A return of goods and a service, beside a world in memory: NetSuite receives the goods and refunds both."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector
from tests.support.world_in_memory import MemoryWorld

LINES = [
    {"sku": "TEE-M", "quantity": 1, "price": "100.00", "tax_rate": "0.08"},
    {"sku": "GIFTWRAP", "quantity": 1, "price": "5.00", "tax_rate": "0.08"},
]


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld(lambda _delivery: 0)


@pytest.fixture
def connect(world: MemoryWorld) -> Iterator[Callable[..., Connector]]:
    with ExitStack() as stack:

        def made(*policy: str) -> Connector:
            connector = Connector(world, *policy)
            stack.callback(connector.remove)
            return connector

        yield made


def act(world: MemoryWorld, name: str, **wish: Any) -> dict[str, Any]:
    world.clock.pass_by(2)
    return dict(ACTS[name](world.world, **wish))


def wants_back(world: MemoryWorld, kind: str) -> str:
    act(world, "add_item", sku="GIFTWRAP", kind=kind)
    order = act(world, "place_order", lines=LINES)
    both = [{"line": 0, "quantity": 1}, {"line": 1, "quantity": 1}]
    return str(act(world, "request_return", order_id=order["order_id"], lines=both)["return_id"])


def settle(world: MemoryWorld, connector: Connector) -> None:
    for _ in range(3):
        world.clock.pass_by(400)
        connector.sync()
    assert connector.faults == []


def totals(world: MemoryWorld) -> list[tuple[str, str]]:
    kinds = ("returnAuthorization", "itemReceipt", "creditMemo", "customerRefund")
    return [(one["type"], one["total"]) for one in world.world.account.records() if one["type"] in kinds]


@pytest.mark.parametrize("kind", ["Service", "NonInvtPart"])
def test_what_loop_processed_is_received_without_the_service(
    world: MemoryWorld, connect: Callable[..., Connector], kind: str
) -> None:
    connector = connect()
    return_id = wants_back(world, kind)
    act(world, "process_in_loop", return_id=return_id)
    settle(world, connector)
    assert [kind for kind, _ in totals(world)] == [
        "returnAuthorization",
        "itemReceipt",
        "creditMemo",
        "customerRefund",
    ]
    assert dict(totals(world))["creditMemo"] == "113.40"
    assert connector.said(return_id) == []
    writes = len(world.writes)
    settle(world, connector)
    assert len(world.writes) == writes


def test_what_the_warehouse_received_is_all_that_could_come(
    world: MemoryWorld, connect: Callable[..., Connector]
) -> None:
    connector = connect('receive = "netsuite"')
    return_id = wants_back(world, "Service")
    settle(world, connector)
    act(world, "receive", return_id=return_id, lines=[{"line": 1, "quantity": 1}])
    settle(world, connector)
    act(world, "run_loop_jobs")
    settle(world, connector)
    assert world.world.loop.get(return_id).was_processed
    assert dict(totals(world))["customerRefund"] == "113.40"
    assert connector.said(return_id) == []
