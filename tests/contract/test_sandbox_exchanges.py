"""Exchanges in the simulators: what Loop makes of them in Shopify, and that the books can be kept by hand.

The amounts are those of the acceptance stories of exchanges; a person writes NetSuite's records through its REST API.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop_sandbox.acts import ACTS
from ledgerloop_sandbox.handle import Handle
from ledgerloop_sandbox.loop import render
from ledgerloop_sandbox.netsuite.app import create_app
from ledgerloop_sandbox.shopify.model import Order
from ledgerloop_sandbox.world import World
from tests.support.netsuite_account import Remote

LOOP_APP = 1662707


class Person(Remote):
    """Somebody who keeps a world's books in NetSuite by hand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.account = world.account
        self.credentials = self.account.auth.new_credentials()
        self.app = create_app(self.account)
        self.token = ""

    def credit(self, order: dict[str, Any], returned: str, line: int = 1, **adjustments: str) -> str:
        """Authorise, receive and credit one unit; `adjustments` are lines by item name. Gives the credit's id."""
        source = order["sales_order"]
        made = self.authorise(source, [{"orderLine": line, "quantity": 1}], custbody_loop_return_id=returned)
        assert self.get(f"returnAuthorization/{made}")["total"] == 108.0
        self.account.receive(made)
        target = "cashRefund" if order["cash_sale"] else "creditMemo"
        names = {"exchange": "901"}
        lines = [{"item": {"id": names[name]}, "rate": amount} for name, amount in adjustments.items()]
        body: dict[str, Any] = {"item": {"items": lines}} if lines else {}
        body |= {"account": {"id": "230"}} if target == "cashRefund" else {"autoApply": False}
        return self.made(f"returnAuthorization/{made}/!transform/{target}", body)

    def sell(self, order: Order, *, kind: str = "salesOrder", account: str = "") -> str:
        """Write an exchange order as it stands in Shopify: lines, Loop's discount, taxes as charged."""
        lines: list[dict[str, Any]] = []
        for line in order.lines:
            item = {"id": self.account.item_id(line.sku)}
            taxed = {"item": item, "quantity": line.quantity, "rate": str(line.price), "price": {"id": "-1"}}
            lines.append({**taxed, "taxDetailsReference": str(line.id)})
        if order.discount:
            lines.append({"item": {"id": "905"}, "rate": str(-order.discount)})
        taxes = [{"taxDetailsReference": str(line.id), "taxAmount": str(line.tax)} for line in order.lines]
        body: dict[str, Any] = {
            "externalId": f"SHOP-{'SO' if kind == 'salesOrder' else 'CS'}-{order.id}",
            "entity": {"id": self.account.customer_id(order.email)},
            "otherRefNum": order.name,
            "memo": order.note,
            "custbody_shopify_order_id": str(order.id),
            "location": {"id": "8" if order.location_id else "7"},
            "item": {"items": lines},
            "taxDetailsOverride": True,
            "taxDetails": {"items": taxes},
        }
        made = self.made(kind, {**body, **({"account": {"id": account}} if account else {})})
        assert Decimal(str(self.get(f"{kind}/{made}")["total"])) == order.total
        return made

    def deposit(self, order: Order, sales_order: str, amount: Decimal, account: str, part: str) -> None:
        if amount:
            customer = {"id": self.account.customer_id(order.email)}
            body = {"customer": customer, "salesOrder": {"id": sales_order}, "payment": str(amount)}
            self.made(
                "customerDeposit", {**body, "account": {"id": account}, "externalId": f"SHOP-CD-{order.id}-{part}"}
            )

    def role(self, name: str) -> Decimal:
        return self.account.balances()[name]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def person(world: World) -> Person:
    return Person(world)


def order_a(world: World, **more: Any) -> Any:
    return ACTS["place_order"](world, **{"name": "#1001", "shipping": "10.00", **more})


def exchanged(world: World, order: Any, price: str = "100.00", **more: Any) -> tuple[Any, Order]:
    """Swap the tee for another one and process; gives the return and the exchange order."""
    sku = "TEE-L" if price == "100.00" else f"TEE-{price}"
    wish = {"exchange": [{"sku": sku, "price": price, "tax_rate": "0.08"}], **more}
    asked = ACTS["request_return"](world, order["order_id"], **wish)
    done = ACTS["process_in_loop"](world, asked["return_id"])
    return done, world.shopify.get(done["exchange_order_id"])


