"""The facts of an exchange order: in Shopify, and its sales order or cash sale, bills and deposits in NetSuite.

They belong to the return that names the order as its exchange order.
"""

from collections.abc import Iterator
from datetime import date

from ledgerloop.books.named import named
from ledgerloop.books.seen import Record, Seen
from ledgerloop.domain.applied import is_carried_by_application
from ledgerloop.domain.carried import loop_discount
from ledgerloop.domain.facts import Fact, Kind
from ledgerloop.domain.mapping import local_date
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import channel_of

PAID = "B"
"""Status letter of an invoice that is paid in full. Source: REST API Browser 2026.1, invoice."""

BILLED = "G"
"""Status letter of a sales order that is billed whole. Source: REST API Browser 2026.1, salesOrder."""


def exchange_facts(seen: Seen, policy: Policy) -> Iterator[Fact]:
    """The facts of an exchange order since the cut-over; none where the case is no exchange order."""
    ordered_at = seen.order.processed_at or seen.order.created_at if seen.order is not None else None
    if not seen.exchanged_by or (ordered_at is not None and local_date(ordered_at, policy) < policy.returns_from):
        return
    yield from _in_shopify(seen, policy)
    yield from _charges(seen, policy)
    sold = _sale(seen, policy)
    if sold is None:
        return
    yield _sold(seen, policy, sold)
    yield from _bills(seen, policy, sold)
    for one in seen.of_type("customerDeposit"):
        yield _deposit(seen, one, policy)


def _charges(seen: Seen, policy: Policy) -> Iterator[Fact]:
    """Cash sales that name the return and nothing that they were made from: its charge, entered by a person."""
    sources = {one.document.internal_id for one in seen.sources}
    for one in seen.of_type("cashSale"):
        document = one.document
        stands_alone = not document.created_from and document.internal_id not in sources
        if stands_alone and document.loop_return_id == seen.exchanged_by:
            amounts = {"total": document.total, "cleared": one.on_items(policy.items.exchange_credit)}
            yield _fact(Kind.CHARGED, one, seen, amounts)


def _bills(seen: Seen, policy: Policy, sold: Record) -> Iterator[Fact]:
    """The bills. One that is paid in full, on an order whose credit is carried by application, was paid by it as far as
    no deposit paid it.
    """
    made = [
        one for one in seen.of_type("invoice", "cashSale") if one.document.created_from == sold.document.internal_id
    ]
    ours = sold.document.external_id.startswith(policy.external_id("SHOP-"))
    applied = ours and seen.order is not None and is_carried_by_application(seen.order, policy)
    paid = [one.document for one in made if one.document.record_type == "invoice" and one.document.status == PAID]
    currency = sold.document.total.currency
    held = Money.total((one.document.total for one in seen.of_type("customerDeposit")), currency)
    left = Money.total((one.total for one in paid), currency) - held if applied else Money.zero(currency)
    for one in made:
        settled = left if paid and one.document is paid[0] and left.amount > 0 else Money.zero(currency)
        yield _fact(Kind.BILLED, one, seen, {**_sums(one, policy), "settled": settled})


def _in_shopify(seen: Seen, policy: Policy) -> Iterator[Fact]:
    order, shown = seen.order, seen.shop_order
    if order is not None and order.cancelled_at is None:
        at, used = order.processed_at or order.created_at, loop_discount(order)
        total, currency, name, sent = order.total, order.currency, order.name, _is_sent(order, policy)
    elif order is None and shown is not None and shown.processed_at is not None:
        at, used, total, currency, name = shown.processed_at, shown.credit_used, shown.total, shown.currency, shown.name
        sent = True
    else:
        return
    yield named(
        Kind.EXCHANGE_ORDER,
        seen.order_key,
        seen.exchanged_by,
        currency,
        local_date(at, policy),
        {"total": total, "credit_used": used},
        order=name,
        shopify_order=seen.order_key,
        sent="yes" if sent else "",
    )


def _is_sent(order: Order, policy: Policy) -> bool:
    """Whether the order is one that we send to NetSuite."""
    return "*" in policy.order_channels or channel_of(order, policy.channels) in policy.order_channels


def _sale(seen: Seen, policy: Policy) -> Record | None:
    """The record that is this order: ours, else the one that was found."""
    ours = {policy.external_id(kind, seen.order_key) for kind in ("SHOP-SO", "SHOP-CS")}
    found = [one for one in seen.sources if one.document.external_id in ours]
    return next(iter((*found, *seen.sources)), None)


def _sold(seen: Seen, policy: Policy, sold: Record) -> Fact:
    """The sale. One that is not ours shows return credit in a way of its own: Shopify's is taken for it."""
    sums = _sums(sold, policy)
    ours = sold.document.external_id.startswith(policy.external_id("SHOP-"))
    if not ours and not sums["loop_discount"] and seen.order is not None:
        sums["loop_discount"] = loop_discount(seen.order)
    kind = Kind.SOLD if sold.document.record_type == "cashSale" else Kind.ORDERED
    billed = kind is Kind.ORDERED and sold.document.status == BILLED
    return _fact(kind, sold, seen, sums, ours="yes" if ours else "", billed="yes" if billed else "")


def _sums(record: Record, policy: Policy) -> dict[str, Money]:
    """What was sold, and what return credit paid of it; further tenders of a cash sale are part of its total."""
    items = policy.items
    paid_beside = policy.tender_items - {items.exchange_credit, items.loop_discount}
    return {
        "total": record.document.total + record.taken_on(*paid_beside),
        "loop_discount": -record.on_items(items.loop_discount),
        "exchange_credit": -record.on_items(items.exchange_credit),
    }


def _deposit(seen: Seen, record: Record, policy: Policy) -> Fact:
    begins = policy.external_id("SHOP-CD", seen.order_key, "")
    external_id = record.document.external_id
    ending = external_id.removeprefix(begins) if external_id.startswith(begins) else "paid"
    return _fact(Kind.DEPOSIT, record, seen, {"total": record.document.total}, ending=ending)


def _fact(kind: Kind, record: Record, seen: Seen, amounts: dict[str, Money], **names: str) -> Fact:
    document = record.document
    return named(
        kind,
        document.internal_id,
        seen.exchanged_by,
        document.total.currency,
        date.fromisoformat(record.on) if record.on else None,
        amounts,
        record_type=document.record_type,
        internal_id=document.internal_id,
        number=document.number,
        external_id=document.external_id,
        shopify_order=seen.order_key,
        **names,
    )
