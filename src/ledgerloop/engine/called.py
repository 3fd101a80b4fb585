"""Follows what NetSuite pushed about records that we do not know: only its poll can tell whose they are."""

import time
from collections.abc import Callable
from math import inf
from typing import Final

from ledgerloop.engine.parts import Shop

CALLED_S: Final = 10.0
"""How often NetSuite is polled at most because of what it pushed, seconds: its requests are few, its scripts many."""


class Called:
    """Remembers when each shop's NetSuite was last polled because it called."""

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._followed_at: dict[str, float] = {}

    def follow(self, shop: Shop) -> bool:
        """Tell whether NetSuite is to be polled now; a call that came too soon after another is kept for later."""
        now, called = self._elapsed(), shop.watch.netsuite_called
        if not called.is_set() or now - self._followed_at.get(shop.shop_id, -inf) < CALLED_S:
            return False
        called.clear()
        self._followed_at[shop.shop_id] = now
        return True
