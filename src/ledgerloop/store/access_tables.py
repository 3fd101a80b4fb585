"""The tables of access: who may come in, who is in, with what, and who did what."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, false

from ledgerloop.store.columns import NUMBER, key, metadata, text_of
from ledgerloop.store.types import Moment

users = Table(
    "users",
    metadata,
    key("name"),
    Column("role", Text, nullable=False),
    text_of("password_hash"),
    text_of("subject"),
    Column("disabled", Boolean, nullable=False, server_default=false()),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("last_in_at", Moment),
    Index(None, "subject"),
)

sessions = Table(
    "sessions",
    metadata,
    key("digest"),
    Column("name", Text, ForeignKey("users.name"), nullable=False),
    Column("via", Text, nullable=False),
    Column("began_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index(None, "name"),
    Index(None, "seen_at"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    key("token_id"),
    Column("name", Text, ForeignKey("users.name"), nullable=False),
    Column("role", Text, nullable=False),
    Column("digest", Text, nullable=False),
    text_of("label"),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("revoked_at", Moment),
    Index(None, "name"),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    key("digest"),
    Column("name", Text, ForeignKey("users.name"), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
    Index(None, "expires_at"),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    key("whose"),
    Column("times", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
    Column("locked_until", Moment),
    Index(None, "last_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("who", Text, nullable=False),
    Column("via", Text, nullable=False),
    Column("act", Text, nullable=False),
    text_of("about"),
    Column("detail", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Index(None, "about", "id"),
    Index(None, "who", "id"),
)
