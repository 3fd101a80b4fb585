"""The posting records of a refund, as drafts: credit memo or cash refund, and the customer refunds that pay out.

Source: rulebook section 5.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case
from ledgerloop.domain.credits import differs, refunds_named
from ledgerloop.domain.documents import Document
from ledgerloop.domain.guard import FULLY_APPLIED, VOIDED
from ledgerloop.domain.mapping import posting_date
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import (
    CashRefundDraft,
    CreditMemoDraft,
    CustomerRefundDraft,
    DraftLine,
    NaturalKey,
)
from ledgerloop.domain.settlement import Part
from ledgerloop.domain.standing import next_external_id, record_gone
from ledgerloop.domain.tenders import Tender, paid_through, payment
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting


@dataclass(frozen=True)
class Mark:
    """How records about a piece of money are named and marked: those of a return, or of a refund without one."""

    system: str
    number: str
    loop_return_id: str
    memo: str

    @classmethod
    def of_return(cls, case: Case) -> "Mark":
        """Of the return in question."""
        return cls("LOOP", case.focus, case.focus, f"Loop return {case.focus}")


@dataclass(frozen=True)
class Credit:
    """A credit to be posted. `record` is "credit_memo" or "cash_refund"; `lines` are what it must say of its goods."""

    record: str
    part: Part
    mark: Mark
    external_id: str
    source_type: str
    source_id: str
    why: str
    lines: tuple[DraftLine, ...] = ()
    header_discount: Money | None = None


def post(case: Case, policy: Policy, credit: Credit) -> Answer:
    """Draft a credit on a day that NetSuite takes; of a cash refund with several tenders the largest is its payment."""
    return _searched(case, credit.external_id, _drafted(case, policy, credit))


def _searched(case: Case, external_id: str, answer: Answer) -> Answer:
    """Before the first attempt NetSuite is searched for what others have entered for the same money.

    Source: rulebook section 0, never twice.
    """
    if not isinstance(answer, Write) or not case.search_credits or case.written(external_id):
        return answer
    return NeedsReading(Source.NETSUITE_FAMILY, case.shopify_order_id)


def _drafted(case: Case, policy: Policy, credit: Credit) -> Answer:
    day = day_of(case, policy, credit.part)
    if not isinstance(day, tuple):
        return day
    on, moved = day
    part, mark = credit.part, credit.mark
    memo = mark.memo + "".join(f"; Shopify refund {one}" for one in part.refund_ids) + moved
    key = NaturalKey(mark.loop_return_id, next(iter(part.refund_ids), ""))
    if credit.record == "cash_refund":
        return _cash_refund(policy, credit, on, memo)
    draft = CreditMemoDraft(
        external_id=credit.external_id,
        key=key,
        source_type=credit.source_type,
        source_id=credit.source_id,
        on=on,
        memo=memo,
        lines=(*credit.lines, *part.lines),
        shipping_cost=part.shipping_cost,
        expected_total=part.total,
        header_discount=credit.header_discount,
    )
    return Write(draft, credit.why)


def day_of(case: Case, policy: Policy, part: Part) -> tuple[date, str] | NeedsReading | Waiting:
    """The day a credit may carry, and a note with the original one where it had to be moved."""
    need = case.must_read(Source.NETSUITE_PERIODS, case.shop_id)
    return need or posting_date(case, policy, part.settled_at, receivable=True)


def _cash_refund(policy: Policy, credit: Credit, on: date, memo: str) -> Answer:
    part = credit.part
    through = paid_through(part.tenders)
    others = _further_tenders(policy, through)
    if isinstance(others, Attention):
        return others
    paid = payment(policy, through[0]) if through else ("", "")
    if isinstance(paid, Attention):
        return paid
    draft = CashRefundDraft(
        external_id=credit.external_id,
        key=NaturalKey(
            credit.mark.loop_return_id,
            next(iter(part.refund_ids), ""),
            next((one.transaction_id for one in through), ""),
        ),
        source_type=credit.source_type,
        source_id=credit.source_id,
        on=on,
        memo=memo,
        payment_method_id=paid[0],
        account_id=paid[1],
        lines=(*credit.lines, *part.lines, *others),
        shipping_cost=part.shipping_cost,
        expected_total=through[0].amount if through else part.paid_out,
        header_discount=credit.header_discount,
    )
    return Write(draft, credit.why)


def _further_tenders(policy: Policy, through: Sequence[Tender]) -> tuple[DraftLine, ...] | Attention:
    """Each tender but the largest as a line that posts to the account its money leaves from."""
    lines = []
    for one in through[1:]:
        item = policy.tender_item(one.gateway)
        if not item:
            return Attention(
                "several_tenders",
                f"Shopify paid this return out through {', '.join(f'{t.gateway} ({t.amount})' for t in through)}; a "
                f"cash refund has one payment method, and no item is configured for {one.gateway}.",
                f"Set payment_items.{one.gateway} to an item that posts to the account this money leaves from, then "
                "retry; or make this cash refund in NetSuite by hand, from the authorization: it is then adopted.",
            )
        lines.append(DraftLine(item_id=item, amount=-one.amount, description=f"Paid out through {one.gateway}"))
    return tuple(lines)


def pay_out(
    case: Case, policy: Policy, credit: Document, tenders: Sequence[Tender], mark: Mark, carried: Money | None = None
) -> Answer:
    """One customer refund per tender, applied to the open credit memo; a cash refund has paid out by itself.

    `carried` is what of the credit memo is applied to exchange orders instead.
    """
    if credit.record_type == "cashRefund":
        return differs(case, credit, tenders)
    tender = unpaid(case, tenders)
    if (tender is None and not carried) or credit.status == FULLY_APPLIED:
        return None
    wrong = differs(case, credit, tenders, carried)
    if wrong is not None or tender is None:
        return wrong
    return customer_refund(case, policy, tender, credit, mark, f"it is paid out of credit memo {credit.number}")


def unpaid(case: Case, tenders: Iterable[Tender]) -> Tender | None:
    """The first tender that no customer refund stands for yet, whoever entered it."""
    left = [one for one in case.of_type("customerRefund") if one.status != VOIDED]
    for tender in tenders:
        paid = next((one for one in left if _pays(one, tender)), None)
        if paid is None:
            return tender
        left.remove(paid)
    return None


def _pays(refund: Document, tender: Tender) -> bool:
    """By the transaction that it names; one that names only Shopify's refund, by that and its amount."""
    if refund.shopify_transaction_id:
        return refund.shopify_transaction_id == tender.transaction_id
    return tender.shopify_refund_id in refunds_named(refund) and refund.total == tender.amount


def customer_refund(case: Case, policy: Policy, tender: Tender, source: Document, mark: Mark, why: str) -> Answer:
    """Pay one tender out of an open credit memo, or out of a customer deposit."""
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
        external_id=next_external_id(case, policy, f"{mark.system}-RF", mark.number),
        key=NaturalKey(mark.loop_return_id, tender.shopify_refund_id, tender.transaction_id),
        customer_id=source.customer_id,
        on=on,
        memo=f"{mark.memo}; Shopify refund {tender.shopify_refund_id}; transaction {tender.transaction_id}{moved}",
        credit_memo_id=source.internal_id if source.record_type == "creditMemo" else "",
        deposit_id=source.internal_id if source.record_type == "customerDeposit" else "",
        amount=tender.amount,
        payment_method_id=through[0],
        account_id=through[1],
    )
    reason = f"{tender.amount} left through {tender.gateway}; {why}."
    return _searched(case, draft.external_id, Write(draft, reason))