def settle(world: World, person: Person, done: Any, new: Order) -> str:
    """Write the exchange order with its deposits, ship and bill it. Gives the sales order."""
    so = person.sell(new)
    person.deposit(new, so, Decimal(done["exchange_credit_total"]) - new.discount, "230", "credit")
    person.deposit(new, so, Decimal(done["upsell"]), "156", "upsell")
    ACTS["fulfil"](world, str(new.id))
    billed = ACTS["bill"](world, str(new.id))
    assert person.get(f"invoice/{billed['invoice']}")["amountRemaining"] == 0.0
    return so


# -- what stands in Shopify --------------------------------------------------------------------------------------------


def test_an_exchange_order_bears_all_marks(world: World) -> None:
    order = order_a(world)
    asked = ACTS["request_return"](world, order["order_id"], exchange=[{"sku": "TEE-L", "price": "100.00"}])
    assert asked["outcome"] == "exchange"
    world.loop.queue_process(world.loop.get(asked["return_id"]), {"netsuite_ra": "RMA7", "n": 1})
    ACTS["run_loop_jobs"](world)
    done = world.loop.get(asked["return_id"])
    new = world.shopify.get(done.exchanges[0]["exchange_order_id"])
    assert (new.name, new.app_id, new.source_name) == ("EXC-1001", LOOP_APP, str(LOOP_APP))
    assert (new.tags, new.note) == (["#1001"], "Loop exchange for order #1001")
    assert new.attributes == {
        "originating_order_id": order["order_id"],
        "originating_order_name": "#1001",
        "netsuite_ra": "RMA7",
        "n": "1",
    }
    assert [(one.kind, one.title, one.value) for one in new.discounts] == [
        ("discount_code", "loop-discount", Decimal("100.00"))
    ]
    assert (new.total, new.tax, new.transactions, new.stated_financial) == (
        Decimal("8.00"),
        Decimal("8.00"),
        [],
        "PAID",
    )
    assert (new.address is not None, new.fulfilments) == (True, [])


def test_the_original_is_refunded_without_money(world: World) -> None:
    order = order_a(world)
    exchanged(world, order)
    original = world.shopify.get(order["order_id"])
    (refund,) = original.refunds
    assert (refund.transactions, [one.quantity for one in refund.lines]) == ([], [1])
    assert [(one.reason, one.amount) for one in refund.adjustments] == [
        ("PENDING_REFUND_DISCREPANCY", Decimal("-108.00"))
    ]
    assert original.tags == ["LE:Exchange"]


@pytest.mark.parametrize(
    ("price", "total", "discount", "credit", "upsell", "refund", "outcome"),
    [
        ("100.00", "8.00", "100.00", "108.00", "0.00", "0.00", "exchange"),
        ("150.00", "62.00", "100.00", "108.00", "54.00", "0.00", "upsell"),
        ("60.00", "4.80", "60.00", "64.80", "0.00", "43.20", "exchange+refund"),
    ],
)
def test_even_dearer_and_cheaper(
    world: World, price: str, total: str, discount: str, credit: str, upsell: str, refund: str, outcome: str
) -> None:
    done, new = exchanged(world, order_a(world), price)
    assert (str(new.total), str(new.discount)) == (total, discount)
    assert (done["exchange_credit_total"], done["upsell"], done["refund"]) == (credit, upsell, refund)
    assert done["outcome"] == outcome
    assert [one["amount"] for one in done["refunds"]] == ([refund] if refund != "0.00" else [])
    terms = {name: Decimal(done[name]) for name in ("return_total", "upsell", "exchange_total", "gift_card", "refund")}
    assert terms["return_total"] + terms["upsell"] == terms["exchange_total"] + terms["gift_card"] + terms["refund"]


def test_a_fee_comes_out_of_the_credit(world: World) -> None:
    done, new = exchanged(world, order_a(world), handling_fee="5.00")
    assert (done["exchange_credit_total"], done["upsell"], str(new.total)) == ("103.00", "5.00", "8.00")


