"""An order's way into NetSuite, step by step, and where it stands in a few plain sentences."""

from collections.abc import Iterator

from ledgerloop.domain.carried import Carried, carried, due
from ledgerloop.domain.case import Case, Sending
from ledgerloop.domain.channels import LOOP_GIFT_CARD, UNKNOWN
from ledgerloop.domain.mapping import local_date
from ledgerloop.domain.money import Money
from ledgerloop.domain.native_adopted import done_by_others
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.domain.paid import payments
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.recognise import channel_of
from ledgerloop.domain.sale import CASH_SALE, SALES_ORDER, kind_of, ordered_at
from ledgerloop.domain.story import Step

NAMES = {"salesOrder": "sales order", "cashSale": "cash sale"}
"""Records of an order, as people say them."""


BY_A_PERSON = "A person has credited the return of this exchange, and so seen to the exchange too: it is not sent."


def why_not_sent(order: Order, policy: Policy) -> str:
    """Why the order is left alone, in one sentence; empty for one that is sent."""
    channel, everything = channel_of(order, policy.channels), "*" in policy.order_channels
    if order.test:
        return "A test order: it is never sent."
    if order.cancelled_at is not None:
        return "Cancelled in Shopify: it is not sent."
    if channel == LOOP_GIFT_CARD:
        return "By this order Loop issued a gift card; nothing was sold, and it is never sent."
    if local_date(ordered_at(order), policy) < policy.returns_from:
        return f"Older than the cut-over ({policy.returns_from.isoformat()}): it is left alone."
    if channel == UNKNOWN:
        source = order.source_name or order.app_id
        return f"Its source “{source}” is not mapped to a sales channel, so it is kept and not sent."
    if not everything and channel not in policy.order_channels:
        return f"Sold through {channel}, which is not among policy.order_channels: it is not sent by us."
    return ""


def record_in_netsuite(case: Case, policy: Policy) -> SourceOrder | None:
    """The record that is this order: ours first, else the one that was found."""
    ours = [one for one in case.source_orders if one.external_id in _external_ids(case, policy)]
    return next(iter((*ours, *case.source_orders)), None)


def order_headline(case: Case, policy: Policy) -> str:
    """Where the order stands; ends with what happens next, or with what a person has to do."""
    sending = case.sending
    if sending is None:
        return "Seen in a list of Shopify's only; it is read whole before anything is decided."
    found = record_in_netsuite(case, policy)
    if found is not None and found.external_id not in _external_ids(case, policy):
        name = NAMES[found.record_type]
        return f"In NetSuite as {name} {found.number}, which was not written by us: it is adopted and never sent."
    if found is None:
        why = why_not_sent(sending.order, policy)
        if why:
            return why
        if sending.netsuite_order_id:
            return (
                f"Known in NetSuite as internal id {sending.netsuite_order_id}, which is not found there now; it is "
                "not sent again. To do: retry the order if it should be."
            )
        others = done_by_others(policy, sending)
        if others:
            return BY_A_PERSON if others is True else others.problem
        if sending.fed:
            return "It stands in a feed; it is not written until NetSuite shows it."
    left = [step for step in order_steps(case, policy) if not step.done]
    if not left:
        return "Done: NetSuite has it."
    return f"Next: {left[0].what[0].lower()}{left[0].what[1:]}."


def order_steps(case: Case, policy: Policy) -> tuple[Step, ...]:
    """The whole way of the order, with the records that exist and the amounts of those to come."""
    sending, found = case.sending, record_in_netsuite(case, policy)
    if sending is None or (found is None and why_not_sent(sending.order, policy)):
        return ()
    order = sending.order
    kind = NAMES[found.record_type] if found is not None else _to_be(case, policy, order)
    total = found.total if found is not None and found.total is not None else due(order, policy)
    sold = Step(f"{kind.capitalize()} in NetSuite", found is not None, found.number if found else "", total)
    ours = found is None or found.external_id in _external_ids(case, policy)
    deposits = _deposits(case, policy, sending) if ours and kind == NAMES["salesOrder"] else ()
    return (sold, *deposits)


def _to_be(case: Case, policy: Policy, order: Order) -> str:
    kinds = {CASH_SALE: NAMES["cashSale"], SALES_ORDER: NAMES["salesOrder"]}
    return kinds.get(kind_of(case, policy, order), "sales order or cash sale")


def _deposits(case: Case, policy: Policy, sending: Sending) -> Iterator[Step]:
    there = {one.external_id: one.number for one in case.of_type("customerDeposit")}
    for ending, amount in _paid(case, policy, sending):
        number = there.get(policy.external_id("SHOP-CD", ending), "")
        yield Step("Customer deposit in NetSuite", bool(number), number, amount, "when the sales order is there")


def _paid(case: Case, policy: Policy, sending: Sending) -> Iterator[tuple[str, Money]]:
    """What was paid on the order: ending of the deposit's external id, and amount."""
    for one in payments(sending.order):
        yield one.transaction_id, one.amount
    by_loop = carried(case, policy, sending)
    if isinstance(by_loop, Carried):
        for ending, amount in (("credit", by_loop.credit), ("upsell", by_loop.upsell)):
            if amount:
                yield f"{sending.order.shopify_order_id}-{ending}", amount


def _external_ids(case: Case, policy: Policy) -> frozenset[str]:
    return frozenset(policy.external_id(kind, case.shopify_order_id) for kind in (SALES_ORDER, CASH_SALE))
