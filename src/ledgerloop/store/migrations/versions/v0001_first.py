"""The first tables."""

import sqlalchemy as sa
from alembic import op

from ledgerloop.store.migrations.access_tables_first import make_access_tables
from ledgerloop.store.migrations.alert_tables_first import make_alert_tables
from ledgerloop.store.migrations.ledger_tables_first import make_ledger_tables
from ledgerloop.store.migrations.mapping_tables_first import make_mapping_tables
from ledgerloop.store.migrations.order_tables_first import make_order_tables
from ledgerloop.store.migrations.page_tables_first import make_page_tables
from ledgerloop.store.types import JsonText, Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("request", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("write", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_shop_subject"), "calls", ["shop", "subject"], unique=False)
    op.create_index(op.f("ix_calls_started_at"), "calls", ["started_at"], unique=False)
    op.create_table(
        "cursors",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("remote", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "remote", "name", name=op.f("pk_cursors")),
    )
    op.create_table(
        "netsuite_lookups",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("found", JsonText(), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "kind", "key", name=op.f("pk_netsuite_lookups")),
    )
    op.create_table(
        "loop_exchanges",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", "return_id", name=op.f("pk_loop_exchanges")),
    )
    op.create_table(
        "documents",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("internal_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), server_default="", nullable=False),
        sa.Column("created_from", sa.Text(), server_default="", nullable=False),
        sa.Column("last_modified", sa.Text(), server_default="", nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_key", "internal_id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_shop_external_id"), "documents", ["shop", "external_id"], unique=False)
    op.create_index(op.f("ix_documents_shop_internal_id"), "documents", ["shop", "internal_id"], unique=False)
    op.create_table(
        "due",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("wake_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("priority", sa.Integer(), server_default="5", nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("last_run_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("shop", "order_key", name=op.f("pk_due")),
    )
    op.create_index(op.f("ix_due_claimed_by"), "due", ["claimed_by"], unique=False)
    op.create_index(op.f("ix_due_priority_due_at"), "due", ["priority", "due_at"], unique=False)
    op.create_table(
        "executors",
        sa.Column("executor_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("beat_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("executor_id", name=op.f("pk_executors")),
    )
    op.create_table(
        "families",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.Column("complete", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("searched", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_key", name=op.f("pk_families")),
    )
    op.create_table(
        "findings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("sync", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("remedy", sa.Text(), server_default="", nullable=False),
        sa.Column("first_seen", Moment(), nullable=False),
        sa.Column("last_seen", Moment(), nullable=False),
        sa.Column("resolved_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(
        "ix_findings_open",
        "findings",
        ["code"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index(op.f("ix_findings_shop_return_id_sync"), "findings", ["shop", "return_id", "sync"], unique=False)
    op.create_table(
        "inbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("headers", JsonText(), nullable=False),
        sa.Column("subject_kind", sa.Text(), server_default="", nullable=False),
        sa.Column("subject_id", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("last_received_at", Moment(), nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("worked_at", Moment(), nullable=True),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("shop", "source", "dedupe_key", name=op.f("uq_inbox")),
    )
    op.create_index(op.f("ix_inbox_received_at"), "inbox", ["received_at"], unique=False)
    op.create_index(
        "ix_inbox_unworked",
        "inbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("worked_at IS NULL"),
        postgresql_where=sa.text("worked_at IS NULL"),
    )
    op.create_table(
        "journal",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("sync", sa.Text(), nullable=False),
        sa.Column("record_type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("draft", JsonText(), nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("internal_id", sa.Text(), server_default="", nullable=False),
        sa.Column("adopted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("error_code", sa.Text(), server_default="", nullable=False),
        sa.Column("error_message", sa.Text(), server_default="", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_journal")),
    )
    op.create_index(op.f("ix_journal_shop_order_key"), "journal", ["shop", "order_key"], unique=False)
    op.create_index(op.f("ix_journal_shop_return_id"), "journal", ["shop", "return_id"], unique=False)
    op.create_index(op.f("ix_journal_shop_state"), "journal", ["shop", "state"], unique=False)
    op.create_index(op.f("ix_journal_sync_finished_at"), "journal", ["sync", "finished_at"], unique=False)
    op.create_index(op.f("ix_journal_finished_at"), "journal", ["finished_at"], unique=False)
    op.create_table(
        "loop_returns",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=True),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("list_body", JsonText(), nullable=True),
        sa.Column("list_updated_at", Moment(), nullable=True),
        sa.Column("list_seen_at", Moment(), nullable=True),
        sa.Column("list_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("details_body", JsonText(), nullable=True),
        sa.Column("details_updated_at", Moment(), nullable=True),
        sa.Column("details_seen_at", Moment(), nullable=True),
        sa.Column("details_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("presentment_body", JsonText(), nullable=True),
        sa.Column("presentment_digest", sa.Text(), server_default="", nullable=False),
        sa.Column("failed_at", Moment(), nullable=True),
        sa.Column("failure", sa.Text(), server_default="", nullable=False),
        sa.Column("first_seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "return_id", name=op.f("pk_loop_returns")),
    )
    op.create_index(op.f("ix_loop_returns_shop_order_key"), "loop_returns", ["shop", "order_key"], unique=False)
    op.create_index(op.f("ix_loop_returns_shop_state"), "loop_returns", ["shop", "state"], unique=False)
    op.create_table(
        "outcomes",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("sync", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("remedy", sa.Text(), server_default="", nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("cause", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("shop", "return_id", "sync", name=op.f("pk_outcomes")),
    )
    op.create_index(
        op.f("ix_outcomes_kind_code_cause_since"), "outcomes", ["kind", "code", "cause", "since"], unique=False
    )
    op.create_index(op.f("ix_outcomes_code_shop_return_id"), "outcomes", ["code", "shop", "return_id"], unique=False)
    op.create_index(op.f("ix_outcomes_sync_kind_since"), "outcomes", ["sync", "kind", "since"], unique=False)
    op.create_table(
        "paces",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("taken", JsonText(), nullable=True),
        sa.Column("closed_until", Moment(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("lowered_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_paces")),
    )
    op.create_table(
        "settings",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "name", name=op.f("pk_settings")),
    )
    op.create_table(
        "shop_orders",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("body", JsonText(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=True),
        sa.Column("read_at", Moment(), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", name=op.f("pk_shop_orders")),
    )
    op.create_table(
        "slots",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=True),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("account", "slot", name=op.f("pk_slots")),
    )
    op.create_table(
        "source_order_ids",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("internal_id", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "internal_id", "order_key", name=op.f("pk_source_order_ids")),
    )
    op.create_index(op.f("ix_source_order_ids_shop_order_key"), "source_order_ids", ["shop", "order_key"], unique=False)
    op.create_table(
        "source_orders",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("documents", JsonText(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_key", name=op.f("pk_source_orders")),
    )
    op.create_table(
        "timeline",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sync", sa.Text(), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("detail", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline")),
    )
    op.create_index(op.f("ix_timeline_shop_return_id_id"), "timeline", ["shop", "return_id", "id"], unique=False)
    op.create_table(
        "transitions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_key", sa.Text(), nullable=False),
        sa.Column("return_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
    )
    op.create_index(op.f("ix_transitions_shop_order_key"), "transitions", ["shop", "order_key"], unique=False)
    op.create_table(
        "inbox_bodies",
        sa.Column(
            "inbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["inbox_id"], ["inbox.id"], name=op.f("fk_inbox_bodies_inbox"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("inbox_id", name=op.f("pk_inbox_bodies")),
    )
    rest = (
        make_order_tables,
        make_mapping_tables,
        make_ledger_tables,
        _make_feed_tables,
        make_page_tables,
        make_access_tables,
        make_alert_tables,
    )
    for make in rest:
        make()


def _make_feed_tables() -> None:
    op.create_table(
        "feeds",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("selection", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("to_upload", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("uploaded_at", Moment(), nullable=True),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feeds")),
    )
    op.create_index(op.f("ix_feeds_shop_to_upload"), "feeds", ["shop", "to_upload"], unique=False)
    op.create_table(
        "feed_orders",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("feed_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("fed_at", Moment(), nullable=False),
        sa.Column("reconciled_at", Moment(), nullable=True),
        sa.Column("taken_back_at", Moment(), nullable=True),
        sa.Column("internal_id", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_feed_orders_feeds")),
        sa.PrimaryKeyConstraint("shop", "order_id", "feed_id", name=op.f("pk_feed_orders")),
    )
    op.create_index(op.f("ix_feed_orders_feed_id"), "feed_orders", ["feed_id"], unique=False)
    op.create_index(
        "ix_feed_orders_once",
        "feed_orders",
        ["shop", "order_id"],
        unique=True,
        sqlite_where=sa.text("taken_back_at IS NULL"),
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
