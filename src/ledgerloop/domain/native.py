"""Shopify-native exchanges: no order of their own, the new goods stand on the original order.

They are held for a person, or sent as an order that is made from the exchange lines of the original (`native_order`).
Source: help.loopreturns.com, native exchanges; shopify.dev, read exchanges (read 2026-11-21).
"""

from datetime import timedelta
from typing import Final

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Return
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

CREDITS = ("creditMemo", "cashRefund")

OF_RETURN: Final = "X"
"""Begins the id of the order that a native exchange is sent as; Loop's return id follows. Shopify's ids are digits."""

SHOWN_WITHIN: Final = timedelta(hours=1)
"""How long after Loop has processed the new goods may be missing in Shopify before a person is asked."""

BY_HAND: Final = (
    "Post refund and exchange of this return in NetSuite by hand, with the Loop return id on the credit; or "
)


def native_id(loop_return_id: str) -> str:
    """The id under which the exchange of this return is kept and sent."""
    return OF_RETURN + loop_return_id


def native_return(order_id: str) -> str:
    """The Loop return whose exchange is kept under this id; empty where the order is one of Shopify's."""
    return order_id.removeprefix(OF_RETURN) if order_id.startswith(OF_RETURN) else ""


def without_order(return_: Return) -> bool:
    """Whether the return has new goods, and Loop names no order of their own for them."""
    elsewhere = {one.shopify_order_id for one in return_.exchanges} - {"", return_.shopify_order_id}
    return bool(return_.exchanges) and not elsewhere


def native_exchange(case: Case, policy: Policy, return_: Return) -> NeedsReading | Waiting | Attention | None:
    """Why a return's exchange cannot be posted: once processed, its new goods are on no order of their own.

    None where it has no exchange, where a person has credited it, or where Shopify shows its goods so that they can be
    sent as an order. NetSuite's records of the order must have been read.
    """
    if not return_.processed or not without_order(return_):
        return None
    there = credited(case, return_)
    if policy.native_exchange == "hold":
        return None if there else _held(return_)
    if return_.loop_return_id in case.native_orders or by_others(there, policy, return_):
        return None
    return case.must_read(Source.SHOPIFY_WHOLE_ORDER, case.shopify_order_id) or _not_shown(case, policy, return_)


def held_by_exchange(case: Case, policy: Policy) -> NeedsReading | Waiting | Attention | None:
    """The same of the order itself: any of its returns, and whether it was stored with goods that are sent apart."""
    told = next((told for one in case.returns if (told := native_exchange(case, policy, one))), None)
    return told or _not_parted(case)


def exchanged_goods(case: Case, return_: Return) -> Attention | None:
    """Why a return of goods that came by an exchange within Shopify is not authorised: the order they were bought on
    never sold them.
    """
    came = {unit.shopify_line_id for unit in return_.lines}
    new = [one for one in case.native_orders.values() if came & {line.shopify_line_id for line in one.lines}]
    if not new:
        return None
    names = ", ".join(one.name for one in new)
    return Attention(
        "native_exchange",
        f"Loop return {return_.loop_return_id} brings back goods that came by an exchange within Shopify and were sold "
        f"in NetSuite by {names}, not by order {return_.order_name}.",
        f"Make return authorization and credit of this return in NetSuite by hand, from the order {names}; then mark "
        "the return as handled.",
    )


def credited(case: Case, return_: Return) -> tuple[Document, ...]:
    """Credits that stand for the return."""
    wanted = return_.loop_return_id
    made = {one.internal_id for one in case.of_type("returnAuthorization") if one.loop_return_id == wanted}
    return tuple(one for one in case.of_type(*CREDITS) if one.loop_return_id == wanted or one.created_from in made)


def by_others(there: tuple[Document, ...], policy: Policy, return_: Return) -> bool:
    """Whether somebody else credited the return, who then has seen to its exchange as well."""
    ours = tuple(policy.external_id(kind, return_.loop_return_id, "") for kind in ("LOOP-CM", "LOOP-CR"))
    return any(not one.external_id.startswith(ours) for one in there)


def _not_parted(case: Case) -> NeedsReading | None:
    """The reading of an order that holds goods that are sent apart: it was stored as a webhook shows it."""
    own = {line.shopify_line_id for line in case.sending.order.lines} if case.sending is not None else set()
    apart = {line.shopify_line_id for order in case.native_orders.values() for line in order.lines}
    return NeedsReading(Source.SHOPIFY_WHOLE_ORDER, case.shopify_order_id) if own & apart else None


def _held(return_: Return) -> Attention:
    return Attention(
        "native_exchange",
        f"Loop return {return_.loop_return_id} was exchanged for {_goods(return_)} on the original order itself, "
        'without an exchange order: a Shopify-native exchange, which policy.native_exchange = "hold" leaves to people.',
        BY_HAND + 'have such exchanges sent with policy.native_exchange = "order", or switch Loop to separate exchange '
        "orders.",
    )


def _not_shown(case: Case, policy: Policy, return_: Return) -> Waiting | Attention:
    """Shopify does not show the new goods: not yet, or not in a way that belongs to this return without doubt."""
    said = (
        f"Loop return {return_.loop_return_id} was exchanged for {_goods(return_)}, but Shopify shows no exchange of "
        f"this return on order {return_.order_name} that holds them"
    )
    if case.as_of < (return_.processed_at or case.as_of) + SHOWN_WITHIN:
        look = (
            NeedsReading(Source.SHOPIFY_WHOLE_ORDER, case.shopify_order_id),
            NeedsReading(Source.LOOP_RETURN, return_.loop_return_id),
        )
        return Waiting("exchange_not_placed", f"{said} yet.", case.as_of + policy.retry_wait, look)
    return Attention(
        "native_exchange",
        f"{said}.",
        BY_HAND + "complete the exchange in Shopify, then retry.",
    )


def _goods(return_: Return) -> str:
    return ", ".join(one.sku or one.exchange_id for one in return_.exchanges)
