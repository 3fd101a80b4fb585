"""Sales channels: where an order was sold, told from the app or source that created it.

Source: docs.hotwax.co, sales channel mapping; help.loopreturns.com exchange orders (read 2026-11-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

LOOP_EXCH: Final = "LOOP_EXCH"
"""Channel of Loop's exchange orders."""

LOOP_GIFT_CARD: Final = "LOOP_GIFT_CARD"
"""Channel of the orders by which Loop issues gift cards; they sell nothing and are never sent."""

POS: Final = "POS_SALES_CHANNEL"
"""Channel of the shop's point of sale."""

WEB: Final = "WEB_SALES_CHANNEL"
"""Channel of the web shop."""

UNKNOWN: Final = "UNKNOWN"
"""Channel of a source that no mapping knows; such orders are kept and shown, and never sent."""

BUILT_IN: Final[Mapping[str, str]] = {
    "1662707": LOOP_EXCH,
    "pos": POS,
    "web": WEB,
    "shopify_draft_order": "CSR_SALES_CHANNEL",
    "android": "PHONE_SALES_CHANNEL",
    "iphone": "PHONE_SALES_CHANNEL",
    "exchange": "EXCHG_SALES_CHANNEL",
}
"""Channel by source name or app id, compared as lower-case text, where no mapping says otherwise."""


@dataclass(frozen=True)
class Channels:
    """The mappings of one shop: channel by source name or app id, and by channel its enumeration code and name."""

    sources: Mapping[str, str] = field(default_factory=lambda: dict(BUILT_IN))
    codes: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def of_source(self, *keys: str) -> str:
        """The channel of the first of these source names or app ids that is mapped; UNKNOWN if none is."""
        return next((found for key in keys if key and (found := self.sources.get(key.lower()))), UNKNOWN)
