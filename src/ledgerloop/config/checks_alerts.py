"""What one value of `[alerts]` alone cannot show: names given twice, half a login, mail that is not encrypted."""

from collections.abc import Iterator, Mapping
from typing import Any

from ledgerloop.config.masking import shown
from ledgerloop.config.problems import Problem
from ledgerloop.config.resolve import Loc, key_path
from ledgerloop.config.values import is_loopback

KINDS = ("email", "slack", "webhook")
"""The lists of channels."""


def alert_checks(alerts: Mapping[str, object]) -> Iterator[tuple[Loc, Problem]]:
    """Yield every contradiction with the place it is at."""
    seen: dict[str, str] = {}
    for at, channel in _channels(alerts):
        name = channel.get("name")
        first = seen.setdefault(name, key_path(at)) if isinstance(name, str) else key_path(at)
        if first != key_path(at):
            loc: Loc = (*at, "name")
            what = f"two channels have the same name (also {first}.name)"
            yield loc, Problem("config_duplicate", key_path(loc), what, "Give each its own", shown("name", name))
        if at[1] == "email":
            yield from _email(at, channel)
    if alerts.get("digest_when_quiet") in (True, "true") and not alerts.get("digest_at"):
        loc = ("alerts", "digest_when_quiet")
        what = "there is no digest, because digest_at is not set"
        yield loc, Problem("config_conflict", key_path(loc), what, 'Set digest_at, such as "07:30"', "true")


def _channels(alerts: Mapping[str, object]) -> Iterator[tuple[Loc, Mapping[str, Any]]]:
    for kind in KINDS:
        some = alerts.get(kind)
        for position, channel in enumerate(some if isinstance(some, list) else []):
            if isinstance(channel, Mapping):
                yield ("alerts", kind, position), channel


def _email(at: Loc, email: Mapping[str, Any]) -> Iterator[tuple[Loc, Problem]]:
    given = [key for key in ("user", "password") if email.get(key)]
    if len(given) == 1:
        missing = "password" if given == ["user"] else "user"
        what = f"{given[0]} is given but {missing} is not"
        yield at, Problem("config_auth", key_path(at), what, f"Set {missing} too, or remove {given[0]}")
    host = email.get("host")
    if email.get("security") == "none" and isinstance(host, str) and host and not is_loopback(host):
        loc: Loc = (*at, "security")
        what, remedy = "mail goes unencrypted to loopback only", 'Write "starttls" or "tls"'
        yield loc, Problem("config_insecure_url", key_path(loc), what, remedy, '"none"')
