"""Takes in what the remotes push: verified, then on disk with its raw bytes and its case marked as due, then answered.

Knows no web framework. Nothing is understood here beyond whose order it is; the rest is read from the remote later.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from ledgerloop.clock import Clock
from ledgerloop.config import Config
from ledgerloop.remotes.loop import webhook as loop_webhook
from ledgerloop.remotes.loop.parse import subject_of_webhook
from ledgerloop.remotes.netsuite import webhook as netsuite_webhook
from ledgerloop.remotes.shopify import webhook as shopify_webhook
from ledgerloop.store.inbox import ORDER, RETURN, Inbox, Push

MEGABYTE: Final = 1_000_000

LIMITS: Final = {"loop": 2 * MEGABYTE, "shopify": 10 * MEGABYTE, "netsuite": 2 * MEGABYTE}
"""Largest body in bytes, by source; these are the sources there are. Source: interface section 2."""

KEPT_HEADERS: Final = ("user-agent", "content-type", "x-shopify-", "shopify-", "x-loop-", "x-ledgerloop-")
"""Headers that are stored, by how they begin; signatures never are."""


LONGEST_LABEL: Final = 500
"""Longest topic or id that is noted, characters; the raw body keeps all of it."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class Answer(StrEnum):
    """What became of a pushed message."""

    STORED = "stored"
    """On disk, its case is due."""
    AGAIN = "again"
    """We had it already; its case is due again."""
    FORGED = "forged"
    """Its signature is not one of ours, or it is meant for another shop."""
    SHUT = "shut"
    """No secret is configured that could prove it."""
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    """No such shop or source."""
    NOT_STORED = "not_stored"
    """The database did not take it; it must be sent again."""


@dataclass(frozen=True)
class Door:
    """What verifies the messages of one shop: secrets by source, and the shop's name at Shopify."""

    shop_id: str
    secrets: Mapping[str, tuple[str, ...]]
    shopify_domain: str


class Labels:
    """What is noted beside a message: its topic, what makes a second one a duplicate, and whose case it is about."""

    def __init__(self, topic: str, dedupe_key: str, *, order_id: str = "", return_id: str = "") -> None:
        self.topic = _clean(topic)
        self.dedupe_key = _clean(dedupe_key)
        self.subject_kind = ORDER if order_id else RETURN if return_id else ""
        self.subject_id = _clean(order_id or return_id)


def doors_of(config: Config) -> dict[str, Door]:
    """The doors of all shops, by shop id."""
    return {
        shop.id: Door(
            shop.id,
            {
                source: tuple(one.get_secret_value() for one in remote.webhook_secrets)
                for source, remote in (("loop", shop.loop), ("shopify", shop.shopify), ("netsuite", shop.netsuite))
            },
            shop.shopify.domain,
        )
        for shop in config.shops
    }


@dataclass(frozen=True)
class Knock:
    """A message at the door: nothing about it is proved yet. Header names are matched whatever their case."""

    door: Door | None
    source: str
    headers: Mapping[str, str]
    body: bytes


def take(inbox: Inbox, clock: Clock, knocks: Sequence[Knock]) -> list[Answer]:
    """Store messages durably, those that came together in one transaction, or refuse them, each for itself.

    Raises DatabaseBusy or DatabaseUnusable when they could not be stored; then none of them is.
    """
    seen = [look(knock, clock()) for knock in knocks]
    pushes = [one for one in seen if isinstance(one, Push)]
    are_new = iter(inbox.put_all(pushes) if pushes else [])
    return [one if isinstance(one, Answer) else Answer.STORED if next(are_new) else Answer.AGAIN for one in seen]


