"""Opening, migrating and losing the database."""

import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, event, text

import ledgerloop.store
from ledgerloop.store import DatabaseBusy, DatabaseUnusable, Store, open_store
from ledgerloop.store.migrate import HEAD, VERSION_TABLE
from ledgerloop.store.settings import Settings
from ledgerloop.store.tables import metadata
from tests.support.database import await_line, start_python

OPEN = """
import sys
from ledgerloop.store import open_store
print("ready", flush=True)
sys.stdin.readline()
open_store(sys.argv[1]).close()
print("opened", flush=True)
"""


def test_the_migrations_make_exactly_the_tables_that_the_code_expects(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE, "compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_one_that_the_code_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(ledgerloop.store.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_database_that_is_up_to_date_is_opened_with_few_questions_and_no_change(store: Store) -> None:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asked.append(statement.split(maxsplit=1)[0].upper())

    event.listen(Engine, "before_cursor_execute", note)
    try:
        open_store(store.url.render_as_string(hide_password=False)).close()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert set(asked) <= {"PRAGMA", "BEGIN", "SELECT"}
    assert asked.count("SELECT") <= 6


def test_four_processes_open_a_new_database_at_once(new_database_url: str) -> None:
    processes = [start_python(OPEN, new_database_url) for _ in range(4)]
    for process in processes:
        await_line(process, "ready")
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        await_line(process, "opened")
        assert process.wait(30) == 0
        process.communicate()


def test_a_database_of_a_newer_program_is_refused(store: Store) -> None:
    with store.writing() as tx:
        tx.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    with pytest.raises(DatabaseUnusable) as refused:
        open_store(store.url.render_as_string(hide_password=False))
    assert refused.value.code == "database_newer"


def test_the_file_is_private_and_keeps_what_it_says_it_keeps(sqlite_url: str, tmp_path: Path) -> None:
    store = open_store(sqlite_url)
    assert stat.S_IMODE((tmp_path / "ledgerloop.db").stat().st_mode) == 0o600
    with store.reading() as tx:
        settings = [
            tx.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        assert settings == ["wal", 2, 1]
    store.close()


def test_a_hasty_write_does_not_wait_for_the_disk_and_the_next_one_does_again(sqlite_url: str) -> None:
    store = open_store(sqlite_url)

    def waits(*, hasty: bool) -> int:
        with store.writing(hasty=hasty) as tx:
            return int(tx.exec_driver_sql("PRAGMA synchronous").scalar_one())

    assert [waits(hasty=one) for one in (False, True, True, False)] == [2, 1, 1, 2]
    with store.writing(hasty=True), store.reading():
        pass
    with store.taking_in() as tx:
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
    store.close()


def test_after_the_intake_other_writes_give_way_and_still_get_their_turn(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    gaps: list[float] = []
    monkeypatch.setattr("ledgerloop.store.store._FLOOD_S", 3600.0)
    monkeypatch.setattr("ledgerloop.store.store.time.sleep", gaps.append)
    store = open_store(sqlite_url)
    settings = Settings(store)
    settings.put("main", "name", "before")
    assert gaps == []
    for _ in range(2):
        with store.taking_in():
            pass
    assert gaps == []
    settings.put("main", "name", "after")
    assert (settings.get("main", "name"), len(gaps)) == ("after", 1)
    store.close()


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:////nowhere/at/all/ledgerloop.db",
        "mysql://user@host/db",
        "not a url",
        "postgresql://nobody@127.0.0.1:1/nothing",
    ],
)
def test_a_database_that_cannot_be_opened_is_said_so_with_a_remedy(url: str) -> None:
    with pytest.raises(DatabaseUnusable) as refused:
        open_store(url)
    assert refused.value.code == "database_unusable"
    assert refused.value.remedy


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "ledgerloop.db").write_bytes(b"these are not the bytes of a database" * 100)
    with pytest.raises(DatabaseUnusable) as refused:
        open_store(f"sqlite:///{tmp_path}/ledgerloop.db")
    assert refused.value.code == "database_unusable"


def test_what_fails_half_way_leaves_nothing(store: Store) -> None:
    def fail_half_way() -> None:
        with store.writing() as tx:
            Settings(store).put("main", "name", "value", tx)
            raise LookupError

    with pytest.raises(LookupError):
        fail_half_way()
    assert Settings(store).get("main", "name") is None


def test_a_writer_gives_up_when_somebody_else_holds_the_file(sqlite_url: str) -> None:
    store = open_store(sqlite_url, timeout_ms=200)
    with sqlite3.connect(str(store.path), isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DatabaseBusy):
            Settings(store).put("main", "name", "value")
        other.execute("ROLLBACK")
    Settings(store).put("main", "name", "value")
    assert Settings(store).get("main", "name") == "value"
    store.close()


def test_a_write_inside_a_write_is_a_mistake_and_not_a_deadlock(sqlite_url: str) -> None:
    store = open_store(sqlite_url)
    with store.writing(), pytest.raises(RuntimeError, match="hand the open transaction on"):
        Settings(store).put("main", "name", "value")
    store.close()
