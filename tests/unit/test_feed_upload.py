"""Feeds are put on a server by SFTP, and only on the one whose key is known."""

from collections.abc import Iterator
from typing import Any

import asyncssh
import pytest
from pydantic import SecretStr, ValidationError

from ledgerloop.operate.feeds.sftp import upload
from ledgerloop.outcome import Unreachable
from ledgerloop.store.feeds import Feed
from tests.support.database import NOW
from tests.support.sftp import Server, sftp_server

FEED = Feed(12, "main", "sales-orders", "others", "csv", NOW, 1, 1, b"customer\r\n17\r\n", None)
NAME = "sales-orders-main-000012.csv"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with sftp_server(tmp_path_factory.mktemp("sftp")) as running:
        yield running


def test_a_feed_lies_on_the_server_whole_and_alone(server: Server) -> None:
    (server.folder / "in").mkdir()

    upload(server.settings(folder="/in/"), FEED)

    assert [one.name for one in (server.folder / "in").iterdir()] == [NAME]
    assert (server.folder / "in" / NAME).read_bytes() == FEED.body


def test_uploading_it_once_more_changes_nothing(server: Server) -> None:
    upload(server.settings(), FEED)
    upload(server.settings(private_key=None, password="let-me-in"), FEED)

    assert (server.folder / NAME).read_bytes() == FEED.body
    assert not list(server.folder.glob("*.part"))


def test_a_server_with_another_key_gets_nothing(server: Server) -> None:
    other = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()
    (server.folder / NAME).unlink(missing_ok=True)

    with pytest.raises(Unreachable) as problem:
        upload(server.settings(known_hosts=f"[127.0.0.1]:{server.port} {other}"), FEED)

    assert problem.value.code == "sftp_unknown_host"
    assert not (server.folder / NAME).exists()


def test_a_server_that_does_not_know_us_says_so(server: Server) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()

    with pytest.raises(Unreachable) as problem:
        upload(server.settings(private_key=stranger), FEED)

    assert problem.value.code == "sftp_refused"


@pytest.mark.parametrize("changes", [{"folder": "/nowhere"}, {"port": 1}, {"known_hosts": "x ssh-ed25519 AAAAnot"}])
def test_whatever_else_goes_wrong_is_told(server: Server, changes: dict[str, Any]) -> None:
    with pytest.raises(Unreachable) as problem:
        upload(server.settings(**changes), FEED)

    assert problem.value.code in ("sftp_failed", "sftp_unknown_host")
    assert "127.0.0.1" in str(problem.value)


@pytest.mark.parametrize(
    "changes",
    [{"known_hosts": "example.com"}, {"known_hosts": ""}, {"private_key": "ssh-ed25519 AAAA"}, {"folder": "a\x00b"}],
)
def test_a_server_that_cannot_be_meant_is_refused_when_the_config_is_read(
    server: Server, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError):
        server.settings(**changes)


def test_the_key_is_no_part_of_what_is_shown(server: Server) -> None:
    shown = repr(server.settings(password="let-me-in"))
    assert "let-me-in" not in shown
    assert "BEGIN" not in shown
    assert isinstance(server.settings().private_key, SecretStr)
