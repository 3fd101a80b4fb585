"""Which properties each record type has, of which kind, and whether they can be written.

Source: REST API Browser 2026.1 (read 2026-11-21); a selection. What is not listed here is an unknown name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .countries import COUNTRIES


class Field(NamedTuple):
    """A property: `kind` is text, number, rate, integer, boolean, date, datetime, sublist, address, enum or ref.

    `of` holds an enum's letters or a reference's target. A rate is a number, or text in per cent; `choice` is an enum
    of T and F that is also taken as a boolean; `name` is text, or an object with an id.
    """

    kind: str
    of: str = ""
    writable: bool = True


TEXT = Field("text")
NUMBER = Field("number")
BOOLEAN = Field("boolean")
DATE = Field("date")
SUBLIST = Field("sublist")
RATE = Field("rate")
CHOICE = Field("choice")
NAME = Field("name")
ADDRESS = Field("address")
READ_TEXT = Field("text", "", False)
READ_NUMBER = Field("number", "", False)
READ_BOOLEAN = Field("boolean", "", False)
READ_TIME = Field("datetime", "", False)
READ_ENUM = Field("enum", "", False)


def ref(target: str, writable: bool = True) -> Field:
    """A reference to records of the target kind."""
    return Field("ref", target, writable)


_COMMON = {
    "id": READ_TEXT,
    "externalId": TEXT,
    "tranId": READ_TEXT,
    "tranDate": DATE,
    "memo": TEXT,
    "createdDate": READ_TIME,
    "lastModifiedDate": READ_TIME,
    "subsidiary": ref("subsidiary"),
    "location": ref("location"),
    "department": ref("department"),
    "class": ref("class"),
    "currency": ref("currency"),
    "exchangeRate": NUMBER,
    "customForm": ref("form"),
}

_SALE = {
    "entity": ref("customer"),
    "email": TEXT,
    "otherRefNum": TEXT,
    "discountItem": ref("item"),
    "discountRate": RATE,
    "discountTotal": READ_NUMBER,
    "subtotal": READ_NUMBER,
    "taxTotal": READ_NUMBER,
    "total": READ_NUMBER,
    "taxDetails": SUBLIST,
    "taxDetailsOverride": BOOLEAN,
    "taxPointDate": DATE,
    "item": SUBLIST,
}

_PAYMENT = {
    "account": ref("account"),
    "paymentOption": ref("paymentOption"),
    "paymentOperation": Field("enum", "CREDIT REFUND"),
    "handlingMode": Field("enum", "MIMIC PROCESS SAVE_ONLY"),
}

_POSTING = {"postingPeriod": ref("period")}
_SHIPPING = {"shippingCost": NUMBER, "handlingCost": NUMBER}
_TO = {
    "shippingAddress": ADDRESS,
    "billingAddress": ADDRESS,
    "shipMethod": ref("shipItem"),
    "salesChannel": ref("salesChannel"),
}
_FROM = {"createdFrom": ref("transaction", False)}

BODY: dict[str, dict[str, Field]] = {
    "salesOrder": {
        **_COMMON,
        **_SALE,
        **_SHIPPING,
        **_TO,
        "orderStatus": Field("enum", "A B"),
        "status": READ_ENUM,
        "paymentOption": ref("paymentOption"),
    },
    "invoice": {
        **_COMMON,
        **_SALE,
        **_SHIPPING,
        **_POSTING,
        **_FROM,
        "account": ref("account"),
        "status": READ_ENUM,
        "amountPaid": READ_NUMBER,
        "amountRemaining": READ_NUMBER,
    },
    "cashSale": {
        **_COMMON,
        **_SALE,
        **_SHIPPING,
        **_TO,
        **_POSTING,
        **_FROM,
        **_PAYMENT,
        "undepFunds": CHOICE,
        "paymentOperation": Field("enum", "CAPTURE SALE"),
        "status": READ_ENUM,
    },
    "returnAuthorization": {
        **_COMMON,
        **_SALE,
        **_FROM,
        "orderStatus": Field("enum", "A B"),
        "status": READ_ENUM,
        "paymentOption": ref("paymentOption"),
        "transactionToRefund": ref("transaction"),
        "handlingMode": Field("enum", "SAVE_ONLY"),
    },
    "itemReceipt": {
        **_COMMON,
        **_POSTING,
        **_FROM,
        "entity": ref("customer", False),
        "orderId": Field("integer", "", False),
        "orderType": READ_TEXT,
        "item": SUBLIST,
    },
    "itemFulfillment": {**_COMMON, **_POSTING, **_FROM, "entity": ref("customer", False), "item": SUBLIST},
    "creditMemo": {
        **_COMMON,
        **_SALE,
        **_SHIPPING,
        **_POSTING,
        **_FROM,
        "account": ref("account"),
        "autoApply": BOOLEAN,
        "applied": READ_NUMBER,
        "unapplied": READ_NUMBER,
        "amountRemaining": READ_NUMBER,
        "status": READ_ENUM,
        "apply": SUBLIST,
    },
    "cashRefund": {
        **_COMMON,
        **_SALE,
        **_SHIPPING,
        **_POSTING,
        **_FROM,
        **_PAYMENT,
        "refundCheck": BOOLEAN,
        "transactionToRefund": ref("transaction"),
    },
    "customerRefund": {
        **_COMMON,
        **_POSTING,
        **_PAYMENT,
        "customer": ref("customer"),
        "arAcct": ref("account"),
        "checkNumber": TEXT,
        "total": READ_NUMBER,
        "apply": SUBLIST,
        "deposit": SUBLIST,
        "status": READ_ENUM,
    },
    "customerDeposit": {
        **_COMMON,
        **_POSTING,
        **_PAYMENT,
        "customer": ref("customer"),
        "salesOrder": ref("transaction"),
        "payment": NUMBER,
        "undepFunds": CHOICE,
        "checkNumber": TEXT,
        "paymentOperation": Field("enum", "CAPTURE SALE"),
        "total": READ_NUMBER,
        "status": READ_ENUM,
    },
    "depositApplication": {
        **_COMMON,
        **_POSTING,
        "customer": ref("customer"),
        "deposit": ref("transaction"),
        "total": READ_NUMBER,
        "apply": SUBLIST,
    },
    "customerPayment": {**_COMMON, **_POSTING, **_PAYMENT, "customer": ref("customer"), "payment": NUMBER},
    "customer": {
        "id": READ_TEXT,
        "externalId": TEXT,
        "entityId": TEXT,
        "email": TEXT,
        "isPerson": BOOLEAN,
        "firstName": TEXT,
        "lastName": TEXT,
        "companyName": TEXT,
        "phone": TEXT,
        "subsidiary": ref("subsidiary"),
        "currency": ref("currency"),
        "isInactive": BOOLEAN,
        "comments": TEXT,
        "addressBook": SUBLIST,
        "createdDate": READ_TIME,
        "lastModifiedDate": READ_TIME,
    },
}
"""Body properties per record type. The return authorization has taxDetails: the account is on SuiteTax."""

ITEM_BODY = {
    "id": READ_TEXT,
    "externalId": TEXT,
    "itemId": TEXT,
    "displayName": TEXT,
    "isInactive": BOOLEAN,
    "upcCode": TEXT,
    "cost": NUMBER,
    "basePrice": NUMBER,
    "account": ref("account"),
    "incomeAccount": ref("account"),
}
"""Body properties of the item record types."""

_LINE_COMMON = {
    "line": Field("integer"),
    "item": ref("item"),
    "quantity": NUMBER,
    "rate": RATE,
    "location": ref("location"),
    "department": ref("department"),
    "class": ref("class"),
    "description": TEXT,
    "itemType": READ_ENUM,
    "inventoryDetail": SUBLIST,
}

_LINE_SALE = {
    **_LINE_COMMON,
    "lineUniqueKey": READ_TEXT,
    "amount": NUMBER,
    "price": ref("price"),
    "orderLine": Field("integer"),
    "orderDoc": ref("transaction"),
    "taxAmount": READ_NUMBER,
    "taxDetailsReference": TEXT,
}

LINES: dict[str, dict[str, Field]] = {
    "salesOrder": {
        **_LINE_SALE,
        "isClosed": BOOLEAN,
        "quantityFulfilled": READ_NUMBER,
        "quantityBilled": READ_NUMBER,
    },
    "invoice": _LINE_SALE,
    "cashSale": _LINE_SALE,
    "returnAuthorization": {
        **_LINE_SALE,
        "isClosed": BOOLEAN,
        "isOpen": READ_BOOLEAN,
        "quantityReceived": READ_NUMBER,
        "quantityBilled": READ_NUMBER,
    },
    "itemReceipt": {
        **_LINE_COMMON,
        "itemReceive": BOOLEAN,
        "orderLine": Field("integer"),
        "orderDoc": ref("transaction"),
        "quantityRemaining": READ_NUMBER,
        "unitCostOverride": NUMBER,
        "kitMemberOf": Field("integer", "", False),
        "units": READ_TEXT,
        "itemUpc": READ_TEXT,
    },
    "itemFulfillment": {**_LINE_COMMON, "orderLine": Field("integer"), "orderDoc": ref("transaction")},
    "creditMemo": {**_LINE_SALE, "account": READ_TEXT},
    "cashRefund": _LINE_SALE,
}
"""Properties of item lines per record type; `restock` is not among those of the item receipt (2026.1)."""

APPLY_LINE = {
    "doc": ref("transaction"),
    "line": Field("integer"),
    "apply": BOOLEAN,
    "amount": NUMBER,
    "applyDate": Field("date", "", False),
    "due": READ_NUMBER,
    "total": READ_NUMBER,
    "type": READ_TEXT,
    "refNum": READ_TEXT,
}
"""Properties of apply and deposit lines."""

TAX_LINE = {
    "taxDetailsReference": NAME,
    "taxType": NAME,
    "taxCode": ref("any"),
    "taxBasis": NUMBER,
    "taxRate": NUMBER,
    "taxAmount": NUMBER,
}
"""Properties of taxDetails lines."""

ADDRESS_FIELDS = {
    "addressee": TEXT,
    "attention": TEXT,
    "addr1": TEXT,
    "addr2": TEXT,
    "addr3": TEXT,
    "addrPhone": TEXT,
    "city": TEXT,
    "state": TEXT,
    "zip": TEXT,
    "country": Field("enum", COUNTRIES),
    "override": BOOLEAN,
    "addrText": READ_TEXT,
}
"""Properties of an address subrecord."""

BOOK_LINE = {
    "internalId": Field("integer"),
    "label": TEXT,
    "defaultBilling": BOOLEAN,
    "defaultShipping": BOOLEAN,
    "isResidential": BOOLEAN,
    "addressBookAddress": ADDRESS,
}
"""Properties of a customer's addressBook lines."""

SUITE_TAX = ("taxDetails", "taxDetailsOverride", "taxPointDate", "taxDetailsReference")
"""Properties that only accounts on SuiteTax have. Source: docs.oracle.com article_0718011926 (read 2026-11-21)."""


def offered(specs: Mapping[str, Field], legacy_tax: bool) -> Mapping[str, Field]:
    """Leave out what an account on legacy tax does not have."""
    return {name: spec for name, spec in specs.items() if name not in SUITE_TAX} if legacy_tax else specs


SELF_MADE = ("returnAuthorization", "itemReceipt", "creditMemo", "cashRefund", "itemFulfillment")
"""Types that come from a transform (receipts and fulfilments from nothing else)."""
