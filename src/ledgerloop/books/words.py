"""Words of a comparison: what a sync said, a difference, an open item, a sum in three systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NewType

from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.money import Money

Reason = NewType("Reason", str)
"""The code of a difference or an open item; each has a heading in docs/errors.md."""


@dataclass(frozen=True)
class Said:
    """What a sync answers about a return or its exchange order at the moment, where it waits or needs attention."""

    sync: str
    kind: str
    code: str
    text: str
    since: date | None = None


@dataclass(frozen=True)
class Difference:
    """An amount that two systems, or one with itself, do not agree on. `term` is what it is about.

    One that does not `count` is shown, but the three sums agree in spite of it.
    """

    code: Reason
    term: str
    amount: Money
    text: str
    counts: bool = True


@dataclass(frozen=True)
class OpenItem:
    """An amount that is not zero yet because something has not happened yet; no difference."""

    code: Reason
    amount: Money
    since: date | None
    text: str


@dataclass(frozen=True)
class Term:
    """A sum as each system shows it; None where a system shows no such sum."""

    name: str
    loop: Money | None
    shopify: Money | None
    netsuite: Money | None
    difference: Money


@dataclass(frozen=True)
class Comparison:
    """One return, or one order's refunds without a return, in the three systems."""

    subject: str
    currency: str
    processed: bool
    on: date | None
    facts: Sequence[Fact]
    balances: Mapping[str, Money]
    terms: tuple[Term, ...]
    differences: tuple[Difference, ...] = ()
    open_items: tuple[OpenItem, ...] = ()

    def balance(self, account: str) -> Money:
        """What is left on an account; zero where nothing is."""
        return self.balances.get(account, Money.zero(self.currency))

    def amount(self, term: str, *kinds: Kind) -> Money | None:
        """Sum of a term over its facts of these kinds; None where there is no such fact."""
        found = [one.amount(term) for one in self.of_kind(*kinds) if one.currency == self.currency]
        return Money.total(found, self.currency) if found else None

    @property
    def agrees(self) -> bool:
        """Whether no difference counts."""
        return not any(one.counts for one in self.differences)

    def of_kind(self, *kinds: Kind) -> tuple[Fact, ...]:
        """Its facts of these kinds."""
        return tuple(one for one in self.facts if one.kind in kinds)
