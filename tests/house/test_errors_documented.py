"""Every code a person can meet has a heading in docs/errors.md, and every heading there is a code."""

import importlib
import re

from ledgerloop.config import CODES
from tests.support.project import ROOT

REGISTRIES = ("ledgerloop.domain.codes", "ledgerloop.outcome")
"""Modules that may hold a table `CODES` of code -> meaning, beside the config's."""


def codes() -> set[str]:
    found = set(CODES)
    for name in REGISTRIES:
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:
            continue
        found |= set(getattr(module, "CODES", ()))
    return found


def test_every_code_has_a_heading() -> None:
    text = (ROOT / "docs" / "errors.md").read_text()
    headings = set(re.findall(r"^#{2,4} `?([a-z][a-z0-9_]+)`?\s*$", text, re.M))
    assert sorted(codes() - headings) == []
