"""Laws of the trade, tried on many cases: money is exact, units find their lines, nothing comes back twice."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledgerloop.domain.authorized import discount_shares, header_share
from ledgerloop.domain.documents import Document
from ledgerloop.domain.matching import match_units, quantity_left
from ledgerloop.domain.money import EXPONENTS, Money
from ledgerloop.domain.orders import LineKind, SourceLine, SourceOrder
from ledgerloop.domain.returns import ReturnLine
from ledgerloop.remotes.netsuite.parse import header_discount
from tests.support import cases
from tests.support.cases import POLICY, held, returned, sold, unit, usd

cents = st.integers(-10_000_000, 10_000_000).map(lambda number: Decimal(number) / 100)
currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD"])


# -- money --


@given(amounts=st.lists(cents, max_size=20))
def test_a_sum_of_money_is_exact_in_any_order(amounts: list[Decimal]) -> None:
    money = [usd(amount) for amount in amounts]
    assert Money.total(money, "USD") == Money.total(reversed(money), "USD") == usd(sum(amounts, Decimal(0)))


@given(amount=st.decimals(-(10**6), 10**6, places=5), currency=currencies)
def test_money_is_held_to_its_currencys_minor_unit_half_up(amount: Decimal, currency: str) -> None:
    held_to = Money(amount, currency)
    places = EXPONENTS.get(currency, 2)
    assert held_to.amount == held_to.amount.quantize(Decimal(1).scaleb(-places))
    assert abs(held_to.amount - amount) * 2 <= Decimal(1).scaleb(-places)
    assert Money(held_to.amount, currency) == held_to
    assert -Money(-amount, currency) == held_to


@given(amount=cents, other=cents)
def test_what_is_added_can_be_taken_away(amount: Decimal, other: Decimal) -> None:
    assert usd(amount) + usd(other) - usd(other) == usd(amount)
    assert (usd(amount) < usd(other)) == (amount < other)


def test_two_currencies_are_never_added() -> None:
    with pytest.raises(ValueError, match="different currencies"):
        usd("1.00") + Money.of("1.00", "CAD")


@pytest.mark.parametrize("text", ["", "one", None, "1,00", "NaN-ish"])
def test_what_is_no_amount_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="not an amount"):
        Money.of(text, "USD")


# -- units and lines --

skus = st.sampled_from(["TEE-M", "CAP", "SOCKS"])


@st.composite
def orders(draw: st.DrawFn, *, with_ids: bool = True) -> tuple[SourceLine, ...]:
    """Lines of an order: some SKUs may stand on several lines."""
    wanted = draw(st.lists(st.tuples(skus, st.integers(1, 4)), min_size=1, max_size=4))
    return tuple(
        sold(
            number,
            sku=sku,
            item_id=sku,
            quantity=Decimal(count),
            shipped=Decimal(count),
            shopify_line_id=str(10 + number) if with_ids else "",
        )
        for number, (sku, count) in enumerate(wanted, 1)
    )


def units_of(lines: Sequence[SourceLine]) -> list[ReturnLine]:
    """A unit for every piece of these lines."""
    pieces = [line for line in lines for _ in range(int(line.quantity))]
    return [unit(number, sku=line.sku, shopify_line_id=f"{10 + line.line}") for number, line in enumerate(pieces)]


@given(lines=orders(), chosen=st.randoms(use_true_random=False))
def test_every_unit_goes_to_the_line_of_its_id(lines: tuple[SourceLine, ...], chosen: object) -> None:
    units = units_of(lines)
    chosen.shuffle(units)  # type: ignore[attr-defined]
    matched, unmatched = match_units(units, lines, {line.line: line.quantity for line in lines})
    assert unmatched == ()
    assert all(one.shopify_line_id == str(10 + number) for number, group in matched.items() for one in group)
    assert sorted(one.loop_line_id for group in matched.values() for one in group) == sorted(
        u.loop_line_id for u in units
    )


@given(lines=orders(with_ids=False), data=st.data())
def test_without_ids_every_unit_finds_room_on_a_line_of_its_sku(
    lines: tuple[SourceLine, ...], data: st.DataObject
) -> None:
    units = data.draw(st.permutations(units_of(lines)))
    matched, unmatched = match_units(units, lines, {line.line: line.quantity for line in lines})
    assert unmatched == ()
    by_number = {line.line: line for line in lines}
    for number, group in matched.items():
        assert len(group) <= by_number[number].quantity
        assert {one.sku for one in group} == {by_number[number].sku}


@given(lines=orders(), stranger=st.text("abcxyz", min_size=1, max_size=6))
def test_a_unit_of_another_sku_is_never_given_a_line(lines: tuple[SourceLine, ...], stranger: str) -> None:
    assume(stranger not in {line.sku for line in lines})
    lost = unit(sku=stranger, shopify_line_id="999")
    matched, unmatched = match_units([lost], lines, {})
    assert matched == {}
    assert [one.unit for one in unmatched] == [lost]
    assert set(unmatched[0].suggestions) <= {line.sku for line in lines}


# -- quantity left --


def other(number: int, line: SourceLine, quantity: int, received: int, *, closed: bool, status: str = "B") -> Document:
    """Another authorization of a line; without the order line's id every second time, as other programs make them."""
    own_id = line.shopify_line_id if number % 2 else ""
    goods = held(
        1,
        sku=line.sku,
        item_id=line.item_id,
        quantity=Decimal(quantity),
        received=Decimal(received),
        closed=closed,
        shopify_line_id=own_id,
    )
    return cases.document("returnAuthorization", str(3000 + number), "1001", goods, status=status)


