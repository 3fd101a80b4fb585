"""Rows of a feed from the very draft that would be written by REST: one row per line, header fields on each.

A feed has room for one discount in its header: the exchange's `loop-discount`, else what was given on the whole order.
Every other discount is a row below its goods. What a feed cannot carry, its rows leave to NetSuite: taxes by amount,
payments, and the account of a payment.

Source: HotWax's NetSuite integration, import maps and order feed (read 2026-11-21).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from ledgerloop.domain.money import Money
from ledgerloop.domain.order_records import CashSaleDraft, SaleDraft, SaleLine
from ledgerloop.domain.order_store import Address
from ledgerloop.domain.policy import Items
from ledgerloop.operate.feeds.columns import CASH_SALES, COLUMNS, SALES_ORDERS, Kind

Row = dict[str, str]
"""A row by column; every column is there."""

RATE_DIGITS = Decimal("0.00000001")
"""Unit prices that are not whole cents, such as a net price of three for 10.00, carry eight decimals."""

_BREAKS = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Terms:
    """What the rows need beside the draft. `item_names` are NetSuite's names by internal id, of discount items;
    `channel` is the name of the order's sales channel; names of price level and tax codes are NetSuite's.
    """

    items: Items
    item_names: Mapping[str, str] = field(default_factory=dict)
    channel: str = ""
    price_level: str = "Custom"
    tax_code: str = ""
    not_taxable: str = "-Not Taxable-"
    shipping_method: str = ""
    department: str = ""


def kind_of(draft: SaleDraft) -> Kind:
    """Which feed the draft belongs into."""
    return CASH_SALES if isinstance(draft, CashSaleDraft) else SALES_ORDERS


def header_discount(draft: SaleDraft, items: Items) -> str:
    """Internal id of the discount item that stands in the header; empty where there is no discount of that kind."""
    there = {line.item_id for line in draft.lines}
    return next((one for one in (items.loop_discount, items.order_discount) if one and one in there), "")


def rows_of(draft: SaleDraft, terms: Terms) -> list[Row]:
    """The rows of one order, as many as it has lines beside the header's discount. Raises KeyError for a header
    discount whose name is not known.
    """
    kind = kind_of(draft)
    header = _header(draft, terms, kind)
    below = _Below(terms)
    lines = [line for line in draft.lines if line.item_id != header_discount(draft, terms.items)]
    return [_complete(kind, {**header, **below.row(line)}) for line in lines]


def _complete(kind: Kind, values: Row) -> Row:
    return {name: values.get(name, "") for name in COLUMNS[kind]}


def _header(draft: SaleDraft, terms: Terms, kind: Kind) -> Row:
    item = header_discount(draft, terms.items)
    order_id = "HCShopifyPOSOrderId" if kind == CASH_SALES else "HCShopifySalesOrderId"
    row = {
        "customer": draft.customer_id,
        "externalId": draft.external_id,
        "orderId": text(draft.order_name),
        "date": draft.on.strftime("%m/%d/%Y"),
        "subsidiary": draft.subsidiary_id,
        "department": terms.department,
        "location": draft.location_id,
        "orderNote": text(draft.memo),
        "email": draft.email,
        "shippingMethod": terms.shipping_method,
        "shippingCost": amount(draft.shipping_cost),
        "shippingTaxCode": terms.tax_code if draft.shipping_tax else terms.not_taxable,
        "salesChannel": text(terms.channel),
        order_id: draft.shopify_order_id,
        "HCOrderId": draft.shopify_order_id,
    }
    if item:
        off = [line.amount for line in draft.lines if line.item_id == item]
        row |= {"discountItem": terms.item_names[item], "rate": amount(Money.total(off, off[0].currency))}
    shipping, billing = draft.shipping_address, draft.billing_address or draft.shipping_address
    if kind == CASH_SALES:
        shipping = shipping or billing
    return row | _address(shipping, lambda name: name) | _address(billing, _billing)


def _billing(name: str) -> str:
    return f"billing{name[0].upper()}{name[1:]}"


def _address(address: Address | None, named: Callable[[str], str]) -> Row:
    if address is None:
        return {}
    return {
        named("addressee"): text(", ".join(part for part in (address.name, address.company) if part.strip())),
        named("address1"): text(address.line1),
        named("address2"): text(address.line2),
        named("phone"): phone(address.phone),
        named("city"): text(address.city),
        named("state"): text(address.province),
        named("zip"): text(address.zip),
        named("country"): text(address.country),
    }


class _Below:
    """Makes the line columns of one order's rows; discounts belong to the goods above them."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._goods = ""

    def row(self, line: SaleLine) -> Row:
        """The columns of a line."""
        terms, kind = self._terms, _discount_type(line, self._terms.items)
        common = {"item": line.item_id, "priceLevel": terms.price_level, "itemLocation": line.location_id}
        if kind:
            return common | {
                "price": amount(line.amount),
                "orderLineTypeId": f"HC_DISCOUNT_{kind}_{self._goods}".removesuffix("_"),
            }
        self._goods = line.shopify_line_id
        quantity = line.quantity if line.quantity is not None else Decimal(1)
        return common | {
            "quantity": plain(quantity),
            "price": unit_price(line, quantity),
            "taxCode": terms.tax_code if line.tax else terms.not_taxable,
            "closed": "false",
            "orderLineId": line.shopify_line_id,
        }


def _discount_type(line: SaleLine, items: Items) -> str:
    """What kind of discount a line is; empty for anything else."""
    if not line.item_id or line.quantity is not None:
        return ""
    kinds = {items.item_discount: "ITEM", items.order_discount: "ORDER", items.loop_discount: "LOOP"}
    return kinds.get(line.item_id, "")


def unit_price(line: SaleLine, quantity: Decimal) -> str:
    """The price of one unit, as exact as it must be for NetSuite to come to the amount of the line."""
    if line.rate is not None and line.rate.amount * quantity == line.amount.amount:
        return amount(line.rate)
    exact = line.amount.amount / quantity
    near = Money(exact, line.amount.currency)
    if near.amount * quantity == line.amount.amount:
        return amount(near)
    return plain(exact.quantize(RATE_DIGITS, rounding=ROUND_HALF_UP))


def amount(money: Money) -> str:
    """An amount with its currency's decimals and without its currency."""
    return f"{money.amount:f}"


def plain(number: Decimal) -> str:
    """A number without exponent and without zeros that say nothing."""
    return f"{number.normalize():f}"


def text(value: str) -> str:
    """A text that a person wrote, on one line, and never a formula where a spreadsheet opens the file.

    A text that begins like one gets a space before it; numbers, dates and ids are ours and stay as they are.
    """
    flat = _BREAKS.sub(" ", value).strip()
    return f" {flat}" if flat.startswith(_FORMULA) else flat


def phone(value: str) -> str:
    """The number as Shopify gives it, E.164 without the signs between its digits; anything else as a text."""
    digits = re.sub(r"[\s().-]", "", value)
    return digits if re.fullmatch(r"\+\d{6,15}", digits) else text(value)


def in_files(
    orders: Sequence[tuple[str, list[Row]]], most_orders: int, most_rows: int
) -> Iterator[list[tuple[str, list[Row]]]]:
    """Cut orders into files, in their order; an order is never split."""
    file: list[tuple[str, list[Row]]] = []
    rows = 0
    for one in orders:
        if file and (len(file) == most_orders or rows + len(one[1]) > most_rows):
            yield file
            file, rows = [], 0
        file.append(one)
        rows += len(one[1])
    if file:
        yield file
