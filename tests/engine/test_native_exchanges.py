"""Exchanges within Shopify, from the shopper's wish to the last cent, beside a world in memory."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.books.report import Period, ShopBooks, comparisons
from ledgerloop.operate.look_again import look_at_open_exchanges
from ledgerloop.operate.packs import enter
from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector, in_turn
from tests.support.world_in_memory import MemoryWorld

POLICY = ('native_exchange = "order"', "settle_s = 0")
NEW = {"sku": "TEE-L", "price": "100.00", "tax_rate": "0.08"}
ONE = [{"line": 0, "quantity": 1}]
TWO = [{"sku": "TEE-M", "quantity": 2, "price": "100.00", "tax_rate": "0.08"}]


@pytest.fixture
def world() -> MemoryWorld:
    made = MemoryWorld(lambda _delivery: 0)
    made.world.change_settings("loop", {"exchange_mode": "native"})
    return made


@pytest.fixture
def connect(world: MemoryWorld) -> Iterator[Callable[..., Connector]]:
    with ExitStack() as stack:

        def made(*policy: str) -> Connector:
            connector = Connector(world, *policy)
            stack.callback(connector.remove)
            return connector

        yield made


@pytest.fixture
def connector(connect: Callable[..., Connector]) -> Connector:
    return connect(*POLICY)


def act(world: MemoryWorld, name: str, **wish: Any) -> dict[str, Any]:
    world.clock.pass_by(2)
    return dict(ACTS[name](world.world, **wish))


def exchanged(
    world: MemoryWorld, order: dict[str, Any], back: Any = ONE, gift_card: str | None = None, **wish: Any
) -> str:
    """A tee is swapped for another one, at the desk; gives Loop's return id."""
    more = {"gift_card": gift_card} if gift_card is not None else {}
    asked = act(world, "request_return", order_id=order["order_id"], lines=back, exchange=[{**NEW, **wish}], **more)
    act(world, "process_in_loop", return_id=asked["return_id"])
    return str(asked["return_id"])


def settle(world: MemoryWorld, connector: Connector) -> None:
    """Sync until nothing is left to write."""
    for _ in range(2):
        world.clock.pass_by(400)
        connector.sync()
    assert connector.faults == []


def written(world: MemoryWorld) -> dict[str, str]:
    """Totals of what was written about returns and orders, by external id; notes on goods left out."""
    kinds = ("returnAuthorization", "itemReceipt")
    rows = (one for one in world.world.account.records() if one["externalId"] and one["type"] not in kinds)
    return {str(one["externalId"]): str(one["total"]) for one in rows}


def said(connector: Connector, subject: str) -> set[str]:
    return {one.code for one in connector.said(subject)}


def clearing(world: MemoryWorld) -> Decimal:
    return Decimal(world.world.account.balances().get("exchange_clearing", 0))


def even(return_id: str) -> dict[str, str]:
    """What an even exchange is in NetSuite."""
    return {
        f"LOOP-CM-{return_id}-1": "0.00",
        f"SHOP-SO-X{return_id}": "108.00",
        f"SHOP-CD-X{return_id}-credit": "108.00",
    }


def test_a_lost_database_doubles_nothing_and_the_original_stays_the_one_order(
    world: MemoryWorld, connector: Connector
) -> None:
    order = act(world, "place_order", lines=TWO)
    return_id = exchanged(world, order)
    settle(world, connector)
    assert written(world) == even(return_id)
    assert (clearing(world), said(connector, return_id)) == (Decimal(0), set())

    connector.forget_everything()
    second = exchanged(world, order)
    settle(world, connector)
    assert written(world) == even(return_id) | even(second)
    assert clearing(world) == 0
    for subject in (return_id, second, f"order:X{return_id}", f"order:X{second}", f"order:{order['order_id']}"):
        assert said(connector, subject) == set()
    sources = {one["createdFrom"] for one in world.world.account.records("returnAuthorization")}
    assert sources == {order["sales_order"]}, "both from the order that was bought"


PAIR = [{"line": 0, "quantity": 2}]
STORIES: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, str]]] = {
    "dearer": ({}, {"price": "150.00"}, {"CM": "0.00", "SO": "162.00", "credit": "108.00", "upsell": "54.00"}),
    "billed by cash sale": ({"billing": "cash_sale"}, {}, {"CR": "0.00", "SO": "108.00", "credit": "108.00"}),
    "three outcomes": (
        {"lines": TWO},
        {"back": PAIR, "gift_card": "8.00"},
        {"CM": "100.00", "RF": "100.00", "SO": "108.00", "credit": "108.00"},
    ),
}
"""How it was bought, what is chosen for it, and the records that must come of it by the end of their names."""


