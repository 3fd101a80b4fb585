"""The tables of the pages, made by the first migration."""

import sqlalchemy as sa
from alembic import op

from ledgerloop.store.types import JsonText, Moment


def make_page_tables() -> None:
    """Make the tables of heads and words, and of what people did."""
    _make_heads()
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "rests",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "subject", name=op.f("pk_rests")),
    )
    op.create_index(op.f("ix_rests_shop_order_key"), "rests", ["shop", "order_key"], unique=False)
    op.create_table(
        "comments",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index(op.f("ix_comments_about_id"), "comments", ["about", "id"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("about", name=op.f("pk_assignments")),
    )
    op.create_table(
        "snoozes",
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("about", name=op.f("pk_snoozes")),
    )
    op.create_table(
        "acts",
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("answer", JsonText(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("by", "key", name=op.f("pk_acts")),
    )
    op.create_index(op.f("ix_acts_at"), "acts", ["at"], unique=False)


def _make_heads() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "return_heads",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("order_name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), server_default="", nullable=False),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", number, server_default="0", nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=True),
        sa.Column("standing", sa.Text(), server_default="new", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("sync", sa.Text(), server_default="", nullable=False),
        sa.Column("since", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("shop", "return_id", name=op.f("pk_return_heads")),
    )
    for names in (
        ["shop", "order_key"],
        ["standing", "created_at", "shop", "return_id"],
    ):
        op.create_index(op.f(f"ix_return_heads_{'_'.join(names)}"), "return_heads", names, unique=False)
    listed = ["created_at", "shop", "return_id", "state", "outcome", "amount"]
    op.create_index("ix_return_heads_listed", "return_heads", listed, unique=False)
    op.create_table(
        "search_words",
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("word", "shop", "order_key", "return_id", name=op.f("pk_search_words")),
    )
    op.create_index(op.f("ix_search_words_shop_order_key"), "search_words", ["shop", "order_key"], unique=False)
