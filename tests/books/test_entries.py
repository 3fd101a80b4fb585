"""Every fact makes entries that sum to zero; and one wrong unit anywhere is found, with its return and its amount."""

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest

from ledgerloop.books.compare import compare
from ledgerloop.books.entries import entries_of
from ledgerloop.domain.facts import Fact, Kind, of_minor_units
from ledgerloop.domain.money import Money
from tests.books.notation import TAKEN, Book, credit

CURRENCIES = ("USD", "JPY", "KWD")
OTHERS = 3
"""Returns beside the one that is changed."""

SEEDS = range(60)
"""Books that are made; in each every amount is changed once."""


def made(chance: random.Random, return_id: str) -> Book:
    """The books of one return of any outcomes, on which the three systems agree."""
    taken = Book(chance.choice(CURRENCIES), return_id)

    def some(most: int = 20000, often: float = 0.6) -> Money:
        return of_minor_units(chance.randint(1, most) if chance.random() < often else 0, taken.currency)

    none = Money.zero(taken.currency)
    used, card, fee, paid = some(), some(), some(900, 0.3), some()
    beyond = [some(1500, 0.3), some(500, 0.2), some(1000, 0.2) if card else none]
    goods = used + card + fee + paid - Money.total(beyond, taken.currency)
    if goods.amount <= 0:
        paid, goods = paid - goods + of_minor_units(5000, taken.currency), of_minor_units(5000, taken.currency)
    upsell = some(5000, 0.4) if used else none
    tax = of_minor_units(chance.randint(0, 300), taken.currency)
    totals = {
        "product": goods,
        "discount": tax,
        "tax": tax,
        "return_total": goods,
        "exchange_total": used + upsell,
        "exchange_credit": used,
        "gift_card": card,
        "handling_fee": fee,
        "refund": paid,
        "upsell": upsell,
        "lines_product": goods,
        "lines_discount": tax,
        "lines_tax": tax,
        "booked": paid,
        "chosen": used + upsell,
    }
    whole = {name: amount for name, amount in totals.items() if amount or name not in ("booked", "chosen")}
    if used:
        whole |= {"exchange_product": used + upsell, "exchange_discount": tax, "exchange_tax": tax}
    new = "yes" if used else ""
    taken.add(Kind.RETURN, whole, processed="yes", state="closed", lines="yes", new_goods=new, asked_on="2026-03-01")
    parts = [one for one in paid.split([Decimal(chance.randint(1, 5)) for _ in range(chance.randint(1, 3))]) if one]
    for number, part in enumerate(parts):
        taken.add(Kind.REFUND, {"paid": part}, gateway=f"gateway {number}", item=f"91{number}")
    if beyond[0] or beyond[1]:
        taken.add(Kind.GIVEN_BACK, {"shipping": beyond[0], "duties": beyond[1]})
    _credited(chance, taken, totals, parts, beyond)
    credited = next(one for one in taken.facts if one.kind is Kind.CREDIT)
    taken.add(Kind.AUTHORIZATION, {"goods": credited.amount("goods")}, received="1")
    if used:
        _exchanged(chance, taken, used, upsell)
    return taken


def _credited(
    chance: random.Random, taken: Book, totals: dict[str, Money], parts: list[Money], beyond: list[Money]
) -> None:
    lines = {
        "exchange": totals["exchange_credit"],
        "gift card": totals["gift_card"],
        "fee": totals["handling_fee"],
        "shipping": beyond[0],
        "duties": beyond[1],
        "bonus": beyond[2],
        "variance": of_minor_units(chance.choice((0, 0, 0, 1, -1, 4)), taken.currency),
    }
    if chance.random() < 0.4:
        sums = credit({"total": Money.total(parts[:1], taken.currency), **lines}, taken.currency)
        tenders = {f"tender 91{number}": part for number, part in enumerate(parts[1:], start=1)}
        sums["goods"] = sums["goods"] + Money.total(tenders.values(), taken.currency)
        taken.add(Kind.CREDIT, {**sums, **tenders}, record_type="cashRefund")
        return
    taken.add(Kind.CREDIT, credit({"total": totals["refund"], **lines}, taken.currency), record_type="creditMemo")
    for part in parts:
        taken.add(Kind.PAID_OUT, {"total": part}, record_type="customerRefund")


