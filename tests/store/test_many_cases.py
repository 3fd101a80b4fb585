"""What was read for many cases at once is stored as if case by case; a reading goes before writes that wait."""

import threading
import time

from ledgerloop.store import Store
from ledgerloop.store.documents import Documents
from ledgerloop.store.orders import SourceOrders
from ledgerloop.store.slots import SlotLeases
from tests.support.database import NOW, later


def transaction(number: str, modified: str = "t1") -> dict[str, str]:
    return {"type": "RtnAuth", "id": number, "external_id": "", "created_from": "11", "last_modified": modified}


def test_families_read_together_replace_each_its_own(store: Store) -> None:
    documents = Documents(store)
    documents.put_families("main", {"5821": [transaction("21"), transaction("22")], "5822": [transaction("31")]}, NOW)
    documents.put_families("main", {"5821": [transaction("21", "t2"), transaction("23")], "5823": []}, later(1))
    first, second, third = (documents.for_order("main", key) for key in ("5821", "5822", "5823"))
    assert [transaction("21", "t2"), transaction("23")] == first.documents
    assert [transaction("31")] == second.documents
    assert [(later(1), False), (NOW, False), (later(1), False)] == [
        (one.read_at, one.stale) for one in (first, second, third)
    ]


def test_a_family_read_together_with_others_is_fresh_again(store: Store) -> None:
    documents = Documents(store)
    documents.put_families("main", {"5821": [transaction("21")]}, NOW)
    documents.mark_stale("main", "5821")
    documents.put_families("main", {"5821": [transaction("21")]}, later(1))
    assert not documents.for_order("main", "5821").stale


def test_source_records_read_together_replace_each_its_own(store: Store) -> None:
    sources = SourceOrders(store)
    sources.put_all("main", {"5821": [{"id": "11"}, {"id": "12"}], "5822": []}, NOW)
    sources.put_all("main", {"5821": [{"id": "12"}], "5823": [{"id": "13"}]}, later(1))
    found = {key: sources.get("main", key) for key in ("5821", "5822", "5823")}
    assert {key: one.documents for key, one in found.items() if one is not None} == {
        "5821": [{"id": "12"}],
        "5822": [],
        "5823": [{"id": "13"}],
    }
    assert [sources.order_key_of("main", one) for one in ("11", "12", "13")] == [None, "5821", "5823"]


def test_nothing_is_known_of_netsuite_until_something_was_read(store: Store) -> None:
    documents, sources = Documents(store), SourceOrders(store)
    sources.put("main", "5821", [], NOW)
    assert not documents.any_known("main")
    sources.put("main", "5821", [{"id": "11"}], NOW)
    assert documents.any_known("main")
    assert not documents.any_known("other")


def test_a_reading_goes_before_writes_that_wait_for_a_slot(store: Store) -> None:
    slots, order = SlotLeases(store, "acc", 1), list[str]()

    def work(name: str, *, first: bool) -> None:
        with slots.hold(30, first=first):
            order.append(name)

    with slots.hold(30):
        threads = []
        for name, first in (("write 1", False), ("write 2", False), ("reading", True)):
            threads.append(threading.Thread(target=work, args=(name,), kwargs={"first": first}))
            threads[-1].start()
            while slots._waiting < len(threads):
                time.sleep(0.001)
            time.sleep(0.05)
    for thread in threads:
        thread.join()
    assert order == ["reading", "write 1", "write 2"]
