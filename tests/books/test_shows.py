"""Which facts the systems show, and which return each belongs to."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.books.seen import Record, Seen
from ledgerloop.books.shows import facts_of
from ledgerloop.domain.documents import Document
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import LineKind
from ledgerloop.domain.policy import Items
from ledgerloop.domain.returns import Exchange, LoopRefund, ReturnState
from ledgerloop.remotes.netsuite.signs import SignedLine, signed_lines
from tests.support import cases
from tests.support.cases import ORDER, RETURN, usd
from tests.support.orders import an_order

POLICY = replace(
    cases.POLICY,
    items=Items("901", "902", "903", "904", "905", "906", "907", bonus="908", shipping_refund="909", goodwill="911"),
    payment_items={"gift_card": "912"},
)


def record(document: Document, *lines: tuple[str, str], on: str = "2026-03-10") -> Record:
    """A record with lines of these items and amounts."""
    kinds = {"501": LineKind.GOODS}
    made = (SignedLine(item, kinds.get(item, LineKind.OTHER), usd(amount)) for item, amount in lines)
    return Record(document, tuple(made), on)


def seen(*records: Record, **changes: Any) -> Seen:
    """A case with one processed return, refunded in Shopify, and these records."""
    made = Seen(
        order_key=ORDER,
        currency="USD",
        returns=(cases.processed(),),
        shop_order=cases.shop_order(cases.refunded()),
        order=None,
        sources=(),
        records=records,
        exchanged_by="",
    )
    return replace(made, **changes)


def shown(case: Seen, kind: Kind) -> list[Fact]:
    return [one for one in facts_of(case, POLICY) if one.kind is kind]


def amounts(fact: Fact) -> dict[str, Decimal]:
    return {term: amount.amount for term, amount in fact.amounts.items()}


def test_a_processed_return_shows_what_loop_promises() -> None:
    (fact,) = shown(seen(), Kind.RETURN)
    assert (fact.subject, fact.on, fact.name("processed")) == (RETURN, date(2026, 3, 10), "yes")
    assert amounts(fact) == {
        name: Decimal(amount)
        for name, amount in {
            "product": "100.00",
            "tax": "8.00",
            "return_total": "108.00",
            "refund": "108.00",
            "lines_product": "100.00",
            "lines_tax": "8.00",
        }.items()
    }


def test_what_an_exchange_total_consists_of_is_shown_where_loop_tells_all_of_it() -> None:
    whole = replace(cases.totals((cases.unit(),)), exchange_product=usd("60.00"), exchange_discount=usd(0))
    (fact,) = shown(seen(returns=(cases.processed(totals=replace(whole, exchange_tax=usd("4.80"))),)), Kind.RETURN)
    assert (fact.name("new_goods"), amounts(fact)["exchange_product"]) == ("yes", Decimal("60.00"))
    (fact,) = shown(seen(returns=(cases.processed(totals=whole),)), Kind.RETURN)
    assert (fact.name("new_goods"), "exchange_product" in fact.amounts) == ("", False)


def test_an_authorization_shows_its_goods_once_all_were_received() -> None:
    fee = ("903", "-10.00")
    came = cases.authorization(cases.received(), status="F", total=usd("98.00"))
    (fact,) = shown(seen(record(came, ("501", "100.00"), fee)), Kind.AUTHORIZATION)
    assert amounts(fact) == {"total": Decimal("98.00"), "goods": Decimal("108.00")}
    waits = cases.authorization(cases.held(), total=usd("98.00"))
    (fact,) = shown(seen(record(waits, ("501", "100.00"), fee)), Kind.AUTHORIZATION)
    assert amounts(fact) == {"total": Decimal("98.00")}


def test_a_further_tender_on_the_gift_cards_item_is_no_gift_card_that_loop_issued() -> None:
    refunds = (cases.refunded("60.00"), cases.refunded("48.00", number="90", gateway="gift_card"))
    policy = replace(POLICY, payment_items={})
    paid = cases.document("cashRefund", "4001", "1003", loop_return_id=RETURN, total=usd("20.00"))
    case = seen(record(paid, ("501", "100.00"), ("902", "-88.00")), shop_order=cases.shop_order(*refunds))
    claimed = replace(case, returns=(cases.processed(refunds=(LoopRefund("88"), LoopRefund("90"))),))
    (fact,) = [one for one in facts_of(claimed, policy) if one.kind is Kind.CREDIT]
    assert (fact.amount("gift_card"), fact.amount("tender 902")) == (usd("40.00"), usd("48.00"))


def test_a_records_own_shipping_cost_is_shipping_given_back() -> None:
    credit = cases.document("creditMemo", "4001", "1003", loop_return_id=RETURN, total=usd("118.00"))
    shipped = SignedLine("", LineKind.SHIPPING, usd("10.00"))
    made = replace(record(credit, ("501", "100.00")), lines=(SignedLine("501", LineKind.GOODS, usd("100.00")), shipped))
    (fact,) = shown(seen(made), Kind.CREDIT)
    assert (fact.amount("shipping"), fact.amount("goods")) == (usd("10.00"), usd("108.00"))


def test_loops_own_bookings_and_the_chosen_items_stand_beside_its_sums() -> None:
    booked = cases.processed(
        refunds=(LoopRefund("88", "card", usd("60.00")), LoopRefund("89", "gift_card", usd("48.00"))),
        exchanges=(Exchange("1", "TEE-L", usd("64.80")),),
    )
    (fact,) = shown(seen(returns=(booked,)), Kind.RETURN)
    assert (amounts(fact)["booked"], amounts(fact)["chosen"]) == (Decimal("108.00"), Decimal("64.80"))


def test_an_open_return_is_known_and_moves_nothing() -> None:
    (fact,) = shown(seen(returns=(cases.returned(),)), Kind.RETURN)
    assert (fact.name("processed"), fact.is_open) == ("", True)
    cancelled = cases.returned(state=ReturnState.CANCELLED, state_as_shown="cancelled")
    (fact,) = shown(seen(returns=(cancelled,)), Kind.RETURN)
    assert (fact.name("state"), fact.is_open) == ("cancelled", False)


def test_only_successful_refund_transactions_are_facts() -> None:
    order = cases.shop_order(cases.refunded(), cases.refunded("5.00", number="90", status="PENDING"))
    assert [amounts(one) for one in shown(seen(shop_order=order), Kind.REFUND)] == [{"paid": Decimal("108.00")}]


def test_a_refund_that_no_return_claims_belongs_to_the_order() -> None:
    goodwill = replace(cases.refunded("15.00", number="90"), shopify_return_id="")
    case = seen(shop_order=cases.shop_order(cases.refunded(), goodwill))
    assert [one.subject for one in shown(case, Kind.REFUND)] == [RETURN, f"order:{ORDER}"]


CREDITS = {
    "made from its authorization": {"created_from": "2001"},
    "by the return id on it": {"created_from": "1003", "loop_return_id": RETURN},
    "by the refund that it names": {"created_from": "1003", "shopify_refund_id": "88"},
    "by the refund in its memo": {"created_from": "1003", "memo": "Shopify refund 88"},
}


@pytest.mark.parametrize("how", CREDITS)
def test_a_credit_belongs_to_the_return_that_it_stands_for(how: str) -> None:
    plain = {"external_id": "", "loop_return_id": "", "shopify_refund_id": "", **CREDITS[how]}
    credit = record(cases.credit_memo(**plain), ("501", "100.00"))
    (fact,) = shown(seen(record(cases.authorization()), credit), Kind.CREDIT)
    assert fact.subject == RETURN


def test_a_credit_that_stands_for_nothing_belongs_to_the_order() -> None:
    stray = cases.credit_memo(external_id="", loop_return_id="", shopify_refund_id="", created_from="1003")
    (fact,) = shown(seen(record(stray)), Kind.CREDIT)
    assert fact.subject == f"order:{ORDER}"


def test_a_credit_is_split_by_what_its_lines_are_for() -> None:
    lines = (
        ("501", "100.00"),
        ("901", "-48.60"),
        ("902", "-29.16"),
        ("903", "-9.99"),
        ("904", "-0.01"),
        ("908", "2.00"),
        ("909", "10.00"),
        ("912", "-5.00"),
    )
    (fact,) = shown(seen(record(cases.credit_memo(total=usd("27.24")), *lines)), Kind.CREDIT)
    assert amounts(fact) == {
        name: Decimal(amount)
        for name, amount in {
            "total": "27.24",
            "goods": "108.00",
            "exchange_credit": "48.60",
            "gift_card": "29.16",
            "handling_fee": "9.99",
            "variance": "-0.01",
            "bonus": "2.00",
            "shipping": "10.00",
            "tender 912": "5.00",
        }.items()
    }


def test_a_voided_credit_is_none() -> None:
    assert shown(seen(record(cases.credit_memo(status="V"))), Kind.CREDIT) == []


def test_a_credit_that_is_fully_applied_without_a_refund_in_sight_counts_as_paid_out() -> None:
    (fact,) = shown(seen(record(cases.credit_memo(status="B"))), Kind.CREDIT)
    assert fact.amount("applied") == usd("108.00")
    refund = cases.document("customerRefund", "5001", "", external_id="LOOP-RF-4821-1", loop_return_id=RETURN)
    (fact,) = shown(seen(record(cases.credit_memo(status="B")), record(refund)), Kind.CREDIT)
    assert fact.amount("applied") == usd("0.00")


def test_a_customer_refund_without_a_credit_gives_a_deposit_back() -> None:
    refund = cases.document("customerRefund", "5001", "", loop_return_id=RETURN, shopify_transaction_id="889")
    (fact,) = shown(seen(record(refund)), Kind.PAID_OUT)
    assert (fact.subject, fact.name("from_deposit")) == (RETURN, "yes")


def test_an_authorization_tells_what_is_still_to_come() -> None:
    waits = shown(seen(record(cases.authorization())), Kind.AUTHORIZATION)[0]
    came = cases.authorization(cases.received(), status="F")
    receipt = record(cases.receipt(), on="2026-03-08")
    done = shown(seen(record(came), receipt), Kind.AUTHORIZATION)[0]
    assert (waits.is_open, waits.name("received")) == (True, "0")
    assert (done.is_open, done.name("received"), done.name("received_on")) == (False, "1", "2026-03-08")


def test_returns_from_before_the_cut_over_are_left_alone() -> None:
    policy = replace(POLICY, returns_from=date(2026, 3, 9))
    assert facts_of(seen(record(cases.credit_memo())), policy) == []


def test_a_fact_is_named_after_what_it_belongs_to() -> None:
    assert sorted(one.key for one in facts_of(seen(record(cases.credit_memo())), POLICY)) == [
        f"credit:4001@{RETURN}",
        f"refund:889@{RETURN}",
        f"return:{RETURN}@{RETURN}",
    ]


def exchange(*sources: Record, records: tuple[Record, ...] = (), **changes: Any) -> Seen:
    """The case of an exchange order of the return."""
    order = an_order("5999", app_id="1662707", source_name="1662707", total=usd("8.00"), **changes)
    return seen(
        *records, order_key="5999", returns=(), shop_order=None, order=order, sources=sources, exchanged_by=RETURN
    )


def sale(kind: str, number: str, total: str, *lines: tuple[str, str], **changes: Any) -> Record:
    return record(cases.document(kind, number, changes.pop("made_from", ""), total=usd(total), **changes), *lines)


def test_an_exchange_order_belongs_to_its_return_in_both_systems() -> None:
    ordered = sale("salesOrder", "6001", "8.00", ("905", "-100.00"), external_id="SHOP-SO-5999", status="G")
    bill = sale("invoice", "6002", "8.00", ("905", "-100.00"), made_from="6001")
    deposit = sale("customerDeposit", "6003", "8.00", external_id="SHOP-CD-5999-credit")
    found = facts_of(exchange(ordered, records=(bill, deposit)), POLICY)
    assert {one.subject for one in found} == {RETURN}
    told = {one.kind: amounts(one) for one in found}
    assert told[Kind.ORDERED] == told[Kind.BILLED] == {"total": Decimal("8.00"), "loop_discount": Decimal("100.00")}
    assert told[Kind.DEPOSIT] == {"total": Decimal("8.00")}
    marks = {one.kind: (one.name("billed"), one.name("ours"), one.name("ending")) for one in found}
    assert (marks[Kind.ORDERED], marks[Kind.DEPOSIT]) == (("yes", "yes", ""), ("", "", "credit"))


def test_a_cancelled_exchange_order_shows_nothing() -> None:
    assert facts_of(exchange(cancelled_at=cases.NOW), POLICY) == []


def test_an_order_that_is_nobodys_exchange_shows_nothing() -> None:
    assert facts_of(replace(exchange(), exchanged_by=""), POLICY) == []


def line(item: str, amount: str, itemtype: str = "InvtPart") -> dict[str, str]:
    return {"item": item, "foreignamount": amount, "itemtype": itemtype}


@pytest.mark.parametrize("turned", [1, -1])
def test_what_is_given_is_positive_however_netsuite_stores_it(turned: int) -> None:
    rows = [line("501", f"{100 * turned}.00"), line("902", f"{-108 * turned}.00", "GiftCert")]
    stored = {"head": {"foreigntotal": "0"}, "lines": [*rows, {"foreignamount": "1"}]}
    told = [(one.item_id, one.amount.amount) for one in signed_lines(stored, "USD", {"902"})]
    assert told == [("501", Decimal(100)), ("902", Decimal(-108))]


@pytest.mark.parametrize(("total", "amount"), [("-15.00", "15.00"), ("15.00", "-15.00")])
def test_without_goods_the_total_tells_the_side(total: str, amount: str) -> None:
    stored = {"head": {"foreigntotal": total}, "lines": [line("911", amount, "OthCharge")]}
    assert [one.amount for one in signed_lines(stored, "USD", {"911"})] == [Money.of("15.00", "USD")]
