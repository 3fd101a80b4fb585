"""A shop's policy as it is now: what the configuration says, changed by the mappings of the database."""

import time
from collections.abc import Callable

from ledgerloop.domain.mapped import with_mappings
from ledgerloop.domain.policy import Policy
from ledgerloop.store.errors import DatabaseBusy
from ledgerloop.store.mappings import Mappings

LOOK_EVERY_S = 1.0
"""How old, in seconds, a policy may be: a change of a mapping takes effect in a running process after that."""


class CurrentPolicy:
    """Gives the policy, made anew only when a mapping was changed; may be shared by all threads."""

    def __init__(
        self, configured: Policy, mappings: Mappings, *, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self.configured = configured
        """What the configuration alone says."""
        self._mappings = mappings
        self._elapsed = elapsed
        self._looked_at = float("-inf")
        self._version = -1
        self._policy = configured

    def __call__(self) -> Policy:
        """The policy; a database that is busy leaves it as it was."""
        now = self._elapsed()
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            self._look()
        return self._policy

    def _look(self) -> None:
        try:
            version = self._mappings.version()
            if version != self._version:
                self._policy = with_mappings(self.configured, (one.entry for one in self._mappings.all()))
                self._version = version
        except DatabaseBusy:
            return
