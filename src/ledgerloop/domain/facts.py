"""What the three systems show, as the books keep it: a fact, entered once, and the entries it makes.

A fact that changed, or that a system no longer shows, is a new version of it; nothing is ever overwritten.
Source: rulebook section 9.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ledgerloop.domain.money import Money, exponent


class Kind(StrEnum):
    """What a fact is about."""

    RETURN = "return"
    """A return in Loop; only a processed one moves anything."""
    REFUND = "refund"
    """A successful refund transaction in Shopify."""
    GIVEN_BACK = "given_back"
    """Shipping and duties that a refund in Shopify gives back."""
    EXCHANGE_ORDER = "exchange_order"
    """The exchange order in Shopify."""
    AUTHORIZATION = "authorization"
    """A return authorization in NetSuite; it moves goods, and no money."""
    CREDIT = "credit"
    """A credit memo or a cash refund in NetSuite."""
    PAID_OUT = "paid_out"
    """A customer refund in NetSuite."""
    ORDERED = "ordered"
    """The sales order of an exchange order in NetSuite; it posts nothing."""
    SOLD = "sold"
    """The cash sale of an exchange order in NetSuite."""
    BILLED = "billed"
    """A bill made from the sales order of an exchange order."""
    DEPOSIT = "deposit"
    """A customer deposit on the sales order of an exchange order."""
    CHARGED = "charged"
    """What was received for an exchange whose goods never came back, posted against the clearing account."""


OPEN = "open"
"""Stage of a return that may still be processed, and of an authorization on which goods may still come."""


@dataclass(frozen=True)
class Fact:
    """One thing that one system shows. `key` names it among all of a shop's facts.

    `subject` is the Loop return id it belongs to, or the order itself (`order_subject`). `on` is its own date there.
    """

    key: str
    kind: Kind
    subject: str
    currency: str
    on: date | None = None
    amounts: Mapping[str, Money] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether goods are still to come, or the return may still be processed."""
        return self.name("stage") == OPEN

    def amount(self, term: str) -> Money:
        """The amount of a term; zero where the system shows none."""
        return self.amounts.get(term, Money.zero(self.currency))

    def parts(self, begins: str) -> list[Money]:
        """The amounts of all terms that begin so."""
        return [amount for term, amount in self.amounts.items() if term.startswith(begins)]

    def name(self, what: str) -> str:
        """A number, a state, a mark; empty where the system shows none."""
        return self.names.get(what, "")


@dataclass(frozen=True)
class Entry:
    """One side of a booking, debit positive. The entries of a fact sum to zero."""

    account: str
    amount: Money


def minor_units(amount: Money) -> int:
    """An amount in the currency's smallest unit."""
    return int(amount.amount.scaleb(exponent(amount.currency)))


def of_minor_units(units: int, currency: str) -> Money:
    """An amount of so many smallest units."""
    return Money(Decimal(units).scaleb(-exponent(currency)), currency)
