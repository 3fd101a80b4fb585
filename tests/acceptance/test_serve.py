"""`serve` and `work` from outside: they do what is due by themselves, survive being killed, and end in order."""

import signal
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from ledgerloop.store.tables import journal
from tests.acceptance.trade import CAP, TWO_TEES, Trade
from tests.support.processes import command
from tests.support.sandbox import Sandbox, parts_of
from tests.support.serving import Running, wait_until

REFUNDED = {"returnAuthorization", "itemReceipt", "creditMemo", "customerRefund"}
TRANSFORM = "!transform/returnAuthorization"


ON_POSTGRESQL_IN_THE_SOAK = pytest.mark.parametrize(
    "shop", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True
)


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(trade: Trade, request: pytest.FixtureRequest) -> Trade:
    """A shop whose database is on either."""
    if request.param == "postgresql":
        trade.policy(database=request.getfixturevalue("postgres_url"), every_s=3600)
    else:
        trade.policy(every_s=3600)
    trade.rewrite(('public_url = "https://returns.example.com"', 'public_url = ""'))
    return trade


def journal_states(shop: Trade) -> list[str]:
    with parts_of(shop.config) as parts, parts.stores.store.reading() as tx:
        return list(tx.execute(select(journal.c.state).order_by(journal.c.key)).scalars())


def claimed(shop: Trade) -> int:
    with parts_of(shop.config) as parts:
        return parts.stores.due.counts()["claimed"]


def test_what_webhooks_announce_is_authorised_received_and_refunded_without_any_poll(
    shop: Trade, sandbox: Sandbox
) -> None:
    shop.act("loop_settings", job_delay_s=0.1)
    with Running(shop.config) as serve:
        wait_until(lambda: 'poll_lag_seconds{remote="loop"' in serve.client.get("/metrics").text)
        serve.hears(sandbox)
        returns = [shop.wants_back(shop.order(f"#{number}")) for number in range(1001, 1004)]
        wait_until(lambda: len(shop.records("returnAuthorization")) == 3)
        for return_id in returns:
            shop.process_by_hand(return_id)
        wait_until(lambda: len(shop.records("customerRefund")) == 3)
        assert serve.stop() == 0
    assert {kind: len(found) for kind, found in shop.totals().items()} == dict.fromkeys(REFUNDED, 3)
    assert {one["state"] for one in sandbox.control("GET", "/deliveries")["deliveries"]} == {"delivered"}


@pytest.mark.soak
def test_what_polls_find_is_done_without_any_webhook(trade: Trade) -> None:
    trade.act("loop_settings", job_delay_s=0.1)
    return_id = trade.wants_back(trade.order())
    with Running(trade.config) as serve:
        wait_until(lambda: trade.records("returnAuthorization"))
        trade.receive(return_id)
        wait_until(lambda: trade.records("customerRefund"))
        assert trade.loop(return_id)["calls"] == {"process": 1}
        assert serve.stop() == 0


@ON_POSTGRESQL_IN_THE_SOAK
def test_killed_between_deciding_and_writing_the_new_decision_follows_the_new_world(
    shop: Trade, sandbox: Sandbox
) -> None:
    order = shop.order(lines=[TWO_TEES, CAP])
    return_id = shop.wants_back(order, {"line": 0, "quantity": 1}, {"line": 1, "quantity": 1})
    shop.fault("netsuite", "hold_request", match=TRANSFORM)
    with Running(shop.config) as serve:
        wait_until(lambda: sandbox.control("GET", "/held")["netsuite"] == 1)
        serve.kill()
    assert shop.records() == []

    shop.act("edit_return", return_id=return_id, remove_lines=[1])
    with Running(shop.config) as serve:
        wait_until(lambda: shop.records("returnAuthorization"))
        assert serve.stop() == 0
    [authorization] = shop.records("returnAuthorization")
    assert [line["sku"] for line in authorization["lines"]] == ["TEE"]


def test_killed_between_the_write_and_its_note_there_is_one_record(shop: Trade, sandbox: Sandbox) -> None:
    shop.wants_back(shop.order())
    shop.fault("netsuite", "hold_answer", match=TRANSFORM)
    with Running(shop.config) as serve:
        wait_until(lambda: sandbox.control("GET", "/held")["netsuite"] == 1)
        serve.kill()
    assert len(shop.records("returnAuthorization")) == 1

    sandbox.control("POST", "/release")
    with Running(shop.config) as serve:
        wait_until(lambda: "done" in journal_states(shop))
        assert serve.stop() == 0
    assert len(shop.records("returnAuthorization")) == 1
    assert journal_states(shop) == ["done"]


