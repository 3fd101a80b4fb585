"""How old what is open is: clearing, gift cards issued, goods on their way, credits to come; counted when the books are
brought up to date, and kept until the next time.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from ledgerloop.books import accounts as a
from ledgerloop.books.ageing import open_items
from ledgerloop.books.report import Period, ShopBooks, comparisons
from ledgerloop.books.rows import BUCKETS, OLDEST
from ledgerloop.books.words import Comparison, Said
from ledgerloop.domain.mapping import local_date
from ledgerloop.domain.money import Money
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.store.account_days import balances_by_day

SETTING: Final = "ageing"
"""Name under which a shop's is kept."""

CLEARING, GIFT_CARDS, EXCHANGES = "clearing", "gift_cards", "exchanges"
WHAT: Final = {
    CLEARING: "Exchange clearing",
    GIFT_CARDS: "Gift-card liability, since its issue",
    "in_transit": "In transit",
    "received_not_credited": "Received, not credited",
    "credited_not_received": "Credited, not received",
    EXCHANGES: "Exchanges under way, clearing at zero",
    "not_processed_yet": "Given back before Loop processed",
    "needs_attention": "Waits for a person",
}
"""What is aged, in the order in which it is shown."""

AGES: Final = (*(name for _, name in BUCKETS), OLDEST)
"""Ages in days."""


@dataclass(frozen=True)
class Aged:
    """One thing that is open, in one currency: its amount by age, in the order of AGES, and how many cases."""

    what: str
    amounts: tuple[Money, ...]
    cases: int

    @property
    def name(self) -> str:
        """In words."""
        return WHAT[self.what]

    @property
    def total(self) -> Money:
        """Of all ages."""
        return Money.total(self.amounts, self.amounts[0].currency)


@dataclass(frozen=True)
class Ageing:
    """What is open of a shop, as counted at `counted_at`."""

    shop: str
    counted_at: datetime
    rows: tuple[Aged, ...]


def keep_ageing(parts: Parts, shop: Shop) -> Ageing:
    """Count how old what is open is, as far as it was entered, and keep it."""
    now = parts.clock()
    counted = Ageing(shop.shop_id, now, tuple(_rows(parts, shop, local_date(now, shop.policy))))
    rows = [
        [one.what, one.amounts[0].currency, [str(m.amount) for m in one.amounts], one.cases] for one in counted.rows
    ]
    text = json.dumps({"at": now.isoformat(), "rows": rows})
    parts.stores.settings.put(shop.shop_id, SETTING, text)
    return counted


def ageing(parts: Parts) -> tuple[Ageing, ...]:
    """What was counted last, of every shop that was counted."""
    found = ((shop, parts.stores.settings.get(shop, SETTING)) for shop in parts.shops)
    return tuple(_read(shop, text) for shop, text in found if text is not None)


def _read(shop: str, text: str) -> Ageing:
    kept = json.loads(text)
    rows = [
        Aged(what, tuple(Money.of(one, currency) for one in amounts), cases)
        for what, currency, amounts, cases in kept["rows"]
        if what in WHAT
    ]
    return Ageing(shop, datetime.fromisoformat(kept["at"]), tuple(rows))


def _rows(parts: Parts, shop: Shop, today: date) -> Iterator[Aged]:
    books = ShopBooks(parts.stores.store, shop.policy, shop.links)
    sums: dict[tuple[str, str], list[Money]] = {}
    counts: dict[tuple[str, str], int] = {}
    for seen, said in comparisons(books, Period(since=today + timedelta(days=1))):
        for what, amount, since in _open(seen, said):
            key = (what, amount.currency)
            row = sums.setdefault(key, [Money.zero(amount.currency)] * len(AGES))
            place = _age((today - since).days if since is not None else 0)
            row[place] = row[place] + amount
            counts[key] = counts.get(key, 0) + 1
    cards = {(one.what, one.total.currency): one for one in _gift_cards(parts, shop, today)}
    found = {key: Aged(key[0], tuple(row), counts[key]) for key, row in sums.items()} | cards
    order = list(WHAT)
    yield from (found[key] for key in sorted(found, key=lambda key: (order.index(key[0]), key[1])))


def _open(seen: Comparison, said: Sequence[Said]) -> Iterator[tuple[str, Money, date | None]]:
    """What is open about one subject. What is left on clearing with both sides posted is as old as the return."""
    left = seen.balance(a.NS_CLEARING)
    for one in open_items(seen, said):
        if one.code.startswith("exchange_"):
            yield (CLEARING, left, one.since) if left else (EXCHANGES, one.amount, one.since)
            left = Money.zero(seen.currency)
        elif one.code in WHAT:
            yield one.code, one.amount, one.since
    if left:
        yield CLEARING, left, seen.on


def _age(days: int) -> int:
    return next((number for number, (most, _) in enumerate(BUCKETS) if days <= most), len(BUCKETS))


def _gift_cards(parts: Parts, shop: Shop, today: date) -> Iterator[Aged]:
    """Gift cards by the day of their issue: what customers spend of them is in other records than returns."""
    ends = [0, *(most + 1 for most, _ in BUCKETS)]
    sums: dict[str, list[Money]] = {}
    for place, youngest in enumerate(ends):
        oldest = BUCKETS[place][0] if place < len(BUCKETS) else None
        since = today - timedelta(days=oldest) if oldest is not None else None
        until = today - timedelta(days=youngest) if youngest else None
        for one in balances_by_day(parts.stores.store, shop.shop_id, since, until):
            if one.account == a.NS_GIFT_CARDS:
                row = sums.setdefault(one.opening.currency, [Money.zero(one.opening.currency)] * len(AGES))
                row[place] = one.credit - one.debit
    for row in sums.values():
        if any(row):
            yield Aged(GIFT_CARDS, tuple(row), 0)
