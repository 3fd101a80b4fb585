"""Reads all orders of a window by one bulk query, whose answer is a file of JSON lines: an order, then its lines.

A bulk query knows no variables and no connections within lists, and pages nodes alone: so an order's shipping is read
as one sum, and refunds without lines and payments. `needs_reading` names the orders that must be read one by one.
Source: shopify.dev bulk operations, queries (read 2026-11-21). Assumed: named fragments are not allowed.
"""

import json
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import IO, Any, Final

from ledgerloop.outcome import Refused, RemoteProblem, Unreachable
from ledgerloop.remotes.shopify.answers import take_payload
from ledgerloop.remotes.shopify.client import ShopifyClient
from ledgerloop.remotes.shopify.errors import REMOTE
from ledgerloop.remotes.shopify.plain import inner

Progress = Callable[[str], None]

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 15.0
"""Pauses between two looks at a bulk query; they grow from the first to the longest."""

LONGEST: Final = timedelta(days=1)
"""How long a bulk query is waited for; Shopify gives it 10. Source: shopify.dev bulk operations (read 2026-11-21)."""

RUNNING: Final = ("CREATED", "RUNNING")

_MONEY = "{ shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"
_TAXES = f"taxLines {{ title rate priceSet {_MONEY} }}"
_SHARES = f"""discountAllocations {{ allocatedAmountSet {_MONEY} discountApplication {{
  __typename targetType targetSelection
  ... on DiscountCodeApplication {{ code }} ... on ManualDiscountApplication {{ title description }}
  ... on AutomaticDiscountApplication {{ title }} ... on ScriptDiscountApplication {{ title }} }} }}"""
_ADDRESS = "{ name firstName lastName company address1 address2 city provinceCode zip countryCodeV2 phone }"
_PAYMENT = f"{{ id kind status gateway test processedAt amountSet {_MONEY} parentTransaction {{ id }} }}"
_LINE = f"""id title sku quantity currentQuantity unfulfilledQuantity requiresShipping isGiftCard
variant {{ id }} product {{ id }} originalUnitPriceSet {_MONEY} {_SHARES} {_TAXES}"""
_ORDER = f"""id name test createdAt processedAt updatedAt cancelledAt sourceName app {{ id name }}
retailLocation {{ legacyResourceId }} tags note customAttributes {{ key value }} email phone currencyCode taxesIncluded
displayFinancialStatus displayFulfillmentStatus
customer {{ id firstName lastName defaultEmailAddress {{ emailAddress }} defaultPhoneNumber {{ phoneNumber }} }}
shippingAddress {_ADDRESS} billingAddress {_ADDRESS}
totalPriceSet {_MONEY} totalTaxSet {_MONEY} totalDiscountsSet {_MONEY} totalTipReceivedSet {_MONEY}
totalShippingPriceSet {_MONEY}
shippingLine {{ title code originalPriceSet {_MONEY} discountedPriceSet {_MONEY} {_SHARES} {_TAXES} }}
fulfillments {{ status location {{ legacyResourceId }} }} transactions {_PAYMENT} refunds {{ id createdAt }}"""


def bulk_query(since: datetime, until: datetime) -> str:
    """The query for all orders created in a window."""
    window = f"created_at:>='{_second(since)}' created_at:<='{_second(until)}'"
    lines = f"lineItems {{ edges {{ node {{ {_LINE} }} }} }}"
    return f'{{ orders(query: "{window}") {{ edges {{ node {{ {_ORDER} {lines} }} }} }} }}'


@contextmanager
def bulk_orders(
    shopify: ShopifyClient,
    since: datetime,
    until: datetime,
    *,
    sleep: Callable[[float], None] = time.sleep,
    progress: Progress = lambda _text: None,
) -> Iterator[Iterator[dict[str, Any]]]:
    """Give the orders created in a window, one by one, from a file that is gone afterwards. Raises RemoteProblem.

    Each has `lineItems` and `shippingLines` as `order_whole` gives them.
    """
    started = take_payload(shopify.execute("BulkStart", {"query": bulk_query(since, until)}), "bulkOperationRunQuery")
    state = _ended(shopify, str(inner(started, "bulkOperation").get("id")), sleep, progress)
    with tempfile.TemporaryFile() as file:
        if state.get("url"):
            shopify.download(str(state["url"]), file)
        yield _counted(file, int(state.get("rootObjectCount") or 0))


