"""What the stories of a return and of an order have in common: answers, records, timeline, steps."""

from collections.abc import Collection
from typing import Any

from ledgerloop.domain.case import Case
from ledgerloop.domain.story import Step
from ledgerloop.engine.parts import Parts, Shop


def stands_of(parts: Parts, shop: Shop, subject: str) -> list[dict[str, Any]]:
    """What each sync answers about a subject now."""
    return [
        {
            "sync": one.sync,
            "kind": one.kind,
            "code": one.code,
            "text": one.text,
            "remedy": one.remedy,
            "since": one.since.isoformat(),
            "look_again_at": one.until.isoformat() if one.until else None,
        }
        for one in parts.stores.outcomes.for_return(shop.shop_id, subject)
    ]


def timeline_of(parts: Parts, shop: Shop, subject: str) -> list[dict[str, Any]]:
    """What happened to a subject, oldest first."""
    return [
        {"at": one.at.isoformat(), "kind": one.kind, "sync": one.sync, "text": one.text, "detail": one.detail}
        for one in parts.stores.timeline.for_return(shop.shop_id, subject)
    ]


def step_as_dict(step: Step) -> dict[str, Any]:
    """A step as one JSON document shows it."""
    return {
        "what": step.what,
        "done": step.done,
        "record": step.record,
        "amount": str(step.amount) if step.amount is not None else None,
        "when": "" if step.done else step.when,
    }


def records_of(case: Case, shop: Shop, internal_ids: Collection[str]) -> list[dict[str, str]]:
    """NetSuite's records: the order itself, and those of the case's documents."""
    sold = [
        {
            "system": "NetSuite",
            "type": one.record_type,
            "number": one.number,
            "status": one.status,
            "total": str(one.total) if one.total is not None else "",
            "external_id": one.external_id,
            "link": shop.links.netsuite(one.internal_id),
        }
        for one in case.source_orders
    ]
    made = [
        {
            "system": "NetSuite",
            "type": one.record_type,
            "number": one.number,
            "status": one.status,
            "total": str(one.total),
            "external_id": one.external_id,
            "link": shop.links.netsuite(one.internal_id),
        }
        for one in case.documents
        if one.internal_id in internal_ids
    ]
    return [*sold, *made]
