"""Takes orders into the order store: from webhooks' bodies, from lists and from bulk files; says which concern us."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from ledgerloop.domain.channels import LOOP_GIFT_CARD
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import channel_of, channel_of_source, may_be_exchange, shipping_method
from ledgerloop.remotes.shopify.plain import id_of, inner, label, moment
from ledgerloop.store.order_store import LightOrder
from ledgerloop.store.order_writing import Incoming

ALL: Final = "*"
"""Stands in `order_channels` for every channel."""


def incoming(order: Order, policy: Policy, raw: bytes | Mapping[str, Any], source: str) -> Incoming:
    """A version of an order with its channel and shipping method, as the mappings are now."""
    channel = channel_of(order, policy.channels)
    return Incoming(order, channel, shipping_method(order, channel), raw, source)


def is_sent(channel: str, policy: Policy) -> bool:
    """Whether orders of this channel are to be sent to NetSuite; those of unknown sources are asked about, with `*`."""
    return channel != LOOP_GIFT_CARD and (ALL in policy.order_channels or channel in policy.order_channels)


def is_unclear(one: Incoming, policy: Policy) -> bool:
    """Whether an order is to be looked at though it is not sent: a person must say whether it is an exchange order."""
    return may_be_exchange(one.order, one.channel, policy)


def is_old(ordered_at: datetime | None, policy: Policy) -> bool:
    """Whether an order is older than the cut-over; one of unknown age is not."""
    return ordered_at is not None and ordered_at.astimezone(policy.time_zone).date() < policy.returns_from


def light_order(row: Mapping[str, Any], policy: Policy) -> LightOrder:
    """An order as the list of updated orders shows it. Raises ValueError where it has no id or no date."""
    order_id, updated_at = id_of(row.get("id")), moment(row.get("updatedAt"))
    if not order_id or updated_at is None:
        raise ValueError("an order in Shopify's list without id or updatedAt")
    app = inner(row, "app")
    name, source_name, app_id = label(row.get("name")), label(row.get("sourceName")), _digits(app.get("id"))
    return LightOrder(
        order_id=order_id,
        name=name,
        channel=channel_of_source(source_name, app_id, name, policy.channels, app_title=label(app.get("name"))),
        source_name=source_name,
        app_id=app_id,
        test=row.get("test") is True,
        created_at=moment(row.get("createdAt")),
        processed_at=moment(row.get("processedAt")),
        updated_at=updated_at,
        fulfillment_status=label(row.get("displayFulfillmentStatus")).upper(),
    )


def to_read(seen: Collection[LightOrder], policy: Policy) -> set[str]:
    """Which of these orders must be read whole because they may be sent: their channel, their age, and no tests."""
    return {
        one.order_id
        for one in seen
        if is_sent(one.channel, policy) and not one.test and not is_old(one.processed_at or one.created_at, policy)
    }


def _digits(gid: object) -> str:
    try:
        return id_of(gid)
    except ValueError:
        return ""
