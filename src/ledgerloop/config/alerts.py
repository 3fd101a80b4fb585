"""Who is told what needs a person, and by which way."""

import re
from datetime import time
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

from ledgerloop.config.section import Section
from ledgerloop.config.values import (
    Brief,
    HostName,
    PlainText,
    Port,
    Secret,
    Span,
    TimeZone,
    Truth,
    is_loopback,
    wrong,
)

RuleName = Literal["attention", "waiting", "silent", "books"]

EVERY_RULE: Final[tuple[RuleName, ...]] = ("attention", "waiting", "silent", "books")

PORTS: Final = {"starttls": 587, "tls": 465, "none": 25}
"""Where mail servers listen, by how the connection is secured. Source: RFC 8314 section 3, RFC 5321 section 4.5.4."""

_ADDRESS = re.compile(r"[\x21-\x7e]+")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _mail_address(value: str) -> str:
    user, _, host = value.rpartition("@")
    if _ADDRESS.fullmatch(value) is None or not user or "." not in f"{host}." or set(value) & set('<>,;:"()[]\\'):
        raise wrong("config_value", "this is not an e-mail address", "Write it alone, such as returns@example.com")
    return value


def _channel_name(value: str) -> str:
    if _NAME.fullmatch(value) is None:
        raise wrong("config_value", "a channel's name has letters, digits, _ and - only", 'Choose one like "finance"')
    return value


def _somebody(to: tuple[str, ...]) -> tuple[str, ...]:
    if not to:
        raise wrong("config_missing", "nobody is named", 'Write to = ["returns@example.com"]')
    return to


def _time_of_day(value: str) -> str:
    if _TIME.fullmatch(value) is None:
        raise wrong("config_value", "this is not a time of day", 'Write hours and minutes, such as "07:30"')
    return value


def _secret_url(value: SecretStr) -> SecretStr:
    url = value.get_secret_value().strip()
    parts = None
    if url.isascii() and url.isprintable() and " " not in url:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise wrong("config_value", "this is not an address", "Write one like https://host.example.com/path")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise wrong(
            "config_insecure_url", "plain http is allowed on loopback only", "Write https:// instead of http://"
        )
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise wrong("config_value", "an address may not carry a user name, a password or #", "Remove it")
    return SecretStr(url)


MailAddress = Annotated[str, AfterValidator(_mail_address)]
SecretUrl = Annotated[SecretStr, AfterValidator(_secret_url)]
"""An address that lets everybody in who knows it, so it is never shown."""


class Channel(Section):
    """What all channels have in common: a name of its own, what is sent to it, and how long an answer may take."""

    name: Annotated[str, AfterValidator(_channel_name)]
    rules: tuple[RuleName, ...] = EVERY_RULE
    digest: Truth = True
    timeout_s: Brief = 15


class Email(Channel):
    """Mail by SMTP. Without encryption on loopback only; `port` by default that of `security`."""

    host: HostName
    port: Port = 0
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: PlainText = ""
    password: Secret | None = None
    sender: MailAddress
    to: Annotated[tuple[MailAddress, ...], AfterValidator(_somebody)]

    @property
    def real_port(self) -> int:
        """The port that is meant."""
        return self.port or PORTS[self.security]


class Slack(Channel):
    """An incoming webhook of Slack, or of whatever takes `{"text": …}`."""

    url: SecretUrl


class Webhook(Channel):
    """An address of your own that takes signed JSON."""

    url: SecretUrl
    secret: Secret


class Alerts(Section):
    """What is told, and to whom. 0 switches a rule off; without a channel nothing is told."""

    attention: Truth = True
    settle_minutes: Span = 5
    waiting_hours: Span = 72
    silent_minutes: Span = 60
    books_hours: Span = 24
    clearing_days: Span = 14
    digest_at: Annotated[str, AfterValidator(_time_of_day)] = ""
    digest_when_quiet: Truth = False
    time_zone: TimeZone = "UTC"
    email: tuple[Email, ...] = ()
    slack: tuple[Slack, ...] = ()
    webhook: tuple[Webhook, ...] = ()

    @property
    def channels(self) -> tuple[Email | Slack | Webhook, ...]:
        """All of them."""
        return (*self.email, *self.slack, *self.webhook)

    @property
    def digest_time(self) -> time | None:
        """When the digest is made, in `time_zone`; None: never."""
        return time.fromisoformat(self.digest_at) if self.digest_at else None
