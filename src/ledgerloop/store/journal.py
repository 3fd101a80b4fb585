"""The journal of writes: what we decided to write, under which external id, and what became of it.

A row is stored before the first attempt. DONE is final: nothing overwrites it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, RowMapping, or_, select, update

from ledgerloop.domain.case import JournalEntry, WriteState
from ledgerloop.store.documents import mark_family_stale
from ledgerloop.store.lookups import CUSTOMER
from ledgerloop.store.sql import locked, of_order
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import (
    documents,
    journal,
    loop_returns,
    netsuite_lookups,
    source_order_ids,
    source_orders,
)

RECORDS = ("returnAuthorization", "itemReceipt", "creditMemo", "cashRefund", "customerRefund", "customerDeposit")
"""NetSuite's records that are kept among the documents of a case, as the journal names them."""

ORDERS = ("salesOrder", "cashSale")
"""NetSuite's records that are an order, as the journal names them."""

CHANGES_ORDERS = (*ORDERS, "addVariance")
"""Writes that make an order's record, or change it."""

ABOUT_ORDERS = (*ORDERS, "customerDeposit", "customer")
"""NetSuite's records about an order itself; they change no return."""

LOOP_ACTS = ("process", "flag", "cancel", "close", "note")
"""Record types of Loop's actions: DONE only means that Loop took the request, so a person may ask again."""

_OPEN = (WriteState.SENT, WriteState.UNCLEAR)
"""States in which the record may exist although no answer says so; deciding again must not forget that."""


@dataclass(frozen=True)
class WriteRow:
    """A write in full, for `show` and the pages."""

    entry: JournalEntry
    shop: str
    order_key: str
    draft: dict[str, Any]
    reason: str
    adopted: bool


Told: TypeAlias = Callable[[str, str, str, str], None]
"""Is told of each result of a write: shop, sync, record type, and `adopted` or the state it came to."""

_RESULTS = (WriteState.DONE, WriteState.REFUSED, WriteState.UNCLEAR, WriteState.DROPPED)
"""States that are the result of an attempt."""


