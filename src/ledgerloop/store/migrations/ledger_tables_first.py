"""The tables of the books, made by the first migration."""

import sqlalchemy as sa
from alembic import op

from ledgerloop.store.types import JsonText, Moment


def make_ledger_tables() -> None:
    """Make the tables of facts, entries, cases and packs."""
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "facts",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Text(), server_default="", nullable=False),
        sa.Column("open", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("shows", JsonText(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
        sa.UniqueConstraint("shop", "order_key", "key", "version", name=op.f("uq_facts")),
    )
    op.create_index(op.f("ix_facts_shop_subject"), "facts", ["shop", "subject"], unique=False)
    op.create_index(op.f("ix_facts_shop_on_date"), "facts", ["shop", "on_date"], unique=False)
    op.create_index(
        "ix_facts_open",
        "facts",
        ["shop"],
        unique=False,
        sqlite_where=sa.text("open"),
        postgresql_where=sa.text("open"),
    )
    op.create_index(
        "ix_facts_later",
        "facts",
        ["shop", "entered_at"],
        unique=False,
        sqlite_where=sa.text("version > 1"),
        postgresql_where=sa.text("version > 1"),
    )
    op.create_table(
        "entries",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("fact_id", number, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", number, nullable=False),
        sa.Column("on_date", sa.Text(), server_default="", nullable=False),
        sa.Column("reverses", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["fact_id"], ["facts.id"], name=op.f("fk_entries_facts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entries")),
    )
    op.create_index(op.f("ix_entries_fact_id"), "entries", ["fact_id"], unique=False)
    op.create_index(
        op.f("ix_entries_shop_account_currency_on_date"),
        "entries",
        ["shop", "account", "currency", "on_date"],
        unique=False,
    )
    op.create_table(
        "account_days",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Text(), nullable=False),
        sa.Column("debit", number, nullable=False),
        sa.Column("credit", number, nullable=False),
        sa.PrimaryKeyConstraint("shop", "account", "currency", "on_date", name=op.f("pk_account_days")),
    )
    op.create_table(
        "book_cases",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("entered_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_key", name=op.f("pk_book_cases")),
    )
    op.create_table(
        "book_packs",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("from_date", sa.Text(), server_default="", nullable=False),
        sa.Column("to_date", sa.Text(), server_default="", nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_book_packs")),
    )
