"""Which NetSuite location, date and record type a return gets, from the merchant's mappings and preferences."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import ReturnLine
from ledgerloop.outcome import NeedsReading, Source, Waiting

SELLABLE_NOT = frozenset({"resale_hold", "recycle", "donate", "grade_d", "junk"})
"""Loop's dispositions and grades of goods that must not go back on sale.

Source: docs.loopreturns.com, assess, grade items.
"""

NOT_THE_GOODS = frozenset({"missing", "incorrect_item"})
"""Grades and dispositions that say the item itself did not come back. Source: as above."""


def location_of(case: Case, unit: ReturnLine, policy: Policy) -> str:
    """NetSuite location: Loop's destination, else Shopify's location, else the default; empty when none is mapped.

    A return through Loop's point of sale was handed in at the order's own Shopify location, where Loop names none.
    """
    return_, order = case.the_return, case.shop_order
    keys = [f"loop:{return_.destination_id}", f"shopify:{unit.shopify_restock_location_id}"]
    if return_.is_pos and order is not None:
        keys.append(f"shopify:{order.shopify_location_id}")
    return next((policy.locations[key] for key in (*keys, "default") if policy.locations.get(key)), "")


def store_unread(case: Case) -> NeedsReading | None:
    """The Shopify order, where only it tells at which store a return was handed in."""
    return_ = case.the_return
    if not return_.is_pos or return_.destination_id or any(one.shopify_restock_location_id for one in return_.lines):
        return None
    return case.must_read(Source.SHOPIFY_ORDER, case.shopify_order_id)


def not_for_sale(units: Iterable[ReturnLine]) -> frozenset[str]:
    """Loop line ids of units whose disposition or grade keeps them off sale."""
    return frozenset(u.loop_line_id for u in units if u.disposition in SELLABLE_NOT or u.condition in SELLABLE_NOT)


def local_date(moment: datetime, policy: Policy) -> date:
    """The day of this moment in the account's time zone."""
    return moment.astimezone(policy.time_zone).date()


def posting_date(case: Case, policy: Policy, moment: datetime, *, receivable: bool) -> tuple[date, str] | Waiting:
    """The day a posting record may carry, and a note with the original day where it had to be moved.

    `receivable` for credit memos and refunds, whose side of a period can be locked alone.
    Source: rulebook section 5, closed periods.
    """
    wanted = local_date(moment, policy)
    day = wanted.isoformat()
    stops = [period for period in case.periods if period.stops(receivable=receivable)]
    if not any(period.starts_on <= day <= period.ends_on for period in stops):
        return wanted, ""
    if policy.closed_period == "hold":
        return Waiting(
            "period_closed",
            f"The accounting period of {day} is closed or locked in NetSuite, and closed periods are held.",
            case.as_of + timedelta(hours=6),
            (NeedsReading(Source.NETSUITE_PERIODS, case.shop_id),),
        )
    for period in sorted(case.periods, key=lambda one: one.starts_on):
        if period.starts_on > day and not period.stops(receivable=receivable):
            return date.fromisoformat(period.starts_on), f" (original date {day})"
    return Waiting(
        "period_closed",
        f"The accounting period of {day} is closed, and NetSuite shows no later open one.",
        case.as_of + timedelta(hours=6),
        (NeedsReading(Source.NETSUITE_PERIODS, case.shop_id),),
    )


def billed_by(case: Case) -> str:
    """How the order was billed: "invoice", "cash_sale", or empty while it is not billed."""
    if any(order.record_type == "cashSale" for order in case.source_orders) or case.of_type("cashSale"):
        return "cash_sale"
    return "invoice" if case.of_type("invoice") else ""


def is_billed(case: Case, authorization: Document) -> bool:
    """Whether what an authorization gives back was billed: an order may be shipped and billed in parts."""
    if any(order.record_type == "cashSale" for order in case.source_orders):
        return True
    left = Counter[str]()
    for bill in case.of_type("invoice", "cashSale"):
        for line in bill.goods:
            left[line.item_id] += int(line.quantity)
    for line in authorization.goods:
        left[line.item_id] -= int(line.received + line.open_quantity)
    return all(quantity >= 0 for quantity in left.values())


def refund_record(case: Case, policy: Policy) -> str:
    """Record type of the refund: by the original gateway's rule, the fixed choice, or the billing.

    "cash_refund", "credit_memo", or empty while the order is not billed and billing decides.
    """
    if policy.refund_rules and case.shop_order is not None:
        paid_by = {
            t.gateway for t in case.shop_order.transactions if t.kind in ("SALE", "CAPTURE") and t.status == "SUCCESS"
        }
        for rule in policy.refund_rules:
            if rule.gateway in paid_by:
                return rule.record
    if policy.refund_record != "by_billing":
        return policy.refund_record
    return {"cash_sale": "cash_refund", "invoice": "credit_memo", "": ""}[billed_by(case)]
