"""Databases that hold the schema already: most tests are not about making it."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ledgerloop.store import open_store


def make_sqlite(path: Path) -> str:
    """Put a database with the schema and nothing in it at this path; gives its address."""
    path.write_bytes(_empty())
    path.chmod(0o600)
    return f"sqlite:///{path}"


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        open_store(f"sqlite:///{path}").close()
        return path.read_bytes()