@ON_POSTGRESQL_IN_THE_SOAK
def test_told_to_stop_it_finishes_what_runs_and_begins_nothing_more(shop: Trade, sandbox: Sandbox) -> None:
    shop.wants_back(shop.order())
    shop.fault("netsuite", "hold_answer", match=TRANSFORM, delay_s=2.0)
    with Running(shop.config) as serve:
        wait_until(lambda: sandbox.control("GET", "/held")["netsuite"] == 1)
        assert serve.stop() == 0
    assert journal_states(shop) == ["done"]
    assert claimed(shop) == 0


def test_interrupted_by_a_person_it_ends_in_order_too(trade: Trade) -> None:
    with Running(trade.config) as serve:
        assert serve.stop(signal.SIGINT) == 0


def test_a_second_engine_on_one_sqlite_file_is_refused(trade: Trade) -> None:
    with Running(trade.config) as serve:
        second = command(trade.config, "serve")
        assert (second.returncode, "engine_runs" in second.stderr) == (2, True)
        assert serve.client.get("/readyz").status_code == 200


def test_work_with_sqlite_says_why_not(trade: Trade) -> None:
    done = command(trade.config, "work")
    assert (done.returncode, "PostgreSQL" in done.stderr) == (2, True)


def test_an_address_that_is_taken_is_refused_in_plain_words(trade: Trade, tmp_path: Path) -> None:
    with Running(trade.config) as serve:
        other = tmp_path / "other"
        other.mkdir()
        config = trade.sandbox.write_config(other)
        config.write_text(config.read_text().replace("port = 0", f"port = {serve.url.rpartition(':')[2]}"))
        done = command(config, "serve")
    assert (done.returncode, "cannot_listen" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


@pytest.mark.soak
def test_a_remote_that_fails_does_not_stop_the_others(trade: Trade, sandbox: Sandbox) -> None:
    sandbox.fault("shopify", "error_500", times=10_000)
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)
    with Running(trade.config) as serve:
        wait_until(lambda: "shopify_failed" in trade.codes(return_id))
        figures = serve.client.get("/metrics").text
        read = [one in figures for one in ('poll_lag_seconds{remote="netsuite"', 'poll_lag_seconds{remote="shopify"')]
        assert read == [True, False]
        assert serve.client.get("/readyz").status_code == 200
        assert serve.stop() == 0


def test_serve_and_two_workers_drain_returns_with_no_record_twice(
    trade: Trade, sandbox: Sandbox, postgres_url: str
) -> None:
    trade.policy(database=postgres_url, concurrency=3, every_s=2)
    trade.act("loop_settings", job_delay_s=0.1)
    sandbox.control("POST", "/latency", remote="netsuite", seconds=0.02)
    with (
        Running(trade.config) as serve,
        Running(trade.config, "work", "Working") as first,
        Running(trade.config, "work", "Working") as second,
    ):
        for number in range(1001, 1021):
            trade.process_by_hand(trade.wants_back(trade.order(f"#{number}")))
        wait_until(lambda: len(trade.records("customerRefund")) >= 20, 90)
        assert [one.stop() for one in (first, second, serve)] == [0, 0, 0]
    assert {kind: len(found) for kind, found in trade.totals().items()} == dict.fromkeys(REFUNDED, 20)
    assert len({one["externalId"] for one in trade.records()}) == 80
    log = sandbox.log("netsuite")
    assert (log["traffic"]["peak"] <= 3, log["traffic"]["blocked"]) == (True, 0)


@pytest.mark.soak
def test_what_a_killed_worker_had_is_taken_over_by_the_others(
    trade: Trade, sandbox: Sandbox, postgres_url: str
) -> None:
    trade.policy(database=postgres_url, every_s=3600)
    trade.fault("netsuite", "hold_request", match=TRANSFORM)
    trade.wants_back(trade.order())
    with Running(trade.config) as first:
        wait_until(lambda: sandbox.control("GET", "/held")["netsuite"] == 1)
        with Running(trade.config, "work", "Working") as second:
            first.kill()
            began = time.monotonic()
            wait_until(lambda: trade.records("returnAuthorization"))
            assert time.monotonic() - began < 15
            assert second.stop() == 0
    assert len(trade.records("returnAuthorization")) == 1
