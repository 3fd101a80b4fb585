"""An order that we wrote, as NetSuite saved it: in the currency it was sold in, and at Shopify's total to the cent.

A difference within the limit becomes one visible variance line on our own record, once; anything else needs a person.
Source: rulebook section 8, mapping; rulebook section 0, never twice.
"""

from datetime import timedelta

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case, WriteState
from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import AddVarianceDraft
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting

LATE = timedelta(minutes=10)
"""How long a request whose answer was lost may still be carried out. Assumed: NetSuite gives none so long."""

ENDED = ("C", "H")
"""Status letters of a sales order that is cancelled or closed. Source: REST API Browser 2026.1, salesOrder."""


def as_sold(
    case: Case, policy: Policy, order: Order, found: SourceOrder, wanted: Money | None
) -> Write | Waiting | Attention | None:
    """What must be mended of the saved record; None where it is as it was sold, or that cannot be told."""
    currency = policy.currencies.get(order.currency, "")
    if currency and found.currency_id and found.currency_id != currency:
        return _differs(
            order, found, f"is in NetSuite's currency {found.currency_id}, not {currency} ({order.currency})"
        )
    if wanted is None or found.total is None or found.total == wanted:
        return None
    less = wanted - found.total
    key = f"variance:{case.shop_id}:{found.external_id}"
    if abs(less.amount) > policy.variance_limit or not _takes_a_line(case, policy, found, key):
        return _differs(order, found, f"comes to {found.total} in NetSuite, order {order.name} to {wanted}")
    under_way = _under_way(case, found, key)
    if under_way is not None:
        return under_way
    draft = AddVarianceDraft(
        key=key,
        shopify_order_id=order.shopify_order_id,
        sale_type=found.record_type,
        sale_id=found.internal_id,
        item_id=policy.items.variance,
        amount=less,
        total_before=found.total,
    )
    return Write(draft, f"{found.number} comes to {found.total}, order {order.name} to {wanted}: {less} is a variance.")


def _takes_a_line(case: Case, policy: Policy, found: SourceOrder, key: str) -> bool:
    """Whether a variance line may be added: there is an item and no such line yet, and nothing of it is billed."""
    item, before = policy.items.variance, case.written(key)
    if not item or any(line.item_id == item for line in found.lines):
        return False
    if before is not None and before.state is WriteState.DONE:
        return False
    if found.record_type == "cashSale":
        return True
    return found.status not in ENDED and not any(line.billed for line in found.lines)


def _under_way(case: Case, found: SourceOrder, key: str) -> Waiting | None:
    """The answer to a variance line was lost: it may still arrive, and would stand there twice."""
    before = case.written(key)
    if before is None or before.state not in (WriteState.SENT, WriteState.UNCLEAR) or before.sent_at is None:
        return None
    until = before.sent_at + LATE
    if case.as_of >= until:
        return None
    reason = (
        f"The answer to a variance line on {found.number} was lost; it is not sent again while it may still arrive."
    )
    look = (NeedsReading(Source.NETSUITE_ORDER, case.shopify_order_id),)
    return Waiting("netsuite_unclear", reason, until, look)


def _differs(order: Order, found: SourceOrder, what: str) -> Attention:
    return Attention(
        "order_differs",
        f"{found.number} {what}; no deposits are made for it.",
        f"Correct the record of order {order.name} in NetSuite (often its tax), or enter the difference by hand; then "
        "retry.",
    )
