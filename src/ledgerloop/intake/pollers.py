"""The polls, which are the truth; webhooks only make it quicker.

Each reads from `lag_minutes` before its cursor up to now, stores what it saw, marks the orders as due, and moves its
cursor in
the same transaction as the last of it.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from typing import Any

from ledgerloop.clock import Clock
from ledgerloop.domain.policy import Policy
from ledgerloop.outcome import NotThere
from ledgerloop.remotes.loop.client import LoopClient
from ledgerloop.remotes.netsuite.calibrate import from_suiteql, measure, to_suiteql
from ledgerloop.remotes.netsuite.client import NetSuiteClient
from ledgerloop.remotes.netsuite.reading import Reading
from ledgerloop.store.cursors import Cursors
from ledgerloop.store.documents import Documents
from ledgerloop.store.due import Due
from ledgerloop.store.events import Timeline
from ledgerloop.store.order_store import OrderStore
from ledgerloop.store.orders import ShopOrders, SourceOrders
from ledgerloop.store.returns import LoopReturns, order_key_of
from ledgerloop.store.settings import Settings
from ledgerloop.store.store import Store, Transaction

UPDATED = "updated"
"""Name of every cursor: the moment up to which all changes have been seen."""

OFFSET = "suiteql_offset_s"
OFFSET_AT = "suiteql_offset_at"
UNMEASURED = timedelta(hours=26)
"""Overlap of the NetSuite poll while SuiteQL's zone is not known: wider than any zone."""

BLUR = timedelta(seconds=2)
"""How long after a change a reading may have missed another one of the same moment: SuiteQL and Shopify show whole
seconds, and two clocks differ by some.
"""

BLURRED_WAIT = timedelta(seconds=30)
"""When such a document is read once more: nothing hurries, and it then comes with others."""

MOST_REVIEWS = 20
"""Returns in review that one poll reads one by one: a small part of the 300 requests that Loop allows in a minute."""

REVIEW_WAIT = timedelta(minutes=1)
"""How long a return in review that was read is not read again: a run polls several times."""

A_PAGE = 25
"""Returns stored per transaction: a long one would keep webhooks waiting for their turn to write."""


@dataclass(frozen=True)
class Watch:
    """What the polls of one shop need."""

    shop_id: str
    policies: Callable[[], Policy]
    lag: timedelta
    clock: Clock
    store: Store
    cursors: Cursors
    settings: Settings
    returns: LoopReturns
    shop_orders: ShopOrders
    orders: OrderStore
    documents: Documents
    due: Due
    timeline: Timeline
    source_orders: SourceOrders
    netsuite_called: threading.Event = field(default_factory=threading.Event)
    """Set by a message that only NetSuite's poll can follow."""

    @property
    def policy(self) -> Policy:
        """How the merchant works, the mappings as they are now included."""
        return self.policies()

    def since(self, remote: str, now: datetime) -> datetime:
        """Where to read from: the overlap before the cursor, or the cut-over day when there is none yet.

        A cursor of the future (the machine's clock was wrong for a while) is not believed.
        """
        cursor = self.cursors.get(self.shop_id, remote, UPDATED)
        if cursor is not None:
            return min(datetime.fromisoformat(cursor), now) - self.lag
        start = datetime.combine(self.policy.returns_from, time.min, self.policy.time_zone)
        return min(start.astimezone(UTC), now - self.lag)

    def move(self, remote: str, to: datetime, tx: Transaction) -> None:
        """Move the cursor, in the transaction that stores the last of what was seen."""
        self.cursors.put(self.shop_id, remote, UPDATED, to.isoformat(), tx)


def poll_loop(watch: Watch, loop: LoopClient) -> int:
    """Read every return updated since the cursor, in all five states; gives how many were new or changed.

    Some returns in review are read one by one as well: the end of a review may change nothing that the list is asked
    by.
    """
    now = watch.clock()
    seen = take_returns(watch, loop.list_returns(since=watch.since("loop", now), until=now), now, move_to=now)
    return seen + _look_at_reviews(watch, loop, now)


def _look_at_reviews(watch: Watch, loop: LoopClient, now: datetime) -> int:
    """Read the details of returns in review, the longest ago first; what was read is kept though Loop then fails."""
    wanted = watch.returns.in_review(watch.shop_id, MOST_REVIEWS, now - REVIEW_WAIT)
    read: dict[str, dict[str, Any]] = {}
    try:
        for return_id in wanted:
            with suppress(NotThere):
                read[return_id] = loop.details(return_id)
    finally:
        seen = _store_details(watch, read, now) if read else 0
    return seen


def _store_details(watch: Watch, read: dict[str, dict[str, Any]], now: datetime) -> int:
    put = watch.returns.put_details_view
    with watch.store.writing(hasty=True) as tx:
        changed = [one for one, body in sorted(read.items()) if put(watch.shop_id, one, body, now, tx)]
        keys = [(watch.shop_id, order_key_of(one, read[one])) for one in changed]
        watch.due.mark_all(keys, now, "loop poll", tx)
    return len(changed)


