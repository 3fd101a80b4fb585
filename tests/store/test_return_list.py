"""Returns and orders are found by what people know of them, in pages, on both databases."""

from datetime import timedelta

import pytest

from ledgerloop.store import Store
from ledgerloop.store.heads import forget_person, note_head
from ledgerloop.store.order_list import OrderFilters, OrderList
from ledgerloop.store.outcomes import Outcome, Outcomes
from ledgerloop.store.return_list import Head, Mark, ReturnFilters, ReturnList
from ledgerloop.store.returns import LoopReturns
from tests.support.database import NOW
from tests.support.many import fill, order_id, return_id


@pytest.fixture
def many(store: Store) -> Store:
    fill(store, 60, 80)
    return store


def every(store: Store, filters: ReturnFilters, limit: int = 7) -> list[Head]:
    rows: list[Head] = []
    after: Mark | None = None
    while page := ReturnList(store).page(filters, after, limit):
        rows += page
        after = (page[-1].created_at, page[-1].shop, page[-1].return_id)
    return rows


def test_pages_hold_everything_once_and_what_is_asked_for(many: Store) -> None:
    assert len({one.return_id for one in every(many, ReturnFilters())}) == 60
    attention = every(many, ReturnFilters(standing="attention"))
    assert {one.return_id for one in attention} == {return_id(number) for number in (0, 10, 20, 50)}
    assert [one.return_id for one in every(many, ReturnFilters(code="order_not_fulfilled"))] == [return_id(30)]
    assert len(every(many, ReturnFilters(sync="refund"))) == 2
    assert len(every(many, ReturnFilters(amount_to=86_450))) == 6
    assert ReturnList(many).count(ReturnFilters(state="closed")) == 54


@pytest.mark.parametrize("asked", ["#10007", "RMA7", "cm7", return_id(7), f"shopper3@example.com {return_id(7)}"])
def test_a_return_is_found_by_what_is_known_of_it(many: Store, asked: str) -> None:
    assert [one.return_id for one in every(many, ReturnFilters(text=asked))] == [return_id(7)]


def test_the_beginning_of_a_word_is_enough(many: Store) -> None:
    assert len(every(many, ReturnFilters(text="shopper2"))) == 22
    assert every(many, ReturnFilters(text="sh")) == []
    assert every(many, ReturnFilters(text="100%")) == []


def test_orders_are_listed_by_channel_and_by_where_they_are(many: Store) -> None:
    def ids(filters: OrderFilters) -> list[str]:
        return [one.order_id for one in OrderList(many).page(["main"], filters, None, 200)]

    assert ids(OrderFilters()) == [order_id(number) for number in reversed(range(80))]
    assert ids(OrderFilters(channel="LOOP_EXCH")) == [order_id(number) for number in (60, 40, 20, 0)]
    assert len(ids(OrderFilters(in_netsuite=True))) == 40
    assert ids(OrderFilters(text="10003")) == ids(OrderFilters(text="#10003")) == [order_id(3)]
    Outcomes(many).set("main", f"order:{order_id(5)}", "exchange_order", kind="attention", code="x", since=NOW)
    assert ids(OrderFilters(standing="attention")) == [order_id(5)]


def test_a_head_follows_the_views_and_the_answers_of_its_return(store: Store) -> None:
    seen = {"id": "77", "state": "open", "created_at": "2026-03-02 10:00:00", "provider_order_id": "5821"}
    returns, listing = LoopReturns(store), ReturnList(store)
    returns.put_details_view("main", "77", {**seen, "updated_at": "2026-03-02 10:00:00", "order_name": "#1"}, NOW)
    returns.put_details_view("main", "77", {**seen, "updated_at": "2026-03-03 10:00:00", "state": "closed"}, NOW)
    head = listing.get("main", "77")
    assert head is not None
    assert (head.state, head.order_name, head.order_key, head.standing) == ("closed", "#1", "5821", "new")
    waits = Outcome("main", "77", "refund", "waiting", "w", "", "", NOW, None)
    needs = Outcome("main", "77", "return_flag", "attention", "a", "", "", NOW + timedelta(hours=1), None)
    for rows, standing in (([waits, needs], "attention"), ([waits], "waiting"), ([], "settled")):
        Outcomes(store).replace_all("main", "77", rows, NOW)
        head = listing.get("main", "77")
        assert head is not None
        assert head.standing == standing


def test_an_erased_person_is_found_no_more(store: Store) -> None:
    with store.writing() as tx:
        note_head(tx, "main", "77", "5821", {"order_name": "#1", "customer": "Ada@example.com"}, NOW)
    assert [one.email for one in every(store, ReturnFilters(text="ada@example.com"))] == ["Ada@example.com"]
    with store.writing() as tx:
        forget_person(tx, "main", ["5821"])
    assert every(store, ReturnFilters(text="ada@example.com")) == []
    assert [one.email for one in every(store, ReturnFilters(text="#1"))] == [""]
