"""`doctor` and `init`: check the set-up, and begin one."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from pydantic import SecretStr
from rich.table import Table
from rich.text import Text

from ledgerloop.bootstrap import open_parts
from ledgerloop.cli import init as writer
from ledgerloop.cli.common import AsJson, ConfigPath, config_path, err, log_to_stderr, out, print_json, progress
from ledgerloop.cli.person import person
from ledgerloop.config import Config, ConfigError, load_config, render_problems
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.doctor import Finding, Severity, broken, examine, exit_status, of_database
from ledgerloop.operate.doctor.findings import fine
from ledgerloop.operate.subscriptions import MADE, Act, Done, ensure, note, signed_of
from ledgerloop.store.errors import DatabaseBusy, DatabaseUnusable

STYLES = {Severity.OK: "green", Severity.WARNING: "yellow", Severity.BROKEN: "red"}

REFUSED = 1
"""Exit status of `init`: nothing was written."""


def add(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.command("init")(init)
    app.command("doctor")(doctor)


def doctor(
    as_json: AsJson = False,
    fix: Annotated[bool, typer.Option("--fix", help="First make the webhook subscriptions that are missing.")] = False,
    config: ConfigPath = None,
) -> None:
    """Check configuration, database, credentials, scopes, features, fields and ids.

    Nothing is written in any remote; with --fix, webhook subscriptions at Loop and Shopify alone.
    """
    log_to_stderr()
    try:
        loaded = load_config(config_path(config), os.environ)
    except ConfigError as error:
        if as_json:
            wrong = [broken(one.code, one.problem, one.remedy, about=one.key) for one in error.problems]
            print_json(_document(wrong))
        else:
            err.print(render_problems(error.problems, error.source), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
    with progress() as tell:
        findings = examined(loaded, tell, fix=fix)
    if as_json:
        print_json(_document(findings))
    else:
        _print(findings)
    raise typer.Exit(exit_status(findings))


def examined(config: Config, tell: Callable[[str], None], *, fix: bool = False) -> list[Finding]:
    """Examine everything, after mending what `fix` allows.

    Where the database cannot be used, the remotes are examined beside a throw-away one, and nothing is mended.
    """
    try:
        with open_parts(config, progress=tell) as parts:
            return [*(_mended(config, parts) if fix else ()), *examine(config, parts)]
    except (DatabaseUnusable, DatabaseBusy) as problem:
        first = of_database(problem)
    with TemporaryDirectory(prefix="ledgerloop-doctor-") as folder:
        database = config.database.model_copy(update={"url": SecretStr(f"sqlite:///{folder}/doctor.db")})
        with open_parts(config.model_copy(update={"database": database}), progress=tell) as parts:
            return [first, *examine(config, parts, database=False)]


def _mended(config: Config, parts: Parts) -> list[Finding]:
    """Make the missing webhook subscriptions; what a remote refused is a warning."""
    url, signed = config.server.public_url, signed_of(config)
    done = [one for shop in parts.shops.values() for one in ensure(parts, shop, url, signed=signed[shop.shop_id])]
    if done:
        note(parts, person(), MADE, done)
    return [_of_subscription(one).at(f"{one.shop_id}: {one.remote.capitalize()}") for one in done]


def _of_subscription(done: Done) -> Finding:
    if done.act is Act.FAILED:
        what = f"Not subscribed to {done.what}" if done.what else "Nothing was subscribed"
        return Finding(done.code, Severity.WARNING, f"{what}: {done.problem}", done.remedy)
    return fine(f"The webhook subscription to {done.what} was {done.act.value}; it calls {done.url}.")


def _document(findings: list[Finding]) -> dict[str, Any]:
    worst = max((one.severity for one in findings), key=list(Severity).index, default=Severity.OK)
    return {"status": worst.value, "findings": [one.as_dict() for one in findings]}


def _print(findings: list[Finding]) -> None:
    if out.is_terminal:
        out.print(_table(findings))
    else:
        for one in findings:
            remedy = f"\n    -> {one.remedy}" if one.remedy else ""
            line = f"{one.severity.value:<8}{one.code}  {one.about}: {one.problem}{remedy}"
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    counts = {severity: sum(one.severity is severity for one in findings) for severity in Severity}
    told = f"{counts[Severity.OK]} ok, {counts[Severity.WARNING]} warnings, {counts[Severity.BROKEN]} broken."
    out.print(told, highlight=False)


def _table(findings: list[Finding]) -> Table:
    table = Table("", "Where", "Code", "What", "What to do")
    for one in findings:
        cells = (one.severity.value, one.about, one.code, one.problem, one.remedy)
        table.add_row(*(Text(cell) for cell in cells), style=STYLES[one.severity])
    return table


def init(
    shop: Annotated[str, typer.Option("--shop", help="Short name of the shop.")] = "",
    domain: Annotated[str, typer.Option("--domain", help="Shopify domain, such as example.myshopify.com.")] = "",
    account: Annotated[str, typer.Option("--account", help="NetSuite account id, such as 1234567_SB1.")] = "",
    public_url: Annotated[str, typer.Option("--public-url", help="Public address for webhooks; - for none.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    config: ConfigPath = None,
) -> None:
    """Write a commented ledgerloop.toml, asking only what cannot be known; what the options say is not asked."""
    answers = dict(zip([one.text for one in writer.QUESTIONS], (shop, domain, account, public_url), strict=True))
    try:
        path = writer.run(config_path(config), _asking(answers), force=force)
    except writer.InitRefused as refused:
        err.print(str(refused), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(REFUSED) from None
    out.print(writer.next_steps(Path(path)), markup=False, highlight=False, soft_wrap=True)


def _asking(answers: dict[str, str]) -> writer.Ask:
    """Answer from the options first, then ask; where nobody can be asked, the default is the answer."""
    answered: list[str] = []

    def ask(question: str, default: str) -> str:
        if any(question.startswith(f"{one} (") for one in answered):
            raise writer.InitRefused(f"{question}. Nothing was written.")
        if answers.get(question):
            answered.append(question)
            return answers[question]
        try:
            return str(typer.prompt(question, default=default, err=True))
        except typer.Abort:
            if sys.stdin.isatty():
                raise
            return default

    return ask
