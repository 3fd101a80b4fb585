"""The columns of both feeds, in the order in which they are written: the one place that names them.

Source: HotWax's NetSuite integration, import maps custimport_add_cashsale_hc and custimport_add_salesorders_hc
(read 2026-11-21).
"""

from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal["sales-orders", "cash-sales"]
"""A feed's kind, as the command names it."""

CASH_SALES: Final = "cash-sales"
SALES_ORDERS: Final = "sales-orders"

_CASH_SALE: Final = {
    "customer": "ENTITY, internal id",
    "externalId": "EXTERNALID",
    "orderId": "OTHERREFNUM",
    "date": "TRANDATE",
    "subsidiary": "SUBSIDIARY, internal id",
    "department": "DEPARTMENT, internal id",
    "location": "LOCATION, internal id",
    "orderNote": "MEMO",
    "discountItem": "DISCOUNTITEM, name",
    "rate": "DISCOUNTRATE",
    "salesChannel": "custbody_hc_sales_channel",
    "HCShopifyPOSOrderId": "custbody_hc_shopify_order_id",
    "HCOrderId": "custbody_hc_order_id",
    "item": "line ITEM, internal id",
    "quantity": "line QUANTITY",
    "price": "line RATE",
    "priceLevel": "line PRICE, name",
    "taxCode": "line TAXCODE, name",
    "orderLineId": "line custcol_hc_order_line_id",
    "address1": "shipping ADDR1",
    "address2": "shipping ADDR2",
    "city": "shipping CITY",
    "country": "shipping COUNTRY",
    "state": "shipping STATE",
    "zip": "shipping ZIP",
}

_SALES_ORDER: Final = {
    "customer": "ENTITY, internal id",
    "externalId": "EXTERNALID",
    "orderId": "OTHERREFNUM",
    "date": "TRANDATE",
    "subsidiary": "SUBSIDIARY, internal id",
    "department": "DEPARTMENT, internal id",
    "location": "LOCATION, internal id",
    "orderNote": "MEMO",
    "email": "EMAIL",
    "shippingMethod": "SHIPMETHOD, internal id",
    "shippingCost": "SHIPPINGCOST",
    "shippingTaxCode": "SHIPPINGTAXCODE, name",
    "discountItem": "DISCOUNTITEM, name",
    "rate": "DISCOUNTRATE",
    "salesChannel": "custbody_hc_sales_channel",
    "HCShopifySalesOrderId": "custbody_hc_shopify_order_id",
    "HCOrderId": "custbody_hc_order_id",
    "item": "line ITEM, internal id",
    "quantity": "line QUANTITY",
    "price": "line RATE",
    "priceLevel": "line PRICE, name",
    "taxCode": "line TAXCODE, name",
    "itemLocation": "line LOCATION, internal id",
    "closed": "line ISCLOSED",
    "orderLineId": "line custcol_hc_order_line_id",
    "orderLineTypeId": "line custcol_hc_orderline_type_id",
    "tag": "line custcol_hc_item_tag",
    "addressee": "shipping ADDRESSEE",
    "address1": "shipping ADDR1",
    "address2": "shipping ADDR2",
    "phone": "shipping ADDRPHONE",
    "city": "shipping CITY",
    "state": "shipping STATE",
    "zip": "shipping ZIP",
    "country": "shipping COUNTRY",
    "billingAddressee": "billing ADDRESSEE",
    "billingAddress1": "billing ADDR1",
    "billingAddress2": "billing ADDR2",
    "billingPhone": "billing ADDRPHONE",
    "billingCity": "billing CITY",
    "billingState": "billing STATE",
    "billingZip": "billing ZIP",
    "billingCountry": "billing COUNTRY",
}

COLUMNS: Final[dict[Kind, dict[str, str]]] = {CASH_SALES: _CASH_SALE, SALES_ORDERS: _SALES_ORDER}
"""By kind: the columns in order, each with the NetSuite field that it fills."""
