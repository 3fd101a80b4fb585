"""Writing operations of the REST services: create, update, upsert, delete, transform."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from . import bodies, entering, makes, people, rules
from .body import Body, read_body
from .calls import Answer, Call
from .crediting import wanted_applies
from .deposits import settle
from .errors import Refused, invalid_request, missing_values, static_sublist, user_error
from .lines import merge
from .lookup import find
from .model import ITEM_RECORDS, Customer, Item, Record
from .money import ZERO
from .refunding import draft_deposit, draft_refund, refund_form, takes_in
from .render import Renderer
from .transforms import transform

if TYPE_CHECKING:
    from .state import Account

STATIC = ("itemReceipt", "itemFulfillment", "customerRefund")
"""Types whose lines cannot be changed after saving (assumed)."""

UNBORN = ("itemReceipt", "itemFulfillment", "customerPayment", "depositApplication")
"""Types that a plain POST does not make here."""


def create(account: Account, call: Call, record_type: str) -> Answer:
    """POST {type}."""
    if "type=collection" in call.headers.get("content-type", "").replace(" ", ""):
        raise invalid_request("Batch operations must be sent with Prefer: respond-async.")
    body = read_body(account, record_type, call.json(), strict=call.strict_names)
    if record_type == "customer":
        return _saved(call, record_type, people.create(account, body), body)
    if record_type in UNBORN or record_type in ITEM_RECORDS:
        raise user_error(f"A record of type {record_type} cannot be created this way.")
    if record_type == "customerRefund" and call.wants_form and not body.applies:
        return _form(account, call, refund_form(account, body), body)
    if record_type == "customerRefund":
        record = draft_refund(account, body)
    elif record_type == "customerDeposit":
        record = draft_deposit(account, body)
    else:
        record = standalone(account, record_type, body)
    return _finish(account, call, record, body)


def transform_record(account: Account, call: Call, source: Any, target: str) -> Answer:
    """POST {type}/{id}/!transform/{target}."""
    if not isinstance(source, Record):
        raise invalid_request("This record cannot be transformed here.")
    rules.check_pair(source.type, target)
    body = read_body(account, target, call.json(), strict=call.strict_names)
    record = transform(account, source, target, body, "item" in call.replaced)
    return _finish(account, call, record, body)


def _finish(account: Account, call: Call, record: Record, body: Body) -> Answer:
    """Save, or with the create-form Accept only show what would be saved."""
    if call.wants_form:
        account.check(record)
        return _form(account, call, record, body)
    rules.check_change_clash(account)
    makes.save(account, record)
    return _saved(call, record.type, record.id, body)


def _form(account: Account, call: Call, record: Record, body: Body) -> Answer:
    shown = Renderer(account, call.base).transaction(record, form=True)
    return Answer(200, shown, _warnings(body), media="application/vnd.oracle.resource+json; type=create-form")


def standalone(account: Account, record_type: str, body: Body) -> Record:
    """Build a record from nothing: its lines are all new. Raises `Refused`."""
    record = account.draft(record_type, str(body.values.get("entity") or ""))
    entering.begin(account, record)
    record.order_status = {"salesOrder": "B", "returnAuthorization": account.settings.default_authorization_status}.get(
        record_type, ""
    )
    if not record.entity:
        raise missing_values("Customer")
    record.lines = merge(account, [], body.lines or [], "orderLine", replace=False)
    bodies.apply_values(record, body)
    if not record.lines:
        raise user_error("You must enter at least one line item for this transaction.")
    record.moves_stock = record_type in ("cashSale", "cashRefund", "creditMemo")
    entering.check(account, record)
    if record_type in ("cashSale", "cashRefund"):
        takes_in(account, record)
    if record_type == "creditMemo":
        record.applies = wanted_applies(account, record, body.applies or [])
    return record


def update(account: Account, call: Call, found: Record | Customer | Item, record_type: str) -> Answer:
    """PATCH {type}/{id}: all of it or nothing."""
    body = read_body(account, record_type, call.json(), strict=call.strict_names)
    if isinstance(found, Item):
        raise user_error("Items are maintained by people here, not through REST.")
    rules.check_change_clash(account)
    if isinstance(found, Customer):
        people.change(account, found, body)
        return _saved(call, record_type, found.id, body)
    work = deepcopy(found)
    rules.check_external_id(account, str(body.values.get("externalId") or ""), found.id)
    if body.lines is not None:
        work.lines = _changed_lines(account, work, body, "item" in call.replaced)
    bodies.apply_values(work, body)
    _check_update(found, work)
    account.check(work)
    if body.applies is not None:
        _change_applies(account, work, body)
    if work.total < work.applied:
        raise user_error("The total cannot be less than the amount already applied.")
    account.transactions[work.id] = work
    for line in work.lines:
        line.unique_key = line.unique_key or account.unique_key()
    account.saved(work)
    return _saved(call, record_type, work.id, body)


def _changed_lines(account: Account, record: Record, body: Body, replace: bool) -> Any:
    wanted = body.lines or []
    if record.type in STATIC:
        raise static_sublist("item")
    before = {line.line: line for line in record.lines}
    after = merge(account, record.lines, wanted, "line", replace=replace)
    remaining = {line.line for line in after}
    for number, line in before.items():
        if number not in remaining and (line.moved or line.billed):
            raise user_error("A line that has been received or billed cannot be removed.")
    for line in after:
        if line.quantity is not None and line.quantity < max(line.moved, line.billed):
            raise user_error("The quantity cannot be less than the quantity already received or billed.")
    return after


def _check_update(before: Record, after: Record) -> None:
    moved = any(line.moved or line.billed for line in before.lines)
    if after.order_status == "A" and before.order_status == "B" and moved:
        raise user_error("A transaction of which something has been processed cannot go back to Pending Approval.")
    if before.cancelled and after.order_status != before.order_status:
        raise user_error("A cancelled transaction cannot be approved.")


def _change_applies(account: Account, memo: Record, body: Body) -> None:
    """Apply an open credit memo to invoices: lines are keyed by the invoice, so one that is there is set anew."""
    if memo.type != "creditMemo":
        raise static_sublist("apply")
    before = {apply.doc: apply for apply in memo.applies}
    wanted = wanted_applies(account, memo, body.applies or [])
    more = {apply.doc: apply.amount - (before[apply.doc].amount if apply.doc in before else ZERO) for apply in wanted}
    if sum(more.values(), ZERO) > memo.remaining:
        raise user_error("The total of the applied amounts exceeds the amount of the credit memo.")
    for apply in wanted:
        settle(account, account.transactions[apply.doc], more[apply.doc])
        memo.applied += more[apply.doc]
        before[apply.doc] = apply
    memo.applies = list(before.values())


def upsert(account: Account, call: Call, record_type: str, key: str) -> Answer:
    """PUT {type}/eid:X updates silently what exists.

    Source: docs.oracle.com section_156335203191 (read 2026-11-21).
    """
    if not key.lower().startswith("eid:"):
        raise invalid_request("Upsert is available with an external ID only.")
    try:
        found = find(account, record_type, key)
    except Refused as error:
        if error.status != 404:
            raise
        raw = {**call.json(), "externalId": key[4:]}
        again = Call("POST", call.path, call.query, call.base, call.headers, json.dumps(raw).encode())
        return create(account, again, record_type)
    return update(account, call, found, record_type)


def remove(account: Account, found: Record | Customer | Item) -> Answer:
    """DELETE {type}/{id}."""
    if not isinstance(found, Record):
        raise user_error("This record cannot be deleted because it has dependent records.")
    account.delete(found.id)
    return Answer(204)


def _saved(call: Call, record_type: str, key: str, body: Body) -> Answer:
    location = f"{call.base}/services/rest/record/v1/{record_type}/{key}"
    return Answer(204, None, {"Location": location, **_warnings(body)})


def _warnings(body: Body) -> dict[str, str]:
    """Names that were skipped. Source: header name in metadata; its text is assumed."""
    if not body.skipped:
        return {}
    return {"X-NetSuite-PropertyValidation": "Unknown property names were skipped: " + ", ".join(body.skipped)}
