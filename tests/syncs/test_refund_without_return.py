"""Refunds without a return: credited once, on the goodwill item, and never where a Loop return may claim them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.case import Case, WriteState, order_subject
from ledgerloop.domain.documents import Document
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopRefund
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import LoopRefund, ReturnState
from ledgerloop.outcome import Attention, NeedsReading, Source
from ledgerloop.syncs.refund_without_return import next_write
from tests.support import cases
from tests.support.cases import NOW, code, draft, minutes, month, shop_order, usd
from tests.syncs.notation import POLICY, told

STRAY = replace(cases.refunded("15.00", number="77"), shopify_return_id="", return_name="")
"""Fifteen dollars given back in Shopify's admin, nine minutes ago."""


def answer(*more: Document, policy: Policy = POLICY, refund: ShopRefund = STRAY, **changes: Any) -> object:
    """What the sync says about an invoiced order of 118.00 that was refunded and has no Loop return."""
    return next_write(order_case(*more, refund=refund, **changes), policy)


def order_case(*more: Document, refund: ShopRefund = STRAY, **changes: Any) -> Case:
    made = cases.case(
        documents=(cases.invoice(), *more),
        shop_order=changes.pop("shop_order", shop_order(refund, total="118.00")),
        **{"returns": (), **changes},
    )
    return made.about(order_subject(cases.ORDER))


def test_a_refund_without_a_return_is_a_credit_memo_from_the_invoice_and_a_customer_refund() -> None:
    wanted = draft(answer())
    assert (wanted.record_type, wanted.external_id) == ("creditMemo", "SHOP-CM-77")
    assert (wanted.source_type, wanted.source_id) == ("invoice", "1003")
    assert [(line.item_id, line.amount) for line in wanted.lines] == [("911", usd("15.00"))]
    assert (wanted.expected_total, wanted.memo) == (usd("15.00"), "Order #1001, no return; Shopify refund 77")
    assert wanted.key.loop_return_id == ""
    made = cases.document("creditMemo", "4001", "1003", total=usd("15.00"), status="A", shopify_refund_id="77")
    paid = draft(answer(made))
    assert (paid.external_id, paid.credit_memo_id, paid.amount) == ("SHOP-RF-77-1", "4001", usd("15.00"))
    done = cases.document("customerRefund", "5001", "", total=usd("15.00"), shopify_transaction_id="779")
    assert answer(made, done) is None


def test_of_a_cash_sale_it_is_one_cash_refund() -> None:
    posted = told("sold 118.00 by cash sale\nshopify: 10.00 by card, 5.00 by gift_card, without return")
    assert posted.splitlines() == [
        "cash refund 10.00 = goodwill 15.00, gift_card -5.00",
        "Dr goodwill 15.00",
        "Cr gift_card 5.00",
        "Cr card 10.00",
    ]


def test_several_refunds_are_credited_one_by_one() -> None:
    posted = told(
        "sold 118.00 by invoice\nshopify: 15.00 by card, without return\nshopify: 4.00 by card, without return"
    )
    assert [line for line in posted.splitlines() if line.startswith("credit")] == [
        "credit memo 15.00 = goodwill 15.00",
        "credit memo 4.00 = goodwill 4.00",
    ]


def test_it_is_off_unless_it_is_wanted() -> None:
    assert answer(policy=replace(POLICY, refunds_without_return=False)) is None


def test_refunds_from_before_the_cut_over_are_left_alone() -> None:
    assert answer(policy=replace(POLICY, returns_from=(NOW + timedelta(days=1)).date())) is None


@pytest.mark.parametrize("status", ["FAILURE", "ERROR"])
def test_a_refund_that_moved_no_money_is_nothing(status: str) -> None:
    failed = replace(STRAY, transactions=(replace(STRAY.transactions[0], status=status),))
    assert answer(refund=failed) is None


def test_a_pending_one_is_waited_for() -> None:
    pending = replace(STRAY, transactions=(replace(STRAY.transactions[0], status="PENDING"),))
    assert code(answer(refund=pending)) == "refund_pending"


# -- whose it is --


def test_the_refund_of_a_loop_return_is_not_one() -> None:
    theirs = cases.refunded("15.00", number="77")
    mine = cases.processed(refunds=(LoopRefund("77"),))
    assert answer(refund=theirs, returns=(mine,)) is None
    by_return = replace(theirs, refund_id="78")
    assert answer(returns=(mine,), shop_order=shop_order(theirs, by_return, total="118.00")) is None


def test_a_return_that_may_claim_it_is_read_and_waited_for() -> None:
    silent = cases.processed(refunds=())
    need = NeedsReading(Source.LOOP_RETURN, cases.RETURN)
    assert answer(returns=(silent,), unread=frozenset({need})) == need
    assert code(answer(returns=(silent,))) == "refund_not_claimed"


@pytest.mark.parametrize("state", [ReturnState.CANCELLED, ReturnState.EXPIRED])
def test_an_ended_return_claims_nothing(state: ReturnState) -> None:
    ended = cases.returned(state=state)
    older = replace(STRAY, transactions=(replace(STRAY.transactions[0], processed_at=NOW - minutes(31)),))
    assert draft(answer(refund=older, returns=(ended,))).external_id == "SHOP-CM-77"


