"""What a return's case is shown of its exchange order: only where Loop took no discount off it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.domain.order_store import Order
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.sending import sending
from ledgerloop.intake.orders import incoming
from ledgerloop.outcome import NeedsReading, Source
from tests.support.database import NOW
from tests.support.selling import EXCHANGE, even, line, order, taxed
from tests.support.web import site

RETURN, ORDER = "4821", "5920"
STAMP = (NOW - timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M:%S")
FULL = order(line("100.00", taxes=taxed("8.00")), total="108.00")
LOOP: dict[str, Any] = {
    "id": RETURN,
    "state": "closed",
    "was_processed": True,
    "outcomes_processed_at": {"return_processed": STAMP},
    "created_at": STAMP,
    "updated_at": STAMP,
    "provider_order_id": ORDER,
    "currency": "USD",
    "return_total": "108.00",
    "exchange_total": "108.00",
    "exchange_credit_total": "108.00",
    "line_items": [{"line_item_id": "1", "sku": "TEE", "price": "100.00", "discount": "0.00", "tax": "8.00"}],
    "exchanges": [{"exchange_id": "9001", "sku": "TEE-L", "total": "108.00", "exchange_order_id": EXCHANGE}],
}
WHOLE = NeedsReading(Source.SHOPIFY_WHOLE_ORDER, EXCHANGE)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with site(f"sqlite:///{tmp_path}/seen.db", tmp_path) as opened:
        opened.parts.stores.returns.put_list_view("main", RETURN, LOOP, NOW)
        yield opened.parts


def document(kind: str, number: str, made_from: str, total: str, **head: str) -> dict[str, Any]:
    about = {"type": kind, "id": number, "external_id": "", "created_from": made_from, "last_modified": ""}
    return {**about, "head": {"tranid": number, "foreigntotal": total, "status": "A", **head}, "lines": []}


def placed(parts: Parts, made: Order) -> None:
    """The exchange order was read from Shopify."""
    whole = incoming(made, parts.shops["main"].policy, {"id": made.shopify_order_id}, "read")
    parts.stores.orders.put_all("main", [whole], NOW)


def test_the_exchange_order_is_read_first_and_not_for_ever(parts: Parts) -> None:
    shop = parts.shops["main"]
    assert WHOLE in observe(parts, shop, ORDER, NOW).unread
    assert WHOLE not in observe(parts, shop, ORDER, NOW + timedelta(hours=1)).unread


def test_one_with_loops_discount_is_no_matter_of_the_return(parts: Parts) -> None:
    placed(parts, even())
    seen = observe(parts, parts.shops["main"], ORDER, NOW)
    assert (dict(seen.exchange_orders), WHOLE in seen.unread) == ({}, False)


def test_one_without_it_is_shown_with_its_invoices(parts: Parts) -> None:
    placed(parts, FULL)
    shop = parts.shops["main"]
    family = NeedsReading(Source.NETSUITE_FAMILY, EXCHANGE)
    assert family in observe(parts, shop, ORDER, NOW).unread
    parts.stores.source_orders.put("main", EXCHANGE, [document("SalesOrd", "1101", "", "-108.00")], NOW)
    bills = [document("CustInvc", "1103", "1101", "108.00"), document("CustInvc", "1104", "1101", "1.00", status="V")]
    parts.stores.documents.put_families("main", {EXCHANGE: bills}, NOW)
    seen = observe(parts, shop, ORDER, NOW)
    assert [one.internal_id for one in seen.exchange_orders[EXCHANGE].invoices] == ["1103"]
    assert family not in seen.unread


def test_the_order_is_shown_the_credits_of_its_returns_marked_or_made_from_their_authorizations(parts: Parts) -> None:
    placed(parts, FULL)
    authorized = document("RtnAuth", "2001", "1001", "108.00", memo=f"Loop return {RETURN}")
    marked = document("CustCred", "4001", "", "108.00", memo=f"Loop return {RETURN}")
    by_hand, other = document("CustCred", "4002", "2001", "1.00"), document("CustCred", "4003", "", "5.00")
    parts.stores.documents.put_families("main", {ORDER: [authorized, marked, by_hand, other]}, NOW)
    with parts.stores.store.reading() as tx:
        found, _ = sending(parts, parts.shops["main"], EXCHANGE, NOW, tx)
    assert found is not None
    assert [one.internal_id for one in found.credits] == ["4001", "4002"]
    assert replace(found, credits=()).exchanged_by[0].loop_return_id == RETURN
