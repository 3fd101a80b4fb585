"""What is reported when the systems do not agree: which return, why, and by how much."""

from datetime import date

import pytest

from ledgerloop.books.ageing import open_items
from ledgerloop.books.words import Said
from tests.books.notation import Book, book, differences, open_

REFUNDED = """
    loop: returned 108.00, refund 108.00
    shopify: refund 108.00
"""


def said(sync: str, code: str, kind: str = "waiting") -> Said:
    return Said(sync, kind, code, "Because.", date(2026, 3, 9))


WRONG = {
    "Loop's exchange total is not what it consists of": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00, new product 120.00, new discount 20.01, new tax 8.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 8.00, credit used 100.00
        """,
        ["loop_amounts_disagree Loop's exchange total 0.01"],
    ),
    "prices of the new goods hold their tax": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00, new product 128.00, new discount 20.00, new tax 7.99
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 8.00, credit used 100.00
        """,
        [],
    ),
    "goods were authorised at another value": (
        """
        loop: returned 108.00, refund 108.00
        shopify: refund 108.00
        netsuite: authorization 107.99, goods 107.99, received 1
        netsuite: credit memo 108.00
        netsuite: customer refund 108.00
        """,
        ["(authorization_differs authorization -0.01)"],
    ),
    "goods were authorised and credited at the same other value": (
        """
        loop: returned 108.00, refund 108.00
        shopify: refund 108.00
        netsuite: authorization 107.99, goods 107.99, received 1
        netsuite: credit memo 108.00, variance 0.01
        netsuite: customer refund 108.00
        """,
        ["(variance_posted variance 0.01)"],
    ),
    "Shopify paid a cent less": (
        """
        loop: returned 108.00, refund 108.00
        shopify: refund 107.99
        netsuite: credit memo 107.99, variance -0.01
        netsuite: customer refund 107.99
        """,
        ["shopify_less_than_loop refund 0.01", "(variance_posted variance -0.01)"],
    ),
    "Shopify paid more": (
        """
        loop: returned 108.00, refund 108.00
        shopify: refund 118.00
        shopify: given back 10.00
        netsuite: credit memo 118.00, shipping 10.00
        netsuite: customer refund 118.00
        """,
        ["shopify_more_than_loop refund -10.00"],
    ),
    "nothing is posted": (REFUNDED, ["not_posted_yet refund 108.00", "not_posted_yet goods 108.00"]),
    "credited, not paid out": (
        REFUNDED + "netsuite: credit memo 108.00",
        ["netsuite_wrong_amount refund 108.00"],
    ),
    "paid out a cent less": (
        REFUNDED + "netsuite: credit memo 108.00\nnetsuite: customer refund 107.99",
        ["netsuite_wrong_amount refund 0.01"],
    ),
    "credited a cent more": (
        REFUNDED + "netsuite: credit memo 108.01\nnetsuite: customer refund 108.00",
        ["netsuite_wrong_amount goods -0.01"],
    ),
    "paid out twice": (
        REFUNDED + "netsuite: credit memo 108.00\nnetsuite: customer refund 108.00\nnetsuite: customer refund 108.00",
        ["netsuite_wrong_amount refund -108.00"],
    ),
    "the tenders of a cash refund mixed up": (
        """
        loop: returned 108.00, refund 108.00
        shopify: refund 60.00
        shopify: refund 48.00
        netsuite: cash refund 59.99, tender 48.01
        """,
        ["netsuite_wrong_amount tender 0.01"],
    ),
    "the tenders of a cash refund exchanged": (
        """
        loop: returned 108.00, refund 108.00
        shopify: refund 54.01
        shopify: refund 53.99, through 912
        netsuite: cash refund 53.99, tender 54.01
        """,
        ["netsuite_wrong_amount tender -0.02"],
    ),
    "a fee that is not Loop's": (
        """
        loop: returned 108.00, refund 98.01, fee 9.99
        shopify: refund 98.01
        netsuite: credit memo 98.01, fee 9.98
        netsuite: customer refund 98.01
        """,
        ["netsuite_wrong_amount goods 0.01", "netsuite_wrong_amount handling fee 0.01"],
    ),
    "tax rounded differently, with a variance": (
        REFUNDED + "netsuite: credit memo 108.00, variance -0.01\nnetsuite: customer refund 108.00",
        ["(variance_posted variance -0.01)"],
    ),
    "Loop's law broken": (
        """
        loop: returned 108.00, gift card 108.01
        netsuite: credit memo 0.00, gift card 108.00
        """,
        ["netsuite_wrong_amount gift card 0.01"],
    ),
    "a credit that Loop knows nothing of": (
        "loop: returned 108.00, refund 108.00, cancelled\nnetsuite: credit memo 108.00",
        ["not_processed refund 108.00"],
    ),
    "the exchange order differs": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 8.01, credit used 100.00
        netsuite: sales order 8.00, discount 100.00, billed
        netsuite: deposit credit 8.00
        netsuite: invoice 8.00, discount 100.00
        """,
        ["exchange_order_differs exchange order -0.01", "exchange_order_differs exchange order 0.01"],
    ),
    "the bill differs from the order": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 8.00, credit used 100.00
        netsuite: sales order 8.00, discount 100.00, billed
        netsuite: deposit credit 8.00
        netsuite: invoice 8.00, discount 99.99
        """,
        ["exchange_order_differs bill 0.01"],
    ),
    "more credit used than given": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 8.00, credit used 100.00
        netsuite: sales order 8.00, discount 100.00, billed
        netsuite: deposit credit 8.01
        netsuite: invoice 8.00, discount 100.00
        """,
        ["exchange_order_differs exchange credit used -0.01"],
    ),
}


@pytest.mark.parametrize("story", WRONG)
def test_what_differs_is_told_with_its_reason_and_its_exact_amount(story: str) -> None:
    facts, told = WRONG[story]
    assert differences(book(facts)) == told


def test_what_a_sync_says_is_the_reason() -> None:
    told = differences(
        book(REFUNDED, said("return_authorization", "item_not_found", "attention"), said("refund", "x_y"))
    )
    assert told == ["item_not_found refund 108.00", "item_not_found goods 108.00"]


def test_the_refund_has_the_last_word_among_what_waits() -> None:
    told = differences(
        book(REFUNDED, said("item_receipt_to_netsuite", "goods_in_transit"), said("refund", "period_closed"))
    )
    assert told == ["period_closed refund 108.00", "period_closed goods 108.00"]


def test_a_refund_that_shopify_has_not_finished_is_told_by_its_name() -> None:
    told = differences(book("loop: returned 108.00, refund 108.00", said("refund", "refund_pending")))
    assert told == ["refund_pending refund 108.00", "refund_pending goods 108.00"]


def test_a_record_that_was_there_and_is_gone_is_missing() -> None:
    assert differences(book(REFUNDED, gone=True)) == ["missing_record refund 108.00", "missing_record goods 108.00"]


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ("shopify: refund 15.00, without a return", "refund_without_return refund 15.00"),
        ("netsuite: credit memo 15.00, without a return", "foreign_record refund 15.00"),
        (
            """
            shopify: refund 15.00, without a return
            netsuite: credit memo 15.01, goodwill 15.01, without a return
            netsuite: customer refund 15.00, without a return
            """,
            "netsuite_wrong_amount credited 0.01",
        ),
    ],
)
def test_refunds_without_a_return_count_where_they_are_to_be_posted(facts: str, told: str) -> None:
    taken = Book().tell(facts)
    assert differences(taken.comparison(subject="order:5920")) == [told]
    assert differences(taken.comparison(subject="order:5920", strays=False)) == [f"({told})"]


HALF = {
    "in transit": ("loop: returned 108.00, open\nnetsuite: authorization 108.00, open", ["in_transit 108.00"]),
    "received, not credited": (
        "loop: returned 108.00, open\nnetsuite: authorization 108.00, received 1",
        ["received_not_credited 108.00"],
    ),
    "credited before it came": (
        REFUNDED
        + "netsuite: authorization 108.00, open\nnetsuite: credit memo 108.00\nnetsuite: customer refund 108.00",
        ["credited_not_received 108.00"],
    ),
    "the new goods went out first": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00, open
        shopify: exchange order 8.00, credit used 100.00
        netsuite: sales order 8.00, discount 100.00, billed
        netsuite: invoice 8.00, discount 100.00
        """,
        ["exchange_not_returned 100.00"],
    ),
    "the exchange is not billed": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 8.00, credit used 100.00
        netsuite: sales order 8.00, discount 100.00
        netsuite: deposit credit 8.00
        """,
        ["exchange_not_billed -100.00"],
    ),
    "the exchange order is not in NetSuite": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 8.00, credit used 100.00
        """,
        ["exchange_not_sent -108.00"],
    ),
    "the exchange order belongs to somebody else": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 8.00, credit used 100.00, not ours
        """,
        ["exchange_elsewhere -108.00"],
    ),
    "Shopify shows no exchange order": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 0.00, exchange 108.00
        """,
        ["exchange_order_missing -108.00"],
    ),
    "the deposit of the credit is not there": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 8.00, credit used 100.00
        netsuite: sales order 8.00, discount 100.00, billed
        netsuite: invoice 8.00, discount 100.00
        """,
        ["exchange_deposit_open -8.00"],
    ),
    "no discount, the exchange order is not in NetSuite": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 108.00
        shopify: exchange order 108.00
        """,
        ["exchange_not_sent 108.00"],
    ),
    "no discount, the exchange is not billed": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 108.00
        shopify: exchange order 108.00
        netsuite: sales order 108.00
        """,
        ["exchange_not_billed 108.00"],
    ),
    "no discount, the credit memo is not applied": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 108.00
        shopify: exchange order 108.00
        netsuite: sales order 108.00, billed
        netsuite: invoice 108.00
        """,
        ["exchange_deposit_open 108.00"],
    ),
    "never returned, and not all of it charged": (
        """
        loop: returned 108.00, exchange 108.00, credit 108.00, cancelled
        shopify: exchange order 8.00, credit used 100.00
        netsuite: sales order 8.00, discount 100.00, billed
        netsuite: deposit credit 8.00
        netsuite: invoice 8.00, discount 100.00
        netsuite: charge 100.00
        """,
        ["exchange_not_returned 8.00"],
    ),
    "money left before Loop has processed": (
        "loop: returned 108.00, open\nshopify: refund 108.00",
        ["not_processed_yet 108.00"],
    ),
}


