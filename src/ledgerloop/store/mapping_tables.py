"""The tables of mappings: what holds now, and every change that was ever made."""

from sqlalchemy import Column, Index, Integer, Table, Text

from ledgerloop.store.columns import NUMBER, key, metadata, text_of
from ledgerloop.store.types import JsonText, Moment

mappings = Table(
    "mappings",
    metadata,
    key("shop"),
    key("kind"),
    key("key"),
    Column("fields", JsonText, nullable=False),
    Column("version", Integer, nullable=False),
    text_of("file"),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

mapping_changes = Table(
    "mapping_changes",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("shop", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("old", JsonText),
    Column("new", JsonText),
    text_of("file"),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Index(None, "shop", "kind", "key"),
)
