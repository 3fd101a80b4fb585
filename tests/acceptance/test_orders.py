"""How a return finds its order and its lines in NetSuite, and what it waits for when they are not there."""

import pytest

from tests.acceptance.trade import CAP, TEE, TWO_TEES, Trade, document, skus


def test_an_order_that_arrives_later_is_waited_for_and_the_next_sync_goes_on_by_itself(trade: Trade) -> None:
    order = trade.order(in_netsuite=False)
    return_id = trade.wants_back(order)
    trade.process_by_hand(return_id)

    trade.sync()
    assert trade.records() == []
    assert "order_not_in_netsuite" in trade.codes(return_id)
    shown = document(trade.command("show", return_id, "--json"))
    waits = [one["text"] for one in shown["now"] if one["code"] == "order_not_in_netsuite"]
    assert len(waits) == 1
    assert "#1001" in waits[0]

    trade.act("bring_to_netsuite", order_id=order["order_id"])
    trade.sync()
    assert trade.record("returnAuthorization")["status"] == "G"
    assert trade.said(return_id) == {}


def test_an_order_not_shipped_yet_is_waited_for(trade: Trade) -> None:
    order = trade.order(fulfilled=False)
    return_id = trade.wants_back(order)

    trade.sync()
    assert trade.records() == []
    assert trade.said(return_id)["return_authorization"] == "order_not_fulfilled"

    trade.act("fulfil", order_id=order["order_id"])
    trade.sync()
    assert trade.record("returnAuthorization")["status"] == "B"
    assert trade.said(return_id) == {}


def test_an_order_shipped_but_not_billed_is_received_and_refunded_once_it_is_billed(trade: Trade) -> None:
    order = trade.order(billing="none")
    return_id = trade.wants_back(order)
    trade.process_by_hand(return_id)

    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}
    assert trade.said(return_id) == {"refund": "order_not_billed"}

    trade.act("bill", order_id=order["order_id"], kind="invoice")
    trade.sync()
    assert trade.record("creditMemo")["total"] == "108.00"
    assert trade.record("customerRefund")["total"] == "108.00"
    assert trade.said(return_id) == {}


def test_without_line_ids_the_unit_is_found_by_its_sku(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TEE, CAP], with_line_ids=False), {"line": 1})
    trade.process_by_hand(return_id)

    trade.sync()

    assert skus(trade.record("returnAuthorization")) == [("CAP", "1", "30.00")]
    assert trade.record("creditMemo")["total"] == "32.40"


@pytest.mark.parametrize("with_line_ids", [True, False])
def test_two_lines_of_one_sku_at_two_prices_are_told_apart_by_line_id_or_refused_by_their_amounts(
    trade: Trade, with_line_ids: bool
) -> None:
    dear, cheap = {**TEE, "price": "100.00"}, {**TEE, "price": "80.00"}
    return_id = trade.wants_back(trade.order(lines=[dear, cheap], with_line_ids=with_line_ids), {"line": 1})
    trade.process_by_hand(return_id)

    trade.sync()

    if with_line_ids:
        assert trade.record("creditMemo")["total"] == "86.40"
    else:
        assert trade.totals() == {"returnAuthorization": ["108.00"]}
        assert trade.codes(return_id) == {"amount_differs"}


def test_two_lines_of_one_sku_without_line_ids_take_both_units(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TEE, TEE], with_line_ids=False), {"line": 0}, {"line": 1})
    trade.process_by_hand(return_id)

    trade.sync()

    assert [quantity for _, quantity, _ in skus(trade.record("returnAuthorization"))] == ["1", "1"]
    assert trade.record("creditMemo")["total"] == "216.00"


