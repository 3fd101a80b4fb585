"""The documentation agrees with itself and with the code: links, codes of the syncs, keys of the config."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledgerloop.config.schema import sections

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("docs/**/*.md"), ROOT / "README.md"])
SYNC_PAGES = ROOT / "docs" / "syncs"
SYNC_MODULES = ROOT / "src" / "ledgerloop" / "syncs"
SYNCS = sorted(path.stem for path in SYNC_MODULES.glob("*.py") if not path.stem.startswith("_"))

OVERVIEWS = {"mission", "stories"}
"""Pages in docs/syncs that are about all syncs together."""

_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.MULTILINE)
_CODE_NAME = re.compile(r"[a-z]+(?:_[a-z]+)+")


def _links(page: Path) -> Iterator[str]:
    text = _CODE.sub("`code`", _FENCE.sub("", page.read_text(encoding="utf-8")))
    for target in _LINK.findall(text):
        if not re.match(r"[a-z][a-z+.-]*:", target):
            yield target


def _anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(_FENCE.sub("", page.read_text(encoding="utf-8")))
    plain = (re.sub(r"[`*]|\]\([^)]*\)|\[", "", heading).strip().lower() for heading in headings)
    return {re.sub(r"[\s]+", "-", re.sub(r"[^\w\s-]", "", heading)) for heading in plain}


def _broken(page: Path) -> Iterator[str]:
    for target in _links(page):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists():
            yield f"{target}: no such file"
        elif anchor and there.suffix == ".md" and anchor not in _anchors(there):
            yield f"{target}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    assert list(_broken(page)) == []


def test_every_sync_has_a_page_and_every_page_a_sync() -> None:
    pages = {path.stem for path in SYNC_PAGES.glob("*.md")} - OVERVIEWS
    assert pages == set(SYNCS)


def _codes_of_module(sync: str) -> set[str]:
    docstring = ast.get_docstring(ast.parse((SYNC_MODULES / f"{sync}.py").read_text(encoding="utf-8"))) or ""
    named = re.search(r"^Waits:(.*?)^Source:", docstring, re.MULTILINE | re.DOTALL)
    assert named is not None, f"{sync} begins without Waits, Attention and Source"
    return set(_CODE_NAME.findall(named[1]))


def _codes_of_page(sync: str) -> set[str]:
    text = (SYNC_PAGES / f"{sync}.md").read_text(encoding="utf-8")
    parts = re.findall(r"^## When it (?:waits|needs attention)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return set(re.findall(r"^\| `([a-z_]+)` \|", "\n".join(parts), re.MULTILINE))


@pytest.mark.parametrize("sync", SYNCS)
def test_the_page_of_a_sync_explains_exactly_the_codes_that_it_names(sync: str) -> None:
    assert _codes_of_page(sync) == _codes_of_module(sync)


def _tests_of(row: str) -> list[str]:
    return re.findall(r"`([\w/]+\.py::\w+)`", row)


def _is_there(named: str) -> bool:
    file, _, name = named.partition("::")
    path = ROOT / "tests" / file
    functions = ast.parse(path.read_text(encoding="utf-8")).body if path.exists() else []
    return any(isinstance(one, ast.FunctionDef) and one.name == name for one in functions)


def test_every_test_that_is_named_as_proof_is_there() -> None:
    named = [one for page in sorted(OVERVIEWS) for one in _tests_of((SYNC_PAGES / f"{page}.md").read_text())]
    assert [one for one in named if not _is_there(one)] == []


STORIES = [*range(4, 18), *range(35, 41), 45, 50]
"""Numbers of the stories about settlement and books."""


def test_every_story_about_money_has_its_tests() -> None:
    text = (SYNC_PAGES / "stories.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == STORIES
    assert [number for number, row in rows if not _tests_of(row)] == []


def test_every_sentence_of_what_was_asked_for_has_its_proof() -> None:
    text = (SYNC_PAGES / "mission.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 19))
    assert [number for number, row in rows if not _tests_of(row)] == []


def _explained() -> dict[str, set[str]]:
    """Keys by table, as configure.md explains them: the first column of the rows below the table's heading."""
    text = (ROOT / "docs" / "operate" / "configure.md").read_text(encoding="utf-8")
    result: dict[str, set[str]] = {}
    for heading, body in re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL):
        keys = {
            key for cell in re.findall(r"^\| ([^|]*) \|", body, re.MULTILINE) for key in re.findall(r"`(\w+)`", cell)
        }
        for table in re.findall(r"`\[+([\w.]+)\]+`", heading):
            result[table] = keys
    return result


def test_every_key_of_the_config_is_explained_under_its_table() -> None:
    explained = _explained()
    known = {
        f"{table}.{key}" for table, model in sections() if table and table != INSIDE_A_ROW for key in model.model_fields
    }
    missing = {
        path
        for path in known
        if path not in explained and path.rpartition(".")[2] not in explained[path.rpartition(".")[0]]
    }
    assert sorted(missing) == []


INSIDE_A_ROW = "shops.policy.refund_rules"
"""A table that is explained in one row, because it is written in one line."""
