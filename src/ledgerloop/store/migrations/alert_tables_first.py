"""The tables of alerts, made by the first migration."""

import sqlalchemy as sa
from alembic import op

from ledgerloop.store.types import JsonText, Moment


def make_alert_tables() -> None:
    """Make the tables of causes, of what was told, and of messages."""
    op.create_table(
        "alert_causes",
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("shown", JsonText(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("cause", "begun_at", name=op.f("pk_alert_causes")),
    )
    op.create_index(
        "ix_alert_causes_standing",
        "alert_causes",
        ["cause"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(op.f("ix_alert_causes_ended_at"), "alert_causes", ["ended_at"], unique=False)
    op.create_table(
        "alerts_told",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "cause", "begun_at", name=op.f("pk_alerts_told")),
    )
    op.create_table(
        "alerts_sent",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("document", JsonText(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts_sent")),
    )
    op.create_index(op.f("ix_alerts_sent_state_next_at"), "alerts_sent", ["state", "next_at"], unique=False)
    op.create_index(op.f("ix_alerts_sent_made_at"), "alerts_sent", ["made_at"], unique=False)
