"""Makes feeds: chooses the orders, stores each file with its orders before anybody sees it, and looks which arrived.

Cash sales have two selections, each a feed of its own: Loop's exchanges in a store, and the till's other sales.
Source: docs.hotwax.co, Loop exchange orders, in-store exchanges (read 2026-11-21).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import islice
from typing import Final

from ledgerloop.domain.case import order_subject
from ledgerloop.domain.channels import LOOP_EXCH, UNKNOWN
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import MIXED, POS_COMPLETED, STANDARD, channel_of, shipping_method
from ledgerloop.engine.gather import Wanted, gather
from ledgerloop.engine.netsuite_writes import fix_prefix
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.operate.feeds.choose import EXCHANGE_ORDER, Held, LeftOut, Ready, decide, left_out, ready
from ledgerloop.operate.feeds.columns import CASH_SALES, Kind
from ledgerloop.operate.feeds.rows import Row, header_discount, in_files, kind_of, rows_of
from ledgerloop.operate.feeds.terms import Mapped, discount_names, mapped, terms_of
from ledgerloop.operate.feeds.write import Format, document
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting
from ledgerloop.store.feeds import FedAlready, FedOrder, Feed
from ledgerloop.store.mappings import Mappings

MOST_ORDERS: Final = 1000
"""Orders of one file. Source: docs.hotwax.co, order feeds: at most 1,000, because of the rows (read 2026-11-21)."""

MOST_ROWS: Final = 25_000
"""Rows of one file. Source: docs.oracle.com, CSV import, 25,000 records a file (read 2026-11-21)."""

AT_ONCE: Final = 200
"""Orders that are read and decided together; NetSuite is asked for so many keys in one query."""

METHODS: Final = (POS_COMPLETED, STANDARD, MIXED, "")
"""Every shipping method: which one an order has is asked anew, because mappings change."""

LOOP_EXCHANGES: Final = "loop-exchanges"
OTHERS: Final = "others"


@dataclass(frozen=True)
class Wish:
    """What is asked for. `most_files` 0: as many as it takes; `channel` empty: every channel that is sent."""

    kind: Kind
    form: Format = "csv"
    channel: str = ""
    most_files: int = 0
    upload: bool = False


@dataclass
class Made:
    """What came of it. `more`: orders that can go out are left for another feed."""

    feeds: list[Feed] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    more: bool = False


@dataclass(frozen=True)
class _Terms:
    policy: Policy
    said: Mapped
    names: dict[str, str]


_Order = tuple[str, str, list[Row]]
"""Shopify order id, external id, rows."""


def make(parts: Parts, shop: Shop, wish: Wish) -> Made:
    """Make the feeds of a kind. Raises RemoteProblem when NetSuite does not tell the names of discount items."""
    made = Made()
    candidates = _candidates(parts, shop, wish.kind)
    if not candidates:
        return made
    policy = shop.policy
    entries = (one.entry for one in Mappings(parts.stores.store).all())
    terms = _Terms(policy, mapped(entries, shop.shop_id), discount_names(shop.netsuite, policy))
    waiting: dict[str, list[_Order]] = defaultdict(list)
    looked_at = 0
    with Held(parts, shop) as holding:
        for some in _pieces(candidates):
            free = holding.add(some)
            made.left_out += [_in_work(one, parts.clock()) for one in some if one not in free]
            decided = decide(parts, shop, [one for one in some if one in free])
            made.left_out += left_out(decided)
            for one in ready(decided):
                _add(waiting, one, wish, terms, made)
            _flush(parts, shop, wish, waiting, made, full=True)
            looked_at += len(some)
            if wish.most_files and len(made.feeds) >= wish.most_files:
                break
        _flush(parts, shop, wish, waiting, made, full=False)
    made.more = looked_at < len(candidates) or any(waiting.values())
    return made


def reconcile(parts: Parts, shop: Shop) -> int:
    """Look in NetSuite for orders that went out and were not seen there; gives how many are still missing.

    One that is there is looked at by the engine, for what follows: its ids and its deposits.
    """
    feeds = parts.stores.feeds
    missing = {one.order_id: one for one in feeds.open(shop.shop_id)}
    for some in _pieces(list(missing)):
        gather(parts, shop, [Wanted(one, NeedsReading(Source.NETSUITE_ORDER, one)) for one in some])
        for order_id in some:
            internal_id = _seen(parts, shop, missing[order_id])
            if internal_id:
                with parts.stores.store.writing() as tx:
                    feeds.reconcile(shop.shop_id, order_id, parts.clock(), internal_id, tx)
                    parts.stores.due.mark(shop.shop_id, order_id, parts.clock(), "seen in NetSuite", tx)
                del missing[order_id]
    return len(missing)


def _seen(parts: Parts, shop: Shop, fed: FedOrder) -> str:
    """Internal id of the record that the order became: ours, or the only one there is; empty while there is none."""
    found = parts.stores.source_orders.get(shop.shop_id, fed.order_id)
    documents = found.documents if found is not None and not found.stale else []
    chosen = [one for one in documents if one.get("external_id") == fed.external_id] or documents
    return str(chosen[0]["id"]) if len(chosen) == 1 else ""


def _candidates(parts: Parts, shop: Shop, kind: Kind) -> list[str]:
    """Orders that may go out: not in NetSuite as far as we know, in no feed yet, and of the kind as they are now.

    Those of a source that was unknown when they came in are looked at again: it may have been mapped since.
    """
    policy, orders, now = shop.policy, parts.stores.orders, parts.clock()
    channels = None if "*" in policy.order_channels else {*policy.order_channels, UNKNOWN}
    since = datetime.combine(policy.returns_from, time.min, policy.time_zone)
    found = parts.stores.feeds.seen_in_lists(shop.shop_id, channels, since)
    after = ""
    while page := orders.to_feed(shop.shop_id, channels, METHODS, since=since, until=now - policy.settle, after=after):
        found += [one.order_id for one in page if one.order is not None and _may_be(one.order, policy, kind)]
        after = page[-1].order_id
    fed = parts.stores.feeds.fed_among(shop.shop_id, found)
    return [one for one in found if one not in fed]


def _may_be(order: Order, policy: Policy, kind: Kind) -> bool:
    channel = channel_of(order, policy.channels)
    if channel == UNKNOWN and "*" not in policy.order_channels:
        return False
    method = shipping_method(order, channel)
    return not method or (method == POS_COMPLETED) == (kind == CASH_SALES)


def _pieces(order_ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(order_ids)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _in_work(order_id: str, now: datetime) -> LeftOut:
    why = Waiting("order_in_work", "The engine works on the order at this moment; the next feed has it.", now)
    return LeftOut(order_id, order_id, why.code, why.reason)


def _add(waiting: dict[str, list[_Order]], one: Ready, wish: Wish, terms: _Terms, made: Made) -> None:
    order, draft, policy = one.order, one.draft, terms.policy
    channel = channel_of(order, policy.channels)
    if kind_of(draft) != wish.kind or wish.channel not in ("", channel):
        return
    discount = header_discount(draft, policy.items)
    if discount and discount not in terms.names:
        why = Attention(
            "netsuite_item_missing",
            f"NetSuite shows no name of the discount item {discount}, and a feed names it.",
            "Correct the item's internal id in the configuration, or give the role the right to see it.",
        )
        made.left_out.append(LeftOut(order.shopify_order_id, order.name, why.code, f"{why.problem} {why.remedy}"))
        return
    selection = LOOP_EXCHANGES if wish.kind == CASH_SALES and channel == LOOP_EXCH else OTHERS
    rows = rows_of(draft, terms_of(order, channel, policy, terms.said, terms.names))
    waiting[selection].append((order.shopify_order_id, draft.external_id, rows))


def _flush(parts: Parts, shop: Shop, wish: Wish, waiting: dict[str, list[_Order]], made: Made, *, full: bool) -> None:
    """Store files of what waits; with `full` only those that nothing more fits into. Loop's exchanges go first."""
    for selection in (LOOP_EXCHANGES, OTHERS):
        files = list(in_files([(one[0], one[2]) for one in waiting[selection]], MOST_ORDERS, MOST_ROWS))
        for file in files[:-1] if full else files:
            if wish.most_files and len(made.feeds) >= wish.most_files:
                return
            some, waiting[selection] = waiting[selection][: len(file)], waiting[selection][len(file) :]
            _store(parts, shop, wish, selection, some, made)


def _store(parts: Parts, shop: Shop, wish: Wish, selection: str, orders: list[_Order], made: Made) -> None:
    rows = [row for _, _, some in orders for row in some]
    fix_prefix(parts, shop)
    try:
        feed = parts.stores.feeds.put(
            shop.shop_id,
            wish.kind,
            selection,
            {order_id: external_id for order_id, external_id, _ in orders},
            parts.clock(),
            format=wish.form,
            body=document(wish.kind, wish.form, rows),
            rows=len(rows),
            to_upload=wish.upload,
        )
    except FedAlready:
        made.left_out += [_in_work(order_id, parts.clock()) for order_id, _, _ in orders]
        return
    made.feeds.append(feed)
    for order_id, external_id, some in orders:
        said = f"Went out as {external_id} in feed {feed.number} ({wish.kind}, {len(some)} row(s))."
        about = (shop.shop_id, order_id, order_subject(order_id))
        parts.stores.timeline.append(*about, feed.made_at, "written", said, sync=EXCHANGE_ORDER)
