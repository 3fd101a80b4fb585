"""Refund: Loop and Shopify -> NetSuite. Money that left becomes a credit memo with a customer refund, or a cash refund.

Writes: credit memo (order billed by invoice), then one customer refund per tender applied to it, and the rest of it
applied to the exchange order's invoice where Loop gives no discount; or a cash refund (cash sale); a customer refund
from the deposit for units never shipped; lines that will not come, closed at the end.
Waits: goods_not_received, order_not_billed, refund_not_seen, refund_pending, period_closed, authorization_not_approved,
processing_unknown, exchange_not_billed, exchange_not_placed.
Attention: loop_amounts_disagree, refund_differs, gateway_unmapped, possible_duplicate, over_credit,
credit_memo_differs, several_tenders, deposit_too_small, item_not_configured, currency_differs, amount_differs,
authorization_differs, units_missing, edited_after_receipt, record_gone, native_exchange, exchange_credit_differs.
Source: rulebook section 5; docs.oracle.com, customer returns: credit memo or refund (read 2026-11-21).
"""

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.applied import apply_credit, shares_of, sum_of, taken_from
from ledgerloop.domain.billed import bill_of, not_billed
from ledgerloop.domain.case import Case
from ledgerloop.domain.credits import closed_too_early, credited_alone, credits_of, possible_duplicate, stands_for
from ledgerloop.domain.documents import Document
from ledgerloop.domain.guard import CREDITS, over_credit
from ledgerloop.domain.mapping import is_billed, refund_record
from ledgerloop.domain.native import native_exchange
from ledgerloop.domain.partial import stated
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.posting import Credit, Mark, pay_out, post
from ledgerloop.domain.received import close_rest, ended, not_received
from ledgerloop.domain.settlement import Part, Settlement, balanced, first_part, later_part, settle
from ledgerloop.domain.shoppers_money import exchanged_in_two_currencies
from ledgerloop.domain.standing import (
    credited_goods,
    family,
    next_external_id,
    processed,
    record_gone,
    usable_authorization,
)
from ledgerloop.domain.unshipped import from_deposit
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting


def next_write(case: Case, policy: Policy) -> Answer:
    """Ask for the next record that the return's money needs in NetSuite."""
    done = processed(case, policy)
    if done is not True:
        return done or None
    money = case.must_read(Source.SHOPIFY_ORDER, case.shopify_order_id)
    if money is not None:
        return money
    stop = (
        family(case) or native_exchange(case, policy, case.the_return) or exchanged_in_two_currencies(case.the_return)
    )
    if stop is not None:
        return stop
    authorization = usable_authorization(case, policy)
    if authorization is None:
        alone = credited_alone(case)
        return _settle(case, policy, None) if alone else from_deposit(case, policy) or ended(case, policy)
    if not isinstance(authorization, Document):
        return authorization
    not_yet = not_received(case, policy, authorization)
    if isinstance(not_yet, Waiting) or (not_yet is not None and not case.made_from(authorization, *CREDITS)):
        return not_yet
    return _settle(case, policy, authorization)


def _settle(case: Case, policy: Policy, authorization: Document | None) -> Answer:
    """Credit the goods; pay every credit out; credit what was refunded later; close what will not come."""
    settlement = settle(case, policy, credited_goods(case, authorization))
    if not isinstance(settlement, Settlement):
        return settlement
    credited, new = stands_for(case, policy, settlement, credits_of(case, authorization, settlement.refund_ids))
    if not credited:
        return _credit_goods(case, policy, authorization, settlement) if authorization is not None else None
    first = credited[0][0]
    shares = taken_from(case, policy, first)
    if not isinstance(shares, tuple):
        return shares
    for credit, refund_ids in credited:
        carried = sum_of(shares, first.total.currency) if credit is first else None
        due = pay_out(case, policy, credit, settlement.tenders_of(refund_ids), Mark.of_return(case), carried)
        if due is not None:
            return due
    applied = apply_credit(case, policy, first, shares)
    if isinstance(applied, Write | Attention | NeedsReading):
        return applied
    rest = close_rest(case, policy, authorization) if authorization is not None else None
    return (_credit_later(case, policy, settlement, new) if new else rest) or applied


def _credit_goods(case: Case, policy: Policy, authorization: Document, settlement: Settlement) -> Answer:
    """Credit the goods, with all that was settled so far."""
    record = refund_record(case, policy)
    shares = shares_of(case, policy) if record == "credit_memo" else ()
    if not isinstance(shares, tuple):
        return shares
    part = first_part(settlement, policy, sum_of(shares, settlement.goods.currency))
    if not isinstance(part, Part):
        return part
    fixed = record == policy.refund_record == "cash_refund"
    if not record or not (fixed or is_billed(case, authorization)):
        return not_billed(case, policy)
    stop = record_gone(case, *CREDITS) or closed_too_early(authorization) or possible_duplicate(case, part)
    stop = stop or over_credit(case, policy, part.value)
    if stop is not None:
        return stop
    lines, header_discount = stated(case, policy, authorization)
    credit = Credit(
        record=record,
        part=part,
        mark=Mark.of_return(case),
        external_id=next_external_id(case, policy, "LOOP-CR" if record == "cash_refund" else "LOOP-CM"),
        source_type="returnAuthorization",
        source_id=authorization.internal_id,
        why=f"The goods of {authorization.number} were received and {part.paid_out} left the shop.",
        lines=lines,
        header_discount=header_discount,
    )
    return post(case, policy, credit)


def _credit_later(case: Case, policy: Policy, settlement: Settlement, refund_ids: tuple[str, ...]) -> Answer:
    """Credit what Shopify refunded for the return after its goods were credited: made from the bill, without goods."""
    later = later_part(settlement, refund_ids, policy)
    stop = later if isinstance(later, Attention) else over_credit(case, policy, later.value)
    if stop is not None or not isinstance(later, Part):
        return stop
    part = balanced(later, policy)
    if not isinstance(part, Part):
        return part
    bill = bill_of(case)
    if bill is None:
        return not_billed(case, policy)
    stop = record_gone(case, *CREDITS) or possible_duplicate(case, part)
    if stop is not None:
        return stop
    credit = Credit(
        record=bill.record,
        part=part,
        mark=Mark.of_return(case),
        external_id=next_external_id(case, policy, bill.kind("LOOP")),
        source_type=bill.source_type,
        source_id=bill.source_id,
        why=f"{part.paid_out} more left the shop for a return whose goods are credited.",
        header_discount=bill.no_discount,
    )
    return post(case, policy, credit)
