"""The API: who may do what, once only, page by page, and only what changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.store.users import Role
from tests.support.many import fill, return_id
from tests.support.web import Site, site

API = "/api/v1"
ONE = f"{API}/returns/main/{return_id(10)}"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with site(f"sqlite:///{tmp_path}/l.db", tmp_path) as made:
        fill(made.parts.stores.store, 120, 150)
        for name, role in (("vera", Role.VIEWER), ("olga", Role.OPERATOR)):
            made.add(name, role, "")
        yield made


def paths(here: Site, token: dict[str, str], *methods: str) -> list[tuple[str, str]]:
    """Every path of the description that knows one of these methods, with something in the place of its names."""
    described = here.client.get(f"{API}/openapi.json", headers=token).json()["paths"]
    names = {"{shop}": "main", "{return_id}": return_id(10), "{order_id}": "5800000000010", "{group}": "x-1"}
    found = []
    for path, ways in described.items():
        for name, value in names.items():
            path = path.replace(name, value)  # noqa: PLW2901
        found += [(method, f"{API}{path}") for method in ways if method in methods]
    return found


CHANGES = ("post", "put", "delete")

ADMINS = {f"{API}/set-up/webhooks/subscribe", f"{API}/set-up/webhooks/unsubscribe"}
"""What only admins may do."""


def test_nothing_is_shown_without_a_session_or_a_token(here: Site, viewer: dict[str, str]) -> None:
    every = paths(here, viewer, "get", *CHANGES)
    assert len(every) > 50
    assert {here.client.request(method, path).status_code for method, path in every} == {401}


def test_a_viewer_can_change_nothing(here: Site, viewer: dict[str, str]) -> None:
    before = here.acts()
    every = paths(here, viewer, *CHANGES)
    answers = [here.client.request(method, path, json={}, headers=viewer) for method, path in every]
    assert {answer.status_code for answer in answers} == {403}
    assert {answer.json()["code"] for answer in answers} == {"role_too_small"}
    assert here.acts() == before


def test_an_operator_may_do_all_but_what_is_for_admins(here: Site, operator: dict[str, str]) -> None:
    every = paths(here, operator, *CHANGES)
    answers = {path: here.client.request(method, path, json={}, headers=operator) for method, path in every}
    assert {path for path, answer in answers.items() if answer.status_code == 403} == ADMINS


def test_a_viewer_sees_everything(here: Site, viewer: dict[str, str]) -> None:
    answers = {path: here.client.get(path, headers=viewer).status_code for _, path in paths(here, viewer, "get")}
    missing = {path: status for path, status in answers.items() if status != 200}
    assert missing == {f"{API}/attention/x-1": 404}


def test_every_change_takes_a_key_of_ones_own(here: Site, viewer: dict[str, str]) -> None:
    described = here.client.get(f"{API}/openapi.json", headers=viewer).json()["paths"]
    acts = {f"{method} {path}": way for path, ways in described.items() for method, way in ways.items()}
    keyless = {
        name
        for name, way in acts.items()
        if not name.startswith("get") and "Idempotency-Key" not in {one["name"] for one in way.get("parameters", ())}
    }
    assert keyless == set()


def test_what_is_held_is_said_so_and_released_again(here: Site, operator: dict[str, str]) -> None:
    held = here.client.post(f"{ONE}/hold", json={"reason": "The warehouse asks"}, headers=operator)
    assert (held.status_code, held.json()) == (200, {"held": True})
    shown = here.client.get(ONE, headers=operator).json()
    assert (shown["row"]["standing"], shown["rest"]["by"]) == ("held", "olga")
    assert "Held by olga: The warehouse asks" in [one["text"] for one in shown["answers"]]
    assert here.client.post(f"{ONE}/release", headers=operator).status_code == 200
    again = here.client.post(f"{ONE}/release", headers=operator)
    assert (again.status_code, again.json()["code"]) == (409, "not_at_rest")
    assert here.acts()[-2:] == ["olga hold", "olga release"]
    assert here.parts.stores.audit.verify().fault == ""


def test_asked_twice_with_one_key_it_is_done_once(here: Site, operator: dict[str, str]) -> None:
    once, said = {**operator, "Idempotency-Key": "k1"}, {"text": "On it"}
    first, second = (here.client.post(f"{ONE}/comments", headers=once, json=said) for _ in range(2))
    assert first.json() == second.json()
    assert [one["text"] for one in here.client.get(ONE, headers=operator).json()["comments"]] == ["On it"]
    other = here.client.post(f"{ONE}/comments", headers=once, json={"text": "Something else"})
    assert (other.status_code, other.json()["code"]) == (409, "key_used_otherwise")


def test_what_is_as_it_was_is_not_sent_again(here: Site, operator: dict[str, str]) -> None:
    first = here.client.get(ONE, headers=operator)
    same = here.client.get(ONE, headers={**operator, "If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    here.client.post(f"{ONE}/comments", json={"text": "On it"}, headers=operator)
    changed = here.client.get(ONE, headers={**operator, "If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


def all_pages(here: Site, token: dict[str, str], path: str, **asked: str) -> list[dict[str, Any]]:
    rows, cursor = [], ""
    while True:
        page = here.client.get(path, params={**asked, "limit": "7", "cursor": cursor}, headers=token).json()
        rows += page["rows"]
        cursor = page["next_cursor"]
        if not cursor:
            return rows


def test_pages_hold_every_return_once(here: Site, viewer: dict[str, str]) -> None:
    rows = all_pages(here, viewer, f"{API}/returns")
    assert len(rows) == len({one["return_id"] for one in rows}) == 120
    moments = [one["created_at"] for one in rows]
    assert moments == sorted(moments, reverse=True)


def test_pages_hold_every_order_once(here: Site, viewer: dict[str, str]) -> None:
    rows = all_pages(here, viewer, f"{API}/orders")
    assert len({one["order_id"] for one in rows}) == len(rows) == 150


FOUND = {
    return_id(11): 1,
    "#10011": 1,
    "10011": 1,
    "Shopper5@example.com": 2,
    "tee-blk-s": 5,
    "RMA11": 1,
    "rma11": 1,
    "tee-blk-s shopper0@example.com": 1,
    "shopper1": 22,
    "nobody": 0,
}
"""How many returns are found, by what is asked for."""


def test_a_return_is_found_by_its_names(here: Site, viewer: dict[str, str]) -> None:
    assert {asked: len(all_pages(here, viewer, f"{API}/returns", q=asked)) for asked in FOUND} == FOUND


def test_a_cursor_of_somebody_else_is_refused(here: Site, viewer: dict[str, str]) -> None:
    for cursor in ("x", "W10", "WzEsMiwzXQ"):
        answer = here.client.get(f"{API}/returns", params={"cursor": cursor}, headers=viewer)
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_wrong")
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_group_is_retried_as_a_whole(here: Site, operator: dict[str, str]) -> None:
    groups = here.client.get(f"{API}/attention", headers=operator).json()
    group = next(one for one in groups if one["code"] == "amount_differs")
    members = all_pages(here, operator, f"{API}/attention/{group['group']}/members")
    assert len(members) == group["count"] > 1
    listed = all_pages(here, operator, f"{API}/returns", group=group["group"])
    assert {one["return_id"] for one in listed} == {one["subject"] for one in members}
    done = here.client.post(f"{API}/attention/{group['group']}/retry", headers=operator)
    assert done.json() == {"due": True, "subjects": group["count"]}
    keys = [here.parts.stores.returns.get("main", one["subject"]) for one in members]
    due = [here.parts.stores.due.get("main", one.order_key) for one in keys if one is not None]
    assert {one.due_at for one in due if one is not None} == {here.clock()}


def test_a_snoozed_group_comes_back(here: Site, operator: dict[str, str]) -> None:
    name = here.client.get(f"{API}/attention", headers=operator).json()[0]["group"]
    until = here.clock().replace(microsecond=0).isoformat().replace("+00:00", "Z")
    late = here.client.post(f"{API}/attention/{name}/snooze", json={"until": until}, headers=operator)
    assert (late.status_code, late.json()["code"]) == (409, "snooze_in_the_past")
    later = (here.clock().replace(year=here.clock().year + 1)).isoformat()
    assert (
        here.client.post(f"{API}/attention/{name}/snooze", json={"until": later}, headers=operator).status_code == 200
    )

    def shown(snoozed: str) -> bool:
        listed = here.client.get(f"{API}/attention", params={"snoozed": snoozed}, headers=operator).json()
        return name in {one["group"] for one in listed}

    assert (shown("false"), shown("true")) == (False, True)
    here.client.post(f"{API}/attention/{name}/snooze", json={"until": None}, headers=operator)
    assert (shown("false"), shown("true")) == (True, False)
