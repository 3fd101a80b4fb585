"""The few statements that SQLite and PostgreSQL spell apart, and rows locked before they are changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, RowMapping, Table, and_, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ColumnElement

T = TypeVar("T")

BATCH = 400
"""Keys per IN list: well below SQLite's limit of variables, and PostgreSQL plans such lists quickly."""


def insert(dialect: str | Connection, table: Table) -> Any:
    """Begin an INSERT that knows ON CONFLICT; both dialects spell it the same way from here on."""
    name = dialect if isinstance(dialect, str) else dialect.dialect.name
    return sqlite.insert(table) if name == "sqlite" else postgresql.insert(table)


def put(tx: Connection, table: Table, keys: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Insert the row, or set `values` on the one that has these keys."""
    statement = insert(tx, table).values(**keys, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=list(keys), set_=dict(values)))


def put_all(tx: Connection, table: Table, keys: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns, or overwrite those that have the same keys.

    In the order of their keys, so that two processes never wait for each other's rows crosswise.
    """
    statement = insert(tx, table)
    new = {name: statement.excluded[name] for name in rows[0] if name not in keys}
    tx.execute(
        statement.on_conflict_do_update(index_elements=list(keys), set_=new),
        sorted(rows, key=lambda row: [str(row[name]) for name in keys]),
    )


def of_order(table: Table, *columns: str, key: str = "order_key") -> Any:
    """Prepare a select of a case's rows, bound to `of_shop` and `of_order`.

    Made once and used for ever: what is read for every look at a case is not put together and compiled each time.
    """
    shown: list[Any] = [table.c[name] for name in columns] or [table]
    return select(*shown).where(table.c.shop == bindparam("of_shop"), table.c[key] == bindparam("of_order"))


def where(table: Table, keys: Mapping[str, Any]) -> ColumnElement[bool]:
    """Say which row is meant."""
    return and_(*(table.c[name] == value for name, value in keys.items()))


def locked(tx: Connection, table: Table, keys: Mapping[str, Any], first: Mapping[str, Any]) -> tuple[RowMapping, bool]:
    """Give the row with these keys, locked until the transaction ends, and whether it was made now from `first`."""
    wanted = select(table).where(where(table, keys)).with_for_update()
    row = tx.execute(wanted).mappings().first()
    if row is not None:
        return row, False
    added = insert(tx, table).values(**keys, **first).on_conflict_do_nothing().returning(table.c[next(iter(keys))])
    is_new = tx.execute(added).first() is not None
    return tx.execute(wanted).mappings().one(), is_new


def batches(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """Cut into lists that fit one statement."""
    rest = iter(values)
    while some := list(islice(rest, BATCH)):
        yield some
