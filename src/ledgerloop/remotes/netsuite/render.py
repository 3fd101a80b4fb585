"""Drafts -> REST requests: exactly the properties that are sent, under the configured field names.

Source: docs.oracle.com, REST record service: transforming records, working with sublists, return authorization, item
receipt,
credit memo, cash refund, customer refund (read 2026-11-21); sublist keys: REST API Browser 2026.1.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Fields
from ledgerloop.domain.records import (
    AddVarianceDraft,
    ApplyCreditDraft,
    CashRefundDraft,
    CloseLinesDraft,
    CreditMemoDraft,
    CustomerRefundDraft,
    DraftLine,
    ItemReceiptDraft,
    NaturalKey,
    NetSuiteChange,
    NetSuiteRecord,
    ReturnAuthorizationDraft,
    SetReviewedDraft,
)

Body = dict[str, Any]

MEMO_LENGTH = 999
"""Longest memo that is sent. Assumed: the field's documented maximum is at least this."""


@dataclass(frozen=True)
class Request:
    """One REST write. `source_type` is empty for a plain create, else the record that is transformed."""

    record_type: str
    external_id: str
    body: Body
    source_type: str = ""
    source_id: str = ""
    replace: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """The request as a person reads it."""
        if not self.source_type:
            return f"POST {self.record_type}"
        ending = f"?replace={','.join(self.replace)}" if self.replace else ""
        return f"POST {self.source_type}/{self.source_id}/!transform/{self.record_type}{ending}"


def render(
    draft: NetSuiteRecord, fields: Fields, payment_property: str = "paymentOption", apply_line: int = 0
) -> Request:
    """The request of a draft. `payment_property` is the account's own: paymentOption or paymentMethod; so is
    `apply_line`, the line number of a credit memo that is paid out.
    """
    body: Body = {"externalId": draft.external_id, "tranDate": draft.on.isoformat(), "memo": draft.memo[:MEMO_LENGTH]}
    _keys(body, draft.key, fields, credit=not isinstance(draft, ReturnAuthorizationDraft | ItemReceiptDraft))
    if isinstance(draft, ReturnAuthorizationDraft):
        return _authorization(draft, body, fields)
    if isinstance(draft, CustomerRefundDraft):
        return _customer_refund(draft, body, payment_property, apply_line)
    if draft.lines:
        body["item"] = {"items": [_line(line, fields) for line in draft.lines]}
    if isinstance(draft, ItemReceiptDraft):
        return Request(draft.record_type, draft.external_id, body, "returnAuthorization", draft.authorization_id)
    return _credit(draft, body, payment_property)


def _credit(draft: CreditMemoDraft | CashRefundDraft, body: Body, payment_property: str) -> Request:
    """A credit made from a bill takes nothing over from it, neither lines nor header discount nor shipping.

    Assumed: a credit without a shipping method takes a shipping cost.
    """
    from_bill = draft.source_type != "returnAuthorization"
    if draft.header_discount is not None:
        body["discountRate"] = draft.header_discount.amount
    if draft.shipping_cost is not None:
        body["shippingCost"] = draft.shipping_cost.amount
    elif from_bill:
        body["shippingCost"] = 0
    if isinstance(draft, CreditMemoDraft):
        body["autoApply"] = False
    else:
        _payment(body, draft.payment_method_id, draft.account_id, payment_property)
    replace = ("item",) if from_bill else ()
    return Request(draft.record_type, draft.external_id, body, draft.source_type, draft.source_id, replace)


def _authorization(draft: ReturnAuthorizationDraft, body: Body, fields: Fields) -> Request:
    body["orderStatus"] = {"id": "B"}
    if fields.order_reference and draft.order_reference:
        body[fields.order_reference] = draft.order_reference
    if draft.form_id:
        body["customForm"] = {"id": draft.form_id}
    if draft.location_id:
        body["location"] = {"id": draft.location_id}
    if draft.header_discount is not None:
        body["discountRate"] = draft.header_discount.amount
    body["item"] = {"items": [_line(line, fields) for line in draft.lines]}
    return Request(draft.record_type, draft.external_id, body, draft.source_type, draft.source_id, ("item",))


