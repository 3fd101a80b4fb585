"""The line number of a credit memo that is paid out: tried as documented elsewhere, then as the account's form says."""

import json
from collections.abc import Iterator

import pytest

from ledgerloop.remotes.netsuite.client import RECORDS
from ledgerloop.remotes.netsuite.session import REPEATS
from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector
from tests.support.world_in_memory import Asked, MemoryWorld, Watcher


class Refunds(Watcher):
    """Keeps the line numbers that customer refunds were asked for with, None for their form, and what came of it."""

    def __init__(self) -> None:
        self.asked: list[tuple[int | None, int]] = []

    def after(self, asked: Asked, status: int) -> None:
        if asked.method == "POST" and asked.path.endswith("/customerRefund"):
            lines = json.loads(asked.body).get("apply", {}).get("items", [{}])
            self.asked.append((lines[0].get("line"), status))


@pytest.fixture
def memory() -> MemoryWorld:
    return MemoryWorld(lambda _delivery: 200)


@pytest.fixture
def connector(memory: MemoryWorld) -> Iterator[Connector]:
    opened = Connector(memory)
    yield opened
    opened.remove()


def refunded(memory: MemoryWorld, connector: Connector, name: str) -> list[tuple[int | None, int]]:
    """Have a return of one tee refunded; what was asked for its customer refund."""
    memory.watcher = seen = Refunds()
    order = ACTS["place_order"](memory.world, name=name)
    made = ACTS["request_return"](memory.world, order_id=order["order_id"])
    ACTS["process_in_loop"](memory.world, return_id=made["return_id"])
    memory.clock.pass_by(60)
    connector.sync()
    assert (connector.faults, connector.said(made["return_id"])) == ([], [])
    return seen.asked


def test_an_account_with_another_number_is_asked_once_and_remembered(memory: MemoryWorld, connector: Connector) -> None:
    memory.world.change_settings("netsuite", {"apply_line": 3})
    assert refunded(memory, connector, "#1001") == [(0, 400), (None, 200), (3, 204)]
    assert refunded(memory, connector, "#1002") == [(3, 204)]


def test_an_account_that_shows_no_form_is_tried_with_the_number_of_oracles_sample(
    memory: MemoryWorld, connector: Connector
) -> None:
    memory.world.change_settings("netsuite", {"apply_line": 1})
    memory.fault("netsuite", name="error_500", match=f"POST {RECORDS}/customerRefund", after=1, times=1 + REPEATS)
    assert refunded(memory, connector, "#1001") == [(0, 400), (1, 204)]


def test_the_usual_account_is_asked_no_more_than_once(memory: MemoryWorld, connector: Connector) -> None:
    assert refunded(memory, connector, "#1001") == [(0, 204)]
