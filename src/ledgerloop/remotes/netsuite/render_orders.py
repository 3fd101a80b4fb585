"""Drafts about orders -> REST requests: sales order, cash sale, customer, customer deposit.

Source: docs.oracle.com, REST record service; REST API Browser 2026.1, salesOrder, cashSale, customer, customerDeposit;
docs.oracle.com, tax details in SuiteTax (shipping is referred to as SHIPPING) (read 2026-11-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from ledgerloop.domain.money import Money
from ledgerloop.domain.order_records import (
    CashSaleDraft,
    CustomerDepositDraft,
    CustomerDraft,
    OrderRecord,
    SaleDraft,
    SaleLine,
)
from ledgerloop.domain.order_store import Address
from ledgerloop.domain.policy import Fields, Policy
from ledgerloop.domain.records import NetSuiteRecord
from ledgerloop.remotes.netsuite.render import MEMO_LENGTH, Body, Request, number_of, render

CUSTOM_PRICE: Final = "-1"
"""Price level of a line whose rate is stated. Source: SuiteTalk schema, custom price level."""

SHIPPING: Final = "SHIPPING"
"""How tax details refer to the shipping charge. Source: docs.oracle.com, taxdetails (read 2026-11-21)."""

LONGEST: Final = {"firstName": 32, "lastName": 32, "addr1": 150, "addr2": 150, "city": 50, "zip": 36, "addressee": 83}
"""Longest text that is sent. Assumed: the fields' documented maximums are at least these."""

SHORTEST_PHONE, LONGEST_PHONE = 7, 32
"""NetSuite refuses telephone numbers with fewer or more characters."""


@dataclass(frozen=True)
class OrderSettings:
    """How this account spells things. `tax_details` is off where it refused them (legacy tax): NetSuite then taxes."""

    payment_property: str = "paymentOption"
    tax_details: bool = True
    tax_code: str = ""
    tax_type: str = ""
    currencies: Mapping[str, str] = field(default_factory=dict)
    """NetSuite's internal id of each currency that is configured; any other is left to the customer's own."""

    @classmethod
    def of(cls, policy: Policy, payment_property: str, *, tax_details: bool) -> "OrderSettings":
        """The settings of a shop: what the account is known to take, and the configured tax code and type."""
        return cls(payment_property, tax_details, policy.tax_code, policy.tax_type, policy.currencies)


def render_order(draft: OrderRecord, fields: Fields, settings: OrderSettings) -> Request:
    """The request of a draft about an order."""
    if isinstance(draft, CustomerDraft):
        return Request(draft.record_type, draft.external_id, _customer(draft))
    if isinstance(draft, CustomerDepositDraft):
        return Request(draft.record_type, draft.external_id, _deposit(draft, settings))
    body = _sale(draft, fields, settings)
    if isinstance(draft, CashSaleDraft):
        _payment(body, draft.payment_method_id, draft.account_id, settings)
    else:
        body["orderStatus"] = {"id": "B"}
    return Request(draft.record_type, draft.external_id, body)


def request_of(
    draft: NetSuiteRecord | OrderRecord,
    policy: Policy,
    payment_property: str,
    *,
    tax_details: bool = True,
    apply_line: int = 0,
) -> Request:
    """The request of any record that is created in NetSuite."""
    if isinstance(draft, OrderRecord):
        return render_order(draft, policy.fields, OrderSettings.of(policy, payment_property, tax_details=tax_details))
    return render(draft, policy.fields, payment_property, apply_line)


def _sale(draft: SaleDraft, fields: Fields, settings: OrderSettings) -> Body:
    body: Body = {
        "externalId": draft.external_id,
        "entity": {"id": draft.customer_id},
        "tranDate": draft.on.isoformat(),
        "memo": draft.memo[:MEMO_LENGTH],
        "email": draft.email,
        "subsidiary": _reference(draft.subsidiary_id),
        "location": _reference(draft.location_id),
        "currency": _reference(settings.currencies.get(draft.expected_total.currency, "")),
        fields.order_reference: draft.order_name,
        fields.order_id: draft.shopify_order_id,
        fields.sales_channel: _channel(draft.channel_code, fields),
        fields.original_order: draft.original_order,
        "shippingAddress": _address(draft.shipping_address),
        "billingAddress": _address(draft.billing_address),
    }
    body = {name: value for name, value in body.items() if name and value}
    if draft.shipping_cost:
        body["shippingCost"] = draft.shipping_cost.amount
    body["item"] = {"items": [_line(line, fields) for line in draft.lines]}
    if settings.tax_details:
        _taxes(body, draft, settings)
    return body


