"""Loop's list: states left out unless asked for, windows of 120 days, cursors without their parameters."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from ledgerloop.outcome import CredentialsRefused, Unreachable
from ledgerloop.remotes.loop.client import ALL_FIVE, LoopClient
from ledgerloop.remotes.loop.paging import windows
from tests.support.scripted import Asked, Scripted, answer

START = datetime(2026, 1, 1, tzinfo=UTC)
OWN = ("from", "to", "filter", "state", "paginate", "pageSize")


def client_of(loop: Scripted) -> LoopClient:
    http = loop.http("loop", "https://loop.example.com/api")
    return LoopClient(http, "key", "2026-07", loop.pace, loop.time.clock, sleep=loop.time.sleep)


def page(ids: list[int], next_page: str | None = None) -> httpx2.Response:
    return answer(
        200, {"returns": [{"id": str(one)} for one in ids], "nextPageUrl": next_page, "previousPageUrl": None}
    )


def url(cursor: str) -> str:
    """A next page as Loop's own sample shows it: without from, state and paginate."""
    return (
        f"https://api.loopreturns.com/api/v1/warehouse/return/list?to=x&filter=created_at&pageSize=100&cursor={cursor}"
    )


def read(loop: Scripted, days: float = 1, **asked: Any) -> list[str]:
    rows = client_of(loop).list_returns(since=START, until=START + timedelta(days=days), **asked)
    return [row["id"] for row in rows]


def test_all_five_states_are_asked_for_one_by_one() -> None:
    loop = Scripted(respond=lambda asked: page([len(asked.query["state"])]))

    assert read(loop) == ["4", "6", "6", "9", "7"]
    assert [asked.query["state"] for asked in loop.asked] == list(ALL_FIVE)
    assert loop.asked[0].query == {
        "from": "2026-01-01T00:00:00.000Z",
        "to": "2026-01-02T00:00:00.000Z",
        "filter": "updated_at",
        "state": "open",
        "paginate": "true",
        "pageSize": "250",
    }
    assert loop.pace.taken == 5


def test_the_next_page_is_asked_with_our_own_parameters_and_loops_cursor() -> None:
    loop = Scripted(page([1, 2], url("eyJhIjoiMSJ9")), page([3], url("b%2Bc%3D%3D")), page([4]))

    assert read(loop, states=["closed"], filter="created_at", page_size=2) == ["1", "2", "3", "4"]
    assert [asked.query.get("cursor") for asked in loop.asked] == [None, "eyJhIjoiMSJ9", "b+c=="]
    assert [{key: asked.query[key] for key in OWN} for asked in loop.asked[1:]] == [
        {key: loop.asked[0].query[key] for key in OWN}
    ] * 2
    assert {asked.path for asked in loop.asked} == {"/api/2026-07/warehouse/return/list"}


def cursor_at(**moments: str) -> str:
    """A cursor as Loop's own sample holds it: a moment in whole seconds, and nothing to tell two of it apart."""
    return base64.urlsafe_b64encode(json.dumps({**moments, "_pointsToNextItems": True}).encode()).decode().rstrip("=")


def an_edge(asked: Asked, next_page: str) -> httpx2.Response:
    """Returns 2 and 3 share the second in which the first page ends; the second page leaves 3 out."""
    if asked.query.get("cursor"):
        return page([4])
    if asked.query["pageSize"] == "750":
        return page([2, 3])
    rows = [{"id": one, "updated_at": "2026-01-01T10:00:00.000Z"} for one in (1, 2)]
    return answer(200, {"returns": rows, "nextPageUrl": url(next_page), "previousPageUrl": None})


@pytest.mark.parametrize(
    ("cursor", "by"),
    [
        (cursor_at(updated_at="2026-01-01 10:00:00"), "updated_at"),
        (cursor_at(created_at="2026-01-01 10:00:00"), "created_at"),
        ("opaque", "updated_at"),
    ],
)
def test_what_shares_the_second_of_a_pages_edge_is_not_left_out(cursor: str, by: str) -> None:
    loop = Scripted(respond=lambda asked: an_edge(asked, cursor))

    assert read(loop, states=["review"], page_size=2) == [1, 2, "3", "4"]
    assert loop.asked[1].query == {
        "from": "2026-01-01T10:00:00.000Z",
        "to": "2026-01-01T10:00:01.000Z",
        "filter": by,
        "state": "review",
        "paginate": "true",
        "pageSize": "750",
    }
    assert len(loop.asked) == 3


