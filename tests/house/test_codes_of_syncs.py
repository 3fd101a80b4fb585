"""A sync names every code that it can answer with, those of the domain that it calls included."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.support.project import ROOT

PACKAGE = ROOT / "src" / "ledgerloop"

WHERE = {"Attention": 0, "Waiting": 0, "wait": 2}
"""Which argument of an answer is its code."""

Place = tuple[str, str]
"""A function: its module, as `domain.review`, and its name."""


@cache
def module(name: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8"))


@cache
def functions(name: str) -> dict[str, ast.FunctionDef]:
    return {one.name: one for one in module(name).body if isinstance(one, ast.FunctionDef)}


@cache
def imported(name: str) -> dict[str, Place]:
    """What a module takes from the domain, by the name that it uses."""
    found: dict[str, Place] = {}
    for one in module(name).body:
        if isinstance(one, ast.ImportFrom) and (one.module or "").startswith("ledgerloop.domain."):
            source = str(one.module).removeprefix("ledgerloop.")
            found.update({alias.asname or alias.name: (source, alias.name) for alias in one.names})
    return found


def reachable(start: Place, seen: set[Place]) -> set[Place]:
    """Every function that may be called from here."""
    name, function = start
    if start in seen or function not in functions(name):
        return seen
    seen.add(start)
    for node in ast.walk(functions(name)[function]):
        if isinstance(node, ast.Name):
            reachable(imported(name).get(node.id, (name, node.id)), seen)
    return seen


def codes(place: Place) -> Iterator[str]:
    name, function = place
    for node in ast.walk(functions(name)[function]):
        position = WHERE.get(ast.unparse(node.func)) if isinstance(node, ast.Call) else None
        if position is not None and isinstance(node, ast.Call) and len(node.args) > position:
            code = node.args[position]
            if isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value:
                yield code.value


@pytest.mark.parametrize("sync", sorted(p.stem for p in (PACKAGE / "syncs").glob("*.py") if p.stem[0] != "_"))
def test_a_sync_names_exactly_the_codes_that_it_can_answer_with(sync: str) -> None:
    docstring = ast.get_docstring(module(f"syncs.{sync}")) or ""
    named = re.search(r"^Waits:(.*?)^Source:", docstring, re.MULTILINE | re.DOTALL)
    assert named is not None
    can = {code for place in reachable((f"syncs.{sync}", "next_write"), set()) for code in codes(place)}
    assert set(re.findall(r"[a-z]+(?:_[a-z]+)+", named[1])) == can