def look(knock: Knock, now: datetime) -> Push | Answer:
    """Check a message; what is to be stored, or why not."""
    if knock.door is None or knock.source not in LIMITS:
        return Answer.UNKNOWN
    if len(knock.body) > LIMITS[knock.source]:
        return Answer.TOO_LARGE
    if not any(knock.door.secrets.get(knock.source, ())):
        return Answer.SHUT
    given = {name.lower(): value for name, value in knock.headers.items()}
    is_genuine, labels_of = _READERS[knock.source]
    if not is_genuine(knock.door, given, knock.body):
        return Answer.FORGED
    labels = labels_of(given, knock.body, now)
    return Push(
        knock.door.shop_id,
        knock.source,
        labels.topic,
        labels.dedupe_key,
        {name: value for name, value in given.items() if _is_kept(name)},
        knock.body,
        now,
        labels.subject_kind,
        labels.subject_id,
    )


def _is_kept(name: str) -> bool:
    return name.startswith(KEPT_HEADERS) and not name.endswith(("-signature", "-sha256"))


def _first(given: Mapping[str, str], *names: str) -> str:
    return next((given[name.lower()] for name in names if given.get(name.lower())), "")


def _shopify(given: Mapping[str, str], name: str) -> str:
    """A Shopify header, with or without its old prefix. Source: shopify.dev events, headers (read 2026-11-21)."""
    return _first(given, f"x-shopify-{name}", f"shopify-{name}")


def _is_loops(door: Door, given: Mapping[str, str], body: bytes) -> bool:
    return loop_webhook.verify(body, _first(given, loop_webhook.HEADER), door.secrets.get("loop", ()))


def _is_shopifys(door: Door, given: Mapping[str, str], body: bytes) -> bool:
    """Signed by the app's secret, which all shops of an app share: so it must also name this shop."""
    if not shopify_webhook.verify(body, _first(given, *shopify_webhook.HEADERS), door.secrets.get("shopify", ())):
        return False
    domain = _shopify(given, "shop-domain")
    return not domain or domain.strip().lower() == door.shopify_domain.lower()


def _is_netsuites(door: Door, given: Mapping[str, str], body: bytes) -> bool:
    return netsuite_webhook.verify(body, _first(given, netsuite_webhook.HEADER), door.secrets.get("netsuite", ()))


def _loop_labels(_given: Mapping[str, str], body: bytes, now: datetime) -> Labels:
    """Loop's messages have no id: one with the same body is the same message.

    But a processing that fails again is told in the same words: what comes at another moment is another failure.
    """
    about = subject_of_webhook(body, _NEVER)
    key = hashlib.sha256(body).hexdigest()
    if about.failure is not None:
        key = f"{now.isoformat()} {key}"
    return Labels(about.topic, key, order_id=about.shopify_order_id or "", return_id=about.loop_return_id or "")


def _shopify_labels(given: Mapping[str, str], body: bytes, _now: datetime) -> Labels:
    """A repeated delivery has the same webhook id. Source: shopify.dev webhooks, delivery headers (read 2026-11-21)."""
    topic = _shopify(given, "topic")
    key = _shopify(given, "webhook-id") or hashlib.sha256(topic.encode() + b"\n" + body).hexdigest()
    return Labels(topic, key, order_id=shopify_webhook.subject(topic, body) or "")


def _netsuite_labels(_given: Mapping[str, str], body: bytes, now: datetime) -> Labels:
    """One record that changes twice is told in the same words: what comes at another moment is another message."""
    key = f"{now.isoformat()} {hashlib.sha256(body).hexdigest()}"
    about = netsuite_webhook.named_in(body) or [netsuite_webhook.Named()]
    if len(about) > 1:
        return Labels("several", key)
    return Labels(
        about[0].kind or "changed", key, order_id=about[0].shopify_order_id, return_id=about[0].loop_return_id
    )


def _clean(text: str) -> str:
    """What every database takes as text: no NUL, no half characters, not endless."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")[:LONGEST_LABEL]


Reader = tuple[
    Callable[[Door, Mapping[str, str], bytes], bool],
    Callable[[Mapping[str, str], bytes, datetime], Labels],
]

_READERS: Final[dict[str, Reader]] = {
    "loop": (_is_loops, _loop_labels),
    "shopify": (_is_shopifys, _shopify_labels),
    "netsuite": (_is_netsuites, _netsuite_labels),
}