def test_three_outcomes_in_one_return(world: World) -> None:
    lines = [{"sku": "TEE", "quantity": 2, "price": "50.00"}, {"sku": "CAP", "quantity": 1, "price": "30.00"}]
    order = order_a(world, lines=lines, shipping="0.00", order_discount="13.00")
    returned = [{"line": 0, "quantity": 2}, {"line": 1, "quantity": 1}]
    swap = [{"sku": "TEE-L", "price": "45.00"}]
    asked = ACTS["request_return"](world, order["order_id"], lines=returned, exchange=swap, gift_card="29.16")
    done = ACTS["process_in_loop"](world, asked["return_id"])
    assert (done["return_total"], done["refund"], done["gift_card"]) == ("126.36", "48.60", "29.16")
    assert (done["outcome"], done["exchange_credit_total"]) == ("exchange+refund+credit", "48.60")
    new = world.shopify.get(done["exchange_order_id"])
    assert (str(new.discount), str(new.total)) == ("45.00", "3.60")
    assert world.shopify.get(order["order_id"]).tags == ["Refund", "Gift Card", "LE:Exchange"]


def test_an_instant_exchange_is_made_at_submission_and_once(world: World) -> None:
    order = order_a(world)
    swap = [{"sku": "TEE-L", "price": "100.00"}]
    asked = ACTS["request_return"](world, order["order_id"], exchange=swap, instant=True)
    assert (asked["state"], world.shopify.get(asked["exchange_order_id"]).name) == ("open", "EXC-1001")
    assert world.shopify.get(order["order_id"]).refunds == []
    done = ACTS["process_in_loop"](world, asked["return_id"])
    assert (done["exchange_order_id"], len(world.shopify.orders)) == (asked["exchange_order_id"], 2)


def test_the_settings_of_an_exchange(world: World) -> None:
    world.change_settings(
        "loop",
        {"loop_discount": False, "exchange_prefix": "L-", "exchange_marks": ["tag"], "exchange_payment": "manual"},
    )
    _, new = exchanged(world, order_a(world))
    assert (new.name, new.discounts, new.attributes, new.note) == ("L-1001", [], {}, None)
    assert [(one.gateway, one.amount) for one in new.transactions] == [("manual", Decimal("108.00"))]


@pytest.mark.parametrize(("setting", "expected"), [("null", None), ("original", "order")])
def test_a_native_exchange_adds_lines_to_the_original_order(world: World, setting: str, expected: str | None) -> None:
    world.change_settings("loop", {"exchange_mode": "native", "native_exchange_order_id": setting})
    order = order_a(world)
    asked = ACTS["request_return"](world, order["order_id"], exchange=[{"sku": "TEE-L", "price": "100.00"}])
    done = ACTS["process_in_loop"](world, asked["return_id"])
    assert done["exchange_order_id"] == (order["order_id"] if expected else None)
    original = world.shopify.get(order["order_id"])
    assert len(world.shopify.orders) == 1
    assert [(line.sku, line.removed) for line in original.lines] == [("TEE-M", 1), ("TEE-L", 0)]
    assert (original.outstanding, original.tags, original.discounts) == (Decimal("0.00"), [], [])
    assert original.returns[0].exchanges[0].line is original.lines[1]
    assert original.refunds[0].adjustments == []


def test_store_credit_as_an_order_is_no_exchange(world: World) -> None:
    world.change_settings("loop", {"gift_card_orders": True})
    asked = ACTS["request_return"](world, order_a(world)["order_id"], outcome="gift_card")
    done = ACTS["process_in_loop"](world, asked["return_id"])
    made = world.shopify.get(done["gift_card_order_id"])
    assert (made.name, made.app_id, [line.gift_card for line in made.lines]) == ("LGC-1001", LOOP_APP, [True])
    assert done["exchange_order_id"] is None


