"""How an account spells things: learned from its refusals, remembered, and tried the other way round just once.

Source: REST API Browser 2026.1; docs.oracle.com, SuiteTax and legacy tax (read 2026-11-21).
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.outcome import Refused, RemoteProblem
from ledgerloop.remotes.netsuite.render import Request

PAYMENT_PROPERTY: Final = "payment_property"
"""Setting that remembers how the account spells a payment: paymentOption, or paymentMethod."""

TAX_DETAILS: Final = "tax_details"
"""Setting that remembers that the account takes no taxes of ours: "no"."""

APPLY_LINE: Final = "apply_line"
"""Setting that remembers the line number of a credit memo in the apply sublist of a customer refund."""

SAMPLE_LINE: Final = 1
"""The line number in Oracle's sample, where the account's form shows none; ours is that of other apply sublists.

Source: docs.oracle.com, customer refund (read 2026-11-21).
"""

_APPLIES: Final = re.compile(r"\b(apply|line|doc)\b")
"""Words of a refusal that may be about the key of an apply line, which is document and line."""

OTHER_SPELLING: Final = {"paymentOption": "paymentMethod", "paymentMethod": "paymentOption"}
"""Accounts without Payment Instruments call it paymentMethod. Source: REST API Browser 2026.1; SOAP schema."""


@dataclass(frozen=True)
class Ways:
    """How this account spells the payment of a record, whether it takes taxes as they were charged, and how it numbers
    a credit memo that is paid out.
    """

    payment_property: str = "paymentOption"
    tax_details: bool = True
    apply_line: int = 0


def ways_of(parts: Parts, shop: Shop) -> Ways:
    """What is known of this account."""
    settings, shop_id = parts.stores.settings, shop.shop_id
    payment = settings.get(shop_id, PAYMENT_PROPERTY) or "paymentOption"
    line = settings.get(shop_id, APPLY_LINE) or "0"
    return Ways(payment, settings.get(shop_id, TAX_DETAILS) != "no", int(line))


def remember(parts: Parts, shop: Shop, ways: Ways) -> None:
    """Keep what an account took after it had refused the other way."""
    settings, shop_id = parts.stores.settings, shop.shop_id
    settings.put(shop_id, PAYMENT_PROPERTY, ways.payment_property)
    settings.put(shop_id, TAX_DETAILS, "yes" if ways.tax_details else "no")
    settings.put(shop_id, APPLY_LINE, str(ways.apply_line))


def other_way(request: Request, refused: Refused, ways: Ways) -> Ways | None:
    """How to spell a refused request instead; None where the refusal is about something else."""
    said = f"{refused.message} {refused.detail}"
    payment = ways.payment_property
    if payment in request.body and payment in said:
        return replace(ways, payment_property=OTHER_SPELLING[payment])
    about_tax = "taxDetails" in request.body and "tax" in said.lower()
    if about_tax and (_unknown(refused) or request.record_type == "salesOrder"):
        return replace(ways, tax_details=False)
    return None


def other_line(shop: Shop, request: Request, refused: Refused, ways: Ways) -> Ways | None:
    """The line number that the account's own form gives a credit memo that is paid out, else that of Oracle's sample.

    None where the refusal is about something else, or the form shows the number that was sent.
    """
    applied = request.body.get("apply", {}).get("items") if request.record_type == "customerRefund" else None
    said = f"{refused.message} {refused.detail}".lower()
    if not applied or not _APPLIES.search(said):
        return None
    empty = {name: value for name, value in request.body.items() if name not in ("apply", "externalId")}
    try:
        form = shop.netsuite.form(request.record_type, empty)
    except RemoteProblem:
        form = {}
    credit = applied[0]["doc"]["id"]
    offered = (form.get("apply") or {}).get("items") or ()
    lines = [int(one["line"]) for one in offered if str((one.get("doc") or {}).get("id")) == credit and "line" in one]
    line = next(iter(lines), SAMPLE_LINE)
    return replace(ways, apply_line=line) if line != ways.apply_line else None


def learned(ways: Ways, other: Ways, refused: Refused) -> Ways:
    """What is to be remembered after the other way was taken: that the account has no tax details at all.

    A sales order refused for what its tax details say is sent without them, and its saved total decides: it posts
    nothing.
    """
    return other if _unknown(refused) else replace(other, tax_details=ways.tax_details)


def _unknown(refused: Refused) -> bool:
    said = f"{refused.message} {refused.detail}".lower()
    return any(word in said for word in ("unknown", "not exist", "not found", "invalid field"))
