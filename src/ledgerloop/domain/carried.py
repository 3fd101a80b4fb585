"""What Loop's return credit pays on an exchange order: the discount on it, credit beyond that (tax), and an upsell.

Loop's `exchange_credit_total` posts to the exchange clearing account on the return's side; the discount line and the
credit beyond it post to the same account on the order's side, so that it returns to zero.
Source: rulebook section 8, payment; docs.loopreturns.com, detailed returns list (read 2026-11-21).
"""

from dataclasses import dataclass

from ledgerloop.domain.case import Case, Sending
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import LOOP_DISCOUNT, is_exchange
from ledgerloop.domain.returns import Return
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting


@dataclass(frozen=True)
class Carried:
    """`credit` is what is carried beside the discount line; `upsell` is None until Loop has processed the return."""

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
    return _checked(Carried(whole - kept_discount(order, policy), upsell if known else None), order, policy)


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
    if {one.shopify_order_id for one in return_.exchanges} == {order.shopify_order_id}:
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


def _checked(found: Carried, order: Order, policy: Policy) -> Carried | Attention:
    nothing = Money.zero(order.currency)
    used = found.credit + (found.upsell or nothing)
    if nothing <= found.credit and used <= due(order, policy):
        return found
    return Attention(
        "exchange_credit_differs",
        f"Loop shows {found.credit + kept_discount(order, policy)} of return credit and {found.upsell or nothing} of "
        f"upsell on {order.name}, but the order has a loop-discount of {loop_discount(order)} and a total of "
        f"{order.total}.",
        "Compare the return in Loop with the exchange order in Shopify, and enter the difference in NetSuite by hand.",
    )


def look_again(sending: Sending) -> tuple[NeedsReading, ...]:
    """Loop's returns of this exchange, to be read afresh."""
    return tuple(NeedsReading(Source.LOOP_RETURN, one.loop_return_id) for one in sending.exchanged_by)
