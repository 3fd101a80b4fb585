"""Reads what sending orders needs: the order itself from Shopify; customers, items and order lines from NetSuite, in
batches.
"""

from collections.abc import Collection
from dataclasses import asdict
from typing import Final

from ledgerloop.domain.buyers import customer_key
from ledgerloop.domain.order_store import Order
from ledgerloop.engine.native_orders import WHOLE, original_of, part, put_exchanges
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.sending import is_fresh, skus_of
from ledgerloop.intake.orders import incoming
from ledgerloop.outcome import Refused
from ledgerloop.remotes.netsuite.lookup import BuyerKeys
from ledgerloop.remotes.shopify.whole import parse_whole
from ledgerloop.store.lookups import CUSTOMER, EXCHANGED, ITEM

UNREADABLE: Final = "shopify_order_unreadable"
"""Code of an order that Shopify shows without what its money or identity depends on."""


def read_whole_order(parts: Parts, shop: Shop, order_id: str) -> bool:
    """Read an order into the order store; False where Shopify shows none, so that what is stored is used as it is.

    An exchange within Shopify is read with its original order, and every one of its exchanges with an order. Raises
    RemoteProblem.
    """
    now, orders, key = parts.clock(), parts.stores.orders, original_of(parts, shop, order_id)
    body = shop.shopify.order_whole(key) if key else None
    if body is None:
        orders.accept_as_is(shop.shop_id, order_id)
        return False
    try:
        found = part(parts, shop, parse_whole(body), body)
    except ValueError as problem:
        raise Refused("shopify", UNREADABLE, f"order {key}: {problem}") from problem
    with parts.stores.store.writing() as tx:
        orders.put_all(shop.shop_id, [incoming(found.original, shop.policy, body, WHOLE)], now, tx)
        put_exchanges(parts, shop, found.exchanges, now, tx)
        if order_id != key:
            orders.accept_as_is(shop.shop_id, order_id, tx)
    return True


def read_customers(parts: Parts, shop: Shop, order_ids: Collection[str]) -> None:
    """Look the buyers of these orders up. Raises RemoteProblem."""
    now = parts.clock()
    buyers = {one.shopify_order_id: _keys(shop, one) for one in _orders(parts, shop, order_ids)}
    found = shop.lookup.customers(buyers)
    rows = {key: [asdict(one) for one in found.get(key, ())] for key in order_ids}
    parts.stores.lookups.put_all(shop.shop_id, CUSTOMER, rows, now)


def read_items(parts: Parts, shop: Shop, order_ids: Collection[str]) -> None:
    """Look the items of these orders' SKUs up, those alone that are not known. Raises RemoteProblem."""
    now = parts.clock()
    skus = dict.fromkeys(sku for one in _orders(parts, shop, order_ids) for sku in skus_of(one))
    known = parts.stores.lookups.get(shop.shop_id, ITEM, skus)
    wanted = [sku for sku in skus if sku not in known or not is_fresh(known[sku], now)]
    found = shop.lookup.items(wanted)
    rows = {sku: [asdict(one) for one in found[sku]] for sku in wanted}
    parts.stores.lookups.put_all(shop.shop_id, ITEM, rows, now)


def read_exchanged(parts: Parts, shop: Shop, order_ids: Collection[str]) -> None:
    """Look for orders that bear the lines of these exchanges within Shopify already. Raises RemoteProblem."""
    now = parts.clock()
    wanted = {
        one.shopify_order_id: [line.shopify_line_id for line in one.lines] for one in _orders(parts, shop, order_ids)
    }
    rows = {key: [asdict(one) for one in some] for key, some in shop.lookup.exchanged(wanted).items()}
    parts.stores.lookups.put_all(shop.shop_id, EXCHANGED, rows, now)


def _orders(parts: Parts, shop: Shop, order_ids: Collection[str]) -> list[Order]:
    stored = (parts.stores.orders.get(shop.shop_id, one) for one in order_ids)
    return [one.order for one in stored if one is not None and one.order is not None]


def _keys(shop: Shop, order: Order) -> BuyerKeys:
    return BuyerKeys(customer_key(order, shop.policy), order.buyer.email.strip())