def test_loop_shows_the_exchange_in_every_view(world: World) -> None:
    done, new = exchanged(world, order_a(world))
    found = world.loop.get(done["return_id"])
    views = (
        render.list_row(found),
        render.details(found, with_processed=True),
        render.webhook(found, "return.closed", 1, bare=False, with_processed=False),
    )
    for view in json.loads(json.dumps(views)):
        (row,) = view["exchanges"]
        assert (row["exchange_order_id"], row["exchange_order_name"]) == (str(new.id), "EXC-1001")
        assert (row["price"], row["tax"], row["total"]) == ("100.00", "8.00", "108.00")
        assert (view["exchange_credit_total"], view["upsell"]) == ("108.00", "0.00")
    assert views[0]["outcomes_processed_at"]["exchange_processed"] is not None
    assert views[1]["exchange_order_id"] == str(new.id)


def test_shopify_tells_of_the_refund_and_then_of_the_new_order(world: World) -> None:
    order = order_a(world)
    world.deliveries.set_mode("hold")
    world.set_targets(shopify="http://127.0.0.1:9/")
    _, new = exchanged(world, order)
    told = [(one.topic, one.subject) for one in world.deliveries.log]
    refund, made = ("refunds/create", order["order_id"]), ("orders/create", str(new.id))
    assert told.index(refund) < told.index(made)
    body = json.loads(next(one.body for one in world.deliveries.log if one.topic == "orders/create"))
    assert (body["source_name"], body["app_id"], body["financial_status"]) == (str(LOOP_APP), LOOP_APP, "paid")
    assert (body["total_price"], body["total_outstanding"], body["payment_gateway_names"]) == ("8.00", "0.00", [])


def test_the_acts_are_offered_by_the_control_app() -> None:
    with Handle("--empty") as sandbox:
        order = sandbox.act("place_order", name="#1001", shipping="10.00")
        swap = [{"sku": "TEE-L", "price": "100.00"}]
        asked = sandbox.act("request_return", order_id=order["order_id"], exchange=swap)
        done = sandbox.act("process_in_loop", return_id=asked["return_id"])
        assert done["exchanges"][0]["price"] == "100.00"
        shown = {one["name"]: one for one in sandbox.state()["shopify"]["orders"]}
        assert (shown["EXC-1001"]["total"], shown["EXC-1001"]["discount"]) == ("8.00", "100.00")


def test_another_connector_may_have_brought_the_exchange_order_to_netsuite(world: World) -> None:
    _, new = exchanged(world, order_a(world))
    brought = ACTS["bring_to_netsuite"](world, str(new.id))
    saved = world.account.record(brought["sales_order"])
    assert (saved["total"], saved["otherRefNum"], saved["externalId"]) == ("8.00", "EXC-1001", None)
    assert [line["sku"] for line in saved["lines"]] == ["TEE-L", "Loop Discount"]


# -- the books, kept by hand -------------------------------------------------------------------------------------------


def test_story_8_even_exchange_with_discount(world: World, person: Person) -> None:
    order = order_a(world)
    done, new = exchanged(world, order)
    memo = person.credit(order, done["return_id"], exchange="-108.00")
    assert person.get(f"creditMemo/{memo}")["total"] == 0.0
    assert person.role("exchange_clearing") == Decimal("-108.00")
    settle(world, person, done, new)
    assert (person.role("exchange_clearing"), person.role("ar")) == (Decimal(0), Decimal(0))
    assert (person.role("revenue"), person.role("customer_deposits")) == (Decimal("-100.00"), Decimal(0))


def test_story_9_even_exchange_without_discount(world: World, person: Person) -> None:
    world.change_settings("loop", {"loop_discount": False})
    order = order_a(world)
    done, new = exchanged(world, order)
    assert (new.total, new.transactions) == (Decimal("108.00"), [])
    person.sell(new)
    ACTS["fulfil"](world, str(new.id))
    so = ACTS["fulfil"](world, str(new.id), in_netsuite=False)["sales_order"]
    invoice = world.account.invoice(so)
    memo = person.credit(order, done["return_id"])
    apply = {"items": [{"doc": {"id": invoice}, "line": 0, "apply": True, "amount": 108.0}]}
    answer = person.call("PATCH", f"record/v1/creditMemo/{memo}", {"apply": apply})
    assert answer.status_code == 204, answer.text
    assert person.get(f"invoice/{invoice}")["status"]["id"] == "B"
    assert (person.role("ar"), person.role("exchange_clearing")) == (Decimal(0), Decimal(0))


