"""The money of an exchange order: lines, total and deposits; and clearing at 0.00 with the return's side."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case, ExchangeOrder
from ledgerloop.domain.documents import Document
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Allocation, Order, ShippingCharge
from ledgerloop.domain.orders import LineKind, SourceOrder
from ledgerloop.domain.policy import Items, Policy
from ledgerloop.domain.returns import Exchange, Return
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.syncs import refund, return_authorization
from ledgerloop.syncs.exchange_order import next_write
from tests.support import cases
from tests.support.cases import NOW, code, draft, minutes, usd
from tests.support.selling import (
    AT,
    EXCHANGE,
    SELLS,
    deposit,
    even,
    exchanged,
    in_store,
    line,
    loop_code,
    order,
    paid,
    selling,
    shown,
    taxed,
    there,
)

CLEARING_ITEMS = {"901", "905"}
"""Items that post to the exchange clearing account: exchange credit, and Loop's discount."""

DEPOSITED = replace(SELLS, exchange_settlement="customer_deposit")


def written(case: Case, policy: Policy = SELLS) -> list[Any]:
    """Every draft until nothing is left to write, each shown as saved to the next question."""
    drafts: list[Any] = []
    while not isinstance(answer := next_write(case, policy), NoneType):
        if not isinstance(answer, Write):
            assert code(answer) == "exchange_not_credited"
            assert case.sending is not None
            assert not case.sending.credits
            sending = case.sending
            saved_credit = posted(credited(sending.exchanged_by[0], sending.order, policy))
            case = replace(case, sending=replace(sending, credits=(saved_credit,)))
            continue
        made: Any = draft(answer)
        drafts.append(made)
        if made.record_type == "customerDeposit":
            case = replace(case, documents=(*case.documents, deposit(made.external_id.removeprefix("SHOP-CD-"))))
        else:
            case = replace(case, source_orders=(saved(made),))
    return drafts


def saved(made: Any) -> SourceOrder:
    return there(str(made.expected_total.amount), made.record_type, made.external_id)


def added_up(made: Any) -> Money:
    """What NetSuite makes of a draft: its lines with their taxes, and shipping."""
    taxes = (one.tax for one in made.lines if one.tax is not None)
    parts = (*(one.amount for one in made.lines), *taxes, made.shipping_cost, made.shipping_tax)
    return Money.total(parts, "USD")


def credited(return_: Return, made: Order, policy: Policy = SELLS) -> Any:
    """The credit of the return whose exchange order this is."""
    ready = (cases.invoice(), cases.authorization(cases.received(), status="F"))
    money = () if not return_.totals.refund else (cases.refunded(str(return_.totals.refund.amount)),)
    known = replace(return_, refunds=cases.processed().refunds) if money else return_
    about: dict[str, Any] = {"documents": ready, "shop_order": cases.shop_order(*money)}
    about["exchange_orders"] = {made.shopify_order_id: ExchangeOrder(made)}
    return draft(refund.next_write(cases.case(known, **about), policy))


def posted(credit: Any, **changes: Any) -> Document:
    """The credit as NetSuite shows it once it is saved, open."""
    items = enumerate((one for one in credit.lines if one.amount is not None), 2)
    lines = (cases.held(n, item_id=one.item_id, kind=LineKind.OTHER, amount=abs(one.amount)) for n, one in items)
    made = cases.credit_memo(total=credit.expected_total, status="A", **changes)
    return replace(made, record_type=credit.record_type, lines=(*made.lines, *lines))


def clearing(return_: Return, made: Order, drafts: list[Any], policy: Policy = SELLS) -> Money:
    """Balance of the exchange clearing account (debit positive) after both sides have posted."""
    credit = credited(return_, made, policy)
    sold = (one.amount for draft_ in drafts for one in getattr(draft_, "lines", ()) if one.item_id in CLEARING_ITEMS)
    given = (one.amount for one in credit.lines if one.item_id in CLEARING_ITEMS)
    received = (one for one in drafts if one.record_type == "customerDeposit")
    carried = (one.amount for one in received if one.account_id == policy.exchange_clearing_account)
    return Money.total(given, "USD") - Money.total(sold, "USD") + Money.total(carried, "USD")


