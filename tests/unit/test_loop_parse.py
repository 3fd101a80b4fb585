"""What Loop shows becomes a `Return`: two views, three spellings of time, ids of any type."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ledgerloop.domain.money import Money
from ledgerloop.domain.returns import LoopRefund, ProcessingFailure, ReturnState
from ledgerloop.remotes.loop.moments import read_moment, write_moment
from ledgerloop.remotes.loop.parse import WebhookSubject, parse_return, subject_of_webhook
from tests.support.scripted import sample

NOON = datetime(2026, 3, 12, 12, 0, tzinfo=UTC)


def usd(amount: str) -> Money:
    return Money.of(amount, "USD")


def listed(**changes: Any) -> dict[str, Any]:
    return {**sample("loop/list_closed_exchange.json"), **changes}


def detailed(**changes: Any) -> dict[str, Any]:
    """Details of the same return as `listed`: what only the list shows is missing."""
    view = listed(id=48210077, updated_at="2026-03-11 09:30:02", **changes)
    return {key: value for key, value in view.items() if key not in LIST_ONLY or key in changes}


LIST_ONLY = ("was_processed", "outcomes_processed_at", "shopify_refund_object")


def test_a_row_of_the_list_is_read_whole() -> None:
    seen = parse_return(listed(), None)

    assert (seen.loop_return_id, seen.shopify_order_id, seen.order_name) == ("48210077", "5821447739602", "#10482")
    assert (seen.state, seen.state_as_shown, seen.processed) == (ReturnState.CLOSED, "closed", True)
    assert seen.processed_at == datetime(2026, 3, 11, 9, 29, 58, tzinfo=UTC)
    assert seen.created_at == datetime(2026, 3, 2, 18, 4, 11, tzinfo=UTC)
    assert seen.updated_at == datetime(2026, 3, 11, 9, 30, 2, tzinfo=UTC)
    assert seen.edited_at is None
    assert [line.loop_line_id for line in seen.lines] == ["71000001", "71000002"]
    assert [line.why for line in seen.lines] == ["Didn't fit / Too small", "Too small"]
    first = seen.lines[0]
    assert (first.shopify_line_id, first.sku, first.title) == ("14802233445566", "TEE-BLK-M", "Tee")
    assert (first.price, first.discount, first.tax) == (usd("90"), usd("10"), usd("6.40"))
    assert (first.shopify_restock_location_id, first.condition, first.disposition) == (
        "61234",
        "grade_a",
        "back_to_stock",
    )
    assert seen.promised == seen.totals.return_total == usd("172.80")
    assert (seen.totals.exchange_credit, seen.totals.refund, seen.totals.upsell) == (
        usd("86.40"),
        usd("86.40"),
        usd("0"),
    )
    assert seen.refunds == (LoopRefund("981122334455"),)
    assert (seen.exchanges[0].shopify_order_id, seen.exchanges[0].order_name) == ("5822990011223", "EXC-10482")
    assert (seen.destination_id, seen.label_status, seen.tracking_number) == ("2207", "delivered", "9400110")


def test_details_with_numbers_for_ids_and_money_are_read() -> None:
    seen = parse_return(None, sample("loop/details_open.json"))

    assert (seen.loop_return_id, seen.shopify_order_id, seen.state) == ("48210099", "5821447739777", ReturnState.OPEN)
    assert seen.created_at == datetime(2026, 3, 5, 10, 15, tzinfo=UTC)
    assert (seen.processed, seen.processed_at, seen.multi_currency) == (False, None, True)
    assert seen.lines[0].price == usd("100.10")
    assert seen.lines[0].discount == usd("0.10")
    assert (seen.lines[0].sku, seen.lines[0].title, seen.lines[0].shopify_line_id) == ("", "Lamp", "14802233440001")
    assert seen.is_pos


def test_of_several_parcels_the_one_that_came_least_far_counts() -> None:
    seen = parse_return(None, sample("loop/details_open.json"))

    assert (seen.label_status, seen.tracking_number) == ("in_transit", "A2")


def test_a_label_status_not_documented_is_never_taken_for_delivered() -> None:
    labels = [{"status": "delivered"}, {"status": "lost_at_sea", "tracking_number": "A3"}]
    seen = parse_return(None, {**sample("loop/details_open.json"), "labels": labels})

    assert (seen.label_status, seen.tracking_number) == ("lost_at_sea", "A3")


def test_no_label_is_shown_as_not_available() -> None:
    seen = parse_return(listed(label_status="N/A", tracking_number="", labels=None), None)

    assert (seen.label_status, seen.tracking_number) == ("", "")


@pytest.mark.parametrize(
    ("shown", "moment"),
    [
        ("2026-03-02T18:04:11.000Z", datetime(2026, 3, 2, 18, 4, 11, tzinfo=UTC)),
        ("2026-03-02T18:04:11Z", datetime(2026, 3, 2, 18, 4, 11, tzinfo=UTC)),
        ("2026-03-02T13:04:11-05:00", datetime(2026, 3, 2, 18, 4, 11, tzinfo=UTC)),
        ("2026-03-02 18:04:11", datetime(2026, 3, 2, 18, 4, 11, tzinfo=UTC)),
        (
            {"date": "2026-03-02 18:04:11.250000", "timezone_type": 3, "timezone": "UTC"},
            datetime(2026, 3, 2, 18, 4, 11, 250000, tzinfo=UTC),
        ),
        (
            {"date": "2026-07-02 18:04:11.000000", "timezone_type": 3, "timezone": "America/New_York"},
            datetime(2026, 7, 2, 22, 4, 11, tzinfo=UTC),
        ),
        (
            {"date": "2026-03-02 18:04:11.000000", "timezone_type": 1, "timezone": "-05:00"},
            datetime(2026, 3, 2, 23, 4, 11, tzinfo=UTC),
        ),
        (
            {"date": "2026-03-02 18:04:11.000000", "timezone_type": 2, "timezone": "Z"},
            datetime(2026, 3, 2, 18, 4, 11, tzinfo=UTC),
        ),
        (1772474651, datetime(2026, 3, 2, 18, 4, 11, tzinfo=UTC)),
        (1772474651.25, datetime(2026, 3, 2, 18, 4, 11, 250000, tzinfo=UTC)),
        (1772474651250, datetime(2026, 3, 2, 18, 4, 11, 250000, tzinfo=UTC)),
        (None, None),
        ("", None),
        ("N/A", None),
    ],
)
def test_every_spelling_of_a_moment_is_read_as_utc(shown: object, moment: datetime | None) -> None:
    assert read_moment(shown) == moment


@pytest.mark.parametrize(
    "shown",
    [
        "yesterday",
        True,
        0,
        float("nan"),
        1e30,
        ["2026-03-02"],
        "0001-01-01T00:00:00+05:00",
        {"date": "2026-03-02 18:04:11", "timezone": "Atlantis/Lost"},
        {"date": "2026-03-02 18:04:11", "timezone": "+99:00"},
    ],
)
def test_what_is_no_moment_is_refused(shown: object) -> None:
    with pytest.raises(ValueError, match=r"point in time|time zone|isoformat|strictly between"):
        read_moment(shown)


@pytest.mark.parametrize(
    ("shown", "processed", "at"),
    [
        (1773221398, True, datetime(2026, 3, 11, 9, 29, 58, tzinfo=UTC)),
        ("last week", True, None),
        (True, True, None),
        ("N/A", None, None),
        ({"date": None, "timezone": "UTC"}, None, None),
    ],
)
def test_an_outcome_at_a_moment_that_cannot_be_read_is_an_outcome_nevertheless(
    shown: object, processed: bool | None, at: datetime | None
) -> None:
    outcomes = {"return_processed": shown}
    silent = {"was_processed": None, "shopify_refund_object": None, "refunds": None, "exchanges": None}
    seen = parse_return(listed(outcomes_processed_at=outcomes, gift_card="0", **silent), None)

    assert (seen.processed, seen.processed_at) == (processed, at)


def test_a_return_can_do_without_the_moments_of_its_changes() -> None:
    seen = parse_return(listed(updated_at="soon", edited_at=[1]), None)

    assert (seen.updated_at, seen.edited_at, seen.state) == (None, None, ReturnState.CLOSED)


def test_moments_are_sent_with_a_z() -> None:
    assert write_moment(datetime.fromisoformat("2026-01-01T01:30:00+01:00")) == "2026-01-01T00:30:00.000Z"


@pytest.mark.parametrize(
    ("shown", "state", "processed"),
    [
        ("open", ReturnState.OPEN, False),
        ("review", ReturnState.REVIEW, False),
        ("needs review", ReturnState.REVIEW, False),
        ("processing", ReturnState.OPEN, False),
        ("partial", ReturnState.OPEN, False),
        ("processed", ReturnState.CLOSED, True),
        ("closed", ReturnState.CLOSED, None),
        ("cancelled", ReturnState.CANCELLED, False),
        ("expired", ReturnState.EXPIRED, False),
        ("hibernating", ReturnState.UNKNOWN, None),
    ],
)
def test_states_and_what_they_say_of_processing(shown: str, state: ReturnState, processed: bool | None) -> None:
    seen = parse_return(None, {**sample("loop/details_open.json"), "state": shown})

    assert (seen.state, seen.state_as_shown, seen.processed) == (state, shown, processed)


INSTANT = {"return_processed": None, "exchange_processed": "2026-03-11 09:00:00"}
"""An instant exchange: its order was made before anything came back."""

NOTHING_ISSUED: dict[str, Any] = {"outcomes_processed_at": None, "shopify_refund_object": [], "exchanges": []}


@pytest.mark.parametrize(
    ("row", "processed"),
    [
        ({"was_processed": True, **NOTHING_ISSUED}, True),
        ({"was_processed": False, **NOTHING_ISSUED}, False),
        ({"was_processed": False, "outcomes_processed_at": None, "gift_card": "20.00"}, False),
        (
            {
                "was_processed": None,
                **NOTHING_ISSUED,
                "outcomes_processed_at": {"gift_card_processed": "2026-03-11 09:00:00"},
            },
            True,
        ),
        ({"was_processed": None, **NOTHING_ISSUED, "outcomes_processed_at": {"gift_card_processed": True}}, True),
        ({"was_processed": None, **NOTHING_ISSUED, "outcomes_processed_at": {"gift_card_processed": None}}, None),
        ({"was_processed": None, **NOTHING_ISSUED, "shopify_refund_object": [{"provider_refund_id": 9}]}, True),
        ({"was_processed": None, **NOTHING_ISSUED, "exchanges": [{"exchange_order_id": "58229", "total": "1"}]}, True),
        ({"was_processed": None, **NOTHING_ISSUED, "exchanges": [{"exchange_order_id": "5821447739602"}]}, None),
        ({"was_processed": None, **NOTHING_ISSUED, "outcomes_processed_at": INSTANT}, True),
        ({"was_processed": False, **NOTHING_ISSUED, "outcomes_processed_at": INSTANT}, False),
        ({"was_processed": False, **NOTHING_ISSUED, "outcomes_processed_at": INSTANT, "state": "expired"}, False),
        ({"was_processed": False, **NOTHING_ISSUED, "outcomes_processed_at": INSTANT, "state": "cancelled"}, False),
        ({"was_processed": None, **NOTHING_ISSUED, "gift_card": "20.00"}, True),
        (
            {
                "was_processed": None,
                **NOTHING_ISSUED,
                "gift_card": "20.00",
                "outcomes_processed_at": {"return_processed": None, "gift_card_processed": None},
            },
            None,
        ),
        ({"was_processed": None, **NOTHING_ISSUED}, None),
        ({"was_processed": True, "state": "open"}, False),
        ({"was_processed": None, "state": "review"}, False),
    ],
)
def test_closed_is_processed_only_by_what_the_list_shows(row: dict[str, Any], processed: bool | None) -> None:
    assert parse_return(listed(**row), None).processed is processed


@pytest.mark.parametrize(
    ("row", "inferred"),
    [
        ({"was_processed": True}, False),
        ({"outcomes_processed_at": None, "exchanges": [], "gift_card": "20.00"}, False),
        ({"was_processed": None, **NOTHING_ISSUED, "shopify_refund_object": [{"provider_refund_id": 9}]}, False),
        ({"was_processed": None, **NOTHING_ISSUED, "gift_card": "20.00"}, True),
        ({"was_processed": None, **NOTHING_ISSUED, "outcomes_processed_at": INSTANT}, True),
        ({"was_processed": None, **NOTHING_ISSUED}, False),
    ],
)
def test_what_is_concluded_from_planned_values_is_said_to_be(row: dict[str, Any], inferred: bool) -> None:
    assert parse_return(listed(**row), None).inferred is inferred


@pytest.mark.parametrize(
    ("changes", "processed"),
    [
        (
            {"exchanges": [], "refunds": [{"provider_refund_id": 9, "amount": 86.4, "gateway": "shopify_payments"}]},
            True,
        ),
        ({"exchanges": [], "refunds": [{"gateway": "manual", "amount": "0.00"}]}, None),
        ({"exchanges": [], "gift_card": "20.00"}, None),
        ({}, None),
    ],
)
def test_without_the_list_planned_values_prove_nothing(changes: dict[str, Any], processed: bool | None) -> None:
    assert parse_return(None, detailed(**changes)).processed is processed


def test_a_list_read_while_the_return_was_open_does_not_make_it_closed_by_hand() -> None:
    older = listed(state="open", updated_at="2026-03-10T00:00:00.000Z", was_processed=False, **NOTHING_ISSUED)
    seen = parse_return(older, detailed(exchanges=[]))

    assert (seen.state, seen.processed) == (ReturnState.CLOSED, None)


def test_the_newer_view_gives_state_and_amounts_the_other_what_is_missing() -> None:
    refunds = [{"provider_refund_id": 981122334455, "gateway": "shopify_payments", "amount": 86.4, "currency": "USD"}]
    details = detailed(state="open", refund="1.00", refunds=refunds, status_page_url="https://example.com/s")
    details["updated_at"] = "2026-03-10 00:00:00"
    seen = parse_return(listed(status_page_url=None), details)

    assert (seen.state, seen.totals.refund, seen.processed) == (ReturnState.CLOSED, usd("86.40"), True)
    assert seen.refunds == (LoopRefund("981122334455", "shopify_payments", usd("86.40")),)
    assert seen.status_page_url == "https://example.com/s"


def test_newer_details_win_over_the_list() -> None:
    details = detailed(state="cancelled", destination_id=None)
    details["updated_at"] = "2026-03-12 00:00:00"
    seen = parse_return(listed(was_processed=False, **NOTHING_ISSUED), details)

    assert (seen.state, seen.destination_id, seen.processed) == (ReturnState.CANCELLED, "2207", False)


def test_a_webhook_body_without_updated_at_is_the_older_view() -> None:
    webhook = {**detailed(state="open"), "topic": "return"}
    del webhook["updated_at"]

    assert parse_return(listed(), webhook).state is ReturnState.CLOSED


def test_a_refund_of_another_currency_keeps_it() -> None:
    refunds = [{"provider_refund_id": "1", "amount": "12", "currency": "CAD", "gateway": "paypal"}]

    assert parse_return(None, detailed(refunds=refunds)).refunds[0].amount == Money(Decimal(12), "CAD")


def test_a_failure_travels_with_the_return() -> None:
    failure = ProcessingFailure(NOON, "Out of stock")

    assert parse_return(listed(), None, failure).failure == failure


@pytest.mark.parametrize("key", ["id", "created_at", "currency"])
def test_a_body_that_is_no_return_is_refused_by_name(key: str) -> None:
    with pytest.raises(ValueError, match=f"without `{key}`"):
        parse_return({name: value for name, value in listed().items() if name != key}, None)


@pytest.mark.parametrize("shown", ["NaN", "Infinity", "1,250.00", "a lot"])
def test_what_is_no_amount_of_money_is_refused(shown: str) -> None:
    with pytest.raises(ValueError, match="not an amount of money"):
        parse_return(listed(gift_card=shown), None)


def test_a_line_without_its_id_is_refused() -> None:
    with pytest.raises(ValueError, match="without `line_item_id`"):
        parse_return(listed(line_items=[{"sku": "A"}]), None)


def test_views_of_two_returns_are_not_merged() -> None:
    with pytest.raises(ValueError, match="two different returns"):
        parse_return(listed(id="1"), detailed())


def test_no_view_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="no view"):
        parse_return(None, None)


@pytest.mark.parametrize(
    ("body", "subject"),
    [
        (
            {
                "topic": "return",
                "trigger": "return.updated",
                "id": "48210077",
                "provider_order_id": 5821447739602,
                "order_id": 9,
            },
            WebhookSubject("return", "48210077", "5821447739602", None),
        ),
        (
            {
                "topic": "return.processing",
                "trigger": "return.processing.failed",
                "return_id": 48210077,
                "message": "No stock",
            },
            WebhookSubject("return.processing", "48210077", None, ProcessingFailure(NOON, "No stock")),
        ),
        (
            {"topic": "return.processing", "trigger": "return.processing.failed", "return_id": 7, "message": None},
            WebhookSubject("return.processing", "7", None, ProcessingFailure(NOON, "Loop gave no reason")),
        ),
        (
            {"topic": "label", "trigger": "label.updated", "id": 5, "return_id": "48210077", "provider_order_id": "58"},
            WebhookSubject("label", "48210077", "58", None),
        ),
        ({"topic": "label", "id": 5}, WebhookSubject("label", None, None, None)),
        ({"topic": "restock", "id": 48210077}, WebhookSubject("restock", "48210077", None, None)),
        ({"topic": "label.request", "id": 3, "return_id": 4}, WebhookSubject("label.request", "4", None, None)),
        ({"trigger": "giftcard.requested"}, WebhookSubject("giftcard.requested", None, None, None)),
        (b'{"topic": "return", "id": 1}', WebhookSubject("return", "1", None, None)),
        (b"not json", WebhookSubject("", None, None, None)),
        (b"\xff\xfe", WebhookSubject("", None, None, None)),
        ([1], WebhookSubject("", None, None, None)),
        (None, WebhookSubject("", None, None, None)),
    ],
)
def test_a_webhook_names_its_return_its_order_and_its_failure(body: object, subject: WebhookSubject) -> None:
    assert subject_of_webhook(body, NOON) == subject
