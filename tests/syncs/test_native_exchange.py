"""Exchanges within Shopify: parted from their order, sent as one of their own, credited once; or held."""

from dataclasses import replace
from typing import Any

import pytest

from ledgerloop.domain.case import Case
from ledgerloop.domain.money import Money
from ledgerloop.domain.native import native_id
from ledgerloop.domain.native_order import ShopExchange, parted
from ledgerloop.domain.order_records import FoundExchange
from ledgerloop.domain.order_store import Allocation, Order, OrderLine
from ledgerloop.domain.order_story import BY_A_PERSON, order_headline
from ledgerloop.domain.orders import ShopRefund
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Exchange, LoopRefund, Return
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.syncs import refund, return_authorization
from ledgerloop.syncs.exchange_order import next_write
from tests.support import cases
from tests.support.cases import NOW, ORDER, RETURN, code, draft, minutes, usd
from tests.support.selling import SELLS, deposit, exchanged, known, line, order, selling, shown, taxed, there

SENDS: Policy = replace(SELLS, native_exchange="order")
KEPT = native_id(RETURN)
"""Under which id the exchange of the return is kept."""

OLD = line("100.00", sku="TEE-M", shopify_line_id="11", fulfilled=1, current=0, taxes=taxed("8.00"))
READY = (cases.invoice(), cases.authorization(cases.received(), status="F"))


def new(price: str = "100.00", tax: str = "8.00", **changes: Any) -> OrderLine:
    """The new tee, a line of the original order."""
    return line(price, taxes=taxed(tax), **changes)


def bought(*lines: OrderLine, total: str, **changes: Any) -> Order:
    """The original order of one tee, as Shopify shows it after the exchange."""
    web = {"app_id": "580111", "app_title": "Online Store", "source_name": "web", "note": "", "note_attributes": ()}
    shop = {"shopify_order_id": ORDER, "name": "#1001", "fulfillment_status": "PARTIALLY_FULFILLED", "tags": ()}
    return order(OLD, *lines, total=total, **{**web, **shop, **changes})


def native(credit: str = "108.00", *skus: str, **changes: Any) -> Return:
    """Loop's processed return of one tee, without an exchange order."""
    made = exchanged(credit, **changes)
    rows = tuple(
        Exchange(f"90{number}", sku, made.totals.exchange_total) for number, sku in enumerate(skus or ("TEE-L",))
    )
    return replace(made, exchanges=rows)


def within(*line_ids: str, number: str = "33", units: int = 1, complete: bool = True) -> ShopExchange:
    """Shopify's return of the tee."""
    return ShopExchange(number, (("11", units),), line_ids or ("1511",), complete)


def the_exchange(made: Order, return_: Return) -> Order:
    return parted(made, [return_], [within()]).exchanges[RETURN]


def kept(made: Order, return_: Return, **changes: Any) -> Case:
    """The case of the exchange, with everything read."""
    about = {
        "original_id": ORDER,
        "customer_id": "107",
        "in_netsuite": known(exchanged=()),
        **changes.pop("sending", {}),
    }
    return selling(the_exchange(made, return_), return_, sending=about, **changes)


STORIES = {
    "even": (bought(new(), total="216.00"), native(), "108.00", [("credit", "108.00")], "0.00"),
    "dearer": (
        bought(new("150.00", "12.00"), total="270.00"),
        native("108.00", upsell="54.00"),
        "162.00",
        [("credit", "108.00"), ("upsell", "54.00")],
        "0.00",
    ),
    "cheaper": (bought(new("60.00", "4.80"), total="172.80"), native("64.80"), "64.80", [("credit", "64.80")], "43.20"),
}
"""The order after the exchange, Loop's return; total of the sales order, its deposits; what is credited."""


