"""The lists of an account: items, people, places, methods, periods and custom fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .model import Customer, Item, PaymentMethod, Period, Place


class Holdings:
    """What records refer to. Keys are ids unless said otherwise; `lists_version` counts their changes."""

    lists_version: int

    def empty_lists(self) -> None:
        """Begin with nothing."""
        self.items: dict[str, Item] = {}
        self.customers: dict[str, Customer] = {}
        self.locations: dict[str, Place] = {}
        self.subsidiaries: dict[str, Place] = {}
        self.currencies: dict[str, str] = {}
        self.forms: dict[str, str] = {}
        self.payment_methods: dict[str, PaymentMethod] = {}
        self.periods: dict[str, Period] = {}
        self.sales_channels: dict[str, str] = {}
        self.ship_methods: dict[str, str] = {}
        self.tax_codes: dict[str, bool] = {}
        self.price_levels: dict[str, str] = {}
        self.custom_fields: dict[str, str] = {}

    def lists(self) -> dict[str, Mapping[str, Any]]:
        """Give the lists by the kind of reference that points into them."""
        return {
            "item": self.items,
            "customer": self.customers,
            "location": self.locations,
            "subsidiary": self.subsidiaries,
            "currency": self.currencies,
            "paymentOption": self.payment_methods,
            "period": self.periods,
            "salesChannel": self.sales_channels,
            "price": {key: name for name, key in self.price_levels.items()},
        }

    def add_subsidiary(self, key: str, name: str) -> None:
        """Add a subsidiary; from the second one on, customers need one."""
        self.subsidiaries[key] = Place(key, name, key)
        self.lists_version += 1

    def add_location(self, key: str, name: str, subsidiary: str = "1") -> None:
        """Add a location of a subsidiary."""
        self.locations[key] = Place(key, name, subsidiary)
        self.lists_version += 1

    def add_sales_channel(self, key: str, name: str) -> None:
        """Add a sales channel."""
        self.sales_channels[key] = name
        self.lists_version += 1
