"""Orders of every kind, placed straight in Shopify: by apps, in stores, with gift cards, tips, notes; or as given."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ledgerloop_sandbox.clock import parse_moment
from ledgerloop_sandbox.money import ZERO, allocate, money
from ledgerloop_sandbox.shopify.importing import APP_NAMES, payments_of, read_order
from ledgerloop_sandbox.shopify.model import (
    Allocation,
    DiscountApplication,
    Fulfilment,
    Order,
    ShippingLine,
    TaxLine,
    Transaction,
)
from ledgerloop_sandbox.shopify.seed import MAIN_LOCATION, STORE_LOCATION

from .orders import ADDRESS, charge_tax, ensure_item, goods_line, remember, summary

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import World

POS_APP_ID = 129785
"""App id of Shopify's point of sale. Assumed."""

WEB_APP_ID = 580111
"""App id of the online store. Assumed."""

DEFAULT_LINES = ({"sku": "TEE-M", "quantity": 1, "price": "100.00", "tax_rate": "0.08"},)


def import_order(
    world: World,
    body: dict[str, Any],
    transactions: list[dict[str, Any]] | None = None,
    announce: bool = True,
    in_catalog: bool = True,
    replace: bool = False,
) -> dict[str, Any]:
    """Take in an order given in its REST shape: the same id, names and sums; `orders/create` carries that body.

    `replace`: it is a newer state of an order that is there, and `orders/updated` carries it.

    `transactions` (REST shape) are its payments; without them an order that was paid through a gateway gets one sale
    of its total. `announce` false sends nothing; `in_catalog` lets NetSuite have its items.
    """
    order = read_order(body)
    if (order.id in world.shopify.orders) != replace:
        raise ValueError(f"Shopify has {'no' if replace else 'an'} order {order.id} {'yet' if replace else 'already'}")
    order.transactions = payments_of(order, body, transactions)
    order.transactions += [one for refund in order.refunds for one in refund.transactions]
    customer = order.customer
    if customer is not None:
        world.shopify.customers.setdefault(customer.email or str(customer.id), customer)
    raw = json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()
    known = world.known(order.id) if replace else remember(world, order)
    if in_catalog:
        for line in order.lines:
            ensure_item(world, line)
    if replace:
        order.returns = world.shopify.orders[order.id].returns
        world.shopify.replace(order, raw)
    else:
        world.shopify.enter(order, raw, announce=announce)
    return summary(world, known)


def create_orders(world: World, count: int, prefix: str = "#B", **wish: Any) -> dict[str, Any]:
    """Place many orders that differ by their name only: prefix and number from 1.

    `{n}` in `email` is the number; no webhooks unless announced.
    """
    wish.setdefault("announce", False)
    email = str(wish.pop("email", "ana@example.com"))
    made = [
        create_order(world, name=f"{prefix}{number}", email=email.replace("{n}", str(number)), **wish)
        for number in range(1, int(count) + 1)
    ]
    return {"count": len(made), "first": made[0]["order_id"], "last": made[-1]["order_id"]}


def create_order(
    world: World,
    name: str | None = None,
    lines: Sequence[dict[str, Any]] = DEFAULT_LINES,
    announce: bool = True,
    in_catalog: bool = True,
    **wish: Any,
) -> dict[str, Any]:
    """Place an order in Shopify with any of its parts (see `_Wish`); NetSuite gets the items only (`in_catalog`)."""
    wanted = _Wish(**wish)
    order = wanted.order(world, name, lines)
    wanted.put_on(world, order, lines)
    for line in order.lines if in_catalog else ():
        ensure_item(world, line)
    known = remember(world, order, location="store" if order.location_id == STORE_LOCATION else None)
    world.shopify.enter(order, announce=announce)
    return summary(world, known)


