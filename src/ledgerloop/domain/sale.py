"""A Shopify order as the sales order or cash sale that is written for it.

Source: rulebook section 8, mapping and payment; interface sections 3 and 4.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from ledgerloop.domain.carried import Carried, due
from ledgerloop.domain.carried_out import carried_out
from ledgerloop.domain.case import Case, Sending, WriteState
from ledgerloop.domain.mapping import local_date, posting_date
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_records import CashSaleDraft, SalesOrderDraft
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.original_order import link_of
from ledgerloop.domain.paid import UPSELL, Payment, by_gateway, further_tenders, method_of, no_account, several_tenders
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import POS_COMPLETED, channel_of, is_exchange, shipping_method
from ledgerloop.domain.sale_items import not_configured
from ledgerloop.domain.sale_lines import SaleSums, flat, sale_of
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

CASH_SALE, SALES_ORDER = "SHOP-CS", "SHOP-SO"
"""How our external ids of the two begin."""

PLACED_WITHIN: Final = timedelta(minutes=15)
"""How long an exchange without address may stay unfulfilled before a person is asked whether it left the store."""


@dataclass(frozen=True)
class Place:
    """Where an order was sold: NetSuite's location, and the Shopify location that is not mapped, if any."""

    location_id: str
    unmapped: str = ""


def place_of(order: Order, policy: Policy) -> Place:
    """The mapped location of the store, else of a fulfilment, else the default."""
    known = [one for one in (order.retail_location_id, *order.fulfilment_location_ids) if one]
    mapped = next((found for one in known if (found := policy.locations.get(f"shopify:{one}"))), "")
    if mapped:
        return Place(mapped)
    return Place(policy.locations.get("default", ""), known[0] if known else "")


def said_of_place(order: Order, policy: Policy, kind: str) -> str:
    """What a write says of its location where that is the default for want of a mapping, or of a store."""
    known = any((order.retail_location_id, *order.fulfilment_location_ids))
    unmapped = place_of(order, policy).unmapped
    if unmapped:
        return f" Finding location_unmapped: Shopify location {unmapped} is not mapped; the default is used."
    if kind == CASH_SALE and not known:
        return " Finding location_unmapped: Shopify does not show in which store this was sold; the default is used."
    return ""


def kind_of(case: Case, policy: Policy, order: Order) -> str:
    """SHOP-CS or SHOP-SO; empty while it cannot be told. What was attempted once is not attempted as the other."""
    for kind in (CASH_SALE, SALES_ORDER):
        tried = case.written(policy.external_id(kind, order.shopify_order_id))
        if tried is not None and tried.state in (WriteState.SENT, WriteState.UNCLEAR):
            return kind
    method = shipping_method(order, channel_of(order, policy.channels))
    return {"": "", POS_COMPLETED: CASH_SALE}.get(method, SALES_ORDER)


def undecided(case: Case, sending: Sending) -> Waiting | Attention:
    """Say why an exchange without address that is not fulfilled is neither shipped nor carried out yet."""
    order, until = sending.order, sending.order.created_at + PLACED_WITHIN
    said = f"Order {order.name} has no shipping address and is not fulfilled"
    if case.as_of < until:
        look = (NeedsReading(Source.SHOPIFY_WHOLE_ORDER, case.shopify_order_id),)
        return Waiting("exchange_not_placed", f"{said} yet; whether it left the store is not guessed.", until, look)
    return Attention(
        "exchange_undecided",
        f"{said}, so it can be neither a cash sale nor a sales order.",
        "Fulfill it in Shopify if the goods left the store, or give it a shipping address; then retry.",
    )


def ordered_at(order: Order) -> datetime:
    """The order's own moment for the books."""
    return order.processed_at or order.created_at


def sales_order(policy: Policy, sending: Sending, customer_id: str) -> SalesOrderDraft | Attention:
    """Draft the sales order; what was paid for it follows as customer deposits."""
    order = sending.order
    sums = sale_of(sending, policy, place_of(order, policy).location_id)
    if isinstance(sums, Attention):
        return sums
    head = _head(policy, sending, SALES_ORDER, customer_id, sums)
    return SalesOrderDraft(**head, on=local_date(ordered_at(order), policy), memo=order.note)


