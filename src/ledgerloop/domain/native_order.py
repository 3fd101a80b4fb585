"""An order parted: the goods of exchanges within Shopify become orders of their own, the rest stays as it was bought.

Which exchange belongs to which return is told by Shopify's refund that Loop names, else by the units that come back and
the SKUs chosen; never by amounts. What cannot be told stays on the order.
Source: shopify.dev, read exchanges (read 2026-11-21): after processing, exchange items are lines of the original order.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ledgerloop.domain.money import Money
from ledgerloop.domain.native import native_id, without_order
from ledgerloop.domain.order_store import Order, OrderLine
from ledgerloop.domain.original_order import ORIGINAL_ID, ORIGINAL_NAME
from ledgerloop.domain.recognise import LOOP_APP
from ledgerloop.domain.returns import Return

TITLE: Final = "Loop Returns & Exchanges"
"""Title of Loop's app, which stands on these orders as it stands on separate exchange orders."""


@dataclass(frozen=True)
class ShopExchange:
    """A return of Shopify's with exchange items. `units` count what comes back, by order line; `line_ids` are the lines
    that its new goods became; `complete` tells that none is still to come.
    """

    shopify_return_id: str
    units: tuple[tuple[str, int], ...]
    line_ids: tuple[str, ...]
    complete: bool


@dataclass(frozen=True)
class Parted:
    """The order as it was bought, and by Loop return id the orders of the goods it was exchanged for."""

    original: Order
    exchanges: dict[str, Order]


def parted(order: Order, returns: Iterable[Return], shown: Sequence[ShopExchange]) -> Parted:
    """Part an order. An exchange that is not processed, or not complete, is neither bought nor an order yet."""
    exchanges: dict[str, Order] = {}
    apart: set[str] = set()
    for return_, exchange in _pairs(order, returns, shown):
        apart |= set(exchange.line_ids)
        lines = tuple(one for one in order.lines if one.shopify_line_id in exchange.line_ids)
        if return_.processed and exchange.complete and len(lines) == len(exchange.line_ids):
            exchanges[return_.loop_return_id] = _exchange(order, return_, lines)
    return Parted(_without(order, apart), exchanges)


def _pairs(
    order: Order, returns: Iterable[Return], shown: Sequence[ShopExchange]
) -> Iterable[tuple[Return, ShopExchange]]:
    """Each return with its exchange, oldest first; alike ones are interchangeable, and taken in their order."""
    of_refund = {one.refund_id: one.shopify_return_id for one in order.refunds}
    left = sorted((one for one in shown if one.line_ids), key=lambda one: _age(one.shopify_return_id))
    native = sorted((one for one in returns if without_order(one)), key=lambda one: _age(one.loop_return_id))
    for by_refund in (True, False):
        for return_ in tuple(native):
            named = {of_refund.get(one.shopify_refund_id, "") for one in return_.refunds} - {""}
            fits = (one for one in left if one.shopify_return_id in named or (not by_refund and not named))
            found = next((one for one in fits if by_refund or _alike(order, return_, one)), None)
            if found is not None:
                native.remove(return_)
                left.remove(found)
                yield return_, found


def _age(ident: str) -> tuple[int, str]:
    return len(ident), ident


def _alike(order: Order, return_: Return, exchange: ShopExchange) -> bool:
    """Whether the same units come back, for the same SKUs."""
    units = Counter(one.shopify_line_id for one in return_.lines)
    chosen = Counter(one.sku for one in return_.exchanges)
    new: Counter[str] = Counter()
    for line in order.lines:
        if line.shopify_line_id in exchange.line_ids:
            new[line.sku] += line.quantity
    return units == Counter(dict(exchange.units)) and chosen == new


def _exchange(order: Order, return_: Return, lines: tuple[OrderLine, ...]) -> Order:
    """The new goods as an order of Loop's, as its separate exchange orders are; nothing was paid for it in Shopify."""
    at, none = return_.processed_at or order.updated_at, Money.zero(order.currency)
    name = f"{order.name}-{native_id(return_.loop_return_id)}"
    return replace(
        order,
        shopify_order_id=native_id(return_.loop_return_id),
        name=name,
        app_id=LOOP_APP,
        app_title=TITLE,
        source_name=LOOP_APP,
        created_at=at,
        processed_at=at,
        financial_status="PAID",
        fulfillment_status=_fulfilled(lines, order.fulfillment_status),
        note=f"Exchange on order {order.name}; Loop return {return_.loop_return_id}",
        note_attributes=((ORIGINAL_ID, order.shopify_order_id), (ORIGINAL_NAME, order.name)),
        tags=(),
        shipping_address=None if return_.is_pos else order.shipping_address or order.billing_address,
        lines=lines,
        shipping=(),
        total=_value(order, lines),
        total_tax=_taxes(order, lines),
        total_discounts=_discounts(order, lines),
        tip=none,
        transactions=(),
        refunds=(),
        payments_known=True,
        retail_location_id="",
        fulfilment_location_ids=order.fulfilment_location_ids[-1:] if return_.is_pos else (),
    )


def _without(order: Order, apart: set[str]) -> Order:
    """The order as it was bought. Its total is lowered only where Shopify's holds the new goods."""
    lines = tuple(one for one in order.lines if one.shopify_line_id not in apart)
    new = tuple(one for one in order.lines if one.shopify_line_id in apart)
    if not new:
        return order
    bought = replace(order, lines=lines, fulfillment_status=_fulfilled(lines, order.fulfillment_status))
    beside = order.total - _value(order, lines) - _beside_lines(order)
    if abs(beside.amount) < abs((beside - _value(order, new)).amount):
        return bought
    return replace(
        bought,
        total=order.total - _value(order, new),
        total_tax=order.total_tax - _taxes(order, new),
        total_discounts=order.total_discounts - _discounts(order, new),
    )


def _beside_lines(order: Order) -> Money:
    """What shipping and a tip come to."""
    parts = [order.tip]
    for one in order.shipping:
        parts += [one.price, *(-share.amount for share in one.allocations)]
        parts += [] if order.taxes_included else [tax.amount for tax in one.taxes]
    return Money.total(parts, order.currency)


def _value(order: Order, lines: Iterable[OrderLine]) -> Money:
    """What lines were charged at: price less discounts, with the taxes."""
    known = tuple(lines)
    gross = (Money(one.unit_price.amount * one.quantity, order.currency) for one in known)
    net = Money.total(gross, order.currency) - _discounts(order, known)
    return net if order.taxes_included else net + _taxes(order, known)


def _discounts(order: Order, lines: Iterable[OrderLine]) -> Money:
    return Money.total((share.amount for one in lines for share in one.allocations), order.currency)


def _taxes(order: Order, lines: Iterable[OrderLine]) -> Money:
    return Money.total((tax.amount for one in lines for tax in one.taxes), order.currency)


def _fulfilled(lines: Sequence[OrderLine], whole: str) -> str:
    """How far these lines are fulfilled, where the whole order's status only says that some are."""
    if whole != "PARTIALLY_FULFILLED":
        return whole
    done = [one.fulfilled >= one.current for one in lines]
    return "FULFILLED" if all(done) else "PARTIALLY_FULFILLED" if any(one.fulfilled for one in lines) else "UNFULFILLED"
