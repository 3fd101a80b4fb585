"""Item receipt: Loop -> NetSuite.

A return that Loop processed is received in NetSuite, exactly the units not received yet.

Writes: one item receipt, made from the return authorization; every open receivable line is named, received or not.
Waits: goods_in_transit, authorization_not_approved, period_closed, processing_unknown.
Attention: receive_by_hand, amount_differs, authorization_differs, record_gone.
Source: rulebook section 3; docs.oracle.com, item receipt (read 2026-11-21).
"""

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.mapping import NOT_THE_GOODS, location_of, not_for_sale, posting_date
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.records import DraftLine, ItemReceiptDraft, NaturalKey
from ledgerloop.domain.returns import Return
from ledgerloop.domain.standing import (
    RECEIPT,
    LineStanding,
    next_external_id,
    processed,
    record_gone,
    standing,
    usable_authorization,
    wait,
)
from ledgerloop.outcome import Attention, Source, Waiting

AT_THE_WAREHOUSE = "delivered"
"""Label status once the parcel has arrived. Source: docs.loopreturns.com, label statuses (read 2026-11-21)."""


def next_write(case: Case, policy: Policy) -> Answer:
    """Receive in NetSuite what Loop has processed."""
    if policy.receive not in ("loop", "both"):
        return None
    done = processed(case, policy)
    if done is not True:
        return done or None
    authorization = usable_authorization(case, policy)
    if not isinstance(authorization, Document):
        return authorization
    lines = standing(authorization, case.the_return, policy)
    if isinstance(lines, Attention):
        return lines
    if not any(one.receivable for one in lines):
        return None
    return _in_transit(case, policy) or _receive(case, policy, authorization, lines)


def _in_transit(case: Case, policy: Policy) -> Waiting | None:
    return_ = case.the_return
    if policy.receive_when != "delivered" or return_.is_pos or return_.label_status == AT_THE_WAREHOUSE:
        return None
    status = return_.label_status or "no label"
    reason = f"Loop processed the return, but its label shows “{status}”; goods are received once delivered."
    return wait(case, policy, "goods_in_transit", reason, Source.LOOP_RETURN, Source.LOOP_CLOSED_LIST)


def _receive(case: Case, policy: Policy, authorization: Document, lines: tuple[LineStanding, ...]) -> Answer:
    return_ = case.the_return
    stop = record_gone(case, RECEIPT) or _by_hand(return_, policy, lines)
    if stop is not None:
        return stop
    periods = case.must_read(Source.NETSUITE_PERIODS, case.shop_id)
    if periods is not None:
        return periods
    day = posting_date(case, policy, return_.processed_at or return_.updated_at or case.as_of, receivable=False)
    if isinstance(day, Waiting):
        return day
    on, moved = day
    received = [one for one in lines if one.receivable]
    units = tuple(unit.loop_line_id for one in received for unit in one.units)
    draft = ItemReceiptDraft(
        external_id=next_external_id(case, policy, "LOOP-IR"),
        key=NaturalKey(return_.loop_return_id, loop_line_ids=units),
        authorization_id=authorization.internal_id,
        on=on,
        memo=f"Loop return {return_.loop_return_id}; Loop lines {', '.join(units)}{moved}",
        lines=tuple(_line(case, policy, one) for one in lines if one.line.open_quantity and not one.line.no_receipt),
    )
    count = sum(one.receivable for one in received)
    return Write(draft, f"Loop processed the return; {count:f} unit(s) of {authorization.number} are not received yet.")


def _line(case: Case, policy: Policy, one: LineStanding) -> DraftLine:
    if not one.receivable:
        return DraftLine(item_id=one.line.item_id, source_line=one.line.line, received=False)
    location = location_of(case, one.units[0], policy) or one.line.location_id
    if not_for_sale(one.units):
        location = policy.locations["quarantine"]
    return DraftLine(
        item_id=one.line.item_id,
        source_line=one.line.line,
        quantity=one.receivable,
        location_id=location,
        received=True,
    )


def _by_hand(return_: Return, policy: Policy, lines: tuple[LineStanding, ...]) -> Attention | None:
    """Why the warehouse must receive this itself, if it must."""
    reasons = []
    for one in lines:
        if not one.receivable:
            continue
        spoiled = not_for_sale(one.units)
        if one.line.lot_or_serial:
            reasons.append(f"{one.line.sku} is tracked by lot, serial number or bin")
        elif any(unit.condition in NOT_THE_GOODS or unit.disposition in NOT_THE_GOODS for unit in one.units):
            reasons.append(f"Loop graded a unit of {one.line.sku} as missing or as another item")
        elif spoiled and (not policy.locations.get("quarantine") or len(spoiled) != len(one.units)):
            reasons.append(f"{one.line.sku} holds goods not for sale, and no single location is mapped for them")
    if not reasons:
        return None
    return Attention(
        "receive_by_hand",
        f"Loop return {return_.loop_return_id} cannot be received automatically: {'; '.join(reasons)}.",
        "Receive it in NetSuite by hand; everything after the receipt goes on by itself.",
    )
