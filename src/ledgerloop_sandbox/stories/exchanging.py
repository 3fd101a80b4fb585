"""What Loop makes of exchanges in Shopify: orders of their own, or exchange lines on the original order.

Source: help.loopreturns.com en/articles/4416001, 2880897, article/193, article/163; github.com/hotwax, exchanges.md;
docs.loopreturns.com reference/processreturn (read 2026-11-21).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ledgerloop_sandbox.loop.model import Return
from ledgerloop_sandbox.money import ZERO, allocate, money
from ledgerloop_sandbox.shopify.importing import APP_NAMES
from ledgerloop_sandbox.shopify.model import (
    LOOP_APP_ID,
    Allocation,
    DiscountApplication,
    ExchangeLine,
    Fulfilment,
    LineItem,
    Order,
    ShippingLine,
    Transaction,
)
from ledgerloop_sandbox.shopify.seed import STORE_LOCATION

from .orders import ADDRESS, LOOP_DISCOUNT, ensure_item, goods_line, remember

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World

GIFT_CARD_PREFIX = "LGC-"
"""How orders of the old gift-card method are named. Source: public code that skips them (read 2026-11-21)."""


def wanted(world: World, exchange: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Make the exchange rows of a return, one per unit, with their tax rates."""
    rows, rates = [], []
    for one in exchange:
        rate = Decimal(str(one.get("tax_rate", "0.08")))
        price, discount = money(one["price"]), money(one.get("discount", "0"))
        tax = money((price - discount) * rate)
        item = goods_line(world, one)
        for _ in range(item.quantity):
            rows.append(
                {
                    "exchange_id": world.loop.next_id(),
                    "exchange_order_id": None,
                    "exchange_order_name": None,
                    "product_id": str(item.product_id or ""),
                    "variant_id": str(item.variant_id or ""),
                    "sku": item.sku,
                    "type": "advanced",
                    "title": item.name,
                    "price": price,
                    "discount": discount,
                    "tax": tax,
                    "total": price - discount + tax,
                    "out_of_stock": False,
                    "out_of_stock_resolution": None,
                    "consolidation_tracking": None,
                }
            )
            rates.append(rate)
    return {"exchanges": rows, "exchange_rates": rates}


def begin(world: World, found: Return, order: Order) -> None:
    """A return with new items was submitted: name its outcome, mirror it, and ship first if that was promised."""
    if not found.exchanges:
        return
    if found.outcome == "refund":
        totals = found.totals
        parts = ["exchange"] if not totals["upsell"] or totals["refund"] or totals["gift_card"] else ["upsell"]
        parts += ["refund"] if totals["refund"] else []
        found.outcome = "+".join(parts + (["credit"] if totals["gift_card"] else []))
    if world.loop.settings.exchange_mode == "native":
        mirrored = next(one for one in order.returns if str(one.id) == found.shopify_return_id)
        mirrored.exchanges = [
            ExchangeLine(world.shopify.next_id(), row["sku"], int(row["variant_id"] or 0) or None, 1)
            for row in found.exchanges
        ]
        world.shopify.touch(order)
    elif found.instant:
        _order(world, found, order)
        world.loop.note_exchange(found)


def complete(world: World, found: Return, order: Order) -> None:
    """The return is processed: make what is not made yet."""
    if found.exchanges and world.loop.settings.exchange_mode == "native":
        _on_the_original(world, found, order)
    elif found.exchanges and found.exchanges[0]["exchange_order_id"] is None:
        _order(world, found, order)
    if found.totals["gift_card"] and world.loop.settings.gift_card_orders:
        _gift_card_order(world, found, order)


def _order(world: World, found: Return, original: Order) -> None:
    """Make the exchange order: paid, by Loop's app, less the return credit that it uses."""
    order = _new(world, found, original, _name(world, original), _lines(world, found))
    if not found.is_pos:
        order.shipping_lines.append(ShippingLine(world.shopify.next_id(), "Standard", ZERO, "Standard"))
    if world.loop.settings.loop_discount:
        _less_credit(found, order)
    _marks(world, found, original, order)
    _paid(world, order)
    if found.is_pos:
        _handed_out(world, order)
    for line in order.lines:
        ensure_item(world, line)
    remember(world, order, location="store" if found.is_pos else None)
    world.shopify.enter(order)
    for row in found.exchanges:
        row["exchange_order_id"], row["exchange_order_name"] = str(order.id), order.name
    found.processed_at["exchange_processed"] = world.loop.now()


def _new(world: World, found: Return, original: Order, name: str, lines: list[LineItem]) -> Order:
    shop, now = world.shopify, world.shopify.now()
    in_store = found.is_pos
    return Order(
        id=shop.next_order_id(),
        name=name,
        number=shop.next_number(),
        created_at=now,
        updated_at=now,
        processed_at=now,
        email=original.email,
        currency=original.currency,
        lines=lines,
        customer=original.customer,
        address=None if in_store else dict(original.address or ADDRESS),
        app_id=LOOP_APP_ID,
        app_name=APP_NAMES[LOOP_APP_ID],
        source_name=str(LOOP_APP_ID),
        location_id=STORE_LOCATION if in_store and world.loop.settings.pos_exchange_location else None,
        stated_financial="PAID",
    )


