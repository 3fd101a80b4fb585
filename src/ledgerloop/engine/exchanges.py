"""What a case must know of another one where Loop takes no discount off an exchange order: the return of its exchange
order and its invoices, the exchange order of the credits of its returns.

Source: rulebook section 5 (value carried by application, by mode).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from ledgerloop.domain.applied import is_carried_by_application
from ledgerloop.domain.case import ExchangeOrder
from ledgerloop.domain.channels import LOOP_EXCH
from ledgerloop.domain.documents import Document
from ledgerloop.domain.guard import CREDITS, VOIDED
from ledgerloop.domain.native import native_return
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Return, ReturnState
from ledgerloop.domain.standing import AUTHORIZATION
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.remotes.netsuite import parse
from ledgerloop.store.returns import StoredReturn
from ledgerloop.store.store import Transaction

LOOKED_FOR: Final = timedelta(hours=1)
"""How long a return's credit waits for an exchange order that Shopify does not show; then it is taken to have Loop's
discount, as nearly all have.
"""

Known = dict[str, ExchangeOrder]
"""Exchange orders by Shopify order id."""


def exchange_orders(
    parts: Parts, shop: Shop, order_key: str, returns: Iterable[Return], as_of: datetime, tx: Transaction
) -> tuple[Known, set[NeedsReading]]:
    """The exchange orders that take no discount, of processed returns, and what must be read of them first."""
    known: Known = {}
    unread: set[NeedsReading] = set()
    for order_id, return_ in _named(shop.policy, order_key, returns):
        stored = parts.stores.orders.get(shop.shop_id, order_id, tx)
        if stored is None or stored.order is None:
            if as_of - (return_.processed_at or as_of) < LOOKED_FOR:
                unread.add(NeedsReading(Source.SHOPIFY_WHOLE_ORDER, order_id))
        elif is_carried_by_application(stored.order, shop.policy):
            known[order_id] = _exchange_order(parts, shop, stored.order, return_.currency, unread, tx)
    return known, unread


def _named(policy: Policy, order_key: str, returns: Iterable[Return]) -> Iterator[tuple[str, Return]]:
    """Shopify ids of the exchange orders of processed returns, with the returns."""
    sent = {"*", LOOP_EXCH} & set(policy.order_channels)
    if not sent or policy.exchange_settlement != "discount":
        return
    for return_ in returns:
        done = return_.state is ReturnState.CLOSED and return_.processed is not False
        if done and return_.totals.exchange_credit:
            ids = dict.fromkeys(one.shopify_order_id for one in return_.exchanges)
            yield from ((one, return_) for one in ids if one and one != order_key)


def _exchange_order(
    parts: Parts, shop: Shop, order: Order, currency: str, unread: set[NeedsReading], tx: Transaction
) -> ExchangeOrder:
    order_id = order.shopify_order_id
    source = parts.stores.source_orders.get(shop.shop_id, order_id, tx)
    family = parts.stores.documents.for_order(shop.shop_id, order_id, tx)
    if source is None or source.stale:
        unread |= {NeedsReading(Source.NETSUITE_ORDER, order_id), NeedsReading(Source.NETSUITE_FAMILY, order_id)}
    if family.read_at is None or family.stale:
        unread.add(NeedsReading(Source.NETSUITE_FAMILY, order_id))
    found = (parse.document(one, currency, shop.policy.fields) for one in family.documents)
    invoices = tuple(one for one in found if one.record_type == "invoice" and one.status != VOIDED)
    return ExchangeOrder(order, invoices)


def credits_of_returns(
    parts: Parts, shop: Shop, order: Order, returns: Sequence[StoredReturn], tx: Transaction
) -> tuple[Document, ...]:
    """The credits of the returns that an exchange order is for, where they may be carried to it by application, or may
    be a person's.
    """
    if not is_carried_by_application(order, shop.policy) and not native_return(order.shopify_order_id):
        return ()
    return tuple(found for one in returns for found in _credits(parts, shop, order.currency, one, tx))


def _credits(parts: Parts, shop: Shop, currency: str, stored: StoredReturn, tx: Transaction) -> Iterator[Document]:
    family = parts.stores.documents.for_order(shop.shop_id, stored.order_key, tx)
    known = [parse.document(one, currency, shop.policy.fields) for one in family.documents]
    theirs = (one for one in known if one.record_type == AUTHORIZATION and one.loop_return_id == stored.return_id)
    made = {one.internal_id for one in theirs}
    for one in known:
        if one.record_type in CREDITS and (one.loop_return_id == stored.return_id or one.created_from in made):
            yield one
