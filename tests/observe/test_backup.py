"""A backup is made while everything is written, and restored without anything being done twice."""

import shutil
import sqlite3
import stat
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ledgerloop.cli.main import app_with
from ledgerloop.store import open_store
from ledgerloop.store.backup import BESIDE, back_up
from ledgerloop.store.errors import DatabaseUnusable
from ledgerloop.store.settings import Settings
from tests.support.one_refund import Shop, one_shop
from tests.support.postgres import PostgresServer, postgres_program

KINDS = ("returnAuthorization", "itemReceipt", "creditMemo", "customerRefund")


@pytest.fixture
def shop() -> Iterator[Shop]:
    with one_shop() as made:
        yield made


def records(shop: Shop) -> Counter[str]:
    account = shop.memory.world.account
    return Counter({kind: len(account.find(kind)) for kind in KINDS})


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app_with(["backup"]), list(arguments))
    return done.exit_code, done.output


def test_what_was_written_after_the_backup_is_found_again_and_doubled_nowhere(shop: Shop, tmp_path: Path) -> None:
    connector, copy = shop.connector, tmp_path / "ledgerloop.db"
    shop.act("request_return", order_id=shop.order_id, lines=[{"line": 0, "quantity": 1}])
    shop.sync()
    back_up(connector.database, copy)
    shop.refund()
    written = records(shop)
    assert written == {"returnAuthorization": 2, "itemReceipt": 1, "creditMemo": 1, "customerRefund": 1}

    connector.stop()
    for beside in BESIDE:
        connector.database.with_name(connector.database.name + beside).unlink(missing_ok=True)
    shutil.copyfile(copy, connector.database)
    connector.start()
    for _ in range(3):
        shop.memory.clock.pass_by(60)
        shop.sync()
    assert records(shop) == written
    assert not [one for one in connector.parts.stores.journal.open_keys("main") if one]


def test_a_backup_is_one_state_although_everything_is_written_meanwhile(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path}/ledgerloop.db")
    settings, ended = Settings(store), threading.Event()
    written: list[str] = []

    def write() -> None:
        while not ended.is_set():
            with store.writing() as tx:
                for name in ("first", "second"):
                    settings.put("main", name, str(len(written)), tx)
            written.append(name)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(10):
            back_up(tmp_path / "ledgerloop.db", tmp_path / f"copy-{number}.db")
    finally:
        ended.set()
        writer.join()
        store.close()
    assert written
    for number in range(10):
        with closing(sqlite3.connect(tmp_path / f"copy-{number}.db")) as copy:
            found = copy.execute("SELECT name, value FROM settings WHERE shop = 'main'").fetchall()
        assert len({value for _, value in found}) <= 1
        assert len(found) in (0, 2)


def test_the_command_makes_a_file_for_its_owner_alone(shop: Shop, tmp_path: Path) -> None:
    file, config = tmp_path / "copy.db", str(shop.connector.folder / "ledgerloop.toml")
    status, said = run("backup", str(file), "--config", config)
    assert (status, "checked" in said) == (0, True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["copy.db"]
    open_store(f"sqlite:///{file}").close()


def test_no_backup_is_overwritten(shop: Shop, tmp_path: Path) -> None:
    file, config = tmp_path / "copy.db", str(shop.connector.folder / "ledgerloop.toml")
    file.write_text("the one of yesterday")
    status, said = run("backup", str(file), "--config", config)
    assert (status, "backup_exists" in said) == (2, True)
    assert file.read_text() == "the one of yesterday"


def test_a_folder_that_is_not_there_is_told(shop: Shop, tmp_path: Path) -> None:
    config = str(shop.connector.folder / "ledgerloop.toml")
    status, said = run("backup", str(tmp_path / "none" / "copy.db"), "--config", config)
    assert (status, "database_unusable" in said or "backup_not_written" in said) == (2, True)


def test_a_damaged_database_makes_no_backup(tmp_path: Path) -> None:
    database = tmp_path / "ledgerloop.db"
    database.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
    with pytest.raises(DatabaseUnusable):
        back_up(database, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_postgresql_is_backed_up_by_its_own_program(shop: Shop, tmp_path: Path) -> None:
    config = shop.connector.folder / "postgres.toml"
    text = (shop.connector.folder / "ledgerloop.toml").read_text()
    address = f"sqlite:///{shop.connector.database}"
    assert address in text
    config.write_text(text.replace(address, "postgresql://ledgerloop:hush@db.example.com/ledgerloop"))
    status, said = run("backup", str(tmp_path / "copy.db"), "--config", str(config))
    assert (status, "backup_by_pg_dump" in said, "hush" in said) == (2, True, False)


def test_a_dump_of_postgresql_is_restored_whole(postgres: PostgresServer, tmp_path: Path) -> None:
    dumping, restoring = (postgres_program(postgres, name) for name in ("pg_dump", "pg_restore"))
    if dumping is None or restoring is None:
        pytest.skip("pg_dump is not installed")
    first, second, file = postgres.create(), postgres.create(), tmp_path / "ledgerloop.dump"
    store = open_store(first)
    Settings(store).put("main", "external_id_prefix", "EU-")
    store.close()
    subprocess.run([dumping, "--format=custom", f"--file={file}", first], check=True, capture_output=True)
    subprocess.run([restoring, "--no-owner", f"--dbname={second}", file], check=True, capture_output=True)
    restored = open_store(second)
    assert Settings(restored).get("main", "external_id_prefix") == "EU-"
    restored.close()
    postgres.drop(first)
    postgres.drop(second)
