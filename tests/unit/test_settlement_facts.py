"""What settlement stands on: shipping and duties as Shopify states them, the value of credits, and what is sent."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.domain.documents import DocumentLine
from ledgerloop.domain.guard import over_credit, over_refund
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import LineKind, ShopOrder, ShopTransaction
from ledgerloop.domain.policy import Fields
from ledgerloop.domain.records import CashRefundDraft, CreditMemoDraft, DraftLine, NaturalKey
from ledgerloop.remotes.netsuite.render import render
from ledgerloop.remotes.shopify.parse import parse_order
from ledgerloop.syncs.refund import next_write
from tests.support import cases
from tests.support.cases import code, draft, usd
from tests.syncs.notation import POLICY

SAMPLE = Path(__file__).parents[1] / "samples" / "shopify" / "order_money.json"


# -- Shopify --


def bag(shop: str, theirs: str = "", currency: str = "CAD") -> dict[str, Any]:
    """Both money sets of an amount."""
    shops = {"amount": shop, "currencyCode": "USD"}
    return {"shopMoney": shops, "presentmentMoney": {"amount": theirs, "currencyCode": currency} if theirs else shops}


def order_of(*, taxes_included: bool = False, **refund: Any) -> ShopOrder:
    """The sample order with a refund that gives these back."""
    node = json.loads(SAMPLE.read_text())
    node = node.get("data", node).get("order", node)
    made = {"id": "gid://shopify/Refund/88", "createdAt": "2026-03-10T18:00:00Z", "transactions": {"nodes": []}}
    return parse_order({**node, "taxesIncluded": taxes_included, "refunds": [{**made, **refund}]})


def shipped(*parts: tuple[dict[str, Any], dict[str, Any]]) -> dict[str, Any]:
    """Refunded shipping lines: subtotal and tax."""
    return {"nodes": [{"subtotalAmountSet": subtotal, "taxAmountSet": tax} for subtotal, tax in parts]}


def test_shipping_given_back_is_what_shopify_states_with_its_tax() -> None:
    lines = shipped((bag("9.00"), bag("0.72")), (bag("1.00"), bag("0.08")))
    [refund] = order_of(refundShippingLines=lines, duties=[]).refunds
    assert (refund.shipping, refund.duties) == ((usd("10.80"),), ())


def test_the_tax_of_a_price_that_holds_it_is_not_added_again() -> None:
    [refund] = order_of(refundShippingLines=shipped((bag("10.80"), bag("0.80"))), taxes_included=True).refunds
    assert refund.shipping == (usd("10.80"),)


def test_both_money_sets_are_kept_apart() -> None:
    lines, duties = shipped((bag("10.00", "13.56"), bag("0.00", "0.00"))), [{"amountSet": bag("2.00", "2.71")}]
    [refund] = order_of(refundShippingLines=lines, duties=duties).refunds
    assert refund.shipping == (usd("10.00"), Money.of("13.56", "CAD"))
    assert refund.duties == (usd("2.00"), Money.of("2.71", "CAD"))


def test_a_refund_without_them_gives_none_back() -> None:
    [refund] = order_of().refunds
    assert (refund.shipping, refund.duties) == ((), ())


def test_value_sold_is_stated_in_either_currency_and_in_no_other() -> None:
    order = cases.shop_order(total="8.00", credit_used=usd("100.00"))
    theirs = replace(
        order,
        transactions=(replace(order.transactions[0], presentment_amount=Money.of("10.85", "CAD")),),
        presentment_total=Money.of("10.85", "CAD"),
        presentment_credit_used=Money.of("135.60", "CAD"),
    )
    assert (theirs.sold("USD"), theirs.sold("CAD"), theirs.sold("EUR")) == (
        usd("108.00"),
        Money.of("146.45", "CAD"),
        None,
    )
    assert order.sold("CAD") is None


def moved(amount: str, kind: str = "SALE", gateway: str = "card", status: str = "SUCCESS") -> ShopTransaction:
    return ShopTransaction(f"{kind}-{amount}", kind, status, gateway, usd(amount), usd(amount), cases.NOW)


@pytest.mark.parametrize(
    ("transactions", "status", "sold"),
    [
        ([moved("108.00"), moved("54.00")], "PAID", "162.00"),
        ([moved("60.00")], "PARTIALLY_PAID", "60.00"),
        ([moved("60.00")], "PARTIALLY_REFUNDED", "60.00"),
        ([], "PENDING", "0.00"),
        ([], "", "108.00"),
        ([], "PAID", "108.00"),
        ([moved("108.00", "AUTHORIZATION")], "AUTHORIZED", "0.00"),
        ([moved("108.00", "AUTHORIZATION"), moved("108.00", "CAPTURE")], "PAID", "108.00"),
        ([moved("108.00", status="PENDING")], "PENDING", "0.00"),
        ([moved("108.00"), moved("100.00", "REFUND")], "PARTIALLY_REFUNDED", "108.00"),
        ([moved("120.00", gateway="cash"), moved("12.00", "CHANGE", "cash")], "PAID", "108.00"),
        ([moved("60.00", gateway="gift_card"), moved("48.00", gateway="manual")], "PAID", "108.00"),
    ],
)
def test_value_sold_is_the_money_received_whatever_the_order_came_to(
    transactions: list[ShopTransaction], status: str, sold: str
) -> None:
    order = cases.shop_order(total="108.00", transactions=tuple(transactions), financial_status=status)
    assert order.sold("USD") == usd(sold)


@pytest.mark.parametrize(
    ("transactions", "status", "sold"),
    [
        ([], "", "162.00"),
        ([], "PAID", "162.00"),
        ([moved("54.00")], "PAID", "162.00"),
        ([moved("70.00")], "PAID", "170.00"),
        ([], "PENDING", "100.00"),
        ([moved("54.00")], "PARTIALLY_PAID", "154.00"),
    ],
)
def test_an_exchange_order_that_loop_marked_as_paid_was_sold_for_its_total_and_the_credit(
    transactions: list[ShopTransaction], status: str, sold: str
) -> None:
    order = cases.shop_order(total="62.00", credit_used=usd("100.00"), transactions=tuple(transactions))
    assert replace(order, financial_status=status).sold("USD") == usd(sold)
    full_price = replace(order, total=usd("162.00"), credit_used=usd(0), made_by_loop=True, transactions=())
    assert full_price.sold("USD") == usd("162.00")


def test_who_made_an_order_and_whether_it_is_paid_is_read_of_shopify() -> None:
    node = json.loads(SAMPLE.read_text())
    node = node.get("data", node).get("order", node)
    loops = {"displayFinancialStatus": "PARTIALLY_PAID", "app": {"id": "gid://shopify/App/1662707"}, "lineItems": {}}
    order, plain = parse_order({**node, **loops}), parse_order({**node, "displayFinancialStatus": None})
    assert (order.financial_status, order.made_by_loop) == ("PARTIALLY_PAID", True)
    assert (plain.financial_status, plain.made_by_loop) == ("", False)


def test_a_gift_card_for_goods_that_nobody_paid_is_over_credit() -> None:
    sums = cases.totals((cases.unit(),), refund=usd(0), gift_card=usd("108.00"))
    returned = cases.processed(totals=sums, refunds=())
    ready = (cases.authorization(cases.received(), status="F"), cases.invoice())
    unpaid = cases.shop_order(transactions=(), received=usd(0), financial_status="PENDING")
    assert code(next_write(cases.case(returned, documents=ready, shop_order=unpaid), cases.POLICY)) == "over_credit"


# -- a return in the shopper's currency --


def in_cad(amount: str) -> Money:
    return Money.of(amount, "CAD")


def canadian(**changes: Any) -> object:
    """A return of 135.60 CAD, refunded through a transaction that Shopify states in both currencies."""
    unit = cases.unit(price=in_cad("120.00"), discount=in_cad("0"), tax=in_cad("15.60"))
    nothing = dict.fromkeys(
        ("exchange_total", "exchange_credit", "gift_card", "handling_fee", "upsell", "discount"), in_cad("0")
    )
    sums = cases.totals(
        (cases.unit(),),
        product=in_cad("120.00"),
        tax=in_cad("15.60"),
        return_total=in_cad("135.60"),
        refund=in_cad("135.60"),
        **nothing,
    )
    known = cases.processed(lines=(unit,), totals=sums, currency="CAD")
    goods = cases.received(amount=in_cad("120.00"))
    documents = (
        cases.invoice(total=in_cad("135.60")),
        cases.authorization(goods, status="F", total=in_cad("135.60")),
    )
    refund = cases.refunded("100.00")
    moved = replace(refund.transactions[0], presentment_amount=in_cad("135.60"))
    order = cases.shop_order(
        replace(refund, transactions=(moved,)),
        total="100.00",
        presentment_currency="CAD",
        presentment_total=in_cad("135.60"),
    )
    made = cases.case(known, documents=documents, shop_order=order, orders=(cases.order(currency_id="3"),))
    return next_write(made, changes.get("policy", POLICY))


def test_the_matching_money_set_is_posted_in_the_orders_currency() -> None:
    wanted = draft(canadian(policy=replace(POLICY, currencies={"USD": "1", "CAD": "3"})))
    assert wanted.expected_total == in_cad("135.60")


def test_nothing_is_posted_on_an_order_in_another_currency() -> None:
    assert code(canadian(policy=replace(POLICY, currencies={"USD": "3", "CAD": "4"}))) == "currency_differs"


# -- the guard --


def line_of(item: str, amount: str) -> DocumentLine:
    return cases.held(9, item_id=item, kind=LineKind.OTHER, amount=usd(amount))


@pytest.mark.parametrize(
    ("total", "lines", "value"),
    [
        ("108.00", [], "108.00"),
        ("98.01", [("903", "9.99")], "108.00"),
        ("0.00", [("901", "108.00")], "108.00"),
        ("0.00", [("902", "118.00"), ("908", "10.00")], "108.00"),
        ("118.00", [("909", "10.00")], "118.00"),
        ("15.00", [("911", "15.00")], "0.00"),
        ("60.00", [("912", "48.00")], "108.00"),
    ],
    ids=["goods", "fee", "exchange", "gift card with bonus", "shipping", "goodwill", "several tenders"],
)
def test_value_credited_is_counted_before_what_takes_it_off_and_without_what_the_shop_adds(
    total: str, lines: list[tuple[str, str]], value: str
) -> None:
    credit = cases.document("creditMemo", "4001", "2001", *(line_of(*one) for one in lines), total=usd(total))
    sold = usd(value) + usd("50.00")
    made = cases.case(cases.returned(), documents=(credit,), shop_order=cases.shop_order(total=str(sold.amount)))
    assert over_credit(made, POLICY, usd("50.05")) is None
    assert code(over_credit(made, POLICY, usd("50.06"))) == "over_credit"


def test_goodwill_is_held_to_the_money_that_went_back() -> None:
    exchanged = cases.document("creditMemo", "4001", "2001", line_of("901", "108.00"), total=usd("0.00"))
    made = cases.case(cases.returned(), documents=(exchanged,), shop_order=cases.shop_order(total="108.00"))
    assert over_refund(made, POLICY, usd("108.00")) is None
    assert code(over_refund(made, POLICY, usd("108.06"))) == "over_credit"


def test_a_voided_credit_takes_no_room() -> None:
    voided = cases.document("creditMemo", "4001", "2001", status="V")
    made = cases.case(cases.returned(), documents=(voided,), shop_order=cases.shop_order(total="108.00"))
    assert over_credit(made, POLICY, usd("108.00")) is None


# -- what is sent --

LINE = DraftLine(item_id="911", amount=usd("15.00"), description="Refund without a return")


def test_a_credit_made_from_a_bill_takes_nothing_over_from_it() -> None:
    memo = CreditMemoDraft(
        "SHOP-CM-77",
        NaturalKey("", "77"),
        "invoice",
        "1003",
        date(2026, 3, 10),
        "memo",
        (LINE,),
        usd("15.00"),
        usd("0"),
    )
    request = render(memo, Fields(return_id="custbody_return", shopify_refund_id="custbody_refund"))
    assert request.path == "POST invoice/1003/!transform/creditMemo?replace=item"
    assert request.body["item"]["items"] == [
        {
            "item": {"id": "911"},
            "quantity": 1,
            "rate": usd("15.00").amount,
            "amount": usd("15.00").amount,
            "description": "Refund without a return",
        }
    ]
    assert (request.body["discountRate"], request.body["shippingCost"], request.body["autoApply"]) == (0, 0, False)
    assert request.body["custbody_refund"] == "77"
    assert "custbody_return" not in request.body
    shipped = render(replace(memo, shipping_cost=usd("10.00")), Fields())
    assert shipped.body["shippingCost"] == usd("10.00").amount


def test_a_credit_made_from_an_authorization_takes_its_lines_over() -> None:
    paid = CashRefundDraft(
        "LOOP-CR-4821-1",
        NaturalKey("4821", "88"),
        "returnAuthorization",
        "2001",
        date(2026, 3, 10),
        "memo",
        "9",
        "155",
        (),
        usd("108.00"),
    )
    request = render(paid, Fields(return_id="custbody_return"))
    assert request.path == "POST returnAuthorization/2001/!transform/cashRefund"
    assert not {"item", "discountRate", "shippingCost", "autoApply"} & set(request.body)
    assert (request.body["paymentOption"], request.body["account"]) == ({"id": "9"}, {"id": "155"})
    assert request.body["custbody_return"] == "4821"
