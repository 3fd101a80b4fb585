"""Exchange order, on cases made by hand: what is sent, as which record, when it waits and when a person is asked."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.case import WriteState
from ledgerloop.domain.channels import Channels
from ledgerloop.domain.documents import Document
from ledgerloop.domain.order_records import FoundCustomer, FoundItem
from ledgerloop.domain.order_store import Allocation, Buyer, ShippingCharge
from ledgerloop.domain.orders import LineKind
from ledgerloop.domain.policy import Items
from ledgerloop.domain.returns import Exchange
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.syncs import ORDER_SYNCS
from ledgerloop.syncs.exchange_order import next_write
from tests.support import cases
from tests.support.cases import NOW, code, draft, entry, minutes, usd
from tests.support.selling import (
    AT,
    EXCHANGE,
    SELLS,
    deposit,
    even,
    exchanged,
    in_store,
    known,
    line,
    order,
    selling,
    shown,
    taxed,
    there,
)

WEB = {"app_id": "580111", "source_name": "web", "app_title": "Online Store"}


def answer(made: Any, *by: Any, policy: Any = SELLS, **changes: Any) -> object:
    return next_write(selling(made, *by, **changes), policy)


def test_an_online_exchange_becomes_a_sales_order_at_full_price_with_the_loop_discount() -> None:
    policy = replace(SELLS, channels=Channels(codes={"LOOP_EXCH": "165"}), subsidiary_id="1")
    wanted = draft(answer(even(), exchanged("108.00"), policy=policy))
    assert (wanted.record_type, wanted.external_id) == ("salesOrder", f"SHOP-SO-{EXCHANGE}")
    assert shown(wanted.lines) == [("502", usd("100.00")), ("905", usd("-100.00"))]
    assert (wanted.memo, wanted.original_order) == ("Loop exchange for order #1001", "#1001")
    assert (wanted.channel_code, wanted.customer_id, wanted.location_id) == ("165", "107", "7")
    assert (wanted.expected_total, wanted.on) == (usd("8.00"), date(2026, 3, 10))


def test_an_exchange_completed_in_the_store_becomes_a_cash_sale_and_no_sales_order() -> None:
    policy = replace(SELLS, locations={"default": "7", "shopify:612": "8"})
    wanted = draft(answer(in_store(even()), exchanged("108.00"), policy=policy))
    assert (wanted.record_type, wanted.external_id) == ("cashSale", f"SHOP-CS-{EXCHANGE}")
    assert wanted.location_id == "8"


def test_a_store_that_is_not_mapped_is_told_and_the_default_is_used() -> None:
    made = answer(in_store(even()), exchanged("108.00"))
    assert draft(made).location_id == "7"
    assert "location_unmapped: Shopify location 612" in made.reason  # type: ignore[attr-defined]
    nowhere = answer(replace(in_store(even()), retail_location_id=""), exchanged("108.00"))
    assert draft(nowhere).record_type == "cashSale"
    assert "location_unmapped: Shopify does not show" in nowhere.reason  # type: ignore[attr-defined]
    assert "location_unmapped" not in answer(even(), exchanged("108.00")).reason  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "changes",
    [
        {"test": True},
        {"cancelled_at": NOW},
        {"processed_at": AT.replace(year=2025)},
        WEB,
        {"app_id": "1", "source_name": "sell-on-somewhere", "app_title": "Other"},
        {"name": "LGC1001"},
    ],
)
def test_what_is_not_ours_to_send_is_left_alone(changes: dict[str, Any]) -> None:
    plain = order(line("100.00"), total="100.00", **changes)
    assert answer(plain) is None


def test_the_star_sends_every_channel_that_is_known() -> None:
    policy = replace(SELLS, order_channels=("*",))
    bought = order(line("100.00", taxes=taxed("8.00")), total="108.00", **WEB)
    assert draft(answer(bought, policy=policy)).record_type == "salesOrder"
    odd = order(line("100.00"), total="100.00", app_id="1", source_name="sell-on-somewhere", app_title="Other")
    assert code(answer(odd, policy=policy)) == "channel_unknown"
    used = replace(even(), app_id="1", source_name="sell-on-somewhere", app_title="Other")
    assert "loop-discount" in answer(used).problem  # type: ignore[attr-defined]
    assert answer(used, policy=replace(SELLS, order_channels=())) is None
    cards = order(line("50.00", gift_card=True), total="50.00")
    assert answer(cards, policy=policy) is None


def test_an_order_settles_before_it_is_sent() -> None:
    young = even(created_at=NOW - minutes(0.5))
    found = answer(young)
    assert code(found) == "order_settling"
    assert found.until == young.created_at + SELLS.settle  # type: ignore[attr-defined]


@pytest.mark.parametrize("source", [Source.SHOPIFY_WHOLE_ORDER, Source.NETSUITE_ORDER, Source.NETSUITE_CUSTOMER])
def test_it_asks_for_what_it_must_know_before_it_writes(source: Source) -> None:
    unread = cases.unread(source, EXCHANGE)
    assert answer(even(), unread=unread) == NeedsReading(source, EXCHANGE)


def test_items_and_customers_that_were_never_asked_for_are_read() -> None:
    assert answer(even(), sending={"in_netsuite": known(items=None)}) == NeedsReading(Source.NETSUITE_ITEMS, EXCHANGE)
    unasked = {"in_netsuite": known(customers=None)}
    assert answer(even(), sending=unasked) == NeedsReading(Source.NETSUITE_CUSTOMER, EXCHANGE)


def test_an_order_with_a_netsuite_id_or_found_in_netsuite_is_never_sent() -> None:
    assert answer(even(), sending={"netsuite_order_id": "1101"}) is None
    other = there("8.00", external_id="CELIGO-77")
    assert answer(even(), exchanged("108.00"), source_orders=(other,)) is None


def test_an_order_in_a_feed_waits_until_netsuite_shows_it() -> None:
    assert code(answer(even(), sending={"fed": True})) == "order_in_feed"


def test_a_record_that_a_person_deleted_is_not_made_again() -> None:
    gone = entry(f"SHOP-SO-{EXCHANGE}", "salesOrder", loop_return_id=f"order:{EXCHANGE}")
    assert code(answer(even(), journal=(gone,))) == "record_gone"


def test_an_order_that_was_attempted_as_one_record_is_never_attempted_as_the_other() -> None:
    tried = entry(f"SHOP-SO-{EXCHANGE}", "salesOrder", WriteState.UNCLEAR, loop_return_id=f"order:{EXCHANGE}")
    wanted = draft(answer(in_store(even()), exchanged("108.00"), journal=(tried,)))
    assert wanted.external_id == f"SHOP-SO-{EXCHANGE}"


def test_an_exchange_without_address_and_unfulfilled_is_not_guessed() -> None:
    lost = replace(even(), shipping_address=None)
    assert code(answer(replace(lost, created_at=NOW - minutes(14)))) == "exchange_not_placed"
    assert code(answer(lost)) == "exchange_undecided"


def test_a_customer_unknown_to_netsuite_is_written_first() -> None:
    nobody = {"in_netsuite": known(customers=())}
    wanted = draft(answer(even(), exchanged("108.00"), sending=nobody))
    assert (wanted.record_type, wanted.external_id) == ("customer", "SHOP-CUST-7")
    assert (wanted.buyer.last_name, wanted.address.city) == ("Reyes", "Austin")
    made = entry("SHOP-CUST-7", "customer", internal_id="333", loop_return_id=f"order:{EXCHANGE}")
    assert draft(answer(even(), sending=nobody, journal=(made,))).customer_id == "333"


def test_a_guest_is_a_customer_of_the_order_named_by_the_address() -> None:
    guest = replace(even(), buyer=Buyer(email="dana@example.com"))
    wanted = draft(answer(guest, sending={"in_netsuite": known(customers=())}))
    assert (wanted.external_id, wanted.buyer.first_name, wanted.buyer.last_name) == (
        f"SHOP-CUST-O{EXCHANGE}",
        "Dana",
        "Reyes",
    )


def customer(number: str, **changes: Any) -> FoundCustomer:
    return replace(FoundCustomer(number, "", "Dana@Example.com", "1", False), **changes)


def test_a_customer_is_known_by_email_and_several_are_told_apart_by_subsidiary() -> None:
    assert draft(answer(even(), sending={"in_netsuite": known(customers=(customer("55"),))})).customer_id == "55"
    two = {"in_netsuite": known(customers=(customer("55"), customer("56", subsidiary_id="2")))}
    assert code(answer(even(), sending=two)) == "customer_ambiguous"
    assert draft(answer(even(), sending=two, policy=replace(SELLS, subsidiary_id="2"))).customer_id == "56"
    ended = {"in_netsuite": known(customers=(customer("55", external_id="SHOP-CUST-7", inactive=True),))}
    assert code(answer(even(), sending=ended)) == "customer_inactive"


def test_an_anonymous_sale_has_the_configured_customer() -> None:
    walk_in = replace(in_store(even()), buyer=Buyer())
    assert code(answer(walk_in, exchanged("108.00"))) == "customer_not_configured"
    policy = replace(SELLS, default_customer="99")
    assert draft(answer(walk_in, exchanged("108.00"), policy=policy)).customer_id == "99"


def items(*found: FoundItem) -> dict[str, Any]:
    return {"in_netsuite": known(items={"TEE-L": found})}


def test_an_item_is_never_guessed() -> None:
    tee = FoundItem("502", "TEE-L", "InvtPart", False)
    assert code(answer(even(), sending=items())) == "item_not_found"
    assert code(answer(even(), sending=items(replace(tee, inactive=True)))) == "item_not_found"
    assert code(answer(even(), sending=items(tee, replace(tee, internal_id="503")))) == "item_ambiguous"
    aliased = replace(SELLS, sku_aliases={"TEE-L": "777"})
    assert draft(answer(even(), sending=items(), policy=aliased)).lines[0].item_id == "777"
    similar = replace(SELLS, sku_aliases={"TEE-XL": "778"})
    assert "Similar: TEE-XL." in answer(even(), sending=items(), policy=similar).problem  # type: ignore[attr-defined]


def test_gift_cards_custom_lines_and_tips_have_items_of_their_own() -> None:
    card, odd = (
        line("25.00", number=2, gift_card=True),
        line("5.00", number=3, sku="", product_id="", title="Gift wrap"),
    )
    made = order(line("100.00"), card, odd, total="133.00", tip=usd("3.00"))
    assert [one.item_id for one in draft(answer(made)).lines] == ["502", "902", "908", "909"]
    listed = line("3.00", number=4, sku="", product_id="", title="Tip")
    tipped = order(line("100.00"), listed, total="103.00", tip=usd("3.00"))
    assert shown(draft(answer(tipped)).lines) == [("502", usd("100.00")), ("909", usd("3.00"))]
    policy = replace(SELLS, items=replace(SELLS.items, custom_line=""))
    assert code(answer(made, policy=policy)) == "item_not_configured"


def test_discounts_stand_below_their_line_and_shipping_is_net_of_its_own() -> None:
    ten, vip = Allocation(usd("10.00"), "Ten off"), Allocation(usd("4.50"), "VIP", "VIP", True)
    made = order(line("50.00", ten, vip, quantity=2, taxes=taxed("6.84")), total="97.34")
    free = ShippingCharge("Standard", "std", usd("8.00"), (Allocation(usd("3.00"), "Ship"),))
    wanted = draft(answer(replace(made, shipping=(free,))))
    assert shown(wanted.lines) == [("502", usd("100.00")), ("907", usd("-10.00")), ("906", usd("-4.50"))]
    assert (wanted.shipping_cost, wanted.expected_total) == (usd("5.00"), usd("97.34"))
    assert wanted.lines[0].tax_basis == usd("85.50")


def test_prices_that_include_tax_are_made_net_and_the_total_stays() -> None:
    made = order(line("120.00", taxes=taxed("20.00", "0.2")), total="120.00", taxes_included=True)
    wanted = draft(answer(made))
    assert (wanted.lines[0].rate, wanted.lines[0].tax, wanted.expected_total) == (
        usd("100.00"),
        usd("20.00"),
        usd("120.00"),
    )
    thirds = order(line("10.00", quantity=3, taxes=taxed("5.00", "0.2")), total="30.00", taxes_included=True)
    assert (draft(answer(thirds)).lines[0].rate, draft(answer(thirds)).lines[0].amount) == (None, usd("25.00"))


def test_sums_of_shopify_that_do_not_add_up_are_a_visible_variance_or_a_persons_matter() -> None:
    made = order(line("100.00"), total="100.03")
    assert shown(draft(answer(made)).lines)[-1] == ("904", usd("0.03"))
    assert code(answer(replace(made, total=usd("100.06")))) == "order_differs"


def test_a_native_exchange_holds_the_order() -> None:
    native = exchanged("108.00", exchanges=(Exchange("9001", "TEE-L", usd("108.00"), "", ""),))
    assert code(answer(even(), returns=(native,))) == "native_exchange"
    credited: Document = cases.document("creditMemo", "4001", "2001", loop_return_id=cases.RETURN)
    assert draft(answer(even(), returns=(native,), documents=(credited,))).record_type == "salesOrder"


def test_a_saved_total_that_is_not_shopifys_gets_no_deposits() -> None:
    assert code(answer(even(), exchanged("108.00"), source_orders=(there("8.06"),))) == "order_differs"


def test_a_saved_total_that_is_a_few_cents_off_gets_one_variance_line_on_our_own_record() -> None:
    key, by = f"variance:main:SHOP-SO-{EXCHANGE}", exchanged("108.00")
    wanted = draft(answer(even(), by, source_orders=(there("8.01"),)))
    assert (wanted.record_type, wanted.key, wanted.sale_type) == ("addVariance", key, "salesOrder")
    assert (wanted.item_id, wanted.amount, wanted.total_before) == ("904", usd("-0.01"), usd("8.01"))
    store = replace(there("0.02", external_id=f"SHOP-CS-{EXCHANGE}"), record_type="cashSale")
    wanted = draft(answer(in_store(even()), by, source_orders=(store,)))
    assert (wanted.sale_type, wanted.amount) == ("cashSale", usd("-0.02"))

    line_there = cases.sold(9, item_id="904", sku="", kind=LineKind.OTHER, amount=usd("0.02"), billed=Decimal(0))
    unbilled = cases.sold(billed=Decimal(0))
    for saved in (
        there("8.01", lines=(unbilled, line_there)),
        there("8.01", lines=(cases.sold(),)),
        there("8.01", status="H"),
    ):
        assert code(answer(even(), by, source_orders=(saved,))) == "order_differs"
    for done in (
        answer(even(), by, source_orders=(there("8.01"),), journal=(entry(key, "addVariance"),)),
        answer(even(), by, source_orders=(there("8.01"),), policy=replace(SELLS, items=Items())),
    ):
        assert code(done) == "order_differs"
    theirs = there("8.01", external_id="CELIGO-77")
    assert answer(even(), by, source_orders=(theirs,)) is None


def test_a_record_in_another_currency_than_the_order_gets_no_deposits() -> None:
    policy = replace(SELLS, currencies={"USD": "1"})
    right, wrong = there("8.00", currency_id="1"), there("8.00", currency_id="3")
    assert code(answer(even(), exchanged("108.00"), source_orders=(wrong,), policy=policy)) == "order_differs"
    assert draft(answer(even(), exchanged("108.00"), source_orders=(right,), policy=policy)).record_type == (
        "customerDeposit"
    )


def test_a_cash_sale_follows_the_closed_period_as_every_posting_record() -> None:
    closed = (cases.month("2026-03", closed=True), cases.month("2026-04"))
    wanted = draft(answer(in_store(even()), exchanged("108.00"), periods=closed))
    assert (wanted.on, wanted.memo) == (date(2026, 4, 1), "Loop exchange for order #1001 (original date 2026-03-10)")
    held = replace(SELLS, closed_period="hold")
    assert code(answer(in_store(even()), exchanged("108.00"), periods=closed, policy=held)) == "period_closed"
    unread = cases.unread(Source.NETSUITE_PERIODS, "main")
    wanted_first = NeedsReading(Source.NETSUITE_PERIODS, "main")
    assert answer(in_store(even()), exchanged("108.00"), unread=unread) == wanted_first


def test_nothing_more_is_due_once_order_and_deposits_are_there() -> None:
    done = (deposit(f"{EXCHANGE}-credit"),)
    assert answer(even(), exchanged("108.00"), source_orders=(there("8.00"),), documents=done) is None


def test_the_sync_is_asked_about_orders() -> None:
    assert ORDER_SYNCS["exchange_order"] is next_write
