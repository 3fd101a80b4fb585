"""Loop's returns as they were last seen: the list's view, the details' view, and failures of processing.

Source: docs.loopreturns.com, detailed returns list, get return details, return webhook (read 2026-11-21): `state`,
`updated_at`, `provider_order_id`; moments without a zone are UTC (assumed).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, delete, or_, select, update

from ledgerloop.store.heads import note_head, note_new_heads
from ledgerloop.store.sql import batches, insert, locked, of_order, where
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import loop_exchanges, loop_returns
from ledgerloop.store.types import Json, digest

ENDED = ("closed", "cancelled", "expired")
"""States that Loop does not leave by itself; the rest is swept every night."""

IN_REVIEW = ("review", "needs review", "needs_review")
"""The state of a return that a person has to look at, in Loop's older words too."""


@dataclass(frozen=True)
class StoredReturn:
    """A return as stored. `updated_at`, `state` and `digest` are those of the newest view."""

    shop: str
    return_id: str
    order_key: str
    state: str
    updated_at: datetime | None
    digest: str
    stale: bool
    list_body: dict[str, Any] | None
    list_updated_at: datetime | None
    list_seen_at: datetime | None
    details_body: dict[str, Any] | None
    details_updated_at: datetime | None
    details_seen_at: datetime | None
    presentment_body: dict[str, Any] | None
    failed_at: datetime | None
    failure: str
    first_seen_at: datetime

    @property
    def details_outdated(self) -> bool:
        """Whether the details must be read: never read, marked stale, or the list has shown a newer state since."""
        if self.stale or self.details_body is None:
            return True
        listed, detailed = self.list_updated_at, self.details_updated_at
        if listed is None or detailed is None or listed != detailed:
            return listed is not None and detailed is not None and listed > detailed
        states = [str((body or {}).get("state") or "").lower() for body in (self.list_body, self.details_body)]
        return self.list_seen_last and states[0] != states[1]

    @property
    def presentment_outdated(self) -> bool:
        """Whether the view in the shopper's currency must be read: never read, or a newer state was seen since."""
        read_at = moment((self.presentment_body or {}).get("updated_at"))
        newer = read_at is not None and self.updated_at is not None and read_at < self.updated_at
        return self.presentment_body is None or newer

    @property
    def list_seen_last(self) -> bool:
        """Whether the list was seen after the details: Loop's moments are whole seconds and may not tell."""
        listed, detailed = self.list_seen_at, self.details_seen_at
        return listed is not None and (detailed is None or listed > detailed)


