"""`ledgerloop init` writes a file that loads, asks four questions, and never overwrites unasked."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ledgerloop.cli.init import ENVIRONMENT, InitRefused, next_steps, run
from ledgerloop.config import Config, load_config
from ledgerloop.config.schema import sections
from tests.support.keys import ec_key

ENV = {name: f"value-of-{name.lower().replace('_', '-')}" for name in ENVIRONMENT}


def answering(*answers: str) -> tuple[Callable[[str, str], str], list[str]]:
    asked: list[str] = []
    remaining = list(answers)

    def ask(question: str, default: str) -> str:
        asked.append(question)
        return remaining.pop(0)

    return ask, asked


def written(tmp_path: Path, *answers: str) -> Config:
    ask, _ = answering(*answers)
    path = run(tmp_path / "ledgerloop.toml", ask)
    (tmp_path / "netsuite.pem").write_text(ec_key())
    return load_config(path, ENV)


def test_the_written_file_loads_with_the_answers_in_it(tmp_path: Path) -> None:
    config = written(tmp_path, "eu", "shoes.myshopify.com", "7654321", "https://returns.shoes.example")
    shop = config.shop("eu")
    assert shop.shopify.url == "https://shoes.myshopify.com"
    assert shop.netsuite.url == "https://7654321.suitetalk.api.netsuite.com"
    assert config.server.public_url == "https://returns.shoes.example"


def test_the_written_policy_is_the_default(tmp_path: Path) -> None:
    config = written(tmp_path, "", "", "", "")
    shop = config.shop("main")
    assert shop.policy == type(shop.policy)()
    assert shop.netsuite.fields == type(shop.netsuite.fields)()
    assert config.server.public_url == ""


def test_every_key_of_the_config_is_in_the_written_file(tmp_path: Path) -> None:
    ask, _ = answering("", "", "", "")
    text = run(tmp_path / "ledgerloop.toml", ask).read_text()
    not_for_beginners = {"base_url", "timeout_s", "client_secret", "record", "gateway"}
    known = {key for _, model in sections() for key in model.model_fields} - not_for_beginners
    assert sorted(key for key in known if key not in text) == []


def test_four_questions_are_asked(tmp_path: Path) -> None:
    ask, asked = answering("", "", "", "")
    run(tmp_path / "ledgerloop.toml", ask)
    assert len(asked) == 4


def test_a_wrong_answer_is_asked_again_with_the_reason(tmp_path: Path) -> None:
    ask, asked = answering("", "https://shoes.myshopify.com", "shoes.myshopify.com", "", "")
    run(tmp_path / "ledgerloop.toml", ask)
    assert "without https://" in asked[2]


def test_it_gives_up_after_three_wrong_answers_and_writes_nothing(tmp_path: Path) -> None:
    ask, _ = answering("a b", "a b", "a b")
    with pytest.raises(InitRefused, match="letters, digits"):
        run(tmp_path / "ledgerloop.toml", ask)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_kept_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "ledgerloop.toml"
    path.write_text("mine")
    with pytest.raises(InitRefused, match="--force"):
        run(path, answering()[0])
    assert path.read_text() == "mine"
    run(path, answering("", "", "", "")[0], force=True)
    assert path.read_text() != "mine"


def test_the_next_steps_name_every_variable(tmp_path: Path) -> None:
    steps = next_steps(tmp_path / "ledgerloop.toml")
    assert [name for name in ENVIRONMENT if name not in steps] == []
