"""`ledgerloop feed`: orders that NetSuite refuses by REST go out as files, each once, and are done when they arrive."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from ledgerloop.cli.main import MODULES, app_with
from ledgerloop.operate.feeds import make as feeds
from ledgerloop.operate.feeds.columns import COLUMNS
from tests.acceptance.trade import Record, Trade
from tests.support.sandbox import parts_of
from tests.support.sftp import sftp_server

LOOP = 1662707
TEE = {"sku": "TEE-M", "quantity": 2, "price": "50.00", "tax_rate": "0.08"}
LONG_AGO = "2026-11-03T10:15:30-05:00"
"""A sale in a store waits half an hour for Loop to tell what of it is return credit."""

CAP = {"sku": "CAP", "quantity": 1, "price": "30.00"}
SALE = {"salesOrder": "sales-orders", "cashSale": "cash-sales"}


def refusing(trade: Trade, *kinds: str) -> None:
    """NetSuite refuses these records by REST from now on."""
    details = {"detail": "Please enter a value for Terms.", "o:errorCode": "USER_ERROR"}
    body = {"title": "Bad Request", "status": 400, "o:errorDetails": [details]}
    for kind in kinds:
        trade.fault("netsuite", "too_many", match=f"/record/v1/{kind}", times=10_000, status=400, body=body)


def accepting(trade: Trade) -> None:
    trade.sandbox.control("DELETE", "/faults")


@pytest.fixture
def shop(trade: Trade) -> Trade:
    """A shop whose NetSuite refuses orders by REST; customers it takes."""
    trade.policy("settle_s = 0")
    refusing(trade, *SALE)
    return trade


def exchange(trade: Trade, name: str = "EXC-1042", **wish: Any) -> str:
    """Loop makes an exchange order; gives its Shopify id."""
    given = {"lines": [TEE, CAP], "app_id": LOOP, "note": "Loop exchange for order #1042", **wish}
    return str(trade.act("create_order", name=name, **given)["order_id"])


@dataclass(frozen=True)
class Done:
    """A command that ended."""

    status: int
    stdout: str
    stderr: str


def command(trade: Trade, *arguments: str) -> Done:
    """A command within this process, which is quicker than one of its own."""
    before = structlog.get_config()
    done = CliRunner().invoke(app_with(MODULES), [*arguments, "--config", str(trade.config)])
    structlog.configure(**before)
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout_bytes.decode("utf-8"), done.stderr)


def feed(trade: Trade, kind: str, *arguments: str) -> Done:
    done = command(trade, "feed", kind, *arguments)
    assert done.status == 0, done.stderr
    return done


def rows(done: Done) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(done.stdout, newline=""), strict=True))


def external_ids(done: Done) -> list[str]:
    return list(dict.fromkeys(row["externalId"] for row in rows(done)))


def number(done: Done) -> str:
    """The number of the feed that was made, as stderr says it."""
    return done.stderr.split("Feed ", 1)[1].split(":", 1)[0]


def arrive(trade: Trade, kind: str, done: Done) -> None:
    """Somebody imports the file into NetSuite; every row must be accepted."""
    answer = trade.act("import_csv", kind=kind.replace("-", "_"), text=done.stdout)
    assert answer["refused"] == [], answer


def sales(trade: Trade) -> list[Record]:
    return [one for kind in SALE for one in trade.sandbox.records(kind)]


def test_an_order_that_netsuite_refused_goes_out_in_a_feed(shop: Trade) -> None:
    order_id = exchange(shop)
    shop.sync()
    assert sales(shop) == []

    found = rows(feed(shop, "sales-orders"))

    assert {row["externalId"] for row in found} == {f"SHOP-SO-{order_id}"}
    assert [(row["quantity"], row["price"]) for row in found] == [("2", "50.00"), ("1", "30.00")]
    assert {row["orderNote"] for row in found} == {"Loop exchange for order #1042"}
    assert all(row["customer"].isdecimal() and row["item"].isdecimal() for row in found)
    assert {tuple(row) for row in found} == {tuple(COLUMNS["sales-orders"])}


def test_each_order_goes_out_once_also_as_the_other_kind_and_after_another_sync(shop: Trade) -> None:
    first = exchange(shop)
    shop.sync()
    assert external_ids(feed(shop, "sales-orders")) == [f"SHOP-SO-{first}"]

    again = feed(shop, "sales-orders")
    assert rows(again) == []
    assert "1 order(s) of earlier feeds are not in NetSuite yet" in again.stderr
    second = exchange(shop, "EXC-1043")
    shop.sync()

    assert external_ids(feed(shop, "sales-orders")) == [f"SHOP-SO-{second}"]
    assert rows(feed(shop, "cash-sales")) == []


def test_an_order_in_a_feed_is_not_written_by_rest_until_netsuite_shows_it(shop: Trade) -> None:
    order_id = exchange(shop)
    shop.sync()
    sent = feed(shop, "sales-orders")
    accepting(shop)

    shop.sync()
    assert sales(shop) == []
    assert shop.codes(f"order:{order_id}") == {"order_in_feed"}

    arrive(shop, "sales-orders", sent)
    shop.sync()
    shop.sync()

    assert [one["externalId"] for one in sales(shop)] == [f"SHOP-SO-{order_id}"]
    with parts_of(shop.config) as parts:
        assert parts.stores.feeds.open("main") == []
    assert "not in NetSuite yet" not in feed(shop, "sales-orders").stderr


def test_an_exchange_in_the_store_is_a_selection_of_its_own_among_cash_sales(shop: Trade) -> None:
    shop.policy("settle_s = 0", 'order_channels = ["*"]')
    loops = exchange(shop, "EXC-1", pos=True, created_at=LONG_AGO)
    tills = str(shop.act("create_order", name="#2001", lines=[CAP], pos=True)["order_id"])
    shop.sync()

    first, second = feed(shop, "cash-sales"), feed(shop, "cash-sales")

    assert external_ids(first) == [f"SHOP-CS-{loops}"]
    assert "More orders can go out" in first.stderr
    assert external_ids(second) == [f"SHOP-CS-{tills}"]
    assert rows(feed(shop, "sales-orders")) == []
    assert {tuple(row) for row in rows(first)} == {tuple(COLUMNS["cash-sales"])}
    for one in (first, second):
        arrive(shop, "cash-sales", one)
    assert sorted(one["externalId"] for one in sales(shop)) == sorted(f"SHOP-CS-{one}" for one in (loops, tills))


def test_only_one_channel_may_be_asked_for(shop: Trade) -> None:
    shop.policy("settle_s = 0", 'order_channels = ["*"]')
    exchange(shop, "EXC-1", pos=True, created_at=LONG_AGO)
    tills = str(shop.act("create_order", name="#2001", lines=[CAP], pos=True)["order_id"])
    shop.sync()

    assert external_ids(feed(shop, "cash-sales", "--channel", "POS_SALES_CHANNEL")) == [f"SHOP-CS-{tills}"]


def test_an_old_feed_is_printed_once_more_as_it_was(shop: Trade) -> None:
    exchange(shop, note='Größe "M", then\nleft')
    shop.sync()
    first = feed(shop, "sales-orders")

    assert feed(shop, "sales-orders", "--again", number(first)).stdout == first.stdout
    for kind, wanted in (("cash-sales", number(first)), ("sales-orders", "99")):
        assert command(shop, "feed", kind, "--again", wanted).status == 3


def test_a_file_is_written_whole_under_a_name_with_its_number(shop: Trade, tmp_path: Path) -> None:
    order_id = exchange(shop)
    shop.sync()

    done = feed(shop, "sales-orders", "--format", "json", "--out", str(tmp_path / "so-{feed}.json"))

    assert done.stdout == ""
    [written] = tmp_path.glob("so-*")
    assert written.name == f"so-{number(done)}.json"
    assert {row["externalId"] for row in json.loads(written.read_text("utf-8"))} == {f"SHOP-SO-{order_id}"}
    assert {row["externalId"] for row in json.loads(feed(shop, "sales-orders", "--again", number(done)).stdout)} == {
        f"SHOP-SO-{order_id}"
    }


def test_a_file_that_cannot_be_written_is_not_lost(shop: Trade, tmp_path: Path) -> None:
    exchange(shop)
    shop.sync()

    done = command(shop, "feed", "sales-orders", "--out", str(tmp_path / "nowhere" / "so.csv"))

    assert done.status == 1
    assert "--again" in done.stderr
    assert rows(feed(shop, "sales-orders", "--again", number(done)))


def test_a_customer_that_netsuite_does_not_know_holds_the_order_out(shop: Trade) -> None:
    refusing(shop, "customer")
    order_id = exchange(shop, email="stranger@example.com")
    shop.sync()

    done = feed(shop, "sales-orders")
    assert rows(done) == []
    assert "customer_not_in_netsuite" in done.stderr

    accepting(shop)
    refusing(shop, *SALE)
    command(shop, "retry", "--code", "netsuite_rule_refused")
    shop.sync()
    assert external_ids(feed(shop, "sales-orders")) == [f"SHOP-SO-{order_id}"]


def test_a_shadow_run_makes_feeds_without_writing_anything(shop: Trade) -> None:
    order_id = exchange(shop)
    shop.sync()
    shop.policy("settle_s = 0", 'writes = "off"')
    accepting(shop)
    before = shop.writes()

    assert external_ids(feed(shop, "sales-orders")) == [f"SHOP-SO-{order_id}"]
    assert shop.writes() == before


def test_an_order_that_another_connector_brought_is_in_no_feed(shop: Trade) -> None:
    first, second = exchange(shop), exchange(shop, "EXC-1043")
    shop.sync()
    done = feed(shop, "sales-orders")
    assert external_ids(done) == [f"SHOP-SO-{first}", f"SHOP-SO-{second}"]
    third = exchange(shop, "EXC-1044")
    shop.sync()
    foreign = done.stdout.replace("SHOP-SO-", "OTHER-").replace(first, third).replace("EXC-1042", "EXC-1044")
    keep = [row for row in csv.DictReader(io.StringIO(foreign, newline="")) if row["orderId"] == "EXC-1044"]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(keep[0]))
    writer.writeheader()
    writer.writerows(keep)
    answer = shop.act("import_csv", kind="sales_orders", text=out.getvalue())
    assert answer["refused"] == [], answer

    shop.sync()
    assert rows(feed(shop, "sales-orders")) == []


def test_an_order_that_is_taken_back_is_written_by_rest_again(shop: Trade) -> None:
    order_id = exchange(shop)
    shop.sync()
    feed(shop, "sales-orders")
    accepting(shop)

    assert command(shop, "feed", "sales-orders", "--take-back", "1").status == 3
    feed(shop, "sales-orders", "--take-back", order_id)
    command(shop, "retry", "--code", "netsuite_rule_refused")
    shop.sync()

    assert [one["externalId"] for one in sales(shop)] == [f"SHOP-SO-{order_id}"]
    assert rows(feed(shop, "sales-orders")) == []


def test_files_are_full_and_an_order_is_never_split(shop: Trade, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [exchange(shop, f"EXC-{n}") for n in range(5)]
    shop.sync()
    monkeypatch.setattr(feeds, "MOST_ORDERS", 2)
    monkeypatch.setattr(feeds, "AT_ONCE", 3)

    with parts_of(shop.config) as parts:
        made = feeds.make(parts, parts.shops["main"], feeds.Wish("sales-orders"))

    assert [one.orders for one in made.feeds] == [2, 2, 1]
    assert [one.rows for one in made.feeds] == [4, 4, 2]
    text = b"".join(one.body or b"" for one in made.feeds).decode()
    assert [text.count(f"SHOP-SO-{one}") for one in wanted] == [2] * 5
    for one in made.feeds:
        arrive(shop, "sales-orders", Done(0, (one.body or b"").decode(), ""))
    with parts_of(shop.config) as parts:
        assert feeds.reconcile(parts, parts.shops["main"]) == 0


def test_what_the_engine_works_on_is_left_for_the_next_feed(shop: Trade) -> None:
    order_id = exchange(shop)
    shop.sync()

    with parts_of(shop.config) as parts:
        due, now, key = parts.stores.due, parts.clock(), ("main", order_id)
        due.mark(*key, now, "test")
        [claim] = due.claim("somebody", now, 1, 60, keys=[key])
        during = feeds.make(parts, parts.shops["main"], feeds.Wish("sales-orders"))
        due.release(claim)
        afterwards = feeds.make(parts, parts.shops["main"], feeds.Wish("sales-orders"))

    assert ([one.code for one in during.left_out], during.feeds) == (["order_in_work"], [])
    assert [one.orders for one in afterwards.feeds] == [1]


def test_the_feeds_made_are_listed(shop: Trade) -> None:
    exchange(shop)
    shop.sync()
    made = feed(shop, "sales-orders")

    [line] = [one for one in feed(shop, "sales-orders", "--list").stdout.splitlines() if "others" in one]
    cells = [cell.strip() for cell in line.split("│")[1:-1]]

    assert (cells[0], cells[2:6]) == (number(made), ["others", "1", "2", "1"])


def test_an_upload_without_a_server_is_refused_before_anything_is_made(shop: Trade) -> None:
    exchange(shop)
    shop.sync()

    assert command(shop, "feed", "sales-orders", "--sftp").status == 2
    assert rows(feed(shop, "sales-orders"))


def test_what_is_imported_comes_to_shopifys_total_to_the_cent(shop: Trade) -> None:
    """Goods, a discount of a line, one on the whole order, return credit, and shipping; without tax."""
    discounts = [{"code": "SPRING", "amount": "10.00"}, {"code": "loop-discount", "amount": "70.00"}]
    lines = [{**CAP, "quantity": 3, "tax_rate": "0", "line_discount": "5.00"}, {**TEE, "tax_rate": "0"}]
    order_id = exchange(shop, lines=lines, discounts=discounts, shipping="4.00")
    shop.sync()
    done = feed(shop, "sales-orders")

    arrive(shop, "sales-orders", done)

    [made] = sales(shop)
    assert made["total"] == "109.00"
    shop.sync()
    assert "order_differs" not in shop.codes(f"order:{order_id}")


def test_what_could_not_be_uploaded_goes_with_the_next_upload(shop: Trade, tmp_path: Path) -> None:
    first = exchange(shop)
    shop.sync()
    with sftp_server(tmp_path) as server:
        (tmp_path / "known_hosts").write_text(server.known_hosts)
        (tmp_path / "key").write_text(server.client_key)
        at = f'[shops.sftp]\nhost = "127.0.0.1"\nport = {server.port}\nuser = "feeder"\nfolder = "out"\n'
        keys = f'known_hosts = "file:{tmp_path}/known_hosts"\nprivate_key = "file:{tmp_path}/key"\n'
        with shop.config.open("a") as config:
            config.write(f"\n{at}{keys}")

        failed = command(shop, "feed", "sales-orders", "--sftp")
        (tmp_path / "out").mkdir()
        second = exchange(shop, "EXC-1043")
        shop.sync()
        done = feed(shop, "sales-orders", "--sftp")
        feed(shop, "sales-orders", "--sftp")

    assert (failed.status, failed.stdout, "sftp_failed" in failed.stderr) == (1, "", True)
    assert done.stdout == ""
    files = sorted((tmp_path / "out").iterdir())
    assert [one.name for one in files] == ["sales-orders-main-000001.csv", "sales-orders-main-000002.csv"]
    assert [f"SHOP-SO-{first}" in files[0].read_text(), f"SHOP-SO-{second}" in files[1].read_text()] == [True, True]
