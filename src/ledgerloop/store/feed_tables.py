"""The tables of feeds: every file that was ever made, and which order went out in which."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, false, text

from ledgerloop.store.columns import NUMBER, metadata
from ledgerloop.store.types import Moment

feeds = Table(
    "feeds",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("shop", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("selection", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("body", LargeBinary),
    Column("digest", Text, nullable=False),
    Column("to_upload", Boolean, nullable=False, server_default=false()),
    Column("uploaded_at", Moment),
    Column("erased_at", Moment),
    Index(None, "shop", "to_upload"),
)

feed_orders = Table(
    "feed_orders",
    metadata,
    Column("shop", Text, primary_key=True),
    Column("order_id", Text, primary_key=True),
    Column("feed_id", NUMBER, ForeignKey("feeds.id"), primary_key=True, autoincrement=False),
    Column("external_id", Text, nullable=False),
    Column("fed_at", Moment, nullable=False),
    Column("reconciled_at", Moment),
    Column("taken_back_at", Moment),
    Column("internal_id", Text, nullable=False, server_default=""),
    Index(None, "feed_id"),
    Index(
        "ix_feed_orders_once",
        "shop",
        "order_id",
        unique=True,
        sqlite_where=text("taken_back_at IS NULL"),
        postgresql_where=text("taken_back_at IS NULL"),
    ),
)
