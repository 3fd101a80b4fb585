"""How pages write amounts, moments, codes and charts, and what they make of texts that are not ours."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from ledgerloop.admin.chart import Day, days_chart
from ledgerloop.admin.render import age, amount, html, moment, plain, query, web_link
from ledgerloop.admin.returns import _csv
from ledgerloop.admin.statuses import status
from ledgerloop.admin.ways import mapping_of
from ledgerloop.domain import unmapped
from ledgerloop.domain.money import Money

MARKUP = "<script>alert(1)</script>"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_codes_are_written_as_words() -> None:
    assert plain("order_not_in_netsuite") == "Order not in NetSuite"
    assert plain("item_receipt_to_loop") == "Item receipt to Loop"
    assert plain("") == ""


def test_amounts_keep_every_cent_and_group_thousands() -> None:
    assert amount(Money(Decimal("1234567.80"), "USD")) == "1\u202f234\u202f567.80 USD"
    assert amount(Money(Decimal("-0.01"), "USD")) == "\u22120.01 USD"
    assert amount(Money(Decimal(1500), "JPY")) == "1\u202f500 JPY"
    assert amount(None) == "–"


def test_moments_are_written_in_utc_for_people_and_machines() -> None:
    assert moment("2026-11-22T14:30:00+02:00") == (
        '<time class="nowrap" datetime="2026-11-22T12:30:00+00:00">2026-11-22 12:30</time>'
    )
    assert moment(MARKUP) == "–"
    assert moment(None) == "–"


@pytest.mark.parametrize(
    ("then", "said"),
    [
        (datetime(2026, 11, 22, 11, 59, 30, tzinfo=UTC), "30 s"),
        (datetime(2026, 11, 22, 11, 20, tzinfo=UTC), "40 min"),
        (datetime(2026, 11, 22, 3, 0, tzinfo=UTC), "9 h"),
        (datetime(2026, 11, 12, 12, 0, tzinfo=UTC), "10 d"),
        (datetime(2026, 11, 22, 12, 5, tzinfo=UTC), "0 s"),
    ],
)
def test_ages_have_one_unit(then: datetime, said: str) -> None:
    assert age(then, NOW) == said


def test_only_addresses_of_the_web_become_links() -> None:
    assert web_link("https://example.com/1") == "https://example.com/1"
    assert web_link("javascript:alert(1)") == ""


def test_what_is_not_set_is_left_out_of_an_address() -> None:
    assert query(q="#1001 a&b", sync="", after=None) == "?q=%231001+a%26b"
    assert query(q="") == ""


def test_a_page_shows_markup_as_text() -> None:
    body = bytes(html("sorry.html", 404, what=MARKUP).body).decode()
    assert MARKUP not in body
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in body


def test_a_chart_says_its_sums_and_draws_a_bar_for_each_number_above_zero() -> None:
    chart = days_chart([Day(date(2026, 11, 1), 3, 0), Day(date(2026, 11, 2), 1, 2)])
    assert 'aria-label="In 2 days 4 returns were new and 2 records and acts were written."' in chart
    assert chart.count("<rect") == 3


def test_a_chart_of_nothing_is_drawn_too() -> None:
    assert days_chart([]).startswith("<svg")
    assert days_chart([Day(date(2026, 11, 1), 0, 0)]).count("<rect") == 0


@pytest.mark.parametrize("begins", ["=1+1", "+1", "-1", "@x"])
def test_a_spreadsheet_takes_no_text_of_a_shopper_for_a_formula(begins: str) -> None:
    assert _csv((begins, "plain")).startswith(f"'{begins}")


def test_the_way_to_a_mapping_is_read_from_the_finding() -> None:
    for cause in (unmapped.no_item("TEE 1"), unmapped.not_on_order("TEE 1")):
        assert mapping_of("item_not_found", cause, "main") == {"kind": "sku", "key": "TEE 1", "shop": "main"}
    cause = unmapped.no_method("gift & co")
    assert mapping_of("gateway_unmapped", cause) == {"kind": "payment_method", "key": "gift & co", "shop": ""}
    assert mapping_of("amount_differs", cause) == {}
    assert mapping_of("item_not_found", "SKU  has no item in NetSuite") == {}


def test_status_letters_are_words_where_netsuite_has_words() -> None:
    assert status("G", "returnAuthorization") == "Refunded"
    assert status("G", "salesOrder") == "Billed"
    assert status("A", "customerRefund") == ""
