"""Reads Loop's bodies: list row, details and webhook into one `Return`.

Ids come as text or number, moments in three spellings, money as text or number; unknown fields are ignored and unknown
values kept as shown.
Source: docs.loopreturns.com detailed returns list, return details, return webhook (read 2026-11-21).
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from ledgerloop.domain.money import Money
from ledgerloop.domain.returns import (
    Exchange,
    LoopRefund,
    ProcessingFailure,
    Return,
    ReturnLine,
    ReturnState,
    ReturnTotals,
)
from ledgerloop.remotes.loop.moments import moment_or_none, read_moment
from ledgerloop.remotes.loop.processed import View, flag, is_inferred, processed_at, rows, was_processed

STATES: Final = {
    **{state.value: state for state in ReturnState if state is not ReturnState.UNKNOWN},
    "needs review": ReturnState.REVIEW,
    "needs_review": ReturnState.REVIEW,
    "processing": ReturnState.OPEN,
    "partial": ReturnState.OPEN,
    "processed": ReturnState.CLOSED,
}
"""Loop's states and internal ones that leak. Assumed: processing and partial mean open, processed means closed."""

LABEL_ORDER: Final = (
    "pending",
    "new",
    "error",
    "failure",
    "pre_transit",
    "in_transit",
    "out_for_delivery",
    "delivered",
)
"""A parcel's way, least advanced first. Source: docs.loopreturns.com label webhook (read 2026-11-21)."""

LIST_ONLY: Final = ("was_processed", "outcomes_processed_at", "shopify_refund_object")
"""What no other view shows; kept from the list even where that is the older one."""


_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


def parse_return(
    list_view: View | None,
    details_view: View | None,
    failure: ProcessingFailure | None = None,
    *,
    list_seen_last: bool = False,
) -> Return:
    """Merge what the list and the details (or a webhook) show of one return; the newer one wins.

    Loop's moments are whole seconds: of two views of one second the one seen last wins (`list_seen_last`).
    Raises ValueError where a body is no return.
    """
    both = (list_view, details_view) if list_seen_last else (details_view, list_view)
    views = [view for view in both if view is not None]
    if not views:
        raise ValueError("no view of the return was given")
    for view in views:
        _must_hold(view, "id")
    if len({_id(view["id"]) for view in views}) > 1:
        raise ValueError(f"two different returns: {views[0]['id']} and {views[1]['id']}")
    newest_first = sorted(views, key=_age, reverse=True)
    merged = _merge(newest_first, list_view)
    _must_hold(merged, "created_at", "currency")
    shown = str(merged.get("state") or "").strip()
    state = STATES.get(shown.lower(), ReturnState.UNKNOWN)
    if shown.lower() == "processed":
        merged["was_processed"] = True
    list_state = STATES.get(str(list_view.get("state")).lower()) if list_view is not None else None
    return _build(merged, state, shown, was_processed(state, list_state, merged), failure)


class WebhookSubject(NamedTuple):
    """What a webhook is about. Only a hint: what it says is read again before anything is done."""

    topic: str
    loop_return_id: str | None
    shopify_order_id: str | None
    failure: ProcessingFailure | None


def subject_of_webhook(body: bytes | object, received_at: datetime) -> WebhookSubject:
    """Find the return, the original order and a processing failure in a webhook of any topic; never fails.

    A failure carries no time of its own, so it gets `received_at`.
    Source: docs.loopreturns.com webhook topics (read 2026-11-21).
    """
    try:
        view = json.loads(body) if isinstance(body, bytes) else body
    except (ValueError, RecursionError):
        view = None
    if not isinstance(view, Mapping):
        return WebhookSubject("", None, None, None)
    topic, trigger = _text(view, "topic"), _text(view, "trigger")
    of_return = view.get("id") if topic in ("return", "restock") else None
    failed = topic == "return.processing" or trigger == "return.processing.failed"
    message = _text(view, "message") or "Loop gave no reason"
    return WebhookSubject(
        topic or trigger,
        _id(view.get("return_id") or of_return) or None,
        _id(view.get("provider_order_id")) or None,
        ProcessingFailure(received_at, message) if failed else None,
    )


def _must_hold(view: View, *keys: str) -> None:
    for key in keys:
        if not view.get(key):
            raise ValueError(f"a Loop return without `{key}`: it holds {', '.join(sorted(view)[:8]) or 'nothing'}")


def _age(view: View) -> tuple[bool, datetime]:
    """Sort by last change; a view that does not tell it counts as the oldest."""
    updated_at = moment_or_none(view.get("updated_at"))
    return (updated_at is not None, updated_at or _EARLIEST)


def _merge(newest_first: list[View], list_view: View | None) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for view in reversed(newest_first):
        merged.update({key: value for key, value in view.items() if value is not None or key not in merged})
    for key in LIST_ONLY:
        if list_view is not None and list_view.get(key) is not None:
            merged[key] = list_view[key]
    return merged


