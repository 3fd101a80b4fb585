"""Orders as a list, and one order: channel, what it went out as, what it replaces, where it stands."""

from dataclasses import dataclass
from typing import Any

from ledgerloop.domain.case import Rest, order_subject
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.explain_order import show_order
from ledgerloop.operate.subjects import Subject
from ledgerloop.operate.views.about import about_subject
from ledgerloop.operate.views.cases import (
    Event,
    Plan,
    RecordLink,
    StepView,
    events_of,
    evidence_of,
    links_of,
    plan_of,
    steps_of,
    writes_of,
)
from ledgerloop.operate.views.paging import Page, cut, limited, mark_of
from ledgerloop.store.evidence import StoredCall
from ledgerloop.store.journal import WriteRow
from ledgerloop.store.order_list import OrderFilters, OrderHead, OrderList
from ledgerloop.store.outcomes import Outcome
from ledgerloop.store.remarks import Arranged, Comment, Remarks

__all__ = ["OneOrder", "OrderFilters", "OrderHead", "channels", "one_order", "order_evidence", "orders"]


@dataclass(frozen=True)
class OneOrder:
    """An order in full. `told` is what `show --order` tells: channel, method, total, original, identifications."""

    shop: str
    order_id: str
    name: str
    headline: str
    told: dict[str, Any]
    returns: tuple[str, ...]
    steps: tuple[StepView, ...]
    answers: tuple[Outcome, ...]
    records: tuple[RecordLink, ...]
    plan: Plan
    timeline: tuple[Event, ...]
    writes: tuple[WriteRow, ...]
    rest: Rest | None
    arranged: Arranged
    comments: tuple[Comment, ...]


def orders(parts: Parts, filters: OrderFilters, cursor: str = "", limit: int = 50) -> Page[OrderHead]:
    """Orders that match, newest first. Raises CursorWrong."""
    limit = limited(limit)
    mark = mark_of(cursor, str, str)
    after = (str(mark[0]), str(mark[1])) if mark is not None else None
    found = OrderList(parts.stores.store).page(_shops(parts, filters.shop), filters, after, limit + 1)
    return cut(found, limit, lambda one: (one.shop, one.order_id))


def channels(parts: Parts, shop: str = "") -> dict[str, int]:
    """Orders by channel."""
    return OrderList(parts.stores.store).channels(_shops(parts, shop))


def one_order(parts: Parts, shop_id: str, order_id: str) -> OneOrder | None:
    """An order by its shop and Shopify's id; None when it was never seen."""
    shop = parts.shops.get(shop_id)
    if shop is None or parts.stores.orders.get(shop_id, order_id) is None:
        return None
    subject = order_subject(order_id)
    case = observe(parts, shop, order_id, parts.clock()).about(subject)
    told = show_order(parts, Subject(shop_id, "", order_id))
    remarks, about = Remarks(parts.stores.store), about_subject(shop_id, subject)
    apart = ("returns", "steps", "now", "records", "timeline", "headline", "shop", "order")
    return OneOrder(
        shop=shop_id,
        order_id=order_id,
        name=str(told.get("name") or ""),
        headline=told["headline"],
        told={name: value for name, value in told.items() if name not in apart},
        returns=tuple(told["returns"]),
        steps=steps_of(told["steps"]),
        answers=tuple(parts.stores.outcomes.for_return(shop_id, subject)),
        records=tuple(links_of(told["records"])),
        plan=plan_of(parts, shop, case),
        timeline=events_of(parts, shop, subject),
        writes=writes_of(parts, shop, subject),
        rest=case.rests.get(subject),
        arranged=remarks.arranged([about], parts.clock())[about],
        comments=tuple(remarks.comments(about)),
    )


def order_evidence(parts: Parts, shop_id: str, order_id: str) -> tuple[StoredCall, ...]:
    """Requests and answers about an order and what was written for it."""
    shop = parts.shops.get(shop_id)
    if shop is None:
        return ()
    keys = [one.entry.key for one in parts.stores.journal.for_return(shop_id, order_subject(order_id))]
    return evidence_of(parts, shop, [order_id, order_subject(order_id), *keys])


def _shops(parts: Parts, shop: str) -> list[str]:
    return [shop] if shop else sorted(parts.shops)
