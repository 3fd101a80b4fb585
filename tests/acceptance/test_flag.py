"""A flag on the return authorization sends the return to review in Loop; while it is there, nothing else happens."""

import pytest

from tests.acceptance.hands import authorization, calls, review_done, set_flag, settled, state, writes_nothing
from tests.acceptance.trade import TWO_TEES, Trade

ONCE_UNWRITTEN = ('flag = "once"', "write_reviewed = false")


def authorised(trade: Trade) -> str:
    """A return with its authorization."""
    return_id = trade.wants_back(trade.order())
    trade.sync()
    return return_id


def flagged(trade: Trade) -> str:
    """A return that is in review in Loop because of its flag in NetSuite."""
    return_id = authorised(trade)
    set_flag(trade, return_id)
    trade.sync()
    assert state(trade, return_id) == "review"
    return return_id


def test_a_flag_in_netsuite_sends_the_return_to_review_within_one_sync_with_a_note_that_names_the_authorization(
    trade: Trade,
) -> None:
    return_id = flagged(trade)

    number = authorization(trade, return_id)["tranId"]
    assert trade.loop(return_id)["notes"] == [f"Flagged for review in NetSuite on return authorization {number}."]
    assert calls(trade, return_id) == {"note": 1, "flag": 1}
    writes_nothing(trade)


def test_without_a_flag_nothing_is_sent_to_loop(trade: Trade) -> None:
    return_id = authorised(trade)
    set_flag(trade, return_id, "custbody_loop_reviewed")
    trade.sync()
    set_flag(trade, return_id)
    trade.sync()
    assert calls(trade, return_id) == {}, "reviewed counts more than the flag"


def test_the_reviewed_field_is_set_when_the_review_has_ended_and_no_second_flag_follows(trade: Trade) -> None:
    return_id = flagged(trade)
    review_done(trade, return_id)

    trade.sync()

    assert authorization(trade, return_id)["custom"]["custbody_loop_reviewed"] is True
    assert calls(trade, return_id) == {"note": 1, "flag": 1}
    assert state(trade, return_id) == "open"
    settled(trade, return_id)


def test_until_reviewed_flags_again_after_the_review_but_never_repeats_the_note(trade: Trade) -> None:
    trade.policy("write_reviewed = false")
    return_id = flagged(trade)

    for again in (2, 3):
        review_done(trade, return_id)
        trade.sync()
        assert (state(trade, return_id), calls(trade, return_id)) == ("review", {"note": 1, "flag": again})
        assert len(trade.loop(return_id)["notes"]) == 1
        writes_nothing(trade)


@pytest.mark.parametrize("end", ["reviewed", "cleared"])
def test_until_reviewed_stops_when_a_person_sets_the_reviewed_field_or_clears_the_flag(trade: Trade, end: str) -> None:
    trade.policy("write_reviewed = false")
    return_id = flagged(trade)
    if end == "reviewed":
        set_flag(trade, return_id, "custbody_loop_reviewed")
    else:
        set_flag(trade, return_id, value=False)
    review_done(trade, return_id)

    trade.sync()

    assert (state(trade, return_id), calls(trade, return_id)) == ("open", {"note": 1, "flag": 1})
    settled(trade, return_id)


def test_once_never_flags_twice(trade: Trade) -> None:
    trade.policy(*ONCE_UNWRITTEN)
    return_id = flagged(trade)
    review_done(trade, return_id)

    trade.sync()
    trade.sync()

    assert (state(trade, return_id), calls(trade, return_id)) == ("open", {"note": 1, "flag": 1})
    settled(trade, return_id)


def test_once_flags_again_when_the_flag_was_cleared_and_set_again(trade: Trade) -> None:
    trade.policy(*ONCE_UNWRITTEN)
    return_id = flagged(trade)
    review_done(trade, return_id)
    set_flag(trade, return_id, value=False)
    trade.sync()
    set_flag(trade, return_id)

    trade.sync()

    assert (state(trade, return_id), calls(trade, return_id)["flag"]) == ("review", 2)


def test_a_return_already_in_review_is_not_flagged_and_once_counts_that_review(trade: Trade) -> None:
    trade.policy(*ONCE_UNWRITTEN)
    return_id = authorised(trade)
    trade.act("flag_in_loop", return_id=return_id)
    set_flag(trade, return_id)

    trade.sync()
    assert calls(trade, return_id) == {}
    review_done(trade, return_id)
    trade.sync()

    assert (state(trade, return_id), calls(trade, return_id)) == ("open", {})


