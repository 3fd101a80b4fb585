"""What Shopify shows to have been paid for an order, and through which payment method of NetSuite's.

Source: rulebook section 8, payment; shopify.dev, OrderTransaction (read 2026-11-21).
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from ledgerloop.domain.money import Money
from ledgerloop.domain.order_store import Order
from ledgerloop.domain.policy import Policy, is_liability
from ledgerloop.domain.recognise import is_exchange
from ledgerloop.domain.unmapped import no_method
from ledgerloop.outcome import Attention

MARKED_PAID: Final = "manual"
"""Gateway by which an order was marked as paid without money moving in Shopify; so Loop creates its exchange orders.

Source: help.loopreturns.com, loop discount on (read 2026-11-21). Assumed: that it shows as a transaction at all.
"""

UPSELL: Final = "loop_upsell"
"""What the configuration calls an upsell where it stands for a gateway. Shopify does not show it."""


@dataclass(frozen=True)
class Payment:
    """Money received by one successful transaction, less the change given back on it."""

    transaction_id: str
    gateway: str
    amount: Money
    at: datetime


def payments(order: Order) -> tuple[Payment, ...]:
    """Every successful sale and capture, oldest first. Loop's own mark of payment on an exchange order is none."""
    done = [one for one in order.transactions if one.status == "SUCCESS" and not one.test]
    found = []
    for one in done:
        if one.kind not in ("SALE", "CAPTURE") or (one.gateway == MARKED_PAID and is_exchange(order)):
            continue
        back = (two.amount for two in done if two.kind == "CHANGE" and two.parent_id == one.transaction_id)
        amount = one.amount - Money.total(map(abs, back), order.currency)
        if Money.zero(order.currency) < amount:
            at = one.processed_at or order.processed_at or order.created_at
            found.append(Payment(one.transaction_id, one.gateway, amount, at))
    return tuple(sorted(found, key=lambda payment: (payment.at, payment.transaction_id)))


def received(order: Order) -> Money:
    """What all of them come to."""
    return Money.total((one.amount for one in payments(order)), order.currency)


def by_gateway(order: Order) -> tuple[Payment, ...]:
    """What was paid through each gateway, the largest first: transactions of one gateway are one tender."""
    sums: dict[str, Payment] = {}
    for one in payments(order):
        before = sums.get(one.gateway)
        sums[one.gateway] = one if before is None else replace(before, amount=before.amount + one.amount)
    return tuple(sorted(sums.values(), key=lambda payment: payment.amount.amount, reverse=True))


def further_tenders(policy: Policy, order: Order) -> tuple[tuple[str, Payment], ...] | Attention:
    """Every tender of a cash sale but its own payment, with the item whose account the money is in.

    One that the same payment method takes stays with it; but not a gift card or store credit that the default takes.
    """
    through = by_gateway(order)
    methods = {one.gateway: method_of(policy, one) for one in through}
    wrong = next((one for one in methods.values() if isinstance(one, Attention)), None)
    if wrong is not None:
        return wrong
    found = []
    for one in through[1:]:
        item = policy.tender_item(one.gateway)
        owed = is_liability(one.gateway) and one.gateway not in policy.payment_methods and item
        if methods[one.gateway] == methods[through[0].gateway] and not owed:
            continue
        if not item:
            return several_tenders(order, one, through)
        found.append((item, one))
    return tuple(found)


def several_tenders(order: Order, unmapped: Payment, through: tuple[Payment, ...]) -> Attention:
    """A cash sale was paid in several ways, and one of them has no item to stand on."""
    return Attention(
        "several_tenders",
        f"Order {order.name} was paid through {', '.join(f'{one.gateway} ({one.amount})' for one in through)}; a cash "
        f"sale has one payment method, and no item is configured for {unmapped.gateway}.",
        f"Set payment_items.{unmapped.gateway} to an item that posts to the account this money is in, then retry; or "
        "enter this cash sale in NetSuite by hand, with the order name as reference: it is then adopted.",
    )


def method_of(policy: Policy, payment: Payment) -> str | Attention:
    """NetSuite's payment method of the gateway, or the written default."""
    method = policy.payment_methods.get(payment.gateway) or policy.payment_methods.get("default", "")
    return method or Attention(
        "gateway_unmapped",
        f"{payment.amount} was paid through “{payment.gateway}”, which is not mapped to a NetSuite payment method.",
        f"Add {payment.gateway} (or default) to payment_methods in the configuration, or map it (mappings).",
        no_method(payment.gateway),
    )


def no_account(key: str, amount: Money) -> Attention:
    """Money is to be booked on an account that is not configured."""
    return Attention(
        "account_not_configured",
        f"{amount} is to be booked on the account `{key}`, which is not configured.",
        f"Set accounts.{key} in the configuration to the internal id of a NetSuite account, then retry.",
    )
