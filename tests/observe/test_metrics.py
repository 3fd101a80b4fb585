"""`/metrics` after a real refund: every figure of the dashboard and of its page is there, and says what happened."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event
from starlette.testclient import TestClient

from ledgerloop.books.record import record
from ledgerloop.tally import BOUNDS_S, Tally, Times
from ledgerloop.web.app import create_app
from ledgerloop.web.health import show_counts
from tests.support.one_refund import Shop, one_shop
from tests.support.project import ROOT
from tests.support.web import Still

DASHBOARD = ROOT / "docs" / "operate" / "dashboard.json"
PAGE = ROOT / "docs" / "operate" / "metrics.md"
NAME = re.compile(r"\b(?:ledgerloop|process)_[a-z_]+")

Scrape = dict[str, dict[str, float]]
"""Figures by name, and by the values of their labels in the order of the labels' names."""


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with one_shop() as made:
        yield made


@pytest.fixture(scope="module")
def scraped(shop: Shop) -> Scrape:
    """The figures after one refund; one return of an order that NetSuite lacks was paid out, one has a strange SKU."""
    shop.refund()
    lacking = shop.act("place_order", name="#1002", in_netsuite=False)
    paid_out = shop.act("request_return", order_id=lacking["order_id"], lines=[{"line": 0, "quantity": 1}])
    shop.act("process_in_loop", return_id=paid_out["return_id"])
    strange = shop.act("place_order", name="#1003", with_line_ids=False)
    one = shop.act("request_return", order_id=strange["order_id"], lines=[{"line": 0, "quantity": 1}])
    shop.act("tamper", return_id=one["return_id"], lines=[{"sku": "TEE-XM"}])
    shop.act("run_loop_jobs")
    shop.sync()
    parts = shop.connector.parts
    record(parts.stores.store, parts.shops["main"].policy, parts.clock())
    return scrape(shop)


def scrape(shop: Shop) -> Scrape:
    with TestClient(create_app(shop.connector.config, shop.connector.parts, Still())) as client:
        client.post("/webhooks/main/loop", content=b"{}", headers={"X-Loop-Signature": "wrong"})
        answer = client.get("/metrics")
    assert answer.status_code == 200
    return read(answer.text)


def read(text: str) -> Scrape:
    found: Scrape = {}
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            found.setdefault(one.name, {})[" ".join(value for _, value in sorted(one.labels.items()))] = one.value
    return found


def test_every_figure_of_the_dashboard_is_in_a_scrape(scraped: Scrape) -> None:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    asked += [one["expr"] for one in board["annotations"]["list"]]
    named = {name for expression in asked for name in NAME.findall(expression)}
    assert len(named) > 20
    assert named - set(scraped) == set()


def test_the_dashboard_can_be_imported_anywhere() -> None:
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    variables = {one["name"]: one["type"] for one in board["templating"]["list"]}
    assert variables["datasource"] == "datasource"
    asking = [panel for panel in board["panels"] if panel["type"] != "row"]
    assert {target["datasource"]["uid"] for panel in asking for target in panel["targets"]} == {"${datasource}"}
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_the_page_names_every_figure_and_every_panel(scraped: Scrape) -> None:
    page, board = PAGE.read_text(encoding="utf-8"), json.loads(DASHBOARD.read_text(encoding="utf-8"))
    told = [name for name in scraped if name.startswith("ledgerloop_") and not name.endswith("_created")]
    ours = {re.sub(r"_(bucket|count|sum)$", "", name) for name in told}
    assert {name for name in ours if f"`{name}`" not in page} == set()
    assert [panel["title"] for panel in board["panels"] if f"*{panel['title']}*" not in page] == []


def test_writes_are_counted_by_what_became_of_them(scraped: Scrape) -> None:
    kinds = ("returnAuthorization", "itemReceipt", "creditMemo", "customerRefund")
    written = {
        labels.split()[0]: count for labels, count in scraped["ledgerloop_writes_total"].items() if " done " in labels
    }
    assert written == dict.fromkeys(kinds, 1.0)


