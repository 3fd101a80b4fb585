"""`users` and `audit` as commands: the first admin, what they come in with, and a chain that was tampered with."""

import json
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ledgerloop.clock import utc_now
from tests.support import processes
from tests.support.web import CONFIG, PASSWORD, Site, csrf_in, site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a config, its key and a database that is made already."""
    database = f"sqlite:///{tmp_path}/l.db"
    with site(database, tmp_path):
        text = CONFIG.format(database=database, public_url="https://returns.example.com", server="")
        (tmp_path / "ledgerloop.toml").write_text(text)
    return tmp_path


def run(folder: Path, *words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    config = str(folder / "ledgerloop.toml")
    environment = {"LEDGERLOOP_LOG": "debug", **environment}
    return processes.run(*words, "--config", config, typed=stdin, timeout_s=60, **environment)


def document(folder: Path, *words: str, stdin: str = "") -> Any:
    done = run(folder, *words, "--json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def visit(folder: Path) -> Any:
    return site(f"sqlite:///{folder}/l.db", folder)


def now(here: Site) -> Site:
    here.clock.now = utc_now()
    return here


def test_the_first_admin_comes_in_with_the_password_that_was_piped(folder: Path) -> None:
    done = run(folder, "users", "add", "Anna", "--role", "admin", stdin=f"{PASSWORD}\n")
    assert (done.returncode, done.stdout) == (0, "anna may come in as admin.\n")
    assert PASSWORD not in done.stderr
    with visit(folder) as here:
        assert now(here).sign_in("anna").status == 303
    assert run(folder, "users", "list").stdout.startswith("anna  admin  password  20")


def test_a_password_from_the_environment_and_a_new_one(folder: Path) -> None:
    run(folder, "users", "add", "ben", LEDGERLOOP_PASSWORD=PASSWORD)
    assert run(folder, "users", "password", "ben", stdin="another good one\n").returncode == 0
    with visit(folder) as here:
        assert now(here).sign_in("ben").status == 401
        assert here.sign_in("ben", "another good one").status == 303


def test_what_is_refused_is_said_and_changes_nothing(folder: Path) -> None:
    for stdin, why in (("short\n", "fewer than 12"), ("", "There is no password")):
        done = run(folder, "users", "add", "anna", stdin=stdin)
        assert (done.returncode, done.stdout) == (2, "")
        assert why in done.stderr
    assert document(folder, "users", "list") == {"users": []}


def test_a_token_is_shown_once_and_works_until_it_is_revoked(folder: Path) -> None:
    document(folder, "users", "add", "bi", "--no-password")
    made = document(folder, "users", "token", "bi", "--label", "reports")
    assert (made["role"], made["label"]) == ("viewer", "reports")
    assert run(folder, "users", "token", "bi", "--role", "admin").returncode == 2
    carried = {"Authorization": f"Bearer {made['token']}"}
    with visit(folder) as here:
        assert now(here).client.get("/no-such-page", headers=carried).status_code == 404
    listed = run(folder, "users", "tokens").stdout
    assert made["id"] in listed
    assert made["token"].rpartition("_")[2] not in listed
    assert document(folder, "users", "revoke", made["id"])["revoked"] == made["id"]
    with visit(folder) as here:
        assert now(here).client.get("/no-such-page", headers=carried).status_code == 401


def test_a_link_signs_in_who_has_no_password(folder: Path) -> None:
    document(folder, "users", "add", "carl", "--no-password")
    url = run(folder, "users", "link", "carl").stdout.strip()
    assert url.startswith("https://returns.example.com/sign-in/link/")
    with visit(folder) as here:
        path = url.removeprefix("https://returns.example.com")
        proof = csrf_in(now(here).client.get(path).text)
        assert here.client.post(path, data={"csrf": proof}).status_code == 303
        assert here.client.get("/no-such-page").status_code == 404


def test_no_link_is_printed_that_leads_nowhere(folder: Path) -> None:
    document(folder, "users", "add", "carl", "--no-password")
    config = folder / "ledgerloop.toml"
    config.write_text(config.read_text().replace("https://returns.example.com", "") + "\n")
    there = run(folder, "users", "link", "carl").stdout
    assert there.startswith("http://127.0.0.1:8080/sign-in/link/")
    config.write_text(config.read_text().replace("[server]", "[server]\nport = 0"))
    done = run(folder, "users", "link", "carl")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Set server.public_url to the address that browsers take" in done.stderr


@pytest.mark.soak
def test_the_chain_holds_every_change_and_no_secret(folder: Path) -> None:
    document(folder, "users", "add", "anna", stdin=f"{PASSWORD}\n")
    made = document(folder, "users", "token", "anna")
    url = document(folder, "users", "link", "anna")["url"]
    document(folder, "users", "disable", "anna")
    deeds = document(folder, "audit", "list")["audit"]
    assert [one["act"] for one in deeds] == ["user_disable", "link_make", "token_make", "user_add"]
    assert {one["via"] for one in deeds} == {"command"}
    said = json.dumps(deeds)
    secrets = (PASSWORD, made["token"].rpartition("_")[2], url.rpartition("/")[2], "argon2")
    assert [one for one in secrets if one in said] == []


TAMPERED = {
    "UPDATE audit SET detail = replace(detail, 'operator', 'viewer') WHERE id = 2": "row 2 was changed",
    "DELETE FROM audit WHERE id = 1": "row 1 is missing",
    "INSERT INTO audit SELECT 3, at, who, via, act, about, detail, hash, hash FROM audit WHERE id = 2": (
        "row 3 was changed"
    ),
}
"""What somebody did to the chain in the database, and what is found."""


def test_a_changed_a_removed_and_an_inserted_row_are_found(folder: Path) -> None:
    document(folder, "users", "add", "anna", "--no-password")
    document(folder, "users", "role", "anna", "operator")
    whole = document(folder, "audit", "verify")
    assert (whole["whole"], whole["rows"]) == (True, 2)
    assert run(folder, "audit", "verify", "--holds", whole["newest_hash"]).returncode == 0
    for change, fault in TAMPERED.items():
        kept = (folder / "l.db").read_bytes()
        with closing(sqlite3.connect(folder / "l.db")) as database:
            database.execute(change)
            database.commit()
        done = run(folder, "audit", "verify")
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"The chain is broken: {fault}.\n")
        (folder / "l.db").write_bytes(kept)
