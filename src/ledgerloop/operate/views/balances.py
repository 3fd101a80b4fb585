"""The books at a glance: what every account holds, and what is left where nothing should be."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledgerloop.books.accounts import CHART
from ledgerloop.books.report import UNSETTLED
from ledgerloop.domain.money import Money
from ledgerloop.engine.parts import Parts
from ledgerloop.store.entries_mark import balances_between, entries_mark
from ledgerloop.store.ledger import Balance

KEPT = 32
"""Periods whose balances are remembered."""

_known: dict[Any, tuple[int, Sequence[Balance]]] = {}
_guard = threading.Lock()


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
    found = [(shop, one) for shop in parts.shops for one in _balances(parts, shop, since, until)]
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


def _balances(parts: Parts, shop: str, since: date | None, until: date | None) -> Sequence[Balance]:
    """Balances: those remembered, and what was entered since."""
    store = parts.stores.store
    key, mark = (str(store.url), shop, since, until), entries_mark(store)
    with _guard:
        before, known = _known.get(key, (0, ()))
    if before == mark:
        return known
    if before > mark:
        before, known = 0, ()
    added = balances_between(store, shop, before, mark, since, until)
    found = _sum(known, added)
    with _guard:
        while len(_known) >= KEPT:
            _known.pop(next(iter(_known)))
        _known[key] = (mark, found)
    return found


def _sum(known: Sequence[Balance], added: Sequence[Balance]) -> Sequence[Balance]:
    sums = {(one.opening.currency, one.account): one for one in known}
    for one in added:
        key = (one.opening.currency, one.account)
        was = sums.get(key)
        sums[key] = (
            one
            if was is None
            else Balance(one.account, was.opening + one.opening, was.debit + one.debit, was.credit + one.credit)
        )
    return [sums[key] for key in sorted(sums)]
