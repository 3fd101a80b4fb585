"""Webhook subscriptions at Loop and Shopify: which a shop wants, which are there, and making up the difference.

Everything is listed before anything is made, so a second run makes nothing. What was made is remembered, and only that
is ever removed; what somebody else made is left alone.
Source: docs.loopreturns.com programmatic webhooks; shopify.dev webhookSubscriptionCreate 2026-10 (read 2026-11-21).
"""

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from ledgerloop.config import Config
from ledgerloop.config.values import is_loopback
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.operate.doctor.findings import REMEDIES
from ledgerloop.operate.sides import REMOTES, Side, Subscription, Topic, sides_of
from ledgerloop.operate.subscribed import Subscribed
from ledgerloop.outcome import NotThere, Refused, RemoteProblem, Unclear
from ledgerloop.store.leases import Lease
from ledgerloop.store.users import Person

DUTY_S: Final = 120.0
"""How long one process keeps others from subscribing for the same shop, seconds: the calls take far less."""

LOOK_AGAIN_S: Final = 0.5
"""How often it is looked whether the other process has finished, seconds."""

NO_SECRET: Final = (
    "webhook_secret_missing",
    "webhook_secrets is empty, so its webhooks would be refused: nothing was subscribed.",
    "Set webhook_secrets of this remote, or leave server.public_url empty.",
)
"""Code, problem and remedy where a remote's webhooks could not be verified."""


MADE: Final = "subscribe_webhooks"
ENDED: Final = "unsubscribe_webhooks"
"""Names of what people do here, in the audit chain."""


class Act(StrEnum):
    """What became of a subscription."""

    CREATED = "created"
    ACTIVATED = "activated"
    REMOVED = "removed"
    FAILED = "failed"


@dataclass(frozen=True)
class Done:
    """One thing done, or not done and why. `what` is a trigger or topic; empty where a whole remote failed."""

    shop_id: str
    remote: str
    act: Act
    what: str = ""
    url: str = ""
    code: str = ""
    problem: str = ""
    remedy: str = ""
    lasting: bool = False
    """It fails until somebody changes something."""

    def as_dict(self) -> dict[str, str]:
        """As one JSON document shows it."""
        shown = {**asdict(self), "act": self.act.value, "shop": self.shop_id}
        return {name: shown[name] for name in ("shop", "remote", "act", "what", "url", "code", "problem", "remedy")}


@dataclass(frozen=True)
class Row:
    """A subscription that is there or wanted. `state` is active, inactive or missing."""

    shop_id: str
    remote: str
    what: str
    state: str
    url: str
    wanted: bool
    here: bool
    """It calls this service."""
    made: bool
    """It was made by this service, so `unsubscribe` removes it."""

    def as_dict(self) -> dict[str, Any]:
        """As one JSON document shows it."""
        shown = asdict(self)
        return {"shop": shown.pop("shop_id"), **shown}


