"""The lists of requirements are complete, hashed, and say nothing about where packages come from."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.project import ROOT

LISTS = sorted((ROOT / "requirements").glob("*.txt"))


def packages(path: Path) -> dict[str, str]:
    """Read the entries of a list: package name -> its whole entry with hashes."""
    text = re.sub(r"\\\n", "", path.read_text())
    entries = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {re.split(r"[=<>!~\[ ;@]", entry, maxsplit=1)[0]: entry for entry in entries}


def named_in(requirements: list[str]) -> set[str]:
    names = {re.split(r"[\[=<>!~; ]", requirement, maxsplit=1)[0].lower() for requirement in requirements}
    return names - {"ledgerloop"}


def project() -> dict[str, list[str]]:
    """Read the requirements out of pyproject.toml, by extra; the plain ones under `runtime`."""
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {"runtime": table["dependencies"], **table["optional-dependencies"]}


def test_both_lists_are_there() -> None:
    assert [path.name for path in LISTS] == ["dev.txt", "runtime.txt"]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_every_package_is_pinned_and_hashed(path: Path) -> None:
    entries = packages(path).values()
    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_no_list_holds_an_address(path: Path) -> None:
    assert re.findall(r"\w+://|^-\w|^--\w.*$", path.read_text(), re.M) == []


def test_the_runtime_list_holds_everything_the_project_needs() -> None:
    assert named_in(project()["runtime"]) - set(packages(ROOT / "requirements" / "runtime.txt")) == set()


def test_the_development_list_holds_the_runtime_list_and_all_extras() -> None:
    runtime, development = (packages(ROOT / "requirements" / name) for name in ("runtime.txt", "dev.txt"))
    pins = {name: entry.split(" ", 1)[0] for name, entry in runtime.items()}
    assert {name: pin for name, pin in pins.items() if development.get(name, "").split(" ", 1)[0] != pin} == {}
    everything = {name for extra in project().values() for name in named_in(extra)}
    assert everything - set(development) == set()
