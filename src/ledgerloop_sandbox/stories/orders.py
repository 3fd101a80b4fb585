"""Orders come in: placed in Shopify, brought to NetSuite, shipped and billed there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from ledgerloop_sandbox.clock import parse_moment
from ledgerloop_sandbox.money import CENT, ZERO, allocate, money
from ledgerloop_sandbox.shopify.model import (
    LOOP_APP_ID,
    Allocation,
    DiscountApplication,
    LineItem,
    Order,
    ShippingLine,
    TaxLine,
)
from ledgerloop_sandbox.shopify.seed import MAIN_LOCATION, STORE_LOCATION, title_of

if TYPE_CHECKING:
    from ledgerloop_sandbox.world import Known, World

ADDRESS = {
    "first_name": "Ana",
    "last_name": "Buyer",
    "company": None,
    "address1": "12 High Street",
    "address2": None,
    "city": "Columbus",
    "province": "Ohio",
    "province_code": "OH",
    "zip": "43004",
    "country_code": "US",
    "phone": None,
}
"""Where orders are shipped to."""

LOOP_DISCOUNT = "loop-discount"
"""Code of the discount by which Loop lets return credit pay. Source: github.com/hotwax, exchanges.md
(read 2026-11-21)."""

USUAL = {
    "order_discount": "0.00",
    "discount_as": "line",
    "with_line_ids": True,
    "with_order_id": True,
    "reference": "name",
    "direct_cash_sale": False,
}
"""How an order that came about otherwise than by `place_order` would be carried to NetSuite by people."""

NETSUITE_LOCATIONS = {"store": "8", "main": "7"}
"""Short names of NetSuite's locations."""


def place_order(
    world: World,
    name: str = "#1001",
    lines: Sequence[dict[str, Any]] = ({"sku": "TEE-M", "quantity": 1, "price": "100.00", "tax_rate": "0.08"},),
    order_discount: str = "0.00",
    shipping: str = "0.00",
    gateway: str = "shopify_payments",
    billing: str = "invoice",
    fulfilled: bool = True,
    in_netsuite: bool = True,
    email: str = "ana@example.com",
    location: str | None = None,
    created_at: str | None = None,
    taxes_included: bool = False,
    discount_as: str = "header",
    with_line_ids: bool = True,
    with_order_id: bool = True,
    reference: str = "name",
    direct_cash_sale: bool = False,
    payments: Sequence[Sequence[Any]] = (),
    discount_code: str = "WELCOME",
) -> dict[str, Any]:
    """Place an order in Shopify and, if wished, bring it to NetSuite.

    `payments` [[gateway, amount], …] splits the tender, else `gateway` pays all. Raises ValueError, KeyError.
    """
    wish = {key: value for key, value in locals().items() if key not in ("world", "lines")}
    wish["lines"] = [dict(line) for line in lines]
    if name in [one.wish["name"] for one in world.orders.values()]:
        raise ValueError(f"there is an order {name} already")
    if billing not in ("invoice", "cash_sale", "none") or discount_as not in ("header", "line"):
        raise ValueError("billing is invoice, cash_sale or none; discount_as is header or line")
    order = _shopify_order(world, wish)
    paid = [(str(one[0]), money(one[1])) for one in payments] or [(gateway, order.total)]
    world.shopify.place(order, paid)
    known = remember(world, order, **wish)
    if fulfilled:
        fulfil(world, known.order_id, in_netsuite=False)
    if in_netsuite:
        bring_to_netsuite(world, known.order_id, fulfilled=fulfilled, billing=billing)
    return summary(world, known)


def bring_to_netsuite(world: World, order_id: str, fulfilled: bool = True, billing: str = "invoice") -> dict[str, Any]:
    """Enter an order in NetSuite as the shop's own integration would: sales order, fulfilment, bill, payment."""
    known = world.known(order_id)
    if known.sales_order or known.cash_sale:
        raise ValueError(f"order {known.wish['name']} is in NetSuite already")
    order = world.shopify.get(known.order_id)
    for line in order.lines:
        ensure_item(world, line)
    common = _netsuite_order(world, known.wish, order)
    customer = world.account.customer_id(order.email)
    lines = _netsuite_lines(known.wish, order)
    if known.wish["direct_cash_sale"]:
        known.cash_sale = world.account.add_cash_sale(customer, lines, **common)
        return summary(world, known)
    known.sales_order = world.account.add_sales_order(customer, lines, **common)
    if fulfilled:
        known.fulfilments.append(world.account.fulfil(known.sales_order, date=common["date"]))
        if billing != "none":
            bill(world, known.order_id, billing)
    return summary(world, known)


