"""Money given back for units that were never shipped: it goes out of the order's customer deposit, without any credit.

Source: rulebook section 5; docs.oracle.com, customer refund, deposits (read 2026-11-21).
"""

from ledgerloop.domain.answers import Answer
from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.guard import VOIDED
from ledgerloop.domain.matching import match_units
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.posting import Mark, customer_refund, unpaid
from ledgerloop.domain.settlement import Settlement, first_part, settle
from ledgerloop.domain.standing import promised_total
from ledgerloop.domain.tenders import Tender
from ledgerloop.outcome import Attention


def from_deposit(case: Case, policy: Policy) -> Answer:
    """Units cancelled before they were shipped: the money goes back from the deposit, without any authorization."""
    order = next(iter(case.source_orders), None)
    if order is None or len(case.source_orders) != 1 or not deposits(case) or not _never_shipped(case, policy, order):
        return None
    settlement = settle(case, policy, promised_total(case))
    if not isinstance(settlement, Settlement):
        return settlement
    explained = first_part(settlement, policy)
    if isinstance(explained, Attention):
        return explained
    tender = unpaid(case, settlement.tenders)
    return None if tender is None else out_of_deposit(case, policy, tender, order, Mark.of_return(case))


def deposits(case: Case) -> list[Document]:
    """Customer deposits of the order."""
    return [one for one in case.of_type("customerDeposit") if one.status != VOIDED]


def out_of_deposit(case: Case, policy: Policy, tender: Tender, order: SourceOrder, mark: Mark) -> Answer:
    """Pay one tender out of a deposit that holds as much: best the one of the payment that was refunded."""
    enough = [one for one in deposits(case) if one.total >= tender.amount]
    if not enough:
        return Attention(
            "deposit_too_small",
            f"Shopify refunded {tender.amount} of units never shipped, but no customer deposit on {order.number} "
            "holds that much.",
            "Refund it in NetSuite by hand from what the customer paid; write the Shopify refund id and the "
            "transaction id into its memo, as in “Shopify refund 88; transaction 889”.",
        )
    paid_by = _payment_of(case, tender)
    of_payment = (one for one in enough if paid_by and paid_by in (one.shopify_transaction_id, one.external_id))
    source = next(of_payment, enough[0])
    return customer_refund(
        case, policy, tender, source, mark, f"nothing was shipped, so it comes out of {source.number}"
    )


def _payment_of(case: Case, tender: Tender) -> str:
    """Shopify's id of the payment that a refund transaction gives back."""
    refunds = case.shop_order.refunds if case.shop_order is not None else ()
    moved = (one for refund in refunds for one in refund.transactions)
    return next((one.parent_id for one in moved if one.transaction_id == tender.transaction_id), "")


def _never_shipped(case: Case, policy: Policy, order: SourceOrder) -> bool:
    left = {line.line: line.quantity for line in order.goods}
    matched, unmatched = match_units(case.the_return.lines, order.goods, left, policy.sku_aliases)
    lines = {line.line: line for line in order.goods}
    return bool(matched) and not unmatched and all(not lines[number].shipped for number in matched)