def _exchanged(chance: random.Random, taken: Book, used: Money, upsell: Money) -> None:
    discount, beside = used.split([Decimal(chance.randint(0, 9)), Decimal(1)])
    total = used + upsell - discount
    taken.add(Kind.EXCHANGE_ORDER, {"total": total, "credit_used": discount}, sent="yes", shopify_order="5999")
    if chance.random() < 0.3:
        sums = {"total": upsell, "loop_discount": discount, "exchange_credit": beside}
        taken.add(Kind.SOLD, sums, record_type="cashSale", ours="yes")
        return
    sums = {"total": total, "loop_discount": discount}
    taken.add(Kind.ORDERED, sums, record_type="salesOrder", ours="yes", billed="yes")
    taken.add(Kind.BILLED, sums, record_type="invoice")
    if beside:
        taken.add(Kind.DEPOSIT, {"total": beside}, ending="credit", record_type="customerDeposit")
    if upsell:
        taken.add(Kind.DEPOSIT, {"total": upsell}, ending="upsell", record_type="customerDeposit")


def changed(fact: Fact, chance: random.Random) -> Iterator[Fact]:
    """The same fact with one amount changed by one unit, each amount in turn.

    The total of a credit follows its lines, as it does in NetSuite.
    """
    unit = of_minor_units(chance.choice((1, -1)), fact.currency)
    for term in fact.amounts:
        amounts = {**fact.amounts, term: fact.amount(term) + unit}
        if fact.kind is Kind.CREDIT and term != "total":
            is_taken = term in TAKEN.values() or term.startswith("tender ")
            amounts["total"] = fact.amount("total") - unit if is_taken else fact.amount("total") + unit
        elif fact.kind is Kind.CREDIT:
            amounts["goods"] = fact.amount("goods") + unit
        yield replace(fact, amounts=amounts)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_entries_of_every_fact_sum_to_zero(seed: int) -> None:
    taken = made(random.Random(seed), "4821")
    sums = [Money.total((one.amount for one in entries_of(fact)), taken.currency) for fact in taken.facts]
    assert sums == [Money.zero(taken.currency)] * len(sums)


@pytest.mark.parametrize("seed", SEEDS)
def test_systems_that_agree_have_no_difference(seed: int) -> None:
    seen = made(random.Random(seed), "4821").comparison()
    assert [one for one in seen.differences if one.counts] == []
    assert seen.open_items == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_one_unit_changed_anywhere_is_reported_with_its_return_and_its_amount(seed: int) -> None:
    one_unit_is_found(seed)


@pytest.mark.soak
@pytest.mark.parametrize("begins", range(60, 1310, 50))
def test_one_unit_is_found_on_five_thousand_returns(begins: int) -> None:
    for seed in range(begins, begins + 50):
        one_unit_is_found(seed)


def one_unit_is_found(seed: int) -> None:
    chance = random.Random(seed)
    books = [made(chance, str(4821 + number)) for number in range(1 + OTHERS)]
    wrong = books[seed % len(books)]
    before = {one.return_id: one.comparison().differences for one in books}
    unit = of_minor_units(1, wrong.currency)
    for number, fact in enumerate(wrong.facts):
        for other in changed(fact, chance):
            facts = [*wrong.facts[:number], other, *wrong.facts[number + 1 :]]
            facts += [one for some in books if some is not wrong for one in some.facts]
            told = {one: compare(one, [f for f in facts if f.subject == one]).differences for one in before}
            news = [one for one in told[wrong.return_id] if one not in before[wrong.return_id]]
            assert unit in [abs(one.amount) for one in news], (other, told[wrong.return_id])
            assert [one for one in told if told[one] != before[one]] == [wrong.return_id]
