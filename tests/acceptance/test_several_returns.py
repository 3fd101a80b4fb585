"""Several returns on one order, open at the same time, of the same line: one authorization each, quantities counted."""

from tests.acceptance.hands import authorization, calls, settled, state
from tests.acceptance.trade import CAP, TWO_TEES, Trade

THREE_TEES = {**TWO_TEES, "quantity": 3}


def test_three_returns_on_one_order_have_three_authorizations_and_a_fourth_is_refused_naming_the_others(
    trade: Trade,
) -> None:
    order = trade.order(lines=[THREE_TEES, CAP])
    first = trade.wants_back(order, {"line": 0, "quantity": 1})
    second = trade.wants_back(order, {"line": 0, "quantity": 1}, {"line": 1, "quantity": 1})
    trade.sync()
    third = trade.wants_back(order, {"line": 0, "quantity": 1})
    trade.receive(first)
    fourth = trade.wants_back(order, {"line": 0, "quantity": 1}, beyond=True)

    trade.sync()

    numbers = {one: authorization(trade, one)["tranId"] for one in (first, second, third)}
    assert len(set(numbers.values())) == 3
    assert trade.codes(fourth) == {"over_return"}
    said = trade.finding(fourth, "over_return")
    for return_id, number in numbers.items():
        assert f"{number} (Loop return {return_id})" in said
    assert "0 of 3 shipped" in said
    assert len(trade.records("returnAuthorization")) == 3


def test_three_interleaved_returns_are_each_processed_and_refunded_with_their_own_money(trade: Trade) -> None:
    order = trade.order(lines=[TWO_TEES, CAP], order_discount="13.00")
    first = trade.wants_back(order, {"line": 0, "quantity": 1})
    second = trade.wants_back(order, {"line": 0, "quantity": 1})
    trade.sync()
    trade.receive(second)
    third = trade.wants_back(order, {"line": 1, "quantity": 1})
    trade.sync()
    trade.process_by_hand(third)
    trade.loop_works()
    trade.sync()
    trade.receive(first)
    trade.until_done()

    paid = {one: trade.loop(one)["refund"] for one in (first, second, third)}
    credited = {one["custom"]["custbody_loop_return_id"]: one["total"] for one in trade.records("creditMemo")}
    refunded = {one["custom"]["custbody_loop_return_id"]: one["total"] for one in trade.records("customerRefund")}
    assert credited == refunded == paid == {first: "48.60", second: "48.60", third: "29.16"}
    assert trade.books() == {}
    assert (calls(trade, first), calls(trade, second), calls(trade, third)) == ({"process": 1}, {"process": 1}, {})
    for one in (first, second, third):
        settled(trade, one)


def test_one_of_several_returns_that_is_cancelled_leaves_the_others_as_they_are(trade: Trade) -> None:
    order = trade.order(lines=[TWO_TEES])
    first, second = (trade.wants_back(order, {"line": 0, "quantity": 1}) for _ in range(2))
    trade.sync()
    trade.act("cancel_in_loop", return_id=first)
    trade.receive(second)

    trade.until_done()

    assert authorization(trade, first)["status"] == "H"
    assert authorization(trade, second)["status"] == "G"
    assert trade.totals()["creditMemo"] == ["54.00"]


def test_a_refused_return_goes_on_when_another_one_is_cancelled(trade: Trade) -> None:
    order = trade.order()
    first, second = trade.wants_back(order), trade.wants_back(order, beyond=True)
    trade.sync()
    assert trade.codes(second) == {"over_return"}

    trade.act("cancel_in_loop", return_id=first)
    trade.sync()

    assert authorization(trade, second)["status"] == "B"
    assert trade.codes(second) == set()


def test_an_authorization_made_by_hand_counts_and_is_named(trade: Trade) -> None:
    order = trade.order(lines=[TWO_TEES])
    by_hand = trade.act(
        "make_authorization", order_id=order["order_id"], lines=[{"line": 1, "quantity": 1}], fields={"memo": "Phone"}
    )
    first = trade.wants_back(order, {"line": 0, "quantity": 1})
    second = trade.wants_back(order, {"line": 0, "quantity": 1})

    trade.sync()

    stands, refused = (first, second) if not trade.codes(first) else (second, first)
    assert authorization(trade, stands)["total"] == "54.00"
    assert trade.codes(refused) == {"over_return"}
    assert f"{by_hand['tranId']} (not ours)" in trade.finding(refused, "over_return")


def test_what_was_closed_unreceived_on_an_authorization_made_by_hand_does_not_count(trade: Trade) -> None:
    order = trade.order(lines=[TWO_TEES])
    by_hand = trade.act("make_authorization", order_id=order["order_id"])
    trade.act("receive", authorization=by_hand["id"], lines=[{"line": 1, "quantity": 1}])
    trade.act("close_authorization", authorization=by_hand["id"])
    first = trade.wants_back(order, {"line": 0, "quantity": 1})
    second = trade.wants_back(order, {"line": 0, "quantity": 1})

    trade.sync()

    assert sorted((trade.codes(first), trade.codes(second)), key=len) == [set(), {"over_return"}]


def test_an_authorization_by_hand_that_is_cancelled_frees_the_units_and_the_refused_return_goes_on(
    trade: Trade,
) -> None:
    order = trade.order()
    by_hand = trade.act("make_authorization", order_id=order["order_id"])
    return_id = trade.wants_back(order)
    trade.sync()
    assert trade.codes(return_id) == {"over_return"}

    trade.act("cancel_authorization", authorization=by_hand["id"])
    trade.sync()

    assert authorization(trade, return_id)["status"] == "B"
    assert state(trade, return_id) == "open"


def test_two_returns_are_each_received_by_their_own_receipt_when_loop_processes_both(trade: Trade) -> None:
    order = trade.order(lines=[TWO_TEES])
    both = [trade.wants_back(order, {"line": 0, "quantity": 1}) for _ in range(2)]
    for one in both:
        trade.process_by_hand(one)

    trade.sync()

    assert sorted(one["externalId"] for one in trade.records("itemReceipt")) == [f"LOOP-IR-{one}-1" for one in both]
    assert trade.totals()["customerRefund"] == ["54.00", "54.00"]
    assert trade.books() == {}
    for one in both:
        settled(trade, one)
