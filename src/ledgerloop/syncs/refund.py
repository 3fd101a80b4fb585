"""Refund: Loop and Shopify -> NetSuite. Money that left becomes a credit memo with a customer refund, or a cash refund.

Writes: credit memo (order billed by invoice), then one customer refund per tender applied to it; or a cash refund
(cash sale); a customer refund from the deposit for units never shipped; lines that will not come, closed at the end.
Waits: goods_not_received, order_not_billed, refund_not_seen, refund_pending, period_closed, authorization_not_approved,
processing_unknown.
Attention: loop_amounts_disagree, refund_differs, gateway_unmapped, possible_duplicate, over_credit,
credit_memo_differs, several_tenders, deposit_too_small, item_not_configured, currency_differs, amount_differs,
authorization_differs, units_missing, edited_after_receipt,
record_gone.
Source: rulebook section 5; docs.oracle.com, customer returns: credit memo or refund (read 2026-11-21).
"""

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case, WriteState
from ledgerloop.domain.credits import (
    CREDITS,
    closed_too_early,
    credit_of,
    differs,
    over_credit,
    possible_duplicate,
)
from ledgerloop.domain.documents import Document
from ledgerloop.domain.mapping import is_billed, posting_date, refund_record
from ledgerloop.domain.partial import stated
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.posting import cash_refund, from_deposit, pay_out
from ledgerloop.domain.received import ended, not_received
from ledgerloop.domain.records import CloseLinesDraft, CreditMemoDraft, NaturalKey
from ledgerloop.domain.settlement import Settlement, settle
from ledgerloop.domain.standing import (
    close_key,
    credited_goods,
    next_external_id,
    processed,
    record_gone,
    standing,
    usable_authorization,
    wait,
)
from ledgerloop.outcome import Attention, Source, Waiting


def next_write(case: Case, policy: Policy) -> Answer:
    """Ask for the next record that the return's money needs in NetSuite."""
    done = processed(case, policy)
    if done is not True:
        return done or None
    money = case.must_read(Source.SHOPIFY_ORDER, case.shopify_order_id)
    if money is not None:
        return money
    authorization = usable_authorization(case, policy)
    if authorization is None:
        return from_deposit(case, policy) or ended(case, policy)
    if not isinstance(authorization, Document):
        return authorization
    not_yet = not_received(case, policy, authorization)
    if isinstance(not_yet, Waiting) or (not_yet is not None and not case.made_from(authorization, *CREDITS)):
        return not_yet
    settlement = settle(case, policy, credited_goods(case, authorization))
    if not isinstance(settlement, Settlement):
        return settlement
    credit = credit_of(case, authorization, settlement)
    if credit is None:
        return _post_credit(case, policy, authorization, settlement)
    if credit.record_type == "creditMemo":
        due = pay_out(case, policy, credit, settlement)
    else:
        due = differs(case, credit, settlement)
    return due or _close_rest(case, policy, authorization)


def _close_rest(case: Case, policy: Policy, authorization: Document) -> Write | None:
    """What will not come (kept by the shopper, or removed in Loop) is closed, after the credit.

    Source: docs.oracle.com, closing line items (read 2026-11-21): credit first, then close.
    """
    lines = standing(authorization, case.the_return, policy)
    if isinstance(lines, Attention):
        return None
    spare, key = tuple(one.line.line for one in lines if one.spare), close_key(case, authorization)
    closed = case.written(key)
    if not spare or (closed is not None and closed.state is WriteState.DONE):
        return None
    draft = CloseLinesDraft(key, authorization.internal_id, spare)
    return Write(draft, f"The return is settled; what is left open on {authorization.number} will not come.")


def _post_credit(case: Case, policy: Policy, authorization: Document, settlement: Settlement) -> Answer:
    record = refund_record(case, policy)
    fixed = record == policy.refund_record == "cash_refund"
    if not record or not (fixed or is_billed(case, authorization)):
        reason = (
            "The order is shipped but not billed in NetSuite yet; it is refunded when the invoice or cash sale exists."
        )
        return wait(case, policy, "order_not_billed", reason, Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY)
    stop = record_gone(case, *CREDITS) or closed_too_early(authorization) or possible_duplicate(case, settlement)
    stop = stop or over_credit(case, policy, settlement)
    if stop is not None:
        return stop
    need = case.must_read(Source.NETSUITE_PERIODS, case.shop_id)
    if need is not None:
        return need
    day = posting_date(case, policy, settlement.settled_at, receivable=True)
    if isinstance(day, Waiting):
        return day
    on, moved = day
    memo = f"Loop return {case.focus}" + "".join(f"; Shopify refund {one}" for one in settlement.refund_ids) + moved
    key = NaturalKey(case.focus, next(iter(settlement.refund_ids), ""))
    if record == "cash_refund":
        return cash_refund(case, policy, authorization, settlement, (on, memo, key))
    lines, header_discount = stated(case, authorization)
    draft = CreditMemoDraft(
        external_id=next_external_id(case, policy, "LOOP-CM"),
        key=key,
        authorization_id=authorization.internal_id,
        on=on,
        memo=memo,
        lines=(*lines, *settlement.adjustments),
        expected_total=settlement.paid_out,
        header_discount=header_discount,
    )
    return Write(draft, f"The goods of {authorization.number} were received and {settlement.paid_out} left the shop.")
