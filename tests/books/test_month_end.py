"""The month-end tie-out over every kind of return: three systems, the liability, and a clearing account explained.

Story 50: Loop's refunds = Shopify's = what NetSuite paid out; Loop's gift cards = the movement of the liability; on the
clearing account stand the open instant exchanges alone; every exception is listed.
"""

from collections.abc import Sequence
from decimal import Decimal

from ledgerloop.books.words import Comparison
from tests.books.notation import Book, balances, differences, open_
from tests.books.test_stories import STORIES

OUT_FIRST = """
    loop: returned 108.00, exchange 108.00, credit 108.00, open
    shopify: exchange order 8.00, credit used 100.00
    netsuite: sales order 8.00, discount 100.00, billed
    netsuite: deposit credit 8.00
    netsuite: invoice 8.00, discount 100.00
"""
"""An instant exchange whose goods have not come back yet."""

SHORT = """
    loop: returned 108.00, refund 108.00
    shopify: refund 108.00
    netsuite: credit memo 108.00
    netsuite: customer refund 107.99
"""
"""A customer refund with a cent missing."""


def month(*more: str) -> list[Comparison]:
    """Every printed story, each a return of its own, and what comes on top."""
    told = [*(facts for facts, _ in STORIES.values()), *more]
    return [Book(return_id=str(4000 + n)).tell(facts).comparison() for n, facts in enumerate(told)]


def refunds(returns: Sequence[Comparison]) -> list[Decimal]:
    """Refunds in Loop, Shopify and NetSuite."""
    terms = [term for one in returns for term in one.terms if term.name == "refund"]
    shown = ([one.loop for one in terms], [one.shopify for one in terms], [one.netsuite for one in terms])
    return [sum((one.amount for one in system if one is not None), Decimal(0)) for system in shown]


def on(returns: Sequence[Comparison], account: str) -> Decimal:
    """What NetSuite's records leave on an account, debit positive."""
    return sum((balances(one).get(account, Decimal(0)) for one in returns), Decimal(0))


def test_refunds_liability_and_clearing_tie() -> None:
    returns = month(OUT_FIRST)
    loop, shopify, netsuite = refunds(returns)
    assert loop == shopify == netsuite > 0
    cards = (term.loop.amount for one in returns for term in one.terms if term.name == "gift card" and term.loop)
    assert on(returns, "gift_cards") == -sum(cards, Decimal(0))
    assert on(returns, "clearing") == Decimal("108.00"), "the open instant exchange, and nothing else"
    assert [line for one in returns for line in open_(one)] == ["exchange_not_returned 108.00"]
    assert [line for one in returns for line in differences(one)] == []


def test_one_missing_cent_breaks_the_tie_and_is_listed_with_its_return() -> None:
    returns = month(SHORT)
    loop, shopify, netsuite = refunds(returns)
    assert (loop, shopify - netsuite) == (shopify, Decimal("0.01"))
    wrong = {one.subject: differences(one) for one in returns if not one.agrees}
    assert list(wrong) == [str(4000 + len(STORIES))]
    assert "refund 0.01" in " ".join(*wrong.values())
