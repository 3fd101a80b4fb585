"""Goods that come in parts: Loop processes once, when all is there; what does not come is told, waited for, removed."""

import pytest

from tests.acceptance.hands import DAY, authorization, calls, closed_lines, later, settled, state, writes_nothing
from tests.acceptance.trade import CAP, TEE, TWO_TEES, Trade

DISCOUNTED = {"sku": "HOODIE", "quantity": 2, "price": "150.00", "tax_rate": "0.08", "line_discount": "30.00"}


def two_units(trade: Trade, **wish: object) -> str:
    """An authorised return of two units of one line."""
    return_id = trade.wants_back(trade.order(lines=[TWO_TEES]), {"line": 0, "quantity": 2}, **wish)
    trade.sync()
    return return_id


def one_arrives(trade: Trade, return_id: str) -> None:
    trade.receive(return_id, lines=[{"line": 1, "quantity": 1}])


def test_one_receipt_of_two_units_waits_with_a_note_and_the_second_has_loop_process_once(trade: Trade) -> None:
    return_id = two_units(trade)
    one_arrives(trade, return_id)

    trade.sync()
    assert trade.codes(return_id) == {"partly_received"}
    assert "1 × TEE" in trade.finding(return_id, "partly_received")
    first = trade.record("itemReceipt")["tranId"]
    number = authorization(trade, return_id)["tranId"]
    assert trade.loop(return_id)["notes"] == [f"NetSuite item receipt {first} on {number}: still missing 1 × TEE."]
    assert calls(trade, return_id) == {"note": 1}
    writes_nothing(trade)

    one_arrives(trade, return_id)
    trade.until_done()
    assert calls(trade, return_id) == {"note": 1, "process": 1}
    assert trade.totals()["creditMemo"] == ["108.00"]
    assert trade.books() == {}
    settled(trade, return_id)


def test_every_partial_receipt_has_a_note_of_its_own(trade: Trade) -> None:
    return_id = trade.wants_back(
        trade.order(lines=[TWO_TEES, CAP]), {"line": 0, "quantity": 2}, {"line": 1, "quantity": 1}
    )
    trade.sync()
    for _ in range(2):
        one_arrives(trade, return_id)
        trade.sync()

    assert calls(trade, return_id) == {"note": 2}
    assert [note.rpartition("missing ")[2] for note in trade.loop(return_id)["notes"]] == [
        "1 × TEE, 1 × CAP.",
        "1 × CAP.",
    ]


def test_a_note_longer_than_loop_takes_is_left_once_even_when_its_answer_is_lost(trade: Trade) -> None:
    lines = [{**TEE, "sku": f"A-VERY-LONG-STOCK-KEEPING-NAME-{number}"} for number in range(12)]
    order = trade.order(lines=lines)
    return_id = trade.wants_back(order, *({"line": number} for number in range(12)))
    trade.sync()
    one_arrives(trade, return_id)
    trade.fault("loop", "lost_answer", match="POST /api/2026-07/warehouse/return/" + return_id + "/note")

    trade.sync()
    trade.sync()

    assert len(trade.loop(return_id)["notes"]) == 1
    assert len(trade.loop(return_id)["notes"][0]) == 254
    assert trade.codes(return_id) == {"partly_received"}


def test_one_of_two_units_received_and_the_other_line_closed_is_not_processed_and_refunds_nothing(
    trade: Trade,
) -> None:
    return_id = trade.wants_back(trade.order(lines=[TEE, CAP]), {"line": 0}, {"line": 1})
    trade.sync()
    one_arrives(trade, return_id)
    trade.act("close_authorization", return_id=return_id, lines=[2])

    trade.sync()

    assert trade.codes(return_id) == {"units_missing"}
    assert "1 × CAP" in trade.finding(return_id, "units_missing")
    assert (state(trade, return_id), calls(trade, return_id)) == ("open", {"note": 1})
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}
    writes_nothing(trade)
    later(trade, 40 * DAY)
    assert "process" not in calls(trade, return_id)


def test_a_line_closed_with_one_of_its_two_units_received_is_not_processed(trade: Trade) -> None:
    return_id = two_units(trade)
    one_arrives(trade, return_id)
    trade.act("close_authorization", return_id=return_id)

    trade.sync()

    assert trade.codes(return_id) == {"units_missing"}
    assert (state(trade, return_id), calls(trade, return_id)) == ("open", {"note": 1})


