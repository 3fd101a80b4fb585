"""An order that NetSuite holds in the shopper's currency: read in it, posted in it, its law held in the shop's."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.domain.case import Case
from ledgerloop.domain.extras import Extras, extras_of
from ledgerloop.domain.money import Money
from ledgerloop.domain.returns import Return
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.policies import CurrentPolicy
from ledgerloop.outcome import Attention, NeedsReading, Source
from ledgerloop.remotes.loop.parse import parse_return
from ledgerloop.remotes.loop.presentment import in_currency, in_presentment
from ledgerloop.syncs import refund, return_authorization
from tests.support import cases
from tests.support.cases import code, usd
from tests.support.database import NOW
from tests.support.web import site

RETURN, ORDER = "4821", "5920"
LINE = {"line_item_id": "1", "provider_line_item_id": "11", "sku": "TEE", "discount": "0.00"}
STAMP = (NOW - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S")


def body(price: str, tax: str, **changes: Any) -> dict[str, Any]:
    """Loop's details of a return of one tee, refunded; Loop may go on to name the shop's currency."""
    whole = str(Money.of(price, "USD").amount + Money.of(tax, "USD").amount)
    made = {
        "id": RETURN,
        "state": "closed",
        "was_processed": True,
        "created_at": STAMP,
        "updated_at": STAMP,
        "provider_order_id": ORDER,
        "currency": "USD",
        "multi_currency": True,
        "return_product_total": price,
        "return_tax_total": tax,
        "return_total": whole,
        "refund": whole,
        "line_items": [{**LINE, "price": price, "tax": tax}],
        "exchanges": [],
    }
    return {**made, **changes}


SHOP, SHOPPER = body("88.50", "11.50"), body("120.00", "15.60")


def cad(amount: str) -> Money:
    return Money.of(amount, "CAD")


def both(**changes: Any) -> Return:
    """The return in the shopper's currency, with the shop's behind it."""
    return in_presentment(parse_return(None, {**SHOP, **changes}), {**SHOPPER, **changes}, "CAD")


def test_the_presentment_view_is_laid_over_the_shops() -> None:
    seen = both()
    assert (seen.currency, seen.totals.refund, seen.promised) == ("CAD", cad("135.60"), cad("135.60"))
    assert seen.in_shop is not None
    assert seen.in_shop.totals.refund == usd("100.00")


@pytest.mark.parametrize("views", [{}, {RETURN: {**SHOPPER, "line_items": []}}], ids=["not read", "other units"])
def test_without_a_view_that_fits_the_return_stays_in_the_shops_currency(views: dict[str, Any]) -> None:
    known = (parse_return(None, SHOP),)
    assert in_currency(known, views, "CAD") == known


def test_the_law_is_held_in_the_shops_currency() -> None:
    apart = replace(both(), totals=replace(both().totals, refund=cad("135.40")))
    assert extras_of(apart, (), cases.POLICY) == Extras(cad("0"), cad("0"), cad("0"))
    broken = replace(apart, in_shop=parse_return(None, {**SHOP, "refund": "99.94"}))
    answer = extras_of(broken, (), cases.POLICY)
    assert isinstance(answer, Attention)
    assert (answer.code, "99.94 USD" in answer.problem) == ("loop_amounts_disagree", True)


def test_what_is_given_beyond_the_goods_is_stated_in_the_shoppers_currency() -> None:
    given = replace(both(), totals=replace(both().totals, refund=cad("149.16")))
    given = replace(given, in_shop=parse_return(None, {**SHOP, "refund": "110.00"}))
    shipping = replace(cases.refunded("110.00"), shipping=(usd("10.00"), cad("13.56")))
    assert extras_of(given, (shipping,), cases.POLICY) == Extras(cad("13.56"), cad("0"), cad("0"))


def waiting_for_money(*unread: Source, return_: Return | None = None) -> Case:
    known = return_ or cases.processed()
    keys = {Source.LOOP_PRESENTMENT: known.loop_return_id, Source.SHOPIFY_ORDER: cases.ORDER}
    ready = (cases.invoice(), cases.authorization(cases.received(), status="F"))
    needs = frozenset(NeedsReading(one, keys[one]) for one in unread)
    return cases.case(known, documents=ready, unread=needs)


def test_nothing_is_decided_before_both_views_are_read() -> None:
    everything = waiting_for_money(Source.LOOP_PRESENTMENT, Source.SHOPIFY_ORDER)
    wanted = NeedsReading(Source.SHOPIFY_ORDER, cases.ORDER)
    assert refund.next_write(everything, cases.POLICY) == wanted
    assert return_authorization.next_write(everything, cases.POLICY) == wanted
    view = waiting_for_money(Source.LOOP_PRESENTMENT)
    assert refund.next_write(view, cases.POLICY) == NeedsReading(Source.LOOP_PRESENTMENT, cases.RETURN)


def test_return_credit_in_the_shoppers_currency_needs_a_person() -> None:
    exchanged = replace(cases.processed(), in_shop=cases.processed())
    exchanged = replace(exchanged, totals=replace(exchanged.totals, exchange_credit=usd("108.00")))
    assert code(refund.next_write(waiting_for_money(return_=exchanged), cases.POLICY)) == "currency_differs"


# -- from the store --


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with site(f"sqlite:///{tmp_path}/money.db", tmp_path) as opened:
        yield opened.parts


def shop_of(parts: Parts, **currencies: str) -> Shop:
    shop = parts.shops["main"]
    configured = replace(shop.policy, currencies=currencies)
    return replace(shop, policies=CurrentPolicy(configured, parts.stores.mappings))


def read(parts: Parts, currency_id: str = "3") -> None:
    """Loop, Shopify and NetSuite were read, the return in the shop's currency."""
    sample = json.loads((Path(__file__).parents[1] / "samples" / "shopify" / "order_money.json").read_text())
    order = {**sample, "id": f"gid://shopify/Order/{ORDER}", "currencyCode": "USD", "presentmentCurrencyCode": "CAD"}
    parts.stores.returns.put_details_view("main", RETURN, SHOP, NOW)
    parts.stores.shop_orders.put("main", ORDER, order, None, NOW)
    head = {"tranid": "SO1", "status": "G", "entity": "107", "currency": currency_id, "foreigntotal": "-135.60"}
    sold = {"type": "SalesOrd", "id": "1001", "external_id": "", "created_from": "", "last_modified": "", "head": head}
    parts.stores.source_orders.put("main", ORDER, [{**sold, "lines": [], "header_record": {}}], NOW)