class Journal:
    """The writes that we decided."""

    def __init__(self, store: Store, told: Told = lambda *_: None) -> None:
        self._store = store
        self._told = told

    def decide(
        self,
        shop: str,
        order_key: str,
        return_id: str,
        sync: str,
        key: str,
        record_type: str,
        draft: dict[str, Any],
        reason: str,
        decided_at: datetime,
        tx: Transaction | None = None,
    ) -> JournalEntry:
        """Store a decision before its first attempt; gives the entry as it stands now.

        Decided again, the new draft replaces the old one. A write already sent stays SENT or UNCLEAR: it may exist. One
        that is DONE is left alone. Raises ValueError when the key belongs to another shop.
        """
        decision: dict[str, Any] = {
            "order_key": order_key,
            "return_id": return_id,
            "sync": sync,
            "record_type": record_type,
            "draft": draft,
            "reason": reason,
        }
        first = {**decision, "shop": shop, "state": WriteState.DECIDED.value, "decided_at": decided_at}
        with self._store.writing(tx) as open_tx:
            row, is_new = locked(open_tx, journal, {"key": key}, first)
            if row["shop"] != shop:
                message = f"{key} belongs to shop {row['shop']}"
                raise ValueError(message)
            if not is_new and row["state"] != WriteState.DONE:
                if row["state"] not in _OPEN:
                    cleared = {"finished_at": None, "error_code": "", "error_message": "", "decided_at": decided_at}
                    decision |= {"state": WriteState.DECIDED.value, **cleared}
                open_tx.execute(update(journal).filter_by(key=key).values(**decision))
                row = open_tx.execute(select(journal).filter_by(key=key)).mappings().one()
        return _entry(row)

    def sent(self, key: str, at: datetime, tx: Transaction | None = None) -> None:
        """Note an attempt that begins now; what is stored about the case is stale from here on, crash or not."""
        with self._store.writing(tx) as open_tx:
            changed = {"state": WriteState.SENT.value, "sent_at": at, "attempts": journal.c.attempts + 1}
            self._change(open_tx, key, **changed)
            about = (journal.c.shop, journal.c.order_key, journal.c.record_type)
            _mark_stale(open_tx, *open_tx.execute(select(*about).filter_by(key=key)).one())

    def done(
        self, key: str, internal_id: str, at: datetime, adopted: bool = False, tx: Transaction | None = None
    ) -> None:
        """Note that the record exists; `adopted`: found by its external id instead of answered."""
        values = {"internal_id": internal_id, "adopted": adopted, "error_code": "", "error_message": ""}
        with self._store.writing(tx) as open_tx:
            self._change(open_tx, key, state=WriteState.DONE.value, finished_at=at, **values)

    def refused(self, key: str, code: str, message: str, at: datetime, tx: Transaction | None = None) -> None:
        """Note that the remote said no."""
        self._fail(key, WriteState.REFUSED, code, message, at, tx)

    def unclear(self, key: str, message: str, at: datetime, tx: Transaction | None = None) -> None:
        """Note that the answer was lost, late or unreadable: the record may exist."""
        self._fail(key, WriteState.UNCLEAR, "", message, at, tx)

    def drop(self, key: str, at: datetime, tx: Transaction | None = None, *, code: str = "", message: str = "") -> None:
        """Note that this write was never executed and is wanted no longer, or not now; code and message say why not."""
        why = {"error_code": code, "error_message": message}
        with self._store.writing(tx) as open_tx:
            self._change(open_tx, key, state=WriteState.DROPPED.value, finished_at=at, attempts=0, **why)

    def reopen(
        self, shop: str, return_id: str, at: datetime, tx: Transaction | None = None, *, deleted: bool = False
    ) -> int:
        """Let a person have another try: refused writes and Loop's actions that came to nothing may be decided anew.

        With `deleted` also what was written and is not there any more: somebody deleted it in NetSuite.
        """
        mine = update(journal).filter_by(shop=shop, return_id=return_id)
        which = [journal.c.state == WriteState.REFUSED.value, journal.c.record_type.in_(LOOP_ACTS)]
        if deleted:
            there = select(documents.c.internal_id).filter_by(shop=shop)
            sold = select(source_order_ids.c.internal_id).filter_by(shop=shop)
            which.append(journal.c.record_type.in_(RECORDS) & journal.c.internal_id.not_in(there))
            which.append(journal.c.record_type.in_(ORDERS) & journal.c.internal_id.not_in(sold))
        with self._store.writing(tx) as open_tx:
            again = {"state": WriteState.DROPPED.value, "finished_at": at, "attempts": 0}
            done = open_tx.execute(mine.where(or_(*which)).values(**again))
        return done.rowcount

    def again(self, key: str, at: datetime) -> None:
        """Let a record be made once more that was made and is gone, and that nothing was posted with: a customer."""
        with self._store.writing() as tx:
            gone = {"state": WriteState.DROPPED.value, "finished_at": at, "attempts": 0}
            tx.execute(update(journal).filter_by(key=key, record_type="customer").values(**gone))

    def get(self, key: str, tx: Transaction | None = None) -> WriteRow | None:
        """Look a write up."""
        with self._store.reading(tx) as open_tx:
            row = open_tx.execute(select(journal).filter_by(key=key)).mappings().first()
        return None if row is None else full_row(row)

    def for_order(self, shop: str, order_key: str, tx: Transaction | None = None) -> list[JournalEntry]:
        """Give the writes of a case, oldest decision first."""
        with self._store.reading(tx) as open_tx:
            rows = open_tx.execute(_OF_ORDER, {"of_shop": shop, "of_order": order_key}).mappings()
            return [_entry(row) for row in rows]

    def for_return(self, shop: str, return_id: str) -> list[WriteRow]:
        """Give the writes of a return in full, oldest decision first."""
        mine = select(journal).filter_by(shop=shop, return_id=return_id)
        with self._store.reading() as tx:
            rows = tx.execute(mine.order_by(journal.c.decided_at, journal.c.key)).mappings()
            return [full_row(row) for row in rows]

    def open_keys(self, shop: str) -> list[str]:
        """Give the writes that were sent and never answered."""
        mine = select(journal.c.key).filter_by(shop=shop).where(journal.c.state.in_(_OPEN))
        with self._store.reading() as tx:
            return list(tx.execute(mine.order_by(journal.c.decided_at, journal.c.key)).scalars())

    def numbers_used(self, shop: str, prefix: str) -> set[int]:
        """Give every n for which `<prefix>-<n>` was ever decided, dropped ones included."""
        begins = f"{prefix.removesuffix('-')}-"
        mine = select(journal.c.key).filter_by(shop=shop)
        with self._store.reading() as tx:
            keys = tx.execute(mine.where(journal.c.key.startswith(begins, autoescape=True))).scalars()
            ends = [key.removeprefix(begins) for key in keys]
        return {int(end) for end in ends if end.isdecimal()}

    def _fail(self, key: str, state: WriteState, code: str, message: str, at: datetime, tx: Transaction | None) -> None:
        with self._store.writing(tx) as open_tx:
            self._change(open_tx, key, state=state.value, finished_at=at, error_code=code, error_message=message)

    def _change(self, tx: Connection, key: str, **values: Any) -> None:
        mine = update(journal).filter_by(key=key).where(journal.c.state != WriteState.DONE.value)
        about = (journal.c.shop, journal.c.sync, journal.c.record_type)
        changed = tx.execute(mine.values(**values).returning(*about)).first()
        if changed is not None:
            if values["state"] in _RESULTS:
                self._told(changed.shop, changed.sync, changed.record_type, _result(values))
            return
        state = tx.execute(select(journal.c.state).filter_by(key=key)).scalar()
        if state is None or values["state"] != state:
            message = f"{key} is done already" if state else f"{key} was never decided"
            raise ValueError(message)


