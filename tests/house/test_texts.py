"""What no file may hold: secrets, paths of somebody's machine, addresses of package registries, loose ends."""

import re

import pytest

from tests.support.project import name_of, project_files, python_files, text_of

PATTERNS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{40}",
    "a Shopify token": r"shp(at|ca|pa|ss|ua)_[0-9a-fA-F]{32}",
    "a key of a cloud": r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of a code host": r"\bgh[pousr]_[A-Za-z0-9]{36}\b",
    "a path of a machine": r"(?<![\w.:/-])/(?:(?:home|root|Users|opt|mnt|work|workspace)/[A-Za-z])",
    "a path of a Windows machine": r"\b[A-Z]:\\Users\\",
    "an address of a package registry": r"(?:"
    + "|".join(
        (r"py" + r"pi\.org", r"python" + r"hosted\.org", r"registry\.npm" + r"js\.org", r"proxy\.golang" + r"\.org")
    )
    + r")",
    "an index option": r"--(?:extra-)?index-" + r"url[ =]|--find-" + r"links[ =]",
    "a mark of a merge": r"^(?:<{7}|>{7}) ",
}


@pytest.mark.parametrize("what", PATTERNS)
def test_no_file_holds(what: str) -> None:
    pattern = re.compile(PATTERNS[what], re.M)
    found = [f"{name_of(path)}: {match[0]}" for path in project_files() if (match := pattern.search(text_of(path)))]
    assert found == []


@pytest.mark.parametrize("word", ["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error"])
def test_no_loose_end_is_left(word: str) -> None:
    files = python_files("src/", "tests/", "bench/")
    assert [name_of(path) for path in files if re.search(rf"\b{word}\b", text_of(path))] == []


def test_every_text_ends_with_one_line_end() -> None:
    kinds = {".py", ".md", ".toml", ".yml", ".graphql", ".html", ".css", ".in", ".txt"}
    texts = [path for path in project_files() if path.suffix in kinds and text_of(path)]
    assert [name_of(path) for path in texts if not text_of(path).endswith("\n") or text_of(path).endswith("\n\n")] == []
