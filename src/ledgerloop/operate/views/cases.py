"""What the page of a return and that of an order share: plan, records, writes, evidence, remarks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ledgerloop.books.compare import compare
from ledgerloop.books.seen import see
from ledgerloop.books.shows import facts_of
from ledgerloop.books.words import Comparison
from ledgerloop.domain.answers import Write
from ledgerloop.domain.case import Case
from ledgerloop.engine.converge import Run, decide
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.sent import shown
from ledgerloop.engine.ways import ways_of
from ledgerloop.operate.explain import fields_of
from ledgerloop.outcome import NeedsReading
from ledgerloop.store.evidence import CallLog, StoredCall
from ledgerloop.store.journal import WriteRow
from ledgerloop.store.shown import ShownStore

EVIDENCE = 100
"""Calls that are shown of one subject."""


@dataclass(frozen=True)
class PlannedWrite:
    """A write as it would be sent now: where to, and every field by its path."""

    sync: str
    reason: str
    to: str
    request: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Plan:
    """What would be written next; `reads_first` names what would be read before that is certain."""

    writes: tuple[PlannedWrite, ...]
    reads_first: tuple[str, ...]


@dataclass(frozen=True)
class RecordLink:
    """A record in one of the systems, with a link into it (empty where there is none)."""

    system: str
    type: str
    number: str
    status: str
    total: str
    external_id: str
    link: str


@dataclass(frozen=True)
class StepView:
    """A step of its way: done, or still to come and when."""

    what: str
    done: bool
    record: str
    amount: str
    when: str


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    at: datetime
    kind: str
    sync: str
    text: str
    detail: dict[str, Any]


def plan_of(parts: Parts, shop: Shop, case: Case) -> Plan:
    """What each sync would write for the subject in question, by what the store shows; no remote is asked."""
    mine = {sync: one for (about, sync), one in decide(case.as_stored(), shop, Run()).items() if about == case.focus}
    ways = ways_of(parts, shop)
    writes, reads = [], []
    for sync, one in mine.items():
        if isinstance(one, Write):
            sent = shown(shop, one, ways.payment_property, tax_details=ways.tax_details, apply_line=ways.apply_line)
            fields = tuple(fields_of(sent.get("body")))
            writes.append(PlannedWrite(sync, one.reason, str(sent["to"]), str(sent["request"]), fields))
        elif isinstance(one, NeedsReading):
            reads.append(one.source.value)
    return Plan(tuple(writes), tuple(dict.fromkeys(reads)))


def comparison_of(parts: Parts, shop: Shop, order_key: str, subject: str) -> Comparison | None:
    """The three systems side by side, as they show it now; None where what is stored cannot be compared."""
    policy = shop.policy
    found = ShownStore(parts.stores.store).cases(shop.shop_id, [order_key])
    try:
        facts = facts_of(see(found[order_key], policy), policy)
    except ValueError:
        return None
    return compare(subject, [one for one in facts if one.subject == subject], strays=policy.refunds_without_return)


def writes_of(parts: Parts, shop: Shop, subject: str) -> tuple[WriteRow, ...]:
    """What was decided to be written about it, and what became of that."""
    return tuple(parts.stores.journal.for_return(shop.shop_id, subject))


def evidence_of(parts: Parts, shop: Shop, subjects: list[str]) -> tuple[StoredCall, ...]:
    """Requests and answers about it, as they were kept: without secrets and personal data."""
    log = CallLog(parts.stores.store)
    return tuple(log.for_subject(shop.shop_id, [one for one in dict.fromkeys(subjects) if one], EVIDENCE))


def links_of(records: list[dict[str, str]]) -> Iterator[RecordLink]:
    """Records as the stories tell them."""
    for one in records:
        yield RecordLink(*(one.get(name, "") for name in RecordLink.__dataclass_fields__))


def steps_of(told: list[dict[str, Any]]) -> tuple[StepView, ...]:
    """Steps as the stories tell them."""
    return tuple(
        StepView(one["what"], one["done"], one["record"], one["amount"] or "", one["when"] or "") for one in told
    )


def events_of(parts: Parts, shop: Shop, subject: str) -> tuple[Event, ...]:
    """What happened, oldest first."""
    events = parts.stores.timeline.for_return(shop.shop_id, subject)
    return tuple(Event(one.at, one.kind, one.sync, one.text, one.detail) for one in events)