def _result(values: dict[str, Any]) -> str:
    return "adopted" if values.get("adopted") else str(values["state"])


def _mark_stale(tx: Connection, shop: str, order_key: str, record_type: str) -> None:
    """What is stored about a case is stale as far as a write of this type may change it."""
    mine = {"shop": shop, "order_key": order_key}
    if record_type == "customer":
        asked = update(netsuite_lookups).filter_by(shop=shop, kind=CUSTOMER, key=order_key)
        tx.execute(asked.values(stale=True))
        return
    mark_family_stale(tx, shop, order_key)
    if record_type in CHANGES_ORDERS:
        tx.execute(update(source_orders).filter_by(**mine).values(stale=True))
    if record_type not in (*ABOUT_ORDERS, *CHANGES_ORDERS):
        tx.execute(update(loop_returns).filter_by(**mine).values(stale=True))


def _entry(row: RowMapping) -> JournalEntry:
    return JournalEntry(
        key=row["key"],
        loop_return_id=row["return_id"],
        sync=row["sync"],
        record_type=row["record_type"],
        state=WriteState(row["state"]),
        decided_at=row["decided_at"],
        sent_at=row["sent_at"],
        finished_at=row["finished_at"],
        internal_id=row["internal_id"],
        error_code=row["error_code"],
        error_message=row["error_message"],
        attempts=row["attempts"],
        loop_line_ids=tuple(row["draft"].get("loop_lines", ())),
    )


def full_row(row: RowMapping) -> WriteRow:
    """A row of the table as what it says."""
    return WriteRow(_entry(row), row["shop"], row["order_key"], row["draft"], row["reason"], row["adopted"])


_OF_ORDER = of_order(journal, *(column.name for column in journal.c if column.name != "reason")).order_by(
    journal.c.decided_at, journal.c.key
)
