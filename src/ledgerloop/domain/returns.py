"""A return as Loop shows it.

Loop has no quantities: every unit that comes back is a line of its own.
Source: docs.loopreturns.com, detailed returns list, get return details, return webhook (read 2026-11-21).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledgerloop.domain.money import Money


class ReturnState(StrEnum):
    """Loop's states; UNKNOWN is any state not documented, which is parked and never acted on."""

    OPEN = "open"
    REVIEW = "review"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ReturnLine:
    """One unit that comes back. `price`, `discount` and `tax` are that unit's shares of the original sale."""

    loop_line_id: str
    shopify_line_id: str
    sku: str
    title: str
    price: Money
    discount: Money
    tax: Money
    reason: str = ""
    parent_reason: str = ""
    outcome: str = ""
    shopify_restock_location_id: str = ""
    disposition: str = ""
    condition: str = ""

    @property
    def why(self) -> str:
        """Parent reason / reason, as Loop shows them."""
        return " / ".join(part for part in (self.parent_reason, self.reason) if part and part != "N/A")


@dataclass(frozen=True)
class LoopRefund:
    """A refund that Loop booked in Shopify; the amount is unknown where only the key was shown."""

    shopify_refund_id: str
    gateway: str = ""
    amount: Money | None = None


@dataclass(frozen=True)
class Exchange:
    """A new item chosen in exchange."""

    exchange_id: str
    sku: str
    total: Money
    shopify_order_id: str = ""
    order_name: str = ""


@dataclass(frozen=True)
class ReturnTotals:
    """Loop's sums of one return. Source: docs.loopreturns.com return webhook (read 2026-11-21)."""

    product: Money
    discount: Money
    tax: Money
    return_total: Money
    exchange_total: Money
    exchange_credit: Money
    gift_card: Money
    handling_fee: Money
    refund: Money
    upsell: Money
    exchange_product: Money | None = None
    """The new items before discount and tax; with the two below None where Loop does not show it."""
    exchange_discount: Money | None = None
    exchange_tax: Money | None = None


@dataclass(frozen=True)
class ProcessingFailure:
    """Loop said that its queued processing failed (`return.processing.failed`)."""

    at: datetime
    message: str


@dataclass(frozen=True)
class Return:
    """One Loop return.

    `processed` is True or False as Loop shows it, None while the views read so far do not tell (a closed return may
    have been
    closed by hand, with nothing issued).
    """

    loop_return_id: str
    state: ReturnState
    state_as_shown: str
    processed: bool | None
    processed_at: datetime | None
    created_at: datetime
    updated_at: datetime | None
    edited_at: datetime | None
    shopify_order_id: str
    order_name: str
    currency: str
    lines: tuple[ReturnLine, ...]
    totals: ReturnTotals
    refunds: tuple[LoopRefund, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    outcome: str = ""
    destination_id: str = ""
    method_provider: str = ""
    label_status: str = ""
    tracking_number: str = ""
    status_page_url: str = ""
    multi_currency: bool = False
    failure: ProcessingFailure | None = None
    in_shop: "Return | None" = None
    """The same in the shop's currency, where the amounts here are in the shopper's."""
    inferred: bool = False
    """Taken for processed only because it is closed and Loop shows an exchange order, or a gift card that was due."""
    unreadable: str = ""
    """Why what Loop shows of it cannot be read: it then has its ids, no lines, no amounts and the state UNKNOWN."""

    @property
    def is_pos(self) -> bool:
        """Handed in at a store through Loop's point of sale."""
        return self.method_provider == "loop-pos"

    @property
    def promised(self) -> Money:
        """What Loop promises for the goods: price - discount + tax over all units."""
        return Money.total((line.price - line.discount + line.tax for line in self.lines), self.currency)