@pytest.mark.parametrize("story", STORIES)
def test_the_new_goods_are_a_sales_order_paid_by_deposits_and_the_clearing_is_zero(story: str) -> None:
    made, return_, total, deposits, credited = STORIES[story]
    case = kept(made, return_)
    sale = draft(next_write(case, SENDS))
    assert (sale.record_type, sale.external_id, sale.expected_total) == ("salesOrder", f"SHOP-SO-{KEPT}", usd(total))
    assert (sale.order_name, sale.original_order, sale.customer_id) == (f"#1001-{KEPT}", "#1001", "107")
    assert [(one.item_id, one.shopify_line_id) for one in sale.lines] == [("502", "1511")]

    there_now = replace(case, source_orders=(there(total, external_id=sale.external_id),))
    paid: list[Any] = []
    while (answer := next_write(there_now, SENDS)) is not None:
        paid.append(draft(answer))
        there_now = replace(
            there_now, documents=(*there_now.documents, deposit(f"{KEPT}-{deposits[len(paid) - 1][0]}"))
        )
    assert [(one.external_id, one.amount) for one in paid] == [
        (f"SHOP-CD-{KEPT}-{ending}", usd(amount)) for ending, amount in deposits
    ]
    assert [one.account_id for one in paid] == ["230", "156"][: len(paid)]

    money = () if not return_.totals.refund else (cases.refunded(credited),)
    returned = replace(return_, refunds=(LoopRefund("88"),) if money else ())
    about = cases.case(returned, documents=READY, shop_order=cases.shop_order(*money))
    credit = draft(refund.next_write(replace(about, native_orders={RETURN: the_exchange(made, return_)}), SENDS))
    assert credit.expected_total == usd(credited)
    assert shown(credit.lines) == [("901", -paid[0].amount)]


def test_it_is_carried_by_a_deposit_though_loop_took_no_discount_off() -> None:
    case = kept(*STORIES["even"][:2], source_orders=(there("108.00", external_id=f"SHOP-SO-{KEPT}"),))
    for settlement in ("discount", "customer_deposit"):
        assert draft(next_write(case, replace(SENDS, exchange_settlement=settlement))).amount == usd("108.00")


def test_a_bonus_is_a_discount_on_the_new_goods() -> None:
    made = bought(new("100.00", "7.20", allocations=(Allocation(usd("10.00"), "Loop bonus"),)), total="205.20")
    sale = draft(next_write(kept(made, native("97.20")), SENDS))
    assert (shown(sale.lines), sale.expected_total) == ([("502", usd("100.00")), ("907", usd("-10.00"))], usd("97.20"))


def test_in_the_store_it_is_a_cash_sale_that_carries_the_credit_as_a_line() -> None:
    made = bought(
        new(fulfilled=1), total="216.00", fulfillment_status="FULFILLED", fulfilment_location_ids=("1", "612")
    )
    sale = draft(next_write(kept(made, native(method_provider="loop-pos")), SENDS))
    assert (sale.record_type, sale.external_id, sale.expected_total) == ("cashSale", f"SHOP-CS-{KEPT}", usd(0))
    assert shown(sale.lines) == [("502", usd("100.00")), ("901", usd("-108.00"))]


# -- what the original order is without them --


@pytest.mark.parametrize("total", ["216.00", "108.00"], ids=["with the new goods", "as it was bought"])
def test_the_original_is_sent_as_it_was_bought_whatever_total_shopify_shows(total: str) -> None:
    found = parted(bought(new(), total=total), [native()], [within()])
    assert found.original.lines == (OLD,)
    assert (found.original.total, found.original.fulfillment_status) == (usd("108.00"), "FULFILLED")
    assert (found.exchanges[RETURN].total, found.exchanges[RETURN].fulfillment_status) == (usd("108.00"), "UNFULFILLED")
    everything = replace(SENDS, order_channels=("*",))
    items = {"TEE-M": known().items["TEE-L"]}  # type: ignore[index]
    case = selling(found.original, sending={"in_netsuite": known(items=items)}, returns=(native(),))
    sale = draft(next_write(replace(case, native_orders=found.exchanges), everything))
    assert (sale.external_id, sale.expected_total, len(sale.lines)) == (f"SHOP-SO-{ORDER}", usd("108.00"), 1)


