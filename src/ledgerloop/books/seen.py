"""What the store shows of a case, typed, as far as the books need it; nothing that was only written is here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.guard import VOIDED
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.orders import LineKind, ShopOrder, ShopRefund
from ledgerloop.domain.policy import Items, Policy
from ledgerloop.domain.returns import Return
from ledgerloop.domain.shoppers_money import posted_in
from ledgerloop.domain.tenders import refunds_of
from ledgerloop.remotes.loop.parse import parse_return
from ledgerloop.remotes.loop.presentment import in_currency
from ledgerloop.remotes.netsuite import parse
from ledgerloop.remotes.netsuite.signs import SignedLine, signed_lines
from ledgerloop.remotes.shopify.parse import parse_order
from ledgerloop.store.returns import StoredReturn
from ledgerloop.store.shown import Shown


@dataclass(frozen=True)
class Record:
    """A NetSuite transaction with its lines signed as people read them, and its own date (ISO, may be empty)."""

    document: Document
    lines: tuple[SignedLine, ...]
    on: str

    def on_items(self, *items: str) -> Money:
        """Signed sum of the lines of these items."""
        wanted = {item for item in items if item}
        return Money.total((one.amount for one in self.lines if one.item_id in wanted), self.document.total.currency)

    @property
    def shipping(self) -> Money:
        """Signed: the record's own shipping cost."""
        shown = (one.amount for one in self.lines if one.kind is LineKind.SHIPPING)
        return Money.total(shown, self.document.total.currency)

    def taken_on(self, *items: str) -> Money:
        """What the lines of these items take off, as a positive amount; what is sold by them is not counted."""
        none = Money.zero(self.document.total.currency)
        shown = (one.amount for one in self.lines if one.item_id in items and one.item_id and one.amount < none)
        return -Money.total(shown, none.currency)


@dataclass(frozen=True)
class Seen:
    """One case. `exchanged_by` is the return whose exchange order this is; empty where it is none."""

    order_key: str
    currency: str
    returns: tuple[Return, ...]
    shop_order: ShopOrder | None
    order: Order | None
    sources: tuple[Record, ...]
    records: tuple[Record, ...]
    exchanged_by: str

    def of_type(self, *record_types: str) -> tuple[Record, ...]:
        """Records of these types that stand: voided ones are gone."""
        found = (*self.records, *(one for one in self.sources if one.document.record_type == "cashSale"))
        unique = {one.document.internal_id: one for one in found}
        return tuple(one for one in unique.values() if one.document.record_type in record_types and not _voided(one))

    def refunds_of(self, return_: Return, policy: Policy) -> tuple[ShopRefund, ...]:
        """Shopify's refunds that belong to a return. Source: rulebook section 5, the money."""
        case = Case(policy.shop_id, self.order_key, _NEVER, self.returns, self.shop_order)
        found = refunds_of(case.about(return_.loop_return_id), wanted=False)
        return found if isinstance(found, tuple) else ()


_CAN_BE_VOIDED = ("creditMemo", "cashRefund", "customerRefund", "customerDeposit")
"""Types of which the status letter V means that they are void."""

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The books ask no rule that needs the time."""


def see(shown: Shown, policy: Policy) -> Seen:
    """Type a case. Raises ValueError where a stored body is none of the kind it was stored as."""
    returns = tuple(one for one in map(_return, shown.returns) if one is not None)
    shop_order = parse_order(shown.shop_order) if shown.shop_order else None
    ids = (str(one["head"].get("currency") or "") for one in shown.source_orders)
    theirs = posted_in(policy, shop_order, ids) if any(one.multi_currency for one in returns) else ""
    if theirs:
        views = {one.return_id: one.presentment_body for one in shown.returns if one.presentment_body is not None}
        returns = in_currency(returns, views, theirs)
    currency = returns[0].currency if returns else _currency(shown.order, shop_order)
    return Seen(
        order_key=shown.order_key,
        currency=currency,
        returns=returns,
        shop_order=shop_order,
        order=shown.order,
        sources=tuple(_records(shown.source_orders, currency, policy)),
        records=tuple(_records(shown.documents, currency, policy, parse.shipped_items(shown.source_orders))),
        exchanged_by=next(iter(shown.exchanged_by), ""),
    )


def _currency(order: Order | None, shop_order: ShopOrder | None) -> str:
    if order is not None:
        return order.currency
    return shop_order.currency if shop_order is not None else "USD"


def _return(stored: StoredReturn) -> Return | None:
    if stored.list_body is None and stored.details_body is None:
        return None
    return parse_return(stored.list_body, stored.details_body, list_seen_last=stored.list_seen_last)


def _records(
    stored: Sequence[dict[str, Any]], currency: str, policy: Policy, shipped: Mapping[str, bool] = MappingProxyType({})
) -> Iterable[Record]:
    apart = {*(getattr(policy.items, one.name) for one in fields(Items)), *policy.tender_items} - {""}
    for one in stored:
        document = parse.document(one, currency, policy.fields, shipped)
        yield Record(document, signed_lines(one, currency, apart), str(one["head"].get("trandate") or "")[:10])


def _voided(record: Record) -> bool:
    return record.document.status == VOIDED and record.document.record_type in _CAN_BE_VOIDED
