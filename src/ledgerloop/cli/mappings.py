"""`mappings`: what stands for what in the three systems; imported, exported, listed, set."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from ledgerloop.cli.common import UNUSABLE, AsJson, ConfigPath, err, opened, out, print_json
from ledgerloop.cli.person import name_of_user
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.mappings import importing, listing
from ledgerloop.operate.mappings.export import exported
from ledgerloop.operate.mappings.importing import Done
from ledgerloop.store.mappings import Change

if TYPE_CHECKING:
    from ledgerloop.cli.mappings_effect import Effect

Format = Literal["xml", "csv", "toml"]
OneShop = Annotated[str, typer.Option("--shop", metavar="ID", help="The shop that is meant.")]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who changes it (default: this user).")]
Kind = Annotated[
    str,
    typer.Argument(metavar="KIND", help="source, channel, sku, location, payment_method, refund_account, reason, …"),
]
Key = Annotated[str, typer.Argument(metavar="KEY")]

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change and change nothing.")]

STYLES = {"overridden": "dim", "kept": "dim"}

mappings = typer.Typer(
    help="What stands for what: channels, payment methods, locations, SKUs, reasons.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def add(app: typer.Typer) -> None:
    """Put the commands on the app."""
    app.add_typer(mappings, name="mappings")


@mappings.command("import")
def take_in(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Entity XML, CSV or TOML.")],
    shop: OneShop = "",
    form: Annotated[Format | None, typer.Option("--format", help="Default: by name and content.")] = None,
    dry_run: DryRun = False,
    by: By = "",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Import a file: wholly, or not at all with every reason and its line."""
    raw = _bytes_of(file)
    with opened(config) as (_, parts):
        _check_shop(parts, shop)
        done = importing.take_in(
            parts, file.name, raw, by=by or name_of_user(), shop=shop, form=form or "", dry_run=dry_run
        )
        effect = _effect(parts, done) if dry_run else None
    _tell(done, file.name, as_json=as_json, dry_run=dry_run, effect=effect)


