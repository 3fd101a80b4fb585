"""The tables of the books: facts and their entries, which are only ever added to, and how far each case was entered."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, false, text

from ledgerloop.store.columns import NUMBER, key, metadata, text_of
from ledgerloop.store.types import JsonText, Moment

facts = Table(
    "facts",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("shop", Text, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("currency", Text, nullable=False),
    text_of("on_date"),
    Column("open", Boolean, nullable=False, server_default=false()),
    Column("shows", JsonText, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default=false()),
    Column("entered_at", Moment, nullable=False),
    UniqueConstraint("shop", "order_key", "key", "version"),
    Index(None, "shop", "subject"),
    Index(None, "shop", "on_date"),
    Index("ix_facts_open", "shop", sqlite_where=text("open"), postgresql_where=text("open")),
    Index(
        "ix_facts_later", "shop", "entered_at", sqlite_where=text("version > 1"), postgresql_where=text("version > 1")
    ),
)
"""A later version replaces the one before; `withdrawn` says that the system no longer shows it."""

entries = Table(
    "entries",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("fact_id", NUMBER, ForeignKey("facts.id"), nullable=False),
    Column("shop", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", NUMBER, nullable=False),
    text_of("on_date"),
    Column("reverses", Boolean, nullable=False, server_default=false()),
    Index(None, "fact_id"),
    Index(None, "shop", "account", "currency", "on_date"),
)
"""`amount` in the currency's smallest unit, debit positive; `reverses`: takes back an entry of the version before."""

account_days = Table(
    "account_days",
    metadata,
    key("shop"),
    key("account"),
    key("currency"),
    key("on_date"),
    Column("debit", NUMBER, nullable=False),
    Column("credit", NUMBER, nullable=False),
)
"""What the entries of a day come to: kept with every entering, so that no page adds all entries up. `on_date` is empty
for entries without a date; amounts in the currency's smallest unit.
"""

book_cases = Table(
    "book_cases",
    metadata,
    key("shop"),
    key("order_key"),
    Column("mark", Text, nullable=False),
    Column("entered_at", Moment, nullable=False),
)
"""How far each case was entered; the mark of what was shown then."""

book_packs = Table(
    "book_packs",
    metadata,
    key("hash"),
    Column("made_at", Moment, nullable=False),
    text_of("from_date"),
    text_of("to_date"),
    Column("rows", Integer, nullable=False),
)
"""The packs that were made, by their hash."""
