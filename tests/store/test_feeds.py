"""What went out in feeds: each order in one file, the file as it was, and what NetSuite has shown since."""

import threading

import pytest

from ledgerloop.store import Store
from ledgerloop.store.feeds import FedAlready, Feeds, erase_feeds
from tests.support.database import NOW, later

BODY = "customer,orderNote\r\n17,größer\r\n".encode()


def fed(feeds: Feeds, *order_ids: str, kind: str = "sales-orders", body: bytes = BODY) -> int:
    orders = {one: f"SHOP-SO-{one}" for one in order_ids}
    return feeds.put("main", kind, "others", orders, NOW, body=body, rows=len(orders)).number


def test_a_feed_is_kept_byte_for_byte(store: Store) -> None:
    feeds = Feeds(store)
    number = fed(feeds, "1", "2")

    kept = feeds.get(number)

    assert kept is not None
    assert (kept.body, kept.orders, kept.rows, kept.made_at) == (BODY, 2, 2, NOW)
    assert kept.name == f"sales-orders-main-{number:06d}.csv"
    assert feeds.get(number + 1) is None


def test_an_order_stands_in_one_feed_only_and_a_second_feed_with_it_is_not_kept_at_all(store: Store) -> None:
    feeds = Feeds(store)
    number = fed(feeds, "1", "2")

    with pytest.raises(FedAlready):
        fed(feeds, "2", "3")

    assert [one.number for one in feeds.listed("main")] == [number]
    assert feeds.fed_among("main", ["1", "2", "3"]) == {"1", "2"}
    assert not feeds.is_fed("main", "3")


def test_two_feeds_of_the_same_order_at_once_leave_one(store: Store) -> None:
    feeds, outcomes = Feeds(store), []
    start = threading.Barrier(2)

    def make() -> None:
        start.wait()
        try:
            outcomes.append(str(fed(feeds, "1")))
        except FedAlready:
            outcomes.append("refused")

    threads = [threading.Thread(target=make) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert outcomes.count("refused") == 1
    assert len(feeds.listed("main")) == 1


def test_the_same_order_id_of_another_shop_is_another_order(store: Store) -> None:
    feeds = Feeds(store)
    fed(feeds, "1")

    assert not feeds.is_fed("other", "1")
    feeds.put("other", "sales-orders", "others", {"1": "B-SHOP-SO-1"}, NOW, body=b"", rows=0)
    assert feeds.is_fed("other", "1")


def test_an_order_that_netsuite_shows_is_fed_no_longer_but_never_goes_out_again(store: Store) -> None:
    feeds = Feeds(store)
    fed(feeds, "1", "2")
    assert feeds.is_fed("main", "1")

    assert feeds.reconcile("main", "1", later(60), "881")

    assert not feeds.is_fed("main", "1")
    assert [one.order_id for one in feeds.open("main")] == ["2"]
    order = feeds.of_order("main", "1")
    assert order is not None
    assert (order.reconciled_at, order.internal_id, order.external_id) == (later(60), "881", "SHOP-SO-1")
    assert not feeds.reconcile("main", "1", later(120), "882")
    assert not feeds.reconcile("main", "3", later(120), "883")
    with pytest.raises(FedAlready):
        fed(feeds, "1")


def test_an_order_taken_back_goes_out_once_more_unless_netsuite_has_shown_it(store: Store) -> None:
    feeds = Feeds(store)
    first = fed(feeds, "1", "2")
    feeds.reconcile("main", "2", NOW)

    assert feeds.take_back("main", "1", later(1))
    assert not feeds.take_back("main", "2", later(1))

    assert not feeds.is_fed("main", "1")
    assert feeds.of_order("main", "1") is None
    second = fed(feeds, "1")
    assert second > first
    assert [one.feed for one in feeds.open("main")] == [second]


def test_an_erased_customers_files_are_gone_also_those_that_were_taken_back(store: Store) -> None:
    feeds = Feeds(store)
    numbers = [fed(feeds, "1", "2")]
    feeds.take_back("main", "1", later(1))
    numbers.append(fed(feeds, "1"))
    untouched = fed(feeds, "3")

    with store.writing() as tx:
        assert erase_feeds(tx, "main", ["1"], later(2)) == 2

    bodies = [one.body for one in (feeds.get(number) for number in (*numbers, untouched)) if one is not None]
    assert bodies == [None, None, BODY]
    assert feeds.is_fed("main", "2")


def test_what_is_to_be_uploaded_waits_until_it_is(store: Store) -> None:
    feeds = Feeds(store)
    plain = fed(feeds, "1")
    asked = feeds.put("main", "cash-sales", "loop", {"2": "x"}, NOW, body=b"b", rows=1, to_upload=True).number

    assert [one.number for one in feeds.to_upload("main")] == [asked]
    feeds.ask_upload(plain)
    assert [one.number for one in feeds.to_upload("main")] == [plain, asked]
    feeds.uploaded(asked, later(5))
    assert [one.number for one in feeds.to_upload("main")] == [plain]
    done = feeds.get(asked)
    assert done is not None
    assert done.uploaded_at == later(5)
