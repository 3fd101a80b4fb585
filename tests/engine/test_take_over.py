"""What others made or changed in NetSuite: adopted and not doubled, followed, or said; beside a world in memory."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from ledgerloop.intake import deleted
from ledgerloop.operate.explain import show
from ledgerloop.operate.subjects import Subject
from ledgerloop_sandbox.acts import ACTS
from ledgerloop_sandbox.netsuite import changes, makes
from ledgerloop_sandbox.netsuite.body import read_body
from tests.machine.connector import Connector
from tests.support.sandbox import CONFIG
from tests.support.world_in_memory import Asked, MemoryWorld, Watcher

FORMER = "custbody_hc_loopreturn_id"
ADOPTS = CONFIG.replace('reason = "custcol_loop_reason"', f'reason = "custcol_loop_reason"\nadopt = ["{FORMER}"]')
NO_FIELD = CONFIG.replace('return_id = "custbody_loop_return_id"', 'return_id = ""')
KINDS = ("returnAuthorization", "itemReceipt", "creditMemo", "cashRefund", "customerRefund")


class Desk:
    """A world, a connector, and the people who work in NetSuite."""

    def __init__(self, stack: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
        self._stack, self._monkeypatch = stack, monkeypatch
        self.memory = MemoryWorld(lambda _delivery: 0)
        self.account = self.memory.world.account

    def connect(self, *policy: str, config: str = ADOPTS) -> None:
        with self._monkeypatch.context() as patch:
            patch.setattr("tests.machine.connector.CONFIG", config)
            self.connector = Connector(self.memory, *policy)
        self._stack.callback(self.connector.remove)

    def act(self, name: str, /, **wish: Any) -> dict[str, Any]:
        self.memory.clock.pass_by(2)
        return dict(ACTS[name](self.memory.world, **wish))

    def order(self, **wish: Any) -> str:
        name = f"#{1001 + len(self.account.find('salesOrder'))}"
        return str(self.act("place_order", name=name, **wish)["order_id"])

    def wants_back(self, order_id: str, **wish: Any) -> str:
        return str(self.act("request_return", order_id=order_id, **wish)["return_id"])

    def alone(self, kind: str, order_id: str, **values: Any) -> str:
        """A person enters a record of the order's goods, made from nothing; gives its internal id."""
        sold = self.sold(order_id)
        line = {"item": {"id": sold.lines[0].item}, "quantity": 1, "rate": "108.00", "amount": "108.00"}
        body = {"entity": {"id": sold.entity}, "location": {"id": "7"}, "item": {"items": [line]}, **values}
        with self.account.lock:
            read = read_body(self.account, kind, body, strict=True)
            return str(makes.save(self.account, changes.standalone(self.account, kind, read)).id)

    def sold(self, order_id: str) -> Any:
        """The order's sales order."""
        return self.account.get(str(self.memory.world.known(order_id).sales_order))

    def bill(self, order_id: str) -> Any:
        known = self.memory.world.known(order_id)
        return known.cash_sale or known.invoice

    def sync(self) -> None:
        self.memory.clock.pass_by(30)
        self.connector.sync()
        assert self.connector.faults == []

    def written(self) -> list[str]:
        """What the connector has written in the remotes so far."""
        return [one.rpartition("/")[2] for one in self.memory.writes]

    def codes(self, return_id: str) -> list[str]:
        return [one.code for one in self.connector.said(return_id)]

    def there(self) -> dict[str, int]:
        counts = {kind: len(self.account.find(kind)) for kind in KINDS}
        return {kind: count for kind, count in counts.items() if count}

    def headline(self, return_id: str) -> str:
        parts = self.connector.parts
        key = parts.stores.returns.find(return_id)[0].order_key
        return str(show(parts, Subject("main", return_id, key))["headline"])


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with ExitStack() as stack:
        yield Desk(stack, monkeypatch)


# -- adopted, whatever it was made from --


def test_an_authorization_made_from_nothing_that_carries_the_return_is_adopted_with_its_receipts(desk: Desk) -> None:
    desk.connect()
    order = desk.order()
    return_id = desk.wants_back(order)
    made = desk.alone("returnAuthorization", order, **{FORMER: return_id, "orderStatus": {"id": "B"}})
    desk.sync()
    assert desk.written() == []
    assert desk.codes(return_id) == []

    desk.act("receive", authorization=made)
    desk.sync()
    assert desk.written() == ["process"]
    assert desk.there() == {"returnAuthorization": 1, "itemReceipt": 1}


def test_a_credit_memo_made_from_nothing_is_adopted_and_only_paid_out(desk: Desk) -> None:
    desk.connect()
    order = desk.order()
    return_id = desk.wants_back(order)
    desk.act("process_in_loop", return_id=return_id)
    desk.alone("creditMemo", order, **{FORMER: return_id})
    desk.sync()
    assert desk.there() == {"creditMemo": 1, "customerRefund": 1}
    assert desk.codes(return_id) == []


@pytest.mark.parametrize("billing", ["invoice", "cash_sale"])
def test_what_a_former_connector_credited_from_the_bill_without_an_authorization_is_settled(
    desk: Desk, billing: str
) -> None:
    desk.connect()
    order = desk.order(billing=billing)
    return_id = desk.wants_back(order)
    desk.act("process_in_loop", return_id=return_id)
    if billing == "cash_sale":
        desk.act("make_cash_refund", source=desk.bill(order), fields={FORMER: return_id})
    else:
        memo = desk.act("make_credit_memo", source=desk.bill(order), fields={FORMER: return_id})
        desk.act("make_customer_refund", credit_memo=memo["id"])
    desk.sync()
    assert desk.written() == []
    assert desk.codes(return_id) == []
    assert desk.headline(return_id).startswith("Done")


