"""Copies a SQLite database while it is used: one state of it, whatever is written meanwhile.

Source: sqlite.org/backup.html and sqlite.org/wal.html (read 2026-11-22): a backup made in one step reads one snapshot,
and in write-ahead mode a reader holds up no writer.
"""

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

from ledgerloop.store.connect import create_private
from ledgerloop.store.errors import DatabaseUnusable

WAIT_S: Final = 30.0
"""How long a lock of another process is waited for, seconds."""

BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a file; a file put in the place of another one must not find the other's."""


def back_up(database: Path, file: Path) -> int:
    """Copy the database into a new file that its owner alone can read; gives its size in bytes.

    The file appears whole, once it was checked. Raises DatabaseUnusable, FileExistsError, OSError.
    """
    if not database.is_file():
        what = f"There is no database file {database}."
        raise DatabaseUnusable("database_unusable", what, "Set database.url, or --config, to the one that is meant.")
    if file.exists():
        raise FileExistsError(file)
    partial = file.with_name(f"{file.name}.partial")
    partial.unlink(missing_ok=True)
    create_private(partial)
    try:
        _copy(database, partial)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        os.link(partial, file)
    finally:
        for beside in ("", *BESIDE):
            with suppress(FileNotFoundError):
                partial.with_name(partial.name + beside).unlink()
    return file.stat().st_size


def _copy(database: Path, file: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=WAIT_S)) as source,
            closing(sqlite3.connect(file)) as target,
        ):
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
            found = target.execute("PRAGMA quick_check").fetchall()
    except sqlite3.Error as problem:
        what = f"The database {database} cannot be copied: {problem}."
        remedy = "Check the disk, the rights of this user and the space that is left."
        raise DatabaseUnusable("database_unusable", what, remedy) from problem
    if found != [("ok",)]:
        what = f"The copy of {database} is broken: {found[0][0]}."
        raise DatabaseUnusable("database_unusable", what, "The database is damaged: restore the last good backup.")
