"""Making one record from another: the default lines of each pair, then the request's body on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import bodies, rules
from .body import Body
from .crediting import after_credit, draft_credit
from .errors import invalid_content, static_sublist, user_error
from .lines import merge, receive_lines
from .model import Record
from .money import ZERO
from .sales import copied, header_of

if TYPE_CHECKING:
    from .state import Account


def transform(account: Account, source: Record, target: str, body: Body, replace: bool) -> Record:
    """Build (not save) the record that a transform makes. Raises `Refused`."""
    rules.check_pair(source.type, target)
    match target:
        case "returnAuthorization":
            return _authorization(account, source, body, replace)
        case "itemReceipt":
            return _receipt(account, source, body, replace)
        case "creditMemo" | "cashRefund":
            return draft_credit(account, source, target, body, replace)
    raise user_error(f"Transforming to {target} is done by people here, not through REST.")


def _authorization(account: Account, source: Record, body: Body, replace: bool) -> Record:
    """Every open line of the sale at full quantity, and its header discount whole.

    Source: docs.oracle.com section_157901123882 (read 2026-11-21); the whole header discount is assumed.
    """
    rules.check_source_of_return(source)
    record = header_of(account, source, "returnAuthorization")
    record.order_status = account.settings.default_authorization_status
    record.discount_item, record.discount_rate = source.discount_item, source.discount_rate
    open_lines = [line for line in source.lines if not line.closed]
    record.lines = [copied(line, n, source.id, line.quantity) for n, line in enumerate(open_lines, start=1)]
    if body.lines is not None:
        record.lines = merge(account, record.lines, body.lines, "orderLine", replace=replace)
    bodies.apply_values(record, body)
    if not record.lines:
        raise user_error("You must enter at least one line item for this transaction.")
    if account.settings.tax_skew:
        taxed = next((line for line in record.lines if line.tax_rate), None)
        if taxed is not None:
            taxed.tax_skew = account.settings.tax_skew
    return record


def _receipt(account: Account, authorization: Record, body: Body, replace: bool) -> Record:
    """Open, receivable lines with quantity left; the list is static."""
    if replace:
        raise static_sublist("item")
    rules.check_receivable(account, authorization)
    record = header_of(account, authorization, "itemReceipt")
    for line in authorization.lines:
        left = rules.left_to_receive(account, line)
        if left:
            record.lines.append(copied(line, len(record.lines) + 1, authorization.id, left))
    room = {line.order_line: line.quantity for line in record.lines}
    record.lines = receive_lines(record.lines, body.lines)
    bodies.apply_values(record, body)
    if not record.lines:
        raise user_error("You must enter at least one line item for this transaction.")
    for number, line in enumerate(record.lines):
        line.tax_rate = line.tax_skew = line.tax_rate * 0
        if (line.quantity or 0) > (room[line.order_line] or 0):
            raise user_error("The quantity to receive exceeds the quantity remaining on the return authorization.")
        item = account.items[line.item]
        if item.serial or item.lot or item.bins:
            path = f"item.items[{number}]"
            raise invalid_content(f"Please configure the inventory detail in line {number + 1} of the item list.", path)
    return record


def after_save(account: Account, record: Record) -> None:
    """Tell the source what a saved record took of it, and settle what it settles."""
    source = account.transactions.get(record.created_from)
    if source is None:
        return
    if record.type == "returnAuthorization" and any(line.tax_skew for line in record.lines):
        account.settings.tax_skew = ZERO
    elif record.type == "itemReceipt":
        for line in record.lines:
            of = source.line_by_number(line.order_line)
            if of is not None:
                of.moved += line.quantity or 0
        account.affected(source)
    elif record.type in ("creditMemo", "cashRefund"):
        after_credit(account, source, record)
