"""What NetSuite was asked for before an order is sent, and which returns named an order as their exchange."""

from datetime import UTC, datetime

from ledgerloop.store import Store
from ledgerloop.store.lookups import CUSTOMER, ITEM, NetSuiteLookups
from ledgerloop.store.returns import LoopReturns

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_look_ups_are_kept_by_kind_and_key_and_replaced_whole(store: Store) -> None:
    lookups = NetSuiteLookups(store)
    lookups.put_all("main", ITEM, {"TEE": [{"internal_id": "501"}], "GONE": []}, NOON)
    lookups.put_all("main", CUSTOMER, {"TEE": [{"internal_id": "7"}]}, NOON)
    lookups.put_all("main", ITEM, {"TEE": [{"internal_id": "502"}]}, NOON)

    found = lookups.get("main", ITEM, ["TEE", "GONE", "NEVER"])

    assert {key: one.found for key, one in found.items()} == {"TEE": [{"internal_id": "502"}], "GONE": []}
    assert lookups.get("other", ITEM, ["TEE"]) == {}


def test_what_is_stale_is_fresh_again_once_it_was_looked_up_and_forgotten_when_told(store: Store) -> None:
    lookups = NetSuiteLookups(store)
    lookups.put_all("main", ITEM, {"TEE": [], "CAP": []}, NOON)
    lookups.mark_stale("main", ITEM, ["TEE"])
    assert {key: one.stale for key, one in lookups.get("main", ITEM, ["TEE", "CAP"]).items()} == {
        "TEE": True,
        "CAP": False,
    }
    lookups.put_all("main", ITEM, {"TEE": []}, NOON)
    assert lookups.get("main", ITEM, ["TEE"])["TEE"].stale is False
    lookups.forget("main", ITEM, ["TEE"])
    assert set(lookups.get("main", ITEM, ["TEE", "CAP"])) == {"CAP"}


def test_an_exchange_order_is_found_by_every_return_that_names_it_but_not_by_the_original(store: Store) -> None:
    returns = LoopReturns(store)
    body = {"provider_order_id": "100", "updated_at": "2026-03-02T12:00:00Z", "state": "closed"}
    named = [{"exchange_order_id": 200}, {"exchange_order_id": None}, {"exchange_order_id": "100"}]
    returns.put_details_view("main", "1", {**body, "exchanges": named}, NOON)
    returns.put_details_view("main", "2", {**body, "exchanges": [{"exchange_order_id": "200"}]}, NOON)
    returns.put_details_view("main", "3", {**body, "exchanges": "none"}, NOON)

    assert [one.return_id for one in returns.exchanged_by("main", "200")] == ["1", "2"]
    assert returns.exchanged_by("main", "100") == []
    assert returns.exchanged_by("other", "200") == []
