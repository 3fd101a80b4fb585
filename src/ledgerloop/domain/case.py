"""The case: an original order with everything that belongs to it, seen at one moment.

The unit of work and of locking. A sync is asked about one return of it at a time (`about`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from ledgerloop.domain.documents import Document, Period
from ledgerloop.domain.order_records import InNetSuite
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.orders import ShopOrder, SourceOrder
from ledgerloop.domain.returns import Return
from ledgerloop.outcome import NeedsReading, Source


class WriteState(StrEnum):
    """How far a write has come, as the journal knows it."""

    DECIDED = "decided"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    DROPPED = "dropped"


class Seen(StrEnum):
    """Transitions of a return that were seen, which its state alone no longer shows."""

    FLAG_SET = "flag_set"
    FLAG_CLEARED = "flag_cleared"
    REVIEW_STARTED = "review_started"
    REVIEW_ENDED = "review_ended"
    EXCHANGED_AHEAD = "exchanged_ahead"
    """Its exchange order was there while the return was open."""


@dataclass(frozen=True)
class Transition:
    """One transition of one return, and when it was first seen."""

    loop_return_id: str
    what: Seen
    at: datetime


@dataclass(frozen=True)
class JournalEntry:
    """One write that we decided. `key` is its external id, or `process:<return>` and the like for Loop's actions."""

    key: str
    loop_return_id: str
    sync: str
    record_type: str
    state: WriteState
    decided_at: datetime
    sent_at: datetime | None
    finished_at: datetime | None
    internal_id: str
    error_code: str
    error_message: str
    attempts: int
    loop_line_ids: tuple[str, ...] = ()
    """The units of Loop's return that a record was written for."""


@dataclass(frozen=True)
class Rest:
    """A person has put a subject to rest: `kind` is held (until released) or handled (by hand, done with)."""

    subject: str
    kind: str
    by: str
    at: datetime
    reason: str


ORDER_SUBJECT = "order:"
"""Begins the subject of what concerns the order itself, where otherwise a Loop return id stands."""


def order_subject(shopify_order_id: str) -> str:
    """Name the order itself as the subject of a write, an outcome or a line of the timeline."""
    return ORDER_SUBJECT + shopify_order_id


@dataclass(frozen=True)
class Sending:
    """What is known beyond the order itself when it is to be sent to NetSuite.

    `exchanged_by` are Loop's returns, of whichever case, that name this order as their exchange order; `known_orders`
    are Shopify order ids by name, of names that this order mentions; `netsuite_order_id` is the valid identification of
    the order store; `fed` tells that the order stands in a feed.
    """

    order: Order
    exchanged_by: tuple[Return, ...] = ()
    known_orders: tuple[tuple[str, str], ...] = ()
    in_netsuite: InNetSuite = field(default_factory=InNetSuite)
    netsuite_order_id: str = ""
    fed: bool = False
    credits: tuple[Document, ...] = ()
    """Credits of the returns that name this order, read only where no discount shows how their credit is carried."""
    customer_id: str = ""
    """Customer of the original order in NetSuite, who is that of a native exchange too; empty where not known."""
    original_id: str = ""
    """Shopify id of the order whose lines a native exchange is made from; empty for every other order."""


@dataclass(frozen=True)
class ExchangeOrder:
    """An exchange order of a return of the case: a case of its own, shown here as far as the return's credit needs it.

    `invoices` are those of its sales order in NetSuite, oldest first.
    """

    order: Order
    invoices: tuple[Document, ...] = ()


@dataclass(frozen=True)
class Case:
    """What the three systems show about an original order, and what we remember of it. `as_of` is its only time."""

    shop_id: str
    shopify_order_id: str
    as_of: datetime
    returns: tuple[Return, ...]
    shop_order: ShopOrder | None = None
    source_orders: tuple[SourceOrder, ...] = ()
    documents: tuple[Document, ...] = ()
    journal: tuple[JournalEntry, ...] = ()
    transitions: tuple[Transition, ...] = ()
    periods: tuple[Period, ...] = ()
    unread: frozenset[NeedsReading] = frozenset()
    """What was never read, or changed since it was."""
    sending: Sending | None = None
    """The order as the order store keeps it; None while it is not there."""
    exchange_orders: Mapping[str, ExchangeOrder] = field(default_factory=dict)
    """Exchange orders that take no discount, by Shopify order id."""
    search_credits: bool = False
    """NetSuite was not searched lately for credits of these returns and refunds that were made from nothing of ours."""
    native_orders: Mapping[str, Order] = field(default_factory=dict)
    """Orders made from exchange lines of this one, by Loop return id. See `domain.native`."""
    focus: str = ""
    rests: Mapping[str, Rest] = field(default_factory=dict)
    """What a person has put to rest, by subject: no sync is asked about it."""

    def about(self, subject: str) -> "Case":
        """The same case, asked about one return, or about the order itself (`order_subject`)."""
        return replace(self, focus=subject)

    def as_stored(self) -> "Case":
        """The same case, for decisions that are only shown: nothing is searched for before them."""
        return replace(self, search_credits=False)

    @property
    def the_return(self) -> Return:
        """The return in question."""
        return next(one for one in self.returns if one.loop_return_id == self.focus)

    def must_read(self, source: Source, key: str) -> NeedsReading | None:
        """The reading needed before this source may be relied on, if any."""
        need = NeedsReading(source, key)
        return need if need in self.unread else None

    def of_type(self, *record_types: str) -> tuple[Document, ...]:
        """Documents of these record types, oldest first."""
        return tuple(one for one in self.documents if one.record_type in record_types)

    def made_from(self, parent: Document, *record_types: str) -> tuple[Document, ...]:
        """Documents of these types made from `parent`."""
        return tuple(one for one in self.of_type(*record_types) if one.created_from == parent.internal_id)

    def written(self, key: str) -> JournalEntry | None:
        """What the journal knows of this write."""
        return next((entry for entry in self.journal if entry.key == key), None)

    def last_seen(self, what: Seen) -> datetime | None:
        """When this last happened to the return in question."""
        mine = (one.at for one in self.transitions if one.loop_return_id == self.focus and one.what is what)
        return max(mine, default=None)
