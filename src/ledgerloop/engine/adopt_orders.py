"""Adopts orders and customers that NetSuite shows under our external ids although no answer said so.

Source: rulebook section 0, never twice.
"""

from decimal import Decimal

from ledgerloop.domain.case import Case, JournalEntry, WriteState
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.engine.parts import Parts

OPEN = (WriteState.SENT, WriteState.UNCLEAR, WriteState.DECIDED, WriteState.REFUSED)
"""States in which the record may turn out to exist."""


def adopt_orders(parts: Parts, case: Case) -> dict[tuple[str, str], str]:
    """Note as done every open order and customer that is there; gives, by subject and sync, how one found differs."""
    found = {one.external_id: one for one in case.source_orders if one.external_id}
    customers = (case.sending.in_netsuite.customers if case.sending is not None else None) or ()
    differing: dict[tuple[str, str], str] = {}
    for entry in case.journal:
        if entry.state not in OPEN:
            continue
        if entry.record_type == "customer":
            known = next((one for one in customers if one.external_id == entry.key), None)
            if known is not None:
                parts.stores.journal.done(entry.key, known.internal_id, parts.clock(), adopted=True)
        elif entry.key in found:
            order = found[entry.key]
            wrong = _differs(parts, entry, order)
            if wrong:
                said = f"NetSuite already has {order.record_type} {order.number} under {entry.key}, but {wrong}."
                differing[entry.loop_return_id, entry.sync] = said
            else:
                parts.stores.journal.done(entry.key, order.internal_id, parts.clock(), adopted=True)
    return differing


def _differs(parts: Parts, entry: JournalEntry, order: SourceOrder) -> str:
    """How the order found differs in type, units or total from what was decided; empty when it does not."""
    row = parts.stores.journal.get(entry.key)
    if row is None or order.record_type != entry.record_type:
        return f"a {entry.record_type} was decided"
    expects = row.draft.get("expects", {})
    units = sum((line.quantity for line in order.goods), Decimal(0))
    if "units" in expects and Decimal(expects["units"]) != units:
        return f"it holds {units:f} unit(s), not {expects['units']}"
    if "total" in expects and order.total is not None and expects["total"] != str(order.total):
        return f"its total is {order.total}, not {expects['total']}"
    return ""
