"""A return that ends in Loop closes its authorization, one that ends in NetSuite cancels the return; without echo."""

from datetime import timedelta

import pytest

from tests.acceptance.hands import (
    DAY,
    authorization,
    calls,
    closed_lines,
    later,
    patches,
    settled,
    state,
    writes_nothing,
)
from tests.acceptance.trade import CAP, TWO_TEES, Trade

DISCOUNTED = {"sku": "HOODIE", "quantity": 2, "price": "150.00", "tax_rate": "0.08", "line_discount": "30.00"}


def authorised(trade: Trade) -> str:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    return return_id


@pytest.mark.parametrize("lines", [[TWO_TEES, CAP], [DISCOUNTED, CAP]])
def test_cancelled_in_loop_every_line_of_the_authorization_is_closed_in_one_change_and_loop_hears_nothing(
    trade: Trade, lines: list[dict[str, object]]
) -> None:
    return_id = trade.wants_back(trade.order(lines=lines), {"line": 0, "quantity": 2}, {"line": 1})
    trade.sync()
    trade.act("cancel_in_loop", return_id=return_id)

    trade.sync()

    ended = authorization(trade, return_id)
    assert ended["status"] == "H"
    assert closed_lines(ended) == [True] * len(ended["lines"])
    assert patches(trade) == 1
    assert calls(trade, return_id) == {}
    assert trade.totals().keys() == {"returnAuthorization"}
    settled(trade, return_id)


@pytest.mark.parametrize("end", ["close_authorization", "cancel_authorization"])
def test_ended_in_netsuite_the_return_is_cancelled_once_in_loop_and_netsuite_hears_nothing(
    trade: Trade, end: str
) -> None:
    return_id = authorised(trade)
    number = authorization(trade, return_id)["tranId"]
    trade.act(end, return_id=return_id)

    trade.sync()
    trade.sync()

    assert state(trade, return_id) == "cancelled"
    assert calls(trade, return_id) == {"note": 1, "cancel": 1}
    assert trade.loop(return_id)["notes"] == [f"Return authorization {number} was closed or cancelled in NetSuite."]
    assert patches(trade) == 0
    settled(trade, return_id)


def test_ended_in_netsuite_the_return_is_closed_in_loop_by_setting(trade: Trade) -> None:
    trade.policy('cancel_in_loop = "close"')
    return_id = authorised(trade)
    trade.act("close_authorization", return_id=return_id)

    trade.sync()

    assert (state(trade, return_id), calls(trade, return_id)) == ("closed", {"note": 1, "close": 1})
    assert patches(trade) == 0
    assert trade.totals().keys() == {"returnAuthorization"}
    settled(trade, return_id)


def test_ended_in_netsuite_nothing_happens_in_loop_where_that_is_off(trade: Trade) -> None:
    trade.policy('cancel_in_loop = "off"')
    return_id = authorised(trade)
    trade.act("close_authorization", return_id=return_id)

    trade.sync()

    assert (state(trade, return_id), calls(trade, return_id)) == ("open", {})
    writes_nothing(trade)


def test_cancelled_in_loop_nothing_happens_in_netsuite_where_that_is_off(trade: Trade) -> None:
    trade.policy("cancel_in_netsuite = false")
    return_id = authorised(trade)
    trade.act("cancel_in_loop", return_id=return_id)

    trade.sync()

    assert authorization(trade, return_id)["status"] == "B"
    assert patches(trade) == 0
    settled(trade, return_id)


def test_a_line_closed_by_a_person_while_others_are_open_cancels_nothing(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES, CAP]), {"line": 0, "quantity": 2}, {"line": 1})
    trade.sync()
    trade.act("close_authorization", return_id=return_id, lines=[2])
    trade.sync()
    assert (state(trade, return_id), calls(trade, return_id)) == ("open", {})


def test_an_authorization_that_a_person_ended_after_a_receipt_cancels_nothing_in_loop(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES]), {"line": 0, "quantity": 2})
    trade.sync()
    trade.receive(return_id, lines=[{"line": 1, "quantity": 1}])
    trade.act("close_authorization", return_id=return_id)

    trade.sync()

    assert state(trade, return_id) == "open"
    assert "cancel" not in calls(trade, return_id)
    assert "process" not in calls(trade, return_id)
    assert "units_missing" in trade.codes(return_id)


def test_cancelled_in_loop_after_a_receipt_nothing_is_closed_and_a_person_is_told(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES]), {"line": 0, "quantity": 2})
    trade.sync()
    trade.receive(return_id, lines=[{"line": 1, "quantity": 1}])
    trade.act("cancel_in_loop", return_id=return_id)

    trade.sync()

    assert trade.codes(return_id) == {"cancelled_after_receipt"}
    assert authorization(trade, return_id)["tranId"] in trade.finding(return_id, "cancelled_after_receipt")
    assert closed_lines(authorization(trade, return_id)) == [False]
    assert patches(trade) == 0
    writes_nothing(trade)

    trade.act("close_authorization", return_id=return_id)
    trade.sync()
    assert trade.codes(return_id) == set(), "the person has closed it"


