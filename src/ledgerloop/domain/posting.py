"""The posting records of a refund, as drafts: cash refund, and the customer refunds that pay a credit memo out.

Source: rulebook section 5.
"""

from datetime import date

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case
from ledgerloop.domain.credits import FULLY_APPLIED, VOIDED, differs, payment
from ledgerloop.domain.documents import Document
from ledgerloop.domain.mapping import posting_date
from ledgerloop.domain.matching import match_units
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.domain.partial import stated
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import CashRefundDraft, CustomerRefundDraft, NaturalKey
from ledgerloop.domain.settlement import Settlement, Tender, settle
from ledgerloop.domain.standing import next_external_id, promised_total, record_gone
from ledgerloop.outcome import Attention, Source, Waiting


def cash_refund(
    case: Case, policy: Policy, authorization: Document, settlement: Settlement, head: tuple[date, str, NaturalKey]
) -> Answer:
    """Pay the whole settlement out by one cash refund. `head` is its date, memo and key."""
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
    lines, header_discount = stated(case, authorization)
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
        lines=(*lines, *settlement.adjustments),
        expected_total=settlement.paid_out,
        header_discount=header_discount,
    )
    return Write(draft, f"The order was billed by cash sale, and {settlement.paid_out} left the shop.")


def pay_out(case: Case, policy: Policy, credit: Document, settlement: Settlement) -> Answer:
    """One customer refund per tender, applied to the open credit memo."""
    tender = unpaid(case, settlement)
    if tender is None or credit.status == FULLY_APPLIED:
        return None
    wrong = differs(case, credit, settlement)
    if wrong is not None:
        return wrong
    return _customer_refund(case, policy, tender, credit, f"it is paid out of credit memo {credit.number}")


def unpaid(case: Case, settlement: Settlement) -> Tender | None:
    """The first tender that no customer refund stands for yet."""
    paid = {one.shopify_transaction_id for one in case.of_type("customerRefund") if one.status != VOIDED}
    return next((tender for tender in settlement.tenders if tender.transaction_id not in paid), None)


def from_deposit(case: Case, policy: Policy) -> Answer:
    """Units cancelled before they were shipped: the money goes back from the deposit, without any authorization."""
    order = next(iter(case.source_orders), None)
    deposits = [one for one in case.of_type("customerDeposit") if one.status != VOIDED]
    if order is None or len(case.source_orders) != 1 or not deposits or not _never_shipped(case, order):
        return None
    settlement = settle(case, policy, promised_total(case))
    if not isinstance(settlement, Settlement):
        return settlement
    tender = unpaid(case, settlement)
    if tender is None:
        return None
    enough = [one for one in deposits if one.total >= tender.amount]
    if not enough:
        return Attention(
            "deposit_too_small",
            f"Shopify refunded {tender.amount} of units never shipped, but no customer deposit on {order.number} "
            "holds that much.",
            "Refund it in NetSuite by hand from what the customer paid; write the Loop return id on the refund.",
        )
    return _customer_refund(
        case, policy, tender, enough[0], f"nothing was shipped, so it comes out of {enough[0].number}"
    )


def _never_shipped(case: Case, order: SourceOrder) -> bool:
    left = {line.line: line.quantity for line in order.goods}
    matched, unmatched = match_units(case.the_return.lines, order.goods, left)
    lines = {line.line: line for line in order.goods}
    return bool(matched) and not unmatched and all(not lines[number].shipped for number in matched)


def _customer_refund(case: Case, policy: Policy, tender: Tender, source: Document, why: str) -> Answer:
    through = record_gone(case, "customerRefund") or payment(policy, tender)
    if isinstance(through, Attention):
        return through
    need = case.must_read(Source.NETSUITE_PERIODS, case.shop_id)
    if need is not None:
        return need
    day = posting_date(case, policy, tender.processed_at, receivable=True)
    if isinstance(day, Waiting):
        return day
    on, moved = day
    draft = CustomerRefundDraft(
        external_id=next_external_id(case, policy, "LOOP-RF"),
        key=NaturalKey(case.focus, tender.shopify_refund_id, tender.transaction_id),
        customer_id=source.customer_id,
        on=on,
        memo=f"Loop return {case.focus}; Shopify refund {tender.shopify_refund_id}; "
        f"transaction {tender.transaction_id}{moved}",
        credit_memo_id=source.internal_id if source.record_type == "creditMemo" else "",
        deposit_id=source.internal_id if source.record_type == "customerDeposit" else "",
        amount=tender.amount,
        payment_method_id=through[0],
        account_id=through[1],
    )
    return Write(draft, f"{tender.amount} left through {tender.gateway}; {why}.")
