"""`plan` and `show` as data: what will be written next with every field, and what happened so far."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case
from ledgerloop.domain.order_story import order_headline, order_steps
from ledgerloop.domain.story import Step, steps
from ledgerloop.domain.telling import headline
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.sent import shown
from ledgerloop.engine.ways import ways_of
from ledgerloop.operate.reading import decide_afresh
from ledgerloop.operate.subjects import Subject
from ledgerloop.operate.told import records_of, stands_of, step_as_dict, timeline_of
from ledgerloop.outcome import Attention, Waiting


@dataclass(frozen=True)
class Planned:
    """What is written next, if anything, why not otherwise, and the way ahead."""

    headline: str
    writes: tuple[dict[str, Any], ...]
    stops: tuple[dict[str, str], ...]
    outline: tuple[Step, ...]


def plan(parts: Parts, subject: Subject) -> Planned:
    """Decide about a return, or an order, that was just read afresh; nothing is written in any remote."""
    shop = parts.shops[subject.shop_id]
    decided = decide_afresh(parts, shop, subject.order_key)
    mine = {sync: one for (about, sync), one in decided.answers.items() if about == subject.about}
    ways = ways_of(parts, shop)
    writes = tuple(
        {
            "sync": sync,
            "reason": one.reason,
            **shown(shop, one, ways.payment_property, tax_details=ways.tax_details, apply_line=ways.apply_line),
        }
        for sync, one in mine.items()
        if isinstance(one, Write)
    )
    case, policy = decided.case.about(subject.about), shop.policy
    if subject.is_order:
        return Planned(order_headline(case, policy), writes, tuple(_stops(mine)), order_steps(case, policy))
    return Planned(headline(case, policy), writes, tuple(_stops(mine)), steps(case, policy))


def _stops(answers: dict[str, Any]) -> Iterator[dict[str, str]]:
    for sync, one in answers.items():
        if isinstance(one, Waiting):
            yield {"sync": sync, "kind": "waiting", "code": one.code, "text": one.reason, "remedy": ""}
        elif isinstance(one, Attention):
            yield {"sync": sync, "kind": "attention", "code": one.code, "text": one.problem, "remedy": one.remedy}


def fields_of(body: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every property of a request, by its path: `item.items[0].quantity`, value as text."""
    if isinstance(body, dict):
        for key, value in body.items():
            yield from fields_of(value, f"{path}.{key}" if path else key)
    elif isinstance(body, list):
        for number, value in enumerate(body):
            yield from fields_of(value, f"{path}[{number}]")
    else:
        yield path, str(body).lower() if isinstance(body, bool) else str(body)


def show(parts: Parts, subject: Subject) -> dict[str, Any]:
    """The return's story so far: from the store, no remote is asked."""
    shop = parts.shops[subject.shop_id]
    case = observe(parts, shop, subject.order_key, parts.clock()).about(subject.return_id)
    return_ = case.the_return
    return {
        "shop": shop.shop_id,
        "return": return_.loop_return_id,
        "order": return_.order_name,
        "state": return_.state_as_shown,
        "processed": return_.processed,
        "headline": headline(case, shop.policy),
        "promised": str(return_.promised),
        "refund": str(return_.totals.refund),
        "steps": [step_as_dict(step) for step in steps(case, shop.policy)],
        "now": stands_of(parts, shop, subject.return_id),
        "records": _records(case, shop),
        "timeline": timeline_of(parts, shop, subject.return_id),
    }


def _records(case: Case, shop: Shop) -> list[dict[str, str]]:
    mine = {one.internal_id for one in case.documents if one.loop_return_id in (case.focus, "")}
    records = records_of(case, shop, mine)
    if case.shopify_order_id.isdecimal():
        link = shop.links.shopify(case.shopify_order_id)
        records.append({"system": "Shopify", "type": "order", "number": case.the_return.order_name, "link": link})
        new = case.native_orders.get(case.focus)
        if new is not None:
            records.append({"system": "Shopify", "type": "exchange", "number": new.name, "link": link})
    page = shop.links.loop(case.focus)
    return [*records, {"system": "Loop", "type": "return", "number": case.focus, "link": page}]
