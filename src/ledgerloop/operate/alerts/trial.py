"""Tries a channel: one message that says that it is a test, sent at once and once."""

from dataclasses import dataclass

from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.alerts import compose
from ledgerloop.operate.alerts.channels import Way, goes_to, kind_of, ways_of
from ledgerloop.operate.alerts.sending import Sending
from ledgerloop.store.alerts_sent import AlertsSent, MessageState


@dataclass(frozen=True)
class Tried:
    """What became of a test; `problem` is empty when all is well."""

    channel: str
    kind: str
    to: str
    state: str
    problem: str

    @property
    def good(self) -> bool:
        """Whether the message was taken."""
        return self.state == MessageState.SENT


def try_channels(config: Config, parts: Parts, name: str = "", ways: dict[str, Way] | None = None) -> list[Tried]:
    """Send a test by every channel, or by the one that is named; empty when there is none."""
    known = ways if ways is not None else ways_of(config.alerts)
    return [_try(config, parts, way) for each, way in known.items() if name in ("", each)]


def _try(config: Config, parts: Parts, way: Way) -> Tried:
    sent, now, channel = AlertsSent(parts.stores.store), parts.clock(), way.channel
    key = ("test", now)
    message_id = sent.decide(
        channel.name,
        "test",
        [key],
        lambda _won: compose.trial(channel.name, config.server.public_url, now),
        now,
        by_itself=False,
    )
    Sending(sent, {channel.name: way}, parts.clock).attempt(way, message_id, again=False)
    found = sent.get(message_id)
    state, problem = (found.state.value, found.problem) if found is not None else ("failed", "it was not kept")
    return Tried(channel.name, kind_of(channel), goes_to(channel), state, problem)
