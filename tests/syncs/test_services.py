"""Lines that no item receipt takes in, such as services: never received, never missing, credited with the goods."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.documents import DocumentLine
from ledgerloop.domain.policy import Fields
from ledgerloop.domain.standing import standing
from ledgerloop.remotes.netsuite import parse
from ledgerloop.syncs import item_receipt_to_loop, item_receipt_to_netsuite, refund
from tests.support import cases
from tests.support.cases import (
    POLICY,
    authorization,
    case,
    code,
    draft,
    held,
    invoice,
    processed,
    receipt,
    refunded,
    returned,
    shop_order,
    sold,
    unit,
    usd,
)

TEE, WRAP = unit(), unit(2, shopify_line_id="12", sku="GIFTWRAP", price=usd("5.00"), tax=usd("0.40"))
ORDER = (cases.order(sold(), sold(2, shopify_line_id="12", sku="GIFTWRAP", item_id="502", amount=usd("5.00"))),)


def wrapping(**changes: Any) -> DocumentLine:
    return held(
        2, shopify_line_id="12", sku="GIFTWRAP", item_id="502", amount=usd("5.00"), **{"no_receipt": True, **changes}
    )


BILL = replace(invoice(total=usd("113.40")), lines=(held(), wrapping()))


def test_a_service_is_not_named_on_the_receipt_of_the_goods() -> None:
    mine = authorization(held(), wrapping(), total=usd("113.40"))
    seen = case(processed(TEE, WRAP), documents=(mine, BILL), orders=ORDER)
    lines = draft(item_receipt_to_netsuite.next_write(seen, POLICY)).lines
    assert [(one.source_line, one.received, one.quantity) for one in lines] == [(1, True, Decimal(1))]


def test_a_service_is_not_missing_when_the_warehouse_has_received_the_goods() -> None:
    mine = authorization(cases.received(), wrapping(), status="F", total=usd("113.40"))
    seen = case(returned(TEE, WRAP), documents=(mine, receipt(), BILL), orders=ORDER)
    assert draft(item_receipt_to_loop.next_write(seen, POLICY)).act == "process"


def test_goods_and_service_are_credited_together_and_nothing_is_closed_afterwards() -> None:
    money = {"orders": ORDER, "shop_order": shop_order(refunded("113.40"), total="113.40")}
    mine = authorization(cases.received(), wrapping(), status="F", total=usd("113.40"))
    wanted = draft(refund.next_write(case(processed(TEE, WRAP), documents=(mine, receipt(), BILL), **money), POLICY))
    assert (wanted.record_type, wanted.expected_total) == ("creditMemo", usd("113.40"))
    assert wanted.lines == ()

    one = Decimal(1)
    done = authorization(cases.received(refunded=one), wrapping(refunded=one), status="G", total=usd("113.40"))
    lines = standing(done, processed(TEE, WRAP), POLICY)
    assert isinstance(lines, tuple)
    assert [one for line in lines for one in (line.missing, line.spare, line.lost)] == [Decimal(0)] * 6


def test_a_service_that_was_closed_before_it_was_credited_is_lost() -> None:
    mine = authorization(cases.received(), wrapping(closed=True), status="F", total=usd("113.40"))
    money = {"orders": ORDER, "shop_order": shop_order(refunded("113.40"), total="113.40")}
    seen = case(processed(TEE, WRAP), documents=(mine, receipt(), BILL), **money)
    assert code(refund.next_write(seen, POLICY)) == "units_missing"


def test_without_a_service_goods_are_missing_as_before() -> None:
    mine = authorization(held(), wrapping(no_receipt=False), total=usd("113.40"))
    assert code(refund.next_write(case(processed(TEE, WRAP), documents=(mine, BILL), orders=ORDER), POLICY)) in (
        "goods_not_received",
        "refund_not_seen",
    )


ROW = {"line": "1", "item": "502", "quantity": "1", "foreignamount": "5"}


@pytest.mark.parametrize(
    ("itemtype", "sold_as", "no_receipt"),
    [
        ("InvtPart", {}, False),
        ("Kit", {"quantitybilled": "1"}, False),
        ("Service", {}, True),
        ("Service", {"quantitybilled": "-1"}, True),
        ("Service", {"quantitybilled": "-1", "quantityshiprecv": "-1"}, False),
        ("GiftCert", {}, True),
        ("NonInvtPart", {}, False),
        ("NonInvtPart", {"quantitybilled": "-1"}, True),
        ("NonInvtPart", {"quantitybilled": "-1", "quantityshiprecv": "-1"}, False),
    ],
)
def test_what_was_billed_without_being_shipped_comes_back_without_a_receipt(
    itemtype: str, sold_as: dict[str, str], no_receipt: bool
) -> None:
    row = {**ROW, "itemtype": itemtype}
    shipped = parse.shipped_items([{"type": "SalesOrd", "lines": [{**row, **sold_as}]}])
    stored = {"type": "RtnAuth", "id": "2001", "head": {}, "lines": [row]}
    (line,) = parse.document(stored, "USD", Fields(), shipped).lines
    assert line.no_receipt == no_receipt
    received = {**stored, "lines": [{**row, "quantityshiprecv": "1"}]}
    assert not parse.document(received, "USD", Fields(), shipped).lines[0].no_receipt


def test_what_the_bill_tells_of_shipping_is_not_asked() -> None:
    bill = {"type": "CashSale", "lines": [{**ROW, "itemtype": "NonInvtPart", "quantitybilled": "1"}]}
    assert parse.shipped_items([bill]) == {}
