"""Refund: Loop and Shopify -> NetSuite. Money that left becomes a credit memo with a customer refund, or a cash refund.

Writes: credit memo (order billed by invoice), then one customer refund per tender applied to it; or a cash refund (cash sale).
Waits: goods_not_received, order_not_billed, refund_not_seen, refund_pending, period_closed, authorization_not_approved.
Attention: loop_amounts_disagree, refund_differs, gateway_unmapped, possible_duplicate, over_credit, credit_memo_differs,
several_tenders, item_not_configured, currency_differs, amount_differs, authorization_differs.
Source: rulebook section 5; docs.oracle.com, customer returns: credit memo or refund (read 2026-11-21).
"""

from datetime import date

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.mapping import billed_by, posting_date, refund_record
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import CashRefundDraft, CreditMemoDraft, CustomerRefundDraft, NaturalKey
from ledgerloop.domain.settlement import Settlement, Tender, settle
from ledgerloop.domain.standing import next_external_id, processed, standing, usable_authorization, wait
from ledgerloop.outcome import Attention, Source, Waiting

CREDITS = ("creditMemo", "cashRefund")
VOIDED = "V"
FULLY_APPLIED = "B"


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
    credit = _credit_of(case, authorization, settlement)
    if credit is None:
        return _post_credit(case, policy, authorization, settlement)
    if credit.record_type == "creditMemo":
        return _pay_out(case, policy, credit, settlement)
    return _differs(case, credit, settlement)


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


def _credit_of(case: Case, authorization: Document, settlement: Settlement) -> Document | None:
    """The credit memo or cash refund that already stands for this return, whoever made it."""
    refund_ids = set(settlement.refund_ids)
    for one in case.of_type(*CREDITS):
        ours = one.created_from == authorization.internal_id or one.loop_return_id == case.focus
        if one.status != VOIDED and (ours or one.shopify_refund_id in refund_ids):
            return one
    return None


def _post_credit(case: Case, policy: Policy, authorization: Document, settlement: Settlement) -> Answer:
    record = refund_record(case, policy)
    if not record or (record == "credit_memo" and not billed_by(case)):
        reason = "The order is shipped but not billed in NetSuite yet; it is refunded when the invoice or cash sale exists."
        return wait(case, policy, "order_not_billed", reason, Source.NETSUITE_ORDER, Source.NETSUITE_FAMILY)
    stop = _possible_duplicate(case, settlement) or _over_credit(case, policy, settlement)
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
            f"Shopify paid {settlement.paid_out} out in {len(settlement.tenders)} parts; one cash refund has one payment method.",
            "Make this cash refund in NetSuite by hand, from the authorization; it is then adopted.",
        )
    method, account = "", ""
    if settlement.tenders:
        through = _payment(policy, settlement.tenders[0])
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


def _payment(policy: Policy, tender: Tender) -> tuple[str, str] | Attention:
    """NetSuite payment method of a tender's gateway, and the account it leaves from (empty: left to the method).

    Source: interface section 3, refund_accounts.
    """
    default = policy.payment_methods.get("default", "")
    method = policy.payment_methods.get(tender.gateway, default)
    if not method:
        return Attention(
            "gateway_unmapped",
            f"Shopify refunded {tender.amount} through “{tender.gateway}”, which is not mapped to a NetSuite payment method.",
            f"Add {tender.gateway} (or default) to payment_methods in the configuration, then retry.",
        )
    account = policy.refund_accounts.get(tender.gateway, "")
    return method, account or (policy.refund_account if method == default else "")


def _possible_duplicate(case: Case, settlement: Settlement) -> Attention | None:
    """A credit of the same amount on this order that carries no return and no refund may already be this one."""
    authorizations = {one.internal_id for one in case.of_type("returnAuthorization")}
    for one in case.of_type(*CREDITS):
        unexplained = not one.loop_return_id and not one.shopify_refund_id and one.created_from not in authorizations
        if unexplained and one.status != VOIDED and one.total == settlement.paid_out:
            return Attention(
                "possible_duplicate",
                f"{one.record_type} {one.number} on this order has the same total of {one.total} and names no return and no refund.",
                "If it stands for this refund, write the Loop return id on it; if not, give it a memo with its own Shopify "
                "refund id. Then retry.",
            )
    return None


def _over_credit(case: Case, policy: Policy, settlement: Settlement) -> Attention | None:
    """Value credited on the order never exceeds the value sold on it. Source: rulebook section 5, credit guard."""
    if case.shop_order is None:
        return None
    sold = case.shop_order.total + case.shop_order.credit_used
    aside = {policy.items.exchange_credit, policy.items.gift_card, policy.items.handling_fee} - {""}
    credited = Money.zero(sold.currency)
    for one in case.of_type(*CREDITS):
        if one.status != VOIDED:
            kept = Money.total((abs(line.amount) for line in one.lines if line.item_id in aside), sold.currency)
            credited = credited + one.total + kept
    over = credited + settlement.goods - sold
    if over.amount <= policy.variance_limit:
        return None
    return Attention(
        "over_credit",
        f"{credited} of the {sold} sold on this order are credited already; another {settlement.goods} would be {over} too much.",
        "Find the credit memo or cash refund on this order that should not be there; void it or correct it, then retry.",
    )


def _differs(case: Case, credit: Document, settlement: Settlement) -> Attention | None:
    """A saved credit must be what was decided, before money is put on it."""
    order = next(iter(case.source_orders), None)
    wrong = []
    if credit.total != settlement.paid_out:
        wrong.append(f"its total is {credit.total}, expected {settlement.paid_out}")
    if order is not None and credit.customer_id != order.customer_id:
        wrong.append(f"its customer is {credit.customer_id}, expected {order.customer_id}")
    if order is not None and credit.currency_id != order.currency_id:
        wrong.append("its currency is not the order's")
    if not wrong:
        return None
    return Attention(
        "credit_memo_differs",
        f"{credit.record_type} {credit.number} differs: {'; '.join(wrong)}.",
        "Correct it in NetSuite (rate, tax or lines), then retry. No customer refund is written for it until it agrees.",
    )


def _pay_out(case: Case, policy: Policy, credit: Document, settlement: Settlement) -> Answer:
    """One customer refund per tender, applied to the open credit memo."""
    paid = {one.shopify_transaction_id for one in case.of_type("customerRefund") if one.status != VOIDED}
    unpaid = [tender for tender in settlement.tenders if tender.transaction_id not in paid]
    if not unpaid or credit.status == FULLY_APPLIED:
        return None
    differs = _differs(case, credit, settlement)
    if differs is not None:
        return differs
    tender = unpaid[0]
    through = _payment(policy, tender)
    if isinstance(through, Attention):
        return through
    day = posting_date(case, policy, tender.processed_at, receivable=True)
    if isinstance(day, Waiting):
        return day
    on, moved = day
    key = NaturalKey(case.focus, tender.shopify_refund_id, tender.transaction_id)
    memo = f"Loop return {case.focus}; Shopify refund {tender.shopify_refund_id}; transaction {tender.transaction_id}{moved}"
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
    return Write(draft, f"{tender.amount} left through {tender.gateway}; it is paid out of credit memo {credit.number}.")
