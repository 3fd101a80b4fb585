"""What starts, holds back or redirects a return: its state in Loop, the merchant's policy, the account's settings."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from tests.acceptance.trade import TEE, Trade, dec
from tests.support.keys import rsa_key
from tests.support.soak import rest_in_the_soak

ZONES = ("America/Los_Angeles", "America/New_York", "UTC", "Asia/Tokyo")


def test_a_return_in_review_is_authorised_but_neither_processed_nor_refunded(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.act("flag_in_loop", return_id=return_id)

    trade.sync()
    trade.receive(return_id)
    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}
    assert trade.loop(return_id)["calls"].get("process") is None

    trade.act("review_done", return_id=return_id)
    trade.until_done()
    assert trade.loop(return_id)["calls"]["process"] == 1
    assert trade.record("creditMemo")["total"] == "108.00"


def test_a_return_in_review_is_left_alone_where_the_merchant_says_so(trade: Trade) -> None:
    trade.policy('statuses = ["open", "closed"]')
    return_id = trade.wants_back(trade.order())
    trade.act("flag_in_loop", return_id=return_id)

    trade.sync()

    assert trade.records() == []


@pytest.mark.parametrize("ended", ["cancel_in_loop", "expire_in_loop", "close_in_loop"])
def test_a_return_that_ended_without_outcome_starts_nothing(trade: Trade, ended: str) -> None:
    return_id = trade.wants_back(trade.order())
    trade.act(ended, return_id=return_id)

    trade.sync()

    assert trade.records() == []
    assert trade.said(return_id) == {}


def test_a_return_closed_by_hand_after_it_was_authorised_is_never_refunded(trade: Trade) -> None:
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.act("close_in_loop", return_id=return_id)

    trade.sync()

    assert trade.totals().keys() == {"returnAuthorization"}


def test_returns_before_the_cut_over_are_left_alone(trade: Trade) -> None:
    week_ago = datetime.now(UTC) - timedelta(days=7)
    trade.policy(f'returns_from = "{(datetime.now(UTC) - timedelta(days=2)).date()}"')
    old = trade.wants_back(trade.order(created_at=_iso(week_ago)), created_at=_iso(week_ago + timedelta(hours=1)))
    trade.process_by_hand(old)
    new = trade.wants_back(trade.order("#1002"))

    trade.sync()

    assert [one["externalId"] for one in trade.records()] == [f"LOOP-RA-{new}"]


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_receive_loop_goods_received_in_netsuite_do_not_process_the_return(trade: Trade) -> None:
    trade.policy('receive = "loop"')
    return_id = trade.wants_back(trade.order())
    trade.sync()
    trade.receive(return_id)

    trade.sync()

    assert trade.loop(return_id)["calls"] == {}


def test_receive_netsuite_a_return_processed_in_loop_waits_for_the_warehouse(trade: Trade) -> None:
    trade.policy('receive = "netsuite"')
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)

    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization"}
    assert trade.said(return_id) == {"refund": "goods_not_received"}

    trade.receive(return_id)
    trade.sync()
    assert trade.record("customerRefund")["total"] == "108.00"


def test_receive_both_whoever_is_first_leads(trade: Trade) -> None:
    by_warehouse, by_loop = trade.wants_back(trade.order("#1001")), trade.wants_back(trade.order("#1002"))
    trade.sync()
    trade.receive(by_warehouse)
    trade.process_by_hand(by_loop)
    trade.until_done()

    assert trade.loop(by_warehouse)["calls"] == {"process": 1}
    assert trade.loop(by_loop)["calls"] == {}
    assert len(trade.records("itemReceipt")) == len(trade.records("customerRefund")) == 2
    assert trade.books() == {}


def test_goods_are_received_on_delivery_where_the_merchant_wants_it_so(trade: Trade) -> None:
    trade.policy('receive_when = "delivered"')
    return_id = trade.wants_back(trade.order())
    trade.act("set_label", return_id=return_id, status="in_transit")
    trade.process_by_hand(return_id)

    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization"}
    assert "goods_in_transit" in trade.codes(return_id)

    trade.act("set_label", return_id=return_id, status="delivered")
    trade.sync()
    assert trade.record("customerRefund")["total"] == "108.00"


def test_a_pending_refund_is_waited_for_and_goes_on_when_the_money_has_left(trade: Trade) -> None:
    order = trade.order()
    return_id = trade.wants_back(order)
    trade.act("loop_settings", refund_status="PENDING")
    trade.process_by_hand(return_id)

    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization", "itemReceipt"}
    assert trade.said(return_id) == {"refund": "refund_pending"}

    trade.act("settle_refund", order_id=order["order_id"])
    trade.sync()
    assert trade.record("customerRefund")["total"] == "108.00"
    assert trade.said(return_id) == {}


def test_a_gateway_that_is_mapped_nowhere_needs_attention_and_no_money_is_paid_out(trade: Trade) -> None:
    trade.rewrite(('default = "9"\nshopify_payments', "shopify_payments"))
    return_id = trade.wants_back(trade.order(gateway="afterpay"))
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.records("customerRefund") == []
    assert trade.codes(return_id) == {"gateway_unmapped"}
    assert "afterpay" in trade.finding(return_id, "gateway_unmapped")


def test_a_split_tender_is_paid_out_by_one_customer_refund_each(trade: Trade) -> None:
    trade.rewrite(('loop_exchange_credit = "12"', 'loop_exchange_credit = "12"\ngift_card = "13"'))
    order = trade.order(payments=[["gift_card", "48.00"], ["shopify_payments", "60.00"]])
    return_id = trade.wants_back(order)
    before = trade.books()
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.totals()["customerRefund"] == ["48.00", "60.00"]
    assert trade.record("creditMemo")["amountRemaining"] == "0.00"
    moved = trade.moved(before)
    assert (moved["bank"], moved["gift_card_liability"]) == tuple(dec(a="-60.00", b="-48.00").values())
    assert trade.said(return_id) == {}


def _last_month() -> tuple[str, str, str]:
    """A day of last month, its month, and the first day of this month."""
    first = datetime.now(UTC).date().replace(day=1)
    day = first - timedelta(days=10)
    return day.isoformat(), day.strftime("%Y-%m"), first.isoformat()


def test_what_belongs_to_a_closed_month_is_posted_on_the_first_open_day_with_the_original_date(trade: Trade) -> None:
    day, month, first = _last_month()
    trade.sandbox.control("POST", "/clock", offset_s=_seconds_back_to(day))
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)
    trade.sandbox.control("POST", "/clock", offset_s=0)
    trade.act("close_period", month=month)

    trade.sync()

    assert trade.record("returnAuthorization")["tranDate"] == day, "an authorization posts nothing"
    for kind in ("itemReceipt", "creditMemo", "customerRefund"):
        assert trade.record(kind)["tranDate"] == first
        assert day in trade.record(kind)["memo"]
    assert trade.said(return_id) == {}


def test_where_closed_months_are_held_nothing_is_tried_until_the_month_is_open_again(trade: Trade) -> None:
    trade.policy('closed_period = "hold"')
    day, month, _ = _last_month()
    trade.sandbox.control("POST", "/clock", offset_s=_seconds_back_to(day))
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)
    trade.sandbox.control("POST", "/clock", offset_s=0)
    trade.act("close_period", month=month)

    trade.sync()
    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization"}
    assert "period_closed" in trade.codes(return_id)
    assert len(trade.sandbox.writes("netsuite")) == 1

    trade.act("close_period", month=month, reopen=True)
    trade.sync()
    assert trade.record("creditMemo")["tranDate"] == day
    assert trade.said(return_id) == {}


def _seconds_back_to(day: str) -> float:
    noon = datetime.fromisoformat(f"{day}T17:00:00+00:00")
    return (noon - datetime.now(UTC)).total_seconds()


def test_an_account_with_token_based_authentication_works_the_same(trade: Trade) -> None:
    tba = {name: f"{name}-of-the-merchant" for name in ("consumer_key", "consumer_secret", "token_id", "token_secret")}
    trade.sandbox.control("POST", "/netsuite/tba", **tba)
    credentials = trade.sandbox.urls["credentials"]
    trade.rewrite(
        (f'client_id = "{credentials["netsuite_client_id"]}"\n', ""),
        (f'certificate_id = "{credentials["netsuite_certificate_id"]}"\n', ""),
        ('private_key = "file:netsuite.pem"', "\n".join(f'{name} = "{value}"' for name, value in tba.items())),
    )
    trade.process_by_hand(trade.wants_back(trade.order()))

    trade.sync()

    assert trade.record("customerRefund")["total"] == "108.00"
    assert not [one for one in trade.sandbox.log("netsuite")["requests"] if one["path"].endswith("/token")]


def test_an_rsa_certificate_signs_with_ps256(trade: Trade) -> None:
    private = rsa_key()
    key = load_pem_private_key(private.encode(), None).public_key()
    public = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    credentials = trade.sandbox.urls["credentials"]
    client_id, old = credentials["netsuite_client_id"], credentials["netsuite_certificate_id"]
    trade.sandbox.control(
        "POST", "/netsuite/certificates", certificate_id="rsa-certificate", client_id=client_id, public_key=public
    )
    (trade.folder / "netsuite.pem").write_text(private)
    trade.rewrite((f'certificate_id = "{old}"', 'certificate_id = "rsa-certificate"'))
    trade.process_by_hand(trade.wants_back(trade.order()))

    trade.sync()

    assert trade.record("customerRefund")["total"] == "108.00"


@pytest.mark.parametrize("zone", rest_in_the_soak(ZONES, "Asia/Tokyo"))
def test_whatever_zone_suiteql_speaks_no_change_is_lost(trade: Trade, zone: str) -> None:
    trade.sandbox.control("POST", "/netsuite/settings", suiteql_zone=zone)
    return_id = trade.wants_back(trade.order())
    trade.sync()
    for _ in range(2):
        trade.sync()

    trade.receive(return_id)
    trade.sync()

    assert trade.loop(return_id)["calls"] == {"process": 1}


def test_a_second_shop_writes_under_its_own_prefix(trade: Trade) -> None:
    trade.rewrite(('id = "main"', 'id = "main"\nexternal_id_prefix = "EU-"'))
    return_id = trade.wants_back(trade.order())
    trade.process_by_hand(return_id)

    trade.sync()

    assert sorted(one["externalId"] for one in trade.records()) == [
        f"EU-LOOP-CM-{return_id}-1",
        f"EU-LOOP-IR-{return_id}-1",
        f"EU-LOOP-RA-{return_id}",
        f"EU-LOOP-RF-{return_id}-1",
    ]


def test_goods_with_lots_are_received_by_hand_and_then_it_goes_on(trade: Trade) -> None:
    lines = [{"sku": "LOT-1", "quantity": 1, "price": "50.00", "tax_rate": "0.08"}]
    return_id = trade.wants_back(trade.order(lines=lines))
    trade.process_by_hand(return_id)

    trade.sync()
    assert trade.totals().keys() == {"returnAuthorization"}
    assert "receive_by_hand" in trade.codes(return_id)

    trade.receive(return_id)
    trade.sync()
    assert trade.record("customerRefund")["total"] == "54.00"
    assert trade.said(return_id) == {}


def test_with_the_shadow_run_nothing_is_written_anywhere_and_show_says_what_would_be(trade: Trade) -> None:
    trade.policy('writes = "off"')
    return_id = trade.wants_back(trade.order(lines=[TEE]))
    trade.process_by_hand(return_id)

    trade.sync()

    assert trade.writes() == {"loop": 0, "shopify": 0, "netsuite": 0}
    assert "writes_off" in trade.codes(return_id)
