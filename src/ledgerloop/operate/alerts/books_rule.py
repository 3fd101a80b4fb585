"""The rule about money: what the books leave for long where nothing should be left.

A difference that a sync explains, because it waits or needs a person, is told by the rules for that.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ledgerloop.books import accounts as a
from ledgerloop.books.record import record
from ledgerloop.books.report import PAGE, UNSETTLED, ShopBooks, compared, said_about
from ledgerloop.books.words import Comparison, Difference, Said
from ledgerloop.config.alerts import Alerts
from ledgerloop.domain.case import order_subject
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.money import Money
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.operate.alerts.cause import SUBJECTS, Cause, counted
from ledgerloop.operate.look_again import look_at_open_exchanges
from ledgerloop.store.alert_facts import unsettled_since
from ledgerloop.store.ledger import Ledger
from ledgerloop.store.shown import ShownStore

EVERY: Final = timedelta(hours=4)
"""How often the books are looked at: it reads all that changed."""

FIRST: Final = timedelta(minutes=10)
"""When they are looked at first after the start: the polls must have caught up."""


@dataclass
class _Found:
    """Returns with one reason."""

    since: datetime
    subjects: list[str] = field(default_factory=list)
    sums: dict[str, Money] = field(default_factory=dict)

    def add(self, subject: str, since: datetime, amount: Money) -> None:
        """Add one; amounts count without their sign, so that they do not hide each other."""
        self.since = min(self.since, since)
        self.subjects.append(subject)
        self.sums[amount.currency] = self.sums.get(amount.currency, Money.zero(amount.currency)) + abs(amount)

    @property
    def amount(self) -> str:
        """The sums, in words."""
        return " and ".join(str(one) for _, one in sorted(self.sums.items()))


def out_of_balance(parts: Parts, config: Alerts, now: datetime) -> list[Cause]:
    """Bring the books up to date, and find what differs or is left on the exchange clearing account for long."""
    found: list[Cause] = []
    for shop in parts.shops.values():
        if shop.writes and (config.books_hours or config.clearing_days):
            found += _of_shop(parts, shop, config, now)
    return found


def _of_shop(parts: Parts, shop: Shop, config: Alerts, now: datetime) -> Iterator[Cause]:
    """A shadow run posts nothing, so its books say nothing."""
    store = parts.stores.store
    record(store, shop.policy, now)
    sure = not config.clearing_days or look_at_open_exchanges(parts, shop) == []
    record(store, shop.policy, now)
    found = unsettled_since(store, shop.shop_id, UNSETTLED)
    ages = {subject: since for subject, since in found.items() if now - since >= _least(config)}
    differing: dict[str, _Found] = {}
    clearing = _Found(now)
    for seen, said in _compared(parts, shop, sorted(ages)):
        since = ages[seen.subject]
        unexplained = _unexplained(seen, said)
        if config.books_hours and now - since >= timedelta(hours=config.books_hours):
            for code, amount in _largest(unexplained).items():
                differing.setdefault(code, _Found(since)).add(seen.subject, since, amount)
        left = seen.balance(a.NS_CLEARING)
        if config.clearing_days and left and not unexplained and now - since >= timedelta(days=config.clearing_days):
            clearing.add(seen.subject, since, left)
    yield from (_differs(shop.shop_id, code, one, config) for code, one in sorted(differing.items()))
    if clearing.subjects:
        yield _not_cleared(shop.shop_id, clearing, config, quiet=not sure)


def _least(config: Alerts) -> timedelta:
    """How old what is left must be to be looked at at all: most of it is of today, and soon settled."""
    spans = (timedelta(hours=config.books_hours), timedelta(days=config.clearing_days))
    return min(one for one in spans if one)


def _unexplained(seen: Comparison, said: Sequence[Said]) -> list[Difference]:
    explained = {one.code for one in said}
    return [one for one in seen.differences if one.counts and one.code not in explained]


def _compared(parts: Parts, shop: Shop, subjects: list[str]) -> Iterator[tuple[Comparison, list[Said]]]:
    store = parts.stores.store
    books = ShopBooks(store, shop.policy, shop.links)
    ledger, shown = Ledger(store), ShownStore(store)
    for begin in range(0, len(subjects), PAGE):
        some = subjects[begin : begin + PAGE]
        versions = ledger.of_subjects(shop.shop_id, some)
        orders = {one: _exchange_orders(entered.fact for entered in versions[one]) for one in some}
        answers = said_about(shown, shop.shop_id, {*some, *(order for few in orders.values() for order in few)})
        for subject in some:
            said = _joined(answers, (subject, *orders[subject]))
            yield compared(subject, versions[subject], said, books.policy), said


def _exchange_orders(facts: Iterable[Fact]) -> list[str]:
    named = (one.name("shopify_order") for one in facts if one.kind is Kind.EXCHANGE_ORDER)
    return [order_subject(one) for one in dict.fromkeys(named) if one]


def _joined(answers: Mapping[str, list[Said]], subjects: Iterable[str]) -> list[Said]:
    return [one for about in subjects for one in answers[about]]


def _differs(shop_id: str, code: str, found: _Found, config: Alerts) -> Cause:
    what = "differs" if len(found.subjects) == 1 else "differ"
    return Cause(
        rule="books",
        name=f"books:{shop_id}/{code}",
        title=f"{counted(len(found.subjects))} {what} by {found.amount} in the books: {code}",
        text=f"Loop, Shopify and NetSuite have not agreed for more than {counted(config.books_hours, 'hour')}, "
        f"with the reason {code}.",
        remedy="Run `ledgerloop books`, or download the pack, and do what the reason says.",
        since=found.since,
        path="/books",
        count=len(found.subjects),
        code=code,
        subjects=lambda: tuple((shop_id, one) for one in found.subjects[:SUBJECTS]),
    )


def _largest(differences: Iterable[Difference]) -> dict[str, Money]:
    """By reason the largest of its amounts: what is missing on one sum is often missing on the next."""
    found: dict[str, Money] = {}
    for one in differences:
        if one.code not in found or abs(one.amount).amount > found[one.code].amount:
            found[one.code] = abs(one.amount)
    return found


def _not_cleared(shop_id: str, found: _Found, config: Alerts, *, quiet: bool) -> Cause:
    """Quiet where the exchange orders could not be read: one of them may be billed meanwhile."""
    return Cause(
        rule="books",
        name=f"clearing:{shop_id}",
        title=f"{found.amount} is left on the exchange clearing account by {counted(len(found.subjects))}",
        text=f"Nothing has happened about them for more than {counted(config.clearing_days, 'day')}.",
        remedy="Open them: the page of each says what the exchange still waits for.",
        since=found.since,
        path="/books",
        count=len(found.subjects),
        code="clearing_not_zero",
        quiet=quiet,
        subjects=lambda: tuple((shop_id, one) for one in found.subjects[:SUBJECTS]),
    )
