"""Every outcome of a return, alone and mixed: what the three systems show, and what is posted for it.

The amounts of the first set are those of the acceptance stories; the other sets have other prices and currencies.
"""

from dataclasses import replace

import pytest

from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Items
from tests.support import cases
from tests.syncs.notation import POLICY, told, world_of


def same(facts: str, expected: str) -> None:
    assert told(facts).splitlines() == [line.strip() for line in expected.strip().splitlines()]


def filled(text: str, amounts: tuple[str, ...]) -> str:
    """A text with A, B, C ... in braces replaced by amounts."""
    return text.format(*amounts)


@pytest.mark.parametrize(
    "amounts",
    [
        ("118.00", "100.00", "8.00", "108.00"),
        ("49.99", "38.01", "2.98", "40.99"),
        ("12000 JPY", "10000", "1000", "11000"),
        ("20.500 KWD", "15.125", "0.756", "15.881"),
    ],
)
def test_a_full_refund_of_an_invoiced_order(amounts: tuple[str, ...]) -> None:
    same(
        filled(
            """
            sold {0} by invoice
            returned {1} and tax {2}
            loop: refund {3}
            shopify: {3} by card
            """,
            amounts,
        ),
        filled(
            """
            credit memo {3} = goods {3}
            customer refund {3} by card
            Dr returns and tax {3}
            Cr card {3}
            """,
            amounts,
        ),
    )


@pytest.mark.parametrize(
    "amounts",
    [
        ("118.00", "100.00", "8.00", "108.00"),
        ("49.99", "38.01", "2.98", "40.99"),
        ("12000 JPY", "10000", "1000", "11000"),
        ("20.500 KWD", "15.125", "0.756", "15.881"),
    ],
)
def test_a_full_refund_of_a_cash_sale(amounts: tuple[str, ...]) -> None:
    same(
        filled(
            "sold {0} by cash sale\nreturned {1} and tax {2}\nloop: refund {3}\nshopify: {3} by card",
            amounts,
        ),
        filled("cash refund {3} = goods {3}\nDr returns and tax {3}\nCr card {3}", amounts),
    )


@pytest.mark.parametrize(
    "amounts",
    [
        ("118.00", "100.00", "8.00", "108.00", "9.99", "98.01"),
        ("60.00", "50.00", "0.00", "50.00", "7.50", "42.50"),
        ("12000 JPY", "10000", "1000", "11000", "800", "10200"),
        ("20.500 KWD", "15.125", "0.756", "15.881", "1.001", "14.880"),
    ],
)
def test_a_handling_fee_stays_with_the_shop(amounts: tuple[str, ...]) -> None:
    same(
        filled(
            "sold {0} by invoice\nreturned {1} and tax {2}\nloop: refund {5}, fee {4}\nshopify: {5} by card", amounts
        ),
        filled(
            """
            credit memo {5} = goods {3}, fee income -{4}
            customer refund {5} by card
            Dr returns and tax {3}
            Cr fee income {4}
            Cr card {5}
            """,
            amounts,
        ),
    )


@pytest.mark.parametrize(
    "amounts",
    [
        ("118.00", "100.00", "8.00", "108.00", "10.00", "118.00"),
        ("60.00", "50.00", "0.00", "50.00", "4.95", "54.95"),
        ("12000 JPY", "10000", "1000", "11000", "700", "11700"),
        ("20.500 KWD", "15.125", "0.756", "15.881", "1.250", "17.131"),
    ],
)
def test_shipping_that_is_given_back_is_proved_by_shopify(amounts: tuple[str, ...]) -> None:
    same(
        filled(
            """
            sold {0} by invoice
            returned {1} and tax {2}
            loop: refund {5}
            shopify: {5} by card, shipping {4}
            """,
            amounts,
        ),
        filled(
            """
            credit memo {5} = goods {3}, shipping income {4}
            customer refund {5} by card
            Dr returns and tax {3}
            Dr shipping income {4}
            Cr card {5}
            """,
            amounts,
        ),
    )


@pytest.mark.parametrize(
    "amounts",
    [
        ("118.00", "100.00", "8.00", "108.00", "10.00", "118.00"),
        ("60.00", "50.00", "0.00", "50.00", "2.50", "52.50"),
        ("12000 JPY", "10000", "1000", "11000", "1100", "12100"),
        ("20.500 KWD", "15.125", "0.756", "15.881", "1.588", "17.469"),
    ],
)
def test_a_gift_card_with_a_bonus_is_a_liability_of_both_and_the_bonus_an_expense(amounts: tuple[str, ...]) -> None:
    same(
        filled("sold {0} by invoice\nreturned {1} and tax {2}\nloop: gift card {5}", amounts),
        filled(
            """
            credit memo 0 = goods {3}, gift cards issued -{5}, bonus expense {4}
            Dr returns and tax {3}
            Cr gift cards issued {5}
            Dr bonus expense {4}
            """,
            amounts,
        ).replace("memo 0 =", f"memo {zero(amounts[3])} ="),
    )


