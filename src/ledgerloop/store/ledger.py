"""The books as they are kept: facts and their entries, only ever added to.

A fact that changed is entered again as its next version: the entries of the version before are reversed on their own
date, the new ones stand on theirs.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, case, exists, func, select, tuple_
from sqlalchemy.exc import IntegrityError

from ledgerloop.domain.facts import Entry, Fact, Kind, minor_units, of_minor_units
from ledgerloop.domain.money import Money
from ledgerloop.store.account_days import Balance, add_to_days
from ledgerloop.store.ledger_tables import book_cases, book_packs, entries, facts
from ledgerloop.store.sql import batches, insert, put_all
from ledgerloop.store.store import Store, Transaction


@dataclass(frozen=True)
class Entered:
    """A version of a fact as it was entered."""

    number: int
    fact: Fact
    version: int
    withdrawn: bool
    entered_at: datetime


@dataclass(frozen=True)
class News:
    """What a case shows now: facts to be entered with their entries, in place of the versions they replace."""

    order_key: str
    mark: str
    before: str
    changed: Sequence[tuple[Fact, Sequence[Entry]]]
    withdrawn: Sequence[Fact]
    replaced: Mapping[str, Entered]

    @property
    def count(self) -> int:
        """How many facts are entered."""
        return len(self.changed) + len(self.withdrawn)


class Ledger:
    """The books."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def marks(self, shop: str, keys: Collection[str], tx: Transaction | None = None) -> dict[str, str]:
        """Tell how far each of these cases was entered; those never entered are left out."""
        found: dict[str, str] = {}
        with self._store.reading(tx) as open_tx:
            for some in batches(keys):
                wanted = select(book_cases.c.order_key, book_cases.c.mark).where(book_cases.c.shop == shop)
                found |= {row[0]: row[1] for row in open_tx.execute(wanted.where(book_cases.c.order_key.in_(some)))}
        return found

    def of_cases(self, shop: str, keys: Collection[str]) -> dict[str, dict[str, Entered]]:
        """The newest version of every fact of these cases, withdrawn ones too, by key."""
        found: dict[str, dict[str, Entered]] = {key: {} for key in keys}
        with self._store.reading() as tx:
            for some in batches(keys):
                mine = select(facts).where(facts.c.shop == shop, facts.c.order_key.in_(some)).order_by(facts.c.id)
                for row in tx.execute(mine):
                    found[row.order_key][row.key] = _entered(row)
        return found

    def enter(self, shop: str, news: Collection[News], at: datetime) -> int:
        """Enter what is new; a case that somebody else has entered meanwhile is left out. Gives how many facts."""
        try:
            with self._store.writing(hasty=True) as tx:
                marks = self.marks(shop, [one.order_key for one in news], tx)
                mine = [one for one in news if marks.get(one.order_key, "") == one.before]
                _enter(tx, shop, mine, at)
                rows = [{"shop": shop, "order_key": one.order_key, "mark": one.mark, "entered_at": at} for one in mine]
                if rows:
                    put_all(tx, book_cases, ("shop", "order_key"), rows)
        except IntegrityError:  # another process entered the same versions at the same moment: they are entered
            return 0
        return sum(one.count for one in mine)

    def subjects_after(
        self, shop: str, after: str, limit: int, since: date | None = None, until: date | None = None
    ) -> list[str]:
        """Give the next subjects that a fact of this period belongs to, `limit` at most; without dates: all."""
        wanted = select(facts.c.subject).where(
            facts.c.shop == shop, facts.c.subject > after, *_within(facts, since, until)
        )
        with self._store.reading() as tx:
            return list(tx.execute(wanted.distinct().order_by(facts.c.subject).limit(limit)).scalars())

    def unsettled(self, shop: str, accounts: Collection[str], until: date | None = None) -> set[str]:
        """Give the subjects that have something left on one of these accounts, and those with an open fact."""
        newer = facts.alias()
        later = select(newer.c.id).where(
            newer.c.shop == facts.c.shop,
            newer.c.order_key == facts.c.order_key,
            newer.c.key == facts.c.key,
            newer.c.version > facts.c.version,
        )
        still_open = select(facts.c.subject).where(facts.c.shop == shop, facts.c.open, ~exists(later))
        total = func.sum(entries.c.amount)
        mine = (entries.c.shop == shop, entries.c.account.in_(accounts), *_within(entries, None, until))
        left = select(entries.c.subject).where(*mine).group_by(entries.c.subject, entries.c.account, entries.c.currency)
        with self._store.reading() as tx:
            found = set(tx.execute(still_open).scalars())
            return found | set(tx.execute(left.having(total != 0)).scalars())

    def of_subjects(self, shop: str, subjects: Collection[str]) -> dict[str, list[Entered]]:
        """Every version of the facts of these subjects, in the order of their entering."""
        found: dict[str, list[Entered]] = {one: [] for one in subjects}
        with self._store.reading() as tx:
            for some in batches(subjects):
                mine = select(facts).where(facts.c.shop == shop, facts.c.subject.in_(some)).order_by(facts.c.id)
                for row in tx.execute(mine):
                    found[row.subject].append(_entered(row))
        return found

    def entries_of(self, fact_number: int) -> list[tuple[Entry, bool]]:
        """The entries made with a version of a fact, and whether each takes back one of the version before."""
        wanted = select(entries).where(entries.c.fact_id == fact_number).order_by(entries.c.id)
        with self._store.reading() as tx:
            return [
                (Entry(row.account, of_minor_units(row.amount, row.currency)), row.reverses)
                for row in tx.execute(wanted)
            ]

    def balances(self, shop: str, since: date | None = None, until: date | None = None) -> list[Balance]:
        """The balance of every account by currency; entries after the period are left out."""
        begins = since.isoformat() if since is not None else ""
        before, amount = entries.c.on_date < begins, entries.c.amount

        def sum_of(condition: Any) -> Any:
            return func.coalesce(func.sum(case((condition, amount), else_=0)), 0)

        wanted = select(
            entries.c.account,
            entries.c.currency,
            sum_of(before),
            sum_of(~before & (amount > 0)),
            sum_of(~before & (amount < 0)),
        ).where(entries.c.shop == shop, *_within(entries, None, until))
        with self._store.reading() as tx:
            rows = tx.execute(wanted.group_by(entries.c.account, entries.c.currency)).all()
        made = [
            Balance(
                account,
                *(of_minor_units(int(units), currency) for units in (opening, debit, -credit)),
            )
            for account, currency, opening, debit, credit in rows
        ]
        return sorted(made, key=lambda one: (one.opening.currency, one.account))

    def corrections(
        self, shop: str, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[tuple[Entered | None, Entered]]:
        """Facts that were entered again or withdrawn in this time: the version before, and the new one."""
        again = facts.alias()
        chosen = [facts.c.shop == shop, facts.c.version > 1]
        chosen += [facts.c.entered_at >= since] if since is not None else []
        chosen += [facts.c.entered_at < until] if until is not None else []
        names = select(facts.c.order_key, facts.c.key).where(*chosen)
        wanted = select(again).where(again.c.shop == shop, tuple_(again.c.order_key, again.c.key).in_(names))
        with self._store.reading() as tx:
            found = tx.execute(wanted.order_by(again.c.order_key, again.c.key, again.c.version))
            for _, rows in groupby(found, key=lambda row: (row.order_key, row.key)):
                before: Entered | None = None
                for row in rows:
                    one = _entered(row)
                    in_time = (since is None or one.entered_at >= since) and (until is None or one.entered_at < until)
                    if one.version > 1 and in_time:
                        yield before, one
                    before = one

    def note_pack(self, pack_hash: str, made_at: datetime, since: str, until: str, rows: int) -> None:
        """Note that a pack was made; the first time counts."""
        made = {"hash": pack_hash, "made_at": made_at, "from_date": since, "to_date": until, "rows": rows}
        with self._store.writing() as tx:
            tx.execute(insert(tx, book_packs).values(**made).on_conflict_do_nothing())

    def pack_made_at(self, pack_hash: str) -> datetime | None:
        """When a pack of this hash was made first; None if it never was."""
        with self._store.reading() as tx:
            found: datetime | None = tx.execute(select(book_packs.c.made_at).filter_by(hash=pack_hash)).scalar()
        return found


def _within(table: Any, since: date | None, until: date | None) -> list[Any]:
    chosen = [table.c.on_date >= since.isoformat()] if since is not None else []
    return chosen + ([table.c.on_date <= until.isoformat()] if until is not None else [])


def _enter(tx: Connection, shop: str, news: Sequence[News], at: datetime) -> None:
    """Take the entries of the versions before back, then make the new ones; a few statements however many there are."""
    rows: list[dict[str, Any]] = []
    made: dict[_Name, tuple[Fact, Sequence[Entry]]] = {}
    replaced: dict[int, _Name] = {}
    for one in news:
        for fact, sides in [*one.changed, *((fact, None) for fact in one.withdrawn)]:
            before = one.replaced.get(fact.key)
            rows.append(_row(shop, one.order_key, fact, before, at, withdrawn=sides is None))
            name = (one.order_key, fact.key)
            made[name] = (fact, sides or ())
            if before is not None and not before.withdrawn:
                replaced[before.number] = name
    if not rows:
        return
    numbers = {(row.order_key, row.key): row.id for row in tx.execute(_ADD_FACT, rows)}
    sides_made = [_side(shop, numbers[name], fact, side) for name, (fact, sides) in made.items() for side in sides]
    everything = [*_reversed(tx, numbers, replaced), *sides_made]
    if everything:
        tx.execute(entries.insert(), everything)
        add_to_days(tx, everything)


_ADD_FACT = facts.insert().returning(facts.c.id, facts.c.order_key, facts.c.key)

_Name = tuple[str, str]
"""A fact by its case and key."""


def _row(
    shop: str, order_key: str, fact: Fact, before: Entered | None, at: datetime, *, withdrawn: bool
) -> dict[str, Any]:
    return {
        "shop": shop,
        "order_key": order_key,
        "subject": fact.subject,
        "key": fact.key,
        "version": before.version + 1 if before is not None else 1,
        "kind": fact.kind.value,
        "currency": fact.currency,
        "on_date": _text(fact.on),
        "open": fact.is_open and not withdrawn,
        "shows": _shows(fact),
        "withdrawn": withdrawn,
        "entered_at": at,
    }


def _side(shop: str, number: int, fact: Fact, entry: Entry) -> dict[str, Any]:
    return {
        "fact_id": number,
        "shop": shop,
        "subject": fact.subject,
        "account": entry.account,
        "currency": entry.amount.currency,
        "amount": minor_units(entry.amount),
        "on_date": _text(fact.on),
        "reverses": False,
    }


def _reversed(tx: Connection, numbers: Mapping[_Name, int], replaced: Mapping[int, _Name]) -> Iterator[dict[str, Any]]:
    """The entries of replaced versions, turned; each stands with the version that replaces it."""
    for some in batches(replaced):
        wanted = select(entries).where(entries.c.fact_id.in_(some), ~entries.c.reverses).order_by(entries.c.id)
        for row in tx.execute(wanted).mappings():
            yield {
                **{name: row[name] for name in ("shop", "subject", "account", "currency", "on_date")},
                "fact_id": numbers[replaced[row["fact_id"]]],
                "amount": -row["amount"],
                "reverses": True,
            }


def _text(on: date | None) -> str:
    return on.isoformat() if on is not None else ""


def _shows(fact: Fact) -> dict[str, dict[str, str]]:
    amounts = {term: str(amount.amount) for term, amount in fact.amounts.items()}
    return {"amounts": amounts, "names": dict(fact.names)}


def _entered(row: Row[Any]) -> Entered:
    shows = row.shows
    fact = Fact(
        key=row.key,
        kind=Kind(row.kind),
        subject=row.subject,
        currency=row.currency,
        on=date.fromisoformat(row.on_date) if row.on_date else None,
        amounts={term: Money.of(amount, row.currency) for term, amount in shows["amounts"].items()},
        names=shows["names"],
    )
    return Entered(row.id, fact, row.version, row.withdrawn, row.entered_at)


def newest(versions: Iterable[Entered]) -> list[Fact]:
    """The facts as they are now: the newest version of each that its system still shows."""
    last = {one.fact.key: one for one in versions}
    return [one.fact for one in last.values() if not one.withdrawn]
