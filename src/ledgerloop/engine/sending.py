"""The order itself, as far as it may be sent to NetSuite: from the order store, with what was looked up for it.

An order of a channel that is not sent costs one look into the store and nothing else.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from ledgerloop.domain.buyers import customer_key
from ledgerloop.domain.carried import CONTRADICTION
from ledgerloop.domain.case import Case, JournalEntry, Sending, WriteState, order_subject
from ledgerloop.domain.native import native_id, native_return, without_order
from ledgerloop.domain.order_records import FoundCustomer, FoundExchange, FoundItem, InNetSuite
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.original_order import candidates
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import channel_of
from ledgerloop.engine.exchanges import credits_of_returns
from ledgerloop.engine.native_orders import with_original
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.typed import return_of
from ledgerloop.intake.orders import is_sent
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.store.lookups import CUSTOMER, EXCHANGED, ITEM, StoredLookup
from ledgerloop.store.order_identifications import NETSUITE_ORDER_ID
from ledgerloop.store.outcomes import WAITING
from ledgerloop.store.store import Transaction

FOUND_LASTS: Final = timedelta(days=1)
"""How long a customer or item that was found is believed to be as it was."""

MISSED_LASTS: Final = timedelta(minutes=5)
"""How long one that was not found is not asked for again: somebody may make it at any time."""

JUST_MADE: Final = timedelta(minutes=10)
"""How long a record that we made is believed to be there although a query does not show it."""

ABOUT_ORDERS: Final = frozenset(
    {Source.SHOPIFY_WHOLE_ORDER, Source.NETSUITE_CUSTOMER, Source.NETSUITE_ITEMS, Source.NETSUITE_EXCHANGED}
)
"""Sources that only an order needs that is to be sent."""


def order_is_sent(order: Order, policy: Policy) -> bool:
    """Whether the order's channel is sent, or would be if its source were known."""
    return is_sent(channel_of(order, policy.channels), policy)


def sending(
    parts: Parts, shop: Shop, order_key: str, as_of: datetime, tx: Transaction
) -> tuple[Sending | None, set[NeedsReading]]:
    """The order and what is known for sending it, and what must be read first; None while only a list showed it."""
    stored = parts.stores.orders.get(shop.shop_id, order_key, tx)
    if stored is None:
        return None, set()
    whole = {NeedsReading(Source.SHOPIFY_WHOLE_ORDER, order_key)} if stored.stale else set()
    if stored.order is None:
        return None, whole if not stored.channel or is_sent(stored.channel, shop.policy) else set()
    ids = parts.stores.orders.identified(shop.shop_id, [order_key], NETSUITE_ORDER_ID, tx)
    if not order_is_sent(stored.order, shop.policy):
        return Sending(stored.order, netsuite_order_id=ids.get(order_key, "")), set()
    return _to_send(parts, shop, (stored.order, ids.get(order_key, "")), as_of, whole, tx)


def _to_send(
    parts: Parts,
    shop: Shop,
    known: tuple[Order, str],
    as_of: datetime,
    unread: set[NeedsReading],
    tx: Transaction,
) -> tuple[Sending, set[NeedsReading]]:
    order, known_as = known
    stores, shop_id, order_id = parts.stores, shop.shop_id, order.shopify_order_id
    returns = stores.returns.exchanged_by(shop_id, order_id, tx)
    unread |= {NeedsReading(Source.LOOP_RETURN, one.return_id) for one in returns if one.stale}
    names = candidates(order)
    found = Sending(
        order=order,
        exchanged_by=tuple(one for one in map(return_of, returns) if one is not None),
        known_orders=tuple(stores.orders.ids_by_name(shop_id, names, tx).items()) if names else (),
        in_netsuite=_in_netsuite(parts, shop, order, as_of, unread, tx),
        netsuite_order_id=known_as,
        fed=stores.feeds.is_fed(shop_id, order_id, tx),
        credits=credits_of_returns(parts, shop, order, returns, tx),
    )
    return with_original(parts, shop, found, returns, unread, tx), unread


def _in_netsuite(
    parts: Parts, shop: Shop, order: Order, as_of: datetime, unread: set[NeedsReading], tx: Transaction
) -> InNetSuite:
    """Customers and items as last looked up; what was not, or too long ago, is added to `unread`."""
    lookups, order_id, skus = parts.stores.lookups, order.shopify_order_id, skus_of(order)
    buyers = lookups.get(shop.shop_id, CUSTOMER, [order_id], tx).get(order_id)
    items = lookups.get(shop.shop_id, ITEM, skus, tx)
    if buyers is None or not is_fresh(buyers, as_of):
        unread.add(NeedsReading(Source.NETSUITE_CUSTOMER, order_id))
    if any(sku not in items or not is_fresh(items[sku], as_of) for sku in skus):
        unread.add(NeedsReading(Source.NETSUITE_ITEMS, order_id))
    return InNetSuite(
        exchanged=_exchanged(parts, shop, order_id, as_of, unread, tx),
        customers=_customers(parts, shop, order, buyers, as_of, tx) if buyers is not None else None,
        items={sku: tuple(FoundItem(**one) for one in items[sku].found) for sku in skus if sku in items}
        if all(sku in items for sku in skus)
        else None,
    )


