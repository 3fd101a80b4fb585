"""Notes where every return of a case, and the order itself, stand: answers, findings, and the timeline people read."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case, Rest, order_subject
from ledgerloop.domain.causes import cause_of, names_of
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.sending import ABOUT_ORDERS, forget, order_is_sent, wake_exchange_orders
from ledgerloop.engine.sent import key_of, said
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting
from ledgerloop.store.outcomes import Outcome
from ledgerloop.store.store import Transaction

Answers: TypeAlias = Mapping[tuple[str, str], Answer]


def save(parts: Parts, shop: Shop, case: Case, answers: Answers) -> datetime | None:
    """Store the answers of a case at rest, and mark what must be read afresh; gives when to look again."""
    stores = parts.stores
    with stores.store.writing(hasty=True) as tx:
        for subject, seen in _subjects(shop, case, answers):
            mine = {sync: one for (about, sync), one in answers.items() if about == subject}
            rows = [row for sync, one in mine.items() if (row := _row(shop, case, subject, sync, one))]
            rows += [outcome_of_rest(shop.shop_id, rest) for rest in (case.rests.get(subject),) if rest is not None]
            stores.outcomes.replace_all(shop.shop_id, subject, rows, case.as_of, tx)
            for row in rows:
                stores.timeline.append(
                    shop.shop_id,
                    case.shopify_order_id,
                    subject,
                    case.as_of,
                    row.kind,
                    row.text,
                    {"code": row.code, "remedy": row.remedy},
                    sync=row.sync,
                    tx=tx,
                )
            if seen:
                stores.timeline.append(shop.shop_id, case.shopify_order_id, subject, case.as_of, "seen", seen, tx=tx)
        waits = [one for one in answers.values() if isinstance(one, Waiting)]
        for need in {need for one in waits for need in one.look_at}:
            _forget(parts, shop, case, need, tx)
    wake_exchange_orders(parts, shop, case)
    return min((one.until for one in waits), default=None)


def _subjects(shop: Shop, case: Case, answers: Answers) -> Iterator[tuple[str, str]]:
    """What the case is about: its returns, and the order itself, each with what is seen of it; empty where untold."""
    for one in case.returns:
        stands = "in a way that cannot be read" if one.unreadable else one.state_as_shown
        yield one.loop_return_id, f"Loop shows the return {stands}" + (", processed" if one.processed else "")
    if case.sending is not None:
        order = case.sending.order
        told = order_is_sent(order, shop.policy)
        stands = f"{order.financial_status}, {order.fulfillment_status}".lower().replace("_", " ")
        seen = f"Shopify shows the order {stands}" if told else ""
        yield order_subject(case.shopify_order_id), seen
    elif any(about == order_subject(case.shopify_order_id) for about in (*(one for one, _ in answers), *case.rests)):
        yield order_subject(case.shopify_order_id), ""


def outcome_of_rest(shop_id: str, rest: Rest) -> Outcome:
    """A subject at rest as lists and timeline show it."""
    about, why = (shop_id, rest.subject, "person"), f": {rest.reason}" if rest.reason else ""
    if rest.kind == "held":
        return Outcome(*about, "waiting", "held", f"Held by {rest.by}{why}", "", rest.at, None)
    return Outcome(*about, "settled", "handled", f"Handled by hand, says {rest.by}{why}", "", rest.at, None)


def _row(shop: Shop, case: Case, subject: str, sync: str, answer: Answer) -> Outcome | None:
    about, at = (shop.shop_id, subject, sync), case.as_of
    if isinstance(answer, Waiting):
        return Outcome(*about, "waiting", answer.code, answer.reason, "", at, answer.until)
    if isinstance(answer, Attention):
        cause = answer.cause or cause_of(answer.problem, names_of(case))
        return Outcome(*about, "attention", answer.code, answer.problem, answer.remedy, at, None, cause)
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
    elif need.source is Source.NETSUITE_FAMILY and need.key == order_key:
        stores.documents.mark_stale(shop.shop_id, order_key, tx)
    elif need.source in ABOUT_ORDERS:
        forget(parts, shop, case, need.source, tx)


def note_written(
    parts: Parts,
    shop: Shop,
    case: Case,
    sync: str,
    subject: str,
    write: Write,
    internal_id: str,
    tx: Transaction,
) -> None:
    """Put a write into the timeline of the return, or of the order itself."""
    parts.stores.timeline.append(
        shop.shop_id,
        case.shopify_order_id,
        subject,
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