def needs_reading(order: dict[str, Any]) -> bool:
    """Whether a bulk query could not show all of this order: refunds, or more than one shipping line."""
    shown = inner(inner(inner(order, "shippingLine"), "discountedPriceSet"), "shopMoney").get("amount", 0)
    charged = inner(inner(order, "totalShippingPriceSet"), "shopMoney").get("amount", 0)
    return bool(order.get("refunds")) or order.get("scattered") is True or Decimal(str(shown)) != Decimal(str(charged))


def assembled(lines: Iterable[bytes], scattered: set[str]) -> Iterator[dict[str, Any]]:
    """Put orders together: what follows an order and names it as its parent is a line of it.

    Those of `scattered` get a mark instead of lines that stand elsewhere in the file.
    """
    order: dict[str, Any] | None = None
    for line in lines:
        row = json.loads(line)
        parent = row.get("__parentId")
        if parent is None:
            if order is not None:
                yield order
            shipping = [row["shippingLine"]] if row.get("shippingLine") else []
            order = {**row, "lineItems": {"nodes": []}, "shippingLines": {"nodes": shipping}}
            if row["id"] in scattered:
                order["scattered"] = True
        elif order is not None and parent == order["id"]:
            order["lineItems"]["nodes"].append({key: one for key, one in row.items() if key != "__parentId"})
    if order is not None:
        yield order


def scattered(lines: Iterable[bytes]) -> set[str]:
    """Ids of orders whose lines do not all follow them at once."""
    found: set[str] = set()
    current = ""
    for line in lines:
        parent = _PARENT.search(line)
        if parent is None:
            current = str(json.loads(line).get("id"))
        elif parent[1].decode() != current:
            found.add(parent[1].decode())
    return found


_PARENT: Final = re.compile(rb'"__parentId": ?"([^"]+)"')


def _ended(shopify: ShopifyClient, gid: str, sleep: Callable[[float], None], progress: Progress) -> dict[str, Any]:
    """Look at a bulk query until it has ended well."""
    pause_s, waited_s = FIRST_PAUSE_S, 0.0
    while waited_s < LONGEST.total_seconds():
        state = shopify.execute("BulkState", {"id": gid}).get("bulkOperation")
        status = str(inner({"state": state}, "state").get("status"))
        if isinstance(state, dict) and status == "COMPLETED":
            return state
        if not isinstance(state, dict) or status not in RUNNING:
            why = f"{status} {inner({'state': state}, 'state').get('errorCode') or ''}".strip()
            raise Refused(REMOTE, "shopify_bulk_failed", f"Shopify could not read the orders in bulk ({why})")
        progress(f"Shopify has collected {state.get('objectCount')} orders and lines")
        sleep(pause_s)
        waited_s += pause_s
        pause_s = min(pause_s * 1.5, LONGEST_PAUSE_S)
    raise Unreachable(REMOTE, "shopify_bulk_failed", f"the bulk query did not end within {LONGEST}")


def _counted(file: IO[bytes], promised: int) -> Iterator[dict[str, Any]]:
    """The orders of the file; the end of it proves that it came whole. Raises Unreachable."""
    try:
        file.seek(0)
        apart = scattered(file)
        file.seek(0)
        count = 0
        for order in assembled(file, apart):
            yield order
            count += 1
    except (ValueError, KeyError, AttributeError) as problem:
        raise _broken("it cannot be read") from problem
    if count < promised:
        raise _broken(f"it holds {count} orders instead of {promised}")


def _broken(why: str) -> RemoteProblem:
    return Unreachable(REMOTE, "shopify_bulk_broken", f"the file of a bulk query is broken: {why}")


def _second(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
