"""Every code a person can meet has a heading in docs/errors.md with cause and remedy, and no heading is without."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.project import ROOT, python_files

PAGE = ROOT / "docs" / "errors.md"

TABLES = (
    "ledgerloop.config",
    "ledgerloop.remotes.loop.errors",
    "ledgerloop.remotes.netsuite.errors",
    "ledgerloop.remotes.shopify.errors",
    "ledgerloop.web.api.answers",
)
"""Modules with a table `CODES`."""

POSITIONS = {
    "Attention": 0,
    "Waiting": 0,
    "wait": 2,
    "DatabaseUnusable": 0,
    "Finding": 0,
    "_refuse": 0,
    "Reason": 0,
    "Problem": 0,
    "warning": 0,
    "broken": 0,
    "Refused": 1,
    "NotThere": 1,
    "CredentialsRefused": 1,
    "Unreachable": 1,
    "Throttled": 1,
    "Unclear": 1,
    "ActRefused": 0,
    "refusal": 1,
    "said": 4,
}
"""Where a call that tells a person something carries its code."""

NO_CODE = {"log.warning", "warnings.warn", "logging.warning"}
"""Calls of the same names that tell nothing to a person."""

_CODE = re.compile(r"[a-z][a-z0-9_]+")


def _literals(node: ast.expr) -> Iterator[str]:
    """The texts an argument can be: a literal, or either side of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)


def _codes_of(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) not in NO_CODE:
            position = POSITIONS.get(ast.unparse(node.func).rpartition(".")[2])
            if position is not None and len(node.args) > position:
                yield from _literals(node.args[position])
            elif position is not None:
                yield from (code for one in node.keywords if one.arg == "code" for code in _literals(one.value))
        elif isinstance(node, ast.ClassDef):
            for one in node.body:
                if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "code":
                    yield from _literals(one.value)


def _codes_in_source() -> set[str]:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in python_files("src/ledgerloop/")]
    return {code for tree in trees for code in _codes_of(tree) if code}


def _codes_of_syncs() -> set[str]:
    """What the docstrings of the syncs promise."""
    found: set[str] = set()
    for path in python_files("src/ledgerloop/syncs/"):
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        named = re.search(r"^Waits:(.*?)^Source:", docstring, re.MULTILINE | re.DOTALL)
        found |= set(re.findall(r"[a-z]+(?:_[a-z]+)+", named[1])) if named else set()
    return found


def _codes_of_tables() -> set[str]:
    return {code for name in TABLES for code in importlib.import_module(name).CODES}


@cache
def codes() -> list[str]:
    """Every code that the program can tell."""
    return sorted(_codes_in_source() | _codes_of_syncs() | _codes_of_tables())


def _sections() -> list[tuple[str, str]]:
    parts = re.split(r"^## (.*)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def test_the_headings_are_exactly_the_codes() -> None:
    assert sorted(heading for heading, _ in _sections()) == codes()


def test_every_code_is_a_plain_word() -> None:
    assert [code for code in codes() if not _CODE.fullmatch(code)] == []


@pytest.mark.parametrize(("code", "text"), _sections(), ids=[code for code, _ in _sections()])
def test_a_heading_is_followed_by_a_cause_and_a_remedy(code: str, text: str) -> None:
    cause, _, remedy = text.split("\n---\n", maxsplit=1)[0].partition("**Remedy.**")
    assert (cause.strip().endswith("."), remedy.strip().endswith(".")) == (True, True), code
