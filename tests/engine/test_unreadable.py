"""What Loop shows in a way nobody understands stops the return that it is of, says so, and stops nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest

from ledgerloop.domain.parked import parked
from ledgerloop.domain.returns import ReturnState
from ledgerloop.engine import cases
from ledgerloop.operate import explain
from ledgerloop.operate.standing import stand_of
from ledgerloop.operate.subjects import find_returns
from ledgerloop.operate.views.one_return import one_return
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop_sandbox.acts import ACTS
from ledgerloop_sandbox.loop import render
from tests.machine.connector import Connector
from tests.support.cases import RETURN, case, code, returned, unread
from tests.support.world_in_memory import MemoryWorld

TWO = [{"sku": "TEE-M", "quantity": 2, "price": "50.00", "tax_rate": "0.08"}]


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


def said(connector: Connector, return_id: str) -> set[str]:
    return {one.code for one in connector.said(return_id)}


def authorizations(world: MemoryWorld) -> set[str]:
    return {one["externalId"] for one in world.world.account.records("returnAuthorization")}


def test_one_unreadable_return_does_not_stop_the_others_of_its_order(
    world: MemoryWorld, connector: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = act(world, "place_order", lines=TWO)["order_id"]
    bad, good = (act(world, "request_return", order_id=order)["return_id"] for _ in range(2))
    shown = render._common

    def common(found: Any, *rest: Any) -> dict[str, Any]:
        view = shown(found, *rest)
        return {**view, "return_total": "1,250.00"} if str(found.id) == bad else view

    monkeypatch.setattr(render, "_common", common)
    connector.sync()

    assert connector.faults == []
    assert authorizations(world) == {f"LOOP-RA-{good}"}
    assert said(connector, bad) == {"return_unreadable"}
    assert said(connector, good) == set()
    assert [one.return_id for one in stand_of(connector.parts).attention] == [bad]
    (subject,) = find_returns(connector.parts, [bad])
    assert "1,250.00" in explain.show(connector.parts, subject)["headline"]
    page = one_return(connector.parts, "main", bad)
    assert page is not None
    assert (page.lines, [one.code for one in page.answers]) == ((), ["return_unreadable"])

    monkeypatch.undo()
    world.clock.pass_by(60)
    world.world.loop.get(bad).updated_at = world.clock()
    connector.sync()
    assert (said(connector, bad), len(authorizations(world))) == (set(), 2)


def test_a_state_that_is_not_known_is_told_and_nothing_is_done(world: MemoryWorld, connector: Connector) -> None:
    return_id = act(world, "request_return", order_id=act(world, "place_order")["order_id"])["return_id"]
    connector.sync()
    world.clock.pass_by(60)
    found = world.world.loop.get(return_id)
    found.state, found.updated_at = "disputed", world.clock()
    world.deliveries.hand_over = connector.hear
    world.world.loop._tell(found, "return.updated")
    before = len(world.writes)
    connector.sync()

    assert said(connector, return_id) == {"return_state_unknown"}
    assert (len(world.writes), len(stand_of(connector.parts).attention)) == (before, 1)
    (subject,) = find_returns(connector.parts, [return_id])
    assert "disputed" in explain.show(connector.parts, subject)["headline"]


def test_a_fault_of_our_own_is_a_finding_until_the_case_works_again(
    world: MemoryWorld, connector: Connector, monkeypatch: pytest.MonkeyPatch
) -> None:
    return_id = act(world, "request_return", order_id=act(world, "place_order")["order_id"])["return_id"]

    def fails(*_: object) -> None:
        raise ArithmeticError("4821 of ana@example.com")

    with monkeypatch.context() as broken:
        broken.setattr(cases, "converge", fails)
        connector.sync()
    (told,) = connector.said(return_id)
    assert (told.code, told.kind, "ArithmeticError" in told.text, "ana@" in told.text) == (
        "case_failed",
        "attention",
        True,
        False,
    )
    assert len(stand_of(connector.parts).attention) == 1

    world.clock.pass_by(600)
    connector.sync()
    assert (said(connector, return_id), len(authorizations(world))) == (set(), 1)


def test_the_other_view_is_read_before_a_return_is_given_up() -> None:
    broken = returned(state=ReturnState.UNKNOWN, unreadable="not an amount of money: 'x'")
    unseen = case(broken, unread=unread(Source.LOOP_RETURN, RETURN))
    assert parked(unseen) == NeedsReading(Source.LOOP_RETURN, RETURN)
    assert code(parked(case(broken))) == "return_unreadable"
    assert parked(case(returned())) is None
