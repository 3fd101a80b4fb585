"""`audit`: who did what, and whether the chain of it is whole."""

from typing import Annotated

import typer

from ledgerloop.cli.common import AsJson, ConfigPath, err, opened, out, print_json
from ledgerloop.store.audit import Deed

BROKEN = 1
"""Exit status: the chain is not whole."""

audit = typer.Typer(help="Who did what, hash-chained.", no_args_is_help=True, pretty_exceptions_enable=False)


def add(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.add_typer(audit, name="audit")


@audit.command("list")
def show(
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many.")] = 100,
    who: Annotated[str, typer.Option("--who", metavar="NAME", help="Only what this person did.")] = "",
    about: Annotated[str, typer.Option("--about", metavar="WHAT", help="Only about this, such as `user anna`.")] = "",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List what was done, newest first."""
    with opened(config) as (_, parts):
        found = parts.stores.audit.newest(limit, who=who, about=about)
    if as_json:
        print_json({"audit": [_as_dict(one) for one in found]})
        return
    for one in found:
        detail = " ".join(f"{name}={value}" for name, value in one.detail.items())
        line = (str(one.number), f"{one.at:%Y-%m-%d %H:%M:%S}", one.who, f"({one.via})", one.act, one.about, detail)
        out.print("  ".join(filter(None, line)), markup=False, highlight=False, soft_wrap=True)


@audit.command()
def verify(
    holds: Annotated[str, typer.Option("--holds", metavar="HASH", help="A hash noted earlier must be in it.")] = "",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Go through the whole chain: exit status 0 when it is whole, 1 when a row was changed, removed or put in."""
    with opened(config) as (_, parts):
        verdict = parts.stores.audit.verify(holds)
    if as_json:
        told = {"whole": not verdict.fault, "rows": verdict.rows, "newest_hash": verdict.tip}
        print_json({**told, "fault": verdict.fault, "at": verdict.at_number or None})
    elif verdict.fault:
        err.print(f"The chain is broken: {verdict.fault}.", markup=False, highlight=False, soft_wrap=True)
    else:
        said = f"The chain is whole: {verdict.rows} row(s), newest hash {verdict.tip or 'none'}."
        out.print(said, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(BROKEN if verdict.fault else 0)


def _as_dict(one: Deed) -> dict[str, object]:
    told = {"number": one.number, "at": one.at.isoformat(), "who": one.who, "via": one.via, "act": one.act}
    return {**told, "about": one.about, "detail": one.detail, "hash": one.hash}