def _line(line: SaleLine, fields: Fields) -> Body:
    """A line at the rate that is stated: discounts as a flat amount, goods with their quantity."""
    rate = line.rate if line.quantity is not None else line.amount
    body: Body = {"item": {"id": line.item_id}}
    if line.quantity is not None:
        body["quantity"] = number_of(line.quantity)
    if rate is not None:
        body["rate"] = rate.amount
    body |= {"amount": line.amount.amount, "price": {"id": CUSTOM_PRICE}}
    if line.description:
        body["description"] = line.description
    if line.location_id:
        body["location"] = {"id": line.location_id}
    if line.shopify_line_id and fields.order_line_id:
        body[fields.order_line_id] = line.shopify_line_id
    return body


def _taxes(body: Body, draft: SaleDraft, settings: OrderSettings) -> None:
    """State the taxes as Shopify charged them, so that NetSuite computes none. Orders without tax state nothing."""
    details: list[Body] = []
    lines = body["item"]["items"]
    for number, line in enumerate(draft.lines, start=1):
        if line.tax is not None:
            lines[number - 1]["taxDetailsReference"] = str(number)
            details.append(_detail(str(number), line.tax_basis or line.amount, line.tax, line.tax_rate, settings))
    if draft.shipping_tax:
        details.append(_detail(SHIPPING, draft.shipping_cost, draft.shipping_tax, "", settings))
    if details:
        body["taxDetailsOverride"] = True
        body["taxDetails"] = {"items": details}


def _detail(reference: str, basis: Money, tax: Money, rate: str, settings: OrderSettings) -> Body:
    share = Decimal(rate) if rate else tax.amount / basis.amount if basis else Decimal(0)
    percent = (share * 100).quantize(Decimal("0.0001"))
    detail: Body = {
        "taxDetailsReference": reference,
        "taxBasis": basis.amount,
        "taxRate": percent,
        "taxAmount": tax.amount,
    }
    if settings.tax_code:
        detail["taxCode"] = {"id": settings.tax_code}
    if settings.tax_type:
        detail["taxType"] = {"id": settings.tax_type}
    return detail


def _customer(draft: CustomerDraft) -> Body:
    buyer = draft.buyer
    body: Body = {
        "externalId": draft.external_id,
        "isPerson": True,
        "firstName": buyer.first_name,
        "lastName": buyer.last_name,
        "email": buyer.email,
        "phone": _phone(buyer.phone),
        "subsidiary": _reference(draft.subsidiary_id),
    }
    address = _address(draft.address)
    if address:
        one = {"defaultShipping": True, "defaultBilling": True, "addressBookAddress": address}
        body["addressBook"] = {"items": [one]}
    return _shortened(body)


def _deposit(draft: CustomerDepositDraft, settings: OrderSettings) -> Body:
    body: Body = {
        "externalId": draft.external_id,
        "customer": {"id": draft.customer_id},
        "salesOrder": {"id": draft.sales_order_id},
        "tranDate": draft.on.isoformat(),
        "memo": draft.memo[:MEMO_LENGTH],
        "payment": draft.amount.amount,
    }
    currency = settings.currencies.get(draft.amount.currency, "")
    if currency:
        body["currency"] = {"id": currency}
    _payment(body, draft.payment_method_id, draft.account_id, settings)
    return body


def _payment(body: Body, method_id: str, account_id: str, settings: OrderSettings) -> None:
    """A stated account is only taken where the money does not go to undeposited funds."""
    if method_id:
        body[settings.payment_property] = {"id": method_id}
    if account_id:
        body |= {"undepFunds": {"id": "F"}, "account": {"id": account_id}}


def _address(address: Address | None) -> Body:
    if address is None:
        return {}
    person, company = address.name.strip(), address.company.strip()
    return _shortened(
        {
            "addressee": company or person,
            "attention": person if company else "",
            "addr1": address.line1,
            "addr2": address.line2,
            "city": address.city,
            "state": address.province,
            "zip": address.zip,
            "country": _reference(address.country),
            "addrPhone": _phone(address.phone),
        }
    )


def _shortened(body: Body) -> Body:
    """Only what is known, no text longer than its field."""
    return {
        name: value[: LONGEST.get(name)] if isinstance(value, str) else value for name, value in body.items() if value
    }


def _phone(text: str) -> str:
    return text.strip() if SHORTEST_PHONE <= len(text.strip()) <= LONGEST_PHONE else ""


def _reference(internal_id: str) -> Body:
    return {"id": internal_id} if internal_id else {}


def _channel(code: str, fields: Fields) -> str | Body:
    """NetSuite's own field refers to a record; a custom field takes the code as it is."""
    return code if fields.sales_channel.startswith("custbody") else _reference(code)
