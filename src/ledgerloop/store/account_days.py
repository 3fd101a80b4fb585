"""What each account holds, out of sums that are kept by day: entries are only ever added."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from ledgerloop.domain.facts import of_minor_units
from ledgerloop.domain.money import Money
from ledgerloop.store.ledger_tables import account_days
from ledgerloop.store.sql import insert
from ledgerloop.store.store import Store, Transaction

KEYS = ("shop", "account", "currency", "on_date")


@dataclass(frozen=True)
class Balance:
    """What an account held before a period, what was debited and credited in it, and what it holds at its end."""

    account: str
    opening: Money
    debit: Money
    credit: Money

    @property
    def closing(self) -> Money:
        """At the end of the period."""
        return self.opening + self.debit - self.credit


def add_to_days(tx: Transaction, entered: Iterable[Mapping[str, Any]]) -> None:
    """Add entries to the sums of their days, in the transaction that enters them.

    In the order of their keys, so that two processes never wait for each other's rows crosswise.
    """
    sums: dict[tuple[str, ...], list[int]] = {}
    for one in entered:
        of_day = sums.setdefault(tuple(one[name] for name in KEYS), [0, 0])
        of_day[one["amount"] < 0] += abs(one["amount"])
    rows = [
        {**dict(zip(KEYS, key, strict=True)), "debit": debit, "credit": credit}
        for key, (debit, credit) in sorted(sums.items())
    ]
    if not rows:
        return
    statement = insert(tx, account_days)
    more = {name: account_days.c[name] + statement.excluded[name] for name in ("debit", "credit")}
    tx.execute(statement.on_conflict_do_update(index_elements=list(KEYS), set_=more), rows)


def balances_by_day(store: Store, shop: str, since: date | None, until: date | None) -> list[Balance]:
    """The balance of every account by currency; what lies after the period is left out."""
    days, begins = account_days.c, since.isoformat() if since is not None else ""
    before = days.on_date < begins

    def sum_of(amount: Any, *, inside: bool) -> Any:
        return func.coalesce(func.sum(case((~before if inside else before, amount), else_=0)), 0)

    wanted = select(
        days.account,
        days.currency,
        sum_of(days.debit - days.credit, inside=False),
        sum_of(days.debit, inside=True),
        sum_of(days.credit, inside=True),
    ).where(days.shop == shop)
    if until is not None:
        wanted = wanted.where(days.on_date <= until.isoformat())
    with store.reading() as tx:
        rows = tx.execute(wanted.group_by(days.account, days.currency)).all()
    made = [
        Balance(account, *(of_minor_units(int(units), currency) for units in (opening, debit, credit)))
        for account, currency, opening, debit, credit in rows
    ]
    return sorted(made, key=lambda one: (one.opening.currency, one.account))
