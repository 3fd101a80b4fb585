"""`users`: who may use the pages and the API, and what they come in with. No password is ever an argument."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from ledgerloop.cli.common import UNUSABLE, AsJson, ConfigPath, err, opened, out, print_json
from ledgerloop.cli.person import person
from ledgerloop.config import Config
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.people import roster
from ledgerloop.operate.people.roster import PeopleProblem
from ledgerloop.store.tokens import ApiToken
from ledgerloop.store.users import Person, Role, User

PASSWORD_VARIABLE = "LEDGERLOOP_PASSWORD"  # noqa: S105  (the name of a variable)
"""Holds the password where nobody can be asked."""

LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (nothing listens by this)
"""Addresses that only listen, and the one of this machine that a browser takes."""

Name = Annotated[str, typer.Argument(metavar="NAME")]

users = typer.Typer(help="Who may use the pages and the API.", no_args_is_help=True, pretty_exceptions_enable=False)


def add(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.add_typer(users, name="users")


@users.command("add")
def add_one(
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="What they may do.")] = Role.VIEWER,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="They come in by link or identity provider.")
    ] = False,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Add a person. The password is asked for, or read from stdin or $LEDGERLOOP_PASSWORD."""
    with _acting(config) as (_, parts, by):
        password = "" if no_password else _password()
        user = roster.add_user(parts.stores, name, role, password, by=by, at=parts.clock())
    _tell(f"{user.name} may come in as {user.role}.", {"user": _of_user(user)}, as_json=as_json)


