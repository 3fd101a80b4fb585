"""Every table, one per noun. Migrations make them; `tests/store/test_migrations.py` proves that both agree."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from ledgerloop.store import (
    access_tables,
    alert_tables,
    feed_tables,
    ledger_tables,
    mapping_tables,
    order_tables,
    page_tables,
)
from ledgerloop.store.columns import NUMBER as _NUMBER
from ledgerloop.store.columns import key as _key
from ledgerloop.store.columns import metadata
from ledgerloop.store.columns import text_of as _text
from ledgerloop.store.types import JsonText, Moment

__all__ = [
    "access_tables",
    "alert_tables",
    "feed_tables",
    "ledger_tables",
    "mapping_tables",
    "metadata",
    "order_tables",
    "page_tables",
]

inbox = Table(
    "inbox",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("shop", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("dedupe_key", Text, nullable=False),
    Column("headers", JsonText, nullable=False),
    _text("subject_kind"),
    _text("subject_id"),
    Column("received_at", Moment, nullable=False),
    Column("last_received_at", Moment, nullable=False),
    Column("times", Integer, nullable=False, server_default="1"),
    Column("worked_at", Moment),
    _text("note"),
    UniqueConstraint("shop", "source", "dedupe_key"),
    Index(
        "ix_inbox_unworked", "id", sqlite_where=text("worked_at IS NULL"), postgresql_where=text("worked_at IS NULL")
    ),
    Index(None, "received_at"),
)

inbox_bodies = Table(
    "inbox_bodies",
    metadata,
    Column("inbox_id", _NUMBER, ForeignKey("inbox.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("body", LargeBinary),
    Column("digest", Text, nullable=False),
    Column("erased_at", Moment),
)

due = Table(
    "due",
    metadata,
    _key("shop"),
    _key("order_key"),
    Column("generation", Integer, nullable=False),
    Column("due_at", Moment),
    Column("wake_at", Moment),
    _text("reason"),
    Column("priority", Integer, nullable=False, server_default="5"),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    Column("last_run_at", Moment),
    Index(None, "priority", "due_at"),
    Index(None, "claimed_by"),
)

loop_returns = Table(
    "loop_returns",
    metadata,
    _key("shop"),
    _key("return_id"),
    Column("order_key", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("updated_at", Moment),
    _text("digest"),
    Column("stale", Boolean, nullable=False, server_default=false()),
    Column("list_body", JsonText),
    Column("list_updated_at", Moment),
    Column("list_seen_at", Moment),
    _text("list_digest"),
    Column("details_body", JsonText),
    Column("details_updated_at", Moment),
    Column("details_seen_at", Moment),
    _text("details_digest"),
    Column("presentment_body", JsonText),
    _text("presentment_digest"),
    Column("failed_at", Moment),
    _text("failure"),
    Column("first_seen_at", Moment, nullable=False),
    Index(None, "shop", "order_key"),
    Index(None, "shop", "state"),
)

shop_orders = Table(
    "shop_orders",
    metadata,
    _key("shop"),
    _key("order_id"),
    Column("body", JsonText, nullable=False),
    Column("digest", Text, nullable=False),
    Column("updated_at", Moment),
    Column("read_at", Moment, nullable=False),
    Column("stale", Boolean, nullable=False, server_default=false()),
)

source_orders = Table(
    "source_orders",
    metadata,
    _key("shop"),
    _key("order_key"),
    Column("documents", JsonText, nullable=False),
    Column("digest", Text, nullable=False),
    Column("read_at", Moment, nullable=False),
    Column("stale", Boolean, nullable=False, server_default=false()),
)

source_order_ids = Table(
    "source_order_ids",
    metadata,
    _key("shop"),
    _key("internal_id"),
    _key("order_key"),
    Index(None, "shop", "order_key"),
)

families = Table(
    "families",
    metadata,
    _key("shop"),
    _key("order_key"),
    Column("read_at", Moment),
    Column("complete", Boolean, nullable=False, server_default=false()),
    Column("stale", Boolean, nullable=False, server_default=false()),
    _text("searched"),
)

documents = Table(
    "documents",
    metadata,
    _key("shop"),
    _key("order_key"),
    _key("internal_id"),
    Column("type", Text, nullable=False),
    _text("external_id"),
    _text("created_from"),
    _text("last_modified"),
    Column("body", JsonText, nullable=False),
    Column("digest", Text, nullable=False),
    Column("read_at", Moment, nullable=False),
    Index(None, "shop", "internal_id"),
    Index(None, "shop", "external_id"),
)

journal = Table(
    "journal",
    metadata,
    _key("key"),
    Column("shop", Text, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("return_id", Text, nullable=False),
    Column("sync", Text, nullable=False),
    Column("record_type", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("draft", JsonText, nullable=False),
    _text("reason"),
    Column("decided_at", Moment, nullable=False),
    Column("sent_at", Moment),
    Column("finished_at", Moment),
    _text("internal_id"),
    Column("adopted", Boolean, nullable=False, server_default=false()),
    _text("error_code"),
    _text("error_message"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Index(None, "shop", "order_key"),
    Index(None, "shop", "return_id"),
    Index(None, "shop", "state"),
    Index(None, "sync", "finished_at"),
    Index(None, "finished_at"),
)

timeline = Table(
    "timeline",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("shop", Text, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("return_id", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    _text("sync"),
    Column("text", Text, nullable=False),
    Column("detail", JsonText, nullable=False),
    Index(None, "shop", "return_id", "id"),
)

transitions = Table(
    "transitions",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("shop", Text, nullable=False),
    Column("order_key", Text, nullable=False),
    Column("return_id", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "shop", "order_key"),
)

outcomes = Table(
    "outcomes",
    metadata,
    _key("shop"),
    _key("return_id"),
    _key("sync"),
    Column("kind", Text, nullable=False),
    _text("code"),
    _text("text"),
    _text("remedy"),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    _text("cause"),
    Index(None, "kind", "code", "cause", "since"),
    Index(None, "code", "shop", "return_id"),
    Index(None, "sync", "kind", "since"),
)

findings = Table(
    "findings",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("shop", Text, nullable=False),
    Column("return_id", Text, nullable=False),
    Column("sync", Text, nullable=False),
    Column("code", Text, nullable=False),
    _text("text"),
    _text("remedy"),
    Column("first_seen", Moment, nullable=False),
    Column("last_seen", Moment, nullable=False),
    Column("resolved_at", Moment),
    Index(None, "shop", "return_id", "sync"),
    Index(
        "ix_findings_open",
        "code",
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
)

netsuite_lookups = Table(
    "netsuite_lookups",
    metadata,
    _key("shop"),
    _key("kind"),
    _key("key"),
    Column("found", JsonText, nullable=False),
    Column("read_at", Moment, nullable=False),
    Column("stale", Boolean, nullable=False, server_default=false()),
)

loop_exchanges = Table(
    "loop_exchanges",
    metadata,
    _key("shop"),
    _key("order_id"),
    _key("return_id"),
)

cursors = Table(
    "cursors",
    metadata,
    _key("shop"),
    _key("remote"),
    _key("name"),
    Column("value", Text, nullable=False),
)

calls = Table(
    "calls",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("shop", Text, nullable=False),
    Column("remote", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("status", Integer),
    Column("outcome", Text, nullable=False),
    _text("subject"),
    _text("request"),
    _text("answer"),
    Column("write", Boolean, nullable=False),
    Index(None, "shop", "subject"),
    Index(None, "started_at"),
)

slots = Table(
    "slots",
    metadata,
    _key("account"),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("holder", Text),
    Column("leased_until", Moment),
)

paces = Table(
    "paces",
    metadata,
    _key("key"),
    Column("taken", JsonText),
    Column("closed_until", Moment),
    Column("share", Integer),
    Column("lowered_at", Moment),
)

executors = Table(
    "executors",
    metadata,
    _key("executor_id"),
    Column("kind", Text, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("beat_at", Moment, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    _key("shop"),
    _key("name"),
    Column("value", Text, nullable=False),
)