def test_a_return_in_review_is_authorised_but_not_processed_and_goes_on_once_the_review_has_ended(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.act("flag_in_loop", return_id=return_id)
    trade.sync()
    trade.receive(return_id)

    trade.sync()
    assert (state(trade, return_id), calls(trade, return_id)) == ("review", {})
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}

    review_done(trade, return_id)
    trade.until_done()
    assert calls(trade, return_id) == {"process": 1}
    assert trade.totals()["customerRefund"] == ["108.00"]
    settled(trade, return_id)


@pytest.mark.parametrize(
    "policy",
    [
        (),
        pytest.param(("write_reviewed = false",), marks=pytest.mark.soak),
        pytest.param(ONCE_UNWRITTEN, marks=pytest.mark.soak),
    ],
)
def test_a_flagged_return_whose_goods_arrive_is_processed_only_when_nobody_wants_it_in_review_any_more(
    trade: Trade, policy: tuple[str, ...]
) -> None:
    trade.policy(*policy)
    return_id = authorised(trade)
    set_flag(trade, return_id)
    trade.receive(return_id)
    trade.sync()
    assert (state(trade, return_id), calls(trade, return_id)) == ("review", {"note": 1, "flag": 1})

    review_done(trade, return_id)
    if policy == ("write_reviewed = false",):
        trade.sync()
        assert (state(trade, return_id), calls(trade, return_id)) == ("review", {"note": 1, "flag": 2})
        set_flag(trade, return_id, "custbody_loop_reviewed")
        review_done(trade, return_id)
    trade.until_done()

    assert calls(trade, return_id)["process"] == 1
    assert trade.totals()["creditMemo"] == ["108.00"]
    settled(trade, return_id)


def test_in_review_an_authorization_ended_in_netsuite_cancels_nothing_until_the_review_is_done(trade: Trade) -> None:
    return_id = flagged(trade)
    trade.act("close_authorization", return_id=return_id)
    trade.sync()
    assert calls(trade, return_id) == {"note": 1, "flag": 1}

    review_done(trade, return_id)
    trade.sync()

    assert state(trade, return_id) == "cancelled"
    settled(trade, return_id)


def test_in_review_an_edit_changes_no_line_until_the_review_is_done(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES]), {"line": 0, "quantity": 2})
    trade.sync()
    trade.act("edit_return", return_id=return_id, remove_lines=[0])
    trade.act("flag_in_loop", return_id=return_id)
    trade.sync()
    assert authorization(trade, return_id)["lines"][0]["quantity"] == "2"

    review_done(trade, return_id)
    trade.sync()

    assert authorization(trade, return_id)["lines"][0]["quantity"] == "1"


def test_a_review_that_ends_with_processing_is_received_and_refunded(trade: Trade) -> None:
    return_id = flagged(trade)
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt", "creditMemo", "customerRefund"}
    settled(trade, return_id)


def test_a_review_that_ends_with_cancelling_closes_the_authorization(trade: Trade) -> None:
    return_id = flagged(trade)
    trade.act("cancel_in_loop", return_id=return_id)

    trade.sync()

    assert authorization(trade, return_id)["status"] == "H"
    assert calls(trade, return_id) == {"note": 1, "flag": 1}
    settled(trade, return_id)


def test_a_review_that_ends_with_closing_by_hand_closes_the_authorization_and_refunds_nothing(trade: Trade) -> None:
    return_id = flagged(trade)
    trade.act("close_in_loop", return_id=return_id)

    trade.sync()

    assert authorization(trade, return_id)["status"] == "H"
    assert trade.totals().keys() == {"returnAuthorization"}
    settled(trade, return_id)


def test_a_review_that_ended_between_two_looks_is_known_to_have_ended(trade: Trade) -> None:
    return_id = authorised(trade)
    set_flag(trade, return_id)
    trade.sync()
    review_done(trade, return_id)
    trade.receive(return_id)

    trade.until_done()

    assert calls(trade, return_id) == {"note": 1, "flag": 1, "process": 1}
    settled(trade, return_id)


def test_a_lost_database_flags_no_return_again_that_is_still_in_review(trade: Trade) -> None:
    return_id = flagged(trade)
    trade.forget_everything()

    trade.sync()
    assert calls(trade, return_id) == {"note": 1, "flag": 1}
    review_done(trade, return_id)
    trade.sync()

    assert authorization(trade, return_id)["custom"]["custbody_loop_reviewed"] is True
    assert calls(trade, return_id) == {"note": 1, "flag": 1}


def test_the_flag_means_nothing_where_no_field_is_configured_for_it(trade: Trade) -> None:
    trade.rewrite(('flag = "custbody_loop_flag"\n', ""))
    return_id = authorised(trade)
    set_flag(trade, return_id)
    trade.sync()
    assert (state(trade, return_id), calls(trade, return_id)) == ("open", {})
