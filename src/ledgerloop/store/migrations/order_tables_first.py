"""The tables of the order store, made by the first migration."""

import sqlalchemy as sa
from alembic import op

from ledgerloop.store.types import JsonText, Moment


def make_order_tables() -> None:
    """Make every table of the order store."""
    op.create_table(
        "order_adjustments",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("code", sa.Text(), server_default="", nullable=False),
        sa.Column("whole_order", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("rate", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", "position", name=op.f("pk_order_adjustments")),
    )
    op.create_table(
        "order_attributes",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", "position", name=op.f("pk_order_attributes")),
    )
    op.create_table(
        "order_bodies",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("read_at", Moment(), nullable=False),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("shop", "order_id", "source", name=op.f("pk_order_bodies")),
    )
    op.create_table(
        "order_communications",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("shop", "order_id", "digest", name=op.f("pk_order_communications")),
    )
    op.create_table(
        "order_identifications",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("from_at", Moment(), nullable=False),
        sa.Column("thru_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_identifications")),
    )
    op.create_index(
        op.f("ix_order_identifications_shop_order_id"), "order_identifications", ["shop", "order_id"], unique=False
    )
    op.create_index(
        op.f("ix_order_identifications_shop_type_value"),
        "order_identifications",
        ["shop", "type", "value"],
        unique=False,
    )
    op.create_table(
        "order_line_identifications",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", "line_id", "type", name=op.f("pk_order_line_identifications")),
    )
    op.create_table(
        "order_lines",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("ship_group", sa.Text(), server_default="", nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("variant_id", sa.Text(), server_default="", nullable=False),
        sa.Column("product_id", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("current", sa.Integer(), nullable=False),
        sa.Column("fulfilled", sa.Integer(), nullable=False),
        sa.Column("unit_price", sa.Text(), server_default="", nullable=False),
        sa.Column("gift_card", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("requires_shipping", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", "line_id", name=op.f("pk_order_lines")),
    )
    op.create_table(
        "order_payments",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.Column("presentment_currency", sa.Text(), server_default="", nullable=False),
        sa.Column("presentment_amount", sa.Text(), server_default="", nullable=False),
        sa.Column("processed_at", Moment(), nullable=True),
        sa.Column("parent_id", sa.Text(), server_default="", nullable=False),
        sa.Column("refund_id", sa.Text(), server_default="", nullable=False),
        sa.Column("test", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", "transaction_id", name=op.f("pk_order_payments")),
    )
    op.create_table(
        "order_refund_lines",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line_id", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("subtotal", sa.Text(), nullable=False),
        sa.Column("tax", sa.Text(), nullable=False),
        sa.Column("location_id", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", "refund_id", "position", name=op.f("pk_order_refund_lines")),
    )
    op.create_table(
        "order_refunds",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("refund_id", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=True),
        sa.Column("return_id", sa.Text(), server_default="", nullable=False),
        sa.Column("return_name", sa.Text(), server_default="", nullable=False),
        sa.Column("amount", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("shop", "order_id", "refund_id", name=op.f("pk_order_refunds")),
    )
    op.create_table(
        "order_ship_groups",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("ship_group", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), server_default="", nullable=False),
        sa.Column("location_id", sa.Text(), server_default="", nullable=False),
        sa.Column("address", JsonText(), nullable=True),
        sa.PrimaryKeyConstraint("shop", "order_id", "ship_group", name=op.f("pk_order_ship_groups")),
    )
    op.create_table(
        "order_statuses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_statuses")),
    )
    op.create_index(op.f("ix_order_statuses_shop_order_id"), "order_statuses", ["shop", "order_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("method", sa.Text(), server_default="", nullable=False),
        sa.Column("source_name", sa.Text(), server_default="", nullable=False),
        sa.Column("app_id", sa.Text(), server_default="", nullable=False),
        sa.Column("test", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("currency", sa.Text(), server_default="", nullable=False),
        sa.Column("total", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", Moment(), nullable=True),
        sa.Column("processed_at", Moment(), nullable=True),
        sa.Column("updated_at", Moment(), nullable=True),
        sa.Column("cancelled_at", Moment(), nullable=True),
        sa.Column("financial_status", sa.Text(), server_default="", nullable=False),
        sa.Column("fulfillment_status", sa.Text(), server_default="", nullable=False),
        sa.Column("customer_id", sa.Text(), server_default="", nullable=False),
        sa.Column("payments_known", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("view", JsonText(), nullable=True),
        sa.Column("digest", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("read_at", Moment(), nullable=True),
        sa.Column("stale", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.Column("erased_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("shop", "order_id", name=op.f("pk_orders")),
    )
    op.create_index(op.f("ix_orders_shop_channel_order_id"), "orders", ["shop", "channel", "order_id"], unique=False)
    op.create_index(op.f("ix_orders_shop_customer_id"), "orders", ["shop", "customer_id"], unique=False)
    op.create_index(op.f("ix_orders_shop_name"), "orders", ["shop", "name"], unique=False)
