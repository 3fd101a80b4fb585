"""The books by themselves: once a night `serve` enters what the remotes have shown since, and counts what is open.

So late facts (an invoice, a payment, a correction by hand) become entries although nobody asks for the books.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog

from ledgerloop.books.record import record
from ledgerloop.engine.housekeeping import MISSED, NIGHT
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.operate import packs
from ledgerloop.operate.ageing import keep_ageing
from ledgerloop.operate.look_again import look_at_open_exchanges

BOOKED: Final = "booked"
"""Name of the cursor that says when the books were last brought up to date by night."""

AGAIN_AFTER: Final = timedelta(minutes=30)
"""When it is tried again after a remote that could not be asked."""

log = structlog.get_logger("ledgerloop.books")


def enter_and_age(parts: Parts) -> int:
    """Enter what the remotes have shown since, and count what is open; gives how many facts were entered."""
    entered = packs.enter(parts)
    for shop in parts.shops.values():
        keep_ageing(parts, shop)
    return entered


class Nightly:
    """Knows when each shop's books were brought up to date; survives a restart by the cursor."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._not_before: dict[str, datetime] = {}

    def turn(self) -> bool:
        """Do what is due; a remote that cannot be asked is asked again later, which is no fault of ours."""
        now = self._parts.clock()
        for shop in self._parts.shops.values():
            if self._is_due(shop, now):
                self._bring_up_to_date(shop, now)
        return True

    def _is_due(self, shop: Shop, now: datetime) -> bool:
        """At once where it was never done or was missed, else in the shop's night."""
        text = self._parts.stores.cursors.get(shop.shop_id, "house", BOOKED)
        if now < self._not_before.get(shop.shop_id, now):
            return False
        if text is None:
            return True
        last, zone = datetime.fromisoformat(text), shop.policy.time_zone
        here, then = now.astimezone(zone), last.astimezone(zone)
        return now - last >= MISSED or (here.hour in NIGHT and here.date() > then.date())

    def _bring_up_to_date(self, shop: Shop, now: datetime) -> None:
        parts = self._parts
        store = parts.stores.store
        entered = record(store, shop.policy, now)
        problems = look_at_open_exchanges(parts, shop)
        entered += record(store, shop.policy, now)
        keep_ageing(parts, shop)
        if problems:
            self._not_before[shop.shop_id] = now + AGAIN_AFTER
            for one in problems:
                log.warning("books_not_read", shop=shop.shop_id, code=one.code, problem=one.message)
            return
        parts.stores.cursors.put(shop.shop_id, "house", BOOKED, now.isoformat())
        log.info("booked", shop=shop.shop_id, entered=entered)
