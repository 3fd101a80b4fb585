"""What Loop's return credit pays on an exchange order: the discount on it, credit beyond that (tax), and an upsell.

Loop's `exchange_credit_total` posts to the exchange clearing account on the return's side; the discount line and the
credit beyond it post to the same account on the order's side, so that it returns to zero.
Source: rulebook section 8, payment; docs.loopreturns.com, detailed returns list (read 2026-11-21).
"""

from dataclasses import dataclass
from typing import Final

from ledgerloop.domain.case import Case, Sending
from ledgerloop.domain.money import Money
from ledgerloop.domain.native import native_return
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.paid import received
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import LOOP_DISCOUNT, is_exchange
from ledgerloop.domain.returns import Return
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

CONTRADICTION: Final = "exchange_credit_differs"
"""Code of findings by which what pays an exchange order is not known. What Loop shows later may end it."""


@dataclass(frozen=True)
class Carried:
    """`credit` is what is carried beside the discount line. `upsell` is what Loop collected outside Shopify; None until
    it has processed the return.
    """

    credit: Money
    upsell: Money | None


def loop_discount(order: Order) -> Money:
    """The return credit that the order's discount shows, positive."""
    used = (one.amount for one in order.allocations if one.code.lower() == LOOP_DISCOUNT)
    return Money.total(used, order.currency)


def kept_discount(order: Order, policy: Policy) -> Money:
    """The part of it that stays a discount line: nothing where the credit is carried as a deposit."""
    whole = loop_discount(order)
    return Money.zero(order.currency) if policy.exchange_settlement == "customer_deposit" else whole


def due(order: Order, policy: Policy) -> Money:
    """What is to be paid for the order in NetSuite beside its discount lines."""
    return order.total + loop_discount(order) - kept_discount(order, policy)


def carried(case: Case, policy: Policy, sending: Sending) -> Carried | Waiting | Attention | None:
    """What Loop pays on this order; None where it is no exchange or nothing is left to pay."""
    order = sending.order
    if not is_exchange(order) or not due(order, policy):
        return None
    if not sending.exchanged_by:
        return Waiting(
            "exchange_credit_unknown",
            f"No Loop return names {order.name} as its exchange order yet, so how much return credit pays on it is "
            "not known.",
            case.as_of + policy.retry_wait,
        )
    whole, upsell = Money.zero(order.currency), Money.zero(order.currency)
    for return_ in sending.exchanged_by:
        part = credit_on(return_, order)
        if isinstance(part, Attention):
            return part
        whole, upsell = whole + part[0], upsell + part[1]
    known = all(one.processed for one in sending.exchanged_by)
    return _checked(whole, upsell if known else None, order, policy)


def credit_on(return_: Return, order: Order) -> tuple[Money, Money] | Attention:
    """Credit and upsell of a return on this order. A return with several exchange orders is told apart by their goods,
    where no upsell was collected.
    """
    sums = return_.totals
    if return_.currency != order.currency:
        return Attention(
            "currency_differs",
            f"Loop return {return_.loop_return_id} is in {return_.currency}, exchange order {order.name} in "
            f"{order.currency}.",
            "Enter the return credit on this order in NetSuite by hand.",
        )
    named = {one.shopify_order_id for one in return_.exchanges}
    if named == {order.shopify_order_id} or native_return(order.shopify_order_id) == return_.loop_return_id:
        return sums.exchange_credit, sums.upsell
    here = (one.total for one in return_.exchanges if one.shopify_order_id == order.shopify_order_id)
    everything = Money.total((one.total for one in return_.exchanges), order.currency)
    if not sums.upsell and everything == sums.exchange_credit:
        return Money.total(here, order.currency), sums.upsell
    return Attention(
        "exchange_credit_differs",
        f"Loop return {return_.loop_return_id} has several exchange orders; how its credit of {sums.exchange_credit} "
        f"and upsell of {sums.upsell} are shared among them is not shown.",
        f"Enter what return credit and upsell pay on {order.name} in NetSuite by hand.",
    )


def _checked(whole: Money, upsell: Money | None, order: Order, policy: Policy) -> Carried | Attention:
    """Credit and upsell, if they and what Shopify received are not more than what is due."""
    nothing, paid = Money.zero(order.currency), received(order)
    credit = whole - kept_discount(order, policy)
    left = due(order, policy) - credit - paid
    outside = _outside(upsell, paid, left)
    if nothing <= credit and (outside or nothing) <= left:
        return Carried(credit, outside)
    return Attention(
        "exchange_credit_differs",
        f"Loop shows {whole} of return credit and {upsell or nothing} of upsell on {order.name}, and Shopify {paid} of "
        f"payments; but the order has a loop-discount of {loop_discount(order)} and a total of {order.total}.",
        "Find out in Loop and Shopify what the shopper really paid, and enter what is missing in NetSuite by hand.",
    )


def _outside(upsell: Money | None, paid: Money, left: Money) -> Money | None:
    """What of the upsell Shopify does not show as a payment. Where everything together is just what is due, the
    payments are other money than the upsell.
    """
    return upsell if upsell is None or upsell == left else max(Money.zero(left.currency), upsell - paid)


def look_again(sending: Sending) -> tuple[NeedsReading, ...]:
    """Loop's returns of this exchange, to be read afresh."""
    return tuple(NeedsReading(Source.LOOP_RETURN, one.loop_return_id) for one in sending.exchanged_by)
