"""Returns on which the three systems agree, as a controller knows them, and what NetSuite's accounts then hold."""

from decimal import Decimal

import pytest

from ledgerloop.books.accounts import is_netsuites
from tests.books.notation import Book, balances, book, differences, open_

EXCHANGED = """
    loop: returned 108.00, exchange 108.00, credit 108.00
    netsuite: credit memo 0.00, exchange 108.00
    shopify: exchange order 8.00, credit used 100.00
    netsuite: sales order 8.00, discount 100.00, billed
    netsuite: deposit credit 8.00
    netsuite: invoice 8.00, discount 100.00
"""

STORIES = {
    "refund, invoiced": (
        """
        loop: returned 108.00, refund 108.00
        shopify: refund 108.00
        netsuite: credit memo 108.00
        netsuite: customer refund 108.00
        """,
        {"sales": "108.00", "money": "-108.00"},
    ),
    "refund, cash sale": (
        """
        loop: returned 108.00, refund 108.00
        shopify: refund 108.00
        netsuite: cash refund 108.00
        """,
        {"sales": "108.00", "money": "-108.00"},
    ),
    "handling fee": (
        """
        loop: returned 108.00, refund 98.01, fee 9.99
        shopify: refund 98.01
        netsuite: credit memo 98.01, fee 9.99
        netsuite: customer refund 98.01
        """,
        {"sales": "108.00", "fees": "-9.99", "money": "-98.01"},
    ),
    "shipping reimbursed": (
        """
        loop: returned 108.00, refund 118.00
        shopify: refund 118.00
        shopify: given back 10.00
        netsuite: credit memo 118.00, shipping 10.00
        netsuite: customer refund 118.00
        """,
        {"sales": "118.00", "money": "-118.00"},
    ),
    "gift card with a bonus": (
        """
        loop: returned 108.00, gift card 118.00
        netsuite: credit memo 0.00, gift card 118.00, bonus 10.00
        """,
        {"sales": "108.00", "bonus": "10.00", "gift_cards": "-118.00"},
    ),
    "two tenders, invoiced": (
        """
        loop: returned 108.00, refund 108.00
        shopify: refund 60.00
        shopify: refund 48.00
        netsuite: credit memo 108.00
        netsuite: customer refund 60.00
        netsuite: customer refund 48.00
        """,
        {"sales": "108.00", "money": "-108.00"},
    ),
    "two tenders, cash sale": (
        """
        loop: returned 108.00, refund 108.00
        shopify: refund 60.00
        shopify: refund 48.00
        netsuite: cash refund 60.00, tender 48.00
        """,
        {"sales": "108.00", "money": "-108.00"},
    ),
    "even exchange": (EXCHANGED, {}),
    "even exchange in the store": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: cash refund 0.00, exchange 108.00
        shopify: exchange order 8.00, credit used 100.00
        netsuite: cash sale 0.00, discount 100.00, credit 8.00
        """,
        {},
    ),
    "even exchange without the discount": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 108.00, carried 108.00
        shopify: exchange order 108.00
        netsuite: sales order 108.00, billed
        netsuite: invoice 108.00, settled 108.00
        """,
        {},
    ),
    "even exchange without the discount, carried as a deposit": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 108.00
        netsuite: sales order 108.00, billed
        netsuite: deposit credit 108.00
        netsuite: invoice 108.00
        """,
        {},
    ),
    "dearer exchange without the discount": (
        """
        loop: returned 108.00, exchange 162.00, credit 108.00, upsell 54.00
        netsuite: credit memo 108.00, carried 108.00
        shopify: exchange order 162.00
        netsuite: sales order 162.00, billed
        netsuite: deposit upsell 54.00
        netsuite: invoice 162.00, settled 108.00
        """,
        {"sales": "-54.00", "money": "54.00"},
    ),
    "cheaper exchange without the discount": (
        """
        loop: returned 108.00, exchange 64.80, credit 64.80, refund 43.20
        shopify: refund 43.20
        netsuite: credit memo 108.00, carried 64.80
        netsuite: customer refund 43.20
        shopify: exchange order 64.80
        netsuite: sales order 64.80, billed
        netsuite: invoice 64.80, settled 64.80
        """,
        {"sales": "43.20", "money": "-43.20"},
    ),
    "instant exchange, never returned, its charge entered": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00, cancelled
        shopify: exchange order 8.00, credit used 100.00
        netsuite: sales order 8.00, discount 100.00, billed
        netsuite: deposit credit 8.00
        netsuite: invoice 8.00, discount 100.00
        netsuite: charge 108.00
        """,
        {"sales": "-108.00", "money": "108.00"},
    ),
    "dearer exchange": (
        """
        loop: returned 108.00, exchange 162.00, credit 108.00, upsell 54.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 62.00, credit used 100.00
        netsuite: sales order 62.00, discount 100.00, billed
        netsuite: deposit credit 8.00
        netsuite: deposit upsell 54.00
        netsuite: invoice 62.00, discount 100.00
        """,
        {"sales": "-54.00", "money": "54.00"},
    ),
    "cheaper exchange": (
        """
        loop: returned 108.00, exchange 64.80, credit 64.80, refund 43.20
        shopify: refund 43.20
        netsuite: credit memo 43.20, exchange 64.80
        netsuite: customer refund 43.20
        shopify: exchange order 4.80, credit used 60.00
        netsuite: sales order 4.80, discount 60.00, billed
        netsuite: deposit credit 4.80
        netsuite: invoice 4.80, discount 60.00
        """,
        {"sales": "43.20", "money": "-43.20"},
    ),
    "three outcomes": (
        """
        loop: returned 126.36, exchange 48.60, credit 48.60, gift card 29.16, refund 48.60
        shopify: refund 48.60
        netsuite: credit memo 48.60, exchange 48.60, gift card 29.16
        netsuite: customer refund 48.60
        shopify: exchange order 3.60, credit used 45.00
        netsuite: sales order 3.60, discount 45.00, billed
        netsuite: deposit credit 3.60
        netsuite: invoice 3.60, discount 45.00
        """,
        {"sales": "77.76", "gift_cards": "-29.16", "money": "-48.60"},
    ),
    "never shipped, given back from the deposit": (
        """
        loop: returned 118.00, refund 118.00
        shopify: refund 118.00
        netsuite: customer refund 118.00, from a deposit
        """,
        {"customers": "118.00", "money": "-118.00"},
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_the_three_systems_agree(story: str) -> None:
    facts, accounts = STORIES[story]
    seen = book(facts)
    assert differences(seen) == []
    assert open_(seen) == []
    assert balances(seen) == {name: Decimal(amount) for name, amount in accounts.items()}


@pytest.mark.parametrize("story", STORIES)
def test_nothing_is_left_between_the_systems(story: str) -> None:
    seen = book(STORIES[story][0])
    assert {account for account in seen.balances if not is_netsuites(account)} == set()


def test_a_refund_without_a_return_is_posted_once() -> None:
    facts = """
        shopify: refund 15.00, without a return
        netsuite: credit memo 15.00, goodwill 15.00, without a return
        netsuite: customer refund 15.00, without a return
    """
    seen = Book().tell(facts).comparison(subject="order:5920")
    assert differences(seen) == []
    assert balances(seen) == {"goodwill": Decimal("15.00"), "money": Decimal("-15.00")}