def test_an_original_that_a_webhook_brought_whole_is_read_again_before_it_is_sent() -> None:
    made = bought(new(), total="216.00")
    case = replace(selling(made, returns=(native(),)), native_orders={RETURN: the_exchange(made, native())})
    assert next_write(case, replace(SENDS, order_channels=("*",))) == NeedsReading(Source.SHOPIFY_WHOLE_ORDER, ORDER)


def test_prices_with_tax_in_them_are_parted_to_the_cent() -> None:
    old = replace(OLD, unit_price=usd("108.00"))
    made = replace(bought(new("60.00", "4.44"), total="168.00", taxes_included=True))
    made = replace(made, lines=(old, *made.lines[1:]))
    found = parted(made, [native("60.00")], [within()])
    assert (found.original.total, found.exchanges[RETURN].total) == (usd("108.00"), usd("60.00"))


# -- whose exchange it is --


def test_two_alike_are_taken_in_their_order_and_each_once() -> None:
    two = replace(OLD, quantity=2, unit_price=usd("100.00"))
    made = bought(new(), new(number=2), total="432.00")
    made = replace(made, lines=(two, *made.lines[1:]))
    first, second = native(), replace(native(), loop_return_id="4822")
    found = parted(made, [second, first], [within("1512", number="34"), within("1511", number="33")])
    lines = {key: [one.shopify_line_id for one in order_.lines] for key, order_ in found.exchanges.items()}
    assert lines == {RETURN: ["1511"], "4822": ["1512"]}
    named = ShopRefund("88", NOW, "34", "#1001-R2", ())
    by_refund = parted(replace(made, refunds=(named,)), [replace(first, refunds=(LoopRefund("88"),)), second], [
        within("1511", number="33"), within("1512", number="34"),
    ])  # fmt: skip
    assert [one.shopify_line_id for one in by_refund.exchanges[RETURN].lines] == ["1512"]


@pytest.mark.parametrize(
    ("return_", "shop"),
    [
        (native("108.00", "CAP"), within()),
        (native(), within(units=2)),
        (native(), within("1511", "1599")),
        (replace(native(), exchanges=(Exchange("9001", "TEE-L", usd("108.00"), "5930", "EXC-1001"),)), within()),
    ],
    ids=["another item", "other units", "a line that is not there", "an order of its own"],
)
def test_what_does_not_fit_without_doubt_is_no_exchange_of_the_return(return_: Return, shop: ShopExchange) -> None:
    assert parted(bought(new(), total="216.00"), [return_], [shop]).exchanges == {}


def test_goods_that_are_not_exchanged_yet_are_neither_bought_nor_an_order() -> None:
    made = bought(new(), total="216.00")
    for return_, shop in ((replace(native(), processed=None), within()), (native(), within(complete=False))):
        found = parted(made, [return_], [shop])
        assert (found.original.lines, found.exchanges) == ((OLD,), {})


# -- never in part, and never twice --


def case_of(return_: Return, *documents: Any, **changes: Any) -> Case:
    return replace(cases.case(return_, documents=(*READY, *documents)), **changes)


def test_nothing_is_credited_before_shopify_shows_the_new_goods() -> None:
    unread = case_of(native(), unread=cases.unread(Source.SHOPIFY_WHOLE_ORDER))
    assert refund.next_write(unread, SENDS) == NeedsReading(Source.SHOPIFY_WHOLE_ORDER, ORDER)
    waits = refund.next_write(case_of(native()), SENDS)
    assert code(waits) == "exchange_not_placed"
    assert NeedsReading(Source.SHOPIFY_WHOLE_ORDER, ORDER) in waits.look_at  # type: ignore[union-attr]
    later = case_of(native(), as_of=NOW + minutes(60))
    assert code(refund.next_write(later, SENDS)) == "native_exchange"
    everything = replace(SENDS, order_channels=("*",))
    assert code(next_write(selling(bought(total="108.00"), returns=(native(),)), everything)) == "exchange_not_placed"


