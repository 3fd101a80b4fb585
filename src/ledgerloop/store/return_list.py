"""Lists of returns, their counts, and what stands still for one cause: read from the heads and answers alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, func, intersect, select, tuple_, union

from ledgerloop.store.heads import word_of
from ledgerloop.store.outcomes import ATTENTION, WAITING
from ledgerloop.store.page_tables import return_heads as heads
from ledgerloop.store.page_tables import search_words as words
from ledgerloop.store.sql import batches
from ledgerloop.store.store import Store
from ledgerloop.store.tables import journal, outcomes

MOST_TERMS = 4
"""Words of one search that count."""

MOST_BEGINNINGS = 2000
"""Words with the same beginning that are looked at; exact words are found however many there are."""

SHORTEST_BEGINNING = 3
"""Characters from which on the beginning of a word is enough."""

COUNTED = 10_000
"""Returns that a list counts; beyond, it says that there are more."""

Mark = tuple[datetime, str, str]
"""Where a page ends: created at, shop, return id of its last row."""


@dataclass(frozen=True)
class ReturnFilters:
    """What is looked for; empty means any. `standing` is attention, waiting, held, handled, settled or new.

    `amount_from` and `amount_to` are in thousandths. `since_before`: standing like this since before that moment.
    """

    text: str = ""
    shop: str = ""
    standing: str = ""
    sync: str = ""
    code: str = ""
    cause: str | None = None
    state: str = ""
    outcome: str = ""
    created_from: datetime | None = None
    created_before: datetime | None = None
    since_before: datetime | None = None
    amount_from: int | None = None
    amount_to: int | None = None


@dataclass(frozen=True)
class Head:
    """A return as lists show it; `amount` in thousandths of its currency."""

    shop: str
    return_id: str
    order_key: str
    order_name: str
    email: str
    state: str
    outcome: str
    currency: str
    amount: int
    created_at: datetime
    updated_at: datetime | None
    standing: str
    code: str
    sync: str
    since: datetime | None


@dataclass(frozen=True)
class Cause:
    """Answers of one code and one cause. `example` is the subject that has stood still longest."""

    code: str
    cause: str
    count: int
    since: datetime
    shop: str
    example: str
    sync: str
    text: str
    remedy: str


@dataclass(frozen=True)
class Health:
    """How a sync does: when it wrote last, and how many wait and need attention since when."""

    sync: str
    last_done_at: datetime | None
    waiting: int
    attention: int
    oldest_waiting_at: datetime | None
    oldest_attention_at: datetime | None


class ReturnList:
    """Reads heads and answers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, filters: ReturnFilters, after: Mark | None, limit: int) -> list[Head]:
        """Give the next returns, those created last first."""
        key = (heads.c.created_at, heads.c.shop, heads.c.return_id)
        with self._store.reading() as tx:
            wanted = self._found(tx, filters, select(heads))
            if after is not None:
                wanted = wanted.where(tuple_(*key) < tuple_(*after))
            rows = tx.execute(wanted.order_by(*(one.desc() for one in key)).limit(limit)).mappings()
            return [Head(**row) for row in rows]

    def count(self, filters: ReturnFilters) -> int:
        """Count the returns that are found, up to COUNTED and one."""
        with self._store.reading() as tx:
            few = self._found(tx, filters, select(heads.c.return_id)).limit(COUNTED + 1).subquery()
            return int(tx.execute(select(func.count()).select_from(few)).scalar_one())

    def get(self, shop: str, return_id: str) -> Head | None:
        """Look a return up."""
        with self._store.reading() as tx:
            row = tx.execute(select(heads).filter_by(shop=shop, return_id=return_id)).mappings().first()
        return None if row is None else Head(**row)

    def standings(self) -> dict[str, int]:
        """Count the returns by standing."""
        wanted = select(heads.c.standing, func.count()).group_by(heads.c.standing)
        with self._store.reading() as tx:
            return {row[0]: row[1] for row in tx.execute(wanted)}

    def texts(self, rows: Sequence[Head]) -> dict[tuple[str, str], str]:
        """What the most urgent answer about each of these returns says: by shop and return id."""
        syncs = {(one.shop, one.return_id): one.sync for one in rows if one.sync}
        found: dict[tuple[str, str], str] = {}
        names = (outcomes.c.return_id, outcomes.c.sync, outcomes.c.text)
        with self._store.reading() as tx:
            for shop in {shop for shop, _ in syncs}:
                for some in batches(one for of, one in syncs if of == shop):
                    mine = select(*names).where(outcomes.c.shop == shop, outcomes.c.return_id.in_(some))
                    said = ((row[0], row[2]) for row in tx.execute(mine) if syncs[shop, row[0]] == row[1])
                    found |= {(shop, return_id): text for return_id, text in said}
        return found

    def causes(self, limit: int) -> list[Cause]:
        """Group what needs attention by code and cause, the largest groups first."""
        number, since = func.count().label("number"), func.min(outcomes.c.since).label("since")
        grouped = (
            select(outcomes.c.code, outcomes.c.cause, number, since)
            .where(outcomes.c.kind == ATTENTION)
            .group_by(outcomes.c.code, outcomes.c.cause)
            .order_by(number.desc(), outcomes.c.code, outcomes.c.cause)
            .limit(limit)
        )
        with self._store.reading() as tx:
            return [_cause(tx, row) for row in tx.execute(grouped).all()]

    def causes_of(self, code: str) -> list[str]:
        """The causes for which something needs attention with this code."""
        wanted = select(outcomes.c.cause).where(outcomes.c.kind == ATTENTION, outcomes.c.code == code).distinct()
        with self._store.reading() as tx:
            return list(tx.execute(wanted.order_by(outcomes.c.cause)).scalars())

    def cause(self, code: str, cause: str) -> Cause | None:
        """One group; None when nothing stands still for it any more."""
        number, since = func.count().label("number"), func.min(outcomes.c.since).label("since")
        wanted = select(outcomes.c.code, outcomes.c.cause, number, since).where(*_of_cause(code, cause))
        with self._store.reading() as tx:
            row = tx.execute(wanted.group_by(outcomes.c.code, outcomes.c.cause)).first()
            return None if row is None else _cause(tx, row)

    def subjects_of(self, code: str, cause: str, after: tuple[str, str], limit: int) -> list[tuple[str, str]]:
        """The next shops and subjects of a group."""
        key = (outcomes.c.shop, outcomes.c.return_id)
        wanted = select(*key).where(*_of_cause(code, cause), tuple_(*key) > tuple_(*after)).distinct()
        with self._store.reading() as tx:
            return [(row[0], row[1]) for row in tx.execute(wanted.order_by(*key).limit(limit))]

    def health(self, syncs: Sequence[str]) -> list[Health]:
        """How each of these syncs does."""
        number, since = func.count(), func.min(outcomes.c.since)
        grouped = select(outcomes.c.sync, outcomes.c.kind, number, since).group_by(outcomes.c.sync, outcomes.c.kind)
        with self._store.reading() as tx:
            stands = {(row[0], row[1]): (row[2], row[3]) for row in tx.execute(grouped)}
            done = {
                sync: tx.execute(select(func.max(journal.c.finished_at)).where(journal.c.sync == sync)).scalar()
                for sync in syncs
            }
        none: tuple[int, datetime | None] = (0, None)
        found = []
        for sync in syncs:
            waits, needs = stands.get((sync, WAITING), none), stands.get((sync, ATTENTION), none)
            found.append(Health(sync, done[sync], waits[0], needs[0], waits[1], needs[1]))
        return found

    def begun_and_written(self, spans: Sequence[tuple[datetime, datetime]]) -> list[tuple[int, int]]:
        """Count the returns that were begun and the writes that were finished in each of these spans of time."""
        with self._store.reading() as tx:
            told = [{"since": since, "until": until} for since, until in spans]
            return [(tx.execute(_BEGUN, one).scalar_one(), tx.execute(_WRITTEN, one).scalar_one()) for one in told]

    def _found(self, tx: Connection, filters: ReturnFilters, wanted: Select[Any]) -> Select[Any]:
        chosen = list(_chosen(filters))
        if filters.sync or filters.code or filters.cause is not None:
            chosen.append(tuple_(heads.c.shop, heads.c.return_id).in_(_answered(filters)))
        terms = [word for one in filters.text.split()[:MOST_TERMS] if (word := word_of(one))]
        if terms:
            hits: list[Any] = [_hits(tx, term) for term in terms]
            both: Any = intersect(*(select(one.c.shop, one.c.return_id) for one in hits)) if hits[1:] else None
            hit = hits[0] if both is None else both.subquery()
            wanted = wanted.join(hit, and_(hit.c.shop == heads.c.shop, hit.c.return_id == heads.c.return_id))
        return wanted.where(*chosen)


