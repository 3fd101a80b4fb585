"""Bytes -> case: what the store holds of an original order, typed, with everything that must be read first named.

The store only; no remote is asked here.
"""

import json
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document, Period
from ledgerloop.domain.orders import ShopOrder, SourceOrder
from ledgerloop.domain.policy import Fields, Policy
from ledgerloop.domain.proof import with_proof
from ledgerloop.domain.returns import Return, ReturnState
from ledgerloop.domain.shoppers_money import posted_in
from ledgerloop.engine.exchanges import exchange_orders
from ledgerloop.engine.native_orders import native_orders
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.sending import sending
from ledgerloop.engine.typed import returns_of
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.remotes.loop.presentment import in_currency
from ledgerloop.remotes.netsuite import parse
from ledgerloop.remotes.shopify.parse import parse_order
from ledgerloop.store.documents import Family
from ledgerloop.store.orders import StoredSourceOrder
from ledgerloop.store.returns import StoredReturn
from ledgerloop.store.store import Transaction

PERIODS = "periods"
"""Name under which the accounting periods of a shop are kept."""


SEARCH_LASTS = timedelta(minutes=10)
"""How long a search for others' credits is relied on, before the first attempt of one of ours."""


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
        rests = stores.rests.for_order(shop.shop_id, order_key, tx)
        to_send, unread_order = sending(parts, shop, order_key, as_of, tx)
        returns = returns_of(stored)
        exchanged, unread_exchanges = exchange_orders(parts, shop, order_key, returns, as_of, tx)
        native, unread_native = native_orders(parts, shop, order_key, returns, tx)
    shown = parse_order(shop_order.body) if shop_order is not None and shop_order.body else None
    if shop_order is not None or not shop.policy.currencies:
        returns, unread_views = _in_their_currency(shop.policy, returns, stored, shown, source)
    else:
        unread_views = {_view(one.loop_return_id) for one in returns if one.multi_currency}
    currency = returns[0].currency if returns else to_send.order.currency if to_send is not None else "USD"
    fields = shop.policy.fields
    unread = (
        _unread_returns(stored, returns) | _unread_netsuite(order_key, source, family, stored, as_of) | unread_order
    )
    unread |= unread_exchanges | unread_native | unread_views
    if shop_order is None or shop_order.stale:
        unread |= {NeedsReading(Source.SHOPIFY_ORDER, order_key)}
    if periods is None:
        unread |= {NeedsReading(Source.NETSUITE_PERIODS, shop.shop_id)}
    case = Case(
        shop_id=shop.shop_id,
        shopify_order_id=order_key,
        as_of=as_of,
        returns=returns,
        shop_order=shown,
        source_orders=_source_orders(source, currency, fields),
        documents=_documents(source, family, currency, fields),
        journal=tuple(journal),
        transitions=tuple(transitions),
        periods=periods or (),
        unread=frozenset(unread),
        sending=to_send,
        exchange_orders=exchanged,
        search_credits=_search_credits(family, shown, as_of),
        native_orders=native,
        rests={one.subject: one for one in rests},
    )
    return with_proof(case)


def _view(return_id: str) -> NeedsReading:
    return NeedsReading(Source.LOOP_PRESENTMENT, return_id)


def _in_their_currency(
    policy: Policy,
    returns: tuple[Return, ...],
    stored: list[StoredReturn],
    order: ShopOrder | None,
    source: StoredSourceOrder | None,
) -> tuple[tuple[Return, ...], set[NeedsReading]]:
    """The returns in the shopper's currency where the order in NetSuite is in it, and what must be read for that."""
    if not policy.currencies or not any(one.multi_currency for one in returns):
        return returns, set()
    documents = source.documents if source is not None else ()
    currency = posted_in(policy, order, (str(one["head"].get("currency") or "") for one in documents))
    if not currency:
        return returns, set()
    views = {one.return_id: one.presentment_body for one in stored if one.presentment_body is not None}
    old = {_view(one.return_id) for one in stored if one.presentment_outdated}
    return (returns, old) if old else (in_currency(returns, views, currency), set())


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


def _unread_netsuite(
    order_key: str, source: StoredSourceOrder | None, family: Family, returns: list[StoredReturn], as_of: datetime
) -> set[NeedsReading]:
    """What of NetSuite must be read: an order read before a return of it was seen may have been shipped since.

    A return seen in the future (the machine's clock was wrong for a while) counts as seen before.
    """
    unread = set()
    newest = max((one.first_seen_at for one in returns if one.first_seen_at <= as_of), default=None)
    if source is None or source.stale or (newest is not None and source.read_at < newest):
        unread |= {NeedsReading(Source.NETSUITE_ORDER, order_key), NeedsReading(Source.NETSUITE_FAMILY, order_key)}
    if family.read_at is None or family.stale:
        unread.add(NeedsReading(Source.NETSUITE_FAMILY, order_key))
    for one in source.documents if source is not None else ():
        if "header_record" not in one:
            unread.add(NeedsReading(Source.NETSUITE_HEADER_DISCOUNT, one["id"]))
    return unread


def _search_credits(family: Family, shown: ShopOrder | None, as_of: datetime) -> bool:
    """Whether somebody may have credited something since NetSuite was last searched for it."""
    refunds = {one.refund_id for one in shown.refunds} if shown is not None else set()
    return family.read_at is None or as_of - family.read_at > SEARCH_LASTS or not refunds <= family.searched


def _documents(source: StoredSourceOrder | None, family: Family, currency: str, fields: Fields) -> tuple[Document, ...]:
    shipped = parse.shipped_items(source.documents if source is not None else ())
    return tuple(parse.document(one, currency, fields, shipped) for one in family.documents if not _is_charge(one))


def _is_charge(stored: dict[str, Any]) -> bool:
    """A cash sale made from nothing: what a person entered for an exchange that never came back; it bills no order."""
    return stored["type"] == "CashSale" and not stored["created_from"]


def _source_orders(source: StoredSourceOrder | None, currency: str, fields: Fields) -> tuple[SourceOrder, ...]:
    return parse.source_orders(source.documents, currency, fields) if source is not None else ()


def _periods(parts: Parts, shop: Shop, tx: Transaction) -> tuple[Period, ...] | None:
    text = parts.stores.settings.get(shop.shop_id, PERIODS, tx)
    return None if text is None else _typed_periods(text)


@lru_cache(maxsize=8)
def _typed_periods(text: str) -> tuple[Period, ...]:
    """The periods change once a month; every case looks at them."""
    return tuple(parse.period(row) for row in json.loads(text))
