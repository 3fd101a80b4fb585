"""A window read again: what is new, what changed, what is as stored; kept only when asked."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from ledgerloop.engine.parts import Parts
from ledgerloop.operate.backfill import Row, read_window
from tests.support.sandbox import Sandbox, parts_of

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.control("POST", "/reset", settings=True)
    return running


@pytest.fixture
def parts(sandbox: Sandbox, tmp_path: Path) -> Iterator[Parts]:
    with parts_of(sandbox.write_config(tmp_path, policy='returns_from = "2026-02-01"')) as parts:
        yield parts


def wants_back(sandbox: Sandbox, name: str, created: datetime | None = None) -> str:
    moment = {"created_at": created.isoformat()} if created else {}
    order = sandbox.act("place_order", name=name, **moment)
    return str(sandbox.act("request_return", order_id=order["order_id"], **moment)["return_id"])


def due(parts: Parts) -> int:
    return parts.stores.due.counts(parts.clock())["due"]


def told(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row.return_id, row.what) for row in rows]


def test_a_dry_run_tells_what_is_new_and_keeps_nothing(sandbox: Sandbox, parts: Parts) -> None:
    return_id = wants_back(sandbox, "#1001")
    assert read_window(parts, BEGIN, None, store=False) == [Row("main", return_id, "#1001", "open", "new")]
    assert (parts.stores.returns.ids_known("main"), due(parts)) == (set(), 0)


def test_what_was_kept_is_the_same_the_next_time(sandbox: Sandbox, parts: Parts) -> None:
    return_id = wants_back(sandbox, "#1001")
    assert told(read_window(parts, BEGIN, None, store=True)) == [(return_id, "new")]
    assert read_window(parts, BEGIN, None, store=True) == []
    assert (parts.stores.returns.ids_known("main"), due(parts)) == ({return_id}, 1)


def test_what_changed_is_told_with_both_states(sandbox: Sandbox, parts: Parts) -> None:
    return_id = wants_back(sandbox, "#1001")
    read_window(parts, BEGIN, None, store=True)
    sandbox.act("cancel_in_loop", return_id=return_id)
    assert told(read_window(parts, BEGIN, None, store=False)) == [(return_id, "open -> cancelled")]


def test_a_window_of_many_months_is_read_whole_and_told_once(sandbox: Sandbox, parts: Parts) -> None:
    days = [parts.clock() - timedelta(days=back) for back in (250, 240, 120, 10)]
    made = [wants_back(sandbox, f"#{1001 + n}", day) for n, day in enumerate(days)]
    rows = read_window(parts, parts.clock() - timedelta(days=300), None, store=True)
    assert sorted(row.return_id for row in rows) == sorted(made)


def test_the_last_day_is_meant_whole_and_the_day_after_is_not(sandbox: Sandbox, parts: Parts) -> None:
    """Days are the shop's own: 23:30 in New York is the next day in UTC."""
    inside = wants_back(sandbox, "#1001", datetime(2026, 3, 11, 3, 30, tzinfo=UTC))
    wants_back(sandbox, "#1002", datetime(2026, 3, 11, 4, 30, tzinfo=UTC))
    day = datetime(2026, 3, 10)  # noqa: DTZ001  (as a person writes it)
    rows = read_window(parts, day, datetime.combine(day.date(), time.max), store=False)
    assert told(rows) == [(inside, "new")]


def test_returns_before_the_cut_over_are_marked_as_left_alone(sandbox: Sandbox, parts: Parts) -> None:
    return_id = wants_back(sandbox, "#1001", datetime(2026, 1, 20, 12, tzinfo=UTC))
    rows = read_window(parts, BEGIN, None, store=False)
    assert told(rows) == [(return_id, "new (before returns_from 2026-02-01: left alone)")]
