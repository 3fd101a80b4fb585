"""Loop's discount off: the credit memo is applied to the exchange order's invoice, once, though answers are lost."""

from decimal import Decimal

import pytest

from tests.acceptance.selling import AT_ONCE, clearing, exchange, exchange_order, nothing_more, said_of, ship_and_bill
from tests.acceptance.trade import Trade, document

APPLICATION = "PATCH /services/rest/record/v1/creditMemo"


def processed(trade: Trade) -> tuple[str, str]:
    """An even exchange without the discount, posted on both sides; gives the return and its exchange order."""
    trade.policy(AT_ONCE, 'receive = "loop"')
    trade.act("loop_settings", loop_discount=False)
    return_id = exchange(trade, trade.order(shipping="10.00"), "100.00")
    trade.process_by_hand(return_id)
    trade.sync()
    trade.sync()
    return return_id, exchange_order(trade, return_id)


@pytest.mark.parametrize(
    "fault",
    ["lost_answer", pytest.param("error_500", marks=pytest.mark.soak), pytest.param("reset", marks=pytest.mark.soak)],
)
def test_it_is_applied_once_the_order_is_billed(trade: Trade, fault: str) -> None:
    return_id, new = processed(trade)
    assert trade.record("creditMemo")["total"] == "108.00"
    assert trade.codes(return_id) == {"exchange_not_billed"}
    pack = document(trade.command("books", "--format", "json", "--offline"))
    assert [(one["code"], one["amount"]) for one in pack["open_items"]] == [("exchange_not_billed", "108.00")]

    ship_and_bill(trade, new)
    trade.fault("netsuite", fault, match=APPLICATION)
    trade.sync()
    trade.sync()

    assert [Decimal(one["amount"]) for one in trade.record("creditMemo")["apply"]] == [Decimal("108.00")]
    assert trade.codes(return_id) == set()
    assert said_of(trade, new) == {}
    assert {"customerDeposit", "customerRefund"} & {one["type"] for one in trade.sandbox.records()} == set()
    assert trade.books() == {"bank": Decimal("118.00"), "shipping_income": Decimal("-10.00"), **sold()}
    assert clearing(trade) == 0
    nothing_more(trade)
    done = trade.command("books")
    assert done.returncode == 0, done.stdout


def sold() -> dict[str, Decimal]:
    """One tee is with the shopper, as before."""
    return {
        "revenue": Decimal("-100.00"),
        "tax": Decimal("-8.00"),
        "inventory": Decimal("-40.00"),
        "cogs": Decimal("40.00"),
    }
