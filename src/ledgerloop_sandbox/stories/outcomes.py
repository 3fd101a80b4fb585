"""What Loop does in Shopify: it mirrors a return, and issues its outcomes when the return is processed.

Source: help.loopreturns.com en/articles/1919681 (mirroring), 7541569 (gift card first), 1914497 (returns without
money); docs.loopreturns.com integration-guides/process-returns (read 2026-11-21).
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from ledgerloop_sandbox.loop.model import Return
from ledgerloop_sandbox.money import ZERO, text
from ledgerloop_sandbox.shopify.model import Order
from ledgerloop_sandbox.shopify.seed import MAIN_LOCATION, STORE_LOCATION

from . import exchanging

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World

REFUND_TAGS = {"refund": "Refund", "gift_card": "Gift Card", "exchange": "LE:Exchange"}
"""Tag that the original order gets per outcome. Source: help.loopreturns.com en/articles/2880897 (read 2026-11-21)."""


WITHOUT_PAYMENT = "manual"
"""Gateway of a refund on an order that was paid by return credit alone. Assumed."""


class LoopInShopify:
    """Loop's hand in the shop."""

    def __init__(self, world: World) -> None:
        self.world = world

    def open_return(self, found: Return) -> str:
        """Mirror a new return; gives Shopify's return id."""
        order = self._order(found)
        reason = found.lines[0].return_reason if found.lines else ""
        made = self.world.shopify.open_return(order, _units(found), reason, found.created_at)
        return str(made.id)

    def end_return(self, found: Return, status: str) -> None:
        """Mirror the end of a return."""
        if found.shopify_return_id is not None:
            self.world.shopify.end_return(self._order(found), int(found.shopify_return_id), status)

    def issue_outcomes(self, found: Return) -> None:
        """Refund the returned units in Shopify, with as much money as the return promises."""
        order, shop, now = self._order(found), self.world.shopify, self.world.loop.now()
        payments = found.refund_through or tenders(order, found.totals["refund"])
        if sum((amount for _, amount in payments), ZERO) != found.totals["refund"]:
            raise ValueError(f"refund_through does not come to the refund of {found.totals['refund']}")
        location = (STORE_LOCATION if found.is_pos else MAIN_LOCATION) if self.world.loop.settings.restocks else None
        made = shop.refund(
            order,
            units=_units(found),
            payments=payments,
            shipping=found.shipping_back,
            return_id=int(found.shopify_return_id) if found.shopify_return_id else None,
            note=f"Loop return {found.id}",
            status=self.world.loop.settings.refund_status,
            location_id=location,
            balanced=self.world.loop.settings.exchange_mode == "native" and bool(found.exchanges),
        )
        for line in found.lines:
            line.restock_location_id = str(location) if location else None
        found.refunds += [
            {"gateway": gateway, "amount": text(amount), "currency": order.currency, "provider_refund_id": made.id}
            for gateway, amount in payments
        ]
        stamp = now.strftime("%Y-%m-%d %H:%M:%S")
        found.refund_objects.append(
            {
                "id": self.world.loop.next_id(),
                "return_id": found.id,
                "provider_refund_id": made.id,
                "provider_created_at": stamp,
                "created_at": stamp,
                "updated_at": stamp,
            }
        )
        if payments:
            found.processed_at["refund_processed"] = now
        if found.totals["gift_card"]:
            found.processed_at["gift_card_processed"] = now
        exchanging.complete(self.world, found, order)
        words = found.outcome.split("+")
        issued = {
            "refund": bool(payments) or "refund" in words,
            "gift_card": found.totals["gift_card"] > 0 or "gift_card" in words,
            "exchange": _separate(found),
        }
        wanted = [tag for word, tag in REFUND_TAGS.items() if issued[word]]
        order.tags += [tag for tag in wanted if tag not in order.tags]

    def _order(self, found: Return) -> Order:
        return self.world.shopify.get(found.order.provider_order_id)


def tenders(order: Order, amount: Decimal) -> list[tuple[str, Decimal]]:
    """Divide a refund over the order's payments: gift card first, then the others as they came; the last takes more."""
    left: dict[str, Decimal] = {}
    for one in order.transactions:
        if one.status in ("SUCCESS", "PENDING") and one.kind in ("SALE", "CAPTURE", "REFUND"):
            left[one.gateway] = left.get(one.gateway, ZERO) + (-one.amount if one.kind == "REFUND" else one.amount)
    gateways = sorted(left, key=lambda gateway: gateway != "gift_card")
    parts: dict[str, Decimal] = {}
    for gateway in gateways:
        part = min(max(left[gateway], ZERO), amount - sum(parts.values(), ZERO))
        if part > 0:
            parts[gateway] = part
    rest = amount - sum(parts.values(), ZERO)
    if rest > 0:
        last = gateways[-1] if gateways else WITHOUT_PAYMENT
        parts[last] = parts.get(last, ZERO) + rest
    return list(parts.items())


def _separate(found: Return) -> bool:
    """Tell whether the return has an exchange order of its own."""
    original = found.order.provider_order_id
    return any(row["exchange_order_id"] not in (None, original) for row in found.exchanges)


def _units(found: Return) -> dict[int, int]:
    return {int(line): count for line, count in Counter(one.provider_line_item_id for one in found.lines).items()}
