"""Database engines: SQLite with as much durability as a write asks for, PostgreSQL with bounded waits."""

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from ledgerloop.store.errors import DatabaseUnusable

BUSY_TIMEOUT_MS = 5000
"""How long a writer waits for another one, milliseconds: several hundred times the length of our longest write."""

INTAKE_TIMEOUT_MS = 900
"""The same for the intake: together with its wait inside the process it must answer 503 within two seconds."""

RUNS_TIMEOUT_MS = 30_000
"""How long the durable runner waits for its own other threads, milliseconds: it has nobody to answer in time."""

WRITES = "ledgerloop_writes"
"""Execution option of connections that write: they take SQLite's write lock at once and never fail half way."""


HASTY = "ledgerloop_hasty"
"""Execution option of connections whose commits do not wait for the disk; SQLite only.

What such a commit wrote survives the end of the process. A power failure may undo the newest of them, never one before
a commit that did wait: the log is one file, written in order. Source: sqlite.org, WAL and pragma synchronous.
"""

_SYNCHRONOUS = "synchronous"


def parse_url(url: str) -> URL:
    """Read a database URL and name the driver; raises DatabaseUnusable for anything but a SQLite file or PostgreSQL."""
    try:
        parsed = make_url(url)
    except ArgumentError as problem:
        raise _unusable("The database URL cannot be read.") from problem
    if parsed.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in {"sqlite", "sqlite+pysqlite"}:
        raise _unusable(f"The database {parsed.drivername!r} is not supported.")
    if not parsed.database or parsed.database == ":memory:":
        raise _unusable("The SQLite database must be a file: several threads and processes share it.")
    return parsed.set(drivername="sqlite+pysqlite")


def _unusable(message: str) -> DatabaseUnusable:
    remedy = "Set database.url to sqlite:///FILE or postgresql://USER@HOST/NAME."
    return DatabaseUnusable("database_unusable", message, remedy)


def make_engine(url: str | URL, *, timeout_ms: int = BUSY_TIMEOUT_MS, always_writes: bool = False) -> Engine:
    """Make an engine that waits `timeout_ms` for locks; `always_writes` for users who do not say when they write."""
    parsed = parse_url(url) if isinstance(url, str) else url
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, timeout_ms, always_writes=always_writes)
    return _postgres_engine(parsed, timeout_ms)


def runs_engine(store_url: URL) -> Engine:
    """Make the engine of the durable runner's own tables: the same PostgreSQL database, or a second SQLite file.

    A second file, because a SQLite file has one writer at a time: a webhook would wait for its turn between the
    runner's
    many small commits. What is lost with that file is not missed, for what is due stands in ours.
    """
    if store_url.get_backend_name() != "sqlite":
        return make_engine(store_url)
    path = Path(f"{store_url.database}.runs")
    create_private(path)
    engine = create_engine(
        store_url.set(database=str(path)),
        pool_size=16,
        max_overflow=-1,
        connect_args={"timeout": RUNS_TIMEOUT_MS / 1000, "check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = "IMMEDIATE"
        _write_ahead(raw, RUNS_TIMEOUT_MS / 1000)
        raw.execute("PRAGMA synchronous = NORMAL")
        raw.execute("PRAGMA foreign_keys = ON")

    return engine


def create_private(path: Path) -> None:
    """Make the database file readable by its owner alone; raises DatabaseUnusable when it cannot be made."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as problem:
        message = f"The database file {path} cannot be opened: {problem.strerror}."
        remedy = "Create its directory, give this user the right to write there, or name another file in database.url."
        raise DatabaseUnusable("database_unusable", message, remedy) from problem


def _sqlite_engine(url: URL, timeout_ms: int, *, always_writes: bool) -> Engine:
    engine = create_engine(
        url, pool_size=16, max_overflow=-1, connect_args={"timeout": timeout_ms / 1000, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def prepare(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None
        _write_ahead(raw, timeout_ms / 1000)
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA foreign_keys = ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not (always_writes or options.get(WRITES)):
            connection.exec_driver_sql("BEGIN")
            return
        _wait_for_the_disk(connection, "NORMAL" if options.get(HASTY) else "FULL")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _wait_for_the_disk(connection: Connection, wanted: str) -> None:
    known = connection.connection.info
    if known.get(_SYNCHRONOUS, "FULL") != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous = {wanted}")
        known[_SYNCHRONOUS] = wanted


def _write_ahead(raw: sqlite3.Connection, patience_s: float) -> None:
    """Switch to write-ahead logging: SQLite does not wait by itself when two processes switch a new file at once."""
    give_up = time.monotonic() + patience_s
    while True:
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def _postgres_engine(url: URL, timeout_ms: int) -> Engine:
    statement_ms = timeout_ms if timeout_ms < BUSY_TIMEOUT_MS else 60_000
    settings = f"-c lock_timeout={timeout_ms} -c statement_timeout={statement_ms} -c timezone=UTC"
    arguments: dict[str, Any] = {"options": settings, "connect_timeout": 2 if timeout_ms < BUSY_TIMEOUT_MS else 10}
    return create_engine(
        url,
        pool_size=10,
        max_overflow=30,
        pool_timeout=timeout_ms / 1000,
        pool_pre_ping=True,
        connect_args=arguments,
    )
