"""Exchanges carried out of the store, and orders that only look like exchanges, beside a world in memory."""

from collections.abc import Iterator
from typing import Any

import pytest

from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector
from tests.support.world_in_memory import MemoryWorld

NEW = {"sku": "TEE-L", "price": "100.00", "tax_rate": "0.08"}
DEARER = {**NEW, "price": "150.00"}
LOOP = 1662707
BY_HAND = {"kind": "manual", "title": "Loop-Discount", "amount": "100.00"}


@pytest.fixture
def world() -> MemoryWorld:
    return MemoryWorld(lambda _delivery: 0)


@pytest.fixture
def connector(world: MemoryWorld) -> Iterator[Connector]:
    made = Connector(world, "settle_s = 0")
    world.deliveries.hand_over = made.hear
    yield made
    made.remove()


def act(world: MemoryWorld, what: str, **wish: Any) -> dict[str, Any]:
    world.clock.pass_by(2)
    return dict(ACTS[what](world.world, **wish))


def synced(world: MemoryWorld, connector: Connector, seconds: float) -> None:
    """Time passes; then what there is to do is done."""
    world.clock.pass_by(seconds)
    connector.sync()
    connector.sync()
    assert connector.faults == []


def sold(world: MemoryWorld) -> dict[str, str]:
    """Totals of what was written about orders, by external id."""
    rows = world.world.account.records()
    return {str(one["externalId"]): str(one["total"]) for one in rows if "SHOP-" in str(one["externalId"])}


def said(connector: Connector, order_id: str) -> set[str]:
    return {one.code for one in connector.said(f"order:{order_id}")}


def test_a_cash_sale_waits_for_its_return_then_asks_and_goes_on_when_loop_shows_it(
    world: MemoryWorld, connector: Connector
) -> None:
    order = act(world, "place_order", location="store", billing="cash_sale")["order_id"]
    asked = act(world, "request_return", order_id=order, exchange=[DEARER], is_pos=True)
    world.deliveries.hand_over = lambda _delivery: 0
    act(world, "process_in_loop", return_id=asked["return_id"])
    returns = world.world.loop.returns
    [(number, hidden)] = returns.items()
    new = str(hidden.exchanges[0]["exchange_order_id"])
    returns.clear()
    synced(world, connector, 1)
    assert (sold(world), said(connector, new)) == ({}, {"exchange_credit_unknown"})

    synced(world, connector, 1800)
    assert (sold(world), said(connector, new)) == ({}, {"exchange_credit_differs"})

    returns[number] = hidden
    hidden.updated_at = world.clock()
    synced(world, connector, 60)
    assert (sold(world), said(connector, new)) == ({f"SHOP-CS-{new}": "54.00"}, set())


def test_an_even_exchange_is_sold_though_its_return_is_unknown(world: MemoryWorld, connector: Connector) -> None:
    order = act(world, "place_order", location="store", billing="cash_sale")["order_id"]
    asked = act(world, "request_return", order_id=order, exchange=[NEW], is_pos=True)
    world.deliveries.hand_over = lambda _delivery: 0
    act(world, "process_in_loop", return_id=asked["return_id"])
    [hidden] = world.world.loop.returns.values()
    world.world.loop.returns.clear()
    synced(world, connector, 1)
    assert sold(world) == {f"SHOP-CS-{hidden.exchanges[0]['exchange_order_id']}": "0.00"}


def test_an_exchange_order_whose_credit_was_given_by_hand_is_known_by_its_name(
    world: MemoryWorld, connector: Connector
) -> None:
    lines = [{"sku": "TEE-L", "quantity": 1, "price": "100.00"}]
    wish = {"app_id": LOOP, "lines": lines, "discounts": [BY_HAND], "payments": []}
    new = act(world, "create_order", name="EXC-1", **wish)["order_id"]
    synced(world, connector, 1)
    [record] = [one for one in world.world.account.records() if one["externalId"] == f"SHOP-SO-{new}"]
    assert [(one["amount"], one["item"]) for one in record["lines"]][-1] == ("-100.00", "905")


@pytest.mark.parametrize("discount", [BY_HAND, {"code": "loop-discount", "amount": "100.00"}])
def test_an_order_of_an_unknown_source_is_never_sent_for_its_discount_alone(
    world: MemoryWorld, connector: Connector, discount: dict[str, Any]
) -> None:
    wish = {"app_id": 999999, "discounts": [discount], "payments": []}
    odd = act(world, "create_order", name="#77", **wish)["order_id"]
    synced(world, connector, 1)
    assert (sold(world), said(connector, odd)) == ({}, {"channel_unknown"})
    [told] = connector.said(f"order:{odd}")
    assert "loop-discount" in told.text
    plain = act(world, "create_order", name="#78", app_id=999999)["order_id"]
    synced(world, connector, 1)
    assert said(connector, plain) == set()
