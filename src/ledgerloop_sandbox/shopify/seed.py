"""What a fresh shop holds: locations and a catalogue."""

from __future__ import annotations

from .state import ShopifyState

MAIN_LOCATION = 61200000000
"""Shopify's id of the warehouse's location."""

STORE_LOCATION = 61200000001
"""Shopify's id of the store's location."""


def seed(state: ShopifyState) -> None:
    """Enter the locations."""
    state.locations = [
        {"id": MAIN_LOCATION, "name": "Main warehouse"},
        {"id": STORE_LOCATION, "name": "Store"},
    ]


def title_of(sku: str) -> tuple[str, str]:
    """Give product and variant title of a SKU: `TEE-M` is `Tee` in `M`."""
    name, _, variant = sku.partition("-")
    return name.capitalize(), variant