def can_be_called(public_url: str) -> bool:
    """Tell whether remotes may be given this address: https, or plain http that never leaves this machine."""
    parts = urlsplit(public_url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def signed_of(config: Config) -> dict[str, frozenset[str]]:
    """Give the remotes whose webhooks can be verified, by shop id."""
    return {
        shop.id: frozenset(remote for remote in REMOTES if getattr(shop, remote).webhook_secrets)
        for shop in config.shops
    }


def missing(wanted: Iterable[Topic], there: Iterable[Subscription]) -> list[Topic]:
    """Give the topics that no active subscription of these covers."""
    heard = {one.topic for one in there if one.active}
    return [topic for topic in wanted if topic not in heard]


def ensure(parts: Parts, shop: Shop, public_url: str, *, signed: Collection[str] = REMOTES) -> list[Done]:
    """Make what is missing and wake what sleeps; remove nothing. Empty where everything was there already.

    `signed` are the remotes whose webhooks can be verified; for others nothing is made. What a remote refuses is told
    in the answer and does not hide what the other one did.
    """
    if not can_be_called(public_url):
        return []
    made = Subscribed(parts.stores.settings, shop.shop_id)
    done: list[Done] = []
    with _alone(parts, shop):
        for side in sides_of(shop, public_url):
            if side.remote in signed:
                done += _ensured(side, made)
            else:
                code, problem, remedy = NO_SECRET
                done.append(Done(shop.shop_id, side.remote, Act.FAILED, "", side.url, code, problem, remedy, True))
    return done


def unsubscribe(parts: Parts, shop: Shop) -> list[Done]:
    """Remove exactly what was made here, at whatever address it was made; forget what is gone already."""
    made = Subscribed(parts.stores.settings, shop.shop_id)
    done: list[Done] = []
    with _alone(parts, shop):
        for side in sides_of(shop, ""):
            try:
                there = side.there()
            except RemoteProblem as problem:
                done.append(_failed(side, problem))
                continue
            done += [_removed(side, made, one) for one in there if made.has(one)]
            made.forget_gone(side, there)
    return done


def rows(parts: Parts, shop: Shop, public_url: str) -> tuple[list[Row], list[Done]]:
    """List what is there, whoever made it, and what is wanted but missing; beside it what could not be listed."""
    made = Subscribed(parts.stores.settings, shop.shop_id)
    found: list[Row] = []
    failed: list[Done] = []
    for side in sides_of(shop, public_url if can_be_called(public_url) else ""):
        try:
            there = side.there()
        except RemoteProblem as problem:
            failed.append(_failed(side, problem))
            continue
        ours = _ours(side, there)
        found += [
            Row(
                shop.shop_id,
                side.remote,
                one.topic.name,
                "active" if one.active else "inactive",
                one.url if one in ours or made.has(one) else _host(one.url),
                one.topic in side.wanted and one in ours,
                one in ours,
                made.has(one),
            )
            for one in there
        ]
        absent = [topic for topic in side.wanted if topic not in {one.topic for one in ours}] if side.url else []
        found += [Row(shop.shop_id, side.remote, one.name, "missing", side.url, True, True, False) for one in absent]
    return found, failed


def _ensured(side: Side, made: Subscribed) -> list[Done]:
    try:
        there = side.there()
    except RemoteProblem as problem:
        return [_failed(side, problem)]
    ours = _ours(side, there)
    made.learn(ours)
    return [_supplied(side, made, topic, ours) for topic in missing(side.wanted, ours)]


def _supplied(side: Side, made: Subscribed, topic: Topic, ours: list[Subscription]) -> Done:
    """Wake the subscription that sleeps, or make one."""
    asleep = next((one for one in ours if one.topic == topic), None)
    try:
        if asleep is not None:
            side.wake(asleep)
        else:
            _make(side, made, topic)
    except RemoteProblem as problem:
        return _failed(side, problem, topic.name)
    act = Act.CREATED if asleep is None else Act.ACTIVATED
    return Done(side.shop_id, side.remote, act, topic.name, side.url)


def _make(side: Side, made: Subscribed, topic: Topic) -> None:
    """Subscribe, remembering it before the attempt; after a lost answer it is looked whether it was made."""
    made.remember(topic, side.url, "")
    try:
        made.remember(topic, side.url, side.make(topic))
    except Unclear:
        if not _look(side, made, topic):
            raise
    except RemoteProblem:
        made.forget(topic, side.url)
        raise


def _look(side: Side, made: Subscribed, topic: Topic) -> bool:
    try:
        found = [one for one in _ours(side, side.there()) if one.topic == topic]
    except RemoteProblem:
        return False
    made.learn(found)
    return bool(found)


def note(parts: Parts, by: Person, what: str, done: Collection[Done], shop_id: str = "") -> None:
    """Note in the audit chain what a person had done here: remotes are called outside of its transaction."""
    failed = sum(one.act is Act.FAILED for one in done)
    told: dict[str, Any] = {"done": len(done) - failed, "failed": failed}
    if shop_id:
        told["shop"] = shop_id
    with parts.stores.store.writing() as tx:
        parts.stores.audit.note(tx, who=by.name, via=by.via, act=what, at=parts.clock(), about="webhooks", detail=told)


def _removed(side: Side, made: Subscribed, one: Subscription) -> Done:
    try:
        side.end(one)
    except NotThere:
        pass
    except RemoteProblem as problem:
        return _failed(side, problem, one.topic.name)
    made.forget(one.topic, one.url)
    return Done(side.shop_id, side.remote, Act.REMOVED, one.topic.name, one.url)


def _ours(side: Side, there: Iterable[Subscription]) -> list[Subscription]:
    return [one for one in there if side.url and one.url == side.url]


def _failed(side: Side, problem: RemoteProblem, what: str = "") -> Done:
    lasting = isinstance(problem, Refused)
    remedy = REMEDIES.get(problem.code, "")
    return Done(side.shop_id, side.remote, Act.FAILED, what, side.url, problem.code, problem.message, remedy, lasting)


def _host(url: str) -> str:
    """Whom somebody else's subscription calls; the rest of its address may hold a secret."""
    try:
        host = urlsplit(url).hostname
    except ValueError:
        host = None
    kind = url.partition(":")[0]
    return f"{kind}://{host}/…" if host else f"{kind}:…"


@contextmanager
def _alone(parts: Parts, shop: Shop) -> Iterator[None]:
    """Keep other processes from listing what this one is about to make."""
    lease = Lease(parts.stores.store, f"webhooks {shop.shop_id}")
    ends = time.monotonic() + DUTY_S
    while not lease.hold(parts.owner, parts.clock(), DUTY_S) and time.monotonic() < ends:
        time.sleep(LOOK_AGAIN_S)
    try:
        yield
    finally:
        lease.leave(parts.owner)
