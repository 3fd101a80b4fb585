"""Orders read in bulk: each once and whole, those with refunds singly afterwards, nothing half."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate
from graphql.validation import NoDeprecatedCustomRule, specified_rules

from ledgerloop.bootstrap import Outside, open_parts
from ledgerloop.clock import utc_now
from ledgerloop.config import load_config
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.order_backfill import Found, read_orders
from ledgerloop.outcome import Refused, Unreachable
from ledgerloop.remotes.shopify.bulk import bulk_query
from tests.support.bulk_shop import BulkShop, Node, bulk_shop, gid, grouped, order_node
from tests.support.remotes import config_with_shopify
from tests.unit.test_shopify_documents import SCHEMA

SINCE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def shop() -> Iterator[BulkShop]:
    with bulk_shop(120) as served:
        yield served


@pytest.fixture
def parts(shop: BulkShop, tmp_path: Path) -> Iterator[Parts]:
    config = load_config(config_with_shopify(shop.url, tmp_path, 'order_channels = ["*"]'), {})
    with open_parts(config, outside=Outside(utc_now, sleep=lambda _seconds: None)) as opened:
        yield opened


def read(parts: Parts, *, store: bool = True) -> Found:
    return read_orders(parts, SINCE, None, store=store)


def test_every_order_is_stored_whole_and_those_with_refunds_are_read_singly(shop: BulkShop, parts: Parts) -> None:
    found = read(parts)

    assert (found.counts["new"], found.unread) == (120, [])
    assert shop.asked == ["BulkStart", "BulkState", "BulkState", "OrderWhole", "OrderWhole"]
    stored = parts.stores.orders.get("main", "5930000000007")
    assert stored is not None
    assert stored.order is not None
    assert [one.sku for one in stored.order.lines] == ["SHIRT-1", "SHIRT-2"]
    assert (stored.source, stored.stale, len(stored.order.transactions)) == ("bulk", False, 1)
    refunded = parts.stores.orders.get("main", "5930000000050")
    assert refunded is not None
    assert refunded.order is not None
    assert (refunded.source, refunded.stale) == ("read", False)
    assert [(one.quantity, str(one.subtotal.amount)) for one in refunded.order.refunds[0].lines] == [(1, "50.00")]
    assert parts.stores.due.counts()["due"] == 120


def test_a_second_time_nothing_is_new_and_nothing_is_read_singly(shop: BulkShop, parts: Parts) -> None:
    read(parts)
    shop.asked.clear()

    assert read(parts).counts == {"as stored": 120}
    assert shop.asked == ["BulkStart", "BulkState"]


def test_a_dry_run_stores_nothing(parts: Parts) -> None:
    found = read(parts, store=False)

    assert (found.counts["new"], len(found.rows)) == (120, 100)
    assert parts.stores.orders.by_channel("main") == []


def test_the_file_is_asked_for_without_credentials(shop: BulkShop, parts: Parts) -> None:
    read(parts)

    assert [one for one in shop.headers if "x-shopify-access-token" in one] == []
    assert len(shop.headers) == 1


def shuffled(count: int) -> Iterator[Node]:
    """Lines far from their orders, as a file that is not grouped has them."""
    nodes = list(grouped(count))
    orders, lines = [one for one in nodes if "__parentId" not in one], [one for one in nodes if "__parentId" in one]
    random.Random(7).shuffle(lines)
    yield from (*orders, *lines)


def test_orders_whose_lines_stand_elsewhere_are_never_stored_half(shop: BulkShop, parts: Parts) -> None:
    shop.count = shop.promised = 10
    shop.lines = shuffled

    read(parts)
    stored = parts.stores.orders.by_channel("main")
    assert [len(one.order.lines) for one in stored if one.order is not None] == [2] * 10


def test_an_order_that_cannot_be_read_is_told_and_the_others_are_stored(shop: BulkShop, parts: Parts) -> None:
    shop.count = shop.promised = 2
    shop.lines = lambda _count: iter([{**order_node(1), "currencyCode": None}, order_node(2)])

    found = read(parts)
    assert [(one.order_id, one.what) for one in found.unread] == [
        ("5930000000001", "a Shopify order without currencyCode")
    ]
    assert [one.order_id for one in parts.stores.orders.by_channel("main")] == ["5930000000002"]


def test_a_file_that_lacks_orders_is_told(shop: BulkShop, parts: Parts) -> None:
    shop.promised = 121

    with pytest.raises(Unreachable, match="holds 120 orders instead of 121"):
        read(parts)


def test_a_line_that_is_no_json_is_told(shop: BulkShop, parts: Parts) -> None:
    shop.lines = lambda _count: iter([{"__parentId": gid(1)}, {"note": "no id"}])

    with pytest.raises(Unreachable, match="the file of a bulk query is broken"):
        read(parts)


def test_a_bulk_query_that_fails_is_told(shop: BulkShop, parts: Parts) -> None:
    shop.states = [{"status": "FAILED", "errorCode": "ACCESS_DENIED"}]

    with pytest.raises(Refused) as refused:
        read(parts)
    assert (refused.value.code, "ACCESS_DENIED" in refused.value.message) == ("shopify_bulk_failed", True)


def test_a_file_at_an_address_that_is_not_secure_is_not_asked_for(shop: BulkShop, parts: Parts) -> None:
    shop.file_url = "http://files.example.com/x.jsonl"

    with pytest.raises(Refused) as refused:
        read(parts)
    assert refused.value.code == "shopify_wrong_address"


def test_the_bulk_query_is_valid_and_uses_nothing_deprecated() -> None:
    if not SCHEMA.exists():
        pytest.skip("Shopify's schema is not beside this repository: the bulk query was NOT validated")
    schema = build_schema(SCHEMA.read_text(encoding="utf-8"), assume_valid=True)
    rules = (*specified_rules, NoDeprecatedCustomRule)

    assert validate(schema, parse(bulk_query(SINCE, SINCE)), rules) == []
