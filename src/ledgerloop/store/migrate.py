"""Bring a database up to date; safe when several processes start at once, and quick when there is nothing to do."""

import threading
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from ledgerloop.store.connect import WRITES
from ledgerloop.store.errors import DatabaseUnusable

HEAD = "0001"
"""The newest migration. A test compares it with the migrations that exist."""

VERSION_TABLE = "ledgerloop_version"
"""Ours alone: the engine's own tables live in the same file and have a version of their own."""

_LOCK_KEY = 4_993_210_771
"""PostgreSQL advisory lock of migrations; any fixed number that nobody else takes."""

_one_at_a_time = threading.Lock()
"""Alembic keeps its context in module globals."""


def migrate(engine: Engine) -> None:
    """Run the missing migrations; raises DatabaseUnusable when the database is newer than this program, or refuses."""
    try:
        with engine.connect() as connection:
            if _version(connection) == HEAD:
                return
        with _one_at_a_time, engine.execution_options(**{WRITES: True}).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL lock_timeout = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
            if _version(connection) != HEAD:
                _upgrade(connection)
    except DBAPIError as problem:
        message = f"The database cannot be opened or brought up to date: {problem.orig}."
        remedy = "Check database.url, that the server runs, and that this user may create tables."
        raise DatabaseUnusable("database_unusable", message, remedy) from problem


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  (a constant)
    return None if found is None else str(found)


def _upgrade(connection: Connection) -> None:
    """Import Alembic only here: it costs more than everything else a command does before it starts."""
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script.revision import ResolutionError  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except (CommandError, ResolutionError) as problem:
        message = f"The database has version {_version(connection)}, which this program does not know."
        remedy = "A newer Ledgerloop wrote it: install that version, or use another database."
        raise DatabaseUnusable("database_newer", message, remedy) from problem
