"""Random returns of every outcome, currency and tender: what is posted adds up to the last minor unit."""

import random
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgerloop.domain.money import Money, exponent
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.shares import as_loop_rounds
from tests.support import cases
from tests.syncs.notation import POLICY, world_of

CURRENCIES = ("USD", "EUR", "CAD", "JPY", "KWD")
GATEWAYS = ("card", "gift_card", "store_credit")
NOTHING = replace(POLICY, variance_limit=Decimal(0))
"""A merchant who allows no variance: every term must be explained exactly."""


@dataclass
class Made:
    """A return made at random: the facts, and what must come of them."""

    credit: Money
    gift_card: Money
    bonus: Money
    facts: list[str] = field(default_factory=list)
    left: dict[str, Money] = field(default_factory=dict)


def money(chance: random.Random, currency: str, most: int = 20_000) -> Money:
    """An amount of up to so many minor units."""
    return Money(Decimal(chance.randint(1, most)).scaleb(-exponent(currency)), currency)


def part(chance: random.Random, whole: Money) -> Money:
    """Nothing, all, or something of an amount."""
    kind = chance.choice(("none", "all", "some", "some"))
    weight = {"none": 0, "all": 100, "some": chance.randint(0, 100)}[kind]
    return whole.split((Decimal(weight), Decimal(100 - weight)))[0]


def a_return(chance: random.Random) -> Made:
    """Units, then what Loop gives for them: fee, exchange (even, dearer, cheaper), gift card, the rest in money."""
    currency = chance.choice(CURRENCIES)
    none = Money.zero(currency)
    made = Made(none, none, none)
    units = [(money(chance, currency), part(chance, money(chance, currency, 900))) for _ in range(chance.randint(1, 4))]
    goods = Money.total((price + tax for price, tax in units), currency)
    fee = part(chance, goods) if chance.random() < 0.3 else none
    spendable = goods - fee
    shipping = money(chance, currency, 1500) if chance.random() < 0.3 else none
    duties = money(chance, currency, 900) if chance.random() < 0.2 else none
    made.credit = part(chance, spendable) if chance.random() < 0.5 else none
    upsell = money(chance, currency, 9000) if made.credit and chance.random() < 0.4 else none
    left = spendable - made.credit
    made.gift_card = part(chance, left) if chance.random() < 0.5 else none
    refund = left - made.gift_card + shipping + duties
    if made.gift_card and chance.random() < 0.5:
        made.bonus = money(chance, currency, 2000)
        made.gift_card = made.gift_card + made.bonus
    made.facts.append(
        f"sold {(goods + shipping + duties).amount} {currency} by {chance.choice(('invoice', 'cash sale'))}"
    )
    made.facts += [f"returned {price.amount} and tax {tax.amount}" for price, tax in units]
    sums = {
        "refund": refund,
        "fee": fee,
        "exchange": made.credit + upsell,
        "credit": made.credit,
        "upsell": upsell,
        "gift card": made.gift_card,
    }
    made.facts.append("loop: " + ", ".join(f"{name} {amount.amount}" for name, amount in sums.items()))
    made.facts += _paid(chance, made, refund, shipping, duties)
    return made


def _paid(chance: random.Random, made: Made, refund: Money, shipping: Money, duties: Money) -> list[str]:
    """Shopify's refund over one to three tenders; without money it still gives shipping and duties back as credit."""
    weights = [Decimal(chance.randint(0, 9)) for _ in range(chance.randint(1, 3))]
    shares = zip(chance.sample(GATEWAYS, 3), refund.split(weights), strict=False)
    made.left = {gateway: amount for gateway, amount in shares if amount}
    terms = [f"{amount.amount} by {gateway}" for gateway, amount in made.left.items()]
    terms += [f"{name} {amount.amount}" for name, amount in (("shipping", shipping), ("duties", duties)) if amount]
    return [f"shopify: {', '.join(terms)}"] if terms else []