@pytest.mark.parametrize(
    "wish",
    [
        {"reference": "name", "with_order_id": True},
        {"reference": "name", "with_order_id": False},
        {"reference": "id", "with_order_id": False},
        {"reference": "bare", "with_order_id": False},
    ],
    ids=["order id field", "name", "id as reference", "name without #"],
)
def test_the_order_is_found_by_whatever_reference_it_carries(trade: Trade, wish: dict[str, object]) -> None:
    order = trade.order("#1042", **wish)
    trade.order("#10421", **wish)
    trade.wants_back(order)

    trade.sync()

    assert trade.record("returnAuthorization")["createdFrom"] == order["sales_order"]


def test_an_order_taken_as_a_cash_sale_at_once_is_returned_from_the_cash_sale(trade: Trade) -> None:
    order = trade.order(direct_cash_sale=True, billing="cash_sale")
    return_id = trade.wants_back(order)
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.record("returnAuthorization")["createdFrom"] == order["cash_sale"]
    assert trade.record("cashRefund")["total"] == "108.00"
    assert trade.said(return_id) == {}
    assert trade.books() == {}


def test_an_order_that_is_there_twice_is_never_guessed_at(trade: Trade) -> None:
    order = trade.order("#1001")
    other = trade.order("#1002", with_order_id=False)
    trade.act("set_field", record=other["sales_order"], field="custbody_shopify_order_id", value=order["order_id"])
    return_id = trade.wants_back(order)

    trade.sync()

    assert trade.records() == []
    assert trade.codes(return_id) == {"order_ambiguous"}
    finding = trade.finding(return_id, "order_ambiguous")
    assert order["sales_order"] in finding
    assert other["sales_order"] in finding


def test_a_unit_that_no_line_of_the_order_has_is_shown_with_what_looks_like_it(trade: Trade) -> None:
    order = trade.order(lines=[TEE, CAP], with_line_ids=False)
    return_id = trade.wants_back(order, {"line": 0})
    trade.act("tamper", return_id=return_id, lines=[{"sku": "TEE-XM"}])

    trade.sync()

    assert trade.records() == []
    assert trade.codes(return_id) == {"item_not_found"}
    assert "TEE-M" in trade.finding(return_id, "item_not_found")


def test_a_sku_that_changed_since_the_sale_is_found_by_its_line_id(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order(lines=[TEE, CAP]))
    trade.act("tamper", return_id=return_id, lines=[{"sku": "TEE-2027-M"}])

    trade.sync()

    assert skus(trade.record("returnAuthorization")) == [("TEE-M", "1", "100.00")]


def test_two_returns_on_one_order_are_two_authorizations_and_two_refunds(trade: Trade) -> None:
    order = trade.order(lines=[TWO_TEES])
    first, second = trade.wants_back(order), trade.wants_back(order)
    trade.process_by_hand(first)
    trade.sync()
    trade.process_by_hand(second)
    trade.sync()

    assert trade.totals() == {
        "returnAuthorization": ["54.00", "54.00"],
        "itemReceipt": ["50.00", "50.00"],
        "creditMemo": ["54.00", "54.00"],
        "customerRefund": ["54.00", "54.00"],
    }
    assert {one["externalId"] for one in trade.records("creditMemo")} == {f"LOOP-CM-{first}-1", f"LOOP-CM-{second}-1"}
    assert trade.books() == {}


def test_more_units_than_are_left_are_refused_and_the_holders_are_named(trade: Trade) -> None:
    order = trade.order()
    trade.act("make_authorization", order_id=order["order_id"])
    return_id = trade.wants_back(order)

    trade.sync()

    assert len(trade.records("returnAuthorization")) == 1
    assert trade.codes(return_id) == {"over_return"}
    assert trade.records("returnAuthorization")[0]["tranId"] in trade.finding(return_id, "over_return")


def test_what_another_authorization_held_is_free_again_once_that_is_closed(trade: Trade) -> None:
    order = trade.order()
    other = trade.act("make_authorization", order_id=order["order_id"])
    return_id = trade.wants_back(order)
    trade.sync()

    trade.act("close_authorization", authorization=other["id"])
    trade.sync()

    assert f"LOOP-RA-{return_id}" in [one["externalId"] for one in trade.records("returnAuthorization")]
    assert trade.said(return_id) == {}
