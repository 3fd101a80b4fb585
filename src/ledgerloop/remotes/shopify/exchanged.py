"""Reads Shopify's returns of an order, as `ShopifyClient.order_exchanges` gives them, with what they are exchanged for.

Source: shopify.dev Admin GraphQL API 2026-10, Return, ExchangeLineItem (read 2026-11-21).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ledgerloop.domain.native_order import ShopExchange
from ledgerloop.remotes.shopify.plain import count, id_of, inner, objects

Node = Mapping[str, Any]


def parse_exchanges(nodes: Iterable[Node]) -> tuple[ShopExchange, ...]:
    """Give the returns with exchange items. Raises ValueError where an id or a number is none."""
    found = (_exchange(one) for one in nodes if objects(inner(one, "exchangeLineItems").get("nodes")))
    return tuple(found)


def _exchange(node: Node) -> ShopExchange:
    units: Counter[str] = Counter()
    for one in objects(inner(node, "returnLineItems").get("nodes")):
        line_id = id_of(inner(inner(one, "fulfillmentLineItem"), "lineItem").get("id"))
        units[line_id] += count(one.get("quantity"), "returned quantity")
    chosen = objects(inner(node, "exchangeLineItems").get("nodes"))
    line_ids = dict.fromkeys(id_of(line.get("id")) for one in chosen for line in objects(one.get("lineItems")))
    return ShopExchange(
        shopify_return_id=id_of(node.get("id")),
        units=tuple(sorted(units.items())),
        line_ids=tuple(line_ids),
        complete=all(one.get("lineItems") and not _left(one) for one in chosen),
    )


def _left(node: Node) -> int:
    return count(node.get("unprocessedQuantity"), "unprocessed quantity")