def test_one_found_under_our_external_id_with_other_goods_is_said_and_left_as_it_is(desk: Desk) -> None:
    desk.connect()
    lines = [{"sku": sku, "quantity": 1, "price": "50.00", "tax_rate": "0.08"} for sku in ("TEE", "CAP")]
    order = desk.order(lines=lines)
    return_id = desk.wants_back(order, lines=[{"line": 0, "quantity": 1}])
    cap = [line.line for line in desk.sold(order).lines if line.quantity is not None][1]

    class Meanwhile(Watcher):
        """A person makes it by hand the moment before our request arrives."""

        def before(self, asked: Asked) -> None:
            if asked.path.endswith("!transform/returnAuthorization") and not desk.there():
                wanted = {"lines": [{"line": cap, "quantity": 1}], "external_id": f"LOOP-RA-{return_id}"}
                desk.act("make_authorization", order_id=order, **wanted)

    desk.memory.watcher = Meanwhile()
    desk.sync()
    assert desk.codes(return_id) == ["adopted_differs"]
    assert "1 × item" in desk.connector.said(return_id)[0].text
    assert desk.there() == {"returnAuthorization": 1}


# -- before the cut-over --


def test_a_return_from_before_the_cut_over_is_left_alone_in_both_systems(desk: Desk) -> None:
    desk.connect('returns_from = "2026-02-20"')
    old = []
    for happens in ("process_in_loop", "cancel_in_loop", "receive"):
        order = desk.order(created_at="2026-01-05T10:00:00Z")
        return_id = desk.wants_back(order, created_at="2026-02-01T10:00:00Z")
        made = desk.act("make_authorization", order_id=order, fields={FORMER: return_id})
        desk.act("set_label", return_id=return_id)
        desk.act(happens, **({"authorization": made["id"]} if happens == "receive" else {"return_id": return_id}))
        old.append(return_id)
    desk.sync()
    assert desk.written() == []
    for return_id in old:
        assert desk.codes(return_id) == []
        assert "left alone" in desk.headline(return_id)


def test_what_an_older_return_holds_still_counts_as_taken(desk: Desk) -> None:
    desk.connect('returns_from = "2026-02-20"')
    order = desk.order(created_at="2026-01-05T10:00:00Z")
    old = desk.wants_back(order, created_at="2026-02-01T10:00:00Z")
    desk.act("make_authorization", order_id=order, fields={FORMER: old})
    desk.act("cancel_in_loop", return_id=old)
    new = desk.wants_back(order)
    desk.sync()
    assert desk.codes(new) == ["over_return"]


# -- the order that it comes from --


def test_a_bill_that_alone_names_the_order_leads_to_its_sales_order(desk: Desk) -> None:
    desk.connect()
    sold, returns = [], []
    for billing in ("invoice", "cash_sale"):
        order = desk.order(billing=billing)
        one = desk.sold(order)
        one.custom.pop("custbody_shopify_order_id", None)
        one.other_ref = ""
        desk.account.saved(one)
        sold.append(one.id)
        returns.append(desk.wants_back(order))
    desk.sync()
    assert [desk.codes(one) for one in returns] == [[], []]
    assert sorted(one.created_from for one in desk.account.find("returnAuthorization")) == sorted(sold)


# -- changed by hand --


def test_an_authorization_that_a_person_deleted_is_told_by_the_next_sync_however_calm_it_was(desk: Desk) -> None:
    desk.connect()
    return_id = desk.wants_back(desk.order())
    desk.sync()
    desk.memory.clock.pass_by(7200)
    desk.sync()
    assert desk.codes(return_id) == []
    desk.act("delete_record", id=desk.account.find("returnAuthorization")[0].id)
    desk.sync()
    assert desk.codes(return_id) == ["record_gone"]
    assert desk.there() == {}


def test_while_it_runs_what_is_awaited_is_asked_for_in_parts_and_not_at_every_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.connect()
    for _ in range(2):
        desk.wants_back(desk.order())
    desk.sync()
    for one in desk.account.find("returnAuthorization"):
        desk.act("delete_record", id=one.id)
    shop = desk.connector.parts.shops["main"]
    monkeypatch.setattr(deleted, "MOST", 1)
    found = []
    for seconds in (600, 60, 600, 600):
        desk.memory.clock.pass_by(seconds)
        found.append(deleted.look_for_deleted(shop.watch, shop.reading))
    assert found == [1, 0, 1, 0]


def test_an_authorization_whose_ids_and_memo_a_person_changed_is_still_the_one_that_we_wrote(desk: Desk) -> None:
    desk.connect(config=NO_FIELD)
    return_id = desk.wants_back(desk.order())
    desk.sync()
    made = desk.account.find("returnAuthorization")[0].id
    for field, value in (("externalId", "WMS-1"), ("memo", "was not happy")):
        desk.act("set_field", record=made, field=field, value=value)
    desk.sync()
    assert desk.codes(return_id) == []
    desk.act("receive", authorization=made)
    desk.sync()
    assert desk.written()[-1] == "process"
