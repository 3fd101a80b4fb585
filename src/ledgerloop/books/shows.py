"""The facts that a case shows, one by one: Loop's, Shopify's and NetSuite's, each from its own system alone."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from ledgerloop.books.entries import TENDER
from ledgerloop.books.exchange_shows import exchange_facts
from ledgerloop.books.named import named
from ledgerloop.books.owners import Owners
from ledgerloop.books.seen import Record, Seen
from ledgerloop.books.shared_item import paid_on_gift_cards
from ledgerloop.books.used import used_otherwise
from ledgerloop.domain.credits import refunds_named
from ledgerloop.domain.extras import given_back
from ledgerloop.domain.facts import OPEN, Fact, Kind
from ledgerloop.domain.guard import CREDITS
from ledgerloop.domain.mapping import local_date
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopRefund, ShopTransaction
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Return, ReturnState
from ledgerloop.domain.standing import AUTHORIZATION, RECEIPT

TOTALS = ("product", "discount", "tax", "return_total", "exchange_total", "exchange_credit", "gift_card")
MORE_TOTALS = ("handling_fee", "refund", "upsell")
"""Loop's sums, as the domain names them."""

NEW_GOODS = ("exchange_product", "exchange_discount", "exchange_tax")
"""Of what its exchange total consists; views that leave one of them out are not judged by them."""


def facts_of(seen: Seen, policy: Policy) -> list[Fact]:
    """Every fact of a case, since the cut-over."""
    kept = [one for one in seen.returns if local_date(one.created_at, policy) >= policy.returns_from]
    owners, ours = Owners(seen, policy), {one.loop_return_id for one in kept}
    older = owners.returns - ours
    found = [
        *(_return(one, policy) for one in kept),
        *_shopify(seen, policy, owners),
        *_netsuite(seen, policy, owners),
        *exchange_facts(seen, policy),
    ]
    return [one for one in found if one.subject not in older]


def _return(return_: Return, policy: Policy) -> Fact:
    """A return, with the sums of its lines beside its own."""
    sums = {name: getattr(return_.totals, name) for name in (*TOTALS, *MORE_TOTALS)}
    for name, amounts in (
        ("lines_product", [one.price for one in return_.lines]),
        ("lines_discount", [one.discount for one in return_.lines]),
        ("lines_tax", [one.tax for one in return_.lines]),
    ):
        sums[name] = Money.total(amounts, return_.currency)
    booked = [one.amount for one in return_.refunds]
    known = [one for one in booked if one is not None and one.currency == return_.currency]
    if booked and len(known) == len(booked):
        sums["booked"] = Money.total(known, return_.currency)
    new = {name: getattr(return_.totals, name) for name in NEW_GOODS}
    shown = all(one is not None for one in new.values())
    sums |= new if shown else {}
    if return_.exchanges:
        sums["chosen"] = Money.total((one.total for one in return_.exchanges), return_.currency)
    at = return_.processed_at if return_.processed else None
    return named(
        Kind.RETURN,
        return_.loop_return_id,
        return_.loop_return_id,
        return_.currency,
        local_date(at or return_.updated_at or return_.created_at, policy),
        sums,
        processed="yes" if return_.processed else "",
        stage=OPEN if _under_way(return_) else "",
        state=return_.state_as_shown,
        order=return_.order_name,
        shopify_order=return_.shopify_order_id,
        asked_on=local_date(return_.created_at, policy).isoformat(),
        lines="yes" if return_.lines else "",
        new_goods="yes" if shown else "",
    )


def _under_way(return_: Return) -> bool:
    """Whether Loop may still process it, or has not told yet whether it did."""
    unknown = return_.state is ReturnState.CLOSED and return_.processed is None
    return unknown or return_.state in (ReturnState.OPEN, ReturnState.REVIEW)


def _shopify(seen: Seen, policy: Policy, owners: Owners) -> Iterator[Fact]:
    if seen.shop_order is None:
        return
    for refund in seen.shop_order.refunds:
        subject, moved = owners.of_refund(refund), list(_moved(refund))
        stray = subject not in owners.returns
        if stray and all(_day(one, refund, policy) < policy.returns_from for one in moved):
            continue
        for one in moved:
            yield _transaction(one, refund, subject, seen, policy)
        if not stray:
            yield from _given_back(refund, subject, seen, policy)


def _moved(refund: ShopRefund) -> Iterable[ShopTransaction]:
    return (one for one in refund.transactions if one.kind == "REFUND" and one.status == "SUCCESS")


def _day(one: ShopTransaction, refund: ShopRefund, policy: Policy) -> date:
    at = one.processed_at or refund.created_at
    return local_date(at, policy) if at is not None else policy.returns_from


