"""The tables of the pages: what lists and searches show of a return, and what people did about returns."""

from sqlalchemy import Column, Index, Table, Text

from ledgerloop.store.columns import NUMBER, key, metadata, text_of
from ledgerloop.store.types import JsonText, Moment

return_heads = Table(
    "return_heads",
    metadata,
    key("shop"),
    key("return_id"),
    Column("order_key", Text, nullable=False),
    text_of("order_name"),
    text_of("email"),
    text_of("state"),
    text_of("outcome"),
    text_of("currency"),
    Column("amount", NUMBER, nullable=False, server_default="0"),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment),
    Column("standing", Text, nullable=False, server_default="new"),
    text_of("code"),
    text_of("sync"),
    Column("since", Moment),
    Index(None, "shop", "order_key"),
    Index("ix_return_heads_listed", "created_at", "shop", "return_id", "state", "outcome", "amount"),
    Index(None, "standing", "created_at", "shop", "return_id"),
)
"""`amount` in thousandths, whatever the currency; `standing` with code, sync and since: its most urgent answer."""

search_words = Table(
    "search_words",
    metadata,
    key("word"),
    key("shop"),
    key("order_key"),
    key("return_id"),
    Index(None, "shop", "order_key"),
)
"""Small letters; `return_id` is empty for what is of the order and all its returns."""

rests = Table(
    "rests",
    metadata,
    key("shop"),
    key("subject"),
    Column("order_key", Text, nullable=False),
    Column("kind", Text, nullable=False),
    text_of("reason"),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "shop", "order_key"),
)
"""Returns and orders that a person has put to rest: `kind` is held or handled."""

comments = Table(
    "comments",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("about", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "about", "id"),
)
"""`about` is `return:SHOP:ID`, `order:SHOP:ID` or `group:ID`, here and in the two tables below."""

assignments = Table(
    "assignments",
    metadata,
    key("about"),
    Column("name", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

snoozes = Table(
    "snoozes",
    metadata,
    key("about"),
    Column("until", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

acts = Table(
    "acts",
    metadata,
    key("by"),
    key("key"),
    Column("asked", Text, nullable=False),
    Column("answer", JsonText, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "at"),
)
"""What people did with a key of their own, so that it is done once; `asked` is the digest of what was asked."""
