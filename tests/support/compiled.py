"""Statements are compiled once in a test process, not once in a database: compiling them was a quarter of a `sync`.

SQLAlchemy keeps what it compiled for each engine apart, and tests have a database, and so an engine, of their own each.
Here all engines of the store keep it together, for which dialects of one kind count as one.
"""

from functools import partial

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

from ledgerloop.store import connect


def share_compiled_statements() -> None:
    """Let every store of this process use what another one has compiled."""
    patch = pytest.MonkeyPatch()
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        patch.setattr(kind, "__eq__", lambda one, other: type(one) is type(other))
        patch.setattr(kind, "__hash__", lambda one: hash(type(one)))
    together: dict[str, LRUCache[object, object]] = {"compiled_cache": LRUCache(2000)}
    patch.setattr(connect, "create_engine", partial(create_engine, execution_options=together))
