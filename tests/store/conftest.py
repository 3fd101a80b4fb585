"""An open store on a fresh database."""

from collections.abc import Iterator

import pytest

from ledgerloop.store import Store, open_store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """An open store on each database."""
    opened = open_store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_url(tmp_path: object) -> str:
    """The address of a SQLite file not made yet."""
    return f"sqlite:///{tmp_path}/ledgerloop.db"