def cash_sale(
    case: Case, policy: Policy, sending: Sending, customer_id: str
) -> CashSaleDraft | NeedsReading | Waiting | Attention:
    """Draft the cash sale; return credit beyond the discount is a line, so that its total is what was paid beside."""
    order = sending.order
    sums = sale_of(sending, policy, place_of(order, policy).location_id)
    if isinstance(sums, Attention):
        return sums
    used = carried_out(case, policy, sending)
    if isinstance(used, Waiting | Attention):
        return used
    if used is not None and used.credit:
        if not policy.items.exchange_credit:
            return not_configured("exchange_credit", f"Return credit of {used.credit} was used beside the discount")
        sums = sums.with_line(flat(policy.items.exchange_credit, -used.credit, "Exchange credit used"))
    others = _beside(policy, order, used) if sums.total else ()
    if isinstance(others, Attention):
        return others
    for item, one in others:
        sums = sums.with_line(flat(item, -one.amount, f"Paid through {one.gateway}"))
    paid = _paid_through(case, policy, order, sums.total)
    if not isinstance(paid, tuple):
        return paid
    need = case.must_read(Source.NETSUITE_PERIODS, case.shop_id)
    if need is not None:
        return need
    day = posting_date(case, policy, ordered_at(order), receivable=True)
    if isinstance(day, Waiting):
        return day
    head = _head(policy, sending, CASH_SALE, customer_id, sums)
    memo = f"{order.note}{day[1]}".strip()
    return CashSaleDraft(**head, on=day[0], memo=memo, payment_method_id=paid[0], account_id=paid[1])


def expected_total(case: Case, policy: Policy, sending: Sending, kind: str) -> Money | Attention | None:
    """What the saved record must come to: what is due, less a cash sale's lines of credit and of further tenders. None
    while that is not known.
    """
    whole = due(sending.order, policy)
    if kind != CASH_SALE:
        return whole
    used = carried_out(case, policy, sending)
    if isinstance(used, Waiting | Attention):
        return None if isinstance(used, Waiting) else used
    others = _beside(policy, sending.order, used)
    whole = whole - used.credit if used is not None else whole
    beside = () if isinstance(others, Attention) or not whole else others
    return whole - Money.total((one.amount for _, one in beside), whole.currency)


def _beside(policy: Policy, order: Order, used: Carried | None) -> tuple[tuple[str, Payment], ...] | Attention:
    """What is not in the cash sale's own payment: further tenders, and an upsell beside payments in Shopify."""
    others, own = further_tenders(policy, order), by_gateway(order)
    if isinstance(others, Attention) or used is None or not used.upsell or not own:
        return others
    upsell = Payment("", UPSELL, used.upsell, ordered_at(order))
    item = policy.tender_item(UPSELL)
    return (*others, (item, upsell)) if item else several_tenders(order, upsell, (*own, upsell))


def _paid_through(
    case: Case, policy: Policy, order: Order, total: Money
) -> tuple[str, str] | NeedsReading | Waiting | Attention:
    """Payment method and account of a cash sale; an exchange's upsell is collected outside Shopify."""
    if not total:
        return "", ""
    payment = next(iter(by_gateway(order)), None)
    if payment is not None:
        method = method_of(policy, payment)
        return method if isinstance(method, Attention) else (method, "")
    if is_exchange(order):
        return ("", policy.upsell_account) if policy.upsell_account else no_account("upsell", total)
    if order.payments_known:
        return policy.payment_methods.get("default", ""), ""
    return Waiting(
        "order_not_read",
        f"Shopify does not show how {total} of order {order.name} was paid.",
        case.as_of + policy.retry_wait,
        (NeedsReading(Source.SHOPIFY_WHOLE_ORDER, order.shopify_order_id),),
    )


def _head(policy: Policy, sending: Sending, kind: str, customer_id: str, sums: SaleSums) -> dict[str, Any]:
    """What both records have in common."""
    order = sending.order
    link = link_of(sending) if is_exchange(order) else None
    return {
        "external_id": policy.external_id(kind, order.shopify_order_id),
        "shopify_order_id": order.shopify_order_id,
        "order_name": order.name,
        "customer_id": customer_id,
        "email": order.buyer.email,
        "subsidiary_id": policy.subsidiary_id,
        "location_id": place_of(order, policy).location_id,
        "channel_code": policy.channels.codes.get(channel_of(order, policy.channels), ""),
        "original_order": (link.original_name or link.original_order_id) if link is not None else "",
        "shipping_cost": sums.shipping_cost,
        "shipping_tax": sums.shipping_tax,
        "shipping_address": order.shipping_address,
        "billing_address": order.billing_address,
        "lines": sums.lines,
        "expected_total": sums.total,
    }
