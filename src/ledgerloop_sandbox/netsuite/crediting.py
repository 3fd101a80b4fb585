"""Credit memos and cash refunds: what an authorization, invoice or cash sale still allows to be credited."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from . import bodies, rules
from .body import Body, LineValues
from .deposits import settle
from .errors import Refused, user_error
from .lines import merge
from .model import Apply, Line, Record
from .money import ZERO
from .sales import copied, header_of, note_billed
from .statuses import billable

if TYPE_CHECKING:
    from .state import Account


def draft_credit(account: Account, source: Record, target: str, body: Body, replace: bool) -> Record:
    """Build a credit memo or cash refund: everything that can be credited now, then the body on top."""
    record = header_of(account, source, target)
    record.discount_item, record.discount_rate = source.discount_item, source.discount_rate
    if source.type == "returnAuthorization":
        rules.check_refundable(account, source, target)
    record.lines = _creditable(account, source)
    room = {line.order_line: line.quantity for line in record.lines}
    if body.lines is not None:
        record.lines = merge(account, record.lines, body.lines, "orderLine", replace=replace)
    bodies.apply_values(record, body)
    if not record.lines:
        raise user_error("You must enter at least one line item for this transaction.")
    for line in record.lines:
        if line.order_doc and line.quantity is not None and line.quantity > (room.get(line.order_line) or ZERO):
            raise user_error("The quantity to refund exceeds the quantity that can be refunded on the return.")
    no_receipts = source.type == "returnAuthorization" and not account.settings.advanced_receiving
    record.moves_stock = no_receipts or source.type in ("invoice", "cashSale")
    if target == "cashRefund":
        _pays_from(account, record)
    record.applies = wanted_applies(account, record, body.applies or [])
    return record


def _creditable(account: Account, source: Record) -> list[Line]:
    """Default lines: quantities left to credit; a flat discount line comes with what is left of it, whole."""
    lines: list[Line] = []
    taken = False
    for line in source.lines:
        if not billable(line, account.items):
            if taken and not line.closed and line.billed_amount != line.amount:
                new = copied(line, len(lines) + 1, source.id, None)
                new.amount -= line.billed_amount
                new.rate = new.amount
                lines.append(new)
            continue
        if source.type == "returnAuthorization":
            left = rules.left_to_credit(account, line)
        else:
            left = ZERO if line.closed else (line.quantity or ZERO) - line.values.get("credited", ZERO)
        taken = left > 0
        if taken:
            lines.append(copied(line, len(lines) + 1, source.id, left))
    return lines


def _pays_from(account: Account, record: Record) -> None:
    """Account of a cash refund: the body's, else the payment method's, else undeposited funds (assumed)."""
    if not record.account:
        method = account.payment_methods.get(record.payment_option)
        record.account = method.account if method and method.account else account.ledger.role("undeposited")


def wanted_applies(account: Account, record: Record, wanted: list[LineValues]) -> list[Apply]:
    """Read the apply lines of a credit memo: invoices of the same customer and currency."""
    applies = []
    for values in wanted:
        if values.values.get("apply") is False:
            continue
        doc = account.transactions.get(str(values.values.get("doc") or ""))
        if doc is None or doc.type != "invoice" or doc.entity != record.entity or doc.currency != record.currency:
            raise Refused("INVALID_KEY_OR_REF", "Invalid apply reference key.", path=f"{values.path}.doc")
        amount = values.values.get("amount")
        room = doc.remaining + sum((one.amount for one in record.applies if one.doc == doc.id), ZERO)
        applies.append(Apply(doc.id, 0, room if amount is None else amount))
        if applies[-1].amount > room:
            raise user_error("The amount to apply exceeds the amount remaining on the invoice.", values.path)
    if sum((apply.amount for apply in applies), ZERO) > record.total and applies and record.total:
        raise user_error("The total of the applied amounts exceeds the amount of the credit memo.")
    return applies


def after_credit(account: Account, source: Record, record: Record) -> None:
    """Count what was credited on the source; a credit memo settles its invoice unless told not to.

    Source: docs.oracle.com section_157901123882 (read 2026-11-21); applying by itself to an open invoice is assumed.
    """
    note_billed(account, source, record)
    if source.type in ("invoice", "cashSale"):
        for line in record.lines:
            of = source.line_by_number(line.order_line) if line.order_doc == source.id else None
            if of is not None:
                of.values["credited"] = of.values.get("credited", ZERO) + (line.quantity or ZERO)
    if record.type != "creditMemo":
        return
    if not record.applies and record.auto_apply:
        record.applies = _open_invoices(account, source, record.total)
    for apply in record.applies:
        settle(account, account.transactions[apply.doc], apply.amount)
        record.applied += apply.amount
    account.refresh(record, touch=False)


def _open_invoices(account: Account, source: Record, amount: Decimal) -> list[Apply]:
    """Open invoices of the order behind this return, oldest first, until the amount is used up."""
    root = source
    while root.type != "invoice" and root.created_from:
        root = account.transactions[root.created_from]
    family = [root.id, *account.children.get(root.id, [])]
    applies = []
    for invoice in (account.transactions[key] for key in family if key in account.transactions):
        share = min(invoice.remaining, amount) if invoice.type == "invoice" else ZERO
        if share > 0:
            applies.append(Apply(invoice.id, 0, share))
            amount -= share
    return applies