def zero(like: str) -> str:
    """Nothing, with as many decimals."""
    whole, point, decimals = like.partition(".")
    return "0" + point + "0" * len(decimals) if whole else like


@pytest.mark.parametrize(
    "amounts",
    [
        ("118.00", "100.00", "8.00", "108.00", "60.00", "48.00"),
        ("60.00", "50.00", "0.00", "50.00", "49.99", "0.01"),
        ("12000 JPY", "10000", "1000", "11000", "10999", "1"),
        ("20.500 KWD", "15.125", "0.756", "15.881", "15.880", "0.001"),
    ],
)
def test_a_split_tender_is_paid_out_tender_by_tender(amounts: tuple[str, ...]) -> None:
    facts = "returned {1} and tax {2}\nloop: refund {3}\nshopify: {4} by card, {5} by gift_card"
    same(
        filled("sold {0} by invoice\n" + facts, amounts),
        filled(
            """
            credit memo {3} = goods {3}
            customer refund {4} by card
            customer refund {5} by gift_card
            Dr returns and tax {3}
            Cr card {4}
            Cr gift_card {5}
            """,
            amounts,
        ),
    )
    same(
        filled("sold {0} by cash sale\n" + facts, amounts),
        filled(
            """
            cash refund {4} = goods {3}, gift_card -{5}
            Dr returns and tax {3}
            Cr gift_card {5}
            Cr card {4}
            """,
            amounts,
        ),
    )


@pytest.mark.parametrize("billed", ["invoice", "cash sale"])
@pytest.mark.parametrize(
    "amounts",
    [
        ("118.00", "100.00", "8.00", "108.00"),
        ("60.00", "50.00", "0.00", "50.00"),
        ("12000 JPY", "10000", "1000", "11000"),
        ("20.500 KWD", "15.125", "0.756", "15.881"),
    ],
)
def test_an_even_exchange_comes_to_nothing_and_leaves_its_credit_on_the_clearing(
    billed: str, amounts: tuple[str, ...]
) -> None:
    record = {"invoice": "credit memo", "cash sale": "cash refund"}[billed]
    same(
        filled(f"sold {{0}} by {billed}\nreturned {{1}} and tax {{2}}\nloop: exchange {{3}}, credit {{3}}", amounts),
        filled(
            f"""
            {record} {zero(amounts[3])} = goods {{3}}, exchange clearing -{{3}}
            Dr returns and tax {{3}}
            Cr exchange clearing {{3}}
            """,
            amounts,
        ),
    )


def test_an_upsell_leaves_nothing_but_the_credit_on_the_side_of_the_return() -> None:
    same(
        """
        sold 118.00 by invoice
        returned 100.00 and tax 8.00
        loop: exchange 162.00, credit 108.00, upsell 54.00
        """,
        """
        credit memo 0.00 = goods 108.00, exchange clearing -108.00
        Dr returns and tax 108.00
        Cr exchange clearing 108.00
        """,
    )


@pytest.mark.parametrize(
    "amounts",
    [
        ("118.00", "100.00", "8.00", "108.00", "64.80", "43.20"),
        ("60.00", "50.00", "0.00", "50.00", "49.99", "0.01"),
        ("12000 JPY", "10000", "1000", "11000", "6600", "4400"),
        ("20.500 KWD", "15.125", "0.756", "15.881", "0.001", "15.880"),
    ],
)
def test_a_downsell_pays_the_rest_out(amounts: tuple[str, ...]) -> None:
    same(
        filled(
            """
            sold {0} by invoice
            returned {1} and tax {2}
            loop: exchange {4}, credit {4}, refund {5}
            shopify: {5} by card
            """,
            amounts,
        ),
        filled(
            """
            credit memo {5} = goods {3}, exchange clearing -{4}
            customer refund {5} by card
            Dr returns and tax {3}
            Cr exchange clearing {4}
            Cr card {5}
            """,
            amounts,
        ),
    )


def test_three_outcomes_in_one_return() -> None:
    same(
        """
        sold 126.36 by invoice
        returned 45.00 and tax 3.60
        returned 45.00 and tax 3.60
        returned 27.00 and tax 2.16
        loop: refund 48.60, exchange 48.60, credit 48.60, gift card 29.16
        shopify: 48.60 by card
        """,
        """
        credit memo 48.60 = goods 126.36, exchange clearing -48.60, gift cards issued -29.16
        customer refund 48.60 by card
        Dr returns and tax 126.36
        Cr exchange clearing 48.60
        Cr gift cards issued 29.16
        Cr card 48.60
        """,
    )


