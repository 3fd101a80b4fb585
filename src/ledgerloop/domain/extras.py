"""The law that binds Loop's sums, and what explains more than the goods: shipping, duties and bonus, proved apart.

Law: return_total + upsell + extras = exchange_total + gift_card + refund + handling_fee.
Shipping and duties are proved by Shopify's refund of the return. A bonus is what a gift card or the exchange items hold
beyond everything else: Loop shows no field for it.
Source: rulebook section 5; docs.loopreturns.com, detailed returns list, return webhook (read 2026-11-21).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ledgerloop.domain.money import Money
from ledgerloop.domain.orders import ShopRefund
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Return
from ledgerloop.outcome import Attention


@dataclass(frozen=True)
class Extras:
    """Given beyond the value of the goods; none is negative."""

    shipping: Money
    duties: Money
    bonus: Money


def beyond_goods(return_: Return) -> Money:
    """What Loop gives beyond what came back, by its own sums; zero for a plain return."""
    t = return_.totals
    return t.exchange_total + t.gift_card + t.refund + t.handling_fee - t.return_total - t.upsell


def given_back(refunds: Iterable[ShopRefund], currency: str) -> tuple[Money, Money]:
    """Shipping and duties that Shopify's refunds give back, as Shopify states them in this currency."""
    known = tuple(refunds)
    shipping = (one for refund in known for one in refund.shipping if one.currency == currency)
    duties = (one for refund in known for one in refund.duties if one.currency == currency)
    return Money.total(shipping, currency), Money.total(duties, currency)


def extras_of(return_: Return, refunds: Iterable[ShopRefund], policy: Policy) -> Extras | Attention:
    """What is given beyond the goods, or why Loop's sums cannot be explained.

    The law is held in the shop's currency: in the shopper's, each sum is rounded by itself.
    """
    known = tuple(refunds)
    if return_.in_shop is None:
        return _proved(return_, known, policy)
    lawful = _proved(return_.in_shop, known, policy)
    if isinstance(lawful, Attention):
        return lawful
    shipping, duties = given_back(known, return_.currency)
    bonus = beyond_goods(return_) - shipping - duties if lawful.bonus else Money.zero(return_.currency)
    return Extras(shipping, duties, bonus)


def _proved(return_: Return, refunds: Iterable[ShopRefund], policy: Policy) -> Extras | Attention:
    """What is given beyond the goods, in the currency in which the return is stated."""
    shipping, duties = given_back(refunds, return_.currency)
    limit, none = policy.variance_limit, Money.zero(return_.currency)
    found = Extras(shipping, duties, none)
    t, more = return_.totals, beyond_goods(return_)
    credit_used = t.exchange_total - t.upsell - t.exchange_credit
    if abs(credit_used.amount) > limit:
        return _disagree(
            return_, found, f"exchange total - upsell - exchange credit {t.exchange_credit} is {credit_used}", policy
        )
    unproved = more - shipping - duties if more.amount > limit else min(more, none)
    if abs(unproved.amount) <= limit or (more.amount > limit and unproved.amount <= 0):
        return found
    chosen = Money.total((one.total for one in return_.exchanges), return_.currency)
    shown = not return_.exchanges or abs((chosen - t.exchange_total).amount) <= limit
    if policy.items.bonus and shown and none <= unproved <= t.gift_card + t.exchange_credit:
        return Extras(shipping, duties, unproved)
    return _disagree(return_, found, f"{unproved} is unexplained", policy)


def _disagree(return_: Return, extras: Extras, what: str, policy: Policy) -> Attention:
    t = return_.totals
    may_be_bonus = not policy.items.bonus and bool(t.gift_card or t.exchange_credit)
    hint = " If it is a bonus that the shop gives, set items.bonus." if may_be_bonus else ""
    return Attention(
        "loop_amounts_disagree",
        f"Loop's sums do not agree: return {t.return_total} + upsell {t.upsell} + shipping {extras.shipping} + duties "
        f"{extras.duties} is not exchange {t.exchange_total} + gift card {t.gift_card} + refund {t.refund} + handling "
        f"fee {t.handling_fee}; {what} (limit {policy.variance_limit}).",
        "Look at the return's amounts in Loop, and at what its refund in Shopify gives back for shipping and duties; "
        f"nothing is posted until they agree.{hint} Then retry.",
    )