def test_by_default_it_is_held_as_a_whole_until_a_person_has_credited_it() -> None:
    assert code(refund.next_write(case_of(native()), SELLS)) == "native_exchange"
    assert parted(bought(total="108.00"), [native()], []).exchanges == {}
    by_hand = cases.credit_memo(external_id="", status="B")
    assert refund.next_write(case_of(native(), by_hand), SELLS) is None


def test_what_a_person_has_credited_is_not_sent_afterwards() -> None:
    by_hand = cases.credit_memo(external_id="", status="B")
    assert refund.next_write(case_of(native(), by_hand), SENDS) is None
    case = kept(*STORIES["even"][:2], sending={"credits": (by_hand,)})
    assert next_write(case, SENDS) is None
    assert order_headline(case, SENDS) == BY_A_PERSON
    ours = kept(*STORIES["even"][:2], sending={"credits": (cases.credit_memo(),)})
    assert draft(next_write(ours, SENDS)).record_type == "salesOrder"


def test_an_exchange_that_another_connector_has_brought_is_adopted_and_the_deposit_is_a_persons() -> None:
    found = (FoundExchange("salesOrder", "1001", "SO1", "1511"),)
    case = kept(*STORIES["dearer"][:2], sending={"in_netsuite": known(exchanged=found)})
    answer = next_write(case, SENDS)
    assert code(answer) == "native_exchange"
    assert "sales order SO1" in answer.problem  # type: ignore[union-attr]
    assert "108.00" in answer.remedy  # type: ignore[union-attr]
    assert "54.00" in answer.remedy  # type: ignore[union-attr]
    assert order_headline(case, SENDS) == answer.problem  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "need",
    [
        NeedsReading(Source.NETSUITE_ORDER, ORDER),
        NeedsReading(Source.NETSUITE_FAMILY, ORDER),
        NeedsReading(Source.NETSUITE_EXCHANGED, KEPT),
    ],
)
def test_it_is_sent_only_when_the_original_and_netsuites_lines_were_looked_at(need: NeedsReading) -> None:
    assert next_write(kept(*STORIES["even"][:2], unread=frozenset({need})), SENDS) == need
    unasked = kept(*STORIES["even"][:2], sending={"in_netsuite": known()})
    assert next_write(unasked, SENDS) == NeedsReading(Source.NETSUITE_EXCHANGED, KEPT)


def test_a_guest_is_the_customer_of_the_original_order() -> None:
    guest = replace(bought(new(), total="216.00"), buyer=replace(bought(total="1").buyer, shopify_customer_id=""))
    unknown = known(customers=(), exchanged=())
    made = draft(next_write(kept(guest, native(), sending={"customer_id": "", "in_netsuite": unknown}), SENDS))
    assert made.external_id == f"SHOP-CUST-O{ORDER}"


def test_goods_that_came_by_it_do_not_come_back_from_the_original_order() -> None:
    again = cases.returned(cases.unit(shopify_line_id="1511"))
    case = replace(cases.case(again), native_orders={"4801": the_exchange(bought(new(), total="216.00"), native())})
    assert code(return_authorization.next_write(case, SENDS)) == "native_exchange"
    assert draft(return_authorization.next_write(replace(case, native_orders={}), SENDS))


def test_the_sums_add_up_for_every_price() -> None:
    for cents in (1, 99, 10_001):
        price = Money.of(f"{cents / 100:.2f}", "USD")
        tax = Money(price.amount * 8 / 100, "USD")
        made = bought(new(str(price.amount), str(tax.amount)), total=str((price + tax + usd("108.00")).amount))
        found = parted(made, [native()], [within()])
        assert found.original.total + found.exchanges[RETURN].total == made.total
