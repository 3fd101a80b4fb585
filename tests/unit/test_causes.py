"""Findings of one cause are one group, whatever return they are about."""

from ledgerloop.domain.causes import cause_of, names_of
from tests.support.cases import case, returned


def test_what_is_of_one_return_alone_is_left_out() -> None:
    first = cause_of("Loop return 71 of #1001 comes to 95.00 USD, asked 31 minutes ago", ["71", "#1001", "1001"])
    second = cause_of("Loop return 88 of #1002 comes to 3.50 USD, asked 2 hours ago", ["88", "#1002", "1002"])
    assert first == second == "Loop return … of … comes to …, asked … ago"


def test_the_sku_that_is_the_cause_stays() -> None:
    one = case(returned())
    text = f"NetSuite has no item for TEE-BLK-M, Shopify line {one.returns[0].lines[0].shopify_line_id}."
    assert cause_of(text, names_of(one)) == "NetSuite has no item for TEE-BLK-M, Shopify line …."


def test_a_number_within_a_word_is_no_name() -> None:
    assert cause_of("SKU TEE-71-M of 71", ["71"]) == "SKU TEE-71-M of …"