def test_what_waits_and_what_needs_a_person_is_shown_with_its_age(shop: Shop, scraped: Scrape) -> None:
    answers, oldest = scraped["ledgerloop_answers"], scraped["ledgerloop_oldest_seconds"]
    assert (answers["waiting return_authorization"], answers["attention return_authorization"]) == (1, 1)
    assert (answers["waiting return_flag"], oldest["waiting return_flag"]) == (0, 0)
    assert scraped["ledgerloop_returns_waiting"]["order_not_in_netsuite"] == 1
    assert scraped["ledgerloop_returns_attention"] == {"item_not_found": 1}
    shop.memory.clock.pass_by(90)
    later = scrape(shop)["ledgerloop_oldest_seconds"]
    for key in ("waiting return_authorization", "attention return_authorization"):
        assert later[key] == pytest.approx(oldest[key] + 90)


def test_what_is_left_in_the_books_is_shown_with_its_account(scraped: Scrape) -> None:
    left = scraped["ledgerloop_books_unsettled"]
    assert left
    assert scraped["ledgerloop_books_unsettled_accounts"] == {"main": len(left)}
    assert {abs(amount) for amount in left.values()} == {108.0}


def test_calls_are_counted_with_their_durations(scraped: Scrape) -> None:
    counts, buckets = scraped["ledgerloop_remote_call_seconds_count"], scraped["ledgerloop_remote_call_seconds_bucket"]
    for remote in ("loop", "netsuite", "shopify"):
        assert counts[f"{remote} ok main"] > 3
        assert buckets[f"+Inf {remote} ok main"] == counts[f"{remote} ok main"]


def test_every_remote_shows_how_long_ago_it_was_read(shop: Shop, scraped: Scrape) -> None:
    assert set(scraped["ledgerloop_poll_lag_seconds"]) == {"loop main", "netsuite main", "shopify main"}
    assert max(scraped["ledgerloop_poll_lag_seconds"].values()) < 60
    account = shop.connector.config.shops[0].netsuite.account
    assert scraped["ledgerloop_netsuite_slots_limit"] == {account: 2.0}


def test_a_scrape_is_a_handful_of_statements_that_read_indexes_alone(shop: Shop) -> None:
    store, asked = shop.connector.parts.stores.store, []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        scrape(shop)
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    asked = [one for one in asked if one[0].startswith("SELECT")]
    assert 5 < len(asked) < 25
    with closing(sqlite3.connect(shop.connector.database)) as database:
        plans = [row[3] for one in asked for row in database.execute(f"EXPLAIN QUERY PLAN {one[0]}", one[1])]
    large = ("outcomes", "journal", "due", "inbox", "calls", "entries", "timeline", "documents", "orders")
    assert [plan for plan in plans if re.fullmatch(rf"SCAN ({'|'.join(large)})", plan)] == []


def test_durations_are_counted_up_to_each_bound() -> None:
    times = Times()
    for took_s in (0.05, 0.06, 3.0, 500.0):
        times.add(took_s, "loop")
    [one] = times.all()
    assert (one.labels, one.count) == (("loop",), 4)
    assert one.sum_s == pytest.approx(503.11)
    assert dict(zip(BOUNDS_S, one.up_to, strict=True)) == {
        **dict.fromkeys(BOUNDS_S, 3),
        0.05: 1,
        0.1: 2,
        0.25: 2,
        0.5: 2,
        1.0: 2,
        2.5: 2,
    }


def test_a_worker_shows_what_it_counts_at_a_port_of_its_own() -> None:
    tally = Tally()
    tally.writes.add("main", "refund", "creditMemo", "done")
    with show_counts(tally, "127.0.0.1", 0) as port:
        found = read(httpx2.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text)
    assert found["ledgerloop_writes_total"] == {"creditMemo done main refund": 1.0}


def test_cases_are_counted_by_what_happens_to_them(shop: Shop) -> None:
    due, now = shop.connector.parts.stores.due, shop.connector.parts.clock()
    before = due.counts(now)
    due.mark("main", "1", now, "test")
    due.mark("main", "2", now + timedelta(hours=1), "test")
    due.mark("main", "3", now, "test")
    [claim] = due.claim("me", now, 1, 60, keys=[("main", "3")])
    added = {state: count - before[state] for state, count in due.counts(now).items()}
    assert added == {"due": 1, "claimed": 1, "waiting": 1, "sleeping": 0}
    due.finish(claim, None)
    assert due.counts(now)["sleeping"] == before["sleeping"] + 1