@dataclass
class _Wish:
    """The parts of an order beside its lines.

    `pos` is a sale in the store: no address, fulfilled, at the store's location. An `app_id` alone also is the source
    name, as Shopify has it. `guest`: no customer. `ships` false: no shipping address. `fulfilled`: all, or the lines
    by position. `payments`: [[gateway, amount, kind?, status?], ...]; None: `gateway` pays all. `marked_paid`: paid
    without any transaction. `discounts`: see `_discount`.
    """

    pos: bool = False
    source_name: str | None = None
    app_id: int | None = None
    app_name: str | None = None
    email: str | None = "ana@example.com"
    guest: bool = False
    address: dict[str, Any] | None = None
    billing: dict[str, Any] | None = None
    ships: bool | None = None
    fulfilled: bool | Sequence[int] | None = None
    location_id: int | None = None
    discounts: Sequence[dict[str, Any]] = ()
    shipping: str = "0.00"
    shipping_title: str = "Standard"
    shipping_tax_rate: str = "0"
    payments: Sequence[Sequence[Any]] | None = None
    gateway: str = "shopify_payments"
    paid: bool = True
    marked_paid: bool = False
    note: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    tip: str = "0.00"
    rounding: str = "0.00"
    test: bool = False
    taxes_included: bool = False
    created_at: str | None = None
    processed_at: str | None = None
    cancelled_at: str | None = None
    first_name: str | None = None
    last_name: str = "Buyer"
    phone: str | None = None
    po_number: str | None = None
    source_identifier: str | None = None

    def order(self, world: World, name: str | None, lines: Sequence[dict[str, Any]]) -> Order:
        """Make the order with who, where and through what."""
        shop, number = world.shopify, world.shopify.next_number()
        made_at = (parse_moment(self.created_at) if self.created_at else shop.now()).replace(microsecond=0)
        app = self.app_id if self.app_id is not None else POS_APP_ID if self.pos else WEB_APP_ID
        first, email = self.first_name or (self.email or "").partition("@")[0].capitalize(), self.email or ""
        to = {**ADDRESS, "first_name": first, "last_name": self.last_name, **(self.address or {})}
        source = "pos" if self.pos else str(app) if self.app_id is not None else "web"
        return Order(
            id=shop.next_order_id(),
            name=name or f"#{number + 1000}",
            number=number,
            created_at=made_at,
            updated_at=made_at,
            processed_at=parse_moment(self.processed_at) if self.processed_at else made_at,
            email=email,
            currency=shop.settings.currency,
            lines=[goods_line(world, one) for one in lines],
            customer=shop.customer(email, first, self.last_name) if email and not self.guest else None,
            address=to if (not self.pos if self.ships is None else self.ships) else None,
            billing=self.billing,
            bills_to_shipping=self.billing is None,
            app_id=app,
            app_name=self.app_name or APP_NAMES.get(app, f"App {app}"),
            source_name=self.source_name or source,
            location_id=self.location_id or (STORE_LOCATION if self.pos else None),
        )

    def put_on(self, world: World, order: Order, lines: Sequence[dict[str, Any]]) -> None:
        """Put everything on the order."""
        order.note, order.attributes, order.tags = self.note, dict(self.attributes), list(self.tags)
        order.test, order.taxes_included = self.test, self.taxes_included
        order.phone, order.po_number = self.phone, self.po_number
        order.source_identifier = self.source_identifier
        order.tip, order.rounding = money(self.tip), money(self.rounding)
        order.cancelled_at = parse_moment(self.cancelled_at) if self.cancelled_at else None
        order.cancel_reason = "CUSTOMER" if order.cancelled_at else None
        self._ship(world, order)
        for line, wanted in zip(order.lines, lines, strict=True):
            own = money(wanted.get("line_discount", "0"))
            if own:
                order.discounts.append(DiscountApplication("manual", f"Discount on {line.sku}", own, "explicit"))
                line.allocations.append(Allocation(own, len(order.discounts) - 1))
        for one in self.discounts:
            _discount(order, one)
        for line in order.lines:
            charge_tax(order, line)
        self._pay(order)
        if self.fulfilled or (self.fulfilled is None and self.pos):
            _fulfil(world, order, self.fulfilled, order.location_id or MAIN_LOCATION)

    def _ship(self, world: World, order: Order) -> None:
        price, rate = money(self.shipping), Decimal(self.shipping_tax_rate)
        if price or order.address is not None:
            title = self.shipping_title
            taxes = [TaxLine("Sales Tax", rate, money(price * rate))] if rate else []
            order.shipping_lines.append(ShippingLine(world.shopify.next_id(), title, price, title, taxes=taxes))

    def _pay(self, order: Order) -> None:
        whole = order.total + order.rounding
        rows = self.payments if self.payments is not None else [[self.gateway, whole]] if whole else []
        if not self.paid or self.marked_paid:
            rows = []
        order.stated_financial = "PAID" if self.marked_paid else None
        moment = order.processed_at
        for row in rows:
            gateway, amount = str(row[0]), money(row[1])
            kind, status = (str(row[2]) if len(row) > 2 else "SALE"), (str(row[3]) if len(row) > 3 else "SUCCESS")
            made = Transaction(0, kind, status, gateway, amount, moment, moment, location_id=order.location_id)
            made.test = order.test
            if order.rounding and gateway == "cash":
                made.rounding = order.rounding
            order.transactions.append(made)


def _discount(order: Order, wanted: dict[str, Any]) -> None:
    """Add a discount over all lines, over `lines` by position, or on shipping; `amount` in all, or `percent`."""
    on_shipping = wanted.get("target") == "shipping_line"
    percent = wanted.get("percent")
    chosen = [order.lines[n] for n in wanted["lines"]] if "lines" in wanted else order.lines
    carriers: Sequence[Any] = order.shipping_lines if on_shipping else chosen
    values = [(one.price if on_shipping else one.total) - one.discount for one in carriers]
    amount = money(sum(values, ZERO) * Decimal(str(percent)) / 100) if percent else money(wanted["amount"])
    made = DiscountApplication(
        kind=wanted.get("kind", "discount_code"),
        title=wanted.get("code") or wanted.get("title", "WELCOME"),
        value=Decimal(str(percent)) if percent else amount,
        selection="entitled" if "lines" in wanted else "all",
        target="shipping_line" if on_shipping else "line_item",
        percentage=bool(percent),
    )
    order.discounts.append(made)
    for carrier, part in zip(carriers, allocate(amount, values), strict=True):
        if part:
            carrier.allocations.append(Allocation(part, len(order.discounts) - 1))


def _fulfil(world: World, order: Order, wanted: bool | Sequence[int] | None, location_id: int) -> None:
    chosen = order.lines if wanted is None or isinstance(wanted, bool) else [order.lines[n] for n in wanted]
    parts = [(world.shopify.next_id(), line, line.quantity) for line in chosen]
    for _, line, count in parts:
        line.fulfilled = count
    name = f"{order.name}.1"
    order.fulfilments.append(Fulfilment(world.shopify.next_id(), name, order.created_at, location_id, parts))
