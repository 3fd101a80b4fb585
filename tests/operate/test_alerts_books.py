"""Alerts about money: a difference nobody explains, and exchange clearing that does not come back to zero."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ledgerloop.books.record import news_of
from ledgerloop.store.ledger import Ledger
from tests.books.notation import Book
from tests.support.alerting import DAY, HOOK, HOUR, Alerted, alerted

WRONG = """
    loop: returned 108.00, refund 108.00
    shopify: refund 108.00
    netsuite: cash refund {amount}
"""

EXCHANGED = """
    loop: returned 100.00, exchange 100.00, credit 100.00
    netsuite: credit memo 0.00, exchange 100.00
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Alerted]:
    with alerted(tmp_path) as made:
        yield made


def enter(shop: Alerted, return_id: str, text: str) -> None:
    """Let the books show this of a return, from now on."""
    ledger, facts = Ledger(shop.here.parts.stores.store), Book(return_id=return_id).tell(text).facts
    known = ledger.of_cases("main", [return_id])[return_id]
    before = ledger.marks("main", [return_id]).get(return_id, "")
    news = news_of(return_id, f"{before}+", before, facts, known)
    assert ledger.enter("main", [news], shop.here.clock()) > 0


def told(shop: Alerted) -> list[tuple[str, list[str]]]:
    return [(one["title"], one["returns"]) for document in shop.documents for one in document["alerts"]]


def test_differences_of_one_reason_are_told_together_after_a_day(shop: Alerted) -> None:
    enter(shop, "1", WRONG.format(amount="107.99"))
    enter(shop, "2", WRONG.format(amount="110.00"))
    enter(shop, "3", WRONG.format(amount="108.00"))
    shop.turns(20 * HOUR, 10 * HOUR)
    assert told(shop) == []
    shop.turns(16 * HOUR, 4 * HOUR)
    assert told(shop) == [("2 returns differ by 2.01 USD in the books: netsuite_wrong_amount", ["1", "2"])]
    assert shop.documents[0]["alerts"][0]["url"] == "https://returns.example.com/books"


def test_a_difference_that_is_settled_in_time_is_not_told(shop: Alerted) -> None:
    enter(shop, "1", WRONG.format(amount="107.99"))
    shop.turns(20 * HOUR, 10 * HOUR)
    enter(shop, "1", WRONG.format(amount="108.00"))
    shop.turns(DAY, 6 * HOUR)
    assert told(shop) == []


def test_what_a_sync_needs_a_person_for_is_told_by_that_rule_alone(shop: Alerted) -> None:
    enter(shop, "1", "loop: returned 108.00, refund 108.00\nshopify: refund 108.00")
    shop.stands("attention", "gateway_unmapped", "1", cause="Gateway klarna has no payment method.")
    shop.turns(2 * DAY, 12 * HOUR)
    assert told(shop) == [("1 return: Gateway klarna has no payment method", ["1"])]


def test_clearing_that_stays_is_told_after_two_weeks(shop: Alerted) -> None:
    enter(shop, "1", EXCHANGED)
    shop.turn(13 * DAY)
    assert told(shop) == []
    shop.turns(3 * DAY, 12 * HOUR)
    assert told(shop) == [("100.00 USD is left on the exchange clearing account by 1 return", ["1"])]


def test_the_rule_can_be_switched_off(tmp_path: Path) -> None:
    with alerted(tmp_path, "books_hours = 0\nclearing_days = 0") as shop:
        enter(shop, "1", WRONG.format(amount="107.99"))
        enter(shop, "2", EXCHANGED)
        shop.turns(16 * DAY, 4 * DAY)
        assert told(shop) == []


def test_a_shadow_run_posts_nothing_so_its_books_say_nothing(shop: Alerted) -> None:
    shop.here.parts.shops["main"] = replace(shop.here.parts.shops["main"], writes=False)
    enter(shop, "1", WRONG.format(amount="107.99"))
    shop.turns(2 * DAY, 8 * HOUR)
    assert told(shop) == []


def test_a_channel_without_the_rule_hears_nothing_of_money(tmp_path: Path) -> None:
    with alerted(tmp_path, channels=f'{HOOK}\nrules = ["attention"]') as shop:
        enter(shop, "1", WRONG.format(amount="107.99"))
        shop.turns(3 * DAY, 18 * HOUR)
        assert told(shop) == []
