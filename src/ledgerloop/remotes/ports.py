"""What the remote clients need from the store, stated as small ports; bootstrap joins them."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Call:
    """Evidence of one call: what was asked and answered, secrets and personal data already redacted.

    `remote` is loop, shopify or netsuite. `path` is with its query. `status` is None if there was no answer. `outcome`
    is "ok" or the code of the problem. `subject` is a Loop return id, an order or an external id when known, else "".
    `request` and `answer` are cut at `redact.MOST_BYTES`.
    """

    shop_id: str
    remote: str
    started_at: datetime
    took_ms: int
    method: str
    path: str
    status: int | None
    outcome: str
    subject: str
    request: str
    answer: str
    write: bool


class Evidence(Protocol):
    """Keeps what was asked of the remotes and what they said."""

    def record(self, call: Call) -> None: ...


class Slots(Protocol):
    """Leases of a NetSuite account's concurrency, counted over every thread and process."""

    def hold(self, timeout_s: float, *, first: bool = False) -> AbstractContextManager[None]:
        """Block until a slot is free and hold it; the lease ends with the block, or by itself after `timeout_s`.

        `first` goes before others that wait: for what many wait for.
        """
        ...


class Pace(Protocol):
    """Keeps a remote's rate limit over every thread and process."""

    def take(self) -> None:
        """Block until one more request may be sent."""
        ...

    def slow_down(self, retry_after_s: float | None) -> None:
        """Take note that the remote said "too many"; with the time it asked for, if it said so."""
        ...
