"""Notes where every return of a case stands: the current answers, the findings, and the timeline people read."""

from datetime import datetime

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case
from ledgerloop.domain.returns import Return
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.sent import key_of, said
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting
from ledgerloop.store.outcomes import Outcome
from ledgerloop.store.store import Transaction


def save(parts: Parts, shop: Shop, case: Case, answers: dict[tuple[str, str], Answer]) -> datetime | None:
    """Store the answers of a case at rest, and mark what must be read afresh; gives when to look again."""
    stores = parts.stores
    with stores.store.writing() as tx:
        for return_ in case.returns:
            mine = {sync: one for (about, sync), one in answers.items() if about == return_.loop_return_id}
            rows = [row for sync, one in mine.items() if (row := _row(shop, return_, sync, one, case.as_of))]
            stores.outcomes.replace_all(shop.shop_id, return_.loop_return_id, rows, case.as_of, tx)
            for row in rows:
                stores.timeline.append(
                    shop.shop_id,
                    case.shopify_order_id,
                    return_.loop_return_id,
                    case.as_of,
                    row.kind,
                    row.text,
                    {"code": row.code, "remedy": row.remedy},
                    sync=row.sync,
                    tx=tx,
                )
            seen = f"Loop shows the return {return_.state_as_shown}" + (", processed" if return_.processed else "")
            stores.timeline.append(
                shop.shop_id, case.shopify_order_id, return_.loop_return_id, case.as_of, "seen", seen, tx=tx
            )
        waits = [one for one in answers.values() if isinstance(one, Waiting)]
        for need in {need for one in waits for need in one.look_at}:
            _forget(parts, shop, case, need, tx)
    return min((one.until for one in waits), default=None)


def _row(shop: Shop, return_: Return, sync: str, answer: Answer, at: datetime) -> Outcome | None:
    about = (shop.shop_id, return_.loop_return_id, sync)
    if isinstance(answer, Waiting):
        return Outcome(*about, "waiting", answer.code, answer.reason, "", at, answer.until)
    if isinstance(answer, Attention):
        return Outcome(*about, "attention", answer.code, answer.problem, answer.remedy, at, None)
    return None


def _forget(parts: Parts, shop: Shop, case: Case, need: NeedsReading, tx: Transaction) -> None:
    """Mark one source stale, so that the next run reads it."""
    stores, order_key = parts.stores, case.shopify_order_id
    if need.source is Source.LOOP_RETURN:
        stores.returns.mark_stale(shop.shop_id, need.key, tx)
    elif need.source is Source.SHOPIFY_ORDER:
        stores.shop_orders.mark_stale(shop.shop_id, order_key, tx)
    elif need.source is Source.NETSUITE_ORDER:
        stores.source_orders.mark_stale(shop.shop_id, order_key, tx)
    elif need.source is Source.NETSUITE_FAMILY:
        stores.documents.mark_stale(shop.shop_id, order_key, tx)


def note_written(
    parts: Parts,
    shop: Shop,
    case: Case,
    sync: str,
    loop_return_id: str,
    write: Write,
    internal_id: str,
    tx: Transaction,
) -> None:
    """Put a write into the return's timeline."""
    parts.stores.timeline.append(
        shop.shop_id,
        case.shopify_order_id,
        loop_return_id,
        parts.clock(),
        "written",
        said(write),
        {
            "external_id": key_of(write),
            "internal_id": internal_id,
            "record_type": write.draft.record_type,
            "reason": write.reason,
        },
        sync=sync,
        tx=tx,
    )
