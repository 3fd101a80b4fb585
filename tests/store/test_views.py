"""What the remotes showed: newest view wins, changes are noticed, stale means read again."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from ledgerloop.store import Store
from ledgerloop.store.documents import Documents
from ledgerloop.store.orders import ShopOrders, SourceOrders
from ledgerloop.store.page_tables import return_heads, search_words
from ledgerloop.store.returns import LoopReturns, StoredReturn
from ledgerloop.store.tables import loop_returns
from tests.support.database import NOW, later


def view(state: str = "open", updated: str | None = "2026-03-02 18:00:00", **more: object) -> dict[str, Any]:
    said = {"state": state, "provider_order_id": 5821447739602, "updated_at": updated, **more}
    return {key: value for key, value in said.items() if value is not None}


def stored(returns: LoopReturns, return_id: str = "48") -> StoredReturn:
    found = returns.get("main", return_id)
    assert found is not None
    return found


def test_a_return_belongs_to_its_shopify_order_or_to_a_case_of_its_own(store: Store) -> None:
    returns = LoopReturns(store)
    returns.put_list_view("main", "48", view(), NOW)
    returns.put_list_view("main", "49", view(provider_order_id=None), NOW)
    assert [one.return_id for one in returns.for_order("main", "5821447739602")] == ["48"]
    assert [one.return_id for one in returns.for_order("main", "loop-49")] == ["49"]
    assert {"48", "49"} == returns.ids_known("main")


def test_a_return_moves_to_its_order_when_loop_names_it(store: Store) -> None:
    returns = LoopReturns(store)
    returns.put_list_view("main", "48", view(provider_order_id=None), NOW)
    returns.put_details_view("main", "48", view(updated="2026-03-02T18:00:01.000Z"), NOW)
    assert stored(returns).order_key == "5821447739602"


def test_a_view_is_new_only_when_it_says_something_else(store: Store) -> None:
    returns = LoopReturns(store)
    assert returns.put_list_view("main", "48", view(total="1.00"), NOW)
    assert not returns.put_list_view("main", "48", dict(reversed(view(total="1.00").items())), later(60))
    assert returns.put_list_view("main", "48", view(total="2.00"), later(120))


def test_an_older_view_never_overwrites_a_newer_one(store: Store) -> None:
    returns = LoopReturns(store)
    returns.put_list_view("main", "48", view("closed", "2026-03-02T18:00:05.000Z"), NOW)
    assert not returns.put_list_view("main", "48", view("open", "2026-03-02T18:00:04.000Z"), later(60))
    assert returns.put_details_view("main", "48", view("open", "2026-03-02 18:00:04"), later(60))
    found = stored(returns)
    assert ("closed", datetime(2026, 3, 2, 18, 0, 5, tzinfo=UTC)) == (found.state, found.updated_at)
    assert (found.details_body and found.details_body["state"], found.details_outdated) == ("open", True)


def test_details_make_a_stale_return_fresh_and_lists_do_not(store: Store) -> None:
    returns = LoopReturns(store)
    returns.put_list_view("main", "48", view(), NOW)
    assert stored(returns).details_outdated
    returns.put_details_view("main", "48", view(), NOW)
    assert not stored(returns).details_outdated
    returns.mark_stale("main", "48")
    returns.put_list_view("main", "48", view(), later(1))
    assert stored(returns).details_outdated
    returns.put_details_view("main", "48", view(), later(2))
    assert not stored(returns).details_outdated


def test_a_message_that_does_not_say_how_old_it_is_only_asks_for_a_reading(store: Store) -> None:
    returns = LoopReturns(store)
    assert returns.put_details_view("main", "48", view("open", None), NOW)
    returns.put_details_view("main", "48", view("closed"), later(1))
    assert returns.put_details_view("main", "48", view("open", None, topic="return"), later(2))
    assert (stored(returns).state, stored(returns).stale) == ("closed", True)


def test_a_failure_of_processing_is_kept_with_its_message(store: Store) -> None:
    returns = LoopReturns(store)
    returns.put_list_view("main", "48", view(), NOW)
    assert returns.put_failure("main", "48", later(5), "Refund failed")
    assert not returns.put_failure("main", "48", later(5), "Refund failed")
    found = stored(returns)
    assert ("Refund failed", later(5), True) == (found.failure, found.failed_at, found.stale)


def test_returns_are_searched_and_swept(store: Store) -> None:
    returns = LoopReturns(store)
    for number, state in enumerate(("open", "closed", "review", "cancelled", "expired", "something new")):
        returns.put_list_view("main", str(100 + number), view(state), later(number))
    assert returns.open_ids("main") == ["100", "102", "105"]
    assert [one.return_id for one in returns.search("main", limit=2)] == ["105", "104"]
    assert [one.return_id for one in returns.search(state="cancelled", text="58214")] == ["103"]
    assert returns.search(text="1%") == []
    assert [one.shop for one in returns.find("104")] == ["main"]
    returns.forget("main", "104")
    assert returns.get("main", "104") is None


def test_a_shopify_order_is_kept_newest_first(store: Store) -> None:
    orders = ShopOrders(store)
    assert orders.put("main", "1", {"total": Decimal("108.00")}, later(10), NOW)
    assert not orders.put("main", "1", {"total": Decimal("108")}, later(10), later(20))
    assert not orders.put("main", "1", {"total": Decimal("1.00")}, later(9), later(30))
    orders.mark_stale("main", "1")
    found = orders.get("main", "1")
    assert found is not None
    assert ({"total": 108}, True, later(20)) == (found.body, found.stale, found.read_at)
    assert orders.put("main", "1", {"total": Decimal("48.60")}, later(11), later(40))
    found = orders.get("main", "1")
    assert found is not None
    assert ({"total": Decimal("48.60")}, False) == (found.body, found.stale)
    orders.forget("main", "1")
    assert orders.get("main", "1") is None


def test_a_source_order_that_was_not_found_is_known_to_be_missing(store: Store) -> None:
    sources = SourceOrders(store)
    assert sources.get("main", "5821") is None
    assert sources.put("main", "5821", [], NOW)
    found = sources.get("main", "5821")
    assert found is not None
    assert (found.documents, found.read_at, found.stale) == ([], NOW, False)
    assert sources.keys_missing("main") == ["5821"]


def test_a_source_order_is_found_by_the_ids_it_has_now(store: Store) -> None:
    sources = SourceOrders(store)
    assert sources.put("main", "5821", [{"id": 11, "type": "SalesOrd"}, {"id": "12", "type": "CustInvc"}], NOW)
    assert [sources.order_key_of("main", one) for one in ("11", "12")] == ["5821", "5821"]
    assert sources.put("main", "5821", [{"id": "12", "type": "CustInvc"}], later(1))
    assert not sources.put("main", "5821", [{"id": "12", "type": "CustInvc"}], later(2))
    assert [sources.order_key_of("main", one) for one in ("11", "12")] == [None, "5821"]
    sources.mark_stale("main", "5821")
    found = sources.get("main", "5821")
    assert found is not None
    assert found.stale
    sources.forget("main", "5821")
    assert [sources.get("main", "5821"), sources.order_key_of("main", "12")] == [None, None]


def transaction(number: str, **more: str) -> dict[str, Any]:
    return {"type": "RtnAuth", "id": number, "external_id": "", "created_from": "11", "last_modified": "t1"} | more


def test_a_family_is_replaced_as_a_whole_only_when_everything_was_asked_for(store: Store) -> None:
    documents = Documents(store)
    assert documents.put_family("main", "5821", [transaction("21"), transaction("22")], NOW, complete=True)
    assert not documents.put_family("main", "5821", [transaction("21")], later(1), complete=False)
    assert [one["id"] for one in documents.for_order("main", "5821").documents] == ["21", "22"]
    assert documents.put_family("main", "5821", [transaction("21", last_modified="t2")], later(2), complete=True)
    family = documents.for_order("main", "5821")
    assert ([transaction("21", last_modified="t2")], later(2), False) == (
        family.documents,
        family.read_at,
        family.stale,
    )


def test_a_family_never_read_as_a_whole_says_so(store: Store) -> None:
    documents = Documents(store)
    assert documents.for_order("main", "5821").read_at is None
    documents.put_family("main", "5821", [transaction("21")], NOW, complete=False)
    assert documents.for_order("main", "5821").read_at is None


def test_a_stale_family_is_fresh_after_a_complete_reading_only(store: Store) -> None:
    documents = Documents(store)
    documents.put_family("main", "5821", [], NOW, complete=True)
    documents.mark_stale("main", "5821")
    documents.put_family("main", "5821", [transaction("21")], NOW, complete=False)
    assert documents.for_order("main", "5821").stale
    documents.put_family("main", "5821", [transaction("21")], NOW, complete=True)
    assert not documents.for_order("main", "5821").stale


def test_changed_transactions_find_their_case_by_their_own_id_or_their_source(store: Store) -> None:
    SourceOrders(store).put("main", "5821", [{"id": "11"}], NOW)
    documents = Documents(store)
    documents.put_family("main", "5822", [transaction("21"), transaction("9")], NOW, complete=True)
    assert documents.owner_of("main", ["11", "21", "404"]) == {"11": "5821", "21": "5822"}
    assert documents.last_modified("main", ["21", "9", "404"]) == {"21": "t1", "9": "t1"}
    assert [one["id"] for one in documents.for_order("main", "5822").documents] == ["9", "21"]
    documents.forget("main", "5822")
    assert documents.owner_of("main", ["21"]) == {}


@pytest.mark.parametrize("number", [1, 1001])
def test_many_ids_are_looked_up_at_once(store: Store, number: int) -> None:
    documents = Documents(store)
    found = [transaction(str(one)) for one in range(number)]
    documents.put_family("main", "5821", found, NOW, complete=True)
    assert number == len(documents.owner_of("main", [str(one) for one in range(number)]))


def test_a_page_of_the_list_is_stored_as_each_of_its_returns_would_be(store: Store) -> None:
    one_by_one, together = LoopReturns(store), LoopReturns(store)
    bodies = {"48": view(), "49": view(provider_order_id=None), "50": view(updated=None), "51": {}}
    for return_id, body in bodies.items():
        one_by_one.put_list_view("main", return_id, body, NOW)
    with store.writing() as tx:
        assert together.put_list_views("other", bodies, NOW, tx) == bodies.keys()
        assert together.put_list_views("other", bodies, later(5), tx) == set()
    for table in (loop_returns, return_heads, search_words):
        with store.reading() as tx:
            rows = [dict(row) for row in tx.execute(select(table)).mappings()]
        for row in rows:
            row.pop("list_seen_at", None)
        by_shop = [sorted(str({**row, "shop": ""}) for row in rows if row["shop"] == one) for one in ("main", "other")]
        assert by_shop[0] == by_shop[1]
        assert by_shop[0]
    with store.writing() as tx:
        changed = together.put_list_views(
            "other", {**bodies, "48": view(state="closed", updated="2026-03-02 18:05:00"), "52": view()}, later(9), tx
        )
    assert changed == {"48", "52"}
