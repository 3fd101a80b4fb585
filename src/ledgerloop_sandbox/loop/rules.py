"""What Loop computes and what it refuses, in its own words.

Refusals of actions arrive with HTTP 200. Source: docs.loopreturns.com api-reference/latest/return-actions and
api-reference/error-codes (read 2026-11-21); rows that nobody documents stand as `assumed` in COVERAGE.md.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ledgerloop_sandbox.money import ZERO, allocate

from .model import Return

UNAUTHORIZED = {"error": {"code": "401", "http_code": "GEN-UNAUTHORIZED", "message": "Unauthorized."}}
"""Body of every 401, with `code` and `http_code` looking swapped as at the remote."""

UNKNOWN_RETURN = {"errors": {"message": "No return found with this ID."}}
"""An action on an id that does not exist (HTTP 200)."""

UNKNOWN_DETAILS = {"error": {"message": "No return found with this ID."}}
"""Details of something that does not exist (HTTP 200)."""

PROCESSABLE = "Return is {state} and therefore cannot be processed."
"""The sentence of a refused action."""

Refusal = tuple[int, Any]
"""HTTP status and body."""


def _errors(state: str, code: str) -> Refusal:
    return 200, {"errors": {"message": PROCESSABLE.format(state=state), "code": code}}


def refuse_process(found: Return, *, allow_flagged: bool) -> Refusal | None:
    """Say why this return cannot be processed, if so."""
    if found.state == "closed":
        return _errors("closed", "UNPROCESSABLE_RETURN")
    if found.flagged:
        return None if allow_flagged else _errors(found.state, "UNPROCESSABLE_FLAGGED_RETURN")
    if found.state != "open":
        return 200, {"message": PROCESSABLE.format(state=found.state)}
    return None


def refuse_flag(found: Return) -> Refusal | None:
    """Say why this return cannot be flagged, if so."""
    if found.flagged:
        return _errors(found.state, "UNPROCESSABLE_FLAGGED_RETURN")
    if found.state != "open":
        return _errors(found.state, "UNPROCESSABLE_RETURN")
    return None


def refuse_cancel(found: Return) -> Refusal | None:
    """Say why this return cannot be cancelled, if so."""
    if found.state == "closed":
        return _errors("closed", "UNPROCESSABLE_RETURN")
    if found.flagged or found.state == "review":
        return 200, {"content": "Return is flagged and cannot be processed."}
    if found.state == "expired":
        return 200, {"content": "Return is expired and cannot be processed."}
    if found.state == "cancelled":
        return 200, {"message": PROCESSABLE.format(state="cancelled")}
    return None


def refuse_close(found: Return) -> Refusal | None:
    """Say why this return cannot be closed, if so."""
    if found.state in ("closed", "cancelled"):
        return _errors(found.state, "UNPROCESSABLE_RETURN")
    return None


def refuse_remove(found: Return, line_ids: list[int] | None) -> Refusal | None:
    """Say why these lines cannot be removed, if so; None instead of ids means the parameter is missing."""
    if not line_ids:
        return 422, {"error": {"message": "The line item id field is required."}}
    if found.state != "open" or found.flagged:
        return 422, {"error": {"message": "Return cannot be modified."}}
    fit = [
        n
        for n in line_ids
        if (line := found.line(n)) is not None and line.outcome in ("default", "refund", "gift_card")
    ]
    if found.exchanges or not fit:
        return 422, {"error": {"message": "There are no line items that qualify for removal"}}
    if len(fit) < len(set(line_ids)):
        return 422, {"error": {"message": "Not all line items qualify for removal"}}
    return None


def refuse_note(content: object) -> Refusal | None:
    """Say why this note is not taken, if so."""
    if not isinstance(content, str) or not content or len(content) >= 255:
        return 422, {"errors": {"message": "Content is required and must be less than 255 characters."}}
    return None


def compute_totals(found: Return, handling_fee: Decimal) -> None:
    """Fill the money fields of a return from its lines and exchange rows.

    The value is spent in this order: fee, exchange items, gift card (outcome `gift_card`, or a wanted amount), refund.
    """
    product = sum((line.price for line in found.lines), ZERO)
    discount = sum((line.discount for line in found.lines), ZERO)
    tax = sum((line.tax for line in found.lines), ZERO)
    total = product - discount + tax
    new = {
        name: sum((Decimal(str(row[name])) for row in found.exchanges), ZERO) for name in ("price", "discount", "tax")
    }
    new_total = new["price"] - new["discount"] + new["tax"]
    credit = min(max(total - handling_fee, ZERO), new_total)
    left = max(total - credit - handling_fee, ZERO) + found.shipping_back
    as_gift_card = "gift_card" in found.outcome or "credit" in found.outcome
    gift_card = left if as_gift_card else ZERO
    if found.gift_card_wanted is not None:
        gift_card = min(found.gift_card_wanted, left)
    found.totals.update(
        return_product_total=product,
        return_discount_total=discount,
        return_tax_total=tax,
        return_total=total,
        exchange_product_total=new["price"],
        exchange_discount_total=new["discount"],
        exchange_tax_total=new["tax"],
        exchange_total=new_total,
        exchange_credit_total=credit,
        return_credit_total=credit,
        gift_card=gift_card,
        handling_fee=handling_fee if found.lines else ZERO,
        refund=left - gift_card,
        upsell=new_total - credit,
    )
    found.totals["total"] = found.totals["refund"]
    _spread_refund(found)


def _spread_refund(found: Return) -> None:
    parts = allocate(found.totals["refund"], [line.value for line in found.lines])
    for line, part in zip(found.lines, parts, strict=True):
        line.refund = part
        line.refund_tax = allocate(part, [line.price - line.discount, line.tax])[1]
        line.refund_item = part - line.refund_tax
