"""`[alerts]`: what is taken, what is refused, and that no secret is ever shown."""

from datetime import time
from pathlib import Path

import pytest

from ledgerloop.config import ConfigError, parse_config, render_problems
from ledgerloop.config.alerts import Alerts
from tests.unit.test_config import SMALLEST

MAIL = """
[[alerts.email]]
name = "finance"
host = "smtp.example.com"
user = "ledgerloop"
password = "env:SMTP_PASSWORD"
sender = "ledgerloop@example.com"
to = ["anna@example.com", "ben@example.com"]
"""

CHAT = """
[[alerts.slack]]
name = "ops"
url = "env:CHAT_URL"
rules = ["attention", "silent"]
digest = false
"""

HOOK = """
[[alerts.webhook]]
name = "pager"
url = "https://pager.example.com/in?token=1"
secret = "file:hook-secret"
"""

ENV = {"SMTP_PASSWORD": "pass-of-the-mail", "CHAT_URL": "https://hooks.example.com/services/T1/B1/path-that-is-secret"}


def load(text: str, folder: Path) -> Alerts:
    (folder / "hook-secret").write_text("secret-of-the-hook\n")
    return parse_config(SMALLEST + text, ENV, directory=folder).alerts


def problems(text: str, folder: Path) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(text, folder)
    return {one.key: f"{one.code}: {one.problem}" for one in caught.value.problems}


def test_without_a_word_nobody_is_told(tmp_path: Path) -> None:
    alerts = load("", tmp_path)
    assert alerts.channels == ()
    assert (alerts.attention, alerts.waiting_hours, alerts.silent_minutes) == (True, 72, 60)
    assert (alerts.books_hours, alerts.clearing_days, alerts.digest_time) == (24, 14, None)


def test_channels_of_every_kind_are_taken(tmp_path: Path) -> None:
    alerts = load('[alerts]\ndigest_at = "07:30"\ntime_zone = "America/New_York"\n' + MAIL + CHAT + HOOK, tmp_path)
    assert [one.name for one in alerts.channels] == ["finance", "ops", "pager"]
    assert alerts.digest_time == time(7, 30)
    assert (alerts.email[0].real_port, alerts.slack[0].rules) == (587, ("attention", "silent"))
    assert alerts.webhook[0].secret.get_secret_value() == "secret-of-the-hook"


@pytest.mark.parametrize(("security", "port"), [("starttls", 587), ("tls", 465)])
def test_the_port_follows_the_encryption(tmp_path: Path, security: str, port: int) -> None:
    assert load(f'{MAIL}security = "{security}"\n', tmp_path).email[0].real_port == port
    assert load(f'{MAIL}security = "{security}"\nport = 2525\n', tmp_path).email[0].real_port == 2525


REFUSED = {
    '[alerts]\ndigest_at = "7:30"': {"alerts.digest_at": "config_value: this is not a time of day"},
    '[alerts]\ndigest_at = "24:00"': {"alerts.digest_at": "config_value: this is not a time of day"},
    '[alerts]\ntime_zone = "Berlin"': {"alerts.time_zone": "config_value: unknown time zone"},
    "[alerts]\nwaiting_hours = -1": {"alerts.waiting_hours": "config_value: the number is out of range"},
    "[alerts]\nclearing_days = 1000000": {"alerts.clearing_days": "config_value: the number is out of range"},
    "[alerts]\ndigest_when_quiet = true": {
        "alerts.digest_when_quiet": "config_conflict: there is no digest, because digest_at is not set"
    },
    "[alerts]\nwaiting_hour = 1": {"alerts.waiting_hour": "config_unknown_key: there is no such key"},
    MAIL.replace("password", "#"): {"alerts.email[0]": "config_auth: user is given but password is not"},
    MAIL.replace("user", "#"): {"alerts.email[0]": "config_auth: password is given but user is not"},
    MAIL.replace('"ledgerloop@', '"Ledger Loop <ledgerloop@'): {
        "alerts.email[0].sender": "config_value: this is not an e-mail address"
    },
    MAIL.replace('"ben@', '"ben at '): {"alerts.email[0].to[1]": "config_value: this is not an e-mail address"},
    MAIL.replace("to = [", "to = [] #"): {"alerts.email[0].to": "config_missing: nobody is named"},
    f'{MAIL}security = "none"': {
        "alerts.email[0].security": "config_insecure_url: mail goes unencrypted to loopback only"
    },
    MAIL + CHAT.replace("ops", "finance"): {
        "alerts.slack[0].name": "config_duplicate: two channels have the same name (also alerts.email[0].name)"
    },
    CHAT.replace('"silent"', '"sound"'): {"alerts.slack[0].rules[1]": "config_value: this value is not allowed"},
    HOOK.replace("https:", "http:"): {
        "alerts.webhook[0].url": "config_insecure_url: plain http is allowed on loopback only"
    },
    HOOK.replace("https://", "https://me:you@"): {
        "alerts.webhook[0].url": "config_value: an address may not carry a user name, a password or #"
    },
    HOOK.replace("secret =", "#"): {"alerts.webhook[0].secret": "config_missing: this key must be set"},
    '[alerts]\nemail = "anna@example.com"': {"alerts.email": "config_type: a list is expected"},
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str) -> None:
    assert problems(text, tmp_path) == REFUSED[text]


def test_every_mistake_is_told_at_once_and_no_secret_is(tmp_path: Path) -> None:
    text = HOOK.replace("https:", "ftp:") + CHAT.replace("env:CHAT_URL", "http://x.example.com/path-that-is-secret")
    text += MAIL.replace("env:SMTP_PASSWORD", "pass of the mail") + 'chanel = "x"\n'
    with pytest.raises(ConfigError) as caught:
        load(text, tmp_path)
    said = render_problems(caught.value.problems)
    assert {one.key for one in caught.value.problems} == {
        "alerts.webhook[0].url",
        "alerts.slack[0].url",
        "alerts.email[0].password",
        "alerts.email[0].chanel",
    }
    for secret in ("token=1", "pager.example.com", "path-that-is-secret", "pass of the mail", "secret-of-the-hook"):
        assert secret not in said
