"""Loop and Shopify as places to subscribe at: the same four acts for both.

Source: docs.loopreturns.com programmatic webhooks; shopify.dev webhook subscriptions 2026-10 (read 2026-11-21).
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol

from ledgerloop.engine.parts import Shop
from ledgerloop.operate.doctor.loop import LABELS, WANTED
from ledgerloop.operate.doctor.shopify import TOPICS
from ledgerloop.remotes.loop.client import LoopClient
from ledgerloop.remotes.shopify.client import ShopifyClient

REMOTES: Final = ("loop", "shopify")
"""The remotes that send webhooks."""


@dataclass(frozen=True)
class Topic:
    """What a subscription is about; `trigger` is Loop's finer word, empty at Shopify."""

    topic: str
    trigger: str = ""

    @property
    def name(self) -> str:
        """How people call it: Loop's triggers name their topic already."""
        return self.trigger or self.topic


@dataclass(frozen=True)
class Subscription:
    """One subscription as the remote shows it; `url` has no slash at its end."""

    remote: str
    ident: str
    topic: Topic
    url: str
    active: bool


class Side(Protocol):
    """One remote of one shop. `url` is where its webhooks should go, empty where none are wanted."""

    shop_id: str
    remote: str
    url: str
    wanted: tuple[Topic, ...]
    known: tuple[Topic, ...]
    """Everything that may ever be wanted."""

    def there(self) -> list[Subscription]:
        """List what the remote shows, whoever made it. Raises RemoteProblem."""
        ...

    def make(self, topic: Topic) -> str:
        """Subscribe; gives the id, empty where the remote did not tell it."""
        ...

    def wake(self, one: Subscription) -> None:
        """Make an inactive subscription active."""
        ...

    def end(self, one: Subscription) -> None:
        """Remove a subscription. Raises NotThere."""
        ...


def sides_of(shop: Shop, public_url: str) -> tuple[Side, ...]:
    """Both remotes of a shop, as called at this public address."""
    return LoopSide(shop, public_url), ShopifySide(shop, public_url)


def address(public_url: str, shop_id: str, remote: str) -> str:
    """Where a remote should send its webhooks; empty when there is no public address."""
    return f"{public_url.rstrip('/')}/webhooks/{shop_id}/{remote}" if public_url else ""


class LoopSide:
    """Loop: subscriptions can be switched off, and Loop does so itself after too many failures."""

    known = tuple(Topic(*one) for one in WANTED + LABELS)

    def __init__(self, shop: Shop, public_url: str) -> None:
        self.remote = "loop"
        self.shop_id = shop.shop_id
        self.url = address(public_url, shop.shop_id, self.remote)
        delivered = shop.policy.receive_when == "delivered"
        self.wanted = tuple(Topic(*one) for one in WANTED + (LABELS if delivered else ()))
        self._loop: LoopClient = shop.loop

    def there(self) -> list[Subscription]:
        """List what Loop shows, those made in Loop Admin included."""
        return [
            Subscription(
                self.remote,
                str(one.get("id") or ""),
                Topic(str(one.get("topic") or ""), str(one.get("trigger") or "")),
                str(one.get("url") or "").rstrip("/"),
                str(one.get("status") or "active").lower() == "active",
            )
            for one in self._loop.webhooks()
        ]

    def make(self, topic: Topic) -> str:
        """Subscribe, active from the start."""
        return str(self._loop.create_webhook(topic.topic, topic.trigger, self.url).get("id") or "")

    def wake(self, one: Subscription) -> None:
        """Make it active again; Loop wants the rest of it repeated."""
        self._loop.update_webhook(one.ident, one.topic.topic, one.topic.trigger, one.url)

    def end(self, one: Subscription) -> None:
        """Remove it. Raises NotThere."""
        self._loop.delete_webhook(one.ident)


class ShopifySide:
    """Shopify: a subscription whose deliveries fail is deleted, so there is nothing to wake.

    No name is given to subscriptions: it would have to be unique in the store.
    Source: shopify.dev changelog, name field of webhook subscriptions (read 2026-11-21).
    """

    known = tuple(Topic(one) for one in TOPICS)

    def __init__(self, shop: Shop, public_url: str) -> None:
        self.remote = "shopify"
        self.shop_id = shop.shop_id
        self.url = address(public_url, shop.shop_id, self.remote)
        self.wanted = self.known
        self._shopify: ShopifyClient = shop.shopify

    def there(self) -> list[Subscription]:
        """List what this app made by API in this store; those of the app's version are not shown."""
        return [
            Subscription(
                self.remote,
                str(one.get("id") or ""),
                _spelled(one),
                str(one.get("uri") or "").rstrip("/"),
                active=True,
            )
            for one in self._shopify.webhooks()
        ]

    def make(self, topic: Topic) -> str:
        """Subscribe."""
        return str(self._shopify.create_webhook(topic.topic, self.url).get("id") or "")

    def wake(self, one: Subscription) -> None:
        """Make it anew: Shopify knows no inactive ones."""
        self.make(one.topic)

    def end(self, one: Subscription) -> None:
        """Remove it. Raises NotThere."""
        self._shopify.delete_webhook(one.ident)


def _spelled(one: dict[str, Any]) -> Topic:
    """The topic as its deliveries spell it; one that nobody wants keeps the spelling of the API."""
    given = str(one.get("topic") or "")
    return Topic(next((topic for topic in TOPICS if topic.replace("/", "_").upper() == given), given))
