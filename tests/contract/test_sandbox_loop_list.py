"""The returns list of the Loop simulator: silent narrowing, windows, a cursor that loses filters and ties."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from ledgerloop_sandbox.handle import Handle, fresh

LIST = "/warehouse/return/list"


@pytest.fixture(scope="module")
def running() -> Iterator[Handle]:
    with Handle("--empty") as handle:
        yield handle


@pytest.fixture
def sandbox(running: Handle) -> Iterator[Handle]:
    with fresh(running) as handle:
        handle.control("POST", "/loop/settings", rate_limit=100_000)
        yield handle


@pytest.fixture
def loop(sandbox: Handle) -> Iterator[httpx2.Client]:
    headers = {"X-Authorization": sandbox.credentials["loop_api_key"]}
    with httpx2.Client(base_url=f"{sandbox.loop}/api/2026-07", headers=headers, trust_env=False) as client:
        yield client


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).strftime("%Y-%m-%dT%H:%M:%SZ")


def make(sandbox: Handle, name: str, **wish: Any) -> str:
    order = sandbox.act("place_order", name=name, in_netsuite=False)
    return str(sandbox.act("request_return", order_id=order["order_id"], **wish)["return_id"])


def ids(answer: httpx2.Response) -> list[str]:
    body = answer.json()
    return [row["id"] for row in (body if isinstance(body, list) else body["returns"])]


def test_without_a_window_only_the_last_day_is_listed(sandbox: Handle, loop: httpx2.Client) -> None:
    sandbox.control("POST", "/loop/settings", label_on_create=False)
    make(sandbox, "#1", created_at=ago(hours=30))
    young = make(sandbox, "#2")
    assert ids(loop.get(LIST)) == [young]


def test_without_a_state_cancelled_and_review_are_left_out(sandbox: Handle, loop: httpx2.Client) -> None:
    acts = ["", "process_in_loop", "expire_in_loop", "cancel_in_loop", "flag_in_loop"]
    made = [make(sandbox, f"#{n}") for n in range(len(acts))]
    for act, return_id in zip(acts, made, strict=True):
        if act:
            sandbox.act(act, return_id=return_id)
    assert sorted(ids(loop.get(LIST))) == made[:3]
    for state, return_id in zip(("open", "closed", "expired", "cancelled", "review"), made, strict=True):
        assert ids(loop.get(LIST, params={"state": state})) == [return_id]


def test_a_window_over_120_days_is_422(loop: httpx2.Client) -> None:
    answer = loop.get(LIST, params={"from": ago(days=121)})
    assert answer.status_code == 422
    assert list(answer.json()) == ["message", "errors"]
    assert list(answer.json()["errors"]) == ["from"]
    assert loop.get(LIST, params={"from": ago(days=119)}).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("state", "lost"), ("filter", "id"), ("pageSize", "751"), ("from", "yesterday"), ("cursor", "%%%")],
)
def test_wrong_parameters_are_422(loop: httpx2.Client, name: str, value: str) -> None:
    answer = loop.get(LIST, params={name: value})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [name])


def test_without_paginate_it_is_a_bare_array_with_text_ids(sandbox: Handle, loop: httpx2.Client) -> None:
    return_id = make(sandbox, "#1")
    sandbox.act("process_in_loop", return_id=return_id)
    (row,) = loop.get(LIST).json()
    assert row["id"] == return_id
    assert row["created_at"].endswith(".000Z")
    assert row["was_processed"] is True
    assert row["outcomes_processed_at"]["refund_processed"]["timezone"] == "UTC"
    assert row["shopify_refund_object"][0]["return_id"] == int(return_id)
    assert "refunds" not in row


def test_the_next_page_loses_from_state_and_paginate(sandbox: Handle, loop: httpx2.Client) -> None:
    for n in range(3):
        make(sandbox, f"#{n}", created_at=ago(minutes=n + 1))
    params = {"from": ago(days=2), "to": ago(days=-1), "state": "open", "filter": "created_at"}
    page = loop.get(LIST, params={**params, "paginate": "true", "pageSize": 2}).json()
    query = parse_qs(urlsplit(page["nextPageUrl"]).query)
    assert sorted(query) == ["cursor", "filter", "pageSize", "to"]
    cursor = json.loads(base64.urlsafe_b64decode(query["cursor"][0] + "=="))
    assert sorted(cursor) == ["_pointsToNextItems", "created_at"]
    assert len(cursor["created_at"]) == len("2026-03-02 18:04:11")
    bare = loop.get(page["nextPageUrl"])
    assert isinstance(bare.json(), list)
    last = loop.get(LIST, params={**params, "paginate": "true", "pageSize": 2, "cursor": query["cursor"][0]}).json()
    assert (len(page["returns"]), len(last["returns"]), last["nextPageUrl"]) == (2, 1, None)


def test_rows_of_the_same_second_are_lost_at_a_page_edge(sandbox: Handle, loop: httpx2.Client) -> None:
    at = ago(minutes=5)
    for n in range(3):
        make(sandbox, f"#{n}", created_at=at)
    params = {"paginate": "true", "pageSize": "2"}
    page = loop.get(LIST, params=params).json()
    cursor = parse_qs(urlsplit(page["nextPageUrl"]).query)["cursor"][0]
    assert ids(loop.get(LIST, params={**params, "cursor": cursor})) == []
    sandbox.control("POST", "/loop/settings", cursor_ties="keep")
    assert len(ids(loop.get(LIST, params=params))) == 3


def test_updated_at_moves_with_every_change(sandbox: Handle, loop: httpx2.Client) -> None:
    sandbox.control("POST", "/loop/settings", label_on_create=False)
    return_id = make(sandbox, "#1", created_at=ago(days=5))
    window = {"filter": "updated_at", "from": ago(minutes=5), "state": "open"}
    assert ids(loop.get(LIST, params=window)) == []
    sandbox.act("set_label", return_id=return_id, status="in_transit")
    assert ids(loop.get(LIST, params=window)) == [return_id]
