"""What people look at: which rules are on, how each channel does, what stands, and what was told."""

from dataclasses import dataclass
from datetime import datetime

from ledgerloop.config import Config
from ledgerloop.config.alerts import Alerts, Channel
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.alerts.channels import goes_to, kind_of
from ledgerloop.store.alert_causes import AlertCauses
from ledgerloop.store.alerts_sent import AlertsSent, Message, MessageState

SHOWN = 50
"""Messages that are shown."""


@dataclass(frozen=True)
class RuleRow:
    """A rule, whether it is on, and in words what it tells."""

    rule: str
    on: bool
    says: str


@dataclass(frozen=True)
class ChannelRow:
    """A channel. `state` is ok, trouble (its last message was not taken, or nobody knows) or unused."""

    channel: str
    kind: str
    to: str
    rules: tuple[str, ...]
    digest: bool
    state: str
    sent_at: datetime | None
    problem: str
    due: int
    unclear: int
    failed: int


@dataclass(frozen=True)
class CauseRow:
    """A cause that stands. `path` is its page."""

    rule: str
    cause: str
    title: str
    count: int
    since: datetime
    begun_at: datetime
    path: str


@dataclass(frozen=True)
class MessageRow:
    """A message and what became of it; `problem` is what its last attempt met."""

    id: str
    channel: str
    kind: str
    state: str
    subject: str
    made_at: datetime
    changed_at: datetime
    attempts: int
    problem: str


@dataclass(frozen=True)
class AlertsShown:
    """The alerts."""

    rules: tuple[RuleRow, ...]
    digest: str
    channels: tuple[ChannelRow, ...]
    standing: tuple[CauseRow, ...]
    messages: tuple[MessageRow, ...]

    @property
    def trouble(self) -> tuple[ChannelRow, ...]:
        """The channels that do not do well."""
        return tuple(one for one in self.channels if one.state == "trouble")


def alerts(config: Config, parts: Parts, limit: int = SHOWN) -> AlertsShown:
    """Everything about the alerts; nothing is asked for outside."""
    store = parts.stores.store
    return AlertsShown(
        rules=_rules(config.alerts),
        digest=_digest(config.alerts),
        channels=channels(config, parts),
        standing=tuple(
            CauseRow(
                one.rule,
                one.cause,
                str(one.shown["title"]),
                int(one.shown["count"]),
                datetime.fromisoformat(one.shown["since"]),
                one.begun_at,
                str(one.shown["path"]),
            )
            for one in AlertCauses(store).standing()
        ),
        messages=tuple(_row(one) for one in AlertsSent(store).newest(limit)),
    )


def channels(config: Config, parts: Parts) -> tuple[ChannelRow, ...]:
    """How each channel does."""
    sent = AlertsSent(parts.stores.store)
    counts, taken = sent.counts(), sent.sent_at()
    return tuple(_channel(one, sent.last(one.name), counts, taken) for one in config.alerts.channels)


def _channel(
    one: Channel, last: Message | None, counts: dict[tuple[str, str], int], taken: dict[str, datetime]
) -> ChannelRow:
    fine = last is None or last.state is MessageState.SENT or (last.state is MessageState.SENDING and not last.problem)
    return ChannelRow(
        channel=one.name,
        kind=kind_of(one),
        to=goes_to(one),
        rules=one.rules,
        digest=one.digest,
        state="unused" if last is None else "ok" if fine else "trouble",
        sent_at=taken.get(one.name),
        problem=last.problem if last is not None else "",
        due=counts.get((one.name, MessageState.DUE), 0) + counts.get((one.name, MessageState.SENDING), 0),
        unclear=counts.get((one.name, MessageState.UNCLEAR), 0),
        failed=counts.get((one.name, MessageState.FAILED), 0),
    )


def _row(one: Message) -> MessageRow:
    told = (one.id, one.channel, one.kind, one.state.value, one.subject)
    return MessageRow(*told, one.made_at, one.changed_at, one.attempts, one.problem)


def _rules(config: Alerts) -> tuple[RuleRow, ...]:
    books = (
        (config.books_hours, f"a difference in the books that no sync explains stands for {config.books_hours} h"),
        (config.clearing_days, f"the exchange clearing of a return is not 0.00 for {config.clearing_days} days"),
    )
    said = "; ".join(words for on, words in books if on) or "the books are not in balance"
    return (
        RuleRow("attention", config.attention, f"something new needs a person for {config.settle_minutes} min"),
        RuleRow("waiting", bool(config.waiting_hours), f"something waits for more than {config.waiting_hours} h"),
        RuleRow("silent", bool(config.silent_minutes), f"a remote is not read for {config.silent_minutes} min"),
        RuleRow("books", bool(config.books_hours or config.clearing_days), said),
    )


def _digest(config: Alerts) -> str:
    if not config.digest_at:
        return "none"
    when = "every day" if config.digest_when_quiet else "on days with news"
    return f"{when} at {config.digest_at} {config.time_zone}"