@pytest.mark.parametrize("story", STORIES)
def test_every_exchange_comes_to_zero_and_the_books_agree(world: MemoryWorld, connector: Connector, story: str) -> None:
    bought, wish, expected = STORIES[story]
    if story == "dearer":
        world.world.change_settings("loop", {"native_exchange_order_id": "original"})
    return_id = exchanged(world, act(world, "place_order", **bought), **wish)
    settle(world, connector)
    names = {
        **{kind: f"LOOP-{kind}-{return_id}-1" for kind in ("CM", "CR", "RF")},
        "SO": f"SHOP-SO-X{return_id}",
        **{ending: f"SHOP-CD-X{return_id}-{ending}" for ending in ("credit", "upsell")},
    }
    assert written(world) == {names[key]: total for key, total in expected.items()}
    assert clearing(world) == 0
    (sold,) = world.world.account.find("salesOrder", custbody_shopify_order_id=f"X{return_id}")
    act(world, "ship_sales_order", id=sold.id)
    shop = connector.parts.shops["main"]
    with in_turn():
        assert look_at_open_exchanges(connector.parts, shop) == []
    world.clock.pass_by(4000)
    connector.sync()
    enter(connector.parts)
    ((seen, _),) = comparisons(ShopBooks(connector.parts.stores.store, shop.policy, shop.links), Period())
    assert (seen.agrees, seen.differences) == (True, ())


def test_the_answer_to_the_sales_order_is_lost_and_it_is_not_written_twice(
    world: MemoryWorld, connector: Connector
) -> None:
    return_id = exchanged(world, act(world, "place_order"))
    world.fault("netsuite", name="lost_answer", match="POST /services/rest/record/v1/salesOrder", times=1)
    settle(world, connector)
    assert written(world) == even(return_id)
    assert len(world.world.account.records("salesOrder")) == 2


def test_an_original_that_is_not_in_netsuite_is_sent_as_it_was_bought(
    world: MemoryWorld, connect: Callable[..., Connector]
) -> None:
    connector = connect(*POLICY, 'order_channels = ["*"]')
    order = act(world, "place_order", in_netsuite=False)
    return_id = exchanged(world, order)
    settle(world, connector)
    sold = {key: total for key, total in written(world).items() if key.startswith("SHOP-SO-")}
    assert sold == {f"SHOP-SO-{order['order_id']}": "108.00", f"SHOP-SO-X{return_id}": "108.00"}
    rows = [one for one in world.world.account.records("salesOrder") if one["externalId"] in sold]
    assert [[line["sku"] for line in one["lines"]] for one in rows] == [["TEE-M"], ["TEE-L"]]
    assert said(connector, return_id) == {"order_not_fulfilled"}


def test_what_a_connector_of_order_edits_has_brought_is_not_sent_again(
    world: MemoryWorld, connector: Connector
) -> None:
    order = act(world, "place_order")
    return_id = exchanged(world, order)
    account, shop = world.world.account, world.world.shopify
    (_, new) = shop.get(order["order_id"]).lines
    row = {"sku": "TEE-L", "quantity": 1, "rate": "100.00", "custcols": {"custcol_shopify_line_id": str(new.id)}}
    account.add_sales_order(account.customer_id("ana@example.com"), [row], other_ref="EDIT-1")
    settle(world, connector)
    assert written(world) == {f"LOOP-CM-{return_id}-1": "0.00"}
    assert said(connector, f"order:X{return_id}") == {"native_exchange"}
    (told,) = connector.said(f"order:X{return_id}")
    assert "108.00" in told.remedy
    assert clearing(world) == Decimal("-108.00"), "until a person has entered it"


def test_a_native_exchange_is_held_unless_the_policy_says_otherwise(
    world: MemoryWorld, connect: Callable[..., Connector]
) -> None:
    connector = connect("settle_s = 0")
    return_id = exchanged(world, act(world, "place_order"))
    settle(world, connector)
    assert (written(world), said(connector, return_id)) == ({}, {"native_exchange"})


def test_who_asks_to_be_forgotten_is_forgotten_on_the_exchange_too(world: MemoryWorld, connector: Connector) -> None:
    world.deliveries.hand_over = connector.hear
    order = act(world, "place_order")
    return_id = exchanged(world, order)
    settle(world, connector)
    act(world, "redact_customer", order_id=order["order_id"])
    connector.sync()
    kept = connector.parts.stores.orders.get("main", f"X{return_id}")
    assert kept is not None
    assert kept.erased_at is not None
