"""The money that left for a return: Shopify's successful refund transactions, of whatever gateway.

Source: rulebook section 5; shopify.dev Admin GraphQL API 2026-10, Refund, OrderTransaction (read 2026-11-21).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ledgerloop.domain.case import Case
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopRefund
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.standing import wait
from ledgerloop.domain.unmapped import no_method
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting


@dataclass(frozen=True)
class Tender:
    """Money that left: one successful refund transaction in Shopify, of any gateway."""

    shopify_refund_id: str
    transaction_id: str
    gateway: str
    amount: Money
    processed_at: datetime


def refunds_of(case: Case, *, wanted: bool) -> tuple[ShopRefund, ...] | NeedsReading:
    """Shopify's refunds that belong to the return: by the ids Loop keeps, then by Shopify's own return; never by
    amount.

    `wanted`: the return's sums say that there must be one, so Loop's ids are read where they are not known.
    """
    return_ = case.the_return
    need = case.must_read(Source.SHOPIFY_ORDER, case.shopify_order_id)
    if need is not None:
        return need
    if not return_.refunds and wanted:
        need = case.must_read(Source.LOOP_RETURN, return_.loop_return_id)
        if need is not None:
            return need
    if case.shop_order is None:
        return ()
    ids = {refund.shopify_refund_id for refund in return_.refunds}
    direct = [refund for refund in case.shop_order.refunds if refund.refund_id in ids]
    theirs = {refund.shopify_return_id for refund in direct if refund.shopify_return_id}
    if not ids and len(case.returns) == 1:
        shown = {refund.shopify_return_id for refund in case.shop_order.refunds if refund.shopify_return_id}
        theirs = shown if len(shown) == 1 else set()
    return tuple(r for r in case.shop_order.refunds if r.refund_id in ids or r.shopify_return_id in theirs)


def tenders_of(
    case: Case, policy: Policy, refunds: Iterable[ShopRefund], currency: str
) -> tuple[Tender, ...] | Waiting | Attention:
    """The successful transactions of these refunds in `currency`; a pending one is waited for."""
    moved = [(r, t) for r in refunds for t in r.transactions if t.kind == "REFUND"]
    pending = next((t for _, t in moved if t.status in ("PENDING", "AWAITING_RESPONSE")), None)
    if pending is not None:
        reason = f"Shopify has not finished the refund of {pending.amount}; it goes on when the transaction succeeds."
        return wait(case, policy, "refund_pending", reason, Source.SHOPIFY_ORDER)
    tenders = []
    for r, t in sorted(moved, key=lambda one: one[1].transaction_id):
        if t.status != "SUCCESS":
            continue
        amount = t.in_currency(currency)
        if amount is None:
            return Attention(
                "currency_differs",
                f"Shopify refunded {t.amount} ({t.presentment_amount} for the shopper), but what is to be posted is in "
                f"{currency}.",
                "Post this refund in NetSuite by hand, then mark the return as handled.",
            )
        tenders.append(Tender(r.refund_id, t.transaction_id, t.gateway, amount, t.processed_at or case.as_of))
    return tuple(tenders)


def other_currency(case: Case, policy: Policy, currency: str) -> Attention | None:
    """Money is posted in the currency of the order in NetSuite, as far as the configuration tells which that is."""
    wanted = policy.currencies.get(currency, "")
    order = next(iter(case.source_orders), None)
    if not wanted or order is None or not order.currency_id or order.currency_id == wanted:
        return None
    return Attention(
        "currency_differs",
        f"The amounts are in {currency} (NetSuite's currency {wanted}), but {order.record_type} {order.number} is in "
        f"NetSuite's currency {order.currency_id}.",
        "Post this refund in NetSuite by hand, in the currency of the order.",
    )


def paid_through(tenders: Iterable[Tender]) -> tuple[Tender, ...]:
    """What left by gateway, largest first: transactions of one gateway are one payment of a cash refund."""
    sums: dict[str, Tender] = {}
    for one in tenders:
        before = sums.get(one.gateway)
        sums[one.gateway] = one if before is None else replace(before, amount=before.amount + one.amount)
    return tuple(sorted(sums.values(), key=lambda one: one.amount.amount, reverse=True))


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
            f"Add {tender.gateway} (or default) to payment_methods in the configuration, or map it (mappings).",
            no_method(tender.gateway),
        )
    account = policy.refund_accounts.get(tender.gateway, "")
    return method, account or (policy.refund_account if method == default else "")
