"""Makes the pack of a period: every return in three systems, differences, open items, accounts, corrections.

A return belongs to a period if Loop processed it then, or anything about it is dated then; it is compared as a whole.
What is open is told whenever it began. Everything is read in pages and written out at once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ledgerloop.books import accounts as a
from ledgerloop.books.accounts import CHART, is_netsuites
from ledgerloop.books.ageing import open_items
from ledgerloop.books.compare import compare
from ledgerloop.books.pack import ACCOUNTS, CORRECTIONS, COUNTS, SUMMARY, Pack
from ledgerloop.books.rows import Where, add_open_item, add_sums, term_name
from ledgerloop.books.terms import REFUND
from ledgerloop.books.words import Comparison, OpenItem, Reason, Said
from ledgerloop.domain.case import order_subject
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.links import Links
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.store.ledger import Entered, Ledger, newest
from ledgerloop.store.shown import ShownStore
from ledgerloop.store.store import Store

PAGE = 300
"""Subjects compared together."""

UNSETTLED = (*(code for code in CHART if not is_netsuites(code)), a.NS_CLEARING)
"""Accounts on which nothing is left once all is done."""


@dataclass(frozen=True)
class Period:
    """From a day to a day, both included; None: without end."""

    since: date | None = None
    until: date | None = None

    def holds(self, on: date | None) -> bool:
        """Whether a day lies in it; a thing without a date belongs to every period."""
        if on is None:
            return True
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class ShopBooks:
    """One shop's books and what its rows are linked to."""

    store: Store
    policy: Policy
    links: Links

    @property
    def shop_id(self) -> str:
        """Whose books."""
        return self.policy.shop_id


@dataclass
class _Totals:
    """Sums and counts over the returns of a pack."""

    sums: dict[tuple[str, str], list[Money]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, seen: Comparison, where: Where) -> None:
        """Count a return, and add its sums."""
        self.counts["returns processed" if where.return_id else "refunds without a return"] += 1
        self.counts["agree" if seen.agrees else "differ"] += 1
        for term in seen.terms:
            key = (seen.currency, term_name(term.name, where))
            sums = self.sums.setdefault(key, [Money.zero(seen.currency)] * 3)
            for place, amount in enumerate((term.loop, term.shopify, term.netsuite)):
                if amount is not None:
                    sums[place] = sums[place] + amount


def fill(pack: Pack, books: ShopBooks, period: Period, today: date, tell: Callable[[str], None]) -> None:
    """Add a shop's rows to a pack. Ages are counted to the end of the period, else to `today`."""
    totals, as_of = _Totals(), min(period.until or today, today)
    for number, (seen, said) in enumerate(comparisons(books, period), start=1):
        _add(pack, books, period, as_of, seen, said, totals)
        if number % PAGE == 0:
            tell(f"{books.shop_id}: {number} return(s) compared")
    for (currency, term), (loop, shopify, netsuite) in sorted(totals.sums.items(), key=lambda one: one[0][0]):
        pack[SUMMARY].add(books.shop_id, currency, term, loop, shopify, netsuite, _apart(term, loop, shopify, netsuite))
    for what in ("returns processed", "agree", "differ", "refunds without a return", "not processed", "open items"):
        pack[COUNTS].add(books.shop_id, what, totals.counts[what])
    _accounts(pack, books, period)
    _corrections(pack, books, period)


def _apart(term: str, loop: Money, shopify: Money, netsuite: Money) -> Money:
    """Of sums over many returns: Loop less NetSuite, or less Shopify where that is further apart; NetSuite's for what
    Loop does not know.
    """
    gaps = [loop - netsuite] + ([loop - shopify] if term in (REFUND, "exchange order") else [])
    return Money.zero(loop.currency) if term == "variance" else max(gaps, key=lambda one: abs(one.amount))


def comparisons(books: ShopBooks, period: Period) -> Iterator[tuple[Comparison, Sequence[Said]]]:
    """Every subject of the period, and every older one that has something open, compared."""
    ledger, shown = Ledger(books.store), ShownStore(books.store)
    for subjects in _subjects(ledger, shown, books.shop_id, period):
        versions = ledger.of_subjects(books.shop_id, subjects)
        orders = {one: _exchange_orders(found) for one, found in versions.items()}
        answers = said_about(shown, books.shop_id, {*subjects, *(order for some in orders.values() for order in some)})
        for subject in subjects:
            said = [one for about in (subject, *orders[subject]) for one in answers[about]]
            yield compared(subject, versions[subject], said, books.policy), said


