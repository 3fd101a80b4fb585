"""What a fresh Loop account holds: destinations."""

from __future__ import annotations

from .state import LoopState

DESTINATIONS = ((2207, "Main warehouse"), (2208, "Store"))
"""Id and name of the destinations."""


def seed(state: LoopState) -> None:
    """Enter the destinations."""
    state.destinations = [
        {
            "id": ident,
            "name": name,
            "type": "warehouse",
            "enabled": True,
            "address": {
                "name": name,
                "company": "Example",
                "address1": "1 Dock Road",
                "address2": None,
                "city": "Columbus",
                "state": "OH",
                "zip": "43004",
                "country": "United States",
                "countryCode": "US",
            },
        }
        for ident, name in DESTINATIONS
    ]
