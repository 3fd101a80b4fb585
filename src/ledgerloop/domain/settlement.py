"""The money of a return: what really left, what left by no refund transaction, and how both explain each other.

A return may be paid out in parts: what the first credit left open is settled by the next one, and only that.
Source: rulebook section 5.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ledgerloop.domain.case import Case
from ledgerloop.domain.extras import Extras, beyond_goods, extras_of, given_back
from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopRefund
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import DraftLine
from ledgerloop.domain.returns import Return
from ledgerloop.domain.standing import wait
from ledgerloop.domain.tenders import Tender, other_currency, refunds_of, tenders_of
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting


@dataclass(frozen=True)
class Settlement:
    """All the money of a return. `goods` is what the returned goods are worth on the authorization."""

    return_: Return
    refunds: tuple[ShopRefund, ...]
    tenders: tuple[Tender, ...]
    extras: Extras
    goods: Money
    processed_at: datetime

    @property
    def refund_ids(self) -> tuple[str, ...]:
        """Shopify refund ids of the tenders, each once."""
        return tuple(dict.fromkeys(tender.shopify_refund_id for tender in self.tenders))

    def tenders_of(self, refund_ids: Collection[str]) -> tuple[Tender, ...]:
        """The tenders of these Shopify refunds."""
        return tuple(one for one in self.tenders if one.shopify_refund_id in refund_ids)


@dataclass(frozen=True)
class Part:
    """What one posting record settles. `lines` (signed) stand beside the goods; `value` is what counts as credited."""

    tenders: tuple[Tender, ...]
    lines: tuple[DraftLine, ...]
    goods: Money
    value: Money
    settled_at: datetime
    carried: Money | None = None
    """What is carried to exchange orders by applying the record to their invoices."""
    shipping_cost: Money | None = None
    """Shipping given back as the record's own shipping cost, where no item is configured for it."""

    @property
    def paid_out(self) -> Money:
        """Sum of the tenders."""
        return Money.total((tender.amount for tender in self.tenders), self.goods.currency)

    @property
    def total(self) -> Money:
        """What the record comes to: the tenders, and what is carried by application."""
        return self.paid_out + (self.carried or Money.zero(self.goods.currency))

    @property
    def refund_ids(self) -> tuple[str, ...]:
        """Shopify refund ids of the tenders, each once."""
        return tuple(dict.fromkeys(tender.shopify_refund_id for tender in self.tenders))


def settle(case: Case, policy: Policy, goods: Money) -> Settlement | NeedsReading | Waiting | Attention:
    """Work out the settlement of the return in question. `goods` is the authorization's saved total."""
    return_ = case.the_return
    more = beyond_goods(return_)
    refunds = refunds_of(case, wanted=bool(return_.totals.refund) or more.amount > policy.variance_limit)
    if isinstance(refunds, NeedsReading):
        return refunds
    extras = extras_of(return_, refunds, policy)
    if isinstance(extras, Attention):
        return extras
    tenders = tenders_of(case, policy, refunds, return_.currency)
    if not isinstance(tenders, tuple):
        return tenders
    if not tenders and return_.totals.refund:
        reason = (
            f"Loop refunds {return_.totals.refund}, but Shopify shows no successful refund transaction "
            "of this return yet."
        )
        return wait(case, policy, "refund_not_seen", reason, Source.SHOPIFY_ORDER, Source.LOOP_RETURN)
    foreign = other_currency(case, policy, return_.currency)
    return foreign or Settlement(return_, refunds, tenders, extras, goods, return_.processed_at or case.as_of)


def first_part(settlement: Settlement, policy: Policy, carried: Money | None = None) -> Part | Attention:
    """The goods and all that belongs to them: what the first credit of a return settles.

    `carried` is exchange credit that the record carries by application, and hence not by a line.
    """
    extras, totals = settlement.extras, settlement.return_.totals
    lines = _lines(
        policy,
        (
            (
                (carried or Money.zero(settlement.goods.currency)) - totals.exchange_credit,
                "exchange_credit",
                "Exchange credit used on the exchange order",
            ),
            (-totals.gift_card, "gift_card", "Gift card issued by Loop"),
            (-totals.handling_fee, "handling_fee", "Handling fee kept"),
            (extras.shipping, "shipping_refund", "Shipping given back"),
            (extras.duties, "duties_refund", "Duties given back"),
            (extras.bonus, "bonus", "Bonus given by the shop"),
        ),
    )
    if isinstance(lines, Attention):
        return lines
    value = settlement.goods + extras.shipping + extras.duties
    last = max((tender.processed_at for tender in settlement.tenders), default=settlement.processed_at)
    cost = _shipping_cost(policy, extras.shipping)
    return balanced(Part(settlement.tenders, lines, settlement.goods, value, last, carried, cost), policy)


