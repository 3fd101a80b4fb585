"""Adopts what is found: a record with our external id whose answer was lost is ours, if it is what we decided.

Source: rulebook section 0, never twice.
"""

from decimal import Decimal

from ledgerloop.domain.answers import Answer
from ledgerloop.domain.case import Case, JournalEntry
from ledgerloop.domain.documents import Document
from ledgerloop.engine.adopt_acts import adopt_acts
from ledgerloop.engine.adopt_orders import OPEN, adopt_orders
from ledgerloop.engine.parts import Parts
from ledgerloop.engine.sent import goods_named
from ledgerloop.outcome import Attention

ORDER_REMEDY = (
    "Compare it with the order in Shopify; correct it in NetSuite, or give it another external id, then retry."
)


def adopt_found(parts: Parts, case: Case) -> dict[tuple[str, str], Answer]:
    """Note as done every open write whose record is there; gives the ones that differ from what was decided."""
    adopt_acts(parts, case)
    found = {one.external_id: one for one in case.documents if one.external_id}
    differing: dict[tuple[str, str], Answer] = {
        about: Attention("adopted_differs", said, ORDER_REMEDY) for about, said in adopt_orders(parts, case).items()
    }
    for entry in case.journal:
        document = found.get(entry.key)
        if entry.state not in OPEN or document is None:
            continue
        wrong = _differs(parts, entry, document)
        if wrong:
            differing[entry.loop_return_id, entry.sync] = Attention(
                "adopted_differs",
                f"NetSuite already has {document.record_type} {document.number} under {entry.key}, but {wrong}.",
                "Compare it with the return; correct it in NetSuite, or give it another external id, then retry.",
            )
            continue
        parts.stores.journal.done(entry.key, document.internal_id, parts.clock(), adopted=True)
    return differing


def _differs(parts: Parts, entry: JournalEntry, document: Document) -> str:
    """How the record found differs in type, parent, lines or total from what was decided; empty when it does not.

    An authorization's total is compared with Loop's promise by the syncs, which allow a variance.
    """
    row = parts.stores.journal.get(entry.key)
    if row is None or document.record_type != entry.record_type:
        return f"a {entry.record_type} was decided"
    path = str(row.draft.get("request", "")).split()[-1].split("/")
    if len(path) > 1 and document.created_from and document.created_from != path[1]:
        return f"it was made from {document.created_from}, not from {path[1]}"
    expects = row.draft.get("expects", {})
    units = sum((line.quantity for line in document.goods), Decimal(0))
    if "units" in expects and Decimal(expects["units"]) != units:
        return f"it holds {units:f} unit(s), not {expects['units']}"
    goods = goods_named((line.item_id, line.quantity) for line in document.goods if line.quantity)
    if "goods" in expects and expects["goods"] != goods:
        return f"it holds {goods}, not {expects['goods']}"
    if "total" in expects and expects["total"] != str(document.total):
        return f"its total is {document.total}, not {expects['total']}"
    return ""
