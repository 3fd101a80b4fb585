"""The tables of alerts: which causes stood when, what was told of them to whom, and what became of each message."""

from sqlalchemy import Column, Index, Integer, Table, Text, text

from ledgerloop.store.columns import key, metadata, text_of
from ledgerloop.store.types import JsonText, Moment

alert_causes = Table(
    "alert_causes",
    metadata,
    key("cause"),
    Column("begun_at", Moment, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("shown", JsonText, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Index(
        "ix_alert_causes_standing",
        "cause",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(None, "ended_at"),
)
"""A cause that has gone and comes anew is another row; `shown` is what people read of it."""

alerts_told = Table(
    "alerts_told",
    metadata,
    key("channel"),
    key("cause"),
    Column("begun_at", Moment, primary_key=True),
    Column("message", Text, nullable=False),
)
"""Which message told a cause to a channel: one, whoever decides it; a digest is a cause of its own here."""

alerts_sent = Table(
    "alerts_sent",
    metadata,
    key("id"),
    Column("channel", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("document", JsonText, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", Moment),
    Column("changed_at", Moment, nullable=False),
    text_of("problem"),
    Index(None, "state", "next_at"),
    Index(None, "made_at"),
)
"""Every message: `state` is due, sending, sent, unclear or failed; `next_at` when it may be attempted."""
