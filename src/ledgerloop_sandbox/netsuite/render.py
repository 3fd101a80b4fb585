"""Records as the REST services show them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .fields import BODY, LINES, Field, offered
from .model import KINDS, Apply, Customer, Item, Line, Record
from .statuses import STATUS_NAMES

if TYPE_CHECKING:
    from .state import Account

Json = dict[str, Any]
"""A JSON object."""


class Renderer:
    """Renders for one request: it knows the address it was asked at and the options of the query."""

    def __init__(self, account: Account, base: str, *, expand: bool = False, simple_enums: bool = False) -> None:
        self.account = account
        self.base = f"{base}/services/rest/record/v1"
        self.expand = expand
        self.simple_enums = simple_enums

    def transaction(self, record: Record, *, form: bool = False) -> Json:
        """A transaction; as a create-form it has no id and always shows its lines."""
        specs = offered(BODY[record.type], self.account.settings.legacy_tax)
        url = f"{self.base}/{record.type}/{record.id}"
        body: Json = {"links": [] if form else [{"rel": "self", "href": url}]}
        for name, value in self._body(record).items():
            if name in specs and value is not None and not (form and name in _SAVED_ONLY):
                body[name] = value
        for name, value in record.values.items():
            if name in specs and name not in body and value is not None:
                body[name] = self._given(specs[name], value, f"{url}/{name}", whole=self.expand or form)
        body.update({name: value for name, value in record.custom.items() if value is not None})
        for name in (name for name, spec in specs.items() if spec.kind == "sublist"):
            if self.expand or form:
                rows = self.rows(record, name)
                body[name] = {"items": rows, "totalResults": len(rows), "links": []}
            else:
                body[name] = {"links": [{"rel": "self", "href": f"{url}/{name}"}]}
        return body

    def _given(self, spec: Field, value: Any, url: str, *, whole: bool) -> Any:
        """A property as it was written: references and enums as objects, an address whole or as a link."""
        if spec.kind == "address":
            named = {**value, "country": self.enum(value["country"], value["country"])} if "country" in value else value
            return {"links": [], **named} if whole else {"links": [{"rel": "self", "href": url}]}
        if spec.kind == "ref":
            return self.ref(str(value), self.account.sales_channels.get(str(value), str(value)))
        if spec.kind in ("enum", "choice"):
            letter = ("T" if value else "F") if spec.kind == "choice" else str(value)
            return self.enum(letter, letter)
        return float(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value

    def rows(self, record: Record, sublist: str) -> list[Json]:
        """The lines of a sublist; a deposit sublist is always empty on reading.

        Source: docs.oracle.com article_0830082954 (read 2026-11-21).
        """
        if sublist == "item":
            return [self.line(record, line) for line in record.lines]
        if sublist == "apply":
            return [self._apply(apply) for apply in record.applies if apply.sublist == "apply"]
        if sublist == "taxDetails":
            return [{"links": [], "taxDetailsReference": str(x.line), "taxRate": float(x.tax_rate * 100),
                     "taxAmount": float(x.tax)} for x in record.lines if x.tax]  # fmt: skip
        return []

    def line(self, record: Record, line: Line) -> Json:
        """One item line."""
        specs = LINES[record.type]
        item = self.account.items[line.item]
        url = f"{self.base}/{record.type}/{record.id}/item/{line.line}"
        values: Json = {
            "line": line.line,
            "lineUniqueKey": str(line.unique_key) if line.unique_key else None,
            "item": self.ref(line.item, item.sku, item.external_id),
            "itemType": self.enum(item.kind, item.kind),
            "quantity": _number(line.quantity),
            "rate": _number(line.percent if line.percent is not None else line.rate),
            "amount": _number(line.amount),
            "taxAmount": _number(line.tax),
            "description": line.description or None,
            "price": self.ref(line.price_level, "Custom" if line.price_level == "-1" else line.price_level),
            "location": self._place(line.location),
            "isClosed": line.closed,
            "isOpen": not line.closed,
            "orderLine": line.order_line or None,
            "orderDoc": self._document(line.order_doc),
            "quantityReceived": _number(line.moved),
            "quantityFulfilled": _number(line.moved),
            "quantityBilled": _number(line.billed),
            "itemReceive": True if record.type == "itemReceipt" else None,
            "quantityRemaining": _number(line.quantity) if record.type == "itemReceipt" else None,
            "itemUpc": item.upc or None,
        }
        row: Json = {"links": [{"rel": "self", "href": url}] if record.id else []}
        row.update({k: v for k, v in values.items() if k in specs and v is not None})
        row.update({k: v for k, v in line.custom.items() if v is not None})
        return row

    def customer(self, customer: Customer) -> Json:
        """A customer."""
        body: Json = {
            "links": [{"rel": "self", "href": f"{self.base}/customer/{customer.id}"}],
            "id": customer.id,
            "externalId": customer.external_id or None,
            "entityId": customer.entity_id,
            "email": customer.email or None,
            "isPerson": not customer.company,
            "firstName": customer.first_name or None,
            "lastName": customer.last_name or None,
            "companyName": customer.company or None,
            "phone": customer.phone or None,
            "subsidiary": self._subsidiary(customer.subsidiary),
            "currency": self.ref("1", self.account.currencies.get("1", "")),
            "isInactive": customer.inactive,
            "addressBook": self._book(customer),
            "createdDate": utc(customer.created_at),
            "lastModifiedDate": utc(customer.modified_at),
            **customer.custom,
        }
        return {name: value for name, value in body.items() if value is not None}

    def _book(self, customer: Customer) -> Json:
        """The addresses of a customer."""
        if not self.expand:
            return {"links": [{"rel": "self", "href": f"{self.base}/customer/{customer.id}/addressBook"}]}
        rows = [{"links": [], "internalId": n, **row} for n, row in enumerate(customer.addresses, start=1)]
        return {"items": rows, "totalResults": len(rows), "links": []}

    def item(self, item: Item, record_type: str) -> Json:
        """An item."""
        body: Json = {
            "links": [{"rel": "self", "href": f"{self.base}/{record_type}/{item.id}"}],
            "id": item.id,
            "itemId": item.sku,
            "displayName": item.sku,
            "externalId": item.external_id or None,
            "isInactive": item.inactive,
            "upcCode": item.upc or None,
            "cost": _number(item.cost),
            "basePrice": _number(item.price),
            "account" if item.kind == "Discount" else "incomeAccount": self._account(item.account),
        }
        return {name: value for name, value in body.items() if value is not None}

    def ref(self, key: str, name: str, external_id: str = "") -> Json | None:
        """A reference."""
        if not key:
            return None
        value: Json = {"links": [], "id": key, "refName": name}
        return {**value, "externalId": external_id} if external_id else value

    def enum(self, key: str, name: str) -> Json | str | None:
        """An enum, as an object or with simpleEnumFormat as its bare id."""
        if not key:
            return None
        return key if self.simple_enums else {"id": key, "refName": name}

    def _body(self, record: Record) -> Json:
        account = self.account
        names = STATUS_NAMES.get(KINDS[record.type].code, {})
        entity = account.customers.get(record.entity)
        who = self.ref(record.entity, entity.entity_id if entity else "")
        period = account.periods.get(record.period)
        return {
            "id": record.id,
            "externalId": record.external_id or None,
            "tranId": record.tran_id,
            "tranDate": record.tran_date.isoformat(),
            "memo": record.memo or None,
            "createdDate": utc(record.created_at),
            "lastModifiedDate": utc(record.modified_at),
            "entity": who,
            "customer": who,
            "subsidiary": self._subsidiary(record.subsidiary),
            "location": self._place(record.location),
            "currency": self.ref(record.currency, account.currencies.get(record.currency, "")),
            "exchangeRate": 1.0,
            "customForm": self.ref(record.custom_form, account.forms.get(record.custom_form, "")),
            "createdFrom": self._document(record.created_from),
            "salesOrder": self._document(record.created_from),
            "deposit": self._document(record.created_from),
            "orderStatus": self.enum(record.order_status, names.get(record.order_status, "")),
            "status": self.enum(record.status, names.get(record.status, "")),
            "otherRefNum": record.other_ref or None,
            "discountItem": self._item(record.discount_item),
            "discountRate": _number(record.discount_rate) if record.discount_item else None,
            "discountTotal": _number(record.discount_rate),
            "shippingCost": _number(record.shipping) if record.shipping else None,
            "subtotal": _number(record.subtotal),
            "taxTotal": _number(record.tax_total),
            "total": _number(record.total),
            "payment": _number(record.payment),
            "applied": _number(record.applied),
            "unapplied": _number(record.remaining),
            "amountRemaining": _number(record.remaining),
            "amountPaid": _number(record.applied),
            "autoApply": record.auto_apply,
            "account": self._account(record.account),
            "paymentOption": self._method(record.payment_option),
            "postingPeriod": self.ref(record.period, period.name if period else ""),
            "orderId": int(record.created_from) if record.created_from else None,
            "orderType": "RtnAuth" if record.created_from else None,
        }

    def _apply(self, apply: Apply) -> Json:
        settled = self.account.transactions.get(apply.doc)
        return {
            "links": [],
            "doc": self._document(apply.doc),
            "line": apply.line,
            "apply": bool(apply.amount),
            "amount": _number(apply.amount),
            "total": _number(settled.total) if settled else None,
            "type": settled.kind.code if settled else None,
            "refNum": settled.tran_id if settled else None,
        }

    def _document(self, key: str) -> Json | None:
        record = self.account.transactions.get(key)
        return self.ref(key, f"{record.kind.code} #{record.tran_id}") if record else None

    def _place(self, key: str) -> Json | None:
        place = self.account.locations.get(key)
        return self.ref(key, place.name) if place else None

    def _subsidiary(self, key: str) -> Json | None:
        place = self.account.subsidiaries.get(key)
        return self.ref(key, place.name) if place else None

    def _item(self, key: str) -> Json | None:
        item = self.account.items.get(key)
        return self.ref(key, item.sku) if item else None

    def _account(self, key: str) -> Json | None:
        gl = self.account.ledger.accounts.get(key)
        return self.ref(key, f"{gl.number} {gl.name}") if gl else None

    def _method(self, key: str) -> Json | None:
        method = self.account.payment_methods.get(key)
        return self.ref(key, method.name) if method else None


_SAVED_ONLY = ("id", "tranId", "createdDate", "lastModifiedDate", "status")
"""What a record has only once it is saved."""


def utc(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, whole seconds. Source: docs.oracle.com section_157305090645 (read 2026-11-21)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _number(value: Decimal | None) -> float | None:
    return float(value) if value is not None else None
