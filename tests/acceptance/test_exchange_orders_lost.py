"""Every write about an order: its answer is lost, or the process is killed at it; still there is one record."""

import pytest

from ledgerloop.remotes.netsuite import client
from tests.acceptance.selling import AT_ONCE, nothing_more, said_of, totals_by_id
from tests.acceptance.test_killed import kill_after_reset, kill_while_held
from tests.acceptance.test_lost_answers import FAULTS
from tests.acceptance.trade import Record, Trade
from tests.support.sandbox import Sandbox, parts_of
from tests.support.soak import rest_in_the_soak

RECORD = "POST /services/rest/record/v1/"
WRITES = {
    "customer": (False, f"{RECORD}customer"),
    "salesOrder": (False, f"{RECORD}salesOrder"),
    "cashSale": (True, f"{RECORD}cashSale"),
    "customerDeposit": (False, f"{RECORD}customerDeposit"),
}
"""Whether the order is one of the store's; and the request."""


@pytest.fixture(autouse=True)
def _short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "LOOK_UP_AFTER_S", (0.01, 0.02))


def begin(trade: Trade, *, pos: bool) -> Record:
    """An order of somebody new, paid by card, in a shop that sends every order."""
    trade.policy(AT_ONCE, 'order_channels = ["*"]')
    return dict(trade.act("create_order", name="#4001", email="new@example.com", pos=pos))


def customers(trade: Trade, email: str) -> int:
    """How many customers of this e-mail NetSuite has."""
    with parts_of(trade.config) as parts:
        return len(parts.shops["main"].netsuite.query("SELECT c.id FROM customer c WHERE c.email = ?", [email]))


def assert_sold_once(trade: Trade, order: Record, *, pos: bool) -> None:
    """One record of each kind, of the right amount, and nothing left to do."""
    found = totals_by_id(trade)
    [record] = [key for key in found if key.startswith(("SHOP-SO-", "SHOP-CS-"))]
    assert record == f"SHOP-{'CS' if pos else 'SO'}-{order['order_id']}"
    assert found[record] == order["total"] == "108.00"
    deposits = [amount for key, amount in found.items() if key.startswith("SHOP-CD-")]
    assert deposits == ([] if pos else ["108.00"])
    assert said_of(trade, order["order_id"]) == {}
    assert set(trade.journal(f"order:{order['order_id']}").values()) == {"done"}
    assert customers(trade, "new@example.com") == 1
    nothing_more(trade)


@pytest.mark.parametrize("fault", rest_in_the_soak(FAULTS, "lost_answer"))
@pytest.mark.parametrize("write", WRITES)
def test_a_write_whose_answer_goes_wrong_leaves_one_record_in_the_same_sync(
    trade: Trade, sandbox: Sandbox, write: str, fault: str
) -> None:
    pos, match = WRITES[write]
    order = begin(trade, pos=pos)
    trade.fault("netsuite", fault, match=match)

    trade.sync()

    assert [one["fault"] for one in sandbox.log("netsuite")["requests"] if one["fault"]] == [fault]
    assert_sold_once(trade, order, pos=pos)


@pytest.mark.parametrize("write", WRITES)
def test_killed_between_a_write_and_its_note_the_record_is_found_and_not_made_again(
    trade: Trade, sandbox: Sandbox, write: str
) -> None:
    pos, match = WRITES[write]
    order = begin(trade, pos=pos)
    kill_while_held(trade, sandbox, "netsuite", match)
    trade.sync()
    assert_sold_once(trade, order, pos=pos)


@pytest.mark.parametrize("write", WRITES)
def test_killed_between_the_decision_and_the_write_it_is_written_once(
    trade: Trade, sandbox: Sandbox, write: str
) -> None:
    pos, match = WRITES[write]
    order = begin(trade, pos=pos)
    kill_after_reset(trade, sandbox, "netsuite", match)
    trade.sync()
    assert_sold_once(trade, order, pos=pos)