def _build(
    merged: View, state: ReturnState, shown: str, processed: bool | None, failure: ProcessingFailure | None
) -> Return:
    currency = str(merged["currency"])
    label_status, tracking_number = _label(merged)
    return Return(
        loop_return_id=_id(merged["id"]),
        state=state,
        state_as_shown=shown,
        processed=processed,
        processed_at=processed_at(merged) if processed else None,
        created_at=_moment(merged, "created_at"),
        updated_at=moment_or_none(merged.get("updated_at")),
        edited_at=moment_or_none(merged.get("edited_at")),
        shopify_order_id=_id(merged.get("provider_order_id")),
        order_name=_text(merged, "order_name"),
        currency=currency,
        lines=tuple(_line(row, currency) for row in rows(merged, "line_items")),
        totals=_totals(merged, currency),
        refunds=_refunds(merged, currency),
        exchanges=tuple(_exchange(row, currency) for row in rows(merged, "exchanges")),
        outcome=_text(merged, "outcome"),
        destination_id=_id(merged.get("destination_id")),
        method_provider=_provider(merged.get("return_method")),
        label_status=label_status,
        tracking_number=tracking_number,
        status_page_url=_text(merged, "status_page_url"),
        multi_currency=flag(merged.get("multi_currency")) is True,
        failure=failure,
        inferred=bool(processed) and is_inferred(merged),
    )


def _line(row: View, currency: str) -> ReturnLine:
    if not row.get("line_item_id"):
        raise ValueError(f"a line of a Loop return without `line_item_id`: it holds {', '.join(sorted(row)[:8])}")
    return ReturnLine(
        loop_line_id=_id(row["line_item_id"]),
        shopify_line_id=_id(row.get("provider_line_item_id")),
        sku=_text(row, "sku"),
        title=_text(row, "title") or _text(row, "line_item_title"),
        price=_money(row, "price", currency),
        discount=_money(row, "discount", currency),
        tax=_money(row, "tax", currency),
        reason=_text(row, "return_reason"),
        parent_reason=_text(row, "parent_return_reason"),
        outcome=_text(row, "outcome"),
        shopify_restock_location_id=_id(row.get("provider_restock_location_id")),
        disposition=_inner(row.get("disposition"), "disposition_outcome"),
        condition=_inner(row.get("condition"), "condition_category"),
    )


def _totals(merged: View, currency: str) -> ReturnTotals:
    return ReturnTotals(
        product=_money(merged, "return_product_total", currency),
        discount=_money(merged, "return_discount_total", currency),
        tax=_money(merged, "return_tax_total", currency),
        return_total=_money(merged, "return_total", currency),
        exchange_total=_money(merged, "exchange_total", currency),
        exchange_credit=_money(merged, "exchange_credit_total", currency),
        gift_card=_money(merged, "gift_card", currency),
        handling_fee=_money(merged, "handling_fee", currency),
        refund=_money(merged, "refund", currency),
        upsell=_money(merged, "upsell", currency),
        exchange_product=_shown(merged, "exchange_product_total", currency),
        exchange_discount=_shown(merged, "exchange_discount_total", currency),
        exchange_tax=_shown(merged, "exchange_tax_total", currency),
    )


def _refunds(merged: View, currency: str) -> tuple[LoopRefund, ...]:
    """Refunds with gateway and amount, then those of which only the list's key is known."""
    full = tuple(
        LoopRefund(
            _id(row.get("provider_refund_id")),
            _text(row, "gateway"),
            _money(row, "amount", str(row.get("currency") or currency)),
        )
        for row in rows(merged, "refunds")
    )
    known = {refund.shopify_refund_id for refund in full}
    keys = dict.fromkeys(_id(row.get("provider_refund_id")) for row in rows(merged, "shopify_refund_object"))
    return full + tuple(LoopRefund(key) for key in keys if key and key not in known)


def _exchange(row: View, currency: str) -> Exchange:
    return Exchange(
        exchange_id=_id(row.get("exchange_id")),
        sku=_text(row, "sku"),
        total=_money(row, "total", currency),
        shopify_order_id=_id(row.get("exchange_order_id")),
        order_name=_text(row, "exchange_order_name"),
    )


def _label(merged: View) -> tuple[str, str]:
    """Status and tracking number of the parcel that has come least far; the flat fields show the first one only."""
    labels = [row for row in rows(merged, "labels") if _text(row, "status")]
    if not labels:
        return _text(merged, "label_status"), _text(merged, "tracking_number")
    slowest = min(labels, key=_advance)
    return _text(slowest, "status"), _text(slowest, "tracking_number") or _text(merged, "tracking_number")


def _advance(label: View) -> int:
    """How far a parcel has come; -1 for a status not documented."""
    status = _text(label, "status")
    return LABEL_ORDER.index(status) if status in LABEL_ORDER else -1


def _provider(method: object) -> str:
    return _inner(method, "provider").lower() if isinstance(method, dict) else _clean(method).lower()


def _inner(value: object, key: str) -> str:
    """Read a field of an object that may be null, or plain text in its place."""
    return _text(value, key) if isinstance(value, dict) else _clean(value)


def _moment(view: View, key: str) -> datetime:
    moment = read_moment(view.get(key))
    if moment is None:
        raise ValueError(f"a Loop return without `{key}`")
    return moment


def _money(view: View, key: str, currency: str) -> Money:
    return Money.of(_clean(view.get(key)) or "0", currency)


def _shown(view: View, key: str, currency: str) -> Money | None:
    """An amount that Loop may leave out."""
    return _money(view, key, currency) if _clean(view.get(key)) else None


def _text(view: View, key: str) -> str:
    return _clean(view.get(key))


def _clean(value: object) -> str:
    """Text of a value; None and Loop's "N/A" are empty."""
    text = "" if value is None else str(value).strip()
    return "" if text == "N/A" else text


def _id(value: object) -> str:
    """An id as text, whatever type Loop chose this time."""
    return _clean(value)
