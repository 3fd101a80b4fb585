"""The Shopify client: reads an order's money, what was updated, access and locations; keeps webhook subscriptions.

Source: shopify.dev Admin GraphQL API 2026-10 (read 2026-11-21).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import IO, Any, Final

from ledgerloop.clock import Clock
from ledgerloop.outcome import Refused, Unclear, Unreachable
from ledgerloop.remotes.http import Http
from ledgerloop.remotes.ports import Pace
from ledgerloop.remotes.shopify.answers import take_payload
from ledgerloop.remotes.shopify.auth import TokenProvider
from ledgerloop.remotes.shopify.errors import REMOTE
from ledgerloop.remotes.shopify.graphql import BUDGET_S, GraphQL
from ledgerloop.remotes.shopify.parse import Access, may_use_credit, parse_access

FULL: Final = {"OrderMoney": (25, 20), "OrderMoneyWide": (250, 250)}
"""How many transactions and refunds each document asks for: plain lists, cut off without a sign; full is suspect."""

WHOLE: Final = {"OrderWhole": (25, 20), "OrderWholeWide": (250, 250)}
"""The same of the documents that read an order with everything."""

DISPENSABLE: Final = ("order.retailLocation",)
"""What an order may lack (the app may have no read_locations) and still be used."""

NO_LOCATIONS: Final = (*DISPENSABLE, "order.fulfillments", "order.refunds.refundLineItems.nodes.location")
"""The same for a whole order."""

DOWNLOADS: Final = 3
"""How often a file is asked for that breaks off."""

MOST_PAGED: Final = 20_000
"""Rows after which a list is asked for anew from where it stands. Source: shopify.dev limits: paging ends at 25,000."""


class ShopifyClient:
    """One Shopify store through one app. Safe to share between threads."""

    def __init__(
        self,
        http: Http,
        tokens: TokenProvider,
        api_version: str,
        clock: Clock,
        *,
        pace: Pace | None = None,
        sleep: Callable[[float], None] = time.sleep,
        budget_s: float = BUDGET_S,
    ) -> None:
        self._http = http
        self._graphql = GraphQL(http, tokens, api_version, clock, pace=pace, sleep=sleep, budget_s=budget_s)

    @property
    def served_version(self) -> str:
        """The version that answered last; another than was asked for once Shopify has retired that one."""
        return self._graphql.served_version

    def charged(self, operation: str) -> float:
        """Points that Shopify asked for an operation when it was executed last; 0 where it never was."""
        return self._graphql.charged(operation)

    def order_money(self, shopify_order_id: str) -> dict[str, Any] | None:
        """Read an order with its transactions and refunds; None where it does not exist or may not be read.

        Without read_all_orders, orders older than 60 days may not be read. Orders that may have been paid with Loop's
        return credit come with their discount allocations (`lineItems`, `shippingLines`).
        """
        if not shopify_order_id.isdecimal():
            return None
        for operation, (transactions, refunds) in FULL.items():
            asked = {"id": f"gid://shopify/Order/{shopify_order_id}"}
            order = self.execute(operation, asked, optional=DISPENSABLE, subject=shopify_order_id).get("order")
            if not isinstance(order, dict):
                return None
            if not _cut_off(order, transactions, refunds):
                return {**order, **self._allocations(asked)} if may_use_credit(order) else order
        raise Refused(REMOTE, "shopify_order_too_large", f"order {shopify_order_id} cannot be read whole")

    def _allocations(self, asked: dict[str, str]) -> dict[str, Any]:
        """Read how the discounts of an order were split over its lines and shipping."""
        lines: list[dict[str, Any]] = []
        shipping: list[dict[str, Any]] = []

        def lines_of(data: dict[str, Any]) -> object:
            order = data.get("order") or {}
            shipping[:] = (order.get("shippingLines") or {}).get("nodes") or []
            return order.get("lineItems")

        lines += self._nodes("OrderCredit", "order.lineItems", asked, lines_of)
        return {"lineItems": {"nodes": lines}, "shippingLines": {"nodes": shipping}}

    def order_whole(self, shopify_order_id: str) -> dict[str, Any] | None:
        """Read an order with everything, all its lines included; None where it does not exist or may not be read."""
        if not shopify_order_id.isdecimal():
            return None
        asked = {"id": f"gid://shopify/Order/{shopify_order_id}"}
        for operation, (transactions, refunds) in WHOLE.items():
            data = self.execute(operation, {**asked, "cursor": None}, optional=NO_LOCATIONS, subject=shopify_order_id)
            order = data.get("order")
            if not isinstance(order, dict):
                return None
            if not _cut_off(order, transactions, refunds):
                return self._with_all_lines(order, asked, shopify_order_id)
        raise Refused(REMOTE, "shopify_order_too_large", f"order {shopify_order_id} cannot be read whole")

    def _with_all_lines(self, order: dict[str, Any], asked: dict[str, str], subject: str) -> dict[str, Any]:
        """Read the lines that did not come with the order. Raises Unreachable when it changed meanwhile."""
        first = order.get("lineItems") or {}
        lines, onward = list(first.get("nodes") or ()), first.get("pageInfo") or {}
        while onward.get("hasNextPage"):
            cursor = onward.get("endCursor")
            more = self.execute("OrderLines", {**asked, "cursor": cursor}, subject=subject).get("order") or {}
            page = more.get("lineItems") or {}
            onward = page.get("pageInfo") or {}
            if more.get("updatedAt") != order.get("updatedAt") or onward.get("endCursor") == cursor:
                raise Unreachable(REMOTE, "shopify_order_changed", f"order {subject} changed while it was read")
            lines += page.get("nodes") or ()
        return {**order, "lineItems": {"nodes": lines}}

    def order_exchanges(self, shopify_order_id: str, updated_at: str) -> list[dict[str, Any]]:
        """Read Shopify's returns of an order with what they are exchanged for.

        Raises Unreachable when the order has changed since `updated_at`, as Shopify wrote it.
        """
        subject = shopify_order_id

        def returns_of(data: dict[str, Any]) -> object:
            order = data.get("order") or {}
            if order.get("updatedAt") != updated_at:
                raise Unreachable(REMOTE, "shopify_order_changed", f"order {subject} changed while it was read")
            return order.get("returns")

        asked = {"id": f"gid://shopify/Order/{subject}"}
        found = list(self._nodes("OrderExchanges", "order.returns", asked, returns_of))
        lists = (one.get(name) or {} for one in found for name in ("returnLineItems", "exchangeLineItems"))
        if any((one.get("pageInfo") or {}).get("hasNextPage") for one in lists):
            raise Refused(REMOTE, "shopify_order_too_large", f"the returns of order {subject} cannot be read whole")
        return found

    def orders_updated(self, since: datetime, until: datetime) -> Iterator[dict[str, Any]]:
        """Read the heads of all orders updated in the window, oldest change first; some come twice."""
        start, end = _second(since), _second(until + timedelta(milliseconds=999))
        while True:
            last, count = start, 0
            for node in self._nodes("OrdersUpdated", "orders", {"query": _window(start, end)}):
                yield node
                last, count = str(node["updatedAt"]), count + 1
                if count >= MOST_PAGED and last != start:
                    break
            else:
                return
            start = last

    def download(self, url: str, file: IO[bytes]) -> None:
        """Write what lies at an address that Shopify gave into `file`; it is asked for again when it breaks off."""
        for left in range(DOWNLOADS, 0, -1):
            file.seek(0)
            file.truncate()
            try:
                self._http.fetch(url, file)
            except (Unreachable, Unclear):
                if left == 1:
                    raise
            else:
                return

    def access(self) -> Access:
        """Read what the app may do, which shop this is, and which API versions are supported."""
        return parse_access(self.execute("Access"))

    def personal_refused(self) -> tuple[str, ...]:
        """The personal fields that Shopify refuses of an order of the shop; none where the shop has no order."""
        self.execute("PersonalFields")
        return tuple(sorted(self._graphql.personal_refused))

    def locations(self) -> list[dict[str, Any]]:
        """Read all locations, inactive ones included."""
        return list(self._nodes("Locations", "locations", {}))

    def webhooks(self) -> list[dict[str, Any]]:
        """Read the subscriptions made by this API; those of the app's configuration file are not shown."""
        return list(self._nodes("Webhooks", "webhookSubscriptions", {}))

    def create_webhook(self, topic: str, uri: str, name: str = "") -> dict[str, Any]:
        """Subscribe to a topic, spelled "orders/create" or ORDERS_CREATE."""
        subscription = {"uri": uri, "format": "JSON", **({"name": name} if name else {})}
        variables = {"topic": topic.replace("/", "_").upper(), "subscription": subscription}
        payload = take_payload(self.execute("WebhookCreate", variables), "webhookSubscriptionCreate")
        return dict(payload.get("webhookSubscription") or {})

    def delete_webhook(self, webhook_gid: str) -> None:
        """End a subscription. Raises NotThere."""
        take_payload(self.execute("WebhookDelete", {"id": webhook_gid}), "webhookSubscriptionDelete")

    def execute(
        self,
        operation: str,
        variables: Mapping[str, Any] | None = None,
        *,
        optional: Sequence[str] = (),
        subject: str = "",
    ) -> dict[str, Any]:
        """Execute one operation of `queries.graphql` and give its `data`; see `GraphQL.execute`."""
        return self._graphql.execute(operation, variables, optional=optional, subject=subject)

    def _nodes(
        self,
        operation: str,
        field: str,
        variables: Mapping[str, Any],
        connection: Callable[[dict[str, Any]], object] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Read a connection page by page. Raises Unreachable where a page leads back to one already read."""
        cursor: str | None = None
        seen: set[str] = set()
        while True:
            data = self.execute(operation, {**variables, "cursor": cursor})
            page = connection(data) if connection else data.get(field)
            if not isinstance(page, dict):
                raise Unreachable(REMOTE, "shopify_malformed", f"the answer holds no {field}")
            yield from page.get("nodes") or []
            onward = page.get("pageInfo") or {}
            if not onward.get("hasNextPage"):
                return
            cursor = str(onward.get("endCursor") or "")
            if not cursor or cursor in seen:
                raise Unreachable(REMOTE, "shopify_pages_broken", f"the list of {field} led to no new page")
            seen.add(cursor)


def _cut_off(order: Mapping[str, Any], transactions: int, refunds: int) -> bool:
    held = order.get("refunds") or []
    lists = [refund.get(name) for refund in held for name in ("transactions", "refundLineItems")]
    inner = ((one or {}).get("pageInfo") or {} for one in (*lists, order.get("shippingLines")))
    return (
        len(order.get("transactions") or []) >= transactions
        or len(held) >= refunds
        or any(page.get("hasNextPage") for page in inner)
    )


def _second(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _window(start: str, end: str) -> str:
    return f"updated_at:>='{start}' updated_at:<='{end}'"
