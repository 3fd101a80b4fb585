"""The company's time zone where the configuration names none: what was measured when NetSuite was last polled.

Assumed: SuiteQL shows moments by the clock of the company; Oracle documents none. It is an offset, which knows nothing
of daylight saving: it is measured anew every day, and a named zone is better.
"""

import time
from collections.abc import Callable
from datetime import UTC, timedelta, timezone, tzinfo

from ledgerloop.intake.pollers import OFFSET
from ledgerloop.store.settings import Settings

LOOK_EVERY_S = 60.0
"""How old, in seconds, a known offset may be: it changes twice a year."""


class MeasuredZone:
    """A shop's zone as it was measured, UTC until then; may be shared by all threads."""

    def __init__(self, shop_id: str, settings: Settings, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._shop_id = shop_id
        self._settings = settings
        self._elapsed = elapsed
        self._looked_at = float("-inf")
        self._zone: tzinfo | None = None

    @property
    def is_known(self) -> bool:
        """Whether it was ever measured."""
        self()
        return self._zone is not None

    def __call__(self) -> tzinfo:
        """The zone as it is now. Raises DatabaseBusy."""
        now = self._elapsed()
        if self._zone is None or now - self._looked_at >= LOOK_EVERY_S:
            text = self._settings.get(self._shop_id, OFFSET)
            self._zone = timezone(timedelta(seconds=int(text))) if text else None
            self._looked_at = now
        return self._zone or UTC
