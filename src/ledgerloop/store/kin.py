"""What is known of many cases at once, as far as reading them again needs it: a few statements, however many cases."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from ledgerloop.domain.case import WriteState
from ledgerloop.store.order_tables import order_payments, orders
from ledgerloop.store.sql import batches
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import documents, journal, loop_returns, shop_orders, source_order_ids, source_orders

MADE_FROM_NOTHING = ("customerRefund", "customerDeposit")
"""Record types of ours that NetSuite may not show as made from anything."""

CHARGE = "CashSale"
ALONE = documents.c.created_from == ""
"""What a person enters for an exchange that never came back: a cash sale made from nothing."""

MAY_EXIST = (WriteState.SENT.value, WriteState.UNCLEAR.value)
"""States of a write whose record may exist although no answer says so."""


@dataclass
class Known:
    """One case. `parents` are internal ids that records may have been made from; `lost` keys of records never answered;
    `refunds` keys of customer refunds and deposits that we decided. `credited`: we wrote a credit memo;
    `deposits` what our deposits on an order that is sent may be named after; `charges` internal ids of what a person
    entered for an exchange that never came back. `refund_ids` are Shopify's, `customer_ids` those of the order's
    records in NetSuite.
    """

    parents: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    refunds: set[str] = field(default_factory=set)
    return_ids: set[str] = field(default_factory=set)
    deposits: set[str] = field(default_factory=set)
    charges: set[str] = field(default_factory=set)
    refund_ids: set[str] = field(default_factory=set)
    customer_ids: set[str] = field(default_factory=set)
    credited: bool = False
    order_names: list[str] = field(default_factory=list)


class Kin:
    """Looks many cases up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(
        self, shop: str, order_keys: Collection[str], parent_types: Collection[str], channels: Collection[str] = ()
    ) -> dict[str, Known]:
        """Give what is known of each of these cases; `parent_types` are types of record that others are made from,
        `channels` those whose orders are sent ("*": all).
        """
        known = {key: Known() for key in order_keys}
        with self._store.reading() as tx:
            for some in batches(order_keys):
                mine = {"shop": shop}
                ids = select(source_order_ids.c.order_key, source_order_ids.c.internal_id).filter_by(**mine)
                made = select(documents.c.order_key, documents.c.internal_id).filter_by(**mine)
                for wanted in (ids, made.where(documents.c.type.in_(parent_types))):
                    for key, internal_id in tx.execute(_within(wanted, some)):
                        known[key].parents.add(internal_id)
                for key, internal_id in tx.execute(_within(made.where(documents.c.type == CHARGE, ALONE), some)):
                    known[key].charges.add(internal_id)
                _writes(tx, shop, some, known)
                _payments(tx, shop, some, channels, known)
                _naming(tx, shop, some, known)
        return known

    def names(self, shop: str, order_keys: Collection[str]) -> dict[str, list[str]]:
        """Give the names under which Loop, or the order store, knows each of these orders."""
        names: dict[str, list[str]] = {key: [] for key in order_keys}
        sold = select(orders.c.order_id, orders.c.name).filter_by(shop=shop).where(orders.c.name != "")
        bodies = select(loop_returns.c.order_key, loop_returns.c.details_body, loop_returns.c.list_body)
        with self._store.reading() as tx:
            for some in batches(order_keys):
                for key, details, listed in tx.execute(_within(bodies.filter_by(shop=shop), some)):
                    name = str((details or listed or {}).get("order_name") or "")
                    if name and name not in names[key]:
                        names[key].append(name)
                for key, name in tx.execute(sold.where(orders.c.order_id.in_(some))):
                    if name not in names[key]:
                        names[key].append(name)
        return names

    def newest_orders(self, shop: str, channels: Collection[str], since: datetime, limit: int) -> dict[str, list[str]]:
        """Give the newest orders of these channels ("*": of all), created at `since` or later: id -> names."""
        mine = select(orders.c.order_id, orders.c.name).filter_by(shop=shop, test=False)
        mine = mine.where(orders.c.created_at >= since, orders.c.cancelled_at.is_(None))
        if "*" not in channels:
            mine = mine.where(orders.c.channel.in_(channels))
        with self._store.reading() as tx:
            rows = tx.execute(mine.order_by(orders.c.created_at.desc(), orders.c.order_id.desc()).limit(limit))
            return {row.order_id: [row.name] if row.name else [] for row in rows}


def _within(wanted: Any, keys: Collection[str]) -> Any:
    """Narrow a select that shows `order_key` to these cases."""
    return wanted.where(wanted.selected_columns["order_key"].in_(keys))


def _writes(tx: Transaction, shop: str, keys: Collection[str], known: dict[str, Known]) -> None:
    columns = (journal.c.order_key, journal.c.key, journal.c.record_type, journal.c.state, journal.c.internal_id)
    for row in tx.execute(_within(select(*columns).filter_by(shop=shop), keys)):
        case = known[row[0]]
        _, key, record_type, state, internal_id = row
        if record_type == "returnAuthorization" and internal_id:
            case.parents.add(str(internal_id))
        case.credited |= record_type == "creditMemo" and bool(internal_id)
        if record_type in MADE_FROM_NOTHING:
            case.refunds.add(str(key))
        if state in MAY_EXIST and ":" not in str(key) and record_type != "customer":
            case.lost.add(str(key))
    returns = select(loop_returns.c.order_key, loop_returns.c.return_id).filter_by(shop=shop)
    for order_key, return_id in tx.execute(_within(returns, keys)):
        known[str(order_key)].return_ids.add(str(return_id))


def _payments(
    tx: Transaction, shop: str, keys: Collection[str], channels: Collection[str], known: dict[str, Known]
) -> None:
    """What our customer deposits on these orders may be named after: each payment, Loop's credit, Loop's upsell."""
    same = (orders.c.shop == order_payments.c.shop) & (orders.c.order_id == order_payments.c.order_id)
    paid = select(orders.c.order_id, order_payments.c.transaction_id).outerjoin(order_payments, same)
    mine = paid.where(orders.c.shop == shop, orders.c.order_id.in_(keys))
    if "*" not in channels:
        mine = mine.where(orders.c.channel.in_(channels))
    for order_id, transaction_id in tx.execute(mine):
        known[order_id].deposits.update({f"{order_id}-credit", f"{order_id}-upsell", transaction_id or ""} - {""})


def _naming(tx: Transaction, shop: str, keys: Collection[str], known: dict[str, Known]) -> None:
    """What others may have written on records for these cases: Shopify's refunds, and whose records they would be."""
    paid = select(shop_orders.c.order_id, shop_orders.c.body).where(shop_orders.c.shop == shop)
    for order_id, body in tx.execute(paid.where(shop_orders.c.order_id.in_(keys))):
        refunds = (str(one.get("id") or "") for one in body.get("refunds") or ())
        known[order_id].refund_ids.update({one.rpartition("/")[2] for one in refunds} - {""})
    sold = select(source_orders.c.order_key, source_orders.c.documents).filter_by(shop=shop)
    for order_key, found in tx.execute(_within(sold, keys)):
        known[order_key].customer_ids.update({str(one.get("head", {}).get("entity") or "") for one in found} - {""})
