"""Small rooms: files of 400 lines and functions of 50 at most; every module says what it is.

Migrations are exempt from the length of functions: each is one list of steps, written once and never changed.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.support.project import name_of, python_files

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_SYNC = 150
MOST_LINES_OF_A_FUNCTION = 50


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name_of(path)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_file_is_too_long() -> None:
    assert [(name_of(path), lines(path)) for path in python_files("src/") if lines(path) > MOST_LINES_OF_A_FILE] == []


def test_no_sync_is_too_long() -> None:
    syncs = python_files("src/ledgerloop/syncs/")
    assert [(name_of(path), lines(path)) for path in syncs if lines(path) > MOST_LINES_OF_A_SYNC] == []


def test_no_function_is_too_long() -> None:
    ours = [path for path in python_files("src/") if "migrations" not in path.parts]
    found = [function for path in ours for function in functions(path)]
    assert [(name, length) for name, length in found if length > MOST_LINES_OF_A_FUNCTION] == []


def test_every_module_says_what_it_is() -> None:
    modules = [path for path in python_files("src/", "tests/", "bench/") if path.read_text().strip()]
    assert [name_of(path) for path in modules if ast.get_docstring(ast.parse(path.read_text())) is None] == []
