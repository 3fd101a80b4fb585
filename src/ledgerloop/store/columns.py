"""What all tables have in common: their metadata, and the columns that they are made of."""

from sqlalchemy import BigInteger, Column, Integer, MetaData, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
"""What Alembic compares a database with."""

NUMBER = BigInteger().with_variant(Integer, "sqlite")
"""A running number: SQLite counts only INTEGER PRIMARY KEY by itself."""


def key(name: str) -> Column[str]:
    """A text that is part of the primary key."""
    return Column(name, Text, primary_key=True)


def text_of(name: str) -> Column[str]:
    """A text that is empty where there is none."""
    return Column(name, Text, nullable=False, server_default="")
