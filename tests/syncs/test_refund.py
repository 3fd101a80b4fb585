"""Refund, on cases made by hand: what it posts, waits for and asks a person about."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.case import WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopRefund
from ledgerloop.domain.policy import Items, RefundRule
from ledgerloop.domain.returns import LoopRefund, ReturnState
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.syncs.refund import next_write
from tests.support import cases
from tests.support.cases import (
    POLICY,
    RETURN,
    authorization,
    case,
    code,
    credit_memo,
    draft,
    invoice,
    month,
    processed,
    refunded,
    shop_order,
    totals,
    unit,
    usd,
)

READY = (invoice(), authorization(cases.received(), status="F"))
"""Invoiced, and everything received."""

MONEY_OUT = shop_order(refunded())

ON_CARD = refunded("48.00", number="90", gateway="gift_card")
"""A second refund of the same return, onto a gift card."""


BOTH = (LoopRefund("88"), LoopRefund("90"))


def ready(*more: Document, **changes: Any) -> object:
    """A return that is ready for its money, with what a test changes."""
    known = changes.pop("returned", processed())
    documents = changes.pop("documents", (*READY, *more))
    return case(known, documents=documents, **{"shop_order": MONEY_OUT, **changes})


def answer(*more: Document, policy: object = POLICY, **changes: Any) -> object:
    return next_write(ready(*more, **changes), policy)  # type: ignore[arg-type]


def test_an_invoiced_return_gets_a_credit_memo_over_what_left() -> None:
    wanted = draft(answer())
    assert (wanted.record_type, wanted.external_id) == ("creditMemo", f"LOOP-CM-{RETURN}-1")
    assert (wanted.expected_total, wanted.lines) == (usd("108.00"), ())
    assert wanted.memo == f"Loop return {RETURN}; Shopify refund 88"


def test_then_one_customer_refund_per_tender_applied_to_it() -> None:
    wanted = draft(answer(credit_memo()))
    assert (wanted.record_type, wanted.credit_memo_id, wanted.amount) == ("customerRefund", "4001", usd("108.00"))
    assert (wanted.payment_method_id, wanted.account_id) == ("9", "155")
    paid = cases.document("customerRefund", "5001", "", loop_return_id=RETURN, shopify_transaction_id="889")
    assert answer(credit_memo(status="B"), paid) is None


def test_a_cash_sale_gets_one_cash_refund_and_nothing_else() -> None:
    bill = cases.document("cashSale", "1003", "1001")
    wanted = draft(answer(documents=(bill, READY[1])))
    assert (wanted.record_type, wanted.expected_total) == ("cashRefund", usd("108.00"))
    assert (wanted.payment_method_id, wanted.account_id) == ("9", "155")
    made = cases.document("cashRefund", "4001", "2001", loop_return_id=RETURN, shopify_refund_id="88")
    assert answer(documents=(bill, READY[1], made)) is None


def test_the_record_follows_the_first_rule_of_the_gateway_then_the_fixed_choice_then_the_bill() -> None:
    by_rule = replace(POLICY, refund_rules=(RefundRule("card", "cash_refund"),))
    assert draft(answer(policy=by_rule)).record_type == "cashRefund"
    fixed = replace(POLICY, refund_record="cash_refund")
    assert draft(answer(policy=fixed)).record_type == "cashRefund"


@pytest.mark.parametrize("changes", [{"processed": False}, {"state": ReturnState.OPEN}, {"state": ReturnState.REVIEW}])
def test_without_proof_that_loop_processed_no_money_is_posted(changes: dict[str, Any]) -> None:
    assert answer(returned=processed(**changes)) is None


def test_goods_that_are_not_there_are_waited_for_unless_the_merchant_credits_before() -> None:
    documents = (invoice(), authorization())
    assert code(answer(documents=documents)) == "goods_not_received"
    before = replace(POLICY, refund_before_receipt=True)
    assert draft(answer(documents=documents, policy=before)).record_type == "creditMemo"


def test_an_order_that_is_not_billed_is_waited_for() -> None:
    assert code(answer(documents=(READY[1],))) == "order_not_billed"


def test_an_authorization_pending_approval_is_waited_for() -> None:
    assert code(answer(documents=(invoice(), authorization(status="A")))) == "authorization_not_approved"


def test_whether_loop_processed_is_waited_for_while_it_is_not_known() -> None:
    assert code(answer(returned=processed(processed=None))) == "processing_unknown"


def test_a_refund_that_shopify_does_not_show_yet_is_waited_for() -> None:
    assert code(answer(shop_order=shop_order())) == "refund_not_seen"


@pytest.mark.parametrize("status", ["PENDING", "AWAITING_RESPONSE"])
def test_a_refund_that_is_not_finished_is_waited_for(status: str) -> None:
    assert code(answer(shop_order=shop_order(refunded(status=status)))) == "refund_pending"


def test_a_refund_of_another_return_is_never_taken_by_its_amount() -> None:
    other = replace(refunded(number="99"), shopify_return_id="34")
    assert code(answer(shop_order=shop_order(other))) == "refund_not_seen"


def test_sums_of_loop_that_do_not_agree_post_nothing() -> None:
    wrong = processed(totals=totals((unit(),), refund=usd("107.00")))
    found = answer(returned=wrong)
    assert code(found) == "loop_amounts_disagree"
    assert "1.00 USD is unexplained" in found.problem  # type: ignore[attr-defined]


def test_money_that_left_beyond_the_goods_is_not_explained_away() -> None:
    assert code(answer(shop_order=shop_order(refunded("107.90")))) == "refund_differs"


def test_a_few_cents_become_a_visible_variance_line() -> None:
    wanted = draft(answer(shop_order=shop_order(refunded("107.97"))))
    assert [(line.item_id, line.amount) for line in wanted.lines] == [("904", usd("-0.03"))]
    assert wanted.expected_total == usd("107.97")


def test_a_variance_without_an_item_for_it_needs_a_person() -> None:
    policy = replace(POLICY, items=Items())
    assert code(answer(shop_order=shop_order(refunded("107.97")), policy=policy)) == "item_not_configured"


def test_fee_and_gift_card_are_visible_negative_lines() -> None:
    sums = totals((unit(),), refund=usd("58.01"), handling_fee=usd("9.99"), gift_card=usd("40.00"))
    wanted = draft(answer(returned=processed(totals=sums), shop_order=shop_order(refunded("58.01"))))
    assert [(line.item_id, line.amount) for line in wanted.lines] == [("902", usd("-40.00")), ("903", usd("-9.99"))]
    assert wanted.expected_total == usd("58.01")


def test_a_gateway_without_payment_method_needs_a_person() -> None:
    assert code(answer(credit_memo(), policy=replace(POLICY, payment_methods={}))) == "gateway_unmapped"


def test_a_gateway_with_its_own_method_and_account_is_paid_from_there() -> None:
    policy = replace(POLICY, payment_methods={"default": "9", "card": "13"}, refund_accounts={"card": "231"})
    wanted = draft(answer(credit_memo(), policy=policy))
    assert (wanted.payment_method_id, wanted.account_id) == ("13", "231")


def test_several_tenders_on_a_cash_refund_need_a_person() -> None:
    bill = cases.document("cashSale", "1003", "1001")
    second = refunded("48.00", number="90", gateway="paypal")
    found = answer(documents=(bill, READY[1]), shop_order=shop_order(refunded("60.00"), second))
    assert code(found) == "several_tenders"
    assert "payment_items.paypal" in found.remedy  # type: ignore[attr-defined]


@pytest.mark.parametrize("gateway", ["gift_card", "shopify_store_credit", "store_credit"])
def test_a_gift_card_or_store_credit_stands_on_the_liability_where_nothing_else_is_said(gateway: str) -> None:
    bill = cases.document("cashSale", "1003", "1001")
    second = refunded("48.00", number="90", gateway=gateway)
    wanted = draft(answer(documents=(bill, READY[1]), shop_order=shop_order(refunded("60.00"), second)))
    assert [(line.item_id, line.amount) for line in wanted.lines] == [("902", usd("-48.00"))]
    assert wanted.expected_total == usd("60.00")


def with_shipping(amount: str, shipping: str, number: str = "88") -> ShopRefund:
    return replace(refunded(amount, number=number), shipping=(usd(shipping),))


def test_shipping_without_an_item_is_the_records_own_shipping_cost() -> None:
    order = shop_order(with_shipping("118.00", "10.00"), total="118.00")
    sums = totals((unit(),), refund=usd("118.00"))
    wanted = draft(answer(returned=processed(totals=sums), shop_order=order))
    assert (wanted.lines, wanted.shipping_cost, wanted.expected_total) == ((), usd("10.00"), usd("118.00"))
    policy = replace(POLICY, items=replace(POLICY.items, shipping_refund="909"))
    by_item = draft(answer(returned=processed(totals=sums), shop_order=order, policy=policy))
    assert [(line.item_id, line.amount) for line in by_item.lines] == [("909", usd("10.00"))]
    assert by_item.shipping_cost is None


def test_shipping_given_back_later_is_a_record_of_a_shipping_cost_and_a_line_of_nothing() -> None:
    order = shop_order(refunded(), with_shipping("10.00", "10.00", "90"), total="118.00")
    ours = credit_memo(status="B", memo=f"Loop return {RETURN}; Shopify refund 88")
    paid = cases.document("customerRefund", "5001", "", shopify_transaction_id="889")
    wanted = draft(answer(ours, paid, returned=processed(refunds=BOTH), shop_order=order))
    assert [(line.item_id, line.amount) for line in wanted.lines] == [("904", usd("0.00"))]
    assert (wanted.source_type, wanted.shipping_cost, wanted.expected_total) == ("invoice", usd("10.00"), usd("10.00"))
    none = replace(POLICY, items=Items())
    assert code(answer(ours, paid, returned=processed(refunds=BOTH), shop_order=order, policy=none)) == (
        "item_not_configured"
    )


def test_the_largest_tender_pays_a_cash_refund_and_every_other_is_a_line_on_its_own_item() -> None:
    bill = cases.document("cashSale", "1003", "1001")
    policy = replace(POLICY, payment_items={"gift_card": "912"}, payment_methods={"default": "9", "gift_card": "13"})
    wanted = draft(answer(documents=(bill, READY[1]), shop_order=shop_order(refunded("60.00"), ON_CARD), policy=policy))
    assert [(line.item_id, line.amount) for line in wanted.lines] == [("912", usd("-48.00"))]
    assert (wanted.expected_total, wanted.payment_method_id, wanted.account_id) == (usd("60.00"), "9", "155")


def test_two_transactions_of_one_gateway_are_one_payment_of_a_cash_refund() -> None:
    bill = cases.document("cashSale", "1003", "1001")
    again = replace(refunded("48.00", number="90"), shopify_return_id="33")
    wanted = draft(answer(documents=(bill, READY[1]), shop_order=shop_order(refunded("60.00"), again)))
    assert (wanted.expected_total, wanted.lines) == (usd("108.00"), ())
    assert wanted.memo.endswith("Shopify refund 88; Shopify refund 90")


def test_an_unexplained_credit_of_the_same_amount_may_be_this_one() -> None:
    stray = cases.document("creditMemo", "4009", "1003", status="A")
    assert code(answer(stray)) == "possible_duplicate"
    assert draft(answer(replace(stray, total=usd("10.00")), shop_order=shop_order(refunded(), total="120.00")))


def test_a_credit_whose_memo_mentions_the_refund_otherwise_may_be_this_one_whatever_its_amount() -> None:
    stray = cases.document("creditMemo", "4009", "", status="A", total=usd("10.00"), memo="Money back 88, by phone")
    assert code(answer(stray)) == "possible_duplicate"
    other = replace(stray, memo="Money back 8812, by phone")
    assert draft(answer(other, shop_order=shop_order(refunded(), total="120.00"))).record_type == "creditMemo"


def test_netsuite_is_searched_before_the_first_attempt_of_a_credit_and_never_before_a_later_one() -> None:
    family = NeedsReading(Source.NETSUITE_FAMILY, cases.ORDER)
    assert answer(search_credits=True) == family
    tried = cases.entry(f"LOOP-CM-{RETURN}-1", "creditMemo", WriteState.SENT)
    assert draft(answer(search_credits=True, journal=(tried,))).external_id == f"LOOP-CM-{RETURN}-1"
    assert answer(credit_memo(), search_credits=True) == family
    assert draft(answer(credit_memo())).record_type == "customerRefund"


def test_a_customer_refund_by_hand_that_names_the_shopify_refund_alone_pays_one_tender_of_its_amount() -> None:
    by_hand = cases.document("customerRefund", "5009", "", shopify_refund_id="88")
    assert answer(credit_memo(), by_hand) is None
    assert draft(answer(credit_memo(), replace(by_hand, total=usd("8.00")))).amount == usd("108.00")
    twice = replace(refunded("54.00").transactions[0], transaction_id="882")
    both = replace(refunded("54.00"), transactions=(refunded("54.00").transactions[0], twice))
    half = replace(by_hand, total=usd("54.00"))
    assert draft(answer(credit_memo(), half, shop_order=shop_order(both))).amount == usd("54.00")
    assert answer(credit_memo(), half, replace(half, internal_id="5010"), shop_order=shop_order(both)) is None


def test_more_value_than_was_sold_is_never_credited() -> None:
    before = cases.document("creditMemo", "4009", "1003", status="B", loop_return_id="4711", total=usd("50.00"))
    found = answer(before)
    assert code(found) == "over_credit"
    assert "50.00 USD" in found.problem  # type: ignore[attr-defined]


def test_a_credit_that_carries_this_refund_is_adopted_and_not_made_again() -> None:
    theirs = credit_memo(external_id="", loop_return_id="", created_from="1003")
    assert draft(answer(theirs)).credit_memo_id == "4001"


@pytest.mark.parametrize(
    "changes",
    [{"total": usd("107.00")}, {"customer_id": "999"}, {"currency_id": "2"}],
    ids=["total", "customer", "currency"],
)
def test_a_saved_credit_memo_that_differs_is_not_paid_out(changes: dict[str, Any]) -> None:
    assert code(answer(credit_memo(**changes))) == "credit_memo_differs"


def test_money_in_another_currency_needs_a_person() -> None:
    foreign = refunded()
    cad = Money.of("108.00", "CAD")
    moved = replace(foreign.transactions[0], amount=cad, presentment_amount=cad)
    found = answer(shop_order=shop_order(replace(foreign, transactions=(moved,))))
    assert code(found) == "currency_differs"


def test_a_total_that_differs_from_loops_promise_posts_nothing() -> None:
    documents = (invoice(), authorization(cases.received(), status="F", total=usd("109.00")))
    assert code(answer(documents=documents)) == "amount_differs"


def test_a_unit_that_the_authorization_does_not_hold_needs_a_person() -> None:
    other = processed(unit(sku="CAP", shopify_line_id="12"))
    assert code(answer(returned=other)) == "authorization_differs"


def test_receivables_being_locked_stops_credits() -> None:
    periods = (month("2026-03", receivables_locked=True),)
    assert code(answer(periods=periods)) == "period_closed"
    assert code(answer(credit_memo(), periods=periods)) == "period_closed"


@pytest.mark.parametrize("source", [Source.SHOPIFY_ORDER, Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY])
def test_nothing_is_posted_before_everything_was_read(source: Source) -> None:
    assert answer(unread=cases.unread(source)) == NeedsReading(source, cases.ORDER)


def test_loops_own_refund_ids_are_read_when_the_list_did_not_show_them() -> None:
    found = answer(returned=processed(refunds=()), unread=cases.unread(Source.LOOP_RETURN, RETURN))
    assert found == NeedsReading(Source.LOOP_RETURN, RETURN)


def test_a_number_that_came_to_nothing_is_kept_and_one_in_use_is_not() -> None:
    refused = (cases.entry(f"LOOP-CM-{RETURN}-1", "creditMemo", WriteState.REFUSED),)
    assert draft(answer(journal=refused)).external_id == f"LOOP-CM-{RETURN}-1"
    voided = credit_memo(status="V")
    assert draft(answer(voided)).external_id == f"LOOP-CM-{RETURN}-2"


def test_what_the_shopper_keeps_is_credited_without_receipt_and_its_line_closed_afterwards() -> None:
    policy = replace(POLICY, keep_item_reasons=frozenset({"Too small"}))
    documents = (invoice(), authorization())
    assert draft(answer(documents=documents, policy=policy)).record_type == "creditMemo"
    paid = cases.document("customerRefund", "5001", "", loop_return_id=RETURN, shopify_transaction_id="889")
    done = (*documents, credit_memo(status="B"), paid)
    assert draft(answer(documents=done, policy=policy)).lines == (1,)
    assert Decimal(1) == documents[1].lines[0].quantity
