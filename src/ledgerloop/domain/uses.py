"""Whether a return, or an order that is to be sent, rests on a mapping: whether it names the mapping's key."""

from collections.abc import Iterator

from ledgerloop.domain.case import ORDER_SUBJECT, Case
from ledgerloop.domain.mapped import LOCATION, PAYMENT_METHOD, REASON, REFUND_ACCOUNT, SKU, SOURCE
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import Return
from ledgerloop.domain.unmapped import DEFAULT

MONEY = (PAYMENT_METHOD, REFUND_ACCOUNT)


def rests_on(case: Case, subject: str, kind: str, key: str, policy: Policy) -> bool:
    """Whether a subject of the case names this key; the default only where it names no other that is mapped."""
    named = set(_names(case, subject, kind))
    if key != DEFAULT:
        return key in named
    mapped = {PAYMENT_METHOD: policy.payment_methods, LOCATION: policy.locations}.get(kind, {})
    return bool(named) and not any(mapped.get(one) for one in named)


def _names(case: Case, subject: str, kind: str) -> Iterator[str]:
    if subject.startswith(ORDER_SUBJECT):
        return _of_order(case.sending.order, kind) if case.sending is not None else iter(())
    return (name for one in case.returns if one.loop_return_id == subject for name in _of_return(case, one, kind))


def _of_return(case: Case, return_: Return, kind: str) -> Iterator[str]:
    if kind == SKU:
        yield from (line.sku for line in return_.lines)
    elif kind == REASON:
        yield from (one for line in return_.lines for one in (line.reason, line.parent_reason))
    elif kind == LOCATION:
        yield f"loop:{return_.destination_id}"
        yield from (f"shopify:{line.shopify_restock_location_id}" for line in return_.lines)
    elif kind in MONEY and case.shop_order is not None:
        yield from (one.gateway for one in case.shop_order.transactions)


def _of_order(order: Order, kind: str) -> Iterator[str]:
    if kind == SKU:
        yield from (line.sku for line in order.lines)
    elif kind == SOURCE:
        yield from (order.source_name.lower(), order.app_id.lower())
    elif kind == LOCATION:
        yield from (f"shopify:{one}" for one in (order.retail_location_id, *order.fulfilment_location_ids))
    elif kind in MONEY:
        yield from (one.gateway for one in order.transactions)