def test_a_new_refund_settles_first_and_longer_where_a_loop_return_is_near() -> None:
    fresh = replace(STRAY, transactions=(replace(STRAY.transactions[0], processed_at=NOW),))
    assert code(answer(refund=fresh)) == "refund_settling"
    assert draft(answer()).external_id == "SHOP-CM-77"
    mine = cases.processed(refunds=(LoopRefund("88"),))
    both = shop_order(cases.refunded(), STRAY, total="218.00")
    assert code(answer(returns=(mine,), shop_order=both)) == "refund_settling"


# -- adopted, doubled, too much --


def test_a_credit_of_another_program_that_carries_the_refund_is_adopted() -> None:
    theirs = cases.document("creditMemo", "4009", "1003", total=usd("15.00"), status="B", shopify_refund_id="77")
    assert answer(theirs) is None
    by_memo = replace(theirs, shopify_refund_id="", memo="Goodwill; Shopify refund 77")
    assert answer(by_memo) is None


def test_an_unexplained_credit_of_the_same_amount_may_be_it() -> None:
    stray = cases.document("creditMemo", "4009", "1003", total=usd("15.00"), status="A")
    assert code(answer(stray)) == "possible_duplicate"


def test_more_money_than_was_sold_never_goes_back() -> None:
    before = cases.document("creditMemo", "4009", "2001", total=usd("118.00"), status="B", loop_return_id="4711")
    assert code(answer(before)) == "over_credit"


def test_goodwill_uses_up_no_room_for_the_goods() -> None:
    posted = told(
        """
        sold 118.00 by invoice
        shopify: 15.00 by card, without return
        then
        returned 100.00 and tax 8.00
        loop: refund 108.00
        shopify: 108.00 by card
        """
    )
    assert "credit memo 108.00 = goods 108.00" in posted
    assert "attention" not in posted


def test_a_record_that_was_deleted_is_not_made_again() -> None:
    written = cases.entry("SHOP-CM-77", "creditMemo", WriteState.DONE, loop_return_id=order_subject(cases.ORDER))
    assert code(answer(journal=(written,))) == "record_gone"


# -- what must be there --


def test_without_an_item_nothing_is_posted() -> None:
    found = answer(policy=replace(POLICY, items=replace(POLICY.items, goodwill="")))
    assert code(found) == "item_not_configured"
    assert isinstance(found, Attention)
    assert "items.goodwill" in found.remedy


def test_an_order_that_is_not_there_or_not_billed_or_doubtful() -> None:
    assert code(answer(orders=())) == "order_not_in_netsuite"
    assert code(answer(orders=(cases.order(), cases.order(internal_id="1002")))) == "order_ambiguous"
    assert code(next_write(replace(order_case(), documents=()), POLICY)) == "order_not_billed"


def test_an_order_never_shipped_is_refunded_from_the_deposit_of_the_payment() -> None:
    unshipped = cases.order(cases.sold(shipped=Decimal(0)))
    others = cases.document("customerDeposit", "6001", "1001", total=usd("118.00"), shopify_transaction_id="2")
    mine = cases.document("customerDeposit", "6002", "1001", total=usd("118.00"), shopify_transaction_id="1")
    back = replace(STRAY, transactions=(replace(STRAY.transactions[0], parent_id="1"),))
    found = replace(order_case(refund=back, orders=(unshipped,)), documents=(others, mine))
    wanted = draft(next_write(found, POLICY))
    assert (wanted.external_id, wanted.deposit_id, wanted.amount) == ("SHOP-RF-77-1", "6002", usd("15.00"))
    small = replace(found, documents=(replace(mine, total=usd("10.00")),))
    assert code(next_write(small, POLICY)) == "deposit_too_small"


@pytest.mark.parametrize("source", [Source.SHOPIFY_ORDER, Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY])
def test_nothing_is_posted_before_everything_was_read(source: Source) -> None:
    assert answer(unread=cases.unread(source)) == NeedsReading(source, cases.ORDER)


def test_an_order_that_was_never_refunded_asks_for_nothing() -> None:
    calm = shop_order(total="118.00")
    assert answer(shop_order=calm, unread=cases.unread(Source.NETSUITE_ORDER)) is None


def test_closed_periods_move_or_hold_it() -> None:
    closed = (month("2026-02"), month("2026-03", closed=True), month("2026-04"))
    moved = draft(answer(periods=closed))
    assert moved.on.isoformat() == "2026-04-01"
    assert moved.memo.endswith("(original date 2026-03-10)")
    assert code(answer(periods=closed, policy=replace(POLICY, closed_period="hold"))) == "period_closed"


def test_the_currency_of_the_order_in_netsuite_decides_which_amount_is_posted() -> None:
    cad = Money.of("20.34", "CAD")
    both = replace(STRAY, transactions=(replace(STRAY.transactions[0], presentment_amount=cad),))
    shop = shop_order(both, total="118.00", presentment_currency="CAD", presentment_total=Money.of("160.00", "CAD"))
    policy = replace(POLICY, currencies={"USD": "1", "CAD": "3"})
    canadian = cases.order(currency_id="3")
    assert draft(answer(shop_order=shop, policy=policy)).expected_total == usd("15.00")
    assert draft(answer(shop_order=shop, policy=policy, orders=(canadian,))).expected_total == cad
    elsewhere = cases.order(currency_id="9")
    assert code(answer(shop_order=shop, policy=policy, orders=(elsewhere,))) == "currency_differs"
