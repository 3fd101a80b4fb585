"""Loop's discount setting off: the credit memo keeps its full value and is applied to the exchange order's invoice."""

from dataclasses import replace
from typing import Any

import pytest

from ledgerloop.domain.case import Case, ExchangeOrder, JournalEntry, WriteState
from ledgerloop.domain.documents import Document
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.orders import LineKind
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import ApplyCreditDraft
from ledgerloop.domain.returns import Exchange, Return
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.syncs import exchange_order, refund
from tests.support import cases
from tests.support.cases import code, draft, usd
from tests.support.selling import (
    EXCHANGE,
    SELLS,
    deposit,
    even,
    exchanged,
    in_store,
    line,
    order,
    selling,
    shown,
    taxed,
    there,
)

FULL = order(line("100.00", taxes=taxed("8.00")), total="108.00")
"""The exchange order of one tee for one tee, no discount on it."""

DEARER = order(line("150.00", taxes=taxed("12.00")), total="162.00")
EVEN = exchanged("108.00")
READY = (cases.invoice(), cases.authorization(cases.received(), status="F"))
APPLIED = "apply:main:4001:1103"


def bill(total: str = "108.00", number: str = "1103", **changes: Any) -> Document:
    """The invoice of the exchange order."""
    return cases.document("invoice", number, "1101", **{"total": usd(total), "status": "A", **changes})


def memo(total: str = "108.00", **changes: Any) -> Document:
    """Our credit memo of the return, without a line for the exchange credit."""
    return cases.credit_memo(total=usd(total), shopify_refund_id="", **changes)


def seen(
    return_: Return, *documents: Document, made: Order = FULL, bills: tuple[Document, ...] = (), **more: Any
) -> Case:
    """The return's case, with the exchange order as it stands."""
    return cases.case(
        return_, documents=(*READY, *documents), exchange_orders={EXCHANGE: ExchangeOrder(made, bills)}, **more
    )


def asked(case: Case, policy: Policy = SELLS) -> Any:
    return refund.next_write(case, policy)


def tried(state: WriteState, key: str = APPLIED) -> JournalEntry:
    return cases.entry(key, "applyCredit", state)


def test_the_credit_memo_keeps_its_value_and_has_no_line_for_the_credit() -> None:
    wanted = draft(asked(seen(EVEN)))
    assert (wanted.record_type, wanted.expected_total, wanted.lines) == ("creditMemo", usd("108.00"), ())


def test_it_waits_for_the_invoice_and_is_then_applied_to_it() -> None:
    waits = asked(seen(EVEN, memo()))
    assert code(waits) == "exchange_not_billed"
    assert waits.look_at == (NeedsReading(Source.NETSUITE_FAMILY, EXCHANGE),)
    assert draft(asked(seen(EVEN, memo(), bills=(bill(),)))) == ApplyCreditDraft(
        APPLIED, "4001", "1103", usd("108.00"), EXCHANGE
    )


@pytest.mark.parametrize(
    "case",
    [
        seen(EVEN, memo(status="B"), bills=(bill(status="B"),)),
        seen(EVEN, memo(), bills=(bill(status="B"),), journal=(tried(WriteState.DONE),)),
        seen(EVEN, memo(), bills=(bill(status="B"),), journal=(tried(WriteState.UNCLEAR),)),
    ],
    ids=["used up", "applied by us", "applied, but the answer was lost"],
)
def test_it_is_applied_once(case: Case) -> None:
    assert asked(case) is None


def test_an_application_that_never_arrived_is_sent_again() -> None:
    again = asked(seen(EVEN, memo(), bills=(bill(),), journal=(tried(WriteState.UNCLEAR),)))
    assert draft(again).key == APPLIED


def test_an_invoice_that_somebody_else_paid_needs_a_person() -> None:
    assert code(asked(seen(EVEN, memo(), bills=(bill(status="B"),)))) == "exchange_credit_differs"


def test_what_is_billed_in_parts_takes_its_share_of_each() -> None:
    first, second = bill("40.00"), bill("68.00", "1104")
    assert draft(asked(seen(EVEN, memo(), bills=(first, second)))).amount == usd("40.00")
    done = (tried(WriteState.DONE),)
    assert draft(asked(seen(EVEN, memo(), bills=(first, second), journal=done))).amount == usd("68.00")
    assert code(asked(seen(EVEN, memo(), bills=(first,), journal=done))) == "exchange_not_billed"


