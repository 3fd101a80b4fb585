"""Random exchanges, both sides posted: the clearing account returns to 0.00, whatever the prices and the discount."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.returns import Return
from tests.support.cases import usd
from tests.support.selling import SELLS, exchanged, in_store, line, loop_code, order, selling, taxed
from tests.syncs.test_exchange_order_money import added_up, clearing, credited, written

GIVES = 10800
"""Cents that the returned tee is worth."""


def cents(amount: int) -> str:
    return str(Decimal(amount) / 100)


@st.composite
def exchanges(draw: st.DrawFn) -> tuple[Order, Return]:
    """A tee of 108.00 for something else: its price, its tax, and how much of the credit the discount shows."""
    price = draw(st.integers(1, 30_000))
    tax = draw(st.integers(0, price // 4))
    credit = min(GIVES, price + tax)
    off = draw(st.integers(0, min(price, credit)))
    used = (loop_code(cents(off)),) if off else ()
    made = order(line(cents(price), *used, taxes=taxed(cents(tax)) if tax else ()), total=cents(price - off + tax))
    return made, exchanged(cents(credit), upsell=cents(price + tax - credit))


@settings(max_examples=200, deadline=None)
@given(exchange=exchanges(), at_the_till=st.booleans(), as_deposit=st.booleans())
def test_the_clearing_returns_to_zero(exchange: tuple[Order, Return], at_the_till: bool, as_deposit: bool) -> None:
    made, return_ = exchange
    policy = replace(SELLS, exchange_settlement="customer_deposit") if as_deposit else SELLS
    made = in_store(made) if at_the_till else made
    drafts = written(selling(made, return_), policy)
    assert clearing(return_, made, drafts, policy) == usd(0)
    sale = drafts[0]
    paid = [one.amount for one in drafts[1:]]
    assert added_up(sale) == sale.expected_total
    if sale.record_type == "salesOrder":
        applied = credited(return_, made, policy).expected_total - return_.totals.refund
        assert Money.total((applied, *paid), "USD") == sale.expected_total
    else:
        assert sale.expected_total == return_.totals.upsell