@pytest.mark.parametrize("in_store", [False, True])
def test_stories_10_and_44_even_exchange_of_cash_sales(world: World, person: Person, in_store: bool) -> None:
    world.change_settings("loop", {"loop_discount": False})
    order = order_a(world, billing="cash_sale", location="store" if in_store else None, shipping="0.00")
    done, new = exchanged(world, order, is_pos=in_store)
    assert (new.address is None, bool(new.fulfilments)) == (in_store, in_store)
    refund = person.credit(order, done["return_id"])
    assert person.get(f"cashRefund/{refund}")["total"] == 108.0
    person.sell(new, kind="cashSale", account="230")
    assert person.role("exchange_clearing") == Decimal(0)
    assert len(world.account.records("cashSale")) == 2
    assert world.account.on_hand("TEE-L", "8" if in_store else "7") == -1


def test_an_even_exchange_in_store_with_discount(world: World, person: Person) -> None:
    order = order_a(world, billing="cash_sale", location="store", shipping="0.00")
    done, new = exchanged(world, order, is_pos=True)
    assert (new.note, new.shipping_lines, new.location_id is not None) == (
        "Loop POS exchange for order #1001",
        [],
        True,
    )
    person.credit(order, done["return_id"], exchange="-108.00")
    so = [{"item": {"id": person.account.item_id("TEE-L")}, "quantity": 1, "rate": 100.0, "taxDetailsReference": "1"}]
    lines = [*so, {"item": {"id": "905"}, "rate": -100.0}, {"item": {"id": "901"}, "rate": -8.0}]
    body = {"entity": {"id": "107"}, "location": {"id": "8"}, "account": {"id": "156"}, "item": {"items": lines}}
    taxes = {"items": [{"taxDetailsReference": "1", "taxAmount": 8.0}]}
    made = person.made("cashSale", {**body, "taxDetailsOverride": True, "taxDetails": taxes})
    assert person.get(f"cashSale/{made}")["total"] == 0.0
    assert person.role("exchange_clearing") == Decimal(0)


def test_story_11_upsell(world: World, person: Person) -> None:
    order = order_a(world)
    done, new = exchanged(world, order, "150.00")
    person.credit(order, done["return_id"], exchange="-108.00")
    settle(world, person, done, new)
    assert (person.role("exchange_clearing"), person.role("ar")) == (Decimal(0), Decimal(0))
    assert person.role("upsell") == Decimal("54.00")


def test_story_12_downsell(world: World, person: Person) -> None:
    order = order_a(world)
    done, new = exchanged(world, order, "60.00")
    memo = person.credit(order, done["return_id"], exchange="-64.80")
    assert person.get(f"creditMemo/{memo}")["total"] == 43.2
    world.account.make_customer_refund(memo)
    settle(world, person, done, new)
    assert (person.role("exchange_clearing"), person.role("ar")) == (Decimal(0), Decimal(0))
    assert person.role("bank") == Decimal("118.00") - Decimal("43.20")


def test_story_27_return_of_an_exchange_item(world: World, person: Person) -> None:
    order = order_a(world)
    done, new = exchanged(world, order)
    person.credit(order, done["return_id"], exchange="-108.00")
    so = settle(world, person, done, new)
    again = ACTS["request_return"](world, str(new.id))
    assert (again["return_total"], again["refund"], again["order_name"]) == ("108.00", "108.00", "EXC-1001")
    memo = person.credit({"sales_order": so, "cash_sale": None}, again["return_id"])
    assert person.get(f"creditMemo/{memo}")["total"] == 108.0
    world.account.make_customer_refund(memo)
    assert (person.role("exchange_clearing"), person.role("ar")) == (Decimal(0), Decimal(0))


def test_an_exchange_of_an_exchange_names_the_exchange_order(world: World) -> None:
    _, new = exchanged(world, order_a(world))
    _, second = exchanged(world, {"order_id": str(new.id)})
    assert (second.name, second.tags) == ("EXC-EXC-1001", ["EXC-1001"])
    assert second.attributes["originating_order_id"] == str(new.id)