def _name(world: World, original: Order) -> str:
    """Prefix and bare name of the original; a further exchange of the same order gets a number (assumed)."""
    bare = f"{world.loop.settings.exchange_prefix}{original.name.lstrip('#')}"
    taken = {order.name for order in world.shopify.orders.values()}
    number, name = 1, bare
    while name in taken:
        number += 1
        name = f"{bare}-{number}"
    return name


def _lines(world: World, found: Return) -> list[LineItem]:
    """One line per item, price, discount and rate; taxes as Loop wrote them on its rows."""
    lines: dict[tuple[Any, ...], LineItem] = {}
    for row, rate in zip(found.exchanges, found.exchange_rates, strict=True):
        key = (row["sku"], row["price"], row["discount"], rate)
        line = lines.get(key)
        if line is None:
            wish = {"sku": row["sku"], "price": row["price"], "quantity": 0, "tax_rate": rate}
            line = lines[key] = goods_line(world, wish)
        line.quantity += 1
        line.tax += row["tax"]
    return list(lines.values())


def _less_credit(found: Return, order: Order) -> None:
    """Loop's own price cuts, then the credit without its tax, over the lines."""
    totals = found.totals
    own = totals["exchange_discount_total"]
    if own:
        _discount(order, DiscountApplication("manual", "Loop bonus", own), own)
    returned = totals["return_product_total"] - totals["return_discount_total"]
    used = min(returned, totals["exchange_product_total"] - own, totals["exchange_credit_total"])
    if used > 0:
        _discount(order, DiscountApplication("discount_code", LOOP_DISCOUNT, used), used)


def _discount(order: Order, made: DiscountApplication, amount: Decimal) -> None:
    order.discounts.append(made)
    for line, part in zip(
        order.lines, allocate(amount, [one.total - one.discount for one in order.lines]), strict=True
    ):
        if part:
            line.allocations.append(Allocation(part, len(order.discounts) - 1))


def _marks(world: World, found: Return, original: Order, order: Order) -> None:
    """Name the original order as the settings say; the keys of the process call stand beside."""
    marks = world.loop.settings.exchange_marks
    if "attributes" in marks:
        order.attributes["originating_order_id"] = str(original.id)
        order.attributes["originating_order_name"] = original.name
    if "note" in marks:
        order.note = f"Loop{' POS' if found.is_pos else ''} exchange for order {original.name}"
    if "tag" in marks:
        order.tags.append(original.name)
    order.attributes.update({key: str(value) for key, value in found.process_fields.items()})


def _paid(world: World, order: Order) -> None:
    gateway = world.loop.settings.exchange_payment
    if gateway and order.total > 0:
        moment = order.processed_at
        order.transactions.append(Transaction(0, "SALE", "SUCCESS", gateway, order.total, moment, moment))


def _handed_out(world: World, order: Order) -> None:
    shop = world.shopify
    parts = []
    for line in order.lines:
        line.requires_shipping, line.fulfilled = False, line.quantity
        parts.append((shop.next_id(), line, line.quantity))
    order.fulfilments.append(Fulfilment(shop.next_id(), f"{order.name}.1", order.created_at, STORE_LOCATION, parts))


def _on_the_original(world: World, found: Return, order: Order) -> None:
    """The exchange items become ordinary lines of the original order; no order, no discount, no tag."""
    mirrored = next(one for one in order.returns if str(one.id) == found.shopify_return_id)
    for exchange, row, rate in zip(mirrored.exchanges, found.exchanges, found.exchange_rates, strict=True):
        line = goods_line(world, {"sku": row["sku"], "price": row["price"], "tax_rate": rate})
        line.tax = row["tax"]
        if row["discount"]:
            order.discounts.append(DiscountApplication("manual", "Loop bonus", row["discount"], "explicit"))
            line.allocations.append(Allocation(row["discount"], len(order.discounts) - 1))
        ensure_item(world, line)
        order.lines.append(line)
        exchange.line = line
        if world.loop.settings.native_exchange_order_id == "original":
            row["exchange_order_id"], row["exchange_order_name"] = str(order.id), order.name
    order.edited = True
    found.processed_at["exchange_processed"] = world.loop.now()
    world.shopify.emit("returns/process", str(order.id), (order, mirrored))
    world.shopify.touch(order)


def _gift_card_order(world: World, found: Return, original: Order) -> None:
    """Store credit as an order of its own, as Loop did until 2025; full price, marked as paid (assumed)."""
    wish = {
        "sku": "",
        "title": "Gift Card",
        "price": found.totals["gift_card"],
        "tax_rate": "0",
        "gift_card": True,
    }
    order = _new(world, found, original, f"{GIFT_CARD_PREFIX}{original.name.lstrip('#')}", [goods_line(world, wish)])
    order.address = None
    _marks(world, found, original, order)
    remember(world, order)
    world.shopify.enter(order)
    found.gift_card_order = (str(order.id), order.name)
