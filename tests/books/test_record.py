"""What is entered when the store is looked at: what was read, as far as it was read."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.books.record import record
from ledgerloop.domain.facts import Kind
from ledgerloop.store import Store, open_store
from ledgerloop.store.documents import Documents
from ledgerloop.store.ledger import Ledger, newest
from ledgerloop.store.orders import ShopOrders, SourceOrders
from ledgerloop.store.returns import LoopReturns
from tests.support import cases

NOW, ORDER, RETURN = cases.NOW, "5920", "4821"
POLICY = replace(cases.POLICY, returns_from=(NOW - timedelta(days=90)).date())

LOOP: dict[str, Any] = {
    "id": RETURN,
    "state": "closed",
    "was_processed": True,
    "outcomes_processed_at": {"return_processed": "2026-03-10 12:00:00"},
    "created_at": "2026-03-01 12:00:00",
    "updated_at": "2026-03-10 12:00:00",
    "provider_order_id": ORDER,
    "order_name": "#1001",
    "currency": "USD",
    "return_product_total": "100.00",
    "return_tax_total": "8.00",
    "return_total": "108.00",
    "refund": "108.00",
    "line_items": [
        {"line_item_id": "1", "provider_line_item_id": "11", "sku": "TEE", "price": "100.00", "tax": "8.00"}
    ],
    "exchanges": [],
}
MEMO: dict[str, Any] = {
    "type": "CustCred",
    "id": "4001",
    "external_id": f"LOOP-CM-{RETURN}-1",
    "created_from": "2001",
    "last_modified": "2026-03-10 12:00:00",
    "head": {
        "tranid": "CM1",
        "foreigntotal": "-108.00",
        "memo": f"Loop return {RETURN}",
        "status": "A",
        "trandate": "2026-03-10 00:00:00",
    },
    "lines": [{"line": "1", "item": "501", "itemtype": "InvtPart", "foreignamount": "100.00", "quantity": "1"}],
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/books.db")


def read(store: Store, *documents: dict[str, Any], refund: str = "108.00") -> None:
    """Loop and NetSuite were read, and show this."""
    LoopReturns(store).put_list_view("main", RETURN, {**LOOP, "refund": refund}, NOW)
    SourceOrders(store).put("main", ORDER, [], NOW)
    Documents(store).put_families("main", {ORDER: list(documents)}, NOW)


def kinds(store: Store) -> set[Kind]:
    return {one.kind for one in newest(Ledger(store).of_subjects("main", [RETURN])[RETURN])}


def test_what_was_read_is_entered_once(store: Store) -> None:
    read(store, MEMO)
    assert record(store, POLICY, NOW) == 2
    assert record(store, POLICY, NOW) == 0
    assert kinds(store) == {Kind.RETURN, Kind.CREDIT}


def test_a_record_that_is_no_longer_shown_is_withdrawn(store: Store) -> None:
    read(store, MEMO)
    record(store, POLICY, NOW)
    read(store)
    assert record(store, POLICY, NOW) == 1
    assert kinds(store) == {Kind.RETURN}


def test_what_is_to_be_read_anew_stays_as_it_was_entered(store: Store) -> None:
    read(store, MEMO)
    record(store, POLICY, NOW)
    Documents(store).forget("main", ORDER)
    SourceOrders(store).forget("main", ORDER)
    ShopOrders(store).forget("main", ORDER)
    assert record(store, POLICY, NOW) == 0
    assert kinds(store) == {Kind.RETURN, Kind.CREDIT}


def test_other_items_in_the_configuration_enter_the_same_records_anew(store: Store) -> None:
    line = {"line": "2", "item": "903", "itemtype": "OthCharge", "foreignamount": "-9.99"}
    read(store, {**MEMO, "lines": [*MEMO["lines"], line]})
    record(store, replace(POLICY, items=replace(POLICY.items, handling_fee="")), NOW)
    assert record(store, POLICY, NOW) == 1
    (credit,) = [one for one in newest(Ledger(store).of_subjects("main", [RETURN])[RETURN]) if one.kind is Kind.CREDIT]
    assert credit.amount("handling_fee") == cases.usd("9.99")


def test_a_body_that_cannot_be_read_changes_nothing(store: Store) -> None:
    read(store, MEMO)
    record(store, POLICY, NOW)
    broken = {**LOOP, "currency": "", "updated_at": "2026-03-11 12:00:00"}
    LoopReturns(store).put_list_view("main", RETURN, broken, NOW)
    assert record(store, POLICY, NOW) == 0
    assert kinds(store) == {Kind.RETURN, Kind.CREDIT}