def take_returns(watch: Watch, rows: Iterator[dict[str, Any]], now: datetime, *, move_to: datetime | None) -> int:
    """Store list views page by page and mark what changed; the cursor moves with the last page."""
    seen, page = 0, list(islice(rows, A_PAGE))
    while True:
        following = list(islice(rows, A_PAGE))
        with watch.store.writing(hasty=True) as tx:
            seen += _store_page(watch, page, now, tx)
            if not following and move_to is not None:
                watch.move("loop", move_to, tx)
        if not following:
            return seen
        page = following


def _store_page(watch: Watch, page: Sequence[dict[str, Any]], now: datetime, tx: Transaction) -> int:
    rows = {str(row["id"]): row for row in page}
    changed = watch.returns.put_list_views(watch.shop_id, rows, now, tx)
    watch.due.mark_all([(watch.shop_id, order_key_of(one, rows[one])) for one in changed], now, "loop poll", tx)
    return len(changed)


def poll_netsuite(watch: Watch, netsuite: NetSuiteClient, reading: Reading) -> int:
    """Read which authorizations, receipts and refunds changed since the cursor; gives how many are news to us.

    A change is news when its last modification is not the one we have read: our own writes are not. What was read in
    the very second of its change is read once more a little later, but is no news. While nothing of NetSuite is stored
    no change can be news: what is read later is read as it is then.
    """
    now = watch.clock()
    offset = _offset(watch, netsuite, now)
    since = watch.since("netsuite", now)
    if offset is None:
        offset, since = timedelta(0), since - UNMEASURED
    changed = reading.changed(to_suiteql(since, offset)) if watch.documents.any_known(watch.shop_id) else []
    rows = {row["id"]: row for row in changed}
    known = watch.documents.last_modified(watch.shop_id, list(rows))
    news = [row for row in rows.values() if known.get(row["id"]) != row.get("modified")]
    blurred = _blurred(watch, [row for row in rows.values() if known.get(row["id"]) == row.get("modified")], offset)
    keys = _owners(watch, news)
    with watch.store.writing(hasty=True) as tx:
        for key in sorted(keys | _owners(watch, blurred)):
            watch.documents.mark_stale(watch.shop_id, key, tx)
            watch.due.mark(watch.shop_id, key, now if key in keys else now + BLURRED_WAIT, "netsuite poll", tx)
        watch.move("netsuite", now, tx)
    return len(keys)


def _blurred(watch: Watch, rows: list[dict[str, str]], offset: timedelta) -> list[dict[str, str]]:
    """Documents read so soon after their change that a second one in the same second could not be told from it."""
    read_at = watch.documents.read_at(watch.shop_id, [row["id"] for row in rows])
    return [
        row
        for row in rows
        if row.get("modified")
        and row["id"] in read_at
        and read_at[row["id"]] < from_suiteql(row["modified"], offset) + BLUR
    ]


def _owners(watch: Watch, rows: list[dict[str, str]]) -> set[str]:
    """The orders that these documents belong to, by themselves or by what they were made from."""
    ids = [row[name] for row in rows for name in ("id", "parent") if row.get(name)]
    owners = watch.documents.owner_of(watch.shop_id, ids)
    return {key for row in rows if (key := owners.get(row["id"]) or owners.get(row.get("parent", "")))}


def _offset(watch: Watch, netsuite: NetSuiteClient, now: datetime) -> timedelta | None:
    """SuiteQL's time minus UTC, measured once a day."""
    text = watch.settings.get(watch.shop_id, OFFSET)
    measured_at = watch.settings.get(watch.shop_id, OFFSET_AT)
    if text and measured_at and now - datetime.fromisoformat(measured_at) < timedelta(days=1):
        return timedelta(seconds=int(text))
    offset = measure(netsuite, watch.clock)
    if offset is not None:
        watch.settings.put(watch.shop_id, OFFSET, str(int(offset.total_seconds())))
        watch.settings.put(watch.shop_id, OFFSET_AT, now.isoformat())
    return offset


def sweep(watch: Watch, loop: LoopClient, reading: Reading, days: int = 30) -> int:
    """Nightly: re-read what may have been missed; gives how many orders are due for it.

    Every return updated in the last days is read again, and every known NetSuite document that is gone is found.
    """
    now = watch.clock()
    seen = take_returns(watch, loop.list_returns(since=now - timedelta(days=days), until=now), now, move_to=None)
    known = watch.documents.owners(watch.shop_id)
    gone = set(known) - reading.existing(known)
    keys = {known[one] for one in gone}
    with watch.store.writing(hasty=True) as tx:
        for key in sorted(keys):
            watch.documents.mark_stale(watch.shop_id, key, tx)
            watch.due.mark(watch.shop_id, key, now, "nightly sweep", tx)
    return seen + len(keys)
