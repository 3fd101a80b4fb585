"""What stands still is found by its cause; items, sources and their look-ups by how they begin."""

from ledgerloop.domain.unmapped import no_item, not_on_order
from ledgerloop.store import Store
from ledgerloop.store.held_back import HeldBack, HeldBacks
from ledgerloop.store.lookups import ITEM, NetSuiteLookups
from ledgerloop.store.order_list import OrderList
from ledgerloop.store.order_tables import orders
from ledgerloop.store.outcomes import Outcome, Outcomes
from ledgerloop.store.returns import LoopReturns
from tests.support.database import NOW


def stands(store: Store, subject: str, code: str, cause: str, kind: str = "attention", shop: str = "main") -> None:
    row = Outcome(shop, subject, "refund", kind, code, "text", "", NOW, None, cause)
    Outcomes(store).replace_all(shop, subject, [row], NOW)


def test_subjects_are_found_by_code_and_cause_with_the_order_of_their_case(store: Store) -> None:
    LoopReturns(store).put_list_view("main", "48", {"state": "open", "provider_order_id": 58}, NOW)
    stands(store, "48", "item_not_found", not_on_order("TEE"))
    stands(store, "order:59", "item_not_found", no_item("TEE"))
    stands(store, "order:60", "item_not_found", no_item("CAP"))
    stands(store, "order:61", "item_not_found", no_item("TEE"), shop="other")
    stands(store, "order:62", "partly_received", "", "waiting")
    held = HeldBacks(store)
    both = [("item_not_found", not_on_order("TEE")), ("item_not_found", no_item("TEE"))]
    assert held.of("main", both) == [
        HeldBack("main", "48", "58", "refund", "item_not_found"),
        HeldBack("main", "order:59", "59", "refund", "item_not_found"),
    ]
    assert [one.subject for one in held.of("main", both, limit=1)] == ["48"]
    assert [one.subject for one in held.of("main", [("item_not_found", "")])] == ["48", "order:59", "order:60"]
    assert [one.subject for one in held.of("main", [("partly_received", "")])] == ["order:62"]
    assert held.of("main", []) == []


def test_items_that_were_found_are_known_by_how_their_sku_begins(store: Store) -> None:
    lookups = NetSuiteLookups(store)
    item = [{"internal_id": "7"}]
    lookups.put_all("main", ITEM, {"TEE-M": item, "TEE-GONE": [], "tee-l": item, "T%E": item, "CAP": item}, NOW)
    assert lookups.found("main", ITEM, "TEE") == {"TEE-M": item}
    assert lookups.found("main", ITEM, "T%") == {"T%E": item}
    assert lookups.found("other", ITEM, "TEE") == {}


def test_sources_without_a_channel_are_counted_by_name_or_app(store: Store) -> None:
    unknown = [("tiktok", ""), ("tiktok", "9"), ("", "4711"), ("", "")]
    said = [*(("UNKNOWN", *one) for one in unknown), ("WEB", "x", "")]
    rows = [
        {"shop": "main", "order_id": str(number), "channel": channel, "source_name": source, "app_id": app}
        for number, (channel, source, app) in enumerate(said)
    ]
    with store.writing() as tx:
        tx.execute(orders.insert(), rows)
    assert OrderList(store).unknown_sources("main", 10) == {"tiktok": 2, "4711": 1}
    assert OrderList(store).unknown_sources("main", 1) == {"tiktok": 2}
