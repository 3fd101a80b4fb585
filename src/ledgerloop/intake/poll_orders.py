"""The poll of Shopify: which orders were updated; those of known returns, and those that may be sent, are read anew."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from ledgerloop.intake.orders import light_order, to_read
from ledgerloop.intake.pollers import BLUR, BLURRED_WAIT, Watch
from ledgerloop.outcome import Unreachable
from ledgerloop.remotes.shopify.client import ShopifyClient
from ledgerloop.store.order_store import Head, LightOrder
from ledgerloop.store.store import Transaction

A_PAGE = 250
"""Orders stored per transaction: as many as one page of Shopify's holds."""


def poll_shopify(watch: Watch, shopify: ShopifyClient) -> int:
    """Read which orders were updated since the cursor; gives how many of them concern us and are news.

    One read in the very second of its update is read once more, but is no news.
    """
    now = watch.clock()
    return take_list(watch, shopify.orders_updated(watch.since("shopify", now), now), now)


def take_list(watch: Watch, rows: Iterator[dict[str, Any]], now: datetime) -> int:
    """Store the list page by page and mark what is news; the cursor moves with the last page."""
    seen, page = 0, list(islice(rows, A_PAGE))
    while True:
        following = list(islice(rows, A_PAGE))
        with watch.store.writing(hasty=True) as tx:
            seen += _store_page(watch, page, now, tx)
            if not following:
                watch.move("shopify", now, tx)
        if not following:
            return seen
        page = following


def _store_page(watch: Watch, page: Sequence[dict[str, Any]], now: datetime, tx: Transaction) -> int:
    policy, shop = watch.policy, watch.shop_id
    seen = _lights(watch, page)
    heads = watch.orders.heads(shop, seen, tx)
    newer = [one for key, one in seen.items() if _is_newer(one, heads.get(key))]
    watch.orders.put_light(shop, newer, tx)
    changed, blurred = _of_returns(watch, page, tx)
    for order_id in changed | blurred:
        watch.shop_orders.mark_stale(shop, order_id, tx)
    refunded = _refunded(watch, page, seen, tx) if policy.refunds_without_return else set()
    news = changed | refunded | to_read(newer, policy)
    again = to_read([one for key, one in seen.items() if _is_blurred(one, heads.get(key))], policy)
    watch.orders.mark_stale(shop, again, tx)
    watch.due.mark_all([(shop, one) for one in news], now, "shopify poll", tx)
    watch.due.mark_all([(shop, one) for one in (blurred | again) - news], now + BLURRED_WAIT, "shopify poll", tx)
    return len(news)


def _lights(watch: Watch, page: Sequence[dict[str, Any]]) -> dict[str, LightOrder]:
    """The page by order id; one that comes twice counts as shown last. Raises Unreachable."""
    try:
        return {one.order_id: one for one in (light_order(row, watch.policy) for row in page)}
    except ValueError as problem:
        raise Unreachable("shopify", "shopify_malformed", str(problem)) from problem


def _refunded(
    watch: Watch, page: Sequence[Mapping[str, Any]], seen: Mapping[str, LightOrder], tx: Transaction
) -> set[str]:
    """Orders refunded in part or whole whose money was never read: a refund without a return may be among it.

    Source: shopify.dev Admin GraphQL API 2026-10, OrderDisplayFinancialStatus (read 2026-11-21).
    """
    told = {str(row["id"]).rsplit("/", 1)[-1] for row in page if "REFUNDED" in str(row.get("displayFinancialStatus"))}
    told = {one for one in told if not seen[one].test}
    return told - set(watch.shop_orders.fresh(watch.shop_id, told, tx))


def _is_newer(seen: LightOrder, head: Head | None) -> bool:
    return head is None or head.updated_at is None or head.updated_at < seen.updated_at


def _is_blurred(seen: LightOrder, head: Head | None) -> bool:
    """Whether it was read so soon after this update that another one in the same second could not be told from it."""
    if head is None or head.light or head.stale or head.updated_at != seen.updated_at or head.read_at is None:
        return False
    return head.read_at < seen.updated_at + BLUR


def _of_returns(watch: Watch, page: Sequence[Mapping[str, Any]], tx: Transaction) -> tuple[set[str], set[str]]:
    """Orders of known returns that changed since they were read, and those read in the very second of their update."""
    updated = {str(row["id"]).rsplit("/", 1)[-1]: str(row["updatedAt"]) for row in page}
    changed, blurred = set(), set()
    for order_id, stored in watch.shop_orders.fresh(watch.shop_id, updated, tx).items():
        if stored.body.get("updatedAt") != updated[order_id]:
            changed.add(order_id)
        elif stored.read_at < datetime.fromisoformat(updated[order_id]) + BLUR:
            blurred.add(order_id)
    return changed, blurred
