"""Reads a window of Loop's returns again, however long, and tells what the store does not know yet.

By the day a return was *created*: that never changes, so that a window read twice holds the same returns. By the day of
the last change they would leave the window while it is read, and the ordinary poll covers changes already.
Source: docs.loopreturns.com, detailed returns list: filter, windows of 120 days (read 2026-11-21).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from ledgerloop.domain.policy import Policy
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.intake.pollers import take_returns
from ledgerloop.store.returns import StoredReturn, moment
from ledgerloop.store.types import digest

TOLD_EVERY = 100
"""Returns between two words of progress."""


@dataclass(frozen=True)
class Row:
    """A return that the store does not know, or not like this; `what` says which."""

    shop_id: str
    return_id: str
    order_name: str
    state: str
    what: str


def read_window(parts: Parts, since: datetime, last: datetime | None, *, store: bool) -> list[Row]:
    """Read the returns created from `since` to `last` (None: now) in every shop; what is as stored is left out.

    Moments without a zone are the shop's own. With `store` what was read is kept, and what differs is due. Raises
    RemoteProblem when Loop cannot be read to the end.
    """
    return [row for shop in parts.shops.values() for row in _read(parts, shop, since, last, store=store)]


def _read(parts: Parts, shop: Shop, since: datetime, last: datetime | None, *, store: bool) -> list[Row]:
    now = parts.clock()
    begin, until = window(since, last, shop.policy, now)
    found = shop.loop.list_returns(since=begin, until=until, filter="created_at")
    seen: dict[str, Row | None] = {}
    rows = _compared(parts, shop, found, seen)
    if store:
        take_returns(shop.watch, rows, now, move_to=None)
    else:
        for _ in rows:
            pass
    parts.progress(f"{shop.shop_id}: {len(seen)} returns read")
    return [row for row in seen.values() if row is not None]


def _compared(
    parts: Parts, shop: Shop, found: Iterator[dict[str, Any]], seen: dict[str, Row | None]
) -> Iterator[dict[str, Any]]:
    """Pass rows on, each compared with the store before it is kept; one that comes twice counts as last shown."""
    for body in found:
        return_id = str(body["id"])
        what = _difference(parts.stores.returns.get(shop.shop_id, return_id), body)
        if what:
            name, state = str(body.get("order_name") or ""), str(body.get("state") or "")
            seen[return_id] = Row(shop.shop_id, return_id, name, state, what + _left_alone(body, shop.policy))
        else:
            seen.setdefault(return_id, None)
        if len(seen) % TOLD_EVERY == 0:
            parts.progress(f"{shop.shop_id}: {len(seen)} returns read")
        yield body


def _difference(stored: StoredReturn | None, body: dict[str, Any]) -> str:
    """What the list shows that the store does not hold; empty when they agree, or the store is newer."""
    if stored is None:
        return "new"
    updated_at = moment(body.get("updated_at"))
    if updated_at is not None and stored.updated_at is not None and updated_at < stored.updated_at:
        return ""
    state = str(body.get("state") or "")
    if stored.state != state:
        return f"{stored.state or 'unread'} -> {state}"
    if stored.list_body is None:
        return "" if updated_at == stored.updated_at else "changed"
    return "" if digest(stored.list_body) == digest(body) else "changed"


def _left_alone(body: dict[str, Any], policy: Policy) -> str:
    created_at = moment(body.get("created_at"))
    if created_at is None or created_at.astimezone(policy.time_zone).date() >= policy.returns_from:
        return ""
    return f" (before returns_from {policy.returns_from.isoformat()}: left alone)"


def window(since: datetime, last: datetime | None, policy: Policy, now: datetime) -> tuple[datetime, datetime]:
    """The first and the last moment of a window, in UTC; days are the shop's own."""
    return _moment(since, policy), _end(last, policy, now)


def _moment(asked: datetime, policy: Policy) -> datetime:
    return (asked if asked.tzinfo is not None else asked.replace(tzinfo=policy.time_zone)).astimezone(UTC)


def _end(last: datetime | None, policy: Policy, now: datetime) -> datetime:
    """The end of the window; a last day is meant whole, and nothing is created after now."""
    if last is None:
        return now
    until = _moment(last, policy)
    return min(now, until + timedelta(microseconds=1) if last.time() == time.max else until)
