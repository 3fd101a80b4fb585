"""What others have entered in NetSuite for the same money or the same order is found there, and nothing is doubled."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ledgerloop.domain.case import Case
from ledgerloop.engine.observe import observe
from ledgerloop_sandbox.acts import ACTS
from tests.machine.connector import Connector
from tests.support.world_in_memory import Asked, MemoryWorld, Watcher


class Queries(Watcher):
    """Keeps what NetSuite is asked in SuiteQL."""

    def __init__(self) -> None:
        self.sql: list[str] = []

    def before(self, asked: Asked) -> None:
        if asked.path.endswith("/suiteql"):
            self.sql.append(json.loads(asked.body)["q"])


class Shop:
    """One shop, its order of one tee of 108.00, and the connector."""

    def __init__(self, *policy: str) -> None:
        self.memory = MemoryWorld(lambda _delivery: 200)
        self.connector = Connector(self.memory, *policy)

    def act(self, name: str, /, **arguments: Any) -> Any:
        self.memory.clock.pass_by(2)
        return ACTS[name](self.memory.world, **arguments)

    def credits(self) -> list[str]:
        """External ids of whatever gave money back, and the types of what is not ours."""
        records = self.memory.world.account.records()
        back = [one for one in records if one["type"] in ("creditMemo", "cashRefund", "customerRefund")]
        return [one["externalId"] or one["type"] for one in back]

    def codes(self, return_id: str) -> set[str]:
        return {one.code for one in self.connector.said(return_id)}

    def sync(self, minutes: float = 1) -> None:
        self.memory.clock.pass_by(60 * minutes)
        self.connector.sync()
        assert self.connector.faults == []

    def returned(self, **order: Any) -> tuple[str, str]:
        """An order comes back and is processed in Loop; its order id and its return id."""
        placed = self.act("place_order", **order)
        made = self.act("request_return", order_id=placed["order_id"])
        self.act("process_in_loop", return_id=made["return_id"])
        return str(placed["order_id"]), str(made["return_id"])

    def case(self, order_id: str) -> Case:
        """The case as it is stored now."""
        parts = self.connector.parts
        return observe(parts, parts.shops["main"], order_id, parts.clock())

    def refund_of(self, order_id: str) -> str:
        """Shopify's id of the order's only refund."""
        (refund,) = self.memory.world.shopify.orders[int(order_id)].refunds
        return str(refund.id)


@pytest.fixture
def open_shop() -> Iterator[Callable[..., Shop]]:
    opened: list[Shop] = []

    def open_one(*policy: str) -> Shop:
        opened.append(Shop(*policy))
        return opened[-1]

    yield open_one
    for one in opened:
        one.connector.remove()


@pytest.mark.parametrize("billing", ["invoice", "cash_sale"])
@pytest.mark.parametrize("by", ["return id", "refund id in the memo"])
def test_a_credit_made_from_nothing_is_adopted_by_what_it_names(
    open_shop: Callable[..., Shop], billing: str, by: str
) -> None:
    shop = open_shop()
    order_id, return_id = shop.returned(billing=billing)
    kind = "creditMemo" if billing == "invoice" else "cashRefund"
    refund = shop.refund_of(order_id)
    fields = {"custbody_loop_return_id": return_id} if by == "return id" else {"memo": f"Shopify refund {refund}"}
    shop.act("enter_credit", order_id=order_id, kind=kind, fields=fields)
    shop.sync()
    assert shop.credits() == [kind, *([f"LOOP-RF-{return_id}-1"] if billing == "invoice" else [])]
    assert shop.codes(return_id) == set()


def test_a_credit_that_mentions_the_refund_in_other_words_is_shown_to_a_person(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop()
    order_id, return_id = shop.returned()
    words = f"Money back, {shop.refund_of(order_id)}, told by phone"
    shop.act("enter_credit", order_id=order_id, fields={"memo": words})
    shop.sync()
    assert (shop.credits(), shop.codes(return_id)) == (["creditMemo"], {"possible_duplicate"})


def test_a_credit_that_is_entered_while_ours_waits_is_found_before_ours_is_made(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop('closed_period = "hold"')
    order_id, return_id = shop.returned()
    shop.act("close_period", month="2026-03", locked_only="ar")
    shop.sync()
    assert (shop.credits(), shop.codes(return_id)) == ([], {"period_closed"})
    shop.act("close_period", month="2026-03", reopen=True)
    shop.act("enter_credit", order_id=order_id, fields={"custbody_loop_return_id": return_id})
    shop.sync(minutes=30)
    assert shop.credits() == ["creditMemo", f"LOOP-RF-{return_id}-1"]


def test_what_others_entered_is_searched_for_in_queries_that_are_asked_anyway(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop()
    asked = shop.memory.watcher = Queries()
    shop.returned()
    shop.sync()
    searches = [one for one in asked.sql if "t.memo LIKE" in one]
    assert [one for one in searches if "m.createdfrom IN" not in one] == []
    assert len(searches) >= 2


def test_an_order_of_another_shop_that_has_the_same_name_is_not_taken_for_ours(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop()
    placed = shop.act("place_order", with_order_id=False, with_line_ids=False)
    account, sold = shop.memory.world.account, shop.memory.world.known(str(placed["order_id"])).sales_order
    account.set_field(str(sold), "custbody_shopify_order_id", "6840000000001")
    made = shop.act("request_return", order_id=placed["order_id"])
    shop.sync()
    assert shop.codes(made["return_id"]) == {"order_not_in_netsuite"}
    assert account.find("returnAuthorization") == []


def test_an_order_of_ours_is_sent_although_another_shops_order_has_its_name(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop('order_channels = ["*"]')
    theirs = shop.act("place_order")
    mine = shop.act("place_order", name="#1002", in_netsuite=False)
    account, sold = shop.memory.world.account, str(shop.memory.world.known(str(theirs["order_id"])).sales_order)
    account.set_field(sold, "otherRefNum", "#1002")
    shop.sync(minutes=5)
    sent = [one["externalId"] for one in account.records("salesOrder") if one["externalId"]]
    assert sent == [f"SHOP-SO-{mine['order_id']}"]


def test_an_authorization_made_from_nothing_is_the_returns_by_the_id_that_it_bears(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop()
    order_id, return_id = shop.returned()
    shop.act(
        "enter_credit", order_id=order_id, kind="returnAuthorization", fields={"custbody_loop_return_id": return_id}
    )
    shop.sync()
    account = shop.memory.world.account
    assert [one["externalId"] for one in account.records("returnAuthorization")] == [None]
    assert [one["externalId"] for one in account.records("itemReceipt")] == [f"LOOP-IR-{return_id}-1"]
    assert shop.credits() == [f"LOOP-CM-{return_id}-1", f"LOOP-RF-{return_id}-1"]


def test_a_search_counts_for_ten_minutes_and_for_the_refunds_that_were_searched_for(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop()
    order_id, _ = shop.returned()
    shop.sync()
    assert not shop.case(order_id).search_credits
    stores, clock = shop.connector.parts.stores, shop.memory.clock
    stores.documents.put_families("main", {order_id: []}, clock(), {order_id: ["1"]})
    assert shop.case(order_id).search_credits
    stores.documents.put_families("main", {order_id: []}, clock(), {order_id: ["1", shop.refund_of(order_id)]})
    assert not shop.case(order_id).search_credits
    clock.pass_by(11 * 60)
    assert (shop.case(order_id).search_credits, shop.case(order_id).as_stored().search_credits) == (True, False)
