"""The entry points of Shopify's GraphQL API: what `QueryRoot` and `Mutation` offer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ledgerloop_sandbox.clock import iso_z

from . import bulk
from .documents import Documents
from .search import SORT, Search
from .state import ShopifyState
from .views import View, gid, line_view, location_view, order_view

NAME_LENGTH = 50
"""Longest name of a subscription."""


class Roots:
    """Resolves the root fields for one shop."""

    def __init__(self, state: ShopifyState) -> None:
        self.state = state

    def fields(self) -> dict[str, Callable[[dict[str, Any]], Any]]:
        """Give every root field."""
        return {
            "order": lambda args: self._order(args["id"]),
            "orders": self._orders,
            "ordersCount": lambda args: {"count": len(self._orders(args)), "precision": "EXACT"},
            "node": lambda args: self._node(args["id"]),
            "nodes": lambda args: [self._node(ident) for ident in args["ids"]],
            "locations": lambda _: [location_view(self.state, one["id"]) for one in self.state.locations],
            "shop": lambda _: self._shop(),
            "currentAppInstallation": lambda _: self._installation(),
            "publicApiVersions": lambda _: [self._version(one) for one in self.state.settings.api_versions],
            "bulkOperation": lambda args: bulk.shown(self.state, args["id"]),
            "bulkOperations": lambda _: [bulk.view(self.state, one) for one in self.state.bulk.values()],
            "bulkOperationRunQuery": lambda args: bulk.start(self.state, args["query"]),
            "webhookSubscriptions": lambda _: [
                self._subscription(one) for one in list(self.state.subscriptions.values())
            ],
            "webhookSubscriptionCreate": self._subscribe,
            "webhookSubscriptionDelete": self._unsubscribe,
        }

    def _order(self, ident: str) -> View | None:
        if not ident.startswith("gid://shopify/Order/"):
            return None
        try:
            found = self.state.get(ident)
        except KeyError:
            return None
        return order_view(self.state, found) if self.state.readable(found) else None

    def _orders(self, args: dict[str, Any]) -> list[View]:
        search = Search(args.get("query"))
        by = SORT[args.get("sortKey") or "PROCESSED_AT"]
        now = self.state.clock()
        found = [
            order
            for order in self.state.orders.values()
            if self.state.indexed[order.id] <= now and self.state.readable(order) and search.matches(order)
        ]
        found.sort(key=lambda order: (by(order), order.id))
        return [
            {"_sort": _text(by(order)), "id": gid("Order", order.id), "_make": partial(order_view, self.state, order)}
            for order in found
        ]

    def _node(self, ident: str) -> View | None:
        kind, _, number = ident.removeprefix("gid://shopify/").partition("/")
        if kind == "Order":
            return self._order(ident)
        if kind == "Location":
            return location_view(self.state, int(number)) if number.isdigit() else None
        for order in self.state.orders.values():
            documents = Documents(self.state, order)
            lists: dict[str, Callable[[], list[View]]] = {
                "Refund": documents.refunds,
                "Return": documents.returns,
                "OrderTransaction": documents.transactions,
                "Fulfillment": documents.fulfilments,
                "LineItem": lambda order=order: [line_view(order, line) for line in order.lines],  # type: ignore[misc]
            }
            rows = lists[kind]() if kind in lists else []
            found = next((row for row in rows if row["id"] == ident), None)
            if found is not None:
                return found
        return None

    def _shop(self) -> View:
        settings = self.state.settings
        return {
            "id": gid("Shop", 1),
            "name": "Example",
            "myshopifyDomain": settings.domain,
            "currencyCode": settings.currency,
            "ianaTimezone": settings.time_zone,
            "taxesIncluded": False,
            "plan": {"publicDisplayName": "Basic"},
        }

    def _installation(self) -> View:
        return {
            "id": gid("AppInstallation", 1),
            "accessScopes": [{"handle": one} for one in self.state.settings.scopes],
            "app": {"id": gid("App", 2), "title": "Connector", "apiKey": self.state.client_id, "handle": "connector"},
        }

    def _version(self, handle: str) -> View:
        return {"handle": handle, "displayName": handle, "supported": True}

    def _subscription(self, one: dict[str, Any]) -> View:
        return {
            "__typename": "WebhookSubscription",
            "id": gid("WebhookSubscription", one["id"]),
            "legacyResourceId": str(one["id"]),
            "topic": one["topic"],
            "uri": one["uri"],
            "name": one["name"],
            "format": "JSON",
            "filter": "",
            "includeFields": [],
            "apiVersion": self._version(self.state.settings.served_version),
            "createdAt": iso_z(one["created_at"]),
            "updatedAt": iso_z(one["created_at"]),
        }

    def _subscribe(self, args: dict[str, Any]) -> View:
        wanted, topic = args["webhookSubscription"], args["topic"]
        problem = _refuse(wanted, topic, self.state)
        if problem:
            return {"webhookSubscription": None, "userErrors": [problem]}
        made = {
            "id": self.state.next_id(),
            "topic": topic,
            "uri": wanted["uri"],
            "name": wanted.get("name"),
            "created_at": self.state.now(),
        }
        self.state.subscriptions[made["id"]] = made
        return {"webhookSubscription": self._subscription(made), "userErrors": []}

    def _unsubscribe(self, args: dict[str, Any]) -> View:
        number = args["id"].rsplit("/", 1)[-1]
        found = self.state.subscriptions.pop(int(number), None) if number.isdigit() else None
        if found is None:
            problem = {"field": ["id"], "message": "Webhook subscription does not exist"}
            return {"deletedWebhookSubscriptionId": None, "userErrors": [problem]}
        return {"deletedWebhookSubscriptionId": args["id"], "userErrors": []}


def _refuse(wanted: dict[str, Any], topic: str, state: ShopifyState) -> dict[str, Any] | None:
    uri = wanted.get("uri") or ""
    if not uri.startswith(("http://", "https://")):
        return {"field": ["webhookSubscription", "uri"], "message": "Address is invalid"}
    if len(wanted.get("name") or "") > NAME_LENGTH:
        return {
            "field": ["webhookSubscription", "name"],
            "message": f"Name is too long (maximum is {NAME_LENGTH} characters)",
        }
    if any(one["topic"] == topic and one["uri"] == uri for one in state.subscriptions.values()):
        return {"field": ["webhookSubscription", "uri"], "message": "Address for this topic has already been taken"}
    return None


def _text(value: Any) -> str:
    return f"{value:020d}" if isinstance(value, int) else iso_z(value)
