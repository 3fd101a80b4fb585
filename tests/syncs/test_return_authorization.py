"""Return authorization, on cases made by hand: what it writes, waits for and asks a person about."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.case import WriteState
from ledgerloop.domain.orders import LineKind
from ledgerloop.domain.records import Act
from ledgerloop.domain.returns import ReturnState
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.syncs import item_receipt_to_loop
from ledgerloop.syncs.return_authorization import next_write
from tests.support import cases
from tests.support.cases import NOW, POLICY, RETURN, case, code, draft, returned, sold, unit, usd


def test_an_open_return_of_a_shipped_order_is_authorised_from_its_sales_order() -> None:
    wanted = draft(next_write(case(), POLICY))

    assert (wanted.external_id, wanted.source_type, wanted.source_id) == (f"LOOP-RA-{RETURN}", "salesOrder", "1001")
    assert [(line.source_line, line.quantity) for line in wanted.lines] == [(1, Decimal(1))]
    assert (wanted.memo, wanted.order_reference) == (f"Loop return {RETURN}: Too small", "#1001")
    assert wanted.expected_total == usd("108.00")


@pytest.mark.parametrize("state", ["cancelled", "expired", "unknown"])
def test_a_return_that_ended_in_loop_is_never_authorised(state: str) -> None:
    assert next_write(case(returned(state=ReturnState(state))), POLICY) is None


def test_a_closed_return_is_authorised_only_when_loop_processed_it() -> None:
    closed = {"state": ReturnState.CLOSED}
    assert draft(next_write(case(returned(**closed, processed=True)), POLICY))
    assert next_write(case(returned(**closed, processed=False)), POLICY) is None


def test_whether_a_closed_return_was_processed_is_read_first_and_else_waited_for() -> None:
    closed = returned(state=ReturnState.CLOSED, processed=None)
    need = NeedsReading(Source.LOOP_CLOSED_LIST, RETURN)
    assert next_write(case(closed, unread=frozenset({need})), POLICY) == need
    assert code(next_write(case(closed), POLICY)) == "processing_unknown"


def test_a_return_before_the_cut_over_day_in_the_accounts_zone_is_left_alone() -> None:
    policy = replace(POLICY, returns_from=date(2026, 3, 6))
    assert next_write(case(returned(created_at=NOW - timedelta(days=5))), policy) is None
    assert draft(next_write(case(returned(created_at=NOW - timedelta(days=4))), policy))


@pytest.mark.parametrize("source", [Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY])
def test_nothing_is_decided_before_netsuite_was_read(source: Source) -> None:
    answer = next_write(case(unread=cases.unread(source)), POLICY)
    assert answer == NeedsReading(source, cases.ORDER)


def test_an_order_that_is_not_there_is_waited_for() -> None:
    answer = next_write(case(orders=()), POLICY)
    assert code(answer) == "order_not_in_netsuite"
    assert answer.until == NOW + POLICY.retry_wait  # type: ignore[union-attr]


@pytest.mark.parametrize("status", ["A", "B"])
def test_an_order_that_is_not_shipped_is_waited_for(status: str) -> None:
    assert code(next_write(case(orders=(cases.order(status=status),)), POLICY)) == "order_not_fulfilled"


def test_a_line_that_is_not_shipped_yet_is_waited_for_though_others_are() -> None:
    lines = (sold(1, shipped=Decimal(0)), sold(2, shopify_line_id="12"))
    assert code(next_write(case(orders=(cases.order(*lines, status="D"),)), POLICY)) == "order_not_fulfilled"


def test_two_candidates_are_ambiguous_and_both_are_named() -> None:
    answer = next_write(case(orders=(cases.order(), cases.order(internal_id="1009", number="SO9"))), POLICY)
    assert code(answer) == "order_ambiguous"
    assert "SO1" in answer.problem  # type: ignore[union-attr]
    assert "SO9" in answer.problem  # type: ignore[union-attr]


def test_an_item_that_the_order_does_not_have_is_not_guessed() -> None:
    stranger = unit(sku="TEE-X", shopify_line_id="99")
    answer = next_write(case(returned(stranger)), POLICY)
    assert code(answer) == "item_not_found"
    assert "TEE-M" in answer.problem  # type: ignore[union-attr]


def test_more_than_is_left_is_refused_naming_who_holds_it() -> None:
    other = cases.document("returnAuthorization", "2009", "1001", status="B", loop_return_id="4711")
    answer = next_write(case(documents=(other,)), POLICY)
    assert code(answer) == "over_return"
    assert other.number in answer.problem  # type: ignore[union-attr]
    assert "4711" in answer.problem  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "line"),
    [("C", cases.held()), ("H", cases.held(closed=True))],
    ids=["a cancelled authorization", "a closed, unreceived line"],
)
def test_it_takes_nothing(status: str, line: object) -> None:
    other = cases.document("returnAuthorization", "2009", "1001", status=status)
    assert draft(next_write(case(documents=(replace(other, lines=(line,)),)), POLICY))  # type: ignore[arg-type]


def test_an_authorization_that_was_written_and_is_gone_is_not_written_again_by_itself() -> None:
    journal = (cases.entry(f"LOOP-RA-{RETURN}", "returnAuthorization"),)
    assert code(next_write(case(journal=journal), POLICY)) == "record_gone"


def test_a_discount_line_goes_with_its_goods_line_pro_rata() -> None:
    lines = (
        sold(1, quantity=Decimal(2), shipped=Decimal(2), amount=usd("200.00")),
        sold(2, item_id="907", sku="", kind=LineKind.DISCOUNT, amount=usd("-10.00"), shopify_line_id=""),
    )
    returned_one = returned(unit(discount=usd("5.00")))
    wanted = draft(next_write(case(returned_one, orders=(cases.order(*lines),)), POLICY))
    assert [(line.source_line, line.amount) for line in wanted.lines] == [(1, None), (2, usd("-5.00"))]


def test_of_a_header_discount_only_the_returned_share_is_set() -> None:
    lines = (sold(1, quantity=Decimal(2), shipped=Decimal(2), amount=usd("200.00")),)
    source = cases.order(*lines, header_discount=usd("-20.00"))
    wanted = draft(next_write(case(returned(unit(discount=usd("10.00"))), orders=(source,)), POLICY))
    assert wanted.header_discount == usd("-10.00")


def test_a_discount_that_no_line_explains_has_the_header_read_first() -> None:
    need = NeedsReading(Source.NETSUITE_HEADER_DISCOUNT, "1001")
    discounted = returned(unit(discount=usd("10.00")))
    assert next_write(case(discounted, unread=frozenset({need})), POLICY) == need
    assert draft(next_write(case(unread=frozenset({need})), POLICY)), "a return without discount does not need it"


def test_an_order_without_sales_order_is_returned_from_its_cash_sale_on_the_cash_form() -> None:
    policy = replace(POLICY, form_cash="132", form_credit="131")
    wanted = draft(next_write(case(orders=(cases.order(record_type="cashSale", status=""),)), policy))
    assert (wanted.source_type, wanted.form_id, wanted.refund_record) == ("cashSale", "132", "cash_refund")


def test_an_invoiced_order_is_returned_on_the_credit_form() -> None:
    policy = replace(POLICY, form_cash="132", form_credit="131")
    wanted = draft(next_write(case(documents=(cases.invoice(),)), policy))
    assert (wanted.form_id, wanted.refund_record) == ("131", "credit_memo")


def authorised(*line_ids: str, state: WriteState = WriteState.DONE) -> tuple[object, ...]:
    return (cases.entry(f"LOOP-RA-{RETURN}", "returnAuthorization", state, loop_line_ids=line_ids),)


def two_held(**changes: Any) -> object:
    return cases.held(quantity=Decimal(2), amount=usd("200.00"), **changes)


def test_a_return_edited_before_anything_came_changes_the_authorizations_own_line() -> None:
    standing = cases.authorization(two_held())  # type: ignore[arg-type]
    answer = next_write(case(documents=(standing,), journal=authorised("7101", "7102")), POLICY)
    assert draft(answer).quantities == ((1, Decimal(1)),)


def test_a_return_edited_after_goods_came_needs_a_person() -> None:
    standing = cases.authorization(two_held(received=Decimal(1)))  # type: ignore[arg-type]
    answer = next_write(case(documents=(standing,), journal=authorised("7101", "7102")), POLICY)
    assert code(answer) == "edited_after_receipt"


def test_a_return_that_was_given_another_item_needs_a_person() -> None:
    added = returned(unit(1), unit(2, sku="CAP", shopify_line_id="12"))
    answer = next_write(case(added, documents=(cases.authorization(),), journal=authorised("7101")), POLICY)
    assert code(answer) == "edited_adds_item"


def test_what_a_person_changed_on_the_authorization_is_never_overwritten() -> None:
    standing = cases.authorization(cases.held(quantity=Decimal(3)))
    answer = next_write(case(documents=(standing,), journal=authorised("7101", "7102")), POLICY)
    assert code(answer) == "authorization_changed"


TOO_DEAR = {"documents": (cases.authorization(total=usd("130.00")),)}
"""An authorization whose saved total is not what Loop promises."""


@pytest.mark.parametrize("state", ["open", "review"])
def test_a_rehearsal_that_differs_is_told_as_soon_as_the_authorization_stands(state: str) -> None:
    about = case(returned(state=ReturnState(state)), **TOO_DEAR)
    assert code(next_write(about, POLICY)) == "amount_differs"
    unread = cases.unread(Source.SHOPIFY_ORDER)
    assert next_write(replace(about, unread=unread), POLICY) == NeedsReading(Source.SHOPIFY_ORDER, cases.ORDER)
    assert next_write(case(documents=(cases.authorization(),)), POLICY) is None


@pytest.mark.parametrize("status", ["C", "G", "H"])
def test_the_rehearsal_of_an_authorization_that_is_over_says_nothing(status: str) -> None:
    over = cases.authorization(total=usd("130.00"), status=status)
    assert next_write(case(documents=(over,)), POLICY) is None


def test_processing_in_loop_is_not_held_for_a_rehearsal_that_differs() -> None:
    came = cases.authorization(cases.received(), status="F", total=usd("130.00"))
    about = case(documents=(came, cases.receipt()))
    assert code(next_write(about, POLICY)) == "amount_differs"
    assert draft(item_receipt_to_loop.next_write(about, POLICY)).act is Act.PROCESS
