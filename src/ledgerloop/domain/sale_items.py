"""Which NetSuite item a line of a Shopify order is sold by.

Source: rulebook section 8, mapping; docs.hotwax.co, gift card and custom lines (read 2026-11-21).
"""

from ledgerloop.domain.case import Case, Sending
from ledgerloop.domain.matching import nearest
from ledgerloop.domain.order_store import Order, OrderLine
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.unmapped import no_item, several_items
from ledgerloop.outcome import Attention, NeedsReading, Source


def items_unread(case: Case, policy: Policy, sending: Sending) -> NeedsReading | None:
    """The reading of items that the order's lines need, if any."""
    if not any(_looked_up(line, policy) for line in sending.order.lines):
        return None
    key = sending.order.shopify_order_id
    unasked = NeedsReading(Source.NETSUITE_ITEMS, key) if sending.in_netsuite.items is None else None
    return case.must_read(Source.NETSUITE_ITEMS, key) or unasked


def item_of(sending: Sending, policy: Policy, line: OrderLine) -> str | Attention:
    """Internal id of the line's item: gift card, custom line, SKU alias, or the one item of that SKU."""
    if line.gift_card:
        return policy.items.gift_card or not_configured("gift_card", f"Gift card “{line.title}” was sold")
    if line.sku in policy.sku_aliases:
        return policy.sku_aliases[line.sku]
    if is_tip(sending.order, line):
        return policy.items.tip or not_configured("tip", f"A tip of {sending.order.tip} was given")
    if not line.sku and not line.product_id:
        return policy.items.custom_line or not_configured("custom_line", f"“{line.title}” is a line without a product")
    found = (sending.in_netsuite.items or {}).get(line.sku, ())
    active = {one.internal_id: one for one in found if not one.inactive}
    if len(active) > 1:
        return Attention(
            "item_ambiguous",
            f"NetSuite has {len(active)} items for {line.sku} “{line.title}”: internal ids {', '.join(active)}.",
            f"Correct the SKU of the items that are not meant, or map {line.sku} to one internal id, then retry.",
            several_items(line.sku),
        )
    return next(iter(active), "") or _not_found(sending, policy, line, inactive=bool(found))


def is_tip(order: Order, line: OrderLine) -> bool:
    """Say whether the line is the order's tip itself, which then is no second one.

    Assumed: views that list a tip as a line call it so, without SKU and product.
    """
    made = not line.sku and not line.product_id and line.title.strip().lower() == "tip"
    return made and bool(order.tip) and line.unit_price.amount * line.quantity == order.tip.amount


def not_configured(key: str, why: str) -> Attention:
    """A line is needed whose item is not configured."""
    return Attention(
        "item_not_configured",
        f"{why}, but no item is configured for it.",
        f"Set items.{key} in the configuration to the internal id of a NetSuite item, then retry.",
    )


def _looked_up(line: OrderLine, policy: Policy) -> bool:
    return bool(line.quantity and line.sku) and not line.gift_card and line.sku not in policy.sku_aliases


def _not_found(sending: Sending, policy: Policy, line: OrderLine, *, inactive: bool) -> Attention:
    known = sorted({*policy.sku_aliases, *(sku for sku, some in (sending.in_netsuite.items or {}).items() if some)})
    like = nearest(line.sku, known)
    similar = f" Similar: {', '.join(like)}." if like else ""
    what = "only an inactive item" if inactive else "no item"
    return Attention(
        "item_not_found",
        f"NetSuite has {what} for {line.sku or 'no SKU'} “{line.title}”, Shopify line {line.shopify_line_id}.{similar}",
        "Create or reactivate the item in NetSuite, or map the SKU to an internal id, then retry.",
        no_item(line.sku),
    )
