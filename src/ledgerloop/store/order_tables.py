"""The tables of the order store: orders, and beside each what it consists of.

`orders.view` is the whole typed order; the tables beside it show the same for reports and lists, and are rewritten
with it.
"""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text, false

from ledgerloop.store.columns import NUMBER, key, metadata, text_of
from ledgerloop.store.types import JsonText, Moment

orders = Table(
    "orders",
    metadata,
    key("shop"),
    key("order_id"),
    text_of("name"),
    text_of("channel"),
    text_of("method"),
    text_of("source_name"),
    text_of("app_id"),
    Column("test", Boolean, nullable=False, server_default=false()),
    text_of("currency"),
    text_of("total"),
    Column("created_at", Moment),
    Column("processed_at", Moment),
    Column("updated_at", Moment),
    Column("cancelled_at", Moment),
    text_of("financial_status"),
    text_of("fulfillment_status"),
    text_of("customer_id"),
    Column("payments_known", Boolean, nullable=False, server_default=false()),
    Column("view", JsonText),
    text_of("digest"),
    text_of("source"),
    Column("read_at", Moment),
    Column("stale", Boolean, nullable=False, server_default=false()),
    text_of("problem"),
    Column("erased_at", Moment),
    Index(None, "shop", "name"),
    Index(None, "shop", "channel", "order_id"),
    Index(None, "shop", "customer_id"),
)
"""`view` is null while the order was only seen in a list, or could not be read; `problem` says why it could not."""

order_lines = Table(
    "order_lines",
    metadata,
    key("shop"),
    key("order_id"),
    key("line_id"),
    Column("position", Integer, nullable=False),
    text_of("ship_group"),
    text_of("sku"),
    text_of("title"),
    text_of("variant_id"),
    text_of("product_id"),
    Column("quantity", Integer, nullable=False),
    Column("current", Integer, nullable=False),
    Column("fulfilled", Integer, nullable=False),
    text_of("unit_price"),
    Column("gift_card", Boolean, nullable=False, server_default=false()),
    Column("requires_shipping", Boolean, nullable=False, server_default=false()),
)

order_adjustments = Table(
    "order_adjustments",
    metadata,
    key("shop"),
    key("order_id"),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    text_of("line_id"),
    text_of("title"),
    text_of("code"),
    Column("whole_order", Boolean, nullable=False, server_default=false()),
    text_of("rate"),
    Column("amount", Text, nullable=False),
)
"""Discounts (negative), taxes, shipping charges and tips; `line_id` is empty for what is not of one line."""

order_ship_groups = Table(
    "order_ship_groups",
    metadata,
    key("shop"),
    key("order_id"),
    key("ship_group"),
    text_of("method"),
    text_of("location_id"),
    Column("address", JsonText),
)

order_payments = Table(
    "order_payments",
    metadata,
    key("shop"),
    key("order_id"),
    key("transaction_id"),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    text_of("gateway"),
    Column("amount", Text, nullable=False),
    text_of("presentment_currency"),
    text_of("presentment_amount"),
    Column("processed_at", Moment),
    text_of("parent_id"),
    text_of("refund_id"),
    Column("test", Boolean, nullable=False, server_default=false()),
)

order_refunds = Table(
    "order_refunds",
    metadata,
    key("shop"),
    key("order_id"),
    key("refund_id"),
    Column("created_at", Moment),
    text_of("return_id"),
    text_of("return_name"),
    Column("amount", Text, nullable=False),
)
"""`amount` is what its successful transactions paid out."""

order_refund_lines = Table(
    "order_refund_lines",
    metadata,
    key("shop"),
    key("order_id"),
    key("refund_id"),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("line_id", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("subtotal", Text, nullable=False),
    Column("tax", Text, nullable=False),
    text_of("location_id"),
)

order_attributes = Table(
    "order_attributes",
    metadata,
    key("shop"),
    key("order_id"),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    text_of("value"),
)

order_communications = Table(
    "order_communications",
    metadata,
    key("shop"),
    key("order_id"),
    key("digest"),
    Column("kind", Text, nullable=False),
    text_of("content"),
    Column("seen_at", Moment, nullable=False),
    Column("erased_at", Moment),
)
"""What was said about an order: every note that it ever had is an event of its own."""

order_statuses = Table(
    "order_statuses",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("shop", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "shop", "order_id"),
)
"""The history: a row for each status that an order was seen to take."""

order_identifications = Table(
    "order_identifications",
    metadata,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("shop", Text, nullable=False),
    Column("order_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("from_at", Moment, nullable=False),
    Column("thru_at", Moment),
    Index(None, "shop", "order_id"),
    Index(None, "shop", "type", "value"),
)

order_line_identifications = Table(
    "order_line_identifications",
    metadata,
    key("shop"),
    key("order_id"),
    key("line_id"),
    key("type"),
    Column("value", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

order_bodies = Table(
    "order_bodies",
    metadata,
    key("shop"),
    key("order_id"),
    key("source"),
    Column("body", LargeBinary),
    Column("digest", Text, nullable=False),
    Column("read_at", Moment, nullable=False),
    Column("erased_at", Moment),
)
"""The raw body that each way of reading gave last, packed; null once it was erased, its digest stays."""

PARTS = (
    order_lines,
    order_adjustments,
    order_ship_groups,
    order_payments,
    order_refunds,
    order_refund_lines,
    order_attributes,
)
"""Tables that are rewritten with every version of an order."""