class LoopReturns:
    """The returns of Loop."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put_list_view(
        self, shop: str, return_id: str, body: dict[str, Any], seen_at: datetime, tx: Transaction | None = None
    ) -> bool:
        """Store what the list shows; True when it differs from what was stored."""
        return self._put(shop, return_id, "list", body, seen_at, tx)

    def put_list_views(self, shop: str, bodies: Mapping[str, Json], seen_at: datetime, tx: Transaction) -> set[str]:
        """Store what a page of the list shows; gives the returns that differ from what was stored."""
        known: set[str] = set()
        for some in batches(bodies):
            mine = select(loop_returns.c.return_id).where(loop_returns.c.shop == shop)
            known |= set(tx.execute(mine.where(loop_returns.c.return_id.in_(some))).scalars())
        new = {return_id: body for return_id, body in sorted(bodies.items()) if return_id not in known}
        if new:
            self._add(shop, new, seen_at, tx)
        changed = (one for one in known if self._put(shop, one, "list", bodies[one], seen_at, tx))
        return new.keys() | set(changed)

    def _add(self, shop: str, bodies: Mapping[str, Json], seen_at: datetime, tx: Transaction) -> None:
        """Store returns seen for the first time together: a shop's first look may show thousands."""
        rows = []
        for return_id, body in bodies.items():
            first = {"shop": shop, "return_id": return_id, **_unseen(return_id, seen_at)}
            rows.append(first | _changes(_NOTHING | first, "list", body, digest(body), seen_at))
            _note_exchanges(tx, {"shop": shop, "return_id": return_id}, body)
        tx.execute(insert(tx, loop_returns).on_conflict_do_nothing(), rows)
        note_new_heads(tx, shop, {row["return_id"]: (row["order_key"], row["list_body"]) for row in rows}, seen_at)

    def put_details_view(
        self, shop: str, return_id: str, body: dict[str, Any], seen_at: datetime, tx: Transaction | None = None
    ) -> bool:
        """Store what the details (or a webhook's whole body) show; True when it differs from what was stored.

        It makes the return fresh again. A body that does not say when it was updated is kept only where no better one
        is; else the return becomes stale instead.
        """
        return self._put(shop, return_id, "details", body, seen_at, tx)

    def put_presentment(self, shop: str, return_id: str, body: dict[str, Any]) -> None:
        """Store the details in the shopper's currency, beside a return that is known."""
        values = {"presentment_body": body, "presentment_digest": digest(body)}
        with self._store.writing() as tx:
            tx.execute(update(loop_returns).filter_by(shop=shop, return_id=return_id).values(**values))

    def put_failure(self, shop: str, return_id: str, at: datetime, message: str, tx: Transaction | None = None) -> bool:
        """Store that Loop said its processing failed; False when this, or a later failure, is known."""
        with self._store.writing(tx, hasty=True) as open_tx:
            keys = {"shop": shop, "return_id": return_id}
            row, _ = locked(open_tx, loop_returns, keys, _unseen(return_id, at))
            if row["failed_at"] is not None and row["failed_at"] >= at:
                return False
            changed = {"failed_at": at, "failure": message, "stale": True}
            open_tx.execute(update(loop_returns).where(where(loop_returns, keys)).values(**changed))
        return True

    def mark_stale(self, shop: str, return_id: str, tx: Transaction | None = None) -> None:
        """Ask for the details to be read again before the next decision."""
        with self._store.writing(tx, hasty=True) as open_tx:
            open_tx.execute(update(loop_returns).filter_by(shop=shop, return_id=return_id).values(stale=True))

    def get(self, shop: str, return_id: str) -> StoredReturn | None:
        """Look a return up."""
        with self._store.reading() as tx:
            row = tx.execute(select(loop_returns).filter_by(shop=shop, return_id=return_id)).mappings().first()
        return None if row is None else stored_of(row)

    def for_order(self, shop: str, order_key: str, tx: Transaction | None = None) -> list[StoredReturn]:
        """Give every return of a case, oldest first."""
        with self._store.reading(tx) as open_tx:
            rows = open_tx.execute(_OF_ORDER, {"of_shop": shop, "of_order": order_key}).mappings()
            return [stored_of(row) for row in rows]

    def order_keys_among(self, shop: str, order_keys: Collection[str], tx: Transaction | None = None) -> set[str]:
        """Which of these cases have returns."""
        wanted = select(loop_returns.c.order_key).where(loop_returns.c.shop == shop).distinct()
        found: set[str] = set()
        with self._store.reading(tx) as open_tx:
            for some in batches(order_keys):
                found |= set(open_tx.execute(wanted.where(loop_returns.c.order_key.in_(some))).scalars())
        return found

    def exchanged_by(self, shop: str, order_id: str, tx: Transaction | None = None) -> list[StoredReturn]:
        """Give every return that ever named this order as its exchange order, oldest first."""
        with self._store.reading(tx) as open_tx:
            rows = open_tx.execute(_EXCHANGED_BY, {"of_shop": shop, "of_order": order_id}).mappings()
            return [stored_of(row) for row in rows]

    def note_exchange(self, shop: str, return_id: str, order_id: str, tx: Transaction) -> None:
        """Note that a return was exchanged for this order, which Loop does not name."""
        row = {"shop": shop, "return_id": return_id, "order_id": order_id}
        tx.execute(insert(tx, loop_exchanges).on_conflict_do_nothing(), [row])

    def ids_known(self, shop: str) -> set[str]:
        """Give the id of every return ever seen."""
        with self._store.reading() as tx:
            return set(tx.execute(select(loop_returns.c.return_id).filter_by(shop=shop)).scalars())

    def open_ids(self, shop: str) -> list[str]:
        """Give the returns that Loop may still change."""
        wanted = select(loop_returns.c.return_id).filter_by(shop=shop).where(loop_returns.c.state.not_in(ENDED))
        with self._store.reading() as tx:
            return list(tx.execute(wanted.order_by(loop_returns.c.return_id)).scalars())

    def in_review(self, shop: str, limit: int, looked_at_before: datetime) -> list[str]:
        """Give returns in review whose details were not read since, the longest ago first."""
        seen_at = loop_returns.c.details_seen_at
        wanted = select(loop_returns.c.return_id).where(
            loop_returns.c.shop == shop,
            loop_returns.c.state.in_(IN_REVIEW),
            or_(seen_at.is_(None), seen_at < looked_at_before),
        )
        longest_ago = (seen_at.is_not(None), seen_at, loop_returns.c.return_id)
        with self._store.reading() as tx:
            return list(tx.execute(wanted.order_by(*longest_ago).limit(limit)).scalars())

    def find(self, return_id: str) -> list[StoredReturn]:
        """Find a return in every shop."""
        with self._store.reading() as tx:
            rows = tx.execute(select(loop_returns).filter_by(return_id=return_id)).mappings()
            return [stored_of(row) for row in rows]

    def search(
        self, shop: str | None = None, text: str = "", state: str = "", limit: int = 100, offset: int = 0
    ) -> list[StoredReturn]:
        """Search by the beginning of a return id or order id; newest first."""
        wanted = select(loop_returns)
        if shop is not None:
            wanted = wanted.filter_by(shop=shop)
        if state:
            wanted = wanted.filter_by(state=state)
        if text:
            begins = (
                one.startswith(text, autoescape=True) for one in (loop_returns.c.return_id, loop_returns.c.order_key)
            )
            wanted = wanted.where(or_(*begins))
        newest = (loop_returns.c.first_seen_at.desc(), loop_returns.c.return_id.desc())
        with self._store.reading() as tx:
            return [
                stored_of(row) for row in tx.execute(wanted.order_by(*newest).limit(limit).offset(offset)).mappings()
            ]

    def forget(self, shop: str, return_id: str, tx: Transaction | None = None) -> None:
        """Drop what is stored about a return, so that it is read anew."""
        with self._store.writing(tx, hasty=True) as open_tx:
            open_tx.execute(delete(loop_returns).filter_by(shop=shop, return_id=return_id))

    def _put(self, shop: str, return_id: str, view: str, body: Json, seen_at: datetime, tx: Transaction | None) -> bool:
        keys = {"shop": shop, "return_id": return_id}
        with self._store.writing(tx, hasty=True) as open_tx:
            row, _ = locked(open_tx, loop_returns, keys, _unseen(return_id, seen_at))
            mark = digest(body)
            changed = mark != row[f"{view}_digest"]
            values = _changes(row, view, body, mark, seen_at)
            if values:
                open_tx.execute(update(loop_returns).where(where(loop_returns, keys)).values(**values))
                _note_exchanges(open_tx, keys, body)
            if "digest" in values:
                key = values.get("order_key", row["order_key"])
                note_head(open_tx, shop, return_id, key, body, seen_at)
        taken = bool(values.keys() - {"stale"})
        return (taken and changed) or values == {"stale": True}


