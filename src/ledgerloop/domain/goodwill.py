"""Shopify refunds that belong to no Loop return, and the credit that each gets: money alone, on the goodwill item.

Source: rulebook section 5, refunds without a return; shopify.dev Admin GraphQL API 2026-10, Refund (read 2026-11-21).
"""

from datetime import datetime

from ledgerloop.domain.answers import Answer
from ledgerloop.domain.billed import Bill, bill_of, not_billed
from ledgerloop.domain.case import Case, WriteState
from ledgerloop.domain.credits import possible_duplicate, refunds_named
from ledgerloop.domain.guard import CREDITS, VOIDED, over_refund
from ledgerloop.domain.mapping import local_date
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopRefund, SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.posting import Credit, Mark, pay_out, post, unpaid
from ledgerloop.domain.records import DraftLine
from ledgerloop.domain.returns import Return, ReturnState
from ledgerloop.domain.settlement import Part, item_not_configured
from ledgerloop.domain.standing import wait
from ledgerloop.domain.tenders import Tender, other_currency, tenders_of
from ledgerloop.domain.unshipped import deposits, out_of_deposit
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

MOVES = ("SUCCESS", "PENDING", "AWAITING_RESPONSE")
"""Statuses of a refund transaction that moved money, or still may."""

ENDED = (ReturnState.CANCELLED, ReturnState.EXPIRED)
"""States of a return that pays nothing out."""


def strays(case: Case, policy: Policy) -> tuple[ShopRefund, ...] | NeedsReading | Waiting:
    """The order's refunds since the cut-over that moved money and that no Loop return claims, oldest first."""
    if case.shop_order is None:
        return ()
    claimed, returns_claimed = _claimed(case)
    found = [
        one
        for one in case.shop_order.refunds
        if one.refund_id not in claimed
        and not (one.shopify_return_id and one.shopify_return_id in returns_claimed)
        and local_date(_made_at(case, one), policy) >= policy.returns_from
        and any(t.kind == "REFUND" and t.status in MOVES for t in one.transactions)
    ]
    if not found:
        return ()
    silent = [one for one in case.returns if not one.refunds and _may_claim(one, found)]
    for one in silent:
        need = case.must_read(Source.LOOP_RETURN, one.loop_return_id)
        if need is not None:
            return need
    if silent:
        names = ", ".join(one.loop_return_id for one in silent)
        reason = f"A refund on this order may belong to Loop return {names}, which does not name its refunds yet."
        looks = tuple(NeedsReading(Source.LOOP_RETURN, one.loop_return_id) for one in silent)
        return Waiting("refund_not_claimed", reason, case.as_of + policy.retry_wait, looks)
    return tuple(sorted(found, key=lambda one: (_made_at(case, one), one.refund_id)))


def _claimed(case: Case) -> tuple[set[str], set[str]]:
    """Shopify refund ids that Loop names for any return, and the Shopify returns that are Loop's.

    The only return of an order with the only return in Shopify are one and the same.
    """
    ids = {refund.shopify_refund_id for one in case.returns for refund in one.refunds}
    refunds = case.shop_order.refunds if case.shop_order is not None else ()
    shown = {one.shopify_return_id for one in refunds if one.shopify_return_id}
    if not ids and len(shown) == len(case.returns) == 1 and case.returns[0].state not in ENDED:
        return ids, shown
    return ids, {one.shopify_return_id for one in refunds if one.refund_id in ids and one.shopify_return_id}


def _may_claim(return_: Return, found: list[ShopRefund]) -> bool:
    """Whether one of these refunds may be the return's, although Loop does not say so: it paid, or mirrors a return."""
    if return_.state in ENDED:
        return False
    if return_.state is ReturnState.UNKNOWN:
        return True
    paid = return_.state is ReturnState.CLOSED and return_.processed is not False and bool(return_.totals.refund)
    return paid or any(one.shopify_return_id for one in found)


def _made_at(case: Case, refund: ShopRefund) -> datetime:
    moments = [one.processed_at for one in refund.transactions if one.processed_at is not None]
    return max(moments, default=refund.created_at or case.as_of)