def later_part(settlement: Settlement, refund_ids: Collection[str], policy: Policy) -> Part | Attention:
    """What Shopify refunded after the goods were credited: shipping and duties, no goods. Not yet `balanced`.

    A record needs a line: where shipping is all, and is the record's own shipping cost, that line comes to nothing.
    """
    currency = settlement.goods.currency
    shipping, duties = given_back((r for r in settlement.refunds if r.refund_id in refund_ids), currency)
    lines = _lines(
        policy,
        (
            (shipping, "shipping_refund", "Shipping given back"),
            (duties, "duties_refund", "Duties given back"),
        ),
    )
    if isinstance(lines, Attention):
        return lines
    cost = _shipping_cost(policy, shipping)
    if cost is not None and not lines:
        if not policy.items.variance:
            return item_not_configured(f"Shipping of {shipping} was given back", "shipping_refund")
        lines = (DraftLine(policy.items.variance, amount=Money.zero(currency), description="Shipping given back"),)
    tenders = settlement.tenders_of(refund_ids)
    paid = Money.total((one.amount for one in tenders), currency)
    last = max(one.processed_at for one in tenders)
    return Part(tenders, lines, Money.zero(currency), paid, last, shipping_cost=cost)


def _shipping_cost(policy: Policy, shipping: Money) -> Money | None:
    """Shipping as the record's own shipping cost: where it is given back and has no item to stand on."""
    return shipping if shipping and not policy.items.shipping_refund else None


def _lines(policy: Policy, wanted: Iterable[tuple[Money, str, str]]) -> tuple[DraftLine, ...] | Attention:
    """Visible lines for amounts that are not zero: signed amount, the key of its item, description.

    Shipping without an item is no line, but the record's own shipping cost.
    """
    lines = []
    for amount, key, text in wanted:
        item = getattr(policy.items, key)
        if not amount or (key == "shipping_refund" and not item):
            continue
        if not item:
            return item_not_configured(f"The return carries {text.lower()} of {abs(amount)}", key)
        lines.append(DraftLine(item_id=item, quantity=None, amount=amount, description=text))
    return tuple(lines)


def item_not_configured(what: str, key: str) -> Attention:
    """Why a line that needs an item of its own cannot be written."""
    return Attention(
        "item_not_configured",
        f"{what}, but no item is configured for it.",
        f"Set items.{key} in the configuration to the internal id of a NetSuite item, then retry.",
    )


def balanced(part: Part, policy: Policy) -> Part | Attention:
    """Close the last cents with a visible variance line, within the limit; beyond it nothing is posted."""
    currency = part.goods.currency
    value = part.goods + Money.total((line.amount for line in part.lines if line.amount), currency)
    value = value + (part.shipping_cost or Money.zero(currency))
    variance = part.total - value
    if not variance:
        return part
    if abs(variance.amount) > policy.variance_limit:
        return Attention(
            "refund_differs",
            f"Shopify paid out {part.paid_out}{_and_carried(part)}, but goods of {part.goods} with their adjustments "
            f"come to {value}; {variance} is unexplained (limit {policy.variance_limit}).",
            "Compare the return in Loop with its refund in Shopify; correct the authorization in NetSuite or post by "
            "hand.",
        )
    if not policy.items.variance:
        return item_not_configured(f"A variance of {variance} is within the limit", "variance")
    line = DraftLine(item_id=policy.items.variance, quantity=None, amount=variance, description="Variance")
    return replace(part, lines=(*part.lines, line))


def _and_carried(part: Part) -> str:
    return f" and {part.carried} is carried to exchange orders" if part.carried else ""
