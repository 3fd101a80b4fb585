"""`ledgerloop backup`: a copy of the SQLite database, while it is used."""

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from ledgerloop.cli.common import UNUSABLE, AsJson, ConfigPath, err, out, print_json, read_config, usable_database
from ledgerloop.store.backup import back_up
from ledgerloop.store.connect import parse_url

Target = Annotated[Path, typer.Argument(metavar="FILE", help="The copy; it must not be there yet.")]


def add(app: typer.Typer) -> None:
    """Put the command on the app."""
    app.command("backup")(backup)


def backup(file: Target, config: ConfigPath = None, as_json: AsJson = False) -> None:
    """Copy the SQLite database into FILE, while `serve` runs; nothing is migrated and nobody waits."""
    settings = read_config(config)
    with usable_database():
        url = parse_url(settings.database.url.get_secret_value())
        if url.get_backend_name() != "sqlite":
            _refuse(
                "backup_by_pg_dump",
                "the database is PostgreSQL, which makes its own backups.",
                f"Run pg_dump --format=custom --file={file} {settings.database.shown_url}",
            )
        try:
            size = back_up(Path(str(url.database)), file)
        except FileExistsError:
            _refuse("backup_exists", f"{file} is there already.", "Name another file; no backup is overwritten.")
        except OSError as error:
            _refuse("backup_not_written", f"{file}: {error.strerror}.", "Check the folder, its rights and the disk.")
    if as_json:
        print_json({"file": str(file), "bytes": size})
    else:
        out.print(f"{file}: {size / 1_000_000:.1f} MB, checked", markup=False, highlight=False, soft_wrap=True)


def _refuse(code: str, what: str, remedy: str) -> NoReturn:
    err.print(f"{code}: {what}\n  {remedy}", markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(UNUSABLE)