def compared(subject: str, versions: Sequence[Entered], said: Sequence[Said], policy: Policy) -> Comparison:
    """Compare a subject as it was entered last."""
    gone = any(one.withdrawn and one.fact.kind in (Kind.CREDIT, Kind.PAID_OUT) for one in versions)
    return compare(subject, newest(versions), said, strays=policy.refunds_without_return, gone=gone)


def said_about(shown: ShownStore, shop: str, subjects: Iterable[str]) -> Mapping[str, list[Said]]:
    """What the syncs say about these subjects at the moment."""
    answers = shown.answers(shop, list(subjects))
    return {
        subject: [Said(one.sync, one.kind, one.code, one.text, one.since.date()) for one in some]
        for subject, some in answers.items()
    }


def _subjects(ledger: Ledger, shown: ShownStore, shop: str, period: Period) -> Iterator[list[str]]:
    bounded = period.since is not None or period.until is not None
    older = ledger.unsettled(shop, UNSETTLED, period.until) | shown.needing_attention(shop) if bounded else set()
    after = ""
    while subjects := ledger.subjects_after(shop, after, PAGE, period.since, period.until):
        yield subjects
        after = subjects[-1]
        older.difference_update(subjects)
    left = sorted(older)
    for begin in range(0, len(left), PAGE):
        yield left[begin : begin + PAGE]


def _exchange_orders(versions: Sequence[Entered]) -> list[str]:
    named = (one.fact.name("shopify_order") for one in versions if one.fact.kind is Kind.EXCHANGE_ORDER)
    return [order_subject(one) for one in dict.fromkeys(named) if one]


def _add(
    pack: Pack,
    books: ShopBooks,
    period: Period,
    as_of: date,
    seen: Comparison,
    said: Sequence[Said],
    totals: _Totals,
) -> None:
    where = Where.of(seen, books.shop_id, books.links)
    inside = bool(seen.facts) and any(period.holds(one.on) for one in seen.facts)
    moved = seen.processed or bool(seen.of_kind(Kind.REFUND, Kind.CREDIT, Kind.PAID_OUT))
    if inside and moved:
        add_sums(pack, seen, where)
        totals.add(seen, where)
        pack.balanced = pack.balanced and seen.agrees
    elif inside:
        totals.counts["not processed"] += 1
    items = [*open_items(seen, said)]
    if not inside and not seen.agrees:
        before = (one for one in seen.differences if one.counts)
        items += [OpenItem(Reason("differs_from_before"), one.amount, seen.on, one.text) for one in before]
    for one in items:
        if one.since is None or one.since <= as_of:
            totals.counts["open items"] += 1
            add_open_item(pack, one, where, as_of)


def _accounts(pack: Pack, books: ShopBooks, period: Period) -> None:
    for one in Ledger(books.store).balances(books.shop_id, period.since, period.until):
        account = CHART[one.account]
        sums = (one.opening, one.debit, one.credit, one.closing)
        pack[ACCOUNTS].add(books.shop_id, one.opening.currency, account.code, account.name, *sums, account.ties)


def _corrections(pack: Pack, books: ShopBooks, period: Period) -> None:
    """Facts that were entered again, or taken back, in the period."""
    zone = books.policy.time_zone

    def moment(day: date) -> datetime:
        return datetime.combine(day, time(0), zone)

    since = moment(period.since) if period.since is not None else None
    until = moment(period.until + timedelta(days=1)) if period.until is not None else None
    for before, after in Ledger(books.store).corrections(books.shop_id, since, until):
        if before is None or not _money_changed(before, after):
            continue
        fact, entered_on = after.fact, after.entered_at.astimezone(zone).date().isoformat()
        what = "no longer shown" if after.withdrawn else "shown again" if before.withdrawn else "changed"
        on = fact.on.isoformat() if fact.on is not None else ""
        sums = (_main(before), _main(after))
        pack[CORRECTIONS].add(books.shop_id, fact.subject, fact.key, on, entered_on, fact.currency, *sums, what)


def _money_changed(before: Entered, after: Entered) -> bool:
    """Whether what was entered has changed; that a return was processed, or goods came, corrects nothing."""
    was, now = before.fact, after.fact
    if was.kind is Kind.AUTHORIZATION or (was.kind is Kind.RETURN and not was.name("processed")):
        return False
    sums = [{term: amount for term, amount in one.amounts.items() if term != "applied"} for one in (was, now)]
    return sums[0] != sums[1] or before.withdrawn != after.withdrawn


MAIN = {Kind.RETURN: "refund", Kind.REFUND: "paid", Kind.GIVEN_BACK: "shipping"}
"""The sum by which a fact is told; a NetSuite record's is its total."""


def _main(one: Entered) -> Money:
    fact: Fact = one.fact
    return Money.zero(fact.currency) if one.withdrawn else fact.amount(MAIN.get(fact.kind, "total"))
