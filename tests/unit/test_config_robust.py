"""Whatever a person writes into any place of the config: a list of problems, never a crash, never a secret."""

import copy
import datetime as dt
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledgerloop.config import CODES, ConfigError, parse_config
from ledgerloop.config.checks import cross_checks
from ledgerloop.config.load import check
from ledgerloop.config.models import Config
from ledgerloop.config.resolve import resolve

SAMPLES = [Path(__file__).parent.parent / "samples" / "config" / name for name in ("full.toml", "more.toml")]

JUNK = [
    12345,
    -1,
    1.5,
    float("nan"),
    True,
    "",
    " ",
    "hidden-word \n",
    "env:",
    "file:",
    "env:NONE",
    [],
    [[]],
    {},
    {"a": {}},
]
JUNK += [dt.date(2026, 1, 1), dt.time(1, 2), "http://[", "http://x:99999", "x" * 5000, [{}], ["", 1]]


def places(table: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield every place of a document, tables and lists included."""
    items = table.items() if isinstance(table, dict) else enumerate(table) if isinstance(table, list) else ()
    for key, value in items:
        yield (*at, key)
        yield from places(value, (*at, key))


DOCUMENT: dict[str, Any] = {
    section: value for sample in SAMPLES for section, value in tomllib.loads(sample.read_text()).items()
}


def with_junk(place: tuple[str | int, ...], junk: object) -> dict[str, Any]:
    document = copy.deepcopy(DOCUMENT)
    table: Any = document
    for part in place[:-1]:
        table = table[part]
    table[place[-1]] = junk
    return document


@pytest.mark.parametrize("place", list(places(DOCUMENT)), ids=lambda place: ".".join(map(str, place)))
def test_junk_in_any_place_is_reported_not_raised(place: tuple[str | int, ...], tmp_path: Path) -> None:
    for junk in JUNK:
        with pytest.raises(ConfigError) as caught:
            check(with_junk(place, junk), {}, directory=tmp_path)
        assert {problem.code for problem in caught.value.problems} <= set(CODES)
        assert all(problem.key and problem.problem and problem.remedy for problem in caught.value.problems)
        if "secret" in str(place) or "key" in str(place[-1]) or "token" in str(place[-1]):
            assert "hidden-word" not in str(caught.value)


@given(st.text(max_size=200))
def test_any_text_is_a_config_or_a_list_of_problems(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text, {}, directory=Path())
    assert caught.value.problems


def test_the_sample_has_no_contradictions(tmp_path: Path) -> None:
    resolved = resolve(DOCUMENT, {}, tmp_path)
    assert list(cross_checks(resolved.data)) == []
    assert set(DOCUMENT) == set(Config.model_fields)
