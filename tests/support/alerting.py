"""A shop whose alerts go to a mail server, a chat and a webhook on loopback, with a clock moved by hand."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from ledgerloop.bootstrap import Outside, open_parts
from ledgerloop.config import parse_config
from ledgerloop.operate.alerts import overview
from ledgerloop.operate.alerts.watch import Alerts
from ledgerloop.store.outcomes import Outcome
from ledgerloop.web.app import create_app
from tests.support.keys import ec_key
from tests.support.made import make_sqlite
from tests.support.mailbox import Mailbox, mailbox
from tests.support.receiver import Receiver, receiver
from tests.support.web import CONFIG, Hands, Site, Still

SECRET = "shared-by-both"
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0

MAIL = """
[[alerts.email]]
name = "mail"
host = "127.0.0.1"
port = {mail}
security = "none"
sender = "ledgerloop@example.com"
to = ["anna@example.com"]
timeout_s = 5
"""

CHAT = """
[[alerts.slack]]
name = "chat"
url = "{chat}/services/T1/B1/secret"
timeout_s = 5
"""

HOOK = """
[[alerts.webhook]]
name = "hook"
url = "{hook}/alerts"
secret = "shared-by-both"
timeout_s = 5
"""


@dataclass
class Alerted:
    """The shop, its alerts, and what arrived where."""

    here: Site
    mail: Mailbox
    chat: Receiver
    hook: Receiver
    watch: Alerts = field(init=False)
    polled: bool = True
    """Whether the remotes are read before every turn."""

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start the alerts, as a new process does."""
        self.watch = Alerts(self.here.parts, self.here.config)

    def without(self, *channels: str) -> None:
        """Start anew with a config that lacks these kinds of channels."""
        alerts = self.here.config.alerts.model_copy(update=dict.fromkeys(channels, ()))
        self.here.config = self.here.config.model_copy(update={"alerts": alerts})
        self.begin()

    def turn(self, after_s: float = 0) -> None:
        """Let time pass, and take a turn."""
        self.here.clock.pass_by(after_s)
        if self.polled:
            self.read()
        assert self.watch.turn()

    def turns(self, over_s: float, every_s: float = 10 * MINUTE) -> None:
        """Take turns for a while."""
        for _ in range(int(over_s / every_s)):
            self.turn(every_s)

    def stands(self, kind: str, code: str, *returns: str, cause: str = "", text: str = "") -> None:
        """Let a sync answer so about these returns, from now on."""
        now = self.here.clock()
        for one in returns:
            said = Outcome("main", one, "refund", kind, code, text or cause, "Mend it.", now, None, cause)
            self.here.parts.stores.outcomes.replace_all("main", one, [said], now)

    def needs(self, cause: str, *returns: str, text: str = "") -> None:
        """Let these returns need a person for one cause."""
        self.stands("attention", "item_not_found", *returns, cause=cause, text=text)

    def is_well(self, *returns: str) -> None:
        """Let nothing stand about these returns."""
        for one in returns:
            self.here.parts.stores.outcomes.replace_all("main", one, [], self.here.clock())

    def read(self, *remotes: str) -> None:
        """Let remotes be read to the end."""
        for one in remotes or ("loop", "shopify", "netsuite"):
            self.here.parts.stores.cursors.put("main", one, "updated", self.here.clock().isoformat())

    @property
    def letters(self) -> list[str]:
        """Subjects of the letters that were taken."""
        return [str(one["Subject"]) for one in self.mail.letters]

    @property
    def texts(self) -> list[str]:
        """Texts that the chat was sent."""
        return [str(json.loads(one.body)["text"]) for one in self.chat.posted]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """Documents that the webhook was sent, each with a good signature."""
        for one in self.hook.posted:
            signed = f"{one.headers['x-ledgerloop-timestamp']}.".encode() + one.body
            expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
            assert one.headers["x-ledgerloop-signature"] == expected
        return [json.loads(one.body) for one in self.hook.posted]

    @property
    def told(self) -> list[str]:
        """Subjects of what the webhook was sent."""
        return [one["subject"] for one in self.documents]

    def counts(self) -> tuple[int, int, int]:
        """How much arrived by mail, chat and webhook."""
        return len(self.mail.letters), len(self.chat.posted), len(self.hook.posted)

    def shown(self) -> dict[str, tuple[str, str]]:
        """State and problem of each channel, as the page shows them."""
        found = overview.alerts(self.here.config, self.here.parts)
        return {one.channel: (one.state, one.problem) for one in found.channels}

    def states(self) -> list[str]:
        """Every message, oldest first: its channel and what became of it."""
        found = overview.alerts(self.here.config, self.here.parts).messages
        return [f"{one.channel} {one.state}" for one in reversed(found)]


@contextmanager
def alerted(
    folder: Path, said: str = "", channels: str = HOOK, database: str = "", *, pages: bool = False
) -> Iterator[Alerted]:
    """Such a shop; `said` are lines of `[alerts]`. Only with `pages` it has any: they take longer than most tests."""
    with mailbox() as mail, receiver() as chat, receiver() as hook, ExitStack() as stack:
        ways = channels.format(mail=mail.port, chat=chat.url, hook=hook.url)
        url = database or f"sqlite:///{folder}/l.db"
        if not database:
            make_sqlite(folder / "l.db")
        (folder / "netsuite.pem").write_text(ec_key())
        public = "https://returns.example.com"
        text = CONFIG.format(database=url, public_url=public, server=f"[alerts]\n{said}\n{ways}")
        config, clock = parse_config(text, {}, directory=folder), Hands()
        parts = stack.enter_context(open_parts(config, outside=Outside(clock, sleep=lambda _s: None)))
        app = create_app(config, parts, Still()) if pages else Starlette()
        client = stack.enter_context(TestClient(app, base_url=public, follow_redirects=False))
        yield Alerted(Site(config, parts, clock, client), mail, chat, hook)
