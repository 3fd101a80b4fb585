"""Two processes on one SQLite file: no record twice, whoever is first, and both end well."""

import pytest

from tests.acceptance.trade import Trade
from tests.support.processes import Started
from tests.support.serving import Running, wait_until

RETURNS = 8


def ended(process: Started) -> int:
    out, err = process.communicate(timeout=240)
    assert process.returncode in (0, 1), out + err
    return process.returncode


def assert_each_once(trade: Trade) -> None:
    for kind in ("returnAuthorization", "itemReceipt", "creditMemo", "customerRefund"):
        assert len(trade.records(kind)) == RETURNS
    assert trade.books() == {}


def test_sync_twice_at_once_on_one_database_writes_every_record_once(trade: Trade) -> None:
    for number in range(RETURNS):
        trade.process_by_hand(trade.wants_back(trade.order(f"#{3000 + number}")))
    trade.sandbox.control("POST", "/latency", remote="netsuite", seconds=0.05)

    first, second = trade.start("sync"), trade.start("sync")

    assert [ended(first), ended(second)] == [0, 0]
    assert_each_once(trade)
    log = trade.sandbox.log("netsuite")
    assert log["peak"] <= 2, "the configured concurrency holds over both"


def test_sync_beside_serve_follows_it_and_writes_nothing_twice(trade: Trade) -> None:
    running = Running(trade.config)
    try:
        for number in range(RETURNS):
            trade.process_by_hand(trade.wants_back(trade.order(f"#{3000 + number}")))
        codes = [ended(trade.start("sync")), ended(trade.start("sync"))]
        wait_until(lambda: len(trade.records("customerRefund")) == RETURNS, 120)
    finally:
        status = running.stop()

    assert codes == [0, 0]
    assert status == 0
    assert_each_once(trade)


@pytest.mark.parametrize("arguments", [("retry", "{}"), ("sync", "--return", "{}")])
def test_a_command_about_one_return_beside_serve_marks_it_due_and_follows(
    trade: Trade, arguments: tuple[str, ...]
) -> None:
    order = trade.order(in_netsuite=False)
    return_id = trade.wants_back(order)
    trade.process_by_hand(return_id)
    running = Running(trade.config)
    try:
        wait_until(lambda: "order_not_in_netsuite" in trade.codes(return_id), 60)
        trade.act("bring_to_netsuite", order_id=order["order_id"])
        done = trade.command(*(one.format(return_id) for one in arguments))
        assert done.returncode == 0, done.stdout + done.stderr
        assert trade.record("customerRefund")["total"] == "108.00"
    finally:
        running.stop()