@users.command("list")
def show(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """List everybody."""
    with opened(config) as (_, parts):
        found = parts.stores.users.all()
    if as_json:
        print_json({"users": [_of_user(one) for one in found]})
        return
    lines = [
        (one.name, one.role, "disabled" if one.disabled else "", _comes_by(one), _day(one.last_in_at)) for one in found
    ]
    _print_rows(("Name", "Role", "State", "Comes in by", "Last sign-in (UTC)"), lines)


@users.command()
def password(name: Name, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Set a new password, asked for as in `users add`; the person is signed out everywhere."""
    with _acting(config) as (_, parts, by):
        roster.set_password(parts.stores, name, _password(), by=by, at=parts.clock())
    _tell(f"{name} has a new password and is signed out everywhere.", {"user": name}, as_json=as_json)


@users.command()
def role(
    name: Name,
    new: Annotated[Role, typer.Argument(metavar="ROLE", help="viewer, operator or admin")],
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Give a person another role, in effect at once."""
    with _acting(config) as (_, parts, by):
        roster.set_role(parts.stores, name, new, by=by, at=parts.clock())
    _tell(f"{name} is {new} from now on.", {"user": name, "role": new}, as_json=as_json)


@users.command()
def disable(name: Name, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Keep a person out, at once; what they did stays known."""
    with _acting(config) as (_, parts, by):
        roster.set_disabled(parts.stores, name, True, by=by, at=parts.clock())
    _tell(f"{name} may not come in any more.", {"user": name, "disabled": True}, as_json=as_json)


@users.command()
def enable(name: Name, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Let a person in again."""
    with _acting(config) as (_, parts, by):
        roster.set_disabled(parts.stores, name, False, by=by, at=parts.clock())
    _tell(f"{name} may come in again.", {"user": name, "disabled": False}, as_json=as_json)


@users.command("sign-out")
def sign_out(name: Name, as_json: AsJson = False, config: ConfigPath = None) -> None:
    """End every session of a person."""
    with _acting(config) as (_, parts, by):
        ended = roster.sign_out_everywhere(parts.stores, name, by=by, at=parts.clock())
    _tell(f"{ended} session(s) of {name} ended.", {"user": name, "sessions": ended}, as_json=as_json)


@users.command()
def link(
    name: Name,
    minutes: Annotated[int, typer.Option("--minutes", min=1, max=1440, help="How long it works.")] = 15,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Print a link that signs a person in once."""
    with _acting(config) as (settings, parts, by):
        base = _base(settings)
        secret = roster.make_link(parts.stores, name, timedelta(minutes=minutes), by=by, at=parts.clock())
    url = f"{base}/sign-in/link/{secret}"
    _tell(url, {"user": name, "url": url, "minutes": minutes}, as_json=as_json)


@users.command()
def token(
    name: Name,
    wanted: Annotated[Role, typer.Option("--role", help="What it may do; no more than its owner.")] = Role.VIEWER,
    days: Annotated[int, typer.Option("--days", min=1, max=730, help="How long it works.")] = 90,
    label: Annotated[str, typer.Option("--label", help="What it is for.")] = "",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Make a token for the API, and print it: it cannot be shown again."""
    with _acting(config) as (_, parts, by):
        lasting, at = timedelta(days=days), parts.clock()
        made, text = roster.make_token(parts.stores, name, wanted, lasting, label, by=by, at=at)
    if not as_json:
        err.print(f"Works until {_day(made.expires_at)} UTC; it cannot be shown again.", highlight=False)
    _tell(text, {"token": text, **_of_token(made)}, as_json=as_json)


@users.command()
def tokens(
    name: Annotated[str, typer.Argument(metavar="[NAME]")] = "", as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """List tokens, without their secrets."""
    with opened(config) as (_, parts):
        found, now = parts.stores.tokens.all(name), parts.clock()
    if as_json:
        print_json({"tokens": [_of_token(one) for one in found]})
        return
    lines = [
        (one.token_id, one.name, one.role, one.label, _state(one, now), _day(one.expires_at), _day(one.used_at))
        for one in found
    ]
    _print_rows(("Token", "Name", "Role", "For", "State", "Until (UTC)", "Last used (UTC)"), lines)


@users.command()
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="TOKEN")], as_json: AsJson = False, config: ConfigPath = None
) -> None:
    """Take a token's power away, at once; TOKEN is its id in `users tokens`."""
    with _acting(config) as (_, parts, by):
        gone = roster.revoke_token(parts.stores, token_id, by=by, at=parts.clock())
    _tell(f"Token {token_id} of {gone.name} is revoked.", {"revoked": token_id, "user": gone.name}, as_json=as_json)


@contextmanager
def _acting(config: ConfigPath) -> Iterator[tuple[Config, Parts, Person]]:
    """Config, parts, and who acts: the user of this machine. Ends with status 2 and the reason when it is refused."""
    with opened(config, quiet=True) as (settings, parts):
        try:
            yield settings, parts, person()
        except PeopleProblem as problem:
            err.print(str(problem), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(UNUSABLE) from None


def _password() -> str:
    """A password from the environment, from a person at a terminal (twice), or from the first line of stdin."""
    given = os.environ.get(PASSWORD_VARIABLE, "")
    if given:
        return given
    if not sys.stdin.isatty():
        line = sys.stdin.readline().rstrip("\r\n")
        if not line:
            said = f"There is no password: write it to stdin, or into ${PASSWORD_VARIABLE}."
            raise PeopleProblem(said)
        return line
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


def _base(settings: Config) -> str:
    """The address that a browser takes. Raises PeopleProblem where nobody can know it."""
    server = settings.server
    if server.public_url:
        return server.public_url
    if server.port == 0:
        said = "With server.port 0 every start takes another port, so no link can be printed that works. "
        remedy = "Set server.public_url to the address that browsers take, or give server.port a number."
        raise PeopleProblem(said + remedy)
    host = LOOPBACK.get(server.host, server.host)
    return f"http://[{host}]:{server.port}" if ":" in host else f"http://{host}:{server.port}"


def _comes_by(user: User) -> str:
    ways = (("password", user.has_password), ("identity provider", bool(user.subject)))
    return ", ".join(way for way, is_so in ways if is_so) or "link"


def _state(one: ApiToken, now: datetime) -> str:
    return "revoked" if one.revoked_at is not None else "ended" if one.expires_at <= now else ""


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at is not None else ""


def _of_user(user: User) -> dict[str, object]:
    seen = user.last_in_at.isoformat() if user.last_in_at is not None else None
    told = {"name": user.name, "role": user.role, "disabled": user.disabled, "has_password": user.has_password}
    return {**told, "subject": user.subject, "created_at": user.created_at.isoformat(), "last_in_at": seen}


def _of_token(one: ApiToken) -> dict[str, object]:
    moments = {"created_at": one.created_at, "expires_at": one.expires_at, "used_at": one.used_at}
    told = {name: at.isoformat() if at is not None else None for name, at in moments.items()}
    gone = one.revoked_at is not None
    return {"id": one.token_id, "name": one.name, "role": one.role, "label": one.label, "revoked": gone, **told}


def _tell(text: str, document: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        out.print(text, markup=False, highlight=False, soft_wrap=True)


def _print_rows(head: Sequence[str], lines: Sequence[Sequence[str]]) -> None:
    """A table on a terminal, a line for each in a pipe."""
    if not out.is_terminal:
        for cells in lines:
            out.print("  ".join(filter(None, cells)), markup=False, highlight=False, soft_wrap=True)
        return
    table = Table(*head)
    for cells in lines:
        table.add_row(*(Text(cell) for cell in cells))
    out.print(table)