def test_everything_at_once() -> None:
    same(
        """
        sold 250.00 by invoice
        returned 100.00 and tax 8.00
        returned 50.00 and tax 4.00
        loop: refund 60.00, exchange 120.00, upsell 20.00, credit 100.00, gift card 20.00, fee 5.00
        shopify: 40.00 by card, 20.00 by store_credit, shipping 9.00, duties 4.00
        """,
        """
        credit memo 60.00 = goods 162.00, exchange clearing -100.00, gift cards issued -20.00, fee income -5.00, \
shipping income 9.00, duties 4.00, bonus expense 10.00
        customer refund 40.00 by card
        customer refund 20.00 by store_credit
        Dr returns and tax 162.00
        Cr exchange clearing 100.00
        Cr gift cards issued 20.00
        Cr fee income 5.00
        Dr shipping income 9.00
        Dr duties 4.00
        Dr bonus expense 10.00
        Cr card 40.00
        Cr store_credit 20.00
        """,
    )


# -- in parts --


@pytest.mark.parametrize("billed", ["invoice", "cash sale"])
def test_what_is_refunded_later_is_credited_apart_and_only_that(billed: str) -> None:
    posted = told(
        f"""
        sold 118.00 by {billed}
        returned 100.00 and tax 8.00
        loop: refund 108.00
        shopify: 108.00 by card
        then
        shopify: 6.00 by card, shipping 6.00
        then
        shopify: 4.00 by card, shipping 4.00
        """
    ).splitlines()
    name = {"invoice": "credit memo", "cash sale": "cash refund"}[billed]
    written = [one for one in posted if one.startswith(name)]
    assert written == [
        f"{name} 108.00 = goods 108.00",
        f"{name} 6.00 = shipping income 6.00",
        f"{name} 4.00 = shipping income 4.00",
    ]
    assert "Cr card 118.00" in posted
    assert not [one for one in posted if one.startswith(("attention", "waiting"))]


def test_an_even_exchange_with_shipping_given_back_later() -> None:
    same(
        """
        sold 118.00 by invoice
        returned 100.00 and tax 8.00
        loop: exchange 108.00, credit 108.00
        then
        shopify: 10.00 by card, shipping 10.00
        """,
        """
        credit memo 0.00 = goods 108.00, exchange clearing -108.00
        credit memo 10.00 = shipping income 10.00
        customer refund 10.00 by card
        Dr returns and tax 108.00
        Cr exchange clearing 108.00
        Dr shipping income 10.00
        Cr card 10.00
        """,
    )


@pytest.mark.parametrize("whose", ["", ", without return"])
def test_a_refund_after_everything_was_credited_is_over_credit_and_posts_nothing(whose: str) -> None:
    facts = """
        sold 118.00 by invoice
        returned 100.00 and tax 8.00
        loop: refund 118.00
        shopify: 118.00 by card, shipping 10.00
        """
    before = told(facts).splitlines()
    after = told(facts + f"then\nshopify: 20.00 by card{whose}").splitlines()
    assert after == [*before, "attention: over_credit"]


def test_the_item_of_an_even_exchange_may_be_returned_although_only_8_00_was_paid_in_money() -> None:
    same(
        """
        sold 8.00 and 100.00 of return credit by invoice
        returned 100.00 and tax 8.00
        loop: refund 108.00
        shopify: 108.00 by card
        """,
        """
        credit memo 108.00 = goods 108.00
        customer refund 108.00 by card
        Dr returns and tax 108.00
        Cr card 108.00
        """,
    )


def test_what_was_refunded_later_and_is_neither_shipping_nor_duties_needs_a_person() -> None:
    facts = """
        sold 128.00 by invoice
        returned 100.00 and tax 8.00
        loop: refund 108.00
        shopify: 108.00 by card
        then
        shopify: 5.00 by card
        """
    assert told(facts).splitlines()[-1] == "attention: refund_differs"


# -- the law --


@pytest.mark.parametrize(
    ("loop", "shopify"),
    [
        ("refund 108.06", "108.06 by card"),
        ("refund 107.94", "107.94 by card"),
        ("refund 98.01, fee 10.05", "98.01 by card"),
        ("refund 118.06", "118.06 by card, shipping 10.00"),
        ("exchange 162.00, credit 107.94, upsell 54.00", ""),
        ("gift card 107.94", ""),
        ("exchange 107.94, credit 107.94", ""),
    ],
)
def test_one_cent_over_the_limit_posts_nothing(loop: str, shopify: str) -> None:
    facts = f"sold 118.06 by invoice\nreturned 100.00 and tax 8.00\nloop: {loop}\n"
    assert told(facts + (f"shopify: {shopify}" if shopify else "")) == "attention: loop_amounts_disagree"


