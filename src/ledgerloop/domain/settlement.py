"""The money of a return: what really left, what left by no refund transaction, and the law that binds Loop's sums.

Law: return_total + upsell + extras = exchange_total + gift_card + refund + handling_fee.
Source: rulebook section 5.
"""

from dataclasses import dataclass
from datetime import datetime

from ledgerloop.domain.case import Case
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopRefund
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import DraftLine
from ledgerloop.domain.returns import Return
from ledgerloop.domain.standing import wait
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting


@dataclass(frozen=True)
class Tender:
    """Money that left: one successful refund transaction in Shopify, of any gateway."""

    shopify_refund_id: str
    transaction_id: str
    gateway: str
    amount: Money
    processed_at: datetime


@dataclass(frozen=True)
class Settlement:
    """How a return is settled: tenders paid out, and adjustments (signed) for what left by no refund transaction."""

    tenders: tuple[Tender, ...]
    adjustments: tuple[DraftLine, ...]
    goods: Money
    settled_at: datetime

    @property
    def paid_out(self) -> Money:
        """Sum of the tenders, which is the total of the posting record."""
        return Money.total((tender.amount for tender in self.tenders), self.goods.currency)

    @property
    def refund_ids(self) -> tuple[str, ...]:
        """Shopify refund ids of the tenders, each once."""
        return tuple(dict.fromkeys(tender.shopify_refund_id for tender in self.tenders))


def settle(case: Case, policy: Policy, goods: Money) -> Settlement | NeedsReading | Waiting | Attention:
    """Work out the settlement of the return in question. `goods` is the authorization's saved total."""
    return_ = case.the_return
    broken = _law(return_, policy)
    if broken is not None:
        return broken
    refunds = _refunds_of(case)
    if isinstance(refunds, NeedsReading):
        return refunds
    tenders = _tenders(case, policy, refunds)
    if not isinstance(tenders, tuple):
        return tenders
    adjustments = _adjustments(return_, policy)
    if isinstance(adjustments, Attention):
        return adjustments
    last = max((tender.processed_at for tender in tenders), default=return_.processed_at or case.as_of)
    return _with_variance(policy, Settlement(tenders, adjustments, goods, last))


def _law(return_: Return, policy: Policy) -> Attention | None:
    t = return_.totals
    gives = t.return_total + t.upsell
    takes = t.exchange_total + t.gift_card + t.refund + t.handling_fee
    remainder = gives - takes
    if abs(remainder.amount) <= policy.variance_limit:
        return None
    return Attention(
        "loop_amounts_disagree",
        f"Loop's sums do not agree: return {t.return_total} + upsell {t.upsell} is not exchange {t.exchange_total} + "
        "gift card "
        f"{t.gift_card} + refund {t.refund} + handling fee {t.handling_fee}; {remainder} is unexplained "
        f"(limit {policy.variance_limit}).",
        "Look at the return's amounts in Loop; nothing is posted until they agree. Then retry.",
    )


def _refunds_of(case: Case) -> tuple[ShopRefund, ...] | NeedsReading:
    """Shopify's refunds that belong to the return: by the ids Loop keeps, then by Shopify's own return; never by
    amount.
    """
    return_ = case.the_return
    need = case.must_read(Source.SHOPIFY_ORDER, case.shopify_order_id)
    if need is not None:
        return need
    if not return_.refunds and return_.totals.refund:
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


def _tenders(case: Case, policy: Policy, refunds: tuple[ShopRefund, ...]) -> tuple[Tender, ...] | Waiting | Attention:
    moved = [(r, t) for r in refunds for t in r.transactions if t.kind == "REFUND"]
    if any(t.status in ("PENDING", "AWAITING_RESPONSE") for _, t in moved):
        pending = Money.total((t.amount for _, t in moved if t.status != "SUCCESS"), case.the_return.currency)
        reason = f"Shopify has not finished the refund of {pending}; it goes on when the transaction succeeds."
        return wait(case, policy, "refund_pending", reason, Source.SHOPIFY_ORDER)
    done = tuple(
        Tender(r.refund_id, t.transaction_id, t.gateway, t.amount, t.processed_at or r.created_at or case.as_of)
        for r, t in sorted(moved, key=lambda one: one[1].transaction_id)
        if t.status == "SUCCESS"
    )
    if not done and case.the_return.totals.refund:
        reason = (
            f"Loop refunds {case.the_return.totals.refund}, but Shopify shows no successful refund transaction "
            "of this return yet."
        )
        return wait(case, policy, "refund_not_seen", reason, Source.SHOPIFY_ORDER, Source.LOOP_RETURN)
    foreign = next((tender for tender in done if tender.amount.currency != case.the_return.currency), None)
    if foreign is not None:
        return Attention(
            "currency_differs",
            f"Shopify refunded {foreign.amount}, but the return is in {case.the_return.currency}.",
            "Post this refund in NetSuite by hand, then mark the return as handled.",
        )
    return done


def _adjustments(return_: Return, policy: Policy) -> tuple[DraftLine, ...] | Attention:
    """What left by no refund transaction, as visible negative lines."""
    t, items = return_.totals, policy.items
    wanted = (
        (t.exchange_credit, items.exchange_credit, "exchange_credit", "Exchange credit used on the exchange order"),
        (t.gift_card, items.gift_card, "gift_card", "Gift card issued by Loop"),
        (t.handling_fee, items.handling_fee, "handling_fee", "Handling fee kept"),
    )
    lines = []
    for amount, item, key, text in wanted:
        if not amount:
            continue
        if not item:
            return Attention(
                "item_not_configured",
                f"The return carries {text.lower()} of {amount}, but no item is configured for it.",
                f"Set items.{key} in the configuration to the internal id of a NetSuite item, then retry.",
            )
        lines.append(DraftLine(item_id=item, quantity=None, amount=-amount, description=text))
    return tuple(lines)


def _with_variance(policy: Policy, settlement: Settlement) -> Settlement | Attention:
    """Close the last cents with a visible variance line, within the limit; beyond it nothing is posted."""
    currency = settlement.goods.currency
    value = settlement.goods + Money.total((line.amount for line in settlement.adjustments if line.amount), currency)
    variance = settlement.paid_out - value
    if not variance:
        return settlement
    if abs(variance.amount) > policy.variance_limit:
        return Attention(
            "refund_differs",
            f"Shopify paid out {settlement.paid_out}, but goods of {settlement.goods} with their adjustments come to "
            f"{value}; "
            f"{variance} is unexplained (limit {policy.variance_limit}).",
            "Compare the return in Loop with its refund in Shopify; correct the authorization in NetSuite or post by "
            "hand.",
        )
    if not policy.items.variance:
        return Attention(
            "item_not_configured",
            f"A variance of {variance} is within the limit, but no item is configured for it.",
            "Set items.variance in the configuration to the internal id of a NetSuite item, then retry.",
        )
    line = DraftLine(item_id=policy.items.variance, quantity=None, amount=variance, description="Variance")
    return Settlement(settlement.tenders, (*settlement.adjustments, line), settlement.goods, settlement.settled_at)