@mappings.command("export")
def export(
    form: Annotated[Format, typer.Option("--format", help="Format of the document.")] = "xml",
    to: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Default: stdout.")] = None,
    config: ConfigPath = None,
) -> None:
    """Write everything that was imported or set, as a file that can be imported again."""
    with opened(config) as (_, parts):
        document = exported((one.entry for one in parts.stores.mappings.all()), list(parts.shops), form)
    if to is None:
        typer.echo(document, nl=False)
        return
    try:
        to.write_text(document, encoding="utf-8", newline="")
    except OSError as problem:
        err.print(f"{to} cannot be written: {problem.strerror}.", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(UNUSABLE) from None


@mappings.command("list")
def show(as_json: AsJson = False, config: ConfigPath = None) -> None:
    """List every mapping: built in, from the configuration, imported or set by hand."""
    with opened(config) as (_, parts):
        found = listing.rows(parts)
    if as_json:
        print_json({"mappings": [row.as_dict() for row in found]})
        return
    head = ("Shop", "Entity", "Type", "Key", "Value", "From", "State", "Last change")
    _print_rows(head, [(_cells(row), STYLES.get(row.state, "")) for row in found])


@mappings.command("set")
def set_one(
    kind: Kind,
    key: Key,
    value: Annotated[str, typer.Argument(metavar="VALUE")],
    shop: OneShop = "",
    dry_run: DryRun = False,
    by: By = "",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Set one mapping."""
    with opened(config) as (_, parts):
        _check_shop(parts, shop)
        by = by or name_of_user()
        done = importing.set_one(parts, kind, key, value, by=by, shop=shop, dry_run=dry_run)
        effect = _effect(parts, done) if dry_run else None
    _tell(done, f"{kind} {key}", as_json=as_json, dry_run=dry_run, effect=effect)


@mappings.command("remove")
def remove(
    kind: Kind,
    key: Key,
    shop: OneShop = "",
    dry_run: DryRun = False,
    by: By = "",
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Take one mapping away, telling what that holds back; what the configuration says, or is built in, holds again."""
    with opened(config) as (_, parts):
        _check_shop(parts, shop)
        by = by or name_of_user()
        done = importing.remove_one(parts, kind, key, by=by, shop=shop, dry_run=True)
        effect = _effect(parts, done)
        if not dry_run:
            done = importing.remove_one(parts, kind, key, by=by, shop=shop)
    _tell(done, f"{kind} {key}", as_json=as_json, dry_run=dry_run, effect=effect)


@mappings.command("log")
def log(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many changes.")] = 100,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """List who changed what and when, newest first."""
    with opened(config) as (_, parts):
        past = parts.stores.mappings.history(limit)
    if as_json:
        told = [{"at": one.changed_at.isoformat(), "by": one.changed_by, "file": one.file} for one in past]
        print_json({"changes": [{**who, **_as_dict(one.change)} for who, one in zip(told, past, strict=True)]})
        return
    lines = [
        (
            f"{one.changed_at:%Y-%m-%d %H:%M:%S}",
            one.changed_by,
            one.file,
            one.change.shop,
            f"{one.change.kind} {one.change.key}",
            _fields(one.change.old),
            _fields(one.change.new),
        )
        for one in past
    ]
    _print_rows(("When (UTC)", "Who", "File", "Shop", "Mapping", "Before", "After"), [(line, "") for line in lines])


def _cells(row: listing.Row) -> tuple[str, ...]:
    changed = f"{row.changed_at:%Y-%m-%d %H:%M} {row.changed_by}" if row.changed_at is not None else ""
    source = f"{row.source}: {row.file}" if row.file else row.source
    return row.shop, row.entity, row.type, row.key, row.value, source, row.state, changed


def _print_rows(head: Sequence[str], lines: Sequence[tuple[Sequence[str], str]]) -> None:
    """A table on a terminal, a line for each in a pipe."""
    if not out.is_terminal:
        for cells, _ in lines:
            out.print("  ".join(filter(None, cells)), markup=False, highlight=False, soft_wrap=True)
        return
    table = Table(*head)
    for cells, style in lines:
        table.add_row(*(Text(cell) for cell in cells), style=style)
    out.print(table)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as problem:
        err.print(f"{file} cannot be read: {problem.strerror}.", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(UNUSABLE) from None


def _check_shop(parts: Parts, shop: str) -> None:
    if shop and shop not in parts.shops:
        known = ", ".join(parts.shops)
        err.print(f"No shop {shop} is configured; there is {known}.", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(UNUSABLE)


def _effect(parts: Parts, tried: Done) -> "Effect":
    from ledgerloop.cli.mappings_effect import effect_of  # noqa: PLC0415  (all that decides cases)

    return effect_of(parts, tried)


def _tell(done: Done, name: str, *, as_json: bool, dry_run: bool = False, effect: "Effect | None" = None) -> None:
    if as_json:
        print_json(
            {
                "changed": [] if done.problems or dry_run else [_as_dict(one) for one in done.changes],
                "would_change": [_as_dict(one) for one in done.changes] if dry_run else [],
                "read": done.read,
                "woken": done.woken,
                "remarks": [one.as_dict() for one in done.remarks],
                "problems": [one.as_dict() for one in done.problems],
                **({} if effect is None else {"effect": effect.as_dict()}),
            }
        )
    else:
        _say(done, name, dry_run=dry_run)
        if effect is not None:
            effect.say(dry_run=dry_run)
    raise typer.Exit(UNUSABLE if done.problems else 0)


def _say(done: Done, name: str, *, dry_run: bool) -> None:
    for remark in done.remarks:
        _to_stderr(f"{_place(name, remark.line)}: {remark.text}", "yellow")
    for problem in done.problems:
        _to_stderr(f"{_place(name, problem.line)}: {problem.what} [{problem.code}]\n  -> {problem.remedy}", "red")
    if done.problems:
        _to_stderr("Nothing was changed.", "")
        return
    for change in done.changes:
        sign = "+" if change.old is None else "-" if change.new is None else "~"
        what = _fields(change.old if change.new is None else change.new)
        where = f"  ({change.shop})" if change.shop else ""
        out.print(f"{sign} {change.kind}  {what}{where}", markup=False, highlight=False, soft_wrap=True)
    would = "would be changed" if dry_run else "changed"
    out.print(f"{len(done.changes)} of {done.read} {would}.", highlight=False)
    for shop in done.shadowed:
        _to_stderr(f"Shop {shop} has a mapping of its own, which holds there.", "yellow")
    if done.woken:
        out.print(f"{done.woken} order(s) that stopped for want of a mapping are looked at again.", highlight=False)


def _place(name: str, line: int) -> str:
    return f"{name} line {line}" if line else name


def _to_stderr(text: str, style: str) -> None:
    err.print(text, markup=False, highlight=False, soft_wrap=True, style=style)


def _as_dict(change: Change) -> dict[str, object]:
    return {"shop": change.shop, "kind": change.kind, "key": change.key, "old": change.old, "new": change.new}


def _fields(fields: object) -> str:
    return " ".join(f"{name}={text}" for name, text in fields.items()) if isinstance(fields, dict) else ""
