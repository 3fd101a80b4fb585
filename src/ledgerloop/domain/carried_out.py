"""What pays for an exchange that was carried out of the store: a cash sale has no deposit that could wait.

Its total is what was paid beside return credit, so that this must be known before it is written: from Loop's return, or
because Loop's discount and Shopify's payments leave nothing open, or nothing but what can only be one of the two. Only
where it may be either, an unknown return holds it back.
Source: rulebook section 8, payment; help.loopreturns.com, loop discount on (read 2026-11-21).
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from ledgerloop.domain.carried import Carried, carried, due, kept_discount, look_again, loop_discount
from ledgerloop.domain.case import Case, Sending
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.paid import received
from ledgerloop.domain.policy import Policy
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

KNOWN_WITHIN: Final = timedelta(minutes=30)
"""How long after the order Loop may take to show what return credit pays on it; its point of sale does so at once."""

PAID: Final = frozenset({"PAID", "PARTIALLY_REFUNDED", "REFUNDED"})
"""Financial statuses of an order on which nothing is open. Loop marks its orders so. Beyond its discount, return credit
pays tax (rulebook section 8).
"""


def carried_out(case: Case, policy: Policy, sending: Sending) -> Carried | Waiting | Attention | None:
    """Return credit and upsell of a cash sale, which with Shopify's payments are all that is due; None where it is no
    exchange or nothing is due.
    """
    order, found = sending.order, carried(case, policy, sending)
    if found is None or isinstance(found, Attention):
        return found
    by_discount = Carried(loop_discount(order) - kept_discount(order, policy), None)
    known = found if isinstance(found, Carried) else by_discount
    nothing = Money.zero(order.currency)
    left, upsell = due(order, policy) - known.credit - received(order), known.upsell or nothing
    if left == upsell:
        return replace(known, upsell=upsell)
    likely = _marked_paid(order, known, left) if isinstance(found, Waiting) and nothing < left else None
    if likely is not None and order.payments_known and not sending.exchanged_by:
        return likely
    waits = _waits(case, policy, sending, known) if nothing < left else None
    return waits or likely or _unproven(order, left - upsell)


def _marked_paid(order: Order, known: Carried, left: Money) -> Carried | None:
    """What paid for what is open on an order that is marked as paid: return credit for tax, the shopper where no tax
    is. Where it may be either, nobody can tell.
    """
    if order.financial_status not in PAID:
        return None
    if left <= order.total_tax:
        return replace(known, credit=known.credit + left, upsell=Money.zero(order.currency))
    return None if order.total_tax else replace(known, upsell=left)


def _waits(case: Case, policy: Policy, sending: Sending, known: Carried) -> Waiting | None:
    """Why what is open may still be shown: by Shopify's payments, or by Loop within its time."""
    order, again = sending.order, case.as_of + policy.retry_wait
    if not order.payments_known:
        look: tuple[NeedsReading, ...] = (NeedsReading(Source.SHOPIFY_WHOLE_ORDER, order.shopify_order_id),)
        return Waiting("order_not_read", f"Shopify does not show how order {order.name} was paid.", again, look)
    until = order.created_at + KNOWN_WITHIN
    if known.upsell is not None or until <= case.as_of:
        return None
    said = f"what of {due(order, policy)} return credit pays on the cash sale {order.name} is not known"
    if not sending.exchanged_by:
        said = f"No Loop return names this exchange order yet, so {said}."
        return Waiting("exchange_credit_unknown", said, min(until, again))
    said = f"Loop has not processed the return of this exchange order yet, so {said}."
    return Waiting("exchange_not_processed", said, min(until, again), look_again(sending))


def _unproven(order: Order, amount: Money) -> Attention:
    nothing = Money.zero(order.currency)
    found = f"{amount} are shown neither by" if nothing < amount else f"{abs(amount)} are shown too much by"
    return Attention(
        "exchange_credit_differs",
        f"Of the cash sale {order.name} over {order.total}, {found} Loop's return credit and upsell nor by payments in "
        "Shopify, so what was received is not known.",
        "Find the return in Loop and what the shopper paid; then enter the cash sale in NetSuite by hand, with the "
        "order name as reference: it is then adopted. If Loop shows the return later, it goes on by itself.",
    )
