"""Refund: Loop and Shopify -> NetSuite. Money that left becomes a credit memo with a customer refund, or a cash refund.

Writes: credit memo (order billed by invoice), then one customer refund per tender applied to it; or a cash refund
(cash sale).
Waits: goods_not_received, order_not_billed, refund_not_seen, refund_pending, period_closed, authorization_not_approved.
Attention: loop_amounts_disagree, refund_differs, gateway_unmapped, possible_duplicate, over_credit,
credit_memo_differs,
several_tenders, item_not_configured, currency_differs, amount_differs, authorization_differs.
Source: rulebook section 5; docs.oracle.com, customer returns: credit memo or refund (read 2026-11-21).
"""

from datetime import date

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case
from ledgerloop.domain.credits import (
    FULLY_APPLIED,
    VOIDED,
    credit_of,
    differs,
    over_credit,
    payment,
    possible_duplicate,
)
from ledgerloop.domain.documents import Document
from ledgerloop.domain.mapping import billed_by, posting_date, refund_record
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import CashRefundDraft, CreditMemoDraft, CustomerRefundDraft, NaturalKey
from ledgerloop.domain.settlement import Settlement, settle
from ledgerloop.domain.standing import next_external_id, processed, standing, usable_authorization, wait
from ledgerloop.outcome import Attention, Source, Waiting


def next_write(case: Case, policy: Policy) -> Answer:
    """Ask for the next record that the return's money needs in NetSuite."""
    done = processed(case, policy)
    if done is not True:
        return done or None
    authorization = usable_authorization(case, policy)
    if not isinstance(authorization, Document):
        return authorization
    not_yet = _not_received(case, policy, authorization)
    if not_yet is not None:
        return not_yet
    settlement = settle(case, policy, authorization.total)
    if not isinstance(settlement, Settlement):
        return settlement
    credit = credit_of(case, authorization, settlement)
    if credit is None:
        return _post_credit(case, policy, authorization, settlement)
    if credit.record_type == "creditMemo":
        return _pay_out(case, policy, credit, settlement)
    return differs(case, credit, settlement)


def _not_received(case: Case, policy: Policy, authorization: Document) -> Waiting | Attention | None:
    """Money is credited for goods that came back, unless the merchant credits before receipt."""
    lines = standing(authorization, case.the_return)
    if isinstance(lines, Attention):
        return lines
    missing = [one for one in lines if one.missing]
    if not missing or policy.refund_before_receipt:
        return None
    names = ", ".join(f"{one.missing:f} × {one.line.sku}" for one in missing)
    reason = f"Loop processed the return; NetSuite has not received {names} of {authorization.number} yet."
    return wait(case, policy, "goods_not_received", reason, Source.NETSUITE_FAMILY)


def _post_credit(case: Case, policy: Policy, authorization: Document, settlement: Settlement) -> Answer:
    record = refund_record(case, policy)
    if not record or (record == "credit_memo" and not billed_by(case)):
        reason = (
            "The order is shipped but not billed in NetSuite yet; it is refunded when the invoice or cash sale exists."
        )
        return wait(case, policy, "order_not_billed", reason, Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY)
    stop = possible_duplicate(case, settlement) or over_credit(case, policy, settlement)
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
        return _cash_refund(case, policy, authorization, settlement, (on, memo, key))
    draft = CreditMemoDraft(
        external_id=next_external_id(case, policy, "LOOP-CM"),
        key=key,
        authorization_id=authorization.internal_id,
        on=on,
        memo=memo,
        lines=settlement.adjustments,
        expected_total=settlement.paid_out,
    )
    return Write(draft, f"The goods of {authorization.number} were received and {settlement.paid_out} left the shop.")


def _cash_refund(
    case: Case, policy: Policy, authorization: Document, settlement: Settlement, head: tuple[date, str, NaturalKey]
) -> Answer:
    on, memo, key = head
    if len(settlement.tenders) > 1:
        return Attention(
            "several_tenders",
            f"Shopify paid {settlement.paid_out} out in {len(settlement.tenders)} parts; one cash refund has one "
            "payment method.",
            "Make this cash refund in NetSuite by hand, from the authorization; it is then adopted.",
        )
    method, account = "", ""
    if settlement.tenders:
        through = payment(policy, settlement.tenders[0])
        if isinstance(through, Attention):
            return through
        method, account = through
    draft = CashRefundDraft(
        external_id=next_external_id(case, policy, "LOOP-CR"),
        key=NaturalKey(
            key.loop_return_id,
            key.shopify_refund_id,
            next((tender.transaction_id for tender in settlement.tenders), ""),
        ),
        authorization_id=authorization.internal_id,
        on=on,
        memo=memo,
        payment_method_id=method,
        account_id=account,
        lines=settlement.adjustments,
        expected_total=settlement.paid_out,
    )
    return Write(draft, f"The order was billed by cash sale, and {settlement.paid_out} left the shop.")


def _pay_out(case: Case, policy: Policy, credit: Document, settlement: Settlement) -> Answer:
    """One customer refund per tender, applied to the open credit memo."""
    paid = {one.shopify_transaction_id for one in case.of_type("customerRefund") if one.status != VOIDED}
    unpaid = [tender for tender in settlement.tenders if tender.transaction_id not in paid]
    if not unpaid or credit.status == FULLY_APPLIED:
        return None
    wrong = differs(case, credit, settlement)
    if wrong is not None:
        return wrong
    tender = unpaid[0]
    through = payment(policy, tender)
    if isinstance(through, Attention):
        return through
    day = posting_date(case, policy, tender.processed_at, receivable=True)
    if isinstance(day, Waiting):
        return day
    on, moved = day
    key = NaturalKey(case.focus, tender.shopify_refund_id, tender.transaction_id)
    memo = (
        f"Loop return {case.focus}; Shopify refund {tender.shopify_refund_id}; transaction "
        f"{tender.transaction_id}{moved}"
    )
    draft = CustomerRefundDraft(
        external_id=next_external_id(case, policy, "LOOP-RF"),
        key=key,
        customer_id=credit.customer_id,
        on=on,
        memo=memo,
        credit_memo_id=credit.internal_id,
        amount=tender.amount,
        payment_method_id=through[0],
        account_id=through[1],
    )
    return Write(
        draft, f"{tender.amount} left through {tender.gateway}; it is paid out of credit memo {credit.number}."
    )
