"""The database: can it be written, will it keep what it confirmed, is there room."""

import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ledgerloop.engine.parts import Stores
from ledgerloop.operate.doctor.findings import Finding, fine, warning
from ledgerloop.store.engines import engine_runs
from ledgerloop.store.store import Store

LEAST_FREE_BYTES = 1_000_000_000
"""Free space below which the doctor warns: months of a busy shop."""

SYNCHRONOUS_FULL = 2
"""SQLite's setting under which a confirmed write survives a power failure. Source: sqlite.org, pragma synchronous."""

EXAMINED_AT = "doctor_at"
"""Setting that the doctor writes, to see whether the database takes writes."""


def examine_database(stores: Stores, now: datetime) -> Iterator[Finding]:
    """Examine the open database. Raises DatabaseUnusable and DatabaseBusy."""
    stores.settings.put("", EXAMINED_AT, now.isoformat())
    running = "an engine is running" if engine_runs(stores.store, now) else "no engine is running"
    if stores.store.path is not None:
        yield from _sqlite(stores.store, stores.store.path, running)
    else:
        yield from _postgres(stores.store, running)


def _sqlite(store: Store, path: Path, running: str) -> Iterator[Finding]:
    with store.writing() as tx:
        mode = str(tx.exec_driver_sql("PRAGMA journal_mode").scalar_one())
        synchronous = int(tx.exec_driver_sql("PRAGMA synchronous").scalar_one())
    if mode == "wal" and synchronous >= SYNCHRONOUS_FULL:
        yield fine(f"SQLite {sqlite3.sqlite_version} in {path}: writable, durable; {running}.")
    else:
        yield warning(
            "database_not_durable",
            f"SQLite in {path} runs with journal mode {mode} and synchronous {synchronous}, "
            f"not wal and {SYNCHRONOUS_FULL}.",
            "Keep the file on a local disk that supports write-ahead logging.",
        )
    free = shutil.disk_usage(path.parent).free
    if free < LEAST_FREE_BYTES:
        yield warning(
            "database_disk_low",
            f"Only {free // 1_000_000} MB are free where {path} is.",
            "Free some space, or move the file and change database.url.",
        )


def _postgres(store: Store, running: str) -> Iterator[Finding]:
    with store.reading() as tx:
        shown = {
            name: str(tx.exec_driver_sql(f"SHOW {name}").scalar_one())
            for name in ("server_version", "fsync", "synchronous_commit")
        }
    if shown["fsync"] == "on" and shown["synchronous_commit"] != "off":
        yield fine(f"PostgreSQL {shown['server_version']}: writable, durable; {running}.")
        return
    yield warning(
        "database_not_durable",
        f"PostgreSQL runs with fsync {shown['fsync']} and synchronous_commit {shown['synchronous_commit']}: "
        "what was confirmed may be lost when it crashes.",
        "Set both to on.",
    )