@given(shipped=st.integers(1, 9), data=st.data())
def test_left_is_what_was_shipped_less_what_others_received_or_still_hold(shipped: int, data: st.DataObject) -> None:
    line = sold(1, quantity=Decimal(shipped), shipped=Decimal(shipped))
    source = cases.order(line)
    others, held_by_others = [], 0
    for number in range(data.draw(st.integers(0, 4))):
        quantity = data.draw(st.integers(1, 3))
        received = data.draw(st.integers(0, quantity))
        closed, cancelled = data.draw(st.booleans()), data.draw(st.booleans()) and not received
        others.append(other(number, line, quantity, received, closed=closed, status="C" if cancelled else "B"))
        held_by_others += 0 if cancelled else received if closed else quantity
    assert quantity_left(source, others) == {1: Decimal(shipped - held_by_others)}


@given(counts=st.lists(st.integers(1, 4), min_size=2, max_size=2), taken=st.integers(0, 8))
def test_what_another_program_took_of_a_sku_is_taken_from_the_lines_in_turn(counts: list[int], taken: int) -> None:
    assume(taken <= sum(counts))
    lines = [sold(n, quantity=Decimal(c), shipped=Decimal(c), shopify_line_id=f"1{n}") for n, c in enumerate(counts, 1)]
    stranger = other(0, lines[0], taken, 0, closed=False)
    left = quantity_left(cases.order(*lines), [stranger] if taken else [])
    assert sum(left.values()) == sum(counts) - taken
    assert all(amount >= 0 for amount in left.values())


# -- shares of discounts over several returns --


def loop_shares(whole: Decimal, count: int) -> list[Decimal]:
    """A discount in units' shares as Loop gives them: to the cent, and exactly the whole."""
    up_to = [(whole * n / count).quantize(Decimal("0.01")) for n in range(count + 1)]
    return [later - earlier for earlier, later in pairwise(up_to)]


@st.composite
def discounted(draw: st.DrawFn) -> tuple[int, Decimal, list[list[int]]]:
    """Units of a line, a discount over them, and how they come back: in which return each."""
    count = draw(st.integers(1, 6))
    whole = Decimal(draw(st.integers(1, 100 * count))) / 100
    cuts = sorted(draw(st.sets(st.integers(1, count - 1), max_size=3))) if count > 1 else []
    edges = [0, *cuts, count]
    return count, whole, [list(range(a, b)) for a, b in pairwise(edges)]


def discounted_order(count: int, whole: Decimal, *, in_header: bool) -> SourceOrder:
    goods = sold(1, quantity=Decimal(count), shipped=Decimal(count), amount=usd(Decimal(count * 50)))
    if in_header:
        return cases.order(goods, header_discount=usd(-whole))
    below = sold(2, kind=LineKind.DISCOUNT, item_id="907", sku="", amount=usd(-whole), shopify_line_id="")
    return cases.order(goods, below)


@given(sale=discounted())
def test_the_shares_of_a_header_discount_add_up_to_it_exactly_over_all_returns(
    sale: tuple[int, Decimal, list[list[int]]],
) -> None:
    count, whole, returns = sale
    source, shares = discounted_order(count, whole, in_header=True), loop_shares(whole, count)
    total = usd(0)
    for numbers in returns:
        units = [unit(n, price=usd("50.00"), discount=usd(shares[n])) for n in numbers]
        share = header_share(returned(*units), source, usd(0))
        assert share is not None
        assert share.amount <= 0
        total = total + share
    assert total == usd(-whole)


@given(sale=discounted())
def test_the_shares_of_a_discount_line_add_up_to_it_exactly_over_all_returns(
    sale: tuple[int, Decimal, list[list[int]]],
) -> None:
    count, whole, returns = sale
    source, shares = discounted_order(count, whole, in_header=False), loop_shares(whole, count)
    total = usd(0)
    for numbers in returns:
        units = [unit(n, price=usd("50.00"), discount=usd(shares[n])) for n in numbers]
        [share] = discount_shares(source, POLICY, source.lines[0], units)
        assert share.amount is not None
        total = total + share.amount
    assert total == usd(-whole)


# -- the header's forms --


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, None),
        ({"discountItem": {"id": "906"}, "discountRate": "-13.00", "discountTotal": "-13.00"}, "-13.00"),
        ({"discountItem": {"id": "906"}, "discountRate": "-10%"}, "-13.00"),
        ({"discountItem": {"id": "906"}, "discountRate": "-10.0%", "discountTotal": "13.00"}, "-13.00"),
        ({"discountItem": {"id": "906"}, "discountRate": "-13"}, "-13.00"),
    ],
    ids=["none", "amount", "per cent", "per cent with its total", "rate alone"],
)
def test_a_header_discount_is_money_whatever_its_form(record: dict[str, object], expected: str | None) -> None:
    found = header_discount(record, usd("130.00"))
    assert found == (usd(expected) if expected else None)


def test_what_lines_below_already_took_is_not_taken_from_the_header_again() -> None:
    source = cases.order(header_discount=usd("-20.00"))
    both = returned(replace(unit(), discount=usd("15.00")))
    assert header_share(both, source, usd("-5.00")) == usd("-10.00")
