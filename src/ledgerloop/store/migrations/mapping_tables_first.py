"""The tables of mappings, made by the first migration."""

import sqlalchemy as sa
from alembic import op

from ledgerloop.store.types import JsonText, Moment


def make_mapping_tables() -> None:
    """Make the table of mappings and that of their changes."""
    op.create_table(
        "mappings",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fields", JsonText(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "kind", "key", name=op.f("pk_mappings")),
    )
    op.create_table(
        "mapping_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("old", JsonText(), nullable=True),
        sa.Column("new", JsonText(), nullable=True),
        sa.Column("file", sa.Text(), server_default="", nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_changes")),
    )
    op.create_index(op.f("ix_mapping_changes_shop_kind_key"), "mapping_changes", ["shop", "kind", "key"], unique=False)
