"""A letter is handed over to a mail server: what was taken, what was not, and what nobody knows."""

import base64
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from ledgerloop.config.alerts import Email
from ledgerloop.outcome import Refused, RemoteProblem, Unclear, Unreachable
from ledgerloop.remotes.mail import send_mail
from tests.support.mailbox import Mailbox, mailbox, own_certificate


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as made:
        yield made


def to(box: Mailbox, **more: object) -> Email:
    said = {"name": "m", "host": "127.0.0.1", "port": box.port, "security": "none", "timeout_s": 5}
    return Email.model_validate({**said, "sender": "us@example.com", "to": ["a@example.com", "b@example.com"], **more})


def letter() -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "Größe fehlt"
    made.set_content("Ein Satz – mit allem.\n.\nEnde\n")
    return made


def test_a_letter_arrives_whole(box: Mailbox) -> None:
    assert send_mail(to(box), letter()) == ""
    (taken,) = box.letters
    assert taken["Subject"] == "Größe fehlt"
    assert taken.get_content().splitlines() == ["Ein Satz – mit allem.", ".", "Ende"]  # type: ignore[attr-defined]
    assert [one for one in box.heard if one.startswith("rcpt")] == [
        "rcpt TO:<a@example.com>",
        "rcpt TO:<b@example.com>",
    ]


def test_login_and_letter_go_encrypted(tmp_path: Path) -> None:
    shown, trusted = own_certificate(tmp_path)
    with mailbox(shown) as box:
        config = to(box, security="starttls", user="us", password="secret")
        send_mail(config, letter(), tls=trusted)
        assert box.heard.index("STARTTLS") < box.heard.index("AUTH")
        assert base64.b64decode(box.logins[0]) == b"\0us\0secret"
        assert len(box.letters) == 1


def test_a_server_that_shows_another_certificate_gets_nothing(tmp_path: Path) -> None:
    shown, _ = own_certificate(tmp_path)
    with mailbox(shown) as box:
        with pytest.raises(Unreachable, match="CERTIFICATE_VERIFY_FAILED"):
            send_mail(to(box, security="starttls", user="us", password="secret"), letter())
        assert (box.letters, box.logins) == ([], [])


def test_a_server_without_encryption_gets_nothing(box: Mailbox) -> None:
    with pytest.raises(Refused, match="STARTTLS"):
        send_mail(to(box, security="starttls", user="us", password="secret"), letter())
    assert (box.letters, box.logins) == ([], [])


NOT_TAKEN: dict[str, tuple[dict[str, str], type[RemoteProblem], str]] = {
    "no reader is taken": ({"RCPT": "550 unknown"}, Refused, "a@example.com \\(550 unknown\\)"),
    "the sender is refused": ({"MAIL": "553 not you"}, Refused, "553: not you"),
    "the letter is refused": ({".": "554 spam"}, Refused, "554: spam"),
    "later": ({".": "451 try later"}, Refused, "451: try later"),
    "broken off before": ({"MAIL": ""}, Unreachable, "cannot be reached"),
    "broken off while the letter is announced": ({"DATA": ""}, Unreachable, "cannot be reached"),
    "broken off after the letter": ({".": ""}, Unclear, "the answer was lost"),
}


@pytest.mark.parametrize("what", NOT_TAKEN)
def test_what_is_not_taken_is_told_apart_from_what_nobody_knows(box: Mailbox, what: str) -> None:
    box.says, kind, words = NOT_TAKEN[what]
    with pytest.raises(kind, match=words):
        send_mail(to(box), letter())
    assert box.letters == []


def test_a_letter_that_some_readers_get_is_taken_with_a_remark(box: Mailbox) -> None:
    box.says = {"rcpt TO:<b@example.com>": "550 unknown"}
    assert send_mail(to(box), letter()) == "not taken for b@example.com (550 unknown)"
    assert len(box.letters) == 1


def test_a_server_that_is_not_there_is_unreachable() -> None:
    with mailbox() as gone:
        config = to(gone)
    with pytest.raises(Unreachable, match="ConnectionRefusedError"):
        send_mail(config, letter())
