"""Stories that controllers know by number, with the printed amounts: rounding, Canada, two subsidiaries, kits."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Return
from ledgerloop.remotes.netsuite.render import render
from ledgerloop.syncs import refund, return_authorization
from tests.support import cases
from tests.support.cases import POLICY, code, draft, usd

# -- 36: NetSuite's tax is 8.01, Loop's 8.00 --


def rounded(tax: str) -> Any:
    """What is credited where the authorization was saved with another tax than Loop promises."""
    total = usd("100.00") + usd(tax)
    documents = (cases.invoice(), cases.authorization(cases.received(), status="F", total=total))
    order = cases.shop_order(cases.refunded("108.00"))
    return refund.next_write(cases.case(cases.processed(), documents=documents, shop_order=order), POLICY)


@pytest.mark.parametrize(("tax", "variance"), [("8.01", "-0.01"), ("8.05", "-0.05"), ("7.95", "0.05")])
def test_36_cents_of_rounding_are_a_visible_line(tax: str, variance: str) -> None:
    wanted = draft(rounded(tax))
    assert wanted.expected_total == usd("108.00")
    assert [(one.item_id, one.amount) for one in wanted.lines] == [("904", usd(variance))]


@pytest.mark.parametrize("tax", ["8.06", "7.94"])
def test_36_six_cents_are_refused(tax: str) -> None:
    assert code(rounded(tax)) == "amount_differs"


# -- 38: Canada, 120.00 + GST 6.00 + PST 9.60 = 135.60, in a shop that thinks in US dollars --

CANADA = replace(POLICY, currencies={"USD": "1", "CAD": "3"})


def cad(amount: str) -> Money:
    return Money.of(amount, "CAD")


def canadian(*more: Document) -> Case:
    """The order and its invoice are in CAD; Shopify states the refund in both currencies."""
    unit = cases.unit(price=cad("120.00"), discount=cad("0"), tax=cad("15.60"))
    none = dict.fromkeys(("exchange_total", "exchange_credit", "gift_card", "handling_fee", "upsell"), cad("0"))
    whole = {"product": cad("120.00"), "discount": cad("0"), "tax": cad("15.60")}
    paid = {"return_total": cad("135.60"), "refund": cad("135.60")}
    sums = cases.totals((cases.unit(),), **none, **whole, **paid)
    in_shop = cases.processed(cases.unit(price=usd("88.50"), tax=usd("11.50")))
    return_: Return = cases.processed(lines=(unit,), totals=sums, currency="CAD", in_shop=in_shop)
    moved = cases.refunded("100.00")
    moved = replace(moved, transactions=(replace(moved.transactions[0], presentment_amount=cad("135.60")),))
    order = cases.shop_order(moved, total="100.00", presentment_currency="CAD", presentment_total=cad("135.60"))
    goods = cases.received(amount=cad("120.00"))
    documents = (
        cases.invoice(total=cad("135.60"), currency_id="3"),
        cases.authorization(goods, status="F", total=cad("135.60"), currency_id="3"),
        *more,
    )
    return cases.case(return_, documents=documents, shop_order=order, orders=(cases.order(currency_id="3"),))


def test_38_the_credit_is_in_the_currency_of_the_order_with_the_taxes_of_the_invoice() -> None:
    wanted = draft(refund.next_write(canadian(), CANADA))
    assert (wanted.record_type, wanted.expected_total) == ("creditMemo", cad("135.60"))
    body = render(wanted, CANADA.fields).body
    assert {"currency", "exchangeRate", "taxDetails", "taxTotal"} & body.keys() == set(), "NetSuite takes them over"


def test_38_the_customer_refund_pays_it_out_in_that_currency() -> None:
    memo = cases.credit_memo(total=cad("135.60"), currency_id="3")
    wanted = draft(refund.next_write(canadian(memo), CANADA))
    assert (wanted.record_type, wanted.amount, wanted.credit_memo_id) == ("customerRefund", cad("135.60"), "4001")


# -- 39: a shop of the subsidiary UK --


def in_the_uk(*documents: Document) -> Case:
    order = cases.order(subsidiary_id="2", customer_id="207", currency_id="2")
    shop_order = cases.shop_order(cases.refunded("108.00"))
    ready = (cases.invoice(customer_id="207", currency_id="2"), _authorized(), *documents)
    return cases.case(cases.processed(), documents=ready, orders=(order,), shop_order=shop_order)


def _authorized() -> Document:
    return cases.authorization(cases.received(), status="F", customer_id="207", currency_id="2")


def test_39_authorization_and_credit_are_made_from_the_order_and_so_are_of_its_subsidiary() -> None:
    order = cases.order(subsidiary_id="2", customer_id="207", currency_id="2")
    authorized = render(draft(return_authorization.next_write(cases.case(orders=(order,)), POLICY)), POLICY.fields)
    credited = render(draft(refund.next_write(in_the_uk(), POLICY)), POLICY.fields)
    assert authorized.path == f"POST salesOrder/{order.internal_id}/!transform/returnAuthorization?replace=item"
    assert credited.path == "POST returnAuthorization/2001/!transform/creditMemo"
    for one in (authorized, credited):
        assert {"subsidiary", "entity", "currency"} & one.body.keys() == set(), "NetSuite takes them over"


@pytest.mark.parametrize("changes", [{"customer_id": "107"}, {"currency_id": "1"}], ids=["customer", "currency"])
def test_39_money_is_never_put_on_a_credit_of_another_customer_or_currency(changes: dict[str, str]) -> None:
    right = {"customer_id": "207", "currency_id": "2"}
    assert draft(refund.next_write(in_the_uk(cases.credit_memo(**right)), POLICY)).customer_id == "207"
    foreign = cases.credit_memo(**{**right, **changes})
    assert code(refund.next_write(in_the_uk(foreign), POLICY)) == "credit_memo_differs"


# -- 40: KIT of A 60.00 and B 40.00, sold at 100.00; B comes back, worth 43.20 --

B = cases.unit(sku="B", price=usd("40.00"), tax=usd("3.20"), shopify_line_id="")
KIT = cases.sold(1, item_id="600", sku="KIT")
MEMBERS = (
    cases.sold(2, item_id="601", sku="A", kit_member=True, shopify_line_id="", amount=usd("60.00")),
    cases.sold(3, item_id="602", sku="B", kit_member=True, shopify_line_id="", amount=usd("40.00")),
)


def authorized(*lines: Any, unit: Any = B, policy: Policy = POLICY) -> Any:
    return return_authorization.next_write(cases.case(cases.returned(unit), orders=(cases.order(*lines),)), policy)


def test_40_a_member_of_a_kit_is_never_taken_from_it_by_a_guess() -> None:
    assert code(authorized(KIT, *MEMBERS)) == "item_not_found"


def test_40_a_part_that_the_order_has_as_a_line_of_its_own_is_authorised_at_its_share() -> None:
    parts = (replace(MEMBERS[0], kit_member=False), replace(MEMBERS[1], kit_member=False))
    wanted = draft(authorized(*parts))
    assert [(one.source_line, one.quantity) for one in wanted.lines] == [(3, Decimal(1))]
    assert wanted.expected_total == usd("43.20")


def test_40_a_kit_that_comes_back_whole_is_one_line() -> None:
    wanted = draft(authorized(KIT, *MEMBERS, unit=cases.unit(sku="KIT")))
    assert [one.source_line for one in wanted.lines] == [1]
