"""The API beyond returns and orders: mappings, books, set-up, webhooks and the audit chain."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.store.users import Role
from tests.support.many import fill
from tests.support.web import Site, site

API = "/api/v1"
MAPPINGS = f"{API}/mappings"
GIVEN = {"kind": "sku", "key": "TEE-BLK-M", "value": "412"}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path) as made:
        for name, role in (("vera", Role.VIEWER), ("olga", Role.OPERATOR), ("ada", Role.ADMIN)):
            made.add(name, role, "")
        yield made


def held(here: Site, token: dict[str, str], **asked: str) -> list[tuple[str, str]]:
    """Keys and values of the mappings that were set or imported."""
    rows = here.client.get(MAPPINGS, params=asked, headers=token).json()["rows"]
    return [(one["key"], one["value"]) for one in rows if one["changed_by"]]


def test_a_mapping_is_set_and_refused_in_words(here: Site, operator: dict[str, str]) -> None:
    assert here.client.put(MAPPINGS, json=GIVEN, headers=operator).json()["changes"] == 1
    wrong = here.client.put(MAPPINGS, json={**GIVEN, "value": "a name"}, headers=operator)
    assert (wrong.status_code, wrong.json()["status"]) == (422, 422)
    assert wrong.json()["code"].startswith("mapping_")
    assert here.client.put(MAPPINGS, json={**GIVEN, "shop": "other"}, headers=operator).status_code == 404
    assert held(here, operator) == [("TEE-BLK-M", "412")]
    assert here.acts()[-1] == "olga change_mappings"


def test_a_mapping_is_taken_away(here: Site, operator: dict[str, str]) -> None:
    here.client.put(MAPPINGS, json=GIVEN, headers=operator)
    named = {"kind": "sku", "key": "TEE-BLK-M"}
    assert here.client.delete(MAPPINGS, params=named, headers=operator).json()["changes"] == 1
    assert held(here, operator) == []
    changes = here.client.get(f"{MAPPINGS}/changes", params={"limit": "1"}, headers=operator).json()
    assert changes["rows"][0]["change"]["new"] is None
    older = here.client.get(f"{MAPPINGS}/changes", params={"cursor": changes["next_cursor"]}, headers=operator).json()
    assert [one["change"]["new"]["value"] for one in older["rows"]] == ["412"]


def test_with_one_key_a_mapping_is_set_once_even_if_it_was_changed_since(here: Site, operator: dict[str, str]) -> None:
    once = {**operator, "Idempotency-Key": "k1"}
    first = here.client.put(MAPPINGS, json=GIVEN, headers=once)
    here.client.put(MAPPINGS, json={**GIVEN, "value": "413"}, headers=operator)
    assert here.client.put(MAPPINGS, json=GIVEN, headers=once).json() == first.json()
    assert held(here, operator) == [("TEE-BLK-M", "413")]
    other = here.client.delete(MAPPINGS, params={"kind": "sku", "key": "TEE-BLK-M"}, headers=once)
    assert (other.status_code, other.json()["code"]) == (409, "key_used_otherwise")


def test_a_refused_mapping_uses_no_key_up(here: Site, operator: dict[str, str]) -> None:
    once = {**operator, "Idempotency-Key": "k1"}
    assert here.client.put(MAPPINGS, json={**GIVEN, "value": "a name"}, headers=once).status_code == 422
    assert here.client.put(MAPPINGS, json=GIVEN, headers=once).status_code == 200


def test_a_mapping_is_changed_only_as_it_was_seen(here: Site, operator: dict[str, str]) -> None:
    seen = here.client.get(MAPPINGS, headers=operator).headers["etag"]
    assert here.client.get(MAPPINGS, headers={**operator, "If-None-Match": seen}).status_code == 304
    fits = {**operator, "If-Match": seen}
    assert here.client.put(MAPPINGS, json=GIVEN, headers=fits).status_code == 200
    late = here.client.delete(MAPPINGS, params={"kind": "sku", "key": "TEE-BLK-M"}, headers=fits)
    assert (late.status_code, late.json()["code"]) == (412, "changed_meanwhile")
    assert here.client.put(MAPPINGS, json=GIVEN, headers={**operator, "If-Match": '"x"'}).status_code == 412
    assert here.client.put(MAPPINGS, json=GIVEN, headers={**operator, "If-Match": "*"}).status_code == 200
    assert here.client.get(MAPPINGS, headers={**operator, "If-None-Match": seen}).status_code == 200


def test_a_file_is_looked_at_then_imported_then_exported(here: Site, operator: dict[str, str]) -> None:
    given = {"name": "skus.csv", "text": "kind,key,value\nsku,TEE-BLK-M,412\nsku,HAT-RED-S,413\n"}
    looked = here.client.post(f"{MAPPINGS}/import/preview", json=given, headers=operator).json()
    assert (looked["records"], len(looked["changes"]), looked["problems"]) == (2, 2, [])
    assert held(here, operator) == []
    assert here.client.post(f"{MAPPINGS}/import", json=given, headers=operator).json()["changes"] == 2
    out = here.client.get(f"{MAPPINGS}/export", params={"form": "csv"}, headers=operator)
    assert out.headers["content-type"].startswith("text/csv")
    again = {"name": "again.csv", "text": out.text}
    assert here.client.post(f"{MAPPINGS}/import", json=again, headers=operator).json()["changes"] == 0
    wrong = {"name": "skus.csv", "text": "kind,key,value\nsku,TEE-BLK-M,a name\n"}
    refused = here.client.post(f"{MAPPINGS}/import", json=wrong, headers=operator)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["where"] == "line 2"


def test_mappings_come_in_pages(here: Site, operator: dict[str, str]) -> None:
    for number in range(5):
        here.client.put(MAPPINGS, json={**GIVEN, "key": f"TEE-{number}"}, headers=operator)
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        asked = {"limit": "2", "cursor": cursor, "kind": "sku"}
        page = here.client.get(MAPPINGS, params=asked, headers=operator).json()
        rows += page["rows"]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert [one["key"] for one in rows] == [f"TEE-{number}" for number in range(5)]


def test_the_pack_is_a_file_in_each_format(here: Site, viewer: dict[str, str]) -> None:
    kinds = {}
    for form in ("json", "csv", "xlsx"):
        answer = here.client.get(f"{API}/books/pack", params={"form": form, "since": "2026-01-01"}, headers=viewer)
        kinds[answer.headers["content-disposition"]] = answer.content[:2]
    assert kinds == {
        'attachment; filename="books-2026-01-01.json"': b"{\n",
        'attachment; filename="books-2026-01-01.csv"': kinds['attachment; filename="books-2026-01-01.csv"'],
        'attachment; filename="books-2026-01-01.xlsx"': b"PK",
    }


def test_books_are_brought_up_to_date_by_who_may(here: Site, viewer: dict[str, str], operator: dict[str, str]) -> None:
    assert here.client.post(f"{API}/books/enter", headers=viewer).status_code == 403
    assert here.client.post(f"{API}/books/enter", headers=operator).json() == {"entered": 0}
    assert here.acts()[-1] == "olga enter_books"


def test_set_up_shows_no_secret(here: Site, viewer: dict[str, str]) -> None:
    answer = here.client.get(f"{API}/set-up", headers=viewer)
    shown = {f"{one['section']}.{one['key']}": one["value"] for one in answer.json()["settings"]}
    assert shown["shops[main].shopify.domain"] == "example.myshopify.com"
    assert shown["shops[main].loop.api_key"] == "***"
    assert [text for text in ("loop-key", "shop-token", "PRIVATE KEY") if text in answer.text] == []
    assert answer.json()["shops"][0]["netsuite_account"] == "1234567"


def test_the_audit_chain_is_read_page_by_page(here: Site, operator: dict[str, str]) -> None:
    here.client.put(MAPPINGS, json=GIVEN, headers=operator)
    first = here.client.get(f"{API}/audit", params={"limit": "2"}, headers=operator).json()
    assert first["rows"][0]["act"] == "change_mappings"
    second = here.client.get(f"{API}/audit", params={"limit": "2", "cursor": first["next_cursor"]}, headers=operator)
    numbers = [one["number"] for one in first["rows"] + second.json()["rows"]]
    assert numbers == sorted(numbers, reverse=True)
    mine = here.client.get(f"{API}/audit", params={"who": "olga"}, headers=operator).json()["rows"]
    assert {one["who"] for one in mine} == {"olga"}
    assert here.client.get(f"{API}/audit/verify", headers=operator).json()["fault"] == ""


def test_a_body_of_a_token_may_not_be_huge(here: Site, operator: dict[str, str]) -> None:
    answer = here.client.put(MAPPINGS, content=b"x" * 10_000_001, headers=operator)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_the_journal_of_a_return_tells_every_write(here: Site, viewer: dict[str, str]) -> None:
    fill(here.parts.stores.store, 2, 2)
    rows = here.client.get(f"{API}/returns/main/48000001/writes", headers=viewer).json()
    assert [one["entry"]["key"] for one in rows] == [f"LOOP-{name}-48000001" for name in ("RA", "IR", "CM", "RF")]
    assert here.client.get(f"{API}/returns/main/1/writes", headers=viewer).status_code == 404


def test_the_journal_of_all_is_read_page_by_page(here: Site, viewer: dict[str, str]) -> None:
    fill(here.parts.stores.store, 6, 6)
    keys: list[str] = []
    moments, cursor = [], ""
    while True:
        asked = {"limit": "3", "cursor": cursor, "sync": "refund", "state": "done", "shop": "main"}
        page = here.client.get(f"{API}/writes", params=asked, headers=viewer).json()
        keys += [one["entry"]["key"] for one in page["rows"]]
        moments += [one["entry"]["finished_at"] for one in page["rows"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert sorted(keys) == sorted(f"LOOP-{name}-{48_000_000 + n}" for name in ("CM", "RF") for n in range(1, 6))
    assert moments == sorted(moments, reverse=True)
    assert here.client.get(f"{API}/writes", params={"state": "refused"}, headers=viewer).json()["rows"] == []