@pytest.mark.parametrize("amount", ["107.95", "108.05"])
def test_within_the_limit_the_difference_is_a_visible_variance(amount: str) -> None:
    facts = f"sold 118.00 by invoice\nreturned 100.00 and tax 8.00\nloop: refund {amount}\nshopify: {amount} by card"
    difference = {"107.95": "-0.05", "108.05": "0.05"}[amount]
    assert told(facts).splitlines()[0] == f"credit memo {amount} = goods 108.00, variance {difference}"


def test_a_gift_card_beyond_the_credit_is_no_bonus_where_the_shop_gives_none() -> None:
    policy = replace(POLICY, items=replace(POLICY.items, bonus=""))
    facts = "sold 118.00 by invoice\nreturned 100.00 and tax 8.00\nloop: gift card 118.00"
    assert told(facts, policy) == "attention: loop_amounts_disagree"


def test_money_is_never_a_bonus() -> None:
    facts = "sold 118.00 by invoice\nreturned 100.00 and tax 8.00\nloop: refund 118.00\nshopify: 118.00 by card"
    assert told(facts) == "attention: loop_amounts_disagree"


@pytest.mark.parametrize(
    ("loop", "shopify"),
    [
        ("refund 118.00", "118.00 by card, duties 10.00"),
        ("refund 98.00, fee 10.00", "98.00 by card"),
        ("gift card 108.00", ""),
        ("exchange 108.00, credit 108.00", ""),
    ],
)
def test_a_line_without_an_item_needs_a_person(loop: str, shopify: str) -> None:
    facts = f"sold 118.00 by invoice\nreturned 100.00 and tax 8.00\nloop: {loop}\n"
    policy = replace(POLICY, items=Items())
    assert told(facts + (f"shopify: {shopify}" if shopify else ""), policy) == "attention: item_not_configured"


def test_shipping_without_an_item_is_the_records_own_shipping_cost() -> None:
    facts = "sold 118.00 by invoice\nreturned 100.00 and tax 8.00\nloop: refund 118.00\n"
    said = told(f"{facts}shopify: 118.00 by card, shipping 10.00", replace(POLICY, items=Items()))
    assert said.splitlines()[0] == "credit memo 118.00 = goods 108.00, shipping cost 10.00"
    assert "Dr shipping income 10.00" in said


# -- made by hand --


def test_a_credit_by_hand_for_the_same_refund_is_adopted_and_paid_out_once() -> None:
    same(
        """
        sold 118.00 by invoice
        returned 100.00 and tax 8.00
        netsuite: credit memo 108.00 by hand for refund 1
        loop: refund 108.00
        shopify: 108.00 by card
        """,
        """
        customer refund 108.00 by card
        Dr receivable 108.00
        Cr card 108.00
        """,
    )


def test_what_is_refunded_after_a_credit_by_hand_is_still_credited() -> None:
    facts = """
        sold 118.00 by invoice
        returned 100.00 and tax 8.00
        loop: refund 108.00
        shopify: 108.00 by card
        then
        shopify: 10.00 by card, shipping 10.00
        """
    world = world_of(facts)
    credit = next(one for one in world.documents if one.record_type == "creditMemo")
    by_hand = replace(credit, external_id="", shopify_refund_id="", memo="By hand", loop_return_id=cases.RETURN)
    world.documents = [by_hand if one is credit else one for one in world.documents]
    world.said.clear()
    world.settle()
    assert world.said == []
    world.documents = [one for one in world.documents if one.total != cases.usd("10.00")]
    world.settle()
    assert world.said == ["credit memo 10.00 = shipping income 10.00", "customer refund 10.00 by card"]


@pytest.mark.parametrize(
    "loop", ["refund 108.00\nshopify: 108.00 by card", "gift card 108.00", "exchange 108.00, credit 108.00"]
)
def test_a_credit_by_hand_that_names_nothing_is_a_possible_duplicate(loop: str) -> None:
    facts = f"sold 218.00 by invoice\nreturned 100.00 and tax 8.00\nnetsuite: credit memo 108.00 by hand\nloop: {loop}"
    assert told(facts) == "attention: possible_duplicate"


# -- currencies --


def test_the_money_set_of_the_returns_currency_is_posted_and_none_is_converted() -> None:
    shop, theirs = cases.usd("100.00"), Money.of("135.60", "CAD")
    refund = cases.refunded("100.00")
    moved = replace(refund.transactions[0], amount=shop, presentment_amount=theirs)
    assert (moved.in_currency("CAD"), moved.in_currency("USD"), moved.in_currency("EUR")) == (theirs, shop, None)