def test_closed_by_hand_in_loop_without_outcomes_the_authorization_is_closed_and_nothing_is_refunded(
    trade: Trade,
) -> None:
    return_id = authorised(trade)
    trade.act("close_in_loop", return_id=return_id)

    trade.sync()

    assert authorization(trade, return_id)["status"] == "H"
    assert trade.totals().keys() == {"returnAuthorization"}
    assert calls(trade, return_id) == {}
    settled(trade, return_id)


def test_cancelled_before_it_was_authorised_nothing_is_written(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.act("cancel_in_loop", return_id=return_id)
    trade.sync()
    assert trade.records() == []
    settled(trade, return_id)


def test_expired_in_loop_the_authorization_is_left_open_until_the_grace_is_over(trade: Trade) -> None:
    return_id = authorised(trade)
    trade.act("expire_in_loop", return_id=return_id)

    trade.sync()
    assert trade.codes(return_id) == {"expired_in_loop"}
    later(trade, 29 * DAY)
    assert authorization(trade, return_id)["status"] == "B"

    later(trade, 30 * DAY + timedelta(minutes=1))
    assert authorization(trade, return_id)["status"] == "H"
    assert calls(trade, return_id) == {}
    assert trade.codes(return_id) == set()


def test_expired_in_loop_the_authorization_stays_open_where_the_grace_is_zero(trade: Trade) -> None:
    trade.policy("expired_grace_days = 0")
    return_id = authorised(trade)
    trade.act("expire_in_loop", return_id=return_id)
    later(trade, 400 * DAY)
    assert authorization(trade, return_id)["status"] == "B"


def test_a_parcel_that_arrives_after_the_return_expired_is_told_at_once_and_nothing_is_closed(trade: Trade) -> None:
    return_id = authorised(trade)
    trade.act("expire_in_loop", return_id=return_id)
    trade.sync()
    trade.receive(return_id)

    trade.sync()

    assert trade.codes(return_id) == {"cancelled_after_receipt"}
    assert calls(trade, return_id) == {}
    later(trade, 31 * DAY)
    assert patches(trade) == 0


def test_a_unit_of_a_cancelled_return_is_returned_again_on_a_second_authorization(trade: Trade) -> None:
    order = trade.order()
    first = trade.wants_back(order)
    trade.sync()
    trade.act("cancel_in_loop", return_id=first)
    trade.sync()
    second = trade.wants_back(order)

    trade.sync()

    assert authorization(trade, first)["status"] == "H"
    assert authorization(trade, second)["status"] == "B"
    assert trade.codes(second) == set()
    trade.receive(second)
    trade.until_done()
    assert trade.totals()["creditMemo"] == ["108.00"]
    assert trade.books() == {}
    settled(trade, second)


def test_cancelled_and_returned_again_between_two_syncs_it_is_closed_first_and_then_authorised_anew(
    trade: Trade,
) -> None:
    order = trade.order()
    first = trade.wants_back(order)
    trade.sync()
    trade.act("cancel_in_loop", return_id=first)
    second = trade.wants_back(order)

    trade.sync()

    assert authorization(trade, first)["status"] == "H"
    assert authorization(trade, second)["status"] == "B"
    assert trade.codes(second) == set()


def test_a_unit_whose_authorization_was_closed_in_netsuite_is_returned_again(trade: Trade) -> None:
    order = trade.order()
    first = trade.wants_back(order)
    trade.sync()
    trade.act("close_authorization", return_id=first)
    trade.sync()
    assert state(trade, first) == "cancelled"
    second = trade.wants_back(order)

    trade.sync()

    assert authorization(trade, second)["status"] == "B"
    assert trade.codes(second) == set()


def test_lines_that_a_person_opened_again_after_we_closed_them_are_left_open(trade: Trade) -> None:
    return_id = authorised(trade)
    trade.act("cancel_in_loop", return_id=return_id)
    trade.sync()
    trade.act("reopen_authorization", return_id=return_id)

    trade.sync()

    assert authorization(trade, return_id)["status"] == "B"
    assert patches(trade) == 1
    assert calls(trade, return_id) == {}


@pytest.mark.parametrize("state_after", ["cancelled", "closed", "expired"])
def test_a_return_that_ended_in_loop_at_the_moment_its_authorization_ended_in_netsuite_causes_no_write(
    trade: Trade, state_after: str
) -> None:
    return_id = authorised(trade)
    trade.act("close_authorization", return_id=return_id)
    trade.act(
        {"cancelled": "cancel_in_loop", "closed": "close_in_loop", "expired": "expire_in_loop"}[state_after],
        return_id=return_id,
    )
    before = trade.writes()

    trade.sync()

    assert trade.writes() == before