def _customers(
    parts: Parts, shop: Shop, order: Order, buyers: StoredLookup, as_of: datetime, tx: Transaction
) -> tuple[FoundCustomer, ...]:
    """Customers as last looked up, and the one that was made a moment ago for another order of the buyer."""
    found = tuple(FoundCustomer(**one) for one in buyers.found)
    key = customer_key(order, shop.policy)
    made = None if any(one.external_id == key for one in found) else parts.stores.journal.get(key, tx)
    if made is None or made.shop != shop.shop_id or not was_just_made(made.entry, as_of):
        return found
    return (*found, FoundCustomer(made.entry.internal_id, key, order.buyer.email, shop.policy.subsidiary_id, False))


def was_just_made(entry: JournalEntry, as_of: datetime) -> bool:
    """Whether a record was made so lately that queries need not show it yet, and nobody has deleted it since."""
    is_done = entry.state is WriteState.DONE and bool(entry.internal_id)
    return is_done and entry.finished_at is not None and as_of - entry.finished_at < JUST_MADE


def _exchanged(
    parts: Parts, shop: Shop, order_id: str, as_of: datetime, unread: set[NeedsReading], tx: Transaction
) -> tuple[FoundExchange, ...] | None:
    """Orders that bear lines of this exchange within Shopify, as last looked up; None for every other order."""
    if not native_return(order_id):
        return None
    stored = parts.stores.lookups.get(shop.shop_id, EXCHANGED, [order_id], tx).get(order_id)
    if stored is None or not is_fresh(stored, as_of):
        unread.add(NeedsReading(Source.NETSUITE_EXCHANGED, order_id))
    return tuple(FoundExchange(**one) for one in stored.found) if stored is not None else None


def is_fresh(lookup: StoredLookup, as_of: datetime) -> bool:
    """Whether what was looked up may still be relied on."""
    return not lookup.stale and as_of - lookup.read_at < (FOUND_LASTS if lookup.found else MISSED_LASTS)


def skus_of(order: Order) -> list[str]:
    """The SKUs of an order's lines, each once; lines without one are left out."""
    return list(dict.fromkeys(line.sku for line in order.lines if line.sku))


_BY_ORDER: Final = {Source.NETSUITE_CUSTOMER: CUSTOMER, Source.NETSUITE_EXCHANGED: EXCHANGED}
"""Look-ups by Shopify order id, and their kind."""


def forget(parts: Parts, shop: Shop, case: Case, source: Source, tx: Transaction) -> None:
    """Mark what was read of this source stale, so that the next run reads it."""
    order_id = case.shopify_order_id
    if source is Source.SHOPIFY_WHOLE_ORDER:
        parts.stores.orders.mark_stale(shop.shop_id, [order_id], tx)
    elif source in _BY_ORDER:
        parts.stores.lookups.mark_stale(shop.shop_id, _BY_ORDER[source], [order_id], tx)
    elif case.sending is not None:
        parts.stores.lookups.mark_stale(shop.shop_id, ITEM, skus_of(case.sending.order), tx)


def forget_order(parts: Parts, shop_id: str, order_id: str) -> None:
    """Have an order and what was looked up for it read anew."""
    stores, stored = parts.stores, parts.stores.orders.get(shop_id, order_id)
    if stored is None:
        return
    with stores.store.writing() as tx:
        stores.orders.mark_stale(shop_id, [order_id], tx)
        for kind in _BY_ORDER.values():
            stores.lookups.forget(shop_id, kind, [order_id], tx)
        if stored.order is not None:
            stores.lookups.forget(shop_id, ITEM, skus_of(stored.order), tx)


def wake_exchange_orders(parts: Parts, shop: Shop, case: Case) -> None:
    """Mark exchange orders as due that wait, perhaps for what a return of this case now shows, or do not fit it."""
    for order_id in _exchange_orders(case):
        stands = parts.stores.outcomes.for_return(shop.shop_id, order_subject(order_id))
        if any(one.kind == WAITING or one.code == CONTRADICTION for one in stands):
            parts.stores.due.mark(shop.shop_id, order_id, parts.clock(), "its return was looked at")


def _exchange_orders(case: Case) -> Iterable[str]:
    named = (one.shopify_order_id for return_ in case.returns for one in return_.exchanges)
    within = (native_id(one.loop_return_id) for one in case.returns if without_order(one))
    return dict.fromkeys(one for one in (*named, *within) if one and one != case.shopify_order_id)