def _customer_refund(draft: CustomerRefundDraft, body: Body, payment_property: str, apply_line: int) -> Request:
    body["customer"] = {"id": draft.customer_id}
    _payment(body, draft.payment_method_id, draft.account_id, payment_property)
    if draft.deposit_id:
        taken = {"doc": {"id": draft.deposit_id}, "apply": True, "amount": draft.amount.amount}
        body["deposit"] = {"items": [taken]}
    else:
        credit: Body = {"doc": {"id": draft.credit_memo_id}, "line": apply_line}
        body["apply"] = {"items": [{**credit, "apply": True, "amount": draft.amount.amount}]}
    return Request(draft.record_type, draft.external_id, body)


def _payment(body: Body, method_id: str, account_id: str, payment_property: str) -> None:
    if method_id:
        body[payment_property] = {"id": method_id}
    if account_id:
        body["account"] = {"id": account_id}


def _keys(body: Body, key: NaturalKey, fields: Fields, *, credit: bool) -> None:
    if fields.return_id and key.loop_return_id:
        body[fields.return_id] = key.loop_return_id
    if credit and fields.shopify_refund_id and key.shopify_refund_id:
        body[fields.shopify_refund_id] = key.shopify_refund_id


def _line(line: DraftLine, fields: Fields) -> Body:
    body: Body = {}
    if line.source_line is not None:
        body["orderLine"] = line.source_line
    else:
        body["item"] = {"id": line.item_id}
    if line.received is not None:
        body["itemReceive"] = line.received
    if line.quantity is not None:
        body["quantity"] = number_of(line.quantity)
    if line.amount is not None:
        _amount(body, line.amount, new=line.source_line is None)
    if line.location_id:
        body["location"] = {"id": line.location_id}
    if line.description:
        body["description"] = line.description
    if line.reason and fields.reason:
        body[fields.reason] = line.reason
    if line.shopify_line_id and fields.order_line_id and line.received is None:
        body[fields.order_line_id] = line.shopify_line_id
    return body


def _amount(body: Body, amount: Money, *, new: bool) -> None:
    if new:
        body["quantity"] = 1
    body["rate"] = amount.amount
    body["amount"] = amount.amount


def number_of(value: Decimal) -> int | Decimal:
    """A quantity as JSON number, whole ones without a fraction."""
    return int(value) if value == value.to_integral_value() else value


@dataclass(frozen=True)
class Change:
    """A PATCH of a record, a return authorization unless it is said: keyed lines only, so that nothing is appended; but
    the variance line of a sale, which is.
    """

    internal_id: str
    body: Body
    record_type: str = "returnAuthorization"

    @property
    def path(self) -> str:
        """The request as a person reads it."""
        return f"PATCH {self.record_type}/{self.internal_id}"


def render_change(draft: NetSuiteChange, fields: Fields) -> Change:
    """The PATCH of a draft. The apply sublist of a credit memo is keyed by `doc` and `line`, which is 0 for an invoice.

    Source: docs.oracle.com, updating a sublist, closing a sales order, transforming an invoice into a credit memo (read
    2026-11-21). Assumed: that a saved credit memo takes further apply lines.
    """
    if isinstance(draft, ApplyCreditDraft):
        applied = {"doc": {"id": draft.invoice_id}, "line": 0, "apply": True, "amount": draft.amount.amount}
        return Change(draft.credit_memo_id, {"apply": {"items": [applied]}}, "creditMemo")
    if isinstance(draft, AddVarianceDraft):
        line = _line(DraftLine(draft.item_id, amount=draft.amount, description="Variance"), fields)
        return Change(draft.sale_id, {"item": {"items": [line]}}, draft.sale_type)
    if isinstance(draft, SetReviewedDraft):
        return Change(draft.authorization_id, {fields.reviewed: True})
    if isinstance(draft, CloseLinesDraft):
        return Change(draft.authorization_id, {"item": {"items": [_closed(number) for number in draft.lines]}})
    lines = [{"line": number, "quantity": number_of(quantity)} for number, quantity in draft.quantities]
    lines += [{"line": number, "rate": amount.amount, "amount": amount.amount} for number, amount in draft.discounts]
    lines += [_closed(number) for number in draft.closed]
    body: Body = {"item": {"items": lines}} if lines else {}
    if draft.header_discount is not None:
        body["discountRate"] = draft.header_discount.amount
    return Change(draft.authorization_id, body)


def _closed(number: int) -> Body:
    return {"line": number, "isClosed": True}