def _transaction(one: ShopTransaction, refund: ShopRefund, subject: str, seen: Seen, policy: Policy) -> Fact:
    amount = one.in_currency(seen.currency) or one.amount
    return named(
        Kind.REFUND,
        one.transaction_id,
        subject,
        amount.currency,
        _day(one, refund, policy),
        {"paid": amount},
        gateway=one.gateway,
        item=policy.tender_item(one.gateway),
        refund=refund.refund_id,
        shopify_order=seen.order_key,
    )


def _given_back(refund: ShopRefund, subject: str, seen: Seen, policy: Policy) -> Iterator[Fact]:
    shipping, duties = given_back([refund], seen.currency)
    if shipping or duties:
        on = local_date(refund.created_at, policy) if refund.created_at is not None else None
        amounts = {"shipping": shipping, "duties": duties}
        yield named(Kind.GIVEN_BACK, refund.refund_id, subject, seen.currency, on, amounts, refund=refund.refund_id)


def _netsuite(seen: Seen, policy: Policy, owners: Owners) -> Iterator[Fact]:
    for one in seen.of_type(AUTHORIZATION):
        subject = owners.authorizations.get(one.document.internal_id, "")
        if subject in owners.returns:
            yield _authorization(one, subject, seen, policy)
    used, credited = used_otherwise(seen, policy, owners), set()
    for one in seen.of_type(*CREDITS):
        subject = owners.of_record(one)
        credited.add(subject)
        on_cards = paid_on_gift_cards(one, subject, seen, policy, owners)
        yield _credit(one, subject, policy, used.get(one.document.internal_id, {}), on_cards)
    for one in seen.of_type("customerRefund"):
        subject = owners.of_record(one)
        yield _record(
            Kind.PAID_OUT,
            one,
            subject,
            {"total": one.document.total},
            from_deposit="" if subject in credited else "yes",
            transaction=one.document.shopify_transaction_id,
        )


def _authorization(record: Record, subject: str, seen: Seen, policy: Policy) -> Fact:
    """An authorization; `goods` is what its goods come to, with tax, once all of them were received."""
    document = record.document
    left = sum((line.awaited for line in document.goods), Decimal(0))
    whole = bool(document.goods) and all(line.came for line in document.goods)
    beside = record.on_items(*_apart(policy)) if whole else document.total
    receipts = [one for one in seen.of_type(RECEIPT) if one.document.created_from == document.internal_id]
    return _record(
        Kind.AUTHORIZATION,
        record,
        subject,
        {"total": document.total, "goods": document.total - beside},
        status=document.status,
        stage=OPEN if left and not document.ended else "",
        received=str(sum(int(line.received) for line in document.goods)),
        received_on=max((one.on for one in receipts), default=""),
    )


def _apart(policy: Policy) -> set[str]:
    """Items of lines beside the goods; discounts belong to the goods."""
    items = policy.items
    taken = {items.exchange_credit, items.gift_card, items.handling_fee, *policy.tender_items}
    return taken | {items.shipping_refund, items.duties_refund, items.bonus, items.goodwill, items.variance}


def _credit(record: Record, subject: str, policy: Policy, used: dict[str, Money], on_cards: Money) -> Fact:
    """A credit memo or cash refund, split by what its lines are for; the rest, with tax, is goods.

    `on_cards` is what of the gift cards' item is a further tender.
    """
    document, items = record.document, policy.items
    adjustments = {items.exchange_credit, items.gift_card, items.handling_fee}
    tenders = sorted(policy.tender_items - adjustments)
    taken = {
        "exchange_credit": -record.on_items(items.exchange_credit),
        "gift_card": -record.on_items(items.gift_card) - on_cards,
        "handling_fee": -record.on_items(items.handling_fee),
        **{f"{TENDER}{item}": -record.on_items(item) for item in tenders},
        **({f"{TENDER}{items.gift_card}": on_cards} if on_cards else {}),
    }
    given = {
        name: record.on_items(getattr(items, item))
        for name, item in (
            ("shipping", "shipping_refund"),
            ("duties", "duties_refund"),
            ("bonus", "bonus"),
            ("goodwill", "goodwill"),
            ("variance", "variance"),
        )
    }
    given["shipping"] += record.shipping
    currency = document.total.currency
    goods = document.total + Money.total(taken.values(), currency) - Money.total(given.values(), currency)
    amounts = {"total": document.total, "goods": goods, **taken, **given, **used}
    return _record(Kind.CREDIT, record, subject, amounts, refund=", ".join(refunds_named(document)))


def _record(kind: Kind, record: Record, subject: str, amounts: dict[str, Money], **names: str) -> Fact:
    document = record.document
    return named(
        kind,
        document.internal_id,
        subject,
        document.total.currency,
        date.fromisoformat(record.on) if record.on else None,
        amounts,
        record_type=document.record_type,
        internal_id=document.internal_id,
        number=document.number,
        external_id=document.external_id,
        **names,
    )
