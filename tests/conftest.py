"""Databases for the tests, and the last line that says whether PostgreSQL was among them."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from ledgerloop.store import open_store
from tests.support.compiled import share_compiled_statements
from tests.support.made import make_sqlite
from tests.support.postgres import REQUIRE_VARIABLE, NoPostgres, PostgresServer, postgres_server

share_compiled_statements()

TESTED = pytest.StashKey[str]()
"""On which PostgreSQL the tests of this process ran."""

NOT_TESTED = pytest.StashKey[str]()
"""Why the tests of this process could not run on PostgreSQL."""


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """What a test or a command run in this process sets up for logs ends with the test."""
    shown, handlers = structlog.get_config(), list(logging.getLogger().handlers)
    yield
    structlog.configure(**shown)
    logging.getLogger().handlers[:] = handlers


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """The PostgreSQL server of this session; tests that need it are skipped, with the reason, where there is none."""
    try:
        with postgres_server() as server:
            request.config.stash[TESTED] = server.origin
            yield server
    except NoPostgres as reason:
        request.config.stash[NOT_TESTED] = str(reason)
        if os.environ.get(REQUIRE_VARIABLE) == "1":
            pytest.fail(f"PostgreSQL is required here, but {reason}", pytrace=False)
        pytest.skip(f"no PostgreSQL: {reason}")


@pytest.fixture(scope="session")
def postgres_template(postgres: PostgresServer) -> Iterator[str]:
    """The name of a PostgreSQL database that holds the schema and nothing in it."""
    name = postgres.template("schema", lambda url: open_store(url).close())
    yield name
    postgres.drop(name)


@pytest.fixture
def postgres_url(postgres: PostgresServer, postgres_template: str) -> Iterator[str]:
    """A PostgreSQL database of its own that holds the schema and nothing in it."""
    url = postgres.create(postgres_template)
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with the schema and nothing in it: the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return make_sqlite(tmp_path / "ledgerloop.db")
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def new_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    postgres: PostgresServer = request.getfixturevalue("postgres")
    url = postgres.create()
    yield url
    postgres.drop(url)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The machine first: each of its tests takes a minute or more, and would keep a parallel run waiting at its end."""
    items.sort(key=lambda item: "tests/machine" not in item.nodeid)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that prints what this one saw."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["postgres_tested"] = session.config.stash.get(TESTED, "")
        output["postgres_not_tested"] = session.config.stash.get(NOT_TESTED, "")


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Collect what the processes of a parallel run saw."""
    output = getattr(node, "workeroutput", {})
    for key, name in ((TESTED, "postgres_tested"), (NOT_TESTED, "postgres_not_tested")):
        if output.get(name):
            node.config.stash[key] = output[name]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Print the last line of the run."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    if config.stash.get(NOT_TESTED, ""):
        reporter.write_line(f"PostgreSQL was NOT tested: {config.stash[NOT_TESTED]}", yellow=True)
    elif config.stash.get(TESTED, ""):
        reporter.write_line(f"PostgreSQL was tested: {config.stash[TESTED]}")