def check(made: Made, policy: Policy) -> None:
    """All of it is posted, nothing waits, and every account holds what left through it."""
    world = world_of("\n".join(made.facts), policy)
    assert [one for one in world.said if one.startswith(("attention", "waiting"))] == [], made.facts
    left = {gateway: -world.entries[gateway] for gateway in GATEWAYS if world.entries[gateway]}
    assert left == {gateway: amount.amount for gateway, amount in made.left.items()}, made.facts
    assert -world.entries["exchange clearing"] == made.credit.amount
    assert -world.entries["gift cards issued"] == made.gift_card.amount
    assert world.entries["bonus expense"] == made.bonus.amount
    assert not world.entries["variance"]
    assert not world.entries["receivable"]


@settings(max_examples=300, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_split_of_a_return_adds_up_exactly(chance: random.Random) -> None:
    check(a_return(chance), NOTHING)


@pytest.mark.soak
def test_the_splits_of_5000_returns_add_up_exactly() -> None:
    chance = random.Random(20261121)
    for _ in range(5000):
        check(a_return(chance), NOTHING)


@given(
    amount=st.integers(-(10**7), 10**7),
    weights=st.lists(st.integers(0, 1000), min_size=1, max_size=8),
    currency=st.sampled_from(CURRENCIES),
)
def test_dividing_money_loses_no_unit_and_takes_none_from_anybody(
    amount: int, weights: list[int], currency: str
) -> None:
    whole = Money(Decimal(amount).scaleb(-exponent(currency)), currency)
    parts = whole.split([Decimal(one) for one in weights])
    assert Money.total(parts, currency) == whole
    unit, total = Decimal(1).scaleb(-exponent(currency)), sum(weights) or len(weights)
    shares = weights if any(weights) else [1] * len(weights)
    for given_part, weight in zip(parts, shares, strict=True):
        assert abs(given_part.amount - whole.amount * weight / total) < unit


@pytest.mark.parametrize("weights", [[], [Decimal(-1), Decimal(2)]])
def test_money_cannot_be_divided_among_nobody(weights: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="cannot be divided"):
        Money.of("1.00", "USD").split(weights)


def test_the_largest_remainders_get_what_rounding_left() -> None:
    def divided(amount: str, currency: str, *weights: str) -> list[str]:
        parts = Money.of(amount, currency).split([Decimal(one) for one in weights])
        return [str(one.amount) for one in parts]

    assert divided("100.00", "USD", "1", "1", "1") == ["33.34", "33.33", "33.33"]
    assert divided("-0.05", "USD", "5", "3", "2") == ["-0.03", "-0.01", "-0.01"]
    assert divided("10", "JPY", "2", "1") == ["7", "3"]
    assert divided("0.010", "KWD", "1", "1", "1") == ["0.004", "0.003", "0.003"]
    assert divided("1.00", "USD", "0", "0") == ["0.50", "0.50"]


@given(
    amounts=st.lists(st.integers(1, 5000), min_size=1, max_size=3),
    count=st.integers(1, 6),
    chosen=st.integers(1, 6),
    currency=st.sampled_from(CURRENCIES),
)
def test_the_discounts_of_a_part_add_up_to_what_loop_says(
    amounts: list[int], count: int, chosen: int, currency: str
) -> None:
    whole = [Money(-Decimal(one).scaleb(-exponent(currency)), currency) for one in amounts]
    shares = (-Money.total(whole, currency)).split([Decimal(1)] * count)
    units = [replace(cases.unit(), discount=one) for one in shares[: min(chosen, count)]]
    parts = as_loop_rounds(whole, units, Decimal(count))
    assert Money.total(parts, currency) == -Money.total((one.discount for one in units), currency)
    assert all(abs(part) <= abs(line) for part, line in zip(parts, whole, strict=True))


def test_a_discount_of_loops_that_is_not_on_these_lines_is_not_put_on_them() -> None:
    units = [cases.unit(discount=cases.usd("15.00"))]
    assert as_loop_rounds([cases.usd("-10.00"), cases.usd("-4.00")], units, Decimal(2)) == (
        cases.usd("-5.00"),
        cases.usd("-2.00"),
    )