def views_wanted(case: Case) -> set[str]:
    return {one.key for one in case.unread if one.source is Source.LOOP_PRESENTMENT}


def test_the_view_is_asked_for_and_then_used_where_netsuite_has_the_order_in_the_shoppers_currency(
    parts: Parts,
) -> None:
    shop = shop_of(parts, USD="1", CAD="3")
    read(parts)
    before = observe(parts, shop, ORDER, NOW)
    assert (before.returns[0].currency, views_wanted(before)) == ("USD", {RETURN})
    parts.stores.returns.put_presentment("main", RETURN, SHOPPER)
    after = observe(parts, shop, ORDER, NOW)
    assert (after.returns[0].currency, views_wanted(after)) == ("CAD", set())
    assert after.source_orders[0].total == cad("135.60")


def test_a_newer_state_of_the_return_wants_the_view_anew(parts: Parts) -> None:
    read(parts)
    parts.stores.returns.put_presentment("main", RETURN, SHOPPER)
    newer = {**SHOP, "updated_at": NOW.strftime("%Y-%m-%d %H:%M:%S")}
    parts.stores.returns.put_details_view("main", RETURN, newer, NOW)
    assert views_wanted(observe(parts, shop_of(parts, USD="1", CAD="3"), ORDER, NOW)) == {RETURN}


def test_which_currency_it_is_is_read_first_and_an_order_that_shopify_does_not_show_holds_nothing(parts: Parts) -> None:
    shop = shop_of(parts, USD="1", CAD="3")
    read(parts)
    parts.stores.shop_orders.forget("main", ORDER)
    assert views_wanted(observe(parts, shop, ORDER, NOW)) == {RETURN}
    parts.stores.shop_orders.put("main", ORDER, {}, None, NOW)
    assert views_wanted(observe(parts, shop, ORDER, NOW)) == set()


@pytest.mark.parametrize("currencies", [{}, {"USD": "3", "CAD": "4"}], ids=["not told", "in the shop's currency"])
def test_everywhere_else_nothing_more_is_read(parts: Parts, currencies: dict[str, str]) -> None:
    read(parts)
    case = observe(parts, shop_of(parts, **currencies), ORDER, NOW)
    assert (case.returns[0].currency, views_wanted(case)) == ("USD", set())
