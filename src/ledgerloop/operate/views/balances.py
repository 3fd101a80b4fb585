"""The books at a glance: what every account holds, and what is left where nothing should be."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from ledgerloop.books.accounts import CHART
from ledgerloop.books.report import UNSETTLED
from ledgerloop.domain.money import Money
from ledgerloop.engine.parts import Parts
from ledgerloop.store.account_days import balances_by_day


@dataclass(frozen=True)
class Unsettled:
    """An account on which something is left."""

    shop: str
    account: str
    name: str
    amount: Money


@dataclass(frozen=True)
class AccountRow:
    """An account over a period."""

    shop: str
    account: str
    name: str
    opening: Money
    debit: Money
    credit: Money
    closing: Money


@dataclass(frozen=True)
class Books:
    """The accounts of a period; `balanced`: nothing is left where nothing should be at its end."""

    since: date | None
    until: date | None
    accounts: tuple[AccountRow, ...]
    unsettled: tuple[Unsettled, ...]

    @property
    def balanced(self) -> bool:
        """Whether nothing is left where nothing should be."""
        return not self.unsettled


def books(parts: Parts, since: date | None = None, until: date | None = None) -> Books:
    """The books as far as they were entered."""
    store = parts.stores.store
    found = [(shop, one) for shop in parts.shops for one in balances_by_day(store, shop, since, until)]
    rows = tuple(
        AccountRow(shop, one.account, name_of(one.account), one.opening, one.debit, one.credit, one.closing)
        for shop, one in found
    )
    left = tuple(
        Unsettled(one.shop, one.account, one.name, one.closing)
        for one in rows
        if one.account in UNSETTLED and one.closing
    )
    return Books(since, until, rows, left)


def unsettled(parts: Parts) -> tuple[Unsettled, ...]:
    """What is left, of all that is known."""
    return books(parts).unsettled


def name_of(account: str) -> str:
    """An account in words."""
    named: Any = CHART.get(account, account)
    return str(named if isinstance(named, str) else getattr(named, "name", account))
