"""An order without the person behind it: what may stay once personal data must be erased.

Source: shopify.dev, privacy law compliance, customers/redact (read 2026-11-21).
"""

import re
from dataclasses import replace
from typing import Final

from ledgerloop.domain.order_store import Address, Buyer, Order

ERASED: Final = "erased"
"""Stands where personal text stood."""

_REFERENCE: Final = re.compile(r"[#A-Za-z]{0,12}[-#]?\d{1,20}")
"""An id or an order's name: says nothing about a person."""


def without_person(order: Order) -> Order:
    """The order with amounts, goods, ids, country and province, and nothing else about who bought it."""
    attributes = ((name, value if _REFERENCE.fullmatch(value) else ERASED) for name, value in order.note_attributes)
    return replace(
        order,
        buyer=Buyer(order.buyer.shopify_customer_id),
        shipping_address=_region(order.shipping_address),
        billing_address=_region(order.billing_address),
        note=ERASED if order.note else "",
        note_attributes=tuple(attributes),
    )


def _region(address: Address | None) -> Address | None:
    return None if address is None else Address(province=address.province, country=address.country)
