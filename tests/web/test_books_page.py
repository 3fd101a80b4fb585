"""The books by night, without anybody asking, and how old what is open is, on the page."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.domain.facts import Kind
from ledgerloop.operate.ageing import Ageing, ageing, keep_ageing
from ledgerloop.operate.books_day import Nightly, enter_and_age
from ledgerloop.store.documents import Documents
from ledgerloop.store.ledger import Ledger, newest
from ledgerloop.store.returns import LoopReturns
from ledgerloop.store.users import Role
from ledgerloop.web.cookies import session_cookie
from tests.books.test_record import LOOP, MEMO, ORDER, RETURN
from tests.support.database import NOW
from tests.support.web import PAGE, Site, site

DAYS = 40
"""How long ago the goods were received."""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Site]:
    with site(f"sqlite:///{tmp_path}/books.db", tmp_path) as opened:
        yield opened


def stamp(days_ago: int) -> str:
    return (NOW - timedelta(days=days_ago)).strftime("%Y-%m-%d %H:%M:%S")


def record(
    kind: str, number: str, made_from: str, total: str, days_ago: int, status: str, **line: str
) -> dict[str, Any]:
    """A NetSuite transaction of one line."""
    head = {"tranid": number, "foreigntotal": total, "memo": f"Loop return {RETURN}", "status": status}
    head["trandate"] = stamp(days_ago)
    goods = {"line": "1", "item": "501", "itemtype": "InvtPart", "foreignamount": "100.00", "quantity": "1", **line}
    about = {"type": kind, "id": number, "external_id": "", "created_from": made_from, "last_modified": stamp(days_ago)}
    return {**about, "head": head, "lines": [goods]}


AUTHORIZED = record("RtnAuth", "2001", "1001", "108.00", 45, "F", quantityshiprecv="1")
RECEIVED = record("ItemRcpt", "3001", "2001", "0.00", DAYS, "A")
CREDITED = {**MEMO, "head": {**MEMO["head"], "status": "B", "trandate": stamp(0)}}


def shows(shop: Site, *documents: dict[str, Any], **loop: Any) -> None:
    """Loop and NetSuite show this."""
    store, sums = shop.parts.stores.store, {"refund": "0.00", "gift_card": "108.00"}
    dates = {"created_at": stamp(50), "updated_at": stamp(1)}
    LoopReturns(store).put_list_view("main", RETURN, {**LOOP, **sums, **dates, **loop}, NOW)
    shop.parts.stores.source_orders.put("main", ORDER, [], NOW)
    Documents(store).put_families("main", {ORDER: list(documents)}, NOW)


def kinds(shop: Site) -> set[Kind]:
    found = newest(Ledger(shop.parts.stores.store).of_subjects("main", [RETURN])[RETURN])
    return {one.kind for one in found}


def by_age(counted: Ageing) -> dict[str, list[str]]:
    return {one.what: [str(amount.amount) for amount in one.amounts] for one in counted.rows}


def test_late_facts_are_entered_by_night_without_anybody_asking(shop: Site) -> None:
    nightly = Nightly(shop.parts)
    shows(shop, AUTHORIZED)
    nightly.turn()
    assert kinds(shop) == {Kind.RETURN, Kind.AUTHORIZATION}
    shows(shop, AUTHORIZED, CREDITED)
    shop.clock.pass_by(3600)
    nightly.turn()
    assert Kind.CREDIT not in kinds(shop), "by day it waits for the night"
    shop.clock.pass_by(8 * 3600)
    nightly.turn()
    assert Kind.CREDIT in kinds(shop)


def test_after_a_restart_the_night_is_not_done_twice_and_a_missed_one_is_made_up_for(shop: Site) -> None:
    Nightly(shop.parts).turn()
    shows(shop, AUTHORIZED)
    shop.clock.pass_by(35 * 3600)
    booked = shop.parts.stores.cursors.get("main", "house", "booked")
    Nightly(shop.parts).turn()
    assert shop.parts.stores.cursors.get("main", "house", "booked") == booked
    shop.clock.pass_by(2 * 3600)
    Nightly(shop.parts).turn()
    assert kinds(shop) == {Kind.RETURN, Kind.AUTHORIZATION}


@pytest.mark.parametrize(
    ("documents", "loop", "expected"),
    [
        (
            (AUTHORIZED, RECEIVED),
            {},
            {"received_not_credited": ["0.00", "0.00", "108.00", "0.00", "0.00"]},
        ),
        (
            (record("RtnAuth", "2001", "1001", "108.00", 45, "B"),),
            {"state": "open", "was_processed": False},
            {"in_transit": ["0.00", "0.00", "108.00", "0.00", "0.00"]},
        ),
        (
            (record("RtnAuth", "2001", "1001", "108.00", 45, "B"), CREDITED),
            {},
            {"credited_not_received": ["108.00", "0.00", "0.00", "0.00", "0.00"]},
        ),
    ],
    ids=["received, not credited", "in transit", "credited, not received"],
)
def test_what_is_open_is_told_by_its_age(
    shop: Site, documents: tuple[dict[str, Any], ...], loop: dict[str, Any], expected: dict[str, list[str]]
) -> None:
    shows(shop, *documents, **loop)
    enter_and_age(shop.parts)
    (counted,) = ageing(shop.parts)
    assert by_age(counted) == expected
    assert counted == keep_ageing(shop.parts, shop.parts.shops["main"])


def test_the_page_shows_it(shop: Site) -> None:
    shows(shop, AUTHORIZED, RECEIVED)
    shop.add("vera", Role.VIEWER, "")
    parts = shop.parts
    with parts.stores.store.writing() as tx:
        secret = parts.stores.sessions.begin("vera", "password", parts.clock(), tx)
    shop.client.cookies.set(session_cookie(shop.config.server.public_url).name, secret)
    assert "How old it is" not in shop.client.get("/books", headers=PAGE).text
    enter_and_age(parts)
    page = shop.client.get("/books", headers=PAGE).text
    assert "Received, not credited" in page
    assert "31-60" in page
