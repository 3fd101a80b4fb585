"""Lines taken out of a return in Loop: before a receipt the authorization follows; after one a person decides."""

import pytest

from tests.acceptance.hands import authorization, calls, patches, settled
from tests.acceptance.trade import CAP, TWO_TEES, Trade

pytestmark = pytest.mark.soak

HOODIES = {"sku": "HOODIE", "quantity": 2, "price": "150.00", "tax_rate": "0.08", "line_discount": "30.00"}


def authorised(trade: Trade, *lines: dict[str, object], **wish: str) -> str:
    """An authorised return of everything on an order of these lines."""
    order = trade.order("#1001", lines=list(lines), **wish)
    wanted = ({"line": number, "quantity": line["quantity"]} for number, line in enumerate(lines))
    return_id = trade.wants_back(order, *wanted)
    trade.sync()
    return return_id


def edit(trade: Trade, return_id: str, *positions: int) -> None:
    """A person takes units out of the return in Loop."""
    trade.act("edit_return", return_id=return_id, remove_lines=list(positions))


@pytest.mark.parametrize(
    ("line", "discount", "left"),
    [
        (TWO_TEES, "0.00", "54.00"),
        (HOODIES, "0.00", "145.80"),
        (TWO_TEES, "10.00", "48.60"),
        (HOODIES, "27.00", "131.22"),
    ],
    ids=["plain", "line_discount", "order_discount", "both"],
)
@pytest.mark.parametrize("billing", ["invoice", "cash_sale"])
def test_a_unit_taken_out_before_any_receipt_is_taken_off_the_authorization_with_its_share_of_discounts(
    trade: Trade, line: dict[str, object], discount: str, left: str, billing: str
) -> None:
    return_id = authorised(trade, line, order_discount=discount, billing=billing)
    edit(trade, return_id, 0)

    trade.sync()

    changed = authorization(trade, return_id)
    assert (changed["lines"][0]["quantity"], changed["total"]) == ("1", left)
    assert patches(trade) == 1
    assert calls(trade, return_id) == {}
    assert trade.said(return_id) == {}

    trade.receive(return_id)
    trade.until_done()
    credit = "cashRefund" if billing == "cash_sale" else "creditMemo"
    assert trade.totals()[credit] == [left] == [trade.loop(return_id)["refund"]]
    assert patches(trade) == 1
    settled(trade, return_id)


@pytest.mark.parametrize("discount", ["0.00", "13.00"])
def test_a_whole_line_taken_out_is_closed_on_the_authorization_and_may_be_returned_again(
    trade: Trade, discount: str
) -> None:
    order = trade.order(lines=[TWO_TEES, CAP], order_discount=discount)
    return_id = trade.wants_back(order, {"line": 0, "quantity": 2}, {"line": 1, "quantity": 1})
    trade.sync()
    edit(trade, return_id, 2)
    again = trade.wants_back(order, {"line": 1, "quantity": 1})

    trade.sync()

    assert [line["isClosed"] for line in authorization(trade, return_id)["lines"]] == [False, True]
    assert trade.codes(again) == set()
    for one in (return_id, again):
        trade.receive(one)
    trade.until_done()
    credited = {one["custom"]["custbody_loop_return_id"]: one["total"] for one in trade.records("creditMemo")}
    assert credited == {one: trade.loop(one)["refund"] for one in (return_id, again)}
    assert trade.books() == {}
    for one in (return_id, again):
        settled(trade, one)


def test_a_discounted_line_taken_out_leaves_nothing_of_its_discount_on_the_credit(trade: Trade) -> None:
    return_id = authorised(trade, HOODIES, CAP)
    edit(trade, return_id, 0, 1)

    trade.sync()
    trade.receive(return_id)
    trade.until_done()

    assert trade.totals()["creditMemo"] == ["32.40"] == [trade.loop(return_id)["refund"]]
    settled(trade, return_id)


def test_edits_one_after_the_other_are_each_followed(trade: Trade) -> None:
    return_id = authorised(trade, {**TWO_TEES, "quantity": 3})
    for left in ("2", "1"):
        edit(trade, return_id, 0)
        trade.sync()
        assert authorization(trade, return_id)["lines"][0]["quantity"] == left
    assert patches(trade) == 2
    settled(trade, return_id)


@pytest.mark.parametrize("line", [TWO_TEES, HOODIES])
def test_edited_and_processed_between_two_syncs_only_what_is_left_is_received_and_refunded_and_the_rest_closed(
    trade: Trade, line: dict[str, object]
) -> None:
    return_id = authorised(trade, line)
    edit(trade, return_id, 0)
    trade.process_by_hand(return_id)

    trade.sync()

    assert [one["quantity"] for one in trade.record("itemReceipt")["lines"]] == ["1"]
    assert trade.totals()["creditMemo"] == [trade.loop(return_id)["refund"]]
    assert authorization(trade, return_id)["lines"][0]["isClosed"] is True
    settled(trade, return_id)


def test_edited_after_a_receipt_nothing_is_changed_and_a_person_is_told(trade: Trade) -> None:
    return_id = authorised(trade, TWO_TEES)
    trade.receive(return_id, lines=[{"line": 1, "quantity": 1}])
    edit(trade, return_id, 0)

    trade.sync()

    assert "edited_after_receipt" in trade.codes(return_id)
    assert authorization(trade, return_id)["lines"][0]["quantity"] == "2"
    assert patches(trade) == 0


def test_a_unit_taken_out_after_it_was_received_is_not_credited_and_a_person_is_told(trade: Trade) -> None:
    trade.policy('receive = "loop"')
    return_id = authorised(trade, TWO_TEES)
    trade.receive(return_id)
    edit(trade, return_id, 0)
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.codes(return_id) == {"edited_after_receipt"}
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}

    trade.act(
        "make_credit_memo",
        source=authorization(trade, return_id)["id"],
        lines=[{"line": 1, "quantity": 1}],
    )
    trade.sync()
    assert trade.totals()["customerRefund"] == ["54.00"], "what a person credited is adopted and paid out"


def test_a_quantity_that_a_person_changed_is_not_overwritten_by_an_edit(trade: Trade) -> None:
    return_id = authorised(trade, {**TWO_TEES, "quantity": 3})
    trade.act("change_line", return_id=return_id, line=1, quantity=2)
    edit(trade, return_id, 0, 1)

    trade.sync()

    assert trade.codes(return_id) == {"authorization_changed"}
    assert authorization(trade, return_id)["lines"][0]["quantity"] == "2"
    assert patches(trade) == 0


def test_an_edit_that_a_person_has_followed_already_by_hand_is_no_difference(trade: Trade) -> None:
    return_id = authorised(trade, TWO_TEES)
    trade.act("change_line", return_id=return_id, line=1, quantity=1)
    edit(trade, return_id, 0)

    trade.sync()

    assert trade.said(return_id) == {}
    assert patches(trade) == 0
