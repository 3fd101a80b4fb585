"""What can come of asking a remote, and what a sync can answer when there is nothing to write.

Remote clients translate HTTP into these types once (`remotes/<remote>/errors.py`); nobody above them sees a status
code.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RemoteProblem(Exception):  # noqa: N818  (the subclasses are named for what happened, as operators say it)
    """A remote did not do what was asked. `code` is stable and has a heading in docs/errors.md."""

    def __init__(self, remote: str, code: str, message: str, *, status: int | None = None, detail: str = "") -> None:
        super().__init__(f"{remote}: {message}")
        self.remote = remote
        self.code = code
        self.message = message
        self.status = status
        self.detail = detail


class Unreachable(RemoteProblem):
    """Nothing was executed (connection refused, or blocked before execution): safe to try again."""


class Throttled(Unreachable):
    """Too many requests at once or per minute; nothing was executed. `retry_after_s` when the remote said so."""

    retry_after_s: float | None = None


class Unclear(RemoteProblem):
    """The answer was lost, late, 5xx or unreadable: it may have been executed. Look before asking again."""


class Refused(RemoteProblem):
    """The remote understood and said no. Permanent until somebody changes something."""


class NotThere(Refused):
    """The record asked for does not exist."""


class CredentialsRefused(Refused):
    """The remote does not accept who we are, or what we may do."""


class Source(StrEnum):
    """Where something must be read first."""

    LOOP_RETURN = "loop_return"
    """Details of one return, by Loop return id."""
    LOOP_CLOSED_LIST = "loop_closed_list"
    """Loop's list of closed returns, which alone tells processed from closed by hand; by Loop return id."""
    LOOP_PRESENTMENT = "loop_presentment"
    """The same in the shopper's currency, where the order in NetSuite is in that; by Loop return id."""
    SHOPIFY_ORDER = "shopify_order"
    """The order with its transactions and refunds, by Shopify order id."""
    NETSUITE_ORDER = "netsuite_order"
    """The source order found by the configured references, by Shopify order id."""
    NETSUITE_HEADER_DISCOUNT = "netsuite_header_discount"
    """The order's header discount, which only the record itself shows reliably; by internal id."""
    NETSUITE_FAMILY = "netsuite_family"
    """Everything made from the order or its authorizations, and our own records; by Shopify order id."""
    NETSUITE_PERIODS = "netsuite_periods"
    """Accounting periods and their locks; by shop."""
    SHOPIFY_WHOLE_ORDER = "shopify_whole_order"
    """The order with lines, discounts, taxes and payments, into the order store; by Shopify order id."""
    NETSUITE_CUSTOMER = "netsuite_customer"
    """Customers that may be the order's buyer; by Shopify order id."""
    NETSUITE_ITEMS = "netsuite_items"
    """Items of the order's SKUs; by Shopify order id."""
    NETSUITE_EXCHANGED = "netsuite_exchanged"
    """Orders that already bear the lines of a native exchange; by the id that it is kept under."""


@dataclass(frozen=True)
class NeedsReading:
    """The decision needs a document that has not been read, or was changed since."""

    source: Source
    key: str


@dataclass(frozen=True)
class Waiting:
    """The world is not ready; it comes back by itself.

    `until` is when to look again at the latest; `look_at` is what must be read afresh by then.
    """

    code: str
    reason: str
    until: datetime
    look_at: tuple[NeedsReading, ...] = ()


@dataclass(frozen=True)
class Attention:
    """A person must change something: `problem` says what is wrong, `remedy` what to do, both in plain words.

    `cause` is what all findings of one root cause have in common; empty: the problem less what is of one case alone.
    """

    code: str
    problem: str
    remedy: str
    cause: str = ""