def fulfil(
    world: World, order_id: str, in_netsuite: bool = True, lines: Sequence[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Ship an order: in Shopify if it is not shipped there, and in NetSuite all, or `lines` by position from 0."""
    known = located(world, order_id)
    order = world.shopify.get(known.order_id)
    at_store = known.wish["location"] in ("store", "8", str(STORE_LOCATION))
    world.shopify.fulfil(order, STORE_LOCATION if at_store else MAIN_LOCATION, at=order.created_at)
    if in_netsuite and known.sales_order:
        known.fulfilments.append(world.account.fulfil(known.sales_order, _quantities(world, known.sales_order, lines)))
    return summary(world, known)


def _quantities(world: World, sales_order: str, lines: Sequence[dict[str, Any]] | None) -> dict[int, Any] | None:
    """Quantities by the sales order's own line numbers, of its goods lines by position; None for all."""
    if lines is None:
        return None
    goods = [line["line"] for line in world.account.record(sales_order)["lines"] if line["quantity"] is not None]
    return {goods[int(one["line"])]: one.get("quantity", 1) for one in lines}


def bill(world: World, order_id: str, kind: str = "invoice") -> dict[str, Any]:
    """Bill what is shipped: by a paid invoice, or by a cash sale. No money comes in for an order that Loop made."""
    known = located(world, order_id)
    if known.sales_order is None:
        raise ValueError(f"order {known.wish['name']} has no sales order to bill")
    order = world.shopify.get(known.order_id)
    on = _day(world, order.processed_at)
    if kind == "invoice":
        known.invoice = world.account.invoice(known.sales_order, date=on)
        if world.account.get(known.invoice).remaining > 0 and order.app_id != LOOP_APP_ID:
            world.account.pay_invoice(known.invoice)
    elif kind == "cash_sale":
        known.cash_sale = world.account.bill_cash_sale(known.sales_order, date=on)
    else:
        raise ValueError("an order is billed by invoice or cash_sale")
    return summary(world, known)


def take_deposit(world: World, order_id: str, amount: str | None = None) -> dict[str, Any]:
    """Enter what the customer paid as a deposit on the sales order: the order's total unless told otherwise."""
    known = located(world, order_id)
    if known.sales_order is None:
        raise ValueError(f"order {known.wish['name']} has no sales order for a deposit")
    paid = money(amount) if amount is not None else world.shopify.get(known.order_id).total
    return world.account.record(world.account.add_deposit(known.sales_order, paid))


def cancel_order(world: World, order_id: str) -> dict[str, Any]:
    """Cancel the sales order of an order of which nothing was shipped."""
    known = located(world, order_id)
    if known.sales_order is None:
        raise ValueError(f"order {known.wish['name']} has no sales order to cancel")
    world.account.cancel(known.sales_order)
    return summary(world, known)


def located(world: World, order_id: str) -> Known:
    """Give what is known of an order, with the NetSuite records that somebody else made for it."""
    known = world.known(order_id)
    order = world.shopify.get(known.order_id)
    if known.sales_order is None and known.cash_sale is None:
        for kind, attribute in (("salesOrder", "sales_order"), ("cashSale", "cash_sale")):
            for record in world.account.find(kind):
                named = record.external_id.endswith(f"-{order.id}") or record.other_ref == order.name
                if named or record.custom.get("custbody_shopify_order_id") == str(order.id):
                    setattr(known, attribute, record.id)
    return known


def summary(world: World, known: Known) -> dict[str, Any]:
    """Give what an act answers about an order."""
    order = world.shopify.get(known.order_id)
    return {
        "order_id": known.order_id,
        "name": order.name,
        "line_ids": [str(line.id) for line in order.lines],
        "sales_order": known.sales_order,
        "fulfilments": list(known.fulfilments),
        "invoice": known.invoice,
        "cash_sale": known.cash_sale,
        "total": str(order.total),
    }


def remember(world: World, order: Order, **wish: Any) -> Known:
    """Keep an order with the wish behind it, so that later acts know how NetSuite should carry it."""
    from ledgerloop_sandbox.world import Known  # noqa: PLC0415 - the world imports the stories

    usual = {"name": order.name, "location": None, "lines": [{} for _ in order.lines], **USUAL}
    known = Known({**usual, **wish}, str(order.id))
    world.orders[known.order_id] = known
    return known


def _shopify_order(world: World, wish: dict[str, Any]) -> Order:
    shop = world.shopify
    made_at = (parse_moment(wish["created_at"]) if wish["created_at"] else shop.now()).replace(microsecond=0)
    first, _, _ = wish["email"].partition("@")
    in_store = wish["location"] in ("store", "8", str(STORE_LOCATION))
    order = Order(
        id=shop.next_order_id(),
        name=wish["name"],
        number=shop.next_number(),
        created_at=made_at,
        updated_at=made_at,
        processed_at=made_at,
        email=wish["email"],
        currency=shop.settings.currency,
        lines=[goods_line(world, one) for one in wish["lines"]],
        customer=shop.customer(wish["email"], first.capitalize(), "Buyer") if wish["email"] else None,
        address=None if in_store else {**ADDRESS, "first_name": first.capitalize()},
        location_id=STORE_LOCATION if in_store else None,
        source_name="pos" if in_store else "web",
        app_name="Point of Sale" if in_store else "Online Store",
        app_id=129785 if in_store else 580111,
        taxes_included=wish["taxes_included"],
    )
    if money(wish["shipping"]) > 0:
        order.shipping_lines.append(ShippingLine(shop.next_id(), "Standard", money(wish["shipping"])))
    _discount(order, wish)
    for line in order.lines:
        charge_tax(order, line)
    return order


def goods_line(world: World, wanted: dict[str, Any]) -> LineItem:
    """Make an order line of a SKU; a custom one has no product."""
    sku, number = str(wanted.get("sku") or ""), world.shopify.next_line_id()
    title, variant = title_of(sku)
    custom = bool(wanted.get("custom")) or not sku
    known = sum(sku.encode())
    return LineItem(
        id=number,
        sku=sku,
        title=wanted.get("title", title),
        variant_title="" if custom else variant,
        product_id=None if custom else 8100000000000 + known,
        variant_id=None if custom else 44100000000000 + known,
        quantity=int(wanted.get("quantity", 1)),
        price=money(wanted["price"]),
        tax_rate=Decimal(str(wanted.get("tax_rate", "0.08"))),
        gift_card=bool(wanted.get("gift_card")),
        requires_shipping=bool(wanted.get("requires_shipping", not wanted.get("gift_card"))),
        taxable=bool(wanted.get("taxable", True)),
        taxes=[
            TaxLine(one["title"], Decimal(str(one["rate"])), money(one.get("amount", 0)))
            for one in wanted.get("taxes", ())
        ],
        properties=list(wanted.get("properties", {}).items()),
    )


def _discount(order: Order, wish: dict[str, Any]) -> None:
    for line, wanted in zip(order.lines, wish["lines"], strict=True):
        own = money(wanted.get("line_discount", "0"))
        if own:
            order.discounts.append(DiscountApplication("manual", f"Discount on {line.sku}", own, "explicit"))
            line.allocations.append(Allocation(own, len(order.discounts) - 1))
    whole = money(wish["order_discount"])
    if whole:
        order.discounts.append(DiscountApplication("discount_code", wish["discount_code"], whole))
        parts = allocate(whole, [line.total - line.discount for line in order.lines])
        for line, part in zip(order.lines, parts, strict=True):
            line.allocations.append(Allocation(part, len(order.discounts) - 1))


def charge_tax(order: Order, line: LineItem) -> None:
    """Tax a line at its rate, on its price less discounts."""
    net = line.total - line.discount
    if line.taxes:
        for one in line.taxes:
            one.amount = one.amount or money(net * one.rate)
        line.tax = sum((one.amount for one in line.taxes), ZERO)
    elif line.gift_card or not line.taxable:
        line.tax = ZERO
    elif order.taxes_included:
        line.tax = money(net - net / (1 + line.tax_rate))
    else:
        line.tax = money(net * line.tax_rate)


def ensure_item(world: World, line: LineItem) -> None:
    """Let NetSuite have the item of a line: a gift card is a liability, anything else goods from the stock."""
    sku = line.sku or line.title
    try:
        world.account.item_id(sku)
    except KeyError:
        if line.gift_card:
            account = world.account.ledger.role("gift_card_liability")
            world.account.add_item(sku, "0", "NonInvtPart", account=account, price=str(line.price))
            return
        world.account.add_item(sku, (line.price * Decimal("0.4")).quantize(CENT), price=str(line.price))


def _netsuite_order(world: World, wish: dict[str, Any], order: Order) -> dict[str, Any]:
    names = {"name": order.name, "id": str(order.id), "bare": order.name.lstrip("#")}
    whole = money(wish["order_discount"])
    return {
        "header_discount": -_untaxed(order, whole) if wish["discount_as"] == "header" else ZERO,
        "shipping": order.shipping,
        "other_ref": names[wish["reference"]],
        "body_fields": {"custbody_shopify_order_id": str(order.id)} if wish["with_order_id"] else {},
        "location": NETSUITE_LOCATIONS.get(str(wish["location"]), str(wish["location"] or "7")),
        "date": _day(world, order.processed_at),
    }


def _netsuite_lines(wish: dict[str, Any], order: Order) -> list[dict[str, Any]]:
    rows = []
    for line, wanted in zip(order.lines, wish["lines"], strict=True):
        own = money(wanted.get("line_discount", "0")) if wish["discount_as"] == "header" else line.discount
        rows.append(
            {
                "sku": line.sku or line.title,
                "quantity": line.quantity,
                "rate": _untaxed_unit(order, line),
                "tax_rate": line.tax_rate,
                "discount": _untaxed(order, own),
                "discount_item": "905" if any(one.title == LOOP_DISCOUNT for one in order.discounts) else "907",
                "custcols": {"custcol_shopify_line_id": str(line.id)} if wish["with_line_ids"] else {},
            }
        )
    return rows


def _untaxed_unit(order: Order, line: LineItem) -> Decimal:
    return (line.price / (1 + line.tax_rate)).quantize(CENT) if order.taxes_included else line.price


def _untaxed(order: Order, amount: Decimal) -> Decimal:
    rate = order.lines[0].tax_rate
    return (amount / (1 + rate)).quantize(CENT) if order.taxes_included else amount


def _day(world: World, moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(world.account.settings.company_zone)).date()
