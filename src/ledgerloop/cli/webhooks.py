"""`webhooks`: see, make and remove the webhook subscriptions at Loop and Shopify."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from ledgerloop.cli.common import UNUSABLE, AsJson, ConfigPath, config_path, err, opened, out, print_json
from ledgerloop.cli.person import person
from ledgerloop.config import render_problems
from ledgerloop.config.problems import Problem
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.operate.subscriptions import ENDED, MADE, Act, Done, Row, ensure, note, rows, signed_of
from ledgerloop.operate.subscriptions import unsubscribe as remove

FAILED = 1
"""Exit status: a remote did not do its part."""

STYLES = {"active": "green", "inactive": "yellow", "missing": "yellow"}

NO_ADDRESS = Problem(
    "config_missing",
    "server.public_url",
    "it is not set, so there is no address that Loop and Shopify could call",
    "Set it to the https:// address of this service as seen from outside",
)

OneShop = Annotated[str, typer.Option("--shop", metavar="ID", help="Only this shop.")]

webhooks = typer.Typer(
    help="Webhook subscriptions at Loop and Shopify.", no_args_is_help=True, pretty_exceptions_enable=False
)


def add(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.add_typer(webhooks, name="webhooks")


@webhooks.command("list")
def show(shop: OneShop = "", as_json: AsJson = False, config: ConfigPath = None) -> None:
    """List what is there, whoever made it, and what is missing; change nothing."""
    with opened(config) as (settings, parts):
        listed = [rows(parts, one, settings.server.public_url) for one in _meant(parts, shop)]
    found = [row for some, _ in listed for row in some]
    problems = [one for _, some in listed for one in some]
    if as_json:
        print_json({"subscriptions": [row.as_dict() for row in found], "problems": [one.as_dict() for one in problems]})
    else:
        _print_rows(found)
        _print_failed(problems)
    raise typer.Exit(FAILED if problems else 0)


@webhooks.command()
def subscribe(shop: OneShop = "", as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Make the missing subscriptions and wake the inactive ones; a second time there is nothing to do."""
    with opened(config) as (settings, parts):
        meant = _meant(parts, shop)
        if not settings.server.public_url:
            err.print(render_problems([NO_ADDRESS], config_path(config)), markup=False, highlight=False, soft_wrap=True)
            raise typer.Exit(UNUSABLE)
        signed = signed_of(settings)
        url = settings.server.public_url
        done = [each for one in meant for each in ensure(parts, one, url, signed=signed[one.shop_id])]
        note(parts, person(), MADE, done, shop)
    _tell(done, "Nothing to do: every subscription is there and active.", as_json=as_json)


@webhooks.command()
def unsubscribe(shop: OneShop = "", as_json: AsJson = False, config: ConfigPath = None) -> None:
    """Remove the subscriptions that Ledgerloop made, and no others."""
    with opened(config) as (settings, parts):
        done = [each for one in _meant(parts, shop) for each in remove(parts, one)]
        note(parts, person(), ENDED, done, shop)
        comes_back = bool(settings.server.public_url)
    if comes_back and done and not as_json:
        err.print(
            "`ledgerloop serve` makes them again while server.public_url is set.", highlight=False, soft_wrap=True
        )
    _tell(done, "Nothing to do: there is no subscription that Ledgerloop made.", as_json=as_json)


def _meant(parts: Parts, shop_id: str) -> list[Shop]:
    """The shop that is meant, or all of them; ends with status 2 for one that is not configured."""
    if shop_id and shop_id not in parts.shops:
        known = ", ".join(parts.shops)
        err.print(f"No shop {shop_id} is configured; there is {known}.", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(UNUSABLE)
    return [parts.shops[shop_id]] if shop_id else list(parts.shops.values())


def _tell(done: Sequence[Done], nothing: str, *, as_json: bool) -> None:
    failed = [one for one in done if one.act is Act.FAILED]
    if as_json:
        print_json({"done": [one.as_dict() for one in done if one not in failed], "problems": _dicts(failed)})
    else:
        if not done:
            out.print(nothing, highlight=False)
        _print_done([one for one in done if one not in failed])
        _print_failed(failed)
    raise typer.Exit(FAILED if failed else 0)


def _dicts(done: Sequence[Done]) -> list[dict[str, Any]]:
    return [one.as_dict() for one in done]


def _print_rows(found: Sequence[Row]) -> None:
    cells = [(row.shop_id, row.remote, row.what, row.state, row.url, _maker(row)) for row in found]
    if out.is_terminal:
        table = Table("Shop", "Remote", "Topic", "State", "Address", "Made by")
        for row, line in zip(found, cells, strict=True):
            table.add_row(*(Text(cell) for cell in line), style=STYLES[row.state] if row.here else "dim")
        out.print(table)
        return
    _print_plain(cells)


def _maker(row: Row) -> str:
    if row.state == "missing":
        return ""
    return "Ledgerloop" if row.made else "somebody else"


def _print_done(done: Sequence[Done]) -> None:
    cells = [(one.shop_id, one.remote, one.what, one.act.value, one.url) for one in done]
    if cells and out.is_terminal:
        table = Table("Shop", "Remote", "Topic", "Done", "Address")
        for line in cells:
            table.add_row(*(Text(cell) for cell in line))
        out.print(table)
        return
    _print_plain(cells)


def _print_plain(cells: Sequence[Sequence[str]]) -> None:
    for line in cells:
        out.print("  ".join(filter(None, line)), markup=False, highlight=False, soft_wrap=True)


def _print_failed(failed: Sequence[Done]) -> None:
    for one in failed:
        about = f"{one.shop_id}: {one.remote} {one.what}".rstrip()
        remedy = f"\n  -> {one.remedy}" if one.remedy else ""
        err.print(f"{one.code}  {about}: {one.problem}{remedy}", markup=False, highlight=False, soft_wrap=True)
