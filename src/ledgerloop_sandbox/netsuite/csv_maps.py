"""The two saved import maps for orders: which column goes into which field, and how references are written.

Source: github.com/hotwax/netsuite-integration src/Objects, `custimport_add_salesorders_hc` and
`custimport_add_cashsale_hc` (read 2026-11-21).
"""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """A column's field. `part` is body, line, ship or bill; `kind` is id, name, text, number, date or flag."""

    part: str
    field: str
    kind: str = "text"


_HEAD = {
    "customer": Column("body", "entity", "id"),
    "externalId": Column("body", "externalId"),
    "orderId": Column("body", "otherRefNum"),
    "date": Column("body", "tranDate", "date"),
    "subsidiary": Column("body", "subsidiary", "id"),
    "department": Column("body", "department", "id"),
    "location": Column("body", "location", "id"),
    "orderNote": Column("body", "memo"),
    "discountItem": Column("body", "discountItem", "name"),
    "rate": Column("body", "discountRate", "number"),
    "salesChannel": Column("body", "custbody_hc_sales_channel"),
    "HCOrderId": Column("body", "custbody_hc_order_id"),
}

_LINE = {
    "item": Column("line", "item", "id"),
    "quantity": Column("line", "quantity", "number"),
    "price": Column("line", "rate", "number"),
    "priceLevel": Column("line", "price", "name"),
    "taxCode": Column("line", "taxCode", "name"),
    "orderLineId": Column("line", "custcol_hc_order_line_id"),
}

_SHIP = {
    "address1": Column("ship", "addr1"),
    "address2": Column("ship", "addr2"),
    "city": Column("ship", "city"),
    "country": Column("ship", "country"),
    "state": Column("ship", "state"),
    "zip": Column("ship", "zip"),
}

_BILL = {
    "billingAddressee": Column("bill", "addressee"),
    "billingAddress1": Column("bill", "addr1"),
    "billingAddress2": Column("bill", "addr2"),
    "billingPhone": Column("bill", "addrPhone"),
    "billingCity": Column("bill", "city"),
    "billingState": Column("bill", "state"),
    "billingZip": Column("bill", "zip"),
    "billingCountry": Column("bill", "country"),
}

CASH_SALES = {**_HEAD, "HCShopifyPOSOrderId": Column("body", "custbody_hc_shopify_order_id"), **_LINE, **_SHIP}
"""Columns of the cash sale's map: no payment, no line location, no billing address, no shipping cost, no addressee."""

SALES_ORDERS = {
    **_HEAD,
    "email": Column("body", "email"),
    "shippingMethod": Column("body", "shipMethod", "id"),
    "shippingCost": Column("body", "shippingCost", "number"),
    "shippingTaxCode": Column("body", "shippingTaxCode", "name"),
    "HCShopifySalesOrderId": Column("body", "custbody_hc_shopify_order_id"),
    **_LINE,
    "itemLocation": Column("line", "location", "id"),
    "closed": Column("line", "isClosed", "flag"),
    "orderLineTypeId": Column("line", "custcol_hc_orderline_type_id"),
    "tag": Column("line", "custcol_hc_item_tag"),
    "addressee": Column("ship", "addressee"),
    "phone": Column("ship", "addrPhone"),
    **_SHIP,
    **_BILL,
}
"""Columns of the sales order's map."""

MAPS = {"sales_orders": ("salesOrder", SALES_ORDERS), "cash_sales": ("cashSale", CASH_SALES)}
"""Kind of import to record type and columns."""

MOST_ROWS = 25_000
"""Most rows of one job. Source: docs.oracle.com section_4345798668 (read 2026-11-21)."""