@pytest.mark.parametrize("story", HALF)
def test_what_has_not_happened_yet_is_open_and_no_difference(story: str) -> None:
    facts, told = HALF[story]
    seen = book(facts)
    assert differences(seen) == []
    assert [f"{one.code} {one.amount.amount}" for one in open_items(seen, ())] == told


def test_a_question_to_a_person_is_open_since_it_was_asked() -> None:
    asked = said("refund", "over_credit", "attention")
    (item,) = open_items(book("loop: returned 108.00, open"), [asked])
    assert (item.code, item.since, item.text) == ("needs_attention", date(2026, 3, 9), "over_credit: Because.")


def test_an_amount_in_another_currency_is_never_mixed_in() -> None:
    taken = Book().tell("loop: returned 108.00, refund 108.00")
    paid = Book("CAD").tell("shopify: refund 140.00").facts[0]
    taken.facts.append(paid)
    assert differences(taken.comparison())[0] == "currency_differs refund 140.00"


APPLIED = """
    loop: returned 108.00, exchange 108.00, credit 108.00
    netsuite: credit memo {credit}, carried {carried}
    shopify: exchange order 108.00
    netsuite: sales order 108.00, billed
    netsuite: invoice 108.00, settled {settled}
"""


@pytest.mark.parametrize(
    ("credit", "carried", "settled", "expected"),
    [
        (
            "108.01",
            "108.01",
            "108.00",
            ["netsuite_wrong_amount goods -0.01", "netsuite_wrong_amount exchange credit -0.01"],
        ),
        (
            "107.99",
            "107.99",
            "108.00",
            ["netsuite_wrong_amount goods 0.01", "netsuite_wrong_amount exchange credit 0.01"],
        ),
        ("108.00", "108.00", "107.99", ["exchange_order_differs exchange credit used 0.01"]),
    ],
    ids=["credited too much", "credited too little", "the invoice is not paid in full by it"],
)
def test_a_cent_too_much_or_too_little_is_found_where_credit_is_applied(
    credit: str, carried: str, settled: str, expected: list[str]
) -> None:
    seen = book(APPLIED.format(credit=credit, carried=carried, settled=settled))
    assert differences(seen) == expected


def test_the_clearing_account_is_judged_once_both_sides_have_posted() -> None:
    seen = book(
        """
        loop: returned 108.00, exchange 108.00, credit 108.00
        netsuite: credit memo 0.00, exchange 108.00
        shopify: exchange order 8.00, credit used 100.00
        netsuite: sales order 8.00, discount 100.00, billed
        netsuite: deposit credit 8.00
        netsuite: invoice 8.00, discount 100.00
        netsuite: deposit credit 5.00
        """
    )
    assert differences(seen) == ["exchange_order_differs exchange credit used -5.00"]
    assert open_(seen) == []
