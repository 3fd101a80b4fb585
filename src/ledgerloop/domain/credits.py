"""What credits already stand on an order, and what must hold before another is posted or paid out.

Source: rulebook section 5.
"""

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.settlement import Settlement, Tender
from ledgerloop.outcome import Attention

CREDITS = ("creditMemo", "cashRefund")
"""Record types that give value back."""

VOIDED = "V"
FULLY_APPLIED = "B"
"""Status letters of a credit memo. Source: REST API Browser 2026.1, creditMemo."""


def credit_of(case: Case, authorization: Document, settlement: Settlement) -> Document | None:
    """The credit memo or cash refund that already stands for this return, whoever made it."""
    refund_ids = set(settlement.refund_ids)
    for one in case.of_type(*CREDITS):
        ours = one.created_from == authorization.internal_id or one.loop_return_id == case.focus
        if one.status != VOIDED and (ours or one.shopify_refund_id in refund_ids):
            return one
    return None


def payment(policy: Policy, tender: Tender) -> tuple[str, str] | Attention:
    """NetSuite payment method of a tender's gateway, and the account it leaves from (empty: left to the method).

    Source: interface section 3, refund_accounts.
    """
    default = policy.payment_methods.get("default", "")
    method = policy.payment_methods.get(tender.gateway, default)
    if not method:
        return Attention(
            "gateway_unmapped",
            f"Shopify refunded {tender.amount} through “{tender.gateway}”, which is not mapped to a NetSuite payment "
            "method.",
            f"Add {tender.gateway} (or default) to payment_methods in the configuration, then retry.",
        )
    account = policy.refund_accounts.get(tender.gateway, "")
    return method, account or (policy.refund_account if method == default else "")


def possible_duplicate(case: Case, settlement: Settlement) -> Attention | None:
    """A credit of the same amount on this order that carries no return and no refund may already be this one."""
    authorizations = {one.internal_id for one in case.of_type("returnAuthorization")}
    for one in case.of_type(*CREDITS):
        unexplained = not one.loop_return_id and not one.shopify_refund_id and one.created_from not in authorizations
        if unexplained and one.status != VOIDED and one.total == settlement.paid_out:
            return Attention(
                "possible_duplicate",
                f"{one.record_type} {one.number} on this order has the same total of {one.total} and names no return "
                "and no refund.",
                "If it stands for this refund, write the Loop return id on it; if not, give it a memo with its own "
                "Shopify "
                "refund id. Then retry.",
            )
    return None


def over_credit(case: Case, policy: Policy, settlement: Settlement) -> Attention | None:
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
        f"{credited} of the {sold} sold on this order are credited already; another {settlement.goods} would be "
        f"{over} too much.",
        "Find the credit memo or cash refund on this order that should not be there; void it or correct it, then "
        "retry.",
    )


def closed_too_early(authorization: Document) -> Attention | None:
    """A line closed by a person after its goods came and before they were credited: a credit would leave it out.

    Source: docs.oracle.com, closing line items (read 2026-11-21): credit first, then close.
    """
    names = [line.sku for line in authorization.goods if line.closed and line.received > line.refunded]
    if not names:
        return None
    return Attention(
        "authorization_differs",
        f"{', '.join(names)} on {authorization.number} was received and then closed in NetSuite before it was "
        "credited; a credit made from the authorization would leave it out.",
        "Open the line again in NetSuite, or credit the return there by hand; it goes on by itself.",
    )


def differs(case: Case, credit: Document, settlement: Settlement) -> Attention | None:
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
        "Correct it in NetSuite (rate, tax or lines), then retry. No customer refund is written for it until it "
        "agrees.",
    )
