"""Every outcome of a return, in one shop: the records, the accounts, Loop's state, and clearing at 0.00.

One sync moves all stories on, as in a shop. The printed amounts are those that accountants know from the docs.
"""

from decimal import Decimal

import pytest

from ledgerloop.books.report import Period, ShopBooks, comparisons
from ledgerloop.books.words import Comparison
from ledgerloop.operate.look_again import look_at_open_exchanges
from ledgerloop.operate.packs import enter
from tests.acceptance.endings import back, both, endings, instant, records, returned
from tests.acceptance.figures import OTHERS, PRINTED, Figures
from tests.acceptance.selling import clearing
from tests.acceptance.stories import ONLINE, Ends, Shop, begin, go_back
from tests.acceptance.trade import Trade
from tests.support.sandbox import parts_of

ON_PAPER = {
    4: {"creditMemo": ["98.01"], "customerRefund": ["98.01"]},
    5: {"creditMemo": ["118.00"], "customerRefund": ["118.00"]},
    6: {"creditMemo": ["0.00"]},
    7: {"creditMemo": ["108.00"], "customerRefund": ["48.00", "60.00"]},
    8: {"creditMemo": ["0.00"], "salesOrder": ["8.00"], "customerDeposit": ["8.00"]},
    9: {"creditMemo": ["108.00"], "salesOrder": ["108.00"]},
    10: {"cashRefund": ["0.00"], "cashSale": ["0.00"]},
    ONLINE: {"cashRefund": ["0.00"], "salesOrder": ["8.00"], "customerDeposit": ["8.00"]},
    11: {"creditMemo": ["0.00"], "salesOrder": ["62.00"], "customerDeposit": ["8.00", "54.00"]},
    12: {"creditMemo": ["43.20"], "customerRefund": ["43.20"], "salesOrder": ["4.80"], "customerDeposit": ["4.80"]},
    13: {"creditMemo": ["48.60"], "customerRefund": ["48.60"], "salesOrder": ["3.60"], "customerDeposit": ["3.60"]},
    14: {"creditMemo": ["0.00"], "salesOrder": ["108.00"], "customerDeposit": ["108.00"]},
    15: {"creditMemo": ["0.00"], "salesOrder": ["8.00"], "customerDeposit": ["8.00"]},
    16: {"salesOrder": ["8.00"], "customerDeposit": ["8.00"]},
    17: {"creditMemo": ["108.00"], "customerRefund": ["108.00"]},
}
"""The printed amounts once more, as texts: what is credited, paid out, ordered and deposited."""

SHIPPED_LATER = (8, 9, ONLINE, 11, 12, 13, 14)
"""Exchanges whose goods go out when the old ones have come back."""

INSTANT = (15, 16)
"""Exchanges whose goods go out first; of 16 nothing ever comes back."""

SETS = {"as printed": PRINTED, **OTHERS}


@pytest.mark.parametrize(
    "figures",
    [
        pytest.param(figures, id=name, marks=[pytest.mark.soak] if name in OTHERS else [])
        for name, figures in SETS.items()
    ],
)
def test_every_story_comes_to_what_an_accountant_expects(trade: Trade, figures: Figures) -> None:
    shop = Shop(trade, figures)
    begin(shop)
    trade.sync()
    shop.look_for_exchanges()
    shop.ship_and_bill_exchanges(*INSTANT)
    trade.sync()
    assert {number: shop.ends(number) for number in INSTANT} == dict.fromkeys(INSTANT, instant(figures))
    assert open_exchanges(shop) == {(number, figures.even.value) for number in INSTANT}

    go_back(shop)
    trade.sync()
    trade.loop_works()
    trade.sync()
    shop.look_for_exchanges()
    assert "exchange_not_billed" in trade.codes(shop.told[9].return_id), "its credit memo is applied once it is billed"
    shop.ship_and_bill_exchanges(*SHIPPED_LATER)
    trade.sync()
    before = trade.writes()
    trade.sync()

    assert trade.writes() == before, "nothing is left to write"
    assert before["shopify"] == 0, "nothing is ever repaired in Shopify"
    assert {number: shop.ends(number) for number in sorted(shop.told)} == dict(sorted(endings(figures).items()))
    assert clearing(trade) == figures.even.value, "what never came back in story 16, and nothing else"
    assert open_exchanges(shop) == {(16, figures.even.value)}

    trade.act("enter_charge", return_id=shop.told[16].return_id, amount=str(figures.even.value))
    assert open_exchanges(shop) == set()
    assert clearing(trade) == 0
    assert all(seen.agrees for seen in books_of(shop).values())


def test_the_printed_amounts_are_those_on_paper() -> None:
    leave_out = ("returnAuthorization", "itemReceipt")
    told = {
        number: {
            kind: [str(one.quantize(PRINTED.tee.full)) for one in amounts]
            for kind, amounts in ends.records.items()
            if kind not in leave_out
        }
        for number, ends in endings(PRINTED).items()
    }
    assert told == ON_PAPER


def books_of(shop: Shop) -> dict[int, Comparison]:
    """Every story in the books, brought up to date as the command does."""
    told = {one.return_id: number for number, one in shop.told.items()}
    with parts_of(shop.trade.config) as parts:
        here = parts.shops["main"]
        enter(parts)
        assert look_at_open_exchanges(parts, here) == []
        enter(parts)
        found = comparisons(ShopBooks(parts.stores.store, here.policy, here.links), Period())
        return {told[seen.subject]: seen for seen, _ in found if seen.subject in told}


def open_exchanges(shop: Shop) -> set[tuple[int, Decimal]]:
    """Stories whose goods went out and whose return has not come, with the amount, as the books name them."""
    opened = [(number, one) for number, seen in books_of(shop).items() for one in seen.open_items]
    rows = [(number, one) for number, one in opened if one.code == "exchange_not_returned"]
    assert all(one.since for _, one in rows)
    return {(number, one.amount.amount) for number, one in rows}


@pytest.mark.soak
def test_a_returned_exchange_item_is_refunded_in_full_and_clearing_stays_at_zero(trade: Trade) -> None:
    """Loop's discount paid for it, it did not make it cheaper. Made from the exchange order, not from the first."""
    shop = Shop(trade, PRINTED)
    shop.exchanged(8, PRINTED.even)
    trade.process_by_hand(shop.told[8].return_id)
    trade.sync()
    trade.sync()
    shop.look_for_exchanges()
    new = shop.told[8].exchange_id
    trade.act("fulfil", order_id=new)
    shop.returned(27, dict(trade.act("bill", order_id=new)))
    trade.process_by_hand(shop.told[27].return_id)
    trade.sync()

    value = PRINTED.tee.value
    assert shop.ends(27) == Ends(
        records(**returned(value, value)), both(back(PRINTED.even), bank=-value), asked=0, said=set()
    )
    assert clearing(trade) == 0
    assert [row["createdFrom"] for row in shop.records(27) if row["type"] == "returnAuthorization"] == [
        shop.told[27].order["sales_order"]
    ]