def _chosen(filters: ReturnFilters) -> list[ColumnElement[bool]]:
    same = {"standing": filters.standing, "state": filters.state, "outcome": filters.outcome}
    chosen: list[ColumnElement[bool]] = [heads.c[name] == value for name, value in same.items() if value]
    if filters.shop:  # written so that no index is used for it: else all returns of a shop are read and sorted
        chosen.append(heads.c.shop + "" == filters.shop)
    at_least = {"created_at": filters.created_from, "amount": filters.amount_from}
    below = {"created_at": filters.created_before, "since": filters.since_before}
    chosen += [heads.c[name] >= value for name, value in at_least.items() if value is not None]
    chosen += [heads.c[name] < value for name, value in below.items() if value is not None]
    if filters.amount_to is not None:
        chosen.append(heads.c.amount <= filters.amount_to)
    return chosen


def _answered(filters: ReturnFilters) -> Select[Any]:
    """Returns with such an answer, whichever of their answers is the most urgent."""
    same = {"sync": filters.sync, "code": filters.code}
    chosen: list[ColumnElement[bool]] = [outcomes.c[name] == value for name, value in same.items() if value]
    if filters.cause is not None:
        chosen += [outcomes.c.kind == ATTENTION, outcomes.c.cause == filters.cause]
    return select(outcomes.c.shop, outcomes.c.return_id).where(*chosen)


