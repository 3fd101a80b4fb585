"""Another connector was here before: what it made for a return is adopted, not doubled, and we go on from there."""

import pytest

from tests.acceptance.hands import authorization, patches, settled
from tests.acceptance.trade import RECENT, Trade

pytestmark = pytest.mark.soak

FORMER = "custbody_hc_loopreturn_id"


@pytest.fixture
def successor(trade: Trade) -> Trade:
    """A connector that knows the field in which the former one kept the return's id."""
    trade.rewrite(('reason = "custcol_loop_reason"\n', f'reason = "custcol_loop_reason"\nadopt = ["{FORMER}"]\n'))
    return trade


def formerly(trade: Trade, number: int, billing: str = "invoice") -> tuple[str, str]:
    """An order with a return that the former connector authorised: return id, and the authorization's internal id."""
    order = trade.order(f"#{1001 + number}", billing=billing)
    return_id = trade.wants_back(order)
    made = trade.act(
        "make_authorization", order_id=order["order_id"], external_id=f"HC-{number}", fields={FORMER: return_id}
    )
    return return_id, str(made["id"])


def test_thirty_authorizations_of_a_former_connector_are_adopted_and_receipts_and_refunds_go_on_with_them(
    successor: Trade,
) -> None:
    trade = successor
    made = dict(formerly(trade, number) for number in range(30))

    trade.sync()
    assert trade.sandbox.writes("netsuite") == []
    assert trade.sandbox.writes("loop") == []
    assert len(trade.records("returnAuthorization")) == 30

    for return_id in made:
        trade.receive(return_id)
    trade.until_done()

    assert len(trade.records("returnAuthorization")) == 30
    for kind in ("creditMemo", "customerRefund"):
        assert [one["total"] for one in trade.records(kind)] == ["108.00"] * 30
    assert {one["createdFrom"] for one in trade.records("creditMemo")} == set(made.values())
    assert patches(trade) == 0
    assert trade.books() == {}
    for return_id in made:
        assert trade.said(return_id) == {}


def test_an_adopted_authorization_is_received_by_us_when_loop_has_processed(successor: Trade) -> None:
    trade = successor
    return_id, made = formerly(trade, 0, "cash_sale")
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.record("itemReceipt")["createdFrom"] == made
    assert trade.record("cashRefund")["total"] == "108.00"
    settled(trade, return_id)


@pytest.mark.parametrize(
    ("billing", "act", "kind"),
    [
        ("invoice", "make_credit_memo", "creditMemo"),
        ("cash_sale", "make_cash_refund", "cashRefund"),
    ],
)
def test_a_credit_that_the_former_connector_made_is_adopted(
    successor: Trade, billing: str, act: str, kind: str
) -> None:
    trade = successor
    return_id, made = formerly(trade, 0, billing)
    trade.receive(return_id)
    trade.process_by_hand(return_id)
    credit = trade.act(act, source=made, fields={FORMER: return_id})
    if kind == "creditMemo":
        trade.act("make_customer_refund", credit_memo=credit["id"])

    trade.sync()

    assert trade.sandbox.writes("netsuite") == []
    assert trade.totals()[kind] == ["108.00"]
    settled(trade, return_id)


def test_a_credit_memo_of_the_former_connector_that_nobody_paid_out_is_paid_out_by_us(successor: Trade) -> None:
    trade = successor
    return_id, made = formerly(trade, 0)
    trade.receive(return_id)
    trade.process_by_hand(return_id)
    trade.act("make_credit_memo", source=made)

    trade.sync()

    assert trade.totals()["creditMemo"] == ["108.00"]
    assert trade.record("customerRefund")["externalId"] == f"LOOP-RF-{return_id}-1"
    assert trade.books() == {}
    settled(trade, return_id)


def test_without_the_field_a_former_authorization_counts_as_taken_and_nothing_is_doubled(trade: Trade) -> None:
    return_id, made = formerly(trade, 0)

    trade.sync()

    assert trade.codes(return_id) == {"over_return"}
    number = next(one["tranId"] for one in trade.records("returnAuthorization") if one["id"] == made)
    assert f"{number} (not ours)" in trade.finding(return_id, "over_return")
    assert trade.sandbox.writes("netsuite") == []


def test_an_unmarked_credit_of_the_former_connector_counts_against_what_was_sold(successor: Trade) -> None:
    trade = successor
    order = trade.order()
    trade.act("make_credit_memo", source=order["invoice"])
    return_id = trade.wants_back(order)
    trade.act("make_authorization", order_id=order["order_id"], fields={FORMER: return_id})
    trade.receive(return_id)
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.codes(return_id) & {"over_credit", "possible_duplicate"}
    assert trade.totals()["creditMemo"] == ["108.00"]
    assert "customerRefund" not in trade.totals()


def test_returns_from_before_the_cut_over_are_left_alone(successor: Trade) -> None:
    trade = successor
    trade.rewrite((RECENT, 'returns_from = "2026-11-01"'))
    old = trade.wants_back(trade.order("#2001"), created_at="2026-10-31T12:00:00Z")
    new = trade.wants_back(trade.order("#2002"), created_at="2026-11-02T12:00:00Z")

    trade.sync()

    assert trade.codes(old) == set()
    assert authorization(trade, new)["externalId"] == f"LOOP-RA-{new}"
    assert len(trade.records()) == 1


def test_an_adopted_authorization_whose_return_is_edited_in_loop_ends_with_what_is_left(successor: Trade) -> None:
    trade = successor
    order = trade.order(lines=[{"sku": "TEE", "quantity": 2, "price": "50.00", "tax_rate": "0.08"}])
    return_id = trade.wants_back(order, {"line": 0, "quantity": 2})
    trade.act("make_authorization", order_id=order["order_id"], fields={FORMER: return_id})
    trade.act("edit_return", return_id=return_id, remove_lines=[0])
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.totals()["customerRefund"] == ["54.00"]
    settled(trade, return_id)
