"""Bytes of a TOML file -> Config, or everything that is wrong with it."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from ledgerloop.config.checks import cross_checks
from ledgerloop.config.models import Config
from ledgerloop.config.problems import ConfigError, Problem
from ledgerloop.config.resolve import Loc, Resolved, resolve
from ledgerloop.config.translate import translate


def load_config(path: Path, env: Mapping[str, str]) -> Config:
    """Read the config file at `path`. Raises ConfigError with every problem found."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        remedy = "Write one with `ledgerloop init`, or name another with --config or LEDGERLOOP_CONFIG"
        raise ConfigError([Problem("config_not_found", str(path), "there is no such file", remedy)]) from None
    except UnicodeDecodeError as error:
        problem = Problem("config_unreadable", str(path), f"byte {error.start} is not UTF-8", "Save the file as UTF-8")
        raise ConfigError([problem]) from None
    except OSError as error:
        problem = Problem("config_unreadable", str(path), f"{error.strerror}", "Correct the path or its permissions")
        raise ConfigError([problem]) from None
    return parse_config(text, env, directory=path.parent, source=path)


def parse_config(text: str, env: Mapping[str, str], *, directory: Path, source: Path | None = None) -> Config:
    """Read a config from its text; `file:` is relative to `directory`. Raises ConfigError with every problem found."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError([_syntax(str(error), source)], source) from None
    return check(raw, env, directory=directory, source=source)


def check(raw: Mapping[str, object], env: Mapping[str, str], *, directory: Path, source: Path | None = None) -> Config:
    """Check a config that is read already. Raises ConfigError with every problem found."""
    resolved = resolve(raw, env, directory)
    found: list[tuple[Loc, Problem]] = []
    config = None
    try:
        config = Config.model_validate(resolved.data)
    except ValidationError as error:
        found = [translate(detail, resolved) for detail in error.errors(include_url=False)]
    found += cross_checks(resolved.data)
    problems = resolved.problems + [problem for loc, problem in found if loc not in resolved.failed]
    if problems or config is None:
        raise ConfigError(_in_file_order(problems, resolved), source)
    return config


def _syntax(message: str, source: Path | None) -> Problem:
    at = re.search(r"\(at line (\d+), column (\d+)\)", message)
    where = (
        f"line {at[1]}, column {at[2]}" if at else "the end of the file" if "end of document" in message else "the file"
    )
    what = re.sub(r"\s*\(at [^)]*\)", "", message)
    what = what[:1].lower() + what[1:]
    remedy = "Texts stand in quotes, sections in brackets; only one mistake of this kind can be found at a time"
    return Problem("config_syntax", f"{source.name if source else 'config'}, {where}", what, remedy)


def _in_file_order(problems: list[Problem], resolved: Resolved) -> list[Problem]:
    sections = list(resolved.data)

    def position(problem: Problem) -> tuple[int, int]:
        root, _, rest = problem.key.partition("[")
        root = root.partition(".")[0]
        number = rest.partition("]")[0]
        return (sections.index(root) if root in sections else len(sections), int(number) if number.isdigit() else 0)

    return sorted(problems, key=position)