def test_a_cheaper_exchange_pays_the_rest_out_and_applies_what_it_used() -> None:
    cheaper = order(line("60.00", taxes=taxed("4.80")), total="64.80")
    return_ = replace(exchanged("64.80"), refunds=cases.processed().refunds)
    money: dict[str, Any] = {"shop_order": cases.shop_order(cases.refunded("43.20")), "made": cheaper}
    assert draft(asked(seen(return_, **money))).expected_total == usd("108.00")
    named = replace(memo(), shopify_refund_id="88")
    assert draft(asked(seen(return_, named, **money))).amount == usd("43.20")
    paid = cases.document("customerRefund", "4002", "", total=usd("43.20"), shopify_transaction_id="881")
    known = cases.refunded("43.20").transactions[0].transaction_id
    paid = replace(paid, shopify_transaction_id=known)
    applied = draft(asked(seen(return_, named, paid, bills=(bill("64.80"),), **money)))
    assert (applied.record_type, applied.amount) == ("applyCredit", usd("64.80"))


def test_the_exchange_order_is_read_before_anything_is_credited() -> None:
    wanted = cases.unread(Source.SHOPIFY_WHOLE_ORDER, EXCHANGE)
    assert asked(seen(EVEN, unread=wanted)) == NeedsReading(Source.SHOPIFY_WHOLE_ORDER, EXCHANGE)
    wanted = cases.unread(Source.NETSUITE_FAMILY, EXCHANGE)
    assert asked(seen(EVEN, memo(), unread=wanted)) == NeedsReading(Source.NETSUITE_FAMILY, EXCHANGE)


BY_LINE = [("901", usd("-108.00"))]


@pytest.mark.parametrize(
    ("made", "policy", "documents"),
    [
        (even(), SELLS, READY),
        (in_store(FULL), SELLS, READY),
        (FULL, replace(SELLS, exchange_settlement="customer_deposit"), READY),
        (FULL, replace(SELLS, order_channels=("WEB",)), READY),
        (FULL, replace(SELLS, refund_record="cash_refund"), READY),
    ],
    ids=["a discount", "in the store", "as a deposit", "exchange orders are not sent", "cash refund"],
)
def test_everywhere_else_the_credit_takes_the_clearing_account(
    made: Order, policy: Policy, documents: tuple[Document, ...]
) -> None:
    case = replace(seen(EVEN, made=made), documents=documents)
    assert shown(draft(asked(case, policy)).lines) == BY_LINE


def test_a_credit_that_carries_the_exchange_by_a_line_is_never_applied() -> None:
    by_line = cases.held(2, item_id="901", kind=LineKind.OTHER, amount=usd("108.00"))
    made = replace(memo("0.00"), lines=(cases.held(), by_line))
    assert asked(seen(EVEN, made, bills=(bill(),))) is None


def order_asks(*posted: Document, made: Order = FULL, by: Return = EVEN, **changes: Any) -> Any:
    """What the exchange order wants once its sales order stands."""
    whole: dict[str, Any] = {"sending": {"credits": posted}, "source_orders": (there(str(made.total.amount)),)}
    return exchange_order.next_write(selling(made, by, **whole, **changes), SELLS)


def test_the_order_takes_no_deposit_for_credit_that_is_applied_and_waits_until_it_is_known() -> None:
    assert code(order_asks()) == "exchange_not_credited"
    assert order_asks(memo()) is None


def test_an_upsell_is_a_deposit_all_the_same() -> None:
    dearer = exchanged("108.00", upsell="54.00")
    assert draft(order_asks(made=DEARER, by=dearer)).amount == usd("54.00")
    paid = (deposit(f"{EXCHANGE}-upsell"),)
    assert code(order_asks(made=DEARER, by=dearer, documents=paid)) == "exchange_not_credited"
    assert order_asks(memo(), made=DEARER, by=dearer, documents=paid) is None


def test_the_order_takes_a_deposit_where_the_return_was_credited_by_a_cash_refund() -> None:
    cash = replace(memo("0.00"), record_type="cashRefund")
    assert draft(order_asks(cash)).amount == usd("108.00")


def test_more_credit_than_the_order_is_worth_needs_a_person() -> None:
    two = (
        Exchange("9001", "TEE-L", usd("100.00"), EXCHANGE, "EXC-1001"),
        Exchange("9002", "CAP", usd("8.00"), "5931", "EXC-1001-2"),
    )
    shared = exchanged("108.00", exchanges=two)
    assert draft(asked(seen(shared))).expected_total == usd("100.00")
    assert code(asked(seen(exchanged("108.00", upsell="1.00", exchanges=two)))) == "exchange_credit_differs"
