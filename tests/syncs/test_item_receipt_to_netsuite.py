"""Item receipt Loop to NetSuite, on cases made by hand."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.orders import LineKind
from ledgerloop.domain.returns import ReturnState
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.syncs.item_receipt_to_netsuite import next_write
from tests.support import cases
from tests.support.cases import NOW, POLICY, RETURN, authorization, case, code, draft, held, month, processed, unit, usd


def test_a_processed_return_is_received_with_exactly_what_is_missing() -> None:
    other, closed = held(2, shopify_line_id="12", item_id="502"), held(3, closed=True, shopify_line_id="13")
    seen = case(processed(), documents=(authorization(held(1), other, closed, total=usd("324.00")),))
    wanted = draft(next_write(seen, POLICY))
    assert (wanted.external_id, wanted.authorization_id) == (f"LOOP-IR-{RETURN}-1", "2001")
    assert [(one.source_line, one.received, one.quantity) for one in wanted.lines] == [
        (1, True, Decimal(1)),
        (2, False, None),
    ]


def test_fees_and_discounts_are_never_on_a_receipt() -> None:
    lines = (held(1), held(2, kind=LineKind.DISCOUNT, item_id="907", sku="", amount=usd("-5.00"), shopify_line_id=""))
    documents = (authorization(*lines, total=usd("108.00")),)
    assert [one.source_line for one in draft(next_write(case(processed(), documents=documents), POLICY)).lines] == [1]


@pytest.mark.parametrize("changes", [{"processed": False}, {"state": ReturnState.OPEN}])
def test_a_return_that_loop_did_not_process_is_not_received(changes: dict[str, Any]) -> None:
    assert next_write(case(processed(**changes), documents=(authorization(),)), POLICY) is None


def test_whether_loop_processed_is_waited_for_while_it_is_not_known() -> None:
    seen = case(processed(processed=None), documents=(authorization(),))
    assert code(next_write(seen, POLICY)) == "processing_unknown"


def test_where_the_warehouse_leads_loop_receives_nothing() -> None:
    seen = case(processed(), documents=(authorization(),))
    assert next_write(seen, replace(POLICY, receive="netsuite")) is None


def test_what_the_warehouse_received_is_not_received_again() -> None:
    documents = (authorization(cases.received(), status="F"), cases.receipt())
    assert next_write(case(processed(), documents=documents), POLICY) is None


def test_goods_on_their_way_are_waited_for_where_delivery_counts() -> None:
    policy = replace(POLICY, receive_when="delivered")
    on_the_way = processed(label_status="in_transit")
    assert code(next_write(case(on_the_way, documents=(authorization(),)), policy)) == "goods_in_transit"
    assert draft(next_write(case(processed(), documents=(authorization(),)), policy))
    in_store = processed(label_status="", method_provider="loop-pos")
    assert draft(next_write(case(in_store, documents=(authorization(),)), policy))


def test_an_authorization_pending_approval_is_waited_for() -> None:
    seen = case(processed(), documents=(authorization(status="A"),))
    assert code(next_write(seen, POLICY)) == "authorization_not_approved"


def test_a_total_that_differs_by_more_than_the_limit_posts_nothing() -> None:
    for total, differs in (("108.05", False), ("108.06", True), ("107.94", True)):
        seen = case(processed(), documents=(authorization(total=usd(total)),))
        answer = next_write(seen, POLICY)
        assert (code(answer) == "amount_differs") if differs else draft(answer)


def test_a_unit_that_the_authorization_does_not_hold_needs_a_person() -> None:
    other = processed(unit(sku="CAP", shopify_line_id="12"))
    assert code(next_write(case(other, documents=(authorization(),)), POLICY)) == "authorization_differs"


def test_the_periods_are_read_before_anything_is_dated() -> None:
    seen = case(processed(), documents=(authorization(),), unread=cases.unread(Source.NETSUITE_PERIODS, "main"))
    assert next_write(seen, POLICY) == NeedsReading(Source.NETSUITE_PERIODS, "main")


CLOSED = (month("2026-03", closed=True), month("2026-04"))


def test_a_closed_month_is_held_or_moved_to_the_next_open_day() -> None:
    seen = case(processed(), documents=(authorization(),), periods=CLOSED)
    moved = draft(next_write(seen, POLICY))
    assert (moved.on.isoformat(), moved.memo.endswith("(original date 2026-03-10)")) == ("2026-04-01", True)
    held_back = next_write(seen, replace(POLICY, closed_period="hold"))
    assert code(held_back) == "period_closed"
    assert held_back.until > NOW  # type: ignore[union-attr]


def test_receivables_alone_being_locked_does_not_stop_a_receipt() -> None:
    periods = (month("2026-03", receivables_locked=True), month("2026-04"))
    seen = case(processed(), documents=(authorization(),), periods=periods)
    assert draft(next_write(seen, POLICY)).on.isoformat() == "2026-03-10"


@pytest.mark.parametrize(
    ("line", "changes"),
    [({"lot_or_serial": True}, {}), ({}, {"condition": "missing"}), ({}, {"disposition": "recycle"})],
    ids=["lot or serial numbers", "graded as missing", "not for sale, and no place for it"],
)
def test_it_is_received_by_hand(line: dict[str, Any], changes: dict[str, Any]) -> None:
    seen = case(processed(unit(**changes)), documents=(authorization(held(**line)),))
    assert code(next_write(seen, POLICY)) == "receive_by_hand"


def test_goods_not_for_sale_go_to_quarantine() -> None:
    policy = replace(POLICY, locations={"default": "7", "quarantine": "9"})
    seen = case(processed(unit(disposition="recycle")), documents=(authorization(),))
    assert draft(next_write(seen, policy)).lines[0].location_id == "9"


def test_goods_are_received_where_loop_sent_them() -> None:
    policy = replace(POLICY, locations={"default": "7", "loop:2208": "8"})
    seen = case(processed(destination_id="2208"), documents=(authorization(),))
    assert draft(next_write(seen, policy)).lines[0].location_id == "8"
