"""`ledgerloop init`: options instead of questions, questions for the rest, and never over a file that is there."""

import subprocess
from pathlib import Path

from tests.support.processes import run

OPTIONS = (
    "--shop",
    "eu",
    "--domain",
    "shop.myshopify.com",
    "--account",
    "7654321",
    "--public-url",
    "https://r.example.com",
)


def init(folder: Path, *options: str, answers: str = "") -> subprocess.CompletedProcess[str]:
    return run("init", "--config", str(folder / "ledgerloop.toml"), *options, typed=answers)


def test_options_answer_every_question(tmp_path: Path) -> None:
    done = init(tmp_path, *OPTIONS)
    text = (tmp_path / "ledgerloop.toml").read_text()
    assert (done.returncode, "ledgerloop doctor" in done.stdout) == (0, True)
    wanted = (
        'id = "eu"',
        'domain = "shop.myshopify.com"',
        'account = "7654321"',
        'public_url = "https://r.example.com"',
    )
    assert [one for one in wanted if one not in text] == []


def test_questions_are_asked_on_stderr_and_answered_on_stdin(tmp_path: Path) -> None:
    done = init(tmp_path, "--shop", "main", answers="shop.myshopify.com\n7654321_SB1\n-\n")
    text = (tmp_path / "ledgerloop.toml").read_text()
    assert (done.returncode, "Shopify domain" in done.stderr, "Shopify domain" in done.stdout) == (0, True, False)
    assert ('account = "7654321_SB1"' in text, 'public_url = ""' in text) == (True, True)


def test_where_nobody_answers_the_defaults_are_written(tmp_path: Path) -> None:
    assert (init(tmp_path).returncode, 'id = "main"' in (tmp_path / "ledgerloop.toml").read_text()) == (0, True)


def test_an_option_that_is_not_allowed_writes_nothing(tmp_path: Path) -> None:
    done = init(tmp_path, *OPTIONS, "--domain", "https://shop.myshopify.com/admin")
    assert (done.returncode, (tmp_path / "ledgerloop.toml").exists()) == (1, False)
    assert "Write the name alone" in done.stderr


def test_a_file_that_is_there_stays_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "ledgerloop.toml"
    path.write_text("mine")
    assert (init(tmp_path, *OPTIONS).returncode, path.read_text()) == (1, "mine")
    assert (init(tmp_path, *OPTIONS, "--force").returncode, path.read_text() == "mine") == (0, False)