def credit_stray(case: Case, policy: Policy, refund: ShopRefund, order: SourceOrder) -> Answer:
    """What a refund without a return needs next in NetSuite: a credit, made from the bill, and its payment."""
    rests_until = _made_at(case, refund) + (policy.proof_wait if case.returns else policy.settle)
    if case.as_of < rests_until:
        reason = f"Shopify refund {refund.refund_id} is so new that a Loop return may still claim it."
        return Waiting(
            "refund_settling", reason, rests_until, (NeedsReading(Source.SHOPIFY_ORDER, case.shopify_order_id),)
        )
    currency = _currency(case, policy, order)
    tenders = other_currency(case, policy, currency) or tenders_of(case, policy, (refund,), currency)
    if not isinstance(tenders, tuple):
        return tenders
    if not tenders:
        return None
    mark = Mark("SHOP", refund.refund_id, "", f"Order {_name(case)}, no return")
    for credit in case.of_type(*CREDITS):
        if credit.status != VOIDED and refund.refund_id in refunds_named(credit):
            return pay_out(case, policy, credit, tenders, mark)
    bill, tender = bill_of(case), unpaid(case, tenders)
    if tender is None:
        return None
    if bill is None:
        shipped = any(line.shipped for line in order.goods)
        held = deposits(case) and not shipped
        return out_of_deposit(case, policy, tender, order, mark) if held else not_billed(case, policy)
    return _credit(case, policy, tenders, bill, mark)


def _credit(case: Case, policy: Policy, tenders: tuple[Tender, ...], bill: Bill, mark: Mark) -> Answer:
    external_id = policy.external_id(bill.kind(mark.system), mark.number)
    paid = Money.total((one.amount for one in tenders), tenders[0].amount.currency)
    if not policy.items.goodwill:
        return item_not_configured(f"Shopify refunded {paid} without a return", "goodwill")
    line = DraftLine(item_id=policy.items.goodwill, amount=paid, description="Refund without a return")
    last = max(one.processed_at for one in tenders)
    part = Part(tenders, (line,), Money.zero(paid.currency), paid, last)
    stop = _gone(case, external_id) or possible_duplicate(case, part) or over_refund(case, policy, paid)
    credit = Credit(
        record=bill.record,
        part=part,
        mark=mark,
        external_id=external_id,
        source_type=bill.source_type,
        source_id=bill.source_id,
        why=f"Shopify refunded {paid} on {_name(case)}, and no Loop return claims it.",
        header_discount=bill.no_discount,
    )
    return stop or post(case, policy, credit)


def _gone(case: Case, external_id: str) -> Attention | None:
    """A credit that we wrote and that a person voided or deleted is not made again: its external id was used."""
    entry = case.written(external_id)
    if entry is None or entry.state is not WriteState.DONE:
        return None
    return Attention(
        "record_gone",
        f"{entry.record_type} {external_id} (internal id {entry.internal_id}) was written, but NetSuite shows it "
        "deleted or voided.",
        "If that was on purpose, leave it; else enter the refund in NetSuite by hand, with the Shopify refund id in "
        "its memo.",
    )


def _currency(case: Case, policy: Policy, order: SourceOrder) -> str:
    """The currency of the order in NetSuite, as far as the configuration tells; else the shop's."""
    if case.shop_order is None:
        return ""
    both = (case.shop_order.currency, case.shop_order.presentment_currency)
    return next((one for one in both if policy.currencies.get(one, "") == order.currency_id), both[0])


def _name(case: Case) -> str:
    return case.shop_order.name if case.shop_order is not None else case.shopify_order_id


def not_in_netsuite(case: Case, policy: Policy) -> Waiting:
    """A refund is credited on the order that it belongs to, which must be in NetSuite."""
    reason = f"Order {_name(case)} was refunded, but is not in NetSuite under any configured reference yet."
    return wait(case, policy, "order_not_in_netsuite", reason, Source.NETSUITE_ORDER)
