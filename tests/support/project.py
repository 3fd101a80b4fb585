"""The project's own files, for the rules of the house."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The directory of pyproject.toml."""

CACHES = {".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache", "__pycache__"}
"""Directories that tools write."""

SKIPPED = CACHES | {".git", ".venv", "site", "dist", "build"}
"""Directories that hold nothing of our own."""


@cache
def project_files() -> tuple[Path, ...]:
    """List the files that belong to the project: what git tracks or would track, else what lies in its directories."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
        names = [name for name in done.stdout.split("\0") if name]
        found = [ROOT / name for name in names]
    except (OSError, subprocess.CalledProcessError):
        found = [path for path in ROOT.rglob("*") if not SKIPPED & set(path.relative_to(ROOT).parts)]
    return tuple(sorted(path for path in found if path.is_file() and not path.is_symlink()))


def text_of(path: Path) -> str:
    """Read a file as text; nothing for pictures and other binaries."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def name_of(path: Path) -> str:
    """Name a file as a person would, from the project's directory."""
    return path.relative_to(ROOT).as_posix()


def python_files(*rooms: str) -> list[Path]:
    """List Python files below some directories of the project."""
    return [path for path in project_files() if path.suffix == ".py" and name_of(path).startswith(rooms)]