def test_after_the_delay_missing_units_need_a_person(trade: Trade) -> None:
    return_id = two_units(trade)
    one_arrives(trade, return_id)
    trade.sync()

    later(trade, 6 * DAY)
    assert trade.codes(return_id) == {"partly_received"}
    later(trade, 8 * DAY)

    assert trade.codes(return_id) == {"units_missing"}
    assert calls(trade, return_id) == {"note": 1}


def test_missing_units_that_arrive_after_all_are_processed(trade: Trade) -> None:
    return_id = two_units(trade)
    one_arrives(trade, return_id)
    trade.act("close_authorization", return_id=return_id)
    trade.sync()
    trade.act("reopen_authorization", return_id=return_id)
    one_arrives(trade, return_id)

    trade.until_done()

    assert calls(trade, return_id) == {"note": 1, "process": 1}
    settled(trade, return_id)


@pytest.mark.parametrize(
    ("lines", "discount", "paid"),
    [
        pytest.param([TWO_TEES], "0.00", "54.00", marks=pytest.mark.soak, id="plain"),
        pytest.param([DISCOUNTED], "0.00", "145.80", id="line_discount"),
        pytest.param([TWO_TEES], "10.00", "48.60", id="order_discount"),
    ],
)
@pytest.mark.parametrize("closed", [False, True], ids=["open", "closed"])
def test_by_setting_missing_units_are_removed_in_loop_in_one_call_after_the_delay_and_the_rest_is_refunded(
    trade: Trade, lines: list[dict[str, object]], discount: str, paid: str, closed: bool
) -> None:
    trade.policy('missing_units = "remove"', "missing_after_days = 7")
    order = trade.order(lines=lines, order_discount=discount)
    return_id = trade.wants_back(order, {"line": 0, "quantity": 2})
    trade.sync()
    one_arrives(trade, return_id)
    if closed:
        goods = authorization(trade, return_id)["lines"][0]["line"]
        trade.act("close_authorization", return_id=return_id, lines=[goods])
    trade.sync()
    assert trade.codes(return_id) == {"partly_received"}
    assert calls(trade, return_id) == {"note": 1}

    later(trade, 8 * DAY)
    later(trade, 8 * DAY)

    assert calls(trade, return_id) == {"note": 1, "remove": 1}
    assert trade.loop(return_id)["refund"] == paid
    if closed:
        assert trade.codes(return_id) == {"authorization_differs"}, "a line closed before its credit cannot be credited"
        assert "creditMemo" not in trade.totals()
        trade.act("reopen_authorization", return_id=return_id)
        later(trade, 8 * DAY)
    assert trade.totals()["creditMemo"] == [paid]
    assert trade.totals()["customerRefund"] == [paid]
    assert authorization(trade, return_id)["status"] in ("G", "H")
    assert closed_lines(authorization(trade, return_id))[0] is True
    assert trade.said(return_id) == {}


def test_units_of_an_exchange_are_never_removed(trade: Trade) -> None:
    trade.policy('missing_units = "remove"')
    return_id = two_units(trade)
    trade.act("tamper", return_id=return_id, exchange_total="108.00", exchange_credit_total="108.00", refund="0.00")
    one_arrives(trade, return_id)
    trade.sync()

    later(trade, 8 * DAY)

    assert "units_missing" in trade.codes(return_id)
    assert calls(trade, return_id) == {"note": 1}


def test_processed_in_loop_by_a_person_with_a_unit_missing_waits_for_the_goods(trade: Trade) -> None:
    trade.policy('receive = "netsuite"')
    return_id = two_units(trade)
    one_arrives(trade, return_id)
    trade.process_by_hand(return_id)

    trade.sync()
    assert trade.codes(return_id) == {"goods_not_received"}
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}

    one_arrives(trade, return_id)
    trade.sync()
    assert trade.totals()["creditMemo"] == ["108.00"]
    settled(trade, return_id)


def test_processed_in_loop_by_a_person_what_the_warehouse_has_not_received_is_received_by_us(trade: Trade) -> None:
    return_id = two_units(trade)
    one_arrives(trade, return_id)
    trade.process_by_hand(return_id)

    trade.sync()

    assert sorted(one["externalId"] or "" for one in trade.records("itemReceipt")) == ["", f"LOOP-IR-{return_id}-1"]
    assert trade.totals()["creditMemo"] == ["108.00"]
    assert trade.books() == {}
    settled(trade, return_id)


def test_processed_in_loop_although_a_line_was_closed_unreceived_credits_nothing_and_a_person_is_told(
    trade: Trade,
) -> None:
    return_id = two_units(trade)
    one_arrives(trade, return_id)
    trade.act("close_authorization", return_id=return_id)
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.codes(return_id) == {"units_missing"}
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}
