"""What is known of many cases at once, as far as reading them again needs it: a few statements, however many cases."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from ledgerloop.domain.case import WriteState
from ledgerloop.store.sql import batches
from ledgerloop.store.store import Store, Transaction
from ledgerloop.store.tables import documents, journal, loop_returns, source_order_ids

MAY_EXIST = (WriteState.SENT.value, WriteState.UNCLEAR.value)
"""States of a write whose record may exist although no answer says so."""


@dataclass
class Known:
    """One case. `parents` are internal ids that records may have been made from; `lost` keys of records never answered;
    `refunds` keys of customer refunds that we decided.
    """

    parents: set[str] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    refunds: set[str] = field(default_factory=set)
    return_ids: set[str] = field(default_factory=set)
    order_names: list[str] = field(default_factory=list)


class Kin:
    """Looks many cases up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, shop: str, order_keys: Collection[str], parent_types: Collection[str]) -> dict[str, Known]:
        """Give what is known of each of these cases; `parent_types` are types of record that others are made from."""
        known = {key: Known() for key in order_keys}
        with self._store.reading() as tx:
            for some in batches(order_keys):
                mine = {"shop": shop}
                ids = select(source_order_ids.c.order_key, source_order_ids.c.internal_id).filter_by(**mine)
                made = select(documents.c.order_key, documents.c.internal_id).filter_by(**mine)
                for wanted in (ids, made.where(documents.c.type.in_(parent_types))):
                    for key, internal_id in tx.execute(_within(wanted, some)):
                        known[key].parents.add(internal_id)
                _writes(tx, shop, some, known)
        return known

    def names(self, shop: str, order_keys: Collection[str]) -> dict[str, list[str]]:
        """Give the names under which Loop knows each of these orders."""
        names: dict[str, list[str]] = {key: [] for key in order_keys}
        bodies = select(loop_returns.c.order_key, loop_returns.c.details_body, loop_returns.c.list_body)
        with self._store.reading() as tx:
            for some in batches(order_keys):
                for key, details, listed in tx.execute(_within(bodies.filter_by(shop=shop), some)):
                    name = str((details or listed or {}).get("order_name") or "")
                    if name and name not in names[key]:
                        names[key].append(name)
        return names


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
        if record_type == "customerRefund":
            case.refunds.add(str(key))
        if state in MAY_EXIST and ":" not in str(key):
            case.lost.add(str(key))
    returns = select(loop_returns.c.order_key, loop_returns.c.return_id).filter_by(shop=shop)
    for order_key, return_id in tx.execute(_within(returns, keys)):
        known[str(order_key)].return_ids.add(str(return_id))
