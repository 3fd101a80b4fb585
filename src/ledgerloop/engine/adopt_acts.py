"""Adopts actions and changes whose answer was lost: they have no id of their own, so what they lead to tells.

Source: rulebook section 0, never twice.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ledgerloop.domain.case import Case, JournalEntry
from ledgerloop.domain.documents import Document, DocumentLine
from ledgerloop.domain.guard import FULLY_APPLIED
from ledgerloop.domain.returns import ReturnState
from ledgerloop.engine.loop_acts import MAY_EXIST
from ledgerloop.engine.parts import Parts

LEADS_TO = {
    "process": ReturnState.CLOSED,
    "close": ReturnState.CLOSED,
    "cancel": ReturnState.CANCELLED,
    "flag": ReturnState.REVIEW,
}
"""The state of the return that each of Loop's actions leads to, by the journal's name of it."""

CHANGES = ("closeLines", "changeLines", "setReviewed", "applyCredit")
"""Changes of an authorization or of a credit memo, by the journal's names of them."""


def adopt_acts(parts: Parts, case: Case) -> None:
    """Note as done every open action and change whose effect is there."""
    states = {one.loop_return_id: one.state for one in case.returns}
    for entry in case.journal:
        if entry.state not in MAY_EXIST:
            continue
        wanted = LEADS_TO.get(entry.record_type)
        if wanted is not None and states.get(entry.loop_return_id) is wanted:
            parts.stores.journal.done(entry.key, entry.loop_return_id, parts.clock(), adopted=True)
        elif entry.record_type in CHANGES:
            _adopt_change(parts, case, entry)
        elif entry.record_type == "addVariance":
            _adopt_line(parts, case, entry)


def _adopt_change(parts: Parts, case: Case, entry: JournalEntry) -> None:
    row = parts.stores.journal.get(entry.key)
    if row is None:
        return
    changed = str(row.draft.get("request", "")).rpartition("/")[2]
    document = next((one for one in case.documents if one.internal_id == changed), None)
    if document is not None and _shows(document, row.draft.get("body", {})):
        parts.stores.journal.done(entry.key, document.internal_id, parts.clock(), adopted=True)


def _adopt_line(parts: Parts, case: Case, entry: JournalEntry) -> None:
    """A variance line that was to be added to a sale: it is there, of that item and amount."""
    row = parts.stores.journal.get(entry.key)
    if row is None:
        return
    changed = str(row.draft.get("request", "")).rpartition("/")[2]
    sale = next((one for one in case.source_orders if one.internal_id == changed), None)
    wanted = row.draft["body"]["item"]["items"][0]
    for line in sale.lines if sale is not None else ():
        if line.item_id == wanted["item"]["id"] and line.amount.amount == abs(Decimal(str(wanted["amount"]))):
            parts.stores.journal.done(entry.key, changed, parts.clock(), adopted=True)


def _shows(document: Document, body: dict[str, Any]) -> bool:
    """Whether the document is as the change wanted it; a header discount is not shown and not looked at.

    A credit memo does not show what it is applied to: one that is not used up is applied once more, which its keyed
    lines make harmless.
    """
    if "apply" in body:
        return document.status == FULLY_APPLIED
    if "item" not in body:
        return document.reviewed
    lines = {line.line: line for line in document.lines}
    return all(
        wanted["line"] in lines and all(_agreements(lines[wanted["line"]], wanted)) for wanted in body["item"]["items"]
    )


def _agreements(line: DocumentLine, wanted: dict[str, Any]) -> Iterator[bool]:
    if wanted.get("isClosed"):
        yield line.closed
    if "quantity" in wanted:
        yield line.quantity == Decimal(str(wanted["quantity"]))
    if "amount" in wanted:
        yield line.amount.amount == Decimal(str(wanted["amount"]))