def _hits(tx: Connection, term: str) -> Any:
    """Returns found by a word, else by its beginning; what is found of an order is found of all its returns."""
    exact = words.c.word == term
    if tx.execute(select(words.c.word).where(exact).limit(1)).first() is not None:
        found = select(words.c.shop, words.c.order_key, words.c.return_id).where(exact).subquery()
    else:
        begins = _begins(tx, term) if len(term) >= SHORTEST_BEGINNING else exact
        some = select(words.c.shop, words.c.order_key, words.c.return_id).where(begins).limit(MOST_BEGINNINGS)
        found = some.subquery()
    itself = select(found.c.shop, found.c.return_id).where(found.c.return_id != "")
    of_order = and_(heads.c.shop == found.c.shop, heads.c.order_key == found.c.order_key)
    whole = select(heads.c.shop, heads.c.return_id).join(found, of_order).where(found.c.return_id == "")
    return union(itself, whole).subquery()


def _begins(tx: Connection, term: str) -> ColumnElement[bool]:
    if tx.dialect.name == "sqlite":
        return and_(words.c.word >= term, words.c.word < term + "\U0010ffff")
    return words.c.word.startswith(term, autoescape=True)


def _of_cause(code: str, cause: str) -> tuple[ColumnElement[bool], ...]:
    return outcomes.c.kind == ATTENTION, outcomes.c.code == code, outcomes.c.cause == cause


def _cause(tx: Connection, row: Any) -> Cause:
    mine, columns = select(outcomes).where(*_of_cause(row.code, row.cause)), outcomes.c
    first = tx.execute(mine.order_by(columns.since, columns.shop, columns.return_id, columns.sync).limit(1)).one()
    shown = (first.shop, first.return_id, first.sync, first.text, first.remedy)
    return Cause(row.code, row.cause, row.number, row.since, *shown)


def _count_within(moment: Any) -> Select[Any]:
    """Count rows of a span of time; made once, because it is asked for many spans at a time."""
    return select(func.count()).where(moment >= bindparam("since"), moment < bindparam("until"))


_BEGUN = _count_within(heads.c.created_at)
_WRITTEN = _count_within(journal.c.finished_at)
