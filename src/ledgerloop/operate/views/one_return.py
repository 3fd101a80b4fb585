"""One return: where it stands, what happened, the three systems side by side, what comes next, and the evidence."""

from dataclasses import dataclass

from ledgerloop.books.words import Comparison
from ledgerloop.domain.case import Rest
from ledgerloop.domain.telling import headline
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts
from ledgerloop.operate.explain import show
from ledgerloop.operate.subjects import Subject
from ledgerloop.operate.views.about import about_subject
from ledgerloop.operate.views.cases import (
    Event,
    Plan,
    RecordLink,
    StepView,
    comparison_of,
    events_of,
    evidence_of,
    links_of,
    plan_of,
    steps_of,
    writes_of,
)
from ledgerloop.operate.views.returns import ReturnRow, rows_of
from ledgerloop.store.evidence import StoredCall
from ledgerloop.store.journal import WriteRow
from ledgerloop.store.outcomes import Outcome
from ledgerloop.store.remarks import Arranged, Comment, Remarks
from ledgerloop.store.return_list import ReturnList


@dataclass(frozen=True)
class Line:
    """One unit that comes back, as Loop shows it."""

    line_id: str
    sku: str
    title: str
    price: str
    discount: str
    tax: str
    reason: str
    outcome: str


@dataclass(frozen=True)
class OneReturn:
    """A return in full. `headline` says in plain words where it stands and what happens next."""

    row: ReturnRow
    headline: str
    processed: bool | None
    promised: str
    refund: str
    lines: tuple[Line, ...]
    steps: tuple[StepView, ...]
    answers: tuple[Outcome, ...]
    records: tuple[RecordLink, ...]
    sides: Comparison | None
    plan: Plan
    timeline: tuple[Event, ...]
    writes: tuple[WriteRow, ...]
    rest: Rest | None
    arranged: Arranged
    comments: tuple[Comment, ...]


def one_return(parts: Parts, shop_id: str, return_id: str) -> OneReturn | None:
    """A return by its shop and Loop's id; None when it was never seen, or no view of it could be read."""
    head = ReturnList(parts.stores.store).get(shop_id, return_id)
    shop = parts.shops.get(shop_id)
    if head is None or shop is None:
        return None
    case = observe(parts, shop, head.order_key, parts.clock()).about(return_id)
    if all(one.loop_return_id != return_id for one in case.returns):
        return None
    told, return_ = show(parts, Subject(shop_id, return_id, head.order_key)), case.the_return
    remarks, about = Remarks(parts.stores.store), about_subject(shop_id, return_id)
    return OneReturn(
        row=rows_of(parts, (head,))[0],
        headline=headline(case, shop.policy),
        processed=return_.processed,
        promised=str(return_.promised),
        refund=str(return_.totals.refund),
        lines=tuple(
            Line(
                one.loop_line_id,
                one.sku,
                one.title,
                str(one.price),
                str(one.discount),
                str(one.tax),
                one.why,
                one.outcome,
            )
            for one in return_.lines
        ),
        steps=steps_of(told["steps"]),
        answers=tuple(parts.stores.outcomes.for_return(shop_id, return_id)),
        records=tuple(links_of(told["records"])),
        sides=comparison_of(parts, shop, head.order_key, return_id),
        plan=plan_of(parts, shop, case),
        timeline=events_of(parts, shop, return_id),
        writes=writes_of(parts, shop, return_id),
        rest=case.rests.get(return_id),
        arranged=remarks.arranged([about], parts.clock())[about],
        comments=tuple(remarks.comments(about)),
    )


def return_evidence(parts: Parts, shop_id: str, return_id: str) -> tuple[StoredCall, ...]:
    """Requests and answers about a return and what was written for it."""
    shop = parts.shops.get(shop_id)
    if shop is None:
        return ()
    keys = [one.entry.key for one in parts.stores.journal.for_return(shop_id, return_id)]
    return evidence_of(parts, shop, [return_id, *keys])
