"""The world: one shop's Loop, Shopify and NetSuite together, their clock, their webhooks, and what connects them."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from .clock import SandboxClock
from .deliveries import Deliveries, Delivery
from .loop import seed as loop_seed
from .loop import subscriptions as loop_subscriptions
from .loop.limits import RateLimit
from .loop.state import LoopState
from .netsuite.state import Account
from .shopify import seed as shopify_seed
from .shopify import webhooks as shopify_webhooks
from .shopify.cost import Bucket
from .shopify.state import ShopifyState
from .stories.outcomes import LoopInShopify

ACCOUNT = "1234567_SB1"
"""The NetSuite account that is simulated."""

LOOP_TIMEOUT_S = 10.0
"""How long Loop waits for a webhook's answer. Assumed: undocumented."""

SHOPIFY_TIMEOUT_S = 5.0
"""How long Shopify waits. Source: shopify.dev docs/api/webhooks/latest (read 2026-11-21)."""


@dataclass
class Known:
    """What the world remembers of an order it placed: the wish, and the NetSuite records made."""

    wish: dict[str, Any]
    order_id: str
    sales_order: str | None = None
    fulfilments: list[str] = field(default_factory=list)
    invoice: str | None = None
    cash_sale: str | None = None


class World:
    """Everything simulated. Lives in one thread (the asyncio loop's); only deliveries go their own way."""

    def __init__(
        self,
        schedule: Callable[[float, Callable[[], None]], None] | None = None,
        clock: SandboxClock | None = None,
    ) -> None:
        self.clock = clock or SandboxClock()
        self.schedule = schedule or (lambda _seconds, _what: None)
        self.deliveries = Deliveries()
        self.targets: dict[str, list[str]] = {"loop": [], "shopify": []}
        self.orders: dict[str, Known] = {}
        self.bucket = Bucket()
        self.limit = RateLimit()
        self.account = Account(ACCOUNT, self.clock)
        self.shopify = ShopifyState(self.clock, self._shopify_event)
        if schedule is not None:
            self.shopify.later = self._aside
        self.loop = LoopState(self.clock, LoopInShopify(self), self._loop_event, self._later)
        self._credentials()
        self._seed_lists()

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        self.schedule(seconds, what)

    def _aside(self, seconds: float, what: Callable[[], None]) -> None:
        """Do something long later, in a thread of its own, which only reads."""
        self.schedule(seconds, lambda: threading.Thread(target=what, name="sandbox-bulk", daemon=True).start())

    def _credentials(self) -> None:
        self.loop.api_key = secrets.token_hex(20)
        self.loop.webhook_secret = secrets.token_hex(16)
        self.shopify.token = f"shpat_{secrets.token_hex(16)}"
        self.shopify.client_id = secrets.token_hex(16)
        self.shopify.client_secret = f"shpss_{secrets.token_hex(16)}"

    def credentials(self) -> dict[str, Any]:
        """Give what a connector needs to get into Loop and Shopify."""
        return {
            "loop_api_key": self.loop.api_key,
            "loop_webhook_secret": self.loop.webhook_secret,
            "shopify_token": self.shopify.token,
            "shopify_client_id": self.shopify.client_id,
            "shopify_client_secret": self.shopify.client_secret,
        }

    def _seed_lists(self) -> None:
        self.account.seed()
        loop_seed.seed(self.loop)
        shopify_seed.seed(self.shopify)

    def reset(self) -> None:
        """Forget everything that happened; credentials and settings stay, the lists are seeded anew."""
        self.deliveries.forget()
        self.targets = {"loop": [], "shopify": []}
        self.orders.clear()
        self.clock.offset_s = 0.0
        self.bucket.level = None
        self.limit.forget()
        self.account.reset()
        self.shopify.forget()
        self.loop.forget()
        self._seed_lists()

    def default_settings(self) -> None:
        """Put the settings of all three back to what they were at the start; clients already made keep them."""
        for owner in (self.loop, self.shopify, self.account):
            fresh = type(owner.settings)()
            for one in fields(fresh):
                setattr(owner.settings, one.name, getattr(fresh, one.name))

    def known(self, order_id: object) -> Known:
        """Give what is remembered of an order, by Shopify id or name. Raises KeyError."""
        text = str(order_id)
        for one in self.orders.values():
            if text in (one.order_id, one.wish["name"]):
                return one
        raise KeyError(f"no order {order_id}")

    # -- webhooks -----------------------------------------------------------------------------------------------

    def _loop_event(self, topic: str, trigger: str, subject: str, body: bytes, signature: str) -> None:
        urls = [*loop_subscriptions.addresses(self.loop, topic, trigger), *self.targets["loop"]]
        headers = {"Content-Type": "application/json", "X-Loop-Signature": signature, "User-Agent": "Loop"}
        for url in dict.fromkeys(urls):
            self.deliveries.put(
                Delivery(
                    "loop",
                    trigger,
                    url,
                    subject,
                    body,
                    headers,
                    timeout_s=LOOP_TIMEOUT_S,
                    retries_s=self.loop.settings.retries_s,
                )
            )

    def _shopify_event(self, topic: str, subject: str, about: Any) -> None:
        subscribed = shopify_webhooks.addresses(self.shopify, topic)
        listeners: list[tuple[str, str | None, int | None]] = list(subscribed)
        listeners += [(url, None, None) for url in self.targets["shopify"] if url not in [one[0] for one in subscribed]]
        if not listeners:
            return
        body, event_id = shopify_webhooks.body_of(topic, about), str(uuid.uuid4())
        for url, name, subscription in listeners:
            self.deliveries.put(
                Delivery(
                    "shopify",
                    topic,
                    url,
                    subject,
                    body,
                    shopify_webhooks.headers(self.shopify, topic, body, event_id, name),
                    timeout_s=SHOPIFY_TIMEOUT_S,
                    retries_s=self.shopify.settings.retries_s,
                    on_failed=self._subscription_dropper(subscription),
                )
            )

    def _subscription_dropper(self, subscription: int | None) -> Callable[[], None] | None:
        """Shopify deletes a subscription whose delivery failed for good."""
        if subscription is None:
            return None

        def drop() -> None:
            if self.shopify.settings.drops_subscriptions:
                self.shopify.subscriptions.pop(subscription, None)

        return drop

    def set_targets(self, **urls: str | list[str] | None) -> dict[str, list[str]]:
        """Set addresses that hear everything of a remote, beside its own subscriptions. Raises ValueError."""
        for remote, given in urls.items():
            if remote not in self.targets:
                raise ValueError(f"webhooks come from loop and shopify, not from {remote!r}")
            self.targets[remote] = [given] if isinstance(given, str) else list(given or [])
        return self.targets

    # -- settings -----------------------------------------------------------------------------------------------

    def change_settings(self, remote: str, changes: dict[str, Any]) -> dict[str, Any]:
        """Set fields of a remote's settings; gives all of them. Raises ValueError."""
        owners: dict[str, Any] = {"loop": self.loop, "shopify": self.shopify, "netsuite": self.account}
        settings = owners[remote].settings
        known = {one.name: getattr(settings, one.name) for one in fields(settings)}
        unknown = sorted(set(changes) - set(known))
        if unknown:
            raise ValueError(f"{remote} has no setting {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        for name, value in changes.items():
            decimal = isinstance(known[name], Decimal) and value is not None
            setattr(settings, name, Decimal(str(value)) if decimal else value)
        return {one.name: getattr(settings, one.name) for one in fields(settings)}
