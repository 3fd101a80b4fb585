"""The syncs: the business, one pure module each, named as finance and warehouse name them.

| sync | direction | what it does |
|---|---|---|
| return_authorization | Loop -> NetSuite | every Loop return becomes a return authorization |
| return_flag | NetSuite -> Loop | a flag on the authorization sends the return to review |
| return_cancellation | Loop -> NetSuite | cancelled in Loop: the authorization's lines are closed |
| return_authorization_cancellation | NetSuite -> Loop | ended in NetSuite: cancelled in Loop |
| item_receipt_to_loop | NetSuite -> Loop | received by the warehouse: processed in Loop |
| item_receipt_to_netsuite | Loop -> NetSuite | processed in Loop: received in NetSuite |
| refund | Loop and Shopify -> NetSuite | money that left becomes a credit memo and customer refund, or a cash refund |
| refund_without_return | Shopify -> NetSuite | a refund that no Loop return claims is credited as goodwill, by choice |
| exchange_order | Shopify -> NetSuite | an order of a chosen channel becomes a sales order or a cash sale |

Each has `next_write(case, policy)`: what it wants written next for the return (or the order) in question, what it waits
for, or nothing.
It sees only `domain/`; it has no clock, no network and no store.
"""

from collections.abc import Callable

from ledgerloop.domain.answers import Answer
from ledgerloop.domain.case import Case
from ledgerloop.domain.policy import Policy
from ledgerloop.syncs import (
    exchange_order,
    item_receipt_to_loop,
    item_receipt_to_netsuite,
    refund,
    refund_without_return,
    return_authorization,
    return_authorization_cancellation,
    return_cancellation,
    return_flag,
)

Sync = Callable[[Case, Policy], Answer]

RETURN_SYNCS: dict[str, Sync] = {
    "return_authorization": return_authorization.next_write,
    "return_flag": return_flag.next_write,
    "return_cancellation": return_cancellation.next_write,
    "return_authorization_cancellation": return_authorization_cancellation.next_write,
    "item_receipt_to_loop": item_receipt_to_loop.next_write,
    "item_receipt_to_netsuite": item_receipt_to_netsuite.next_write,
    "refund": refund.next_write,
}
"""In the order in which a return goes through them."""

ORDER_SYNCS: dict[str, Sync] = {
    "exchange_order": exchange_order.next_write,
    "refund_without_return": refund_without_return.next_write,
}
"""Asked about the order itself (`case.about(order_subject(id))`), where it is known as one to send."""
