"""A shop's policy as it is now: what the configuration says, changed by the mappings of the database."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from ledgerloop.domain.mapped import with_mappings
from ledgerloop.domain.policy import Policy
from ledgerloop.engine.zones import MeasuredZone
from ledgerloop.store.errors import DatabaseBusy
from ledgerloop.store.mappings import Mappings

LOOK_EVERY_S = 1.0
"""How old, in seconds, a policy may be where pages and pollers ask for it; a case is decided by the newest."""


class CurrentPolicy:
    """Gives the policy, made anew only when a mapping was changed; may be shared by all threads."""

    def __init__(
        self,
        configured: Policy,
        mappings: Mappings,
        *,
        zone: MeasuredZone | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self.configured = configured
        """What the configuration says, in the zone that NetSuite shows where it names none."""
        self.zone = zone
        """The measured zone, where the configuration names none."""
        self._mappings = mappings
        self._elapsed = elapsed
        self._looking = threading.Lock()
        self._looked_at = float("-inf")
        self._version = -1
        self._policy = configured

    def __call__(self) -> Policy:
        """The policy; a database that is busy leaves it as it was."""
        now = self._elapsed()
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            self.look()
        return self._policy

    def look(self, *, settled: bool = False) -> int:
        """Look now; gives the version of the mappings that the policy is made of.

        `settled`: a change that is being made at this moment is waited for.
        """
        with self._looking:
            try:
                version = self._mappings.settled_version() if settled else self._mappings.version()
                if self._is_elsewhere() or version != self._version:
                    self._policy = with_mappings(self.configured, (one.entry for one in self._mappings.all()))
                    self._version = version
            except DatabaseBusy:
                pass
            return self._version

    def _is_elsewhere(self) -> bool:
        """Take the measured zone over; tells whether it is another than before."""
        if self.zone is None or (zone := self.zone()) == self._policy.time_zone:
            return False
        self.configured = replace(self.configured, time_zone=zone)
        return True


class SupposedPolicy(CurrentPolicy):
    """A policy as it would be after a change that was not made."""

    def __init__(self, policy: Policy, like: CurrentPolicy) -> None:
        super().__init__(like.configured, like._mappings)
        self._policy = policy

    def __call__(self) -> Policy:
        """The policy, whatever holds now."""
        return self._policy
