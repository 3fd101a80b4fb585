"""The ways by which messages leave."""

import base64
import hashlib
import hmac
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final, Protocol
from urllib.parse import urlsplit

from ledgerloop.config.alerts import Alerts, Channel, Email, Slack, Webhook
from ledgerloop.operate.alerts.compose import PREFIX, as_chat, as_text
from ledgerloop.remotes.http import Transport
from ledgerloop.remotes.mail import send_mail
from ledgerloop.remotes.post import post
from ledgerloop.store.alerts_sent import Message
from ledgerloop.store.types import canonical

JSON: Final = "application/json"


class Way(Protocol):
    """How messages leave by one channel."""

    @property
    def channel(self) -> Channel: ...

    @property
    def repeats(self) -> bool:
        """Whether a message may be sent again after an unclear answer, because its receiver can tell it by its id."""
        ...

    def send(self, message: Message, at: datetime) -> str:
        """Send it once; gives a remark, if any. Raises Unreachable, Refused and Unclear."""
        ...


@dataclass(frozen=True)
class ByEmail:
    """A letter. A mail server does not know a letter again, so an unclear one is not repeated."""

    channel: Email
    tls: ssl.SSLContext | None = None
    repeats: bool = False

    def send(self, message: Message, at: datetime) -> str:
        """Send it once."""
        return send_mail(self.channel, letter(self.channel, message, at), tls=self.tls)


@dataclass(frozen=True)
class ByChat:
    """Slack, or whatever takes its texts. It does not know a text again, so an unclear one is not repeated."""

    channel: Slack
    transport: Transport | None = None
    repeats: bool = False

    def send(self, message: Message, at: datetime) -> str:  # noqa: ARG002  (what all ways are given)
        """Send it once."""
        body = json.dumps({"text": as_chat(message.document)}, ensure_ascii=False).encode()
        headers = {"Content-Type": f"{JSON}; charset=utf-8", "Idempotency-Key": message.id}
        url = self.channel.url.get_secret_value()
        post(url, body, headers, timeout_s=self.channel.timeout_s, transport=self.transport)
        return ""


@dataclass(frozen=True)
class ByWebhook:
    """Signed JSON. The receiver knows a message by its id, so an unclear one is repeated with the same id."""

    channel: Webhook
    transport: Transport | None = None
    repeats: bool = True

    def send(self, message: Message, at: datetime) -> str:
        """Send it once; the same bytes each time, signed with the time of the attempt."""
        body = canonical(message.document).encode()
        timestamp = str(int(at.timestamp()))
        headers = {
            "Content-Type": JSON,
            "Idempotency-Key": message.id,
            "X-Ledgerloop-Id": message.id,
            "X-Ledgerloop-Timestamp": timestamp,
            "X-Ledgerloop-Signature": signature(self.channel.secret.get_secret_value(), timestamp, body),
        }
        url = self.channel.url.get_secret_value()
        post(url, body, headers, timeout_s=self.channel.timeout_s, transport=self.transport)
        return ""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """HMAC-SHA256 of the timestamp, a dot and the body, as base64."""
    signed = timestamp.encode() + b"." + body
    return base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def letter(channel: Email, message: Message, at: datetime) -> EmailMessage:
    """A message as a letter."""
    made = EmailMessage(policy=SMTP)
    made["Subject"] = " ".join(f"{PREFIX} {message.subject}".split())
    made["From"] = channel.sender
    made["To"] = ", ".join(channel.to)
    made["Date"] = format_datetime(at)
    made["Message-ID"] = f"<{message.id}@{channel.sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(as_text(message.document))
    return made


def ways_of(
    alerts: Alerts, *, transport: Transport | None = None, tls: ssl.SSLContext | None = None
) -> Mapping[str, Way]:
    """The ways of all channels, by name."""
    ways: list[Way] = [ByEmail(one, tls) for one in alerts.email]
    ways += [ByChat(one, transport) for one in alerts.slack]
    ways += [ByWebhook(one, transport) for one in alerts.webhook]
    return {one.channel.name: one for one in ways}


def kind_of(channel: Channel) -> str:
    """How a channel's table is called in the config."""
    return type(channel).__name__.lower()


def goes_to(channel: Channel) -> str:
    """Where a channel leads, as people may read it: an address that is a secret shows its host alone."""
    if isinstance(channel, Email):
        return ", ".join(channel.to)
    if isinstance(channel, Slack | Webhook):
        return urlsplit(channel.url.get_secret_value()).hostname or ""
    return ""
