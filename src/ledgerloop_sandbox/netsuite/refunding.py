"""Customer refunds and customer deposits written through REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import bodies
from .body import Body, LineValues
from .deposits import settle
from .errors import Refused, invalid_content, missing_values, user_error
from .model import Apply, Record
from .money import ZERO

if TYPE_CHECKING:
    from .state import Account


def draft_refund(account: Account, body: Body) -> Record:
    """Build a customer refund: it pays out open credit memos (`apply`, doc + line) and deposits (`deposit`, doc).

    Source: docs.oracle.com article_0830082954 (read 2026-11-21), whose sample has line 1; that of a credit memo is
    assumed to be 0 unless the account's settings say otherwise.
    """
    if not body.values.get("customer"):
        raise missing_values("Customer")
    record = account.draft("customerRefund", str(body.values["customer"]))
    bodies.apply_values(record, body)
    method = account.payment_methods.get(record.payment_option)
    if not record.account and method:
        record.account = method.account
    for values in body.applies or []:
        _add(account, record, values, "apply", "creditMemo")
    for values in body.deposits or []:
        _add(account, record, values, "deposit", "customerDeposit")
    record.payment = sum((apply.amount for apply in record.applies), ZERO)
    if record.payment <= 0:
        raise user_error("You must select at least one credit or deposit to refund.")
    return record


def refund_form(account: Account, body: Body) -> Record:
    """The create-form of a customer refund: every open credit memo of the customer, none of them chosen (assumed)."""
    record = account.draft("customerRefund", str(body.values.get("customer") or ""))
    bodies.apply_values(record, body)
    credits_ = (one for one in account.transactions.values() if one.type == "creditMemo" and one.remaining > 0)
    theirs = (one for one in credits_ if (one.entity, one.currency) == (record.entity, record.currency))
    record.applies = [Apply(one.id, account.settings.apply_line, ZERO) for one in theirs]
    return record


def _add(account: Account, record: Record, values: LineValues, sublist: str, wanted_type: str) -> None:
    if values.values.get("apply") is False:
        return
    key = str(values.values.get("doc") or "")
    doc = account.transactions.get(key)
    line = values.values.get("line")
    fits = doc is not None and doc.type == wanted_type and doc.entity == record.entity
    fits = fits and (sublist != "apply" or line == account.settings.apply_line)
    if not fits or doc is None or doc.currency != record.currency:
        raise Refused("INVALID_KEY_OR_REF", f"Invalid doc reference key {key}.", path=f"{values.path}.doc")
    if doc.remaining <= 0:
        raise Refused("INVALID_KEY_OR_REF", f"Invalid doc reference key {key}.", path=f"{values.path}.doc")
    amount = values.values.get("amount")
    amount = doc.remaining if amount is None else amount
    if amount <= 0 or amount > doc.remaining:
        raise user_error("The amount to refund exceeds the amount remaining.", f"{values.path}.amount")
    if any(apply.doc == key for apply in record.applies):
        raise invalid_content("The same document is applied twice.", f"{values.path}.doc")
    number = account.settings.apply_line if sublist == "apply" else 0
    record.applies.append(Apply(key, number, amount, sublist))


def after_refund(account: Account, record: Record) -> None:
    """Count the refund on every document it pays out."""
    for apply in record.applies:
        settle(account, account.transactions[apply.doc], apply.amount)


def draft_deposit(account: Account, body: Body) -> Record:
    """Build a customer deposit; its account is the body's, else the payment method's, else undeposited funds."""
    if not body.values.get("customer"):
        raise missing_values("Customer")
    record = account.draft("customerDeposit", str(body.values["customer"]))
    bodies.apply_values(record, body)
    if record.payment <= 0:
        raise missing_values("Payment Amount")
    order = account.transactions.get(record.created_from)
    if record.created_from and (order is None or order.type != "salesOrder" or order.entity != record.entity):
        raise Refused(
            "INVALID_KEY_OR_REF", f"Invalid salesOrder reference key {record.created_from}.", path="salesOrder"
        )
    if order is not None:
        if order.status in ("C", "H"):
            raise user_error("A deposit cannot be made for a closed or cancelled sales order.")
        record.subsidiary, record.currency = order.subsidiary, order.currency
        record.location = record.location or order.location
    takes_in(account, record)
    return record


def takes_in(account: Account, record: Record) -> None:
    """Set the account that money comes into.

    Assumed order: undeposited funds if asked for, the body's account, the payment option's, undeposited funds.
    """
    method = account.payment_methods.get(record.payment_option)
    if record.values.get("undepFunds"):
        record.account = ""
    elif not record.account and method:
        record.account = method.account
    if not record.account:
        record.account = account.ledger.role("undeposited")
        record.values["undepFunds"] = True
