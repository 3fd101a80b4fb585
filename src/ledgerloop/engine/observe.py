"""Bytes -> case: what the store holds of an original order, typed, with everything that must be read first named.

The store only; no remote is asked here.
"""

import json
from datetime import datetime
from functools import lru_cache

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Period
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.domain.policy import Fields
from ledgerloop.domain.returns import ProcessingFailure, Return, ReturnState
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.remotes.loop.parse import parse_return
from ledgerloop.remotes.netsuite import parse
from ledgerloop.remotes.shopify.parse import parse_order
from ledgerloop.store.documents import Family
from ledgerloop.store.orders import StoredSourceOrder
from ledgerloop.store.returns import StoredReturn
from ledgerloop.store.store import Transaction

PERIODS = "periods"
"""Name under which the accounting periods of a shop are kept."""


def observe(parts: Parts, shop: Shop, order_key: str, as_of: datetime) -> Case:
    """The case as the store shows it now, in one state of the database."""
    stores = parts.stores
    with stores.store.reading() as tx:
        stored = stores.returns.for_order(shop.shop_id, order_key, tx)
        source = stores.source_orders.get(shop.shop_id, order_key, tx)
        family = stores.documents.for_order(shop.shop_id, order_key, tx)
        shop_order = stores.shop_orders.get(shop.shop_id, order_key, tx)
        journal = stores.journal.for_order(shop.shop_id, order_key, tx)
        transitions = stores.transitions.for_order(shop.shop_id, order_key, tx)
        periods = _periods(parts, shop, tx)
    returns = tuple(one for one in map(_return, stored) if one is not None)
    currency = returns[0].currency if returns else "USD"
    fields = shop.policy.fields
    unread = _unread_returns(stored, returns) | _unread_netsuite(order_key, source, family)
    if shop_order is None or shop_order.stale:
        unread |= {NeedsReading(Source.SHOPIFY_ORDER, order_key)}
    if periods is None:
        unread |= {NeedsReading(Source.NETSUITE_PERIODS, shop.shop_id)}
    return Case(
        shop_id=shop.shop_id,
        shopify_order_id=order_key,
        as_of=as_of,
        returns=returns,
        shop_order=parse_order(shop_order.body) if shop_order is not None and shop_order.body else None,
        source_orders=_source_orders(source, currency, fields),
        documents=tuple(parse.document(one, currency, fields) for one in family.documents),
        journal=tuple(journal),
        transitions=tuple(transitions),
        periods=periods or (),
        unread=frozenset(unread),
    )


def _return(stored: StoredReturn) -> Return | None:
    """A stored return, typed; None while no view of it was read."""
    if stored.list_body is None and stored.details_body is None:
        return None
    failure = ProcessingFailure(stored.failed_at, stored.failure) if stored.failed_at is not None else None
    return parse_return(stored.list_body, stored.details_body, failure, list_seen_last=stored.list_seen_last)


def _unread_returns(stored: list[StoredReturn], returns: tuple[Return, ...]) -> set[NeedsReading]:
    unread = set()
    typed = {one.loop_return_id: one for one in returns}
    for one in stored:
        return_ = typed.get(one.return_id)
        if return_ is None or one.stale or (not return_.refunds and one.details_outdated):
            unread.add(NeedsReading(Source.LOOP_RETURN, one.return_id))
        listed = (one.list_body or {}).get("state")
        if return_ is not None and return_.state is ReturnState.CLOSED and listed != "closed":
            unread.add(NeedsReading(Source.LOOP_CLOSED_LIST, one.return_id))
    return unread


def _unread_netsuite(order_key: str, source: StoredSourceOrder | None, family: Family) -> set[NeedsReading]:
    unread = set()
    if source is None or source.stale:
        unread.add(NeedsReading(Source.NETSUITE_ORDER, order_key))
    if source is None or source.stale or family.read_at is None or family.stale:
        unread.add(NeedsReading(Source.NETSUITE_FAMILY, order_key))
    for one in source.documents if source is not None else ():
        if "header_record" not in one:
            unread.add(NeedsReading(Source.NETSUITE_HEADER_DISCOUNT, one["id"]))
    return unread


def _source_orders(source: StoredSourceOrder | None, currency: str, fields: Fields) -> tuple[SourceOrder, ...]:
    return parse.source_orders(source.documents, currency, fields) if source is not None else ()


def _periods(parts: Parts, shop: Shop, tx: Transaction) -> tuple[Period, ...] | None:
    text = parts.stores.settings.get(shop.shop_id, PERIODS, tx)
    return None if text is None else _typed_periods(text)


@lru_cache(maxsize=8)
def _typed_periods(text: str) -> tuple[Period, ...]:
    """The periods change once a month; every case looks at them."""
    return tuple(parse.period(row) for row in json.loads(text))