def moment(value: object) -> datetime | None:
    """Read a moment of Loop's: ISO 8601 or `YYYY-MM-DD hh:mm:ss`, UTC where no zone is given; None if it is neither."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def order_key_of(return_id: str, body: dict[str, Any]) -> str:
    """Name the case a return belongs to: the Shopify order id, or `loop-<return id>` where Loop gives none."""
    return str(body.get("provider_order_id") or "") or f"loop-{return_id}"


def exchange_orders(body: dict[str, Any]) -> set[str]:
    """Shopify ids of the orders that this return was exchanged for; native exchanges have none of their own.

    Source: docs.loopreturns.com, exchanges[].exchange_order_id (read 2026-11-21).
    """
    rows = body.get("exchanges")
    named = (one.get("exchange_order_id") for one in (rows if isinstance(rows, list) else ()) if isinstance(one, dict))
    return {str(one) for one in named if one} - {str(body.get("provider_order_id"))}


def _note_exchanges(tx: Transaction, keys: dict[str, str], body: dict[str, Any]) -> None:
    rows = [{**keys, "order_id": one} for one in sorted(exchange_orders(body))]
    if rows:
        tx.execute(insert(tx, loop_exchanges).on_conflict_do_nothing(), rows)


def _unseen(return_id: str, seen_at: datetime) -> dict[str, Any]:
    return {"order_key": f"loop-{return_id}", "state": "", "first_seen_at": seen_at}


def _changes(row: RowMapping | Json, view: str, body: dict[str, Any], mark: str, seen_at: datetime) -> dict[str, Any]:
    """Say which columns a view changes; nothing where it is older than the one stored."""
    updated_at = moment(body.get("updated_at"))
    before = row[f"{view}_updated_at"]
    if before is not None and updated_at is None:
        return {} if row["stale"] else {"stale": True}
    fresh = {"stale": False} if view == "details" else {}
    if before is not None and updated_at is not None and updated_at < before:
        return fresh if row["stale"] else {}
    seen_before = row[f"{view}_seen_at"]
    if updated_at is None and seen_before is not None and seen_at < seen_before:
        return {}
    made = {
        f"{view}_body": body,
        f"{view}_updated_at": updated_at,
        f"{view}_seen_at": seen_at,
        f"{view}_digest": mark,
        **fresh,
    }
    if row["updated_at"] is None or (updated_at is not None and updated_at >= row["updated_at"]):
        made |= {
            "state": str(body.get("state") or ""),
            "updated_at": updated_at or row["updated_at"],
            "digest": mark,
        }
        made["order_key"] = order_key_of(row["return_id"], body) if body.get("provider_order_id") else row["order_key"]
    return made


_NOTHING: Json = dict.fromkeys(column.name for column in loop_returns.columns)
_OF_ORDER = of_order(loop_returns).order_by(loop_returns.c.first_seen_at, loop_returns.c.return_id)
_EXCHANGED_BY = (
    select(loop_returns)
    .join(
        loop_exchanges,
        (loop_exchanges.c.shop == loop_returns.c.shop) & (loop_exchanges.c.return_id == loop_returns.c.return_id),
    )
    .where(loop_exchanges.c.shop == bindparam("of_shop"), loop_exchanges.c.order_id == bindparam("of_order"))
    .order_by(loop_returns.c.first_seen_at, loop_returns.c.return_id)
)
_COLUMNS = tuple(field.name for field in fields(StoredReturn))


def stored_of(row: RowMapping) -> StoredReturn:
    """A row of the table, typed."""
    return StoredReturn(**{name: row[name] for name in _COLUMNS})
