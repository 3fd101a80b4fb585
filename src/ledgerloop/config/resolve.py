"""Replace `env:NAME` and `file:PATH` by what they stand for, wherever they occur."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ledgerloop.config.problems import Problem
from ledgerloop.config.suggest import did_you_mean

Loc = tuple[str | int, ...]
"""Where a value is: keys and list positions from the root of the document."""

LARGEST_FILE = 65_536
"""Bytes of a `file:`; keys and tokens are a few kilobytes, more is a mistake."""

UNRESOLVED = "unresolved"
"""Stands where a reference could not be resolved, so that the rest of the document can still be checked."""


@dataclass
class Resolved:
    """A document without references, and where the references were."""

    data: dict[str, object] = field(default_factory=dict)
    references: dict[Loc, str] = field(default_factory=dict)
    """`env:NAME` or `file:PATH` by place; shown instead of the value."""
    failed: set[Loc] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def key_path(loc: Loc) -> str:
    """Write a place as an operator reads it: `shops[0].loop.api_key`."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            name = part if part.replace("_", "").replace("-", "").isalnum() else f'"{part}"'
            path += f".{name}" if path else name
    return path


def resolve(raw: Mapping[str, object], env: Mapping[str, str], directory: Path) -> Resolved:
    """Resolve every reference of a document; what cannot be resolved becomes a problem, never an exception."""
    resolved = Resolved()
    data = _walk(raw, (), env, directory, resolved)
    assert isinstance(data, dict)  # noqa: S101  (a mapping went in)
    resolved.data = data
    return resolved


def _walk(value: object, loc: Loc, env: Mapping[str, str], directory: Path, into: Resolved) -> object:
    if isinstance(value, Mapping):
        return {str(key): _walk(item, (*loc, str(key)), env, directory, into) for key, item in value.items()}
    if isinstance(value, list):
        return [_walk(item, (*loc, position), env, directory, into) for position, item in enumerate(value)]
    if not isinstance(value, str) or not value.startswith(("env:", "file:")):
        return value
    into.references[loc] = value
    kind, _, name = value.partition(":")
    found = _from_env(name, env, loc) if kind == "env" else _from_file(name, directory, loc)
    if isinstance(found, Problem):
        into.problems.append(found)
        into.failed.add(loc)
        return UNRESOLVED
    return found


def _from_env(name: str, env: Mapping[str, str], loc: Loc) -> str | Problem:
    if name in env:
        return env[name].strip()
    hint = did_you_mean(name, env) if name else ""
    what = f"the environment variable {name} is not set" if name else "env: names no variable"
    remedy = f"{hint} Set {name} before starting, or write another source here" if name else "Write env:NAME"
    return Problem("config_env_missing", key_path(loc), what, remedy.strip(), f"env:{name}")


def _from_file(name: str, directory: Path, loc: Loc) -> str | Problem:
    path = directory / Path(name).expanduser()
    try:
        if not name or path.is_dir():
            return _file_problem(name, loc, "is a directory" if name else "names no file")
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            return _file_problem(name, loc, f"is larger than {LARGEST_FILE} bytes")
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        return _file_problem(name, loc, "is not text in UTF-8")
    except FileNotFoundError:
        return _file_problem(name, loc, "does not exist")
    except PermissionError:
        return _file_problem(name, loc, "may not be read by this user")
    except (OSError, ValueError, RuntimeError) as error:
        return _file_problem(name, loc, f"cannot be read: {type(error).__name__}")


def _file_problem(name: str, loc: Loc, what: str) -> Problem:
    remedy = "Paths are relative to the directory of the config file. Correct the path or the file's permissions"
    return Problem(
        "config_file_unreadable", key_path(loc), f"the file {name or 'file:'} {what}", remedy, f"file:{name}"
    )
