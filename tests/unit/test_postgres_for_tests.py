"""The tests' own databases: separate from each other, on both kinds, and honest where there is no PostgreSQL."""

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.support.postgres import SERVER_VARIABLE, NoPostgres, PostgresServer, postgres_server


def test_a_fresh_database_accepts_rows(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE seen (id INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO seen VALUES (7)"))
        assert connection.execute(text("SELECT id FROM seen")).scalars().all() == [7]
    engine.dispose()


def test_databases_of_two_tests_do_not_share_tables(postgres: PostgresServer, postgres_url: str) -> None:
    other = postgres.create()
    with psycopg.connect(other) as connection:
        connection.execute("CREATE TABLE seen (id INTEGER)")
    with psycopg.connect(postgres_url) as connection, pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("SELECT * FROM seen")
    postgres.drop(other)


def test_a_template_is_filled_once_and_copied(postgres: PostgresServer) -> None:
    def fill(url: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE seen AS SELECT 7 AS id")

    template = postgres.template("seen", fill)
    copy = postgres.create(template)
    with psycopg.connect(copy) as connection:
        assert connection.execute("SELECT id FROM seen").fetchall() == [(7,)]
    postgres.drop(copy)
    postgres.drop(template)


def test_a_server_that_does_not_answer_is_named() -> None:
    env = {SERVER_VARIABLE: "postgresql://nobody@127.0.0.1:1/none"}
    with pytest.raises(NoPostgres, match=SERVER_VARIABLE), postgres_server(env):
        pass
