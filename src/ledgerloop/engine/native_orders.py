"""Exchanges within Shopify in the order store: parted from their original order as it is read, and what they need.

Source: rulebook section 8, Shopify-native exchanges.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ledgerloop.domain.case import Sending
from ledgerloop.domain.native import native_id, native_return, without_order
from ledgerloop.domain.native_order import Parted, parted
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.returns import Return
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.typed import return_of
from ledgerloop.intake.orders import incoming
from ledgerloop.outcome import NeedsReading, Source
from ledgerloop.remotes.netsuite import parse
from ledgerloop.remotes.shopify.exchanged import parse_exchanges
from ledgerloop.store.returns import StoredReturn
from ledgerloop.store.store import Transaction

WHOLE = "read"
"""How the order store marks a version that was read with everything."""


def original_of(parts: Parts, shop: Shop, order_id: str) -> str:
    """The order of Shopify's that must be read for this one; empty where its return is not known."""
    return_id = native_return(order_id)
    if not return_id:
        return order_id
    stored = parts.stores.returns.get(shop.shop_id, return_id)
    return stored.order_key if stored is not None else ""


def part(parts: Parts, shop: Shop, order: Order, body: Mapping[str, Any]) -> Parted:
    """Part an order that was just read. Raises RemoteProblem, and ValueError where Shopify's answer is none."""
    as_it_is = Parted(order, {})
    if shop.policy.native_exchange != "order":
        return as_it_is
    stored = parts.stores.returns.for_order(shop.shop_id, order.shopify_order_id)
    returns = [one for one in map(return_of, stored) if one is not None and without_order(one)]
    if not returns:
        return as_it_is
    shown = shop.shopify.order_exchanges(order.shopify_order_id, str(body.get("updatedAt")))
    return parted(order, returns, parse_exchanges(shown))


def put_exchanges(parts: Parts, shop: Shop, exchanges: Mapping[str, Order], now: datetime, tx: Transaction) -> None:
    """Store the orders of exchanges within Shopify, by Loop return id; those that changed are looked at."""
    versions = [incoming(one, shop.policy, {"lines": _ids(one)}, WHOLE) for one in exchanges.values()]
    changed = parts.stores.orders.put_all(shop.shop_id, versions, now, tx) if versions else set()
    for return_id, one in exchanges.items():
        parts.stores.returns.note_exchange(shop.shop_id, return_id, one.shopify_order_id, tx)
    parts.stores.due.mark_all([(shop.shop_id, one) for one in changed], now, "exchange within Shopify", tx)


def _ids(order: Order) -> list[str]:
    return [line.shopify_line_id for line in order.lines]


def native_orders(
    parts: Parts, shop: Shop, order_key: str, returns: Iterable[Return], tx: Transaction
) -> tuple[dict[str, Order], set[NeedsReading]]:
    """The orders of exchanges within Shopify by Loop return id; unread while the order was not read since."""
    found: dict[str, Order] = {}
    unread: set[NeedsReading] = set()
    if shop.policy.native_exchange != "order":
        return found, unread
    orders = parts.stores.orders
    for return_ in returns:
        if not return_.processed or not without_order(return_):
            continue
        stored = orders.get(shop.shop_id, native_id(return_.loop_return_id), tx)
        if stored is not None and stored.order is not None:
            found[return_.loop_return_id] = stored.order
        elif not _read_since(parts, shop, order_key, return_.processed_at, tx):
            unread.add(NeedsReading(Source.SHOPIFY_WHOLE_ORDER, order_key))
    return found, unread


def _read_since(parts: Parts, shop: Shop, order_key: str, moment: datetime | None, tx: Transaction) -> bool:
    stored = parts.stores.orders.get(shop.shop_id, order_key, tx)
    if stored is None or stored.order is None or stored.stale or stored.source != WHOLE:
        return False
    return moment is None or (stored.read_at is not None and stored.read_at >= moment)


def with_original(
    parts: Parts,
    shop: Shop,
    found: Sending,
    returns: Iterable[StoredReturn],
    unread: set[NeedsReading],
    tx: Transaction,
) -> Sending:
    """Add what an exchange within Shopify takes from its original order: its customer in NetSuite.

    What of the original must be read first is added to `unread`.
    """
    stored = next(iter(returns), None)
    if not native_return(found.order.shopify_order_id) or stored is None:
        return found
    key, stores = stored.order_key, parts.stores
    source = stores.source_orders.get(shop.shop_id, key, tx)
    family = stores.documents.for_order(shop.shop_id, key, tx)
    if source is None or source.stale:
        unread |= {NeedsReading(Source.NETSUITE_ORDER, key), NeedsReading(Source.NETSUITE_FAMILY, key)}
    if family.read_at is None or family.stale:
        unread.add(NeedsReading(Source.NETSUITE_FAMILY, key))
    sold = parse.source_orders(source.documents, found.order.currency, shop.policy.fields) if source is not None else ()
    buyers = {one.customer_id for one in sold}
    return replace(found, original_id=key, customer_id=buyers.pop() if len(buyers) == 1 else "")
