"""Keeps the webhook subscriptions of all shops as they should be, while `serve` runs."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.operate.subscriptions import Act, Done, can_be_called, ensure

EVERY: Final = timedelta(days=1)
"""How often the subscriptions are looked at: Loop switches them off, and Shopify deletes them, after failures."""

AGAIN_AFTER: Final = timedelta(minutes=30)
"""When it is tried again after a remote that could not be asked."""

log = structlog.get_logger("ledgerloop.operate")


class Upkeep:
    """Knows when each shop's subscriptions are looked at next; at once after the start.

    `signed` are the remotes whose webhooks can be verified, by shop id. A shadow run subscribes to nothing.
    """

    def __init__(self, parts: Parts, public_url: str, signed: Mapping[str, Collection[str]]) -> None:
        self._parts = parts
        self._public_url = public_url
        self._signed = signed
        self._next: dict[str, datetime] = {}

    def turn(self) -> bool:
        """Do what is due; a remote that refuses is logged and asked again another day, which is no fault of ours."""
        if not can_be_called(self._public_url):
            return True
        now = self._parts.clock()
        for shop in self._parts.shops.values():
            if shop.writes and now >= self._next.get(shop.shop_id, now):
                done = self._see_to(shop)
                soon = any(one.act is Act.FAILED and not one.lasting for one in done)
                self._next[shop.shop_id] = now + (AGAIN_AFTER if soon else EVERY)
        return True

    def _see_to(self, shop: Shop) -> list[Done]:
        done = ensure(self._parts, shop, self._public_url, signed=self._signed.get(shop.shop_id, ()))
        for one in done:
            told = {"shop": one.shop_id, "remote": one.remote, "topic": one.what}
            if one.act is Act.FAILED:
                log.warning("not_subscribed", **told, code=one.code, problem=one.problem)
            else:
                log.info("subscribed", **told, act=one.act.value, url=one.url)
        return done