def test_a_bare_plus_in_a_cursor_stays_a_plus() -> None:
    loop = Scripted(page([1], url("b+c")), page([2]))

    read(loop, states=["open"])

    assert loop.asked[1].query["cursor"] == "b+c"


def test_300_days_are_read_in_chained_windows_of_at_most_120_days() -> None:
    loop = Scripted(respond=lambda asked: page([]))

    read(loop, days=300, states=["open", "closed"])

    asked = [(one.query["from"][:10], one.query["to"][:10], one.query["state"]) for one in loop.asked]
    assert asked == [
        ("2026-01-01", "2026-05-01", "open"),
        ("2026-01-01", "2026-05-01", "closed"),
        ("2026-05-01", "2026-08-29", "open"),
        ("2026-05-01", "2026-08-29", "closed"),
        ("2026-08-29", "2026-10-28", "open"),
        ("2026-08-29", "2026-10-28", "closed"),
    ]


@pytest.mark.parametrize(
    ("days", "count"), [(0, 0), (-1, 0), (1 / 86_400, 1), (120, 1), (120 + 1 / 86_400, 2), (240, 2), (365, 4)]
)
def test_windows_leave_no_gap_and_none_is_too_long(days: float, count: int) -> None:
    until = START + timedelta(days=days)
    cut = list(windows(START, until))

    assert len(cut) == count
    assert all(end - start <= timedelta(days=120) for start, end in cut)
    assert [end for _, end in cut[:-1]] == [start for start, _ in cut[1:]]
    assert not cut or (cut[0][0], cut[-1][1]) == (START, until)


def test_windows_are_widened_to_whole_seconds() -> None:
    since, until = START + timedelta(microseconds=900), START + timedelta(days=120, microseconds=1)

    assert list(windows(since, until)) == [
        (START, START + timedelta(days=120)),
        (START + timedelta(days=120), START + timedelta(days=120, seconds=1)),
    ]


def test_a_list_without_pagination_is_read_too() -> None:
    loop = Scripted(answer(200, [{"id": "1"}, {"id": 2}]))

    assert read(loop, states=["open"]) == ["1", 2]


@pytest.mark.parametrize("next_page", [url("same"), "https://api.loopreturns.com/api/v1/list?to=x", "nonsense"])
def test_a_full_page_that_leads_nowhere_is_told_rather_than_returns_left_out(next_page: str) -> None:
    loop = Scripted(page([1, 2], url("same")), page([3, 4], next_page))

    with pytest.raises(Unreachable) as caught:
        read(loop, states=["open"], page_size=2)

    assert caught.value.code == "loop_pages_broken"
    assert len(loop.asked) == 2


@pytest.mark.parametrize("next_page", [url("same"), "https://api.loopreturns.com/api/v1/list?to=x", ""])
def test_a_last_page_that_is_not_full_ends_the_list_whatever_it_names_as_next(next_page: str) -> None:
    loop = Scripted(page([1, 2], url("same")), page([3], next_page))

    assert read(loop, states=["open"], page_size=2) == ["1", "2", "3"]
    assert len(loop.asked) == 2


def test_a_page_that_fails_is_read_again_and_none_is_lost() -> None:
    loop = Scripted(page([1], url("c")), answer(500, {}), httpx2.ReadTimeout("late"), page([2]))

    assert read(loop, states=["open"], page_size=1) == ["1", "2"]
    assert [asked.query.get("cursor") for asked in loop.asked] == [None, "c", "c", "c"]


def test_a_list_that_is_a_refusal_is_one() -> None:
    body = {"error": {"code": "401", "http_code": "GEN-UNAUTHORIZED", "message": "Unauthorized."}}

    with pytest.raises(CredentialsRefused):
        read(Scripted(answer(200, body)))


@pytest.mark.parametrize("body", [{"returns": None}, {"returns": [{"state": "open"}]}, {"returns": ["x"]}, 5])
def test_a_list_that_makes_no_sense_is_not_taken_for_an_empty_one(body: object) -> None:
    with pytest.raises(Unreachable) as caught:
        read(Scripted(answer(200, body)))

    assert caught.value.code == "loop_malformed"


def test_a_return_that_changes_its_state_meanwhile_may_come_twice() -> None:
    def respond(asked: Asked) -> httpx2.Response:
        return page([1] if asked.query["state"] in ("open", "closed") else [])

    assert read(Scripted(respond=respond)) == ["1", "1"]