@dataclass(frozen=True)
class Story:
    """An exchange of one tee at 100.00 + 8.00 tax: the order, Loop's return, and what NetSuite gets."""

    order: Order
    return_: Return
    lines: list[tuple[str, Money]]
    total: str
    deposits: list[tuple[str, str, str]]
    """Ending of the external id, amount, account."""


DEARER = order(line("150.00", loop_code("100.00"), taxes=taxed("12.00")), total="62.00")
CHEAPER = order(line("60.00", loop_code("60.00"), taxes=taxed("4.80")), total="4.80")
FULL = order(line("100.00", taxes=taxed("8.00")), total="108.00")
FULL_DEARER = order(line("150.00", taxes=taxed("12.00")), total="162.00")
GOODS, OFF = ("502", usd("100.00")), ("905", usd("-100.00"))

STORIES = {
    "even": Story(even(), exchanged("108.00"), [GOODS, OFF], "8.00", [("credit", "8.00", "230")]),
    "even, the discount off": Story(FULL, exchanged("108.00"), [GOODS], "108.00", []),
    "dearer, the discount off": Story(
        FULL_DEARER,
        exchanged("108.00", upsell="54.00"),
        [("502", usd("150.00"))],
        "162.00",
        [("upsell", "54.00", "156")],
    ),
    "dearer": Story(
        DEARER,
        exchanged("108.00", upsell="54.00"),
        [("502", usd("150.00")), OFF],
        "62.00",
        [("credit", "8.00", "230"), ("upsell", "54.00", "156")],
    ),
    "cheaper": Story(
        CHEAPER,
        exchanged("64.80"),
        [("502", usd("60.00")), ("905", usd("-60.00"))],
        "4.80",
        [("credit", "4.80", "230")],
    ),
    "even, without tax": Story(
        order(line("108.00", loop_code("108.00")), total="0.00"),
        exchanged("108.00"),
        [("502", usd("108.00")), ("905", usd("-108.00"))],
        "0.00",
        [],
    ),
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_an_online_exchange_has_its_lines_total_and_deposits_and_clears(story: Story) -> None:
    drafts = written(selling(story.order, story.return_))
    sale, deposits = drafts[0], drafts[1:]
    assert (sale.record_type, shown(sale.lines)) == ("salesOrder", story.lines)
    assert (sale.expected_total, added_up(sale)) == (usd(story.total), usd(story.total))
    made = [(one.external_id, one.amount, one.account_id) for one in deposits]
    assert made == [
        (f"SHOP-CD-{EXCHANGE}-{ending}", usd(amount), account) for ending, amount, account in story.deposits
    ]
    assert clearing(story.return_, story.order, drafts) == usd(0)


IN_STORE = {
    "even": (STORIES["even"], "-8.00", "0.00", ""),
    "even, the discount off": (STORIES["even, the discount off"], "-108.00", "0.00", ""),
    "dearer": (STORIES["dearer"], "-8.00", "54.00", "156"),
    "cheaper": (STORIES["cheaper"], "-4.80", "0.00", ""),
}


@pytest.mark.parametrize(("story", "credit", "total", "account"), IN_STORE.values(), ids=IN_STORE)
def test_an_exchange_in_the_store_carries_its_credit_as_a_line_and_clears(
    story: Story, credit: str, total: str, account: str
) -> None:
    drafts = written(selling(in_store(story.order), story.return_))
    (sale,) = drafts
    assert shown(sale.lines) == [*story.lines, ("901", usd(credit))]
    assert (sale.record_type, sale.expected_total, added_up(sale)) == ("cashSale", usd(total), usd(total))
    assert (sale.account_id, sale.payment_method_id) == (account, "")
    assert clearing(story.return_, in_store(story.order), drafts) == usd(0)


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_carried_as_a_deposit_the_order_is_at_full_price_and_clears_too(story: Story) -> None:
    drafts = written(selling(story.order, story.return_), DEPOSITED)
    sale, credit = drafts[:2]
    assert shown(sale.lines) == [one for one in story.lines if one[0] != "905"]
    assert sale.expected_total == added_up(sale) == story.order.total + story.order.total_discounts
    assert (credit.amount, credit.account_id) == (story.return_.totals.exchange_credit, "230")
    assert clearing(story.return_, story.order, drafts, DEPOSITED) == usd(0)


def test_the_return_of_an_even_exchange_is_credited_with_nothing_to_pay_out() -> None:
    ready = (cases.invoice(), cases.authorization(cases.received(), status="F"))
    wanted = draft(refund.next_write(cases.case(exchanged("108.00"), documents=ready), SELLS))
    assert (wanted.record_type, wanted.expected_total) == ("creditMemo", usd(0))
    assert shown(wanted.lines) == [("901", usd("-108.00"))]


def test_a_native_exchange_is_authorised_and_received_but_never_half_refunded() -> None:
    native = exchanged("108.00", exchanges=(Exchange("9001", "TEE-L", usd("108.00"), "", ""),))
    ready = (cases.invoice(), cases.authorization(cases.received(), status="F"))
    assert code(refund.next_write(cases.case(native, documents=ready), SELLS)) == "native_exchange"
    by_hand = cases.credit_memo(external_id="", status="B")
    assert refund.next_write(cases.case(native, documents=(*ready, by_hand)), SELLS) is None


BOUGHT = order(
    line("100.00", taxes=taxed("8.00")),
    total="108.00",
    app_id="580111",
    app_title="Online Store",
    source_name="web",
    transactions=(
        paid("58.00", number="61"),
        paid("50.00", "gift_card", number="62", processed_at=AT + minutes(1)),
        paid("9.00", number="63", status="FAILURE"),
        paid("58.00", number="60", kind="AUTHORIZATION"),
    ),
)
EVERY = replace(SELLS, order_channels=("*",), payment_methods={"default": "9", "gift_card": "3"})


def test_every_successful_payment_of_an_order_is_one_deposit_gift_cards_too() -> None:
    _, card, gift = written(selling(BOUGHT), EVERY)
    assert (card.external_id, card.amount, card.payment_method_id) == ("SHOP-CD-61", usd("58.00"), "9")
    assert (gift.external_id, gift.amount, gift.payment_method_id) == ("SHOP-CD-62", usd("50.00"), "3")
    assert (card.sales_order_id, card.customer_id, card.on) == ("1101", "107", date(2026, 3, 10))
    assert card.memo == "Shopify order EXC-1001; transaction 61"


def ours(made: Order = BOUGHT, *by: Return, policy: Policy = EVERY, **changes: Any) -> object:
    """The answer once the sales order is in NetSuite with the total that it should have."""
    total = str(made.total.amount)
    return next_write(selling(made, *by, source_orders=(there(total),), **changes), policy)


def test_a_gateway_that_is_not_mapped_needs_a_person() -> None:
    assert code(ours(policy=replace(EVERY, payment_methods={"gift_card": "3"}))) == "gateway_unmapped"


def test_deposits_wait_for_payments_that_were_not_read() -> None:
    assert code(ours(replace(BOUGHT, payments_known=False))) == "order_not_read"
    assert ours(unread=cases.unread(Source.NETSUITE_FAMILY, EXCHANGE)) == NeedsReading(Source.NETSUITE_FAMILY, EXCHANGE)


def test_an_order_of_another_connector_gets_no_deposits() -> None:
    case = selling(BOUGHT, source_orders=(there("108.00", external_id="CELIGO-77"),))
    assert next_write(case, EVERY) is None


@pytest.mark.parametrize(
    ("marks", "next_one"),
    [
        ({"external_id": "61"}, "SHOP-CD-62"),
        ({"external_id": "", "memo": "Card payment 61 of #1001"}, "SHOP-CD-62"),
        ({"external_id": "", "memo": "Card payment 6100"}, "SHOP-CD-61"),
        ({"external_id": "61", "status": "V"}, "SHOP-CD-61"),
    ],
    ids=["by its external id", "by its memo", "another number", "voided"],
)
def test_a_payment_that_another_connector_brought_is_not_deposited_again(marks: dict[str, Any], next_one: str) -> None:
    assert draft(ours(documents=(replace(deposit("61"), **marks),))).external_id == next_one


def test_a_deposit_that_a_person_deleted_is_not_made_again() -> None:
    gone = cases.entry("SHOP-CD-61", "customerDeposit", loop_return_id=f"order:{EXCHANGE}", internal_id="1200")
    assert code(ours(journal=(gone,))) == "record_gone"


def test_a_deposit_follows_the_closed_period() -> None:
    closed = (cases.month("2026-03", closed=True), cases.month("2026-04"))
    wanted = draft(ours(periods=closed))
    assert (wanted.on, wanted.memo[-26:]) == (date(2026, 4, 1), "(original date 2026-03-10)")


def test_change_given_back_in_cash_is_not_received() -> None:
    cash = (paid("120.00", "cash"), paid("12.00", "cash", number="64", kind="CHANGE", parent_id="61"))
    assert draft(ours(replace(BOUGHT, transactions=cash))).amount == usd("108.00")


TILL = replace(in_store(BOUGHT), source_name="pos", app_id="129785", app_title="Point of Sale")
BY_ITEM = replace(EVERY, payment_items={"gift_card": "912"})


def test_a_cash_sale_of_the_till_carries_its_payment_itself() -> None:
    one = replace(EVERY, payment_methods={"default": "9", "gift_card": "9"})
    (sale,) = written(selling(TILL), one)
    assert (sale.record_type, sale.payment_method_id, sale.account_id) == ("cashSale", "9", "")
    assert (sale.expected_total, added_up(sale)) == (usd("108.00"), usd("108.00"))


def test_several_tenders_of_the_till_are_its_largest_payment_and_a_line_for_each_other() -> None:
    (sale,) = written(selling(TILL), BY_ITEM)
    assert (sale.record_type, sale.payment_method_id) == ("cashSale", "9")
    assert shown(sale.lines)[-1] == ("912", usd("-50.00"))
    assert (sale.expected_total, added_up(sale)) == (usd("58.00"), usd("58.00"))


def test_payments_of_one_gateway_are_one_tender_of_the_till() -> None:
    twice = replace(TILL, transactions=(*TILL.transactions[:2], paid("8.00", "gift_card", number="65")))
    whole = replace(twice, total=usd("116.00"), lines=(*twice.lines, line("8.00", number=2, fulfilled=1)))
    (sale,) = written(selling(whole), BY_ITEM)
    assert (shown(sale.lines)[-1], sale.expected_total) == (("912", usd("-58.00")), usd("58.00"))


def test_a_tender_of_the_till_without_an_item_needs_a_person() -> None:
    assert code(next_write(selling(TILL), replace(EVERY, items=Items()))) == "several_tenders"


def test_a_gift_card_of_the_till_stands_on_the_liability_where_nothing_else_is_said() -> None:
    for methods in ({"default": "9"}, {"default": "9", "gift_card": "13"}):
        (sale,) = written(selling(TILL), replace(EVERY, payment_methods=methods))
        assert shown(sale.lines)[-1] == ("902", usd("-50.00"))
        assert (sale.expected_total, added_up(sale)) == (usd("58.00"), usd("58.00"))


def test_only_the_credit_waits_while_no_return_is_known() -> None:
    assert draft(next_write(selling(even()), SELLS)).record_type == "salesOrder"
    assert code(ours(even(), policy=SELLS)) == "exchange_credit_unknown"
    nothing = order(line("80.00", loop_code("80.00")), total="0.00")
    assert ours(nothing, policy=SELLS) is None


UNTAXED = in_store(order(line("95.00", loop_code("80.00")), total="15.00"))


def test_a_cash_sale_waits_half_an_hour_for_a_return_that_alone_can_tell_what_paid_for_it() -> None:
    for made in (in_store(DEARER), replace(UNTAXED, financial_status="PENDING")):
        found = next_write(selling(made, as_of=AT + minutes(28)), SELLS)
        assert code(found) == "exchange_credit_unknown"
        assert found.until == AT + minutes(30)  # type: ignore[union-attr]


@pytest.mark.parametrize("policy", [SELLS, DEPOSITED], ids=["discount", "customer_deposit"])
def test_an_unknown_return_holds_no_cash_sale_back_that_discount_and_payments_cover(policy: Policy) -> None:
    off = usd("-80.00")
    covered = replace(UNTAXED, transactions=(paid("15.00", "cash"),))
    for made, since, account in ((covered, 2, ""), (UNTAXED, 2, "156")):
        able = replace(policy, payment_methods={"default": "9"})
        wanted = draft(next_write(selling(made, as_of=AT + minutes(since)), able))
        assert (wanted.expected_total, added_up(wanted), wanted.account_id) == (usd("15.00"), usd("15.00"), account)
        assert shown(wanted.lines)[-1] == ("905" if policy is SELLS else "901", off)


def test_tax_of_an_exchange_whose_return_never_showed_is_paid_by_return_credit() -> None:
    wanted = draft(next_write(selling(in_store(even()), as_of=AT + minutes(2)), SELLS))
    assert (wanted.expected_total, added_up(wanted), wanted.account_id) == (usd(0), usd(0), "")
    assert shown(wanted.lines)[-1] == ("901", usd("-8.00"))


@pytest.mark.parametrize(
    ("made", "by"),
    [
        (in_store(DEARER), ()),
        (replace(UNTAXED, financial_status="PENDING"), ()),
        (replace(UNTAXED, transactions=(paid("16.00", "cash"),)), ()),
        (in_store(DEARER), (exchanged("108.00", upsell="53.00"),)),
        (in_store(DEARER), (exchanged("108.00", upsell="54.00", processed=None),)),
    ],
    ids=["tax and more", "not paid", "too much", "less upsell than is open", "not processed"],
)
def test_money_that_nobody_shows_is_never_booked_as_received(made: Order, by: tuple[Return, ...]) -> None:
    assert code(next_write(selling(made, *by), SELLS)) == "exchange_credit_differs"
    unread = replace(made, payments_known=False)
    assert code(next_write(selling(unread, *by), SELLS)) in ("order_not_read", "exchange_credit_differs")


def test_an_exchange_in_the_store_whose_return_is_not_processed_waits_for_it() -> None:
    instant = exchanged("108.00", processed=None)
    early = next_write(selling(in_store(DEARER), instant, as_of=AT + minutes(5)), SELLS)
    assert code(early) == "exchange_not_processed"
    assert early.look_at == (NeedsReading(Source.LOOP_RETURN, cases.RETURN),)  # type: ignore[union-attr]
    assert draft(next_write(selling(in_store(even()), instant, as_of=AT + minutes(5)), SELLS)).expected_total == usd(0)


def test_what_stands_in_netsuite_is_measured_once_it_is_known_what_paid_for_it() -> None:
    saved_ = (there("15.00", "cashSale"),)
    assert next_write(selling(UNTAXED, source_orders=saved_, as_of=AT + minutes(5)), SELLS) is None
    assert next_write(selling(UNTAXED, source_orders=saved_), SELLS) is None
    by = exchanged("86.40", upsell="8.60")
    assert code(next_write(selling(UNTAXED, by, source_orders=saved_), SELLS)) == "order_differs"
    less = exchanged("86.40", upsell="8.59")
    assert code(next_write(selling(UNTAXED, less, source_orders=saved_), SELLS)) == "exchange_credit_differs"


SHOWN = replace(DEARER, transactions=(paid("54.00", "stripe"),))
PARTLY = replace(DEARER, transactions=(paid("30.00", "stripe"),))
BESIDE = replace(
    DEARER, total=usd("70.00"), transactions=(paid("8.00", "stripe"),), lines=(*DEARER.lines, line("8.00", number=2))
)
MAPPED = replace(SELLS, payment_methods={"default": "9"}, payment_items={"loop_upsell": "915"})


@pytest.mark.parametrize(
    ("made", "deposits"),
    [
        (SHOWN, [("61", "54.00"), (f"{EXCHANGE}-credit", "8.00")]),
        (PARTLY, [("61", "30.00"), (f"{EXCHANGE}-credit", "8.00"), (f"{EXCHANGE}-upsell", "24.00")]),
        (BESIDE, [("61", "8.00"), (f"{EXCHANGE}-credit", "8.00"), (f"{EXCHANGE}-upsell", "54.00")]),
    ],
    ids=["all of it", "a part of it", "other money"],
)
def test_an_upsell_that_shopify_shows_as_a_payment_is_deposited_once(
    made: Order, deposits: list[tuple[str, str]]
) -> None:
    drafts = written(selling(made, exchanged("108.00", upsell="54.00")), MAPPED)
    assert [(one.external_id.removeprefix("SHOP-CD-"), one.amount) for one in drafts[1:]] == [
        (ending, usd(amount)) for ending, amount in deposits
    ]


def test_a_contradiction_is_told_before_any_deposit() -> None:
    marked = replace(DEARER, transactions=(paid("62.00", "stripe"),))
    assert code(ours(marked, exchanged("108.00", upsell="54.00"), policy=MAPPED)) == "exchange_credit_differs"


def test_an_upsell_in_the_store_that_shopify_shows_in_part_is_a_line_beside_the_payment() -> None:
    by = exchanged("108.00", upsell="54.00")
    (whole,) = written(selling(in_store(SHOWN), by), MAPPED)
    assert (whole.expected_total, whole.payment_method_id, whole.account_id) == (usd("54.00"), "9", "")
    (part,) = written(selling(in_store(PARTLY), by), MAPPED)
    assert shown(part.lines)[-2:] == [("901", usd("-8.00")), ("915", usd("-24.00"))]
    assert (part.expected_total, added_up(part)) == (usd("30.00"), usd("30.00"))
    without = replace(MAPPED, payment_items={})
    assert code(next_write(selling(in_store(PARTLY), by), without)) == "several_tenders"


def test_an_upsell_is_only_taken_once_loop_has_processed() -> None:
    instant = exchanged("108.00", processed=None)
    first = draft(ours(DEARER, instant, policy=SELLS))
    assert (first.external_id, first.amount) == (f"SHOP-CD-{EXCHANGE}-credit", usd("8.00"))
    there_already = (deposit(f"{EXCHANGE}-credit"),)
    found = ours(DEARER, instant, policy=SELLS, documents=there_already)
    assert code(found) == "exchange_not_processed"
    assert found.look_at == (NeedsReading(Source.LOOP_RETURN, cases.RETURN),)  # type: ignore[attr-defined]
    assert found.until == NOW + timedelta(minutes=5)  # type: ignore[attr-defined]


def test_loops_own_mark_of_payment_is_no_money_beside_its_credit_and_upsell() -> None:
    marked = replace(DEARER, transactions=(paid("62.00", "manual"),))
    drafts = written(selling(marked, exchanged("108.00", upsell="54.00")))
    assert [one.amount for one in drafts[1:]] == [usd("8.00"), usd("54.00")]


@pytest.mark.parametrize(
    ("made", "by"),
    [
        (even(), exchanged("99.00")),
        (DEARER, exchanged("108.00", upsell="54.01")),
    ],
    ids=["less credit than discount", "more than the total"],
)
def test_credit_and_upsell_that_do_not_fit_the_order_need_a_person(made: Order, by: Return) -> None:
    answer = ours(made, by, policy=SELLS)
    while isinstance(answer, Write):
        ending = draft(answer).external_id.removeprefix("SHOP-CD-")
        answer = ours(made, by, policy=SELLS, documents=(deposit(ending),))
    assert code(answer) == "exchange_credit_differs"


def test_the_credit_of_several_exchange_orders_is_told_apart_by_their_goods() -> None:
    two = (
        Exchange("9001", "TEE-L", usd("64.80"), EXCHANGE, "EXC-1001"),
        Exchange("9002", "CAP", usd("43.20"), "5931", "EXC-1001-2"),
    )
    assert draft(ours(CHEAPER, exchanged("108.00", exchanges=two), policy=SELLS)).amount == usd("4.80")
    dearer = exchanged("108.00", upsell="1.00", exchanges=two)
    assert code(ours(CHEAPER, dearer, policy=SELLS)) == "exchange_credit_differs"


CENTS = st.integers(0, 200_000).map(lambda cents: usd(Decimal(cents) / 100))


@st.composite
def bought(draw: st.DrawFn) -> Order:
    """An order whose sums agree, with discounts of every kind, taxes and shipping."""
    lines, total = [], usd(0)
    for number in range(1, draw(st.integers(1, 4)) + 1):
        price, quantity = draw(CENTS), draw(st.integers(1, 5))
        left, allocations = Money(price.amount * quantity, "USD"), []
        for code_, whole in (("", False), ("VIP", True), ("loop-discount", True)):
            off = Money(left.amount * draw(st.integers(0, 100)) / 100, "USD")
            allocations.append(Allocation(off, code_ or "Sale", code_, whole))
            left = left - off
        tax = Money(left.amount * Decimal("0.0825"), "USD")
        lines.append(
            line(str(price.amount), *allocations, number=number, quantity=quantity, taxes=taxed(str(tax.amount)))
        )
        total = total + left + tax
    shipping = ShippingCharge("Standard", "std", draw(CENTS), (), taxed(str(draw(CENTS).amount)))
    included = draw(st.booleans())
    charged = [*(one for each in lines for one in each.taxes), *shipping.taxes]
    taxes = (one.amount for one in charged)
    total = total + shipping.price + shipping.taxes[0].amount
    whole_total = total - Money.total(taxes, "USD") if included else total
    return order(*lines, total=str(whole_total.amount), shipping=(shipping,), taxes_included=included)


@given(bought())
@settings(max_examples=150, deadline=None)
def test_whatever_was_bought_the_lines_come_to_shopifys_total_to_the_cent(made: Order) -> None:
    sale = draft(next_write(selling(made), SELLS))
    assert added_up(sale) == sale.expected_total == made.total
    assert [one for one in sale.lines if one.item_id == "904"] == []
    assert all(one.rate.amount * one.quantity == one.amount.amount for one in sale.lines if one.rate is not None)


@pytest.mark.parametrize("key", ["exchange_clearing_account", "upsell_account"])
def test_an_account_that_is_missing_is_named(key: str) -> None:
    policy: Policy = replace(SELLS, **{key: ""})  # type: ignore[arg-type]
    answer = ours(DEARER, exchanged("108.00", upsell="54.00"), policy=policy)
    if isinstance(answer, Write):
        done: tuple[Document, ...] = (deposit(f"{EXCHANGE}-credit"),)
        answer = ours(DEARER, exchanged("108.00", upsell="54.00"), policy=policy, documents=done)
    assert code(answer) == "account_not_configured"


def test_a_return_in_another_currency_is_not_mixed_in() -> None:
    assert code(ours(even(), replace(exchanged("108.00"), currency="CAD"), policy=SELLS)) == "currency_differs"


def test_a_later_return_of_the_exchange_takes_no_part_of_the_return_credit() -> None:
    goods = cases.sold(1, shopify_line_id="11")
    shared = cases.sold(2, item_id="906", sku="", kind=LineKind.DISCOUNT, amount=usd("-10.00"), shopify_line_id="")
    credit = cases.sold(3, item_id="905", sku="", kind=LineKind.DISCOUNT, amount=usd("-90.00"), shopify_line_id="")
    ours_there = cases.order(goods, shared, credit, external_id=f"SHOP-SO-{EXCHANGE}")
    unit = cases.unit(discount=usd("10.00"), tax=usd("7.20"))
    wanted = draft(return_authorization.next_write(cases.case(cases.returned(unit), orders=(ours_there,)), SELLS))
    assert [(one.source_line, one.amount) for one in wanted.lines] == [(1, None), (2, usd("-10.00"))]
    header = cases.order(header_discount=usd("-100.00"), header_discount_item_id="905")
    again = draft(return_authorization.next_write(cases.case(orders=(header,)), SELLS))
    assert again.header_discount == Money(Decimal(0), "USD")
