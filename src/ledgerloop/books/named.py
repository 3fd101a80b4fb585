"""Makes facts: names them among all others, and leaves out what is zero or empty."""

from collections.abc import Mapping
from datetime import date

from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.money import Money


def named(
    kind: Kind, ident: str, subject: str, currency: str, on: date | None, amounts: Mapping[str, Money], **names: str
) -> Fact:
    """A fact. What it belongs to is part of its key: a record that turns out to be another return's is another fact."""
    return Fact(
        key=f"{kind.value}:{ident}@{subject}",
        kind=kind,
        subject=subject,
        currency=currency,
        on=on,
        amounts={term: amount for term, amount in amounts.items() if amount},
        names={what: text for what, text in names.items() if text},
    )
