"""Decides for many orders at once what would be written to NetSuite, by the very sync that writes by REST.

Whatever that sync waits for or stops at holds an order out of a feed too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.case import Case, WriteState, order_subject
from ledgerloop.domain.order_records import CashSaleDraft, CustomerDraft, SaleDraft, SalesOrderDraft
from ledgerloop.domain.order_store import Order
from ledgerloop.engine.gather import Failures, Wanted, gather
from ledgerloop.engine.observe import observe
from ledgerloop.engine.parts import Parts, Shop
from ledgerloop.engine.perform import perform
from ledgerloop.outcome import Attention, NeedsReading, Source, Waiting
from ledgerloop.store.due import Claim
from ledgerloop.store.owners import process_owner
from ledgerloop.syncs import ORDER_SYNCS

EXCHANGE_ORDER = "exchange_order"
"""The sync that sends orders."""

MOST_READINGS = 12
"""Rounds of reading: each names something new, and there are fewer sources than this."""

LEASE_S = 600.0
"""How long orders are held while a feed is made of them, seconds; a process that dies holds nothing."""

MAY_EXIST = frozenset({WriteState.SENT, WriteState.UNCLEAR, WriteState.DONE})
"""States of a write by REST after which the record may stand in NetSuite."""


@dataclass(frozen=True)
class Ready:
    """An order that can go out."""

    order: Order
    draft: SaleDraft


@dataclass(frozen=True)
class LeftOut:
    """An order that cannot go out yet, and why."""

    order_id: str
    name: str
    code: str
    text: str


class Held:
    """Keeps orders from the engine until it is left; then each is looked at again, so that the engine knows what
    went out.
    """

    def __init__(self, parts: Parts, shop: Shop) -> None:
        self._parts = parts
        self._shop = shop
        self._owner = process_owner("feed")
        self._claims: list[Claim] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for claim in self._claims:
            self._parts.stores.due.release(claim)

    def add(self, order_ids: Sequence[str]) -> set[str]:
        """Hold these too; gives those that nobody works on at this moment."""
        due, now, keys = self._parts.stores.due, self._parts.clock(), [(self._shop.shop_id, one) for one in order_ids]
        due.renew(self._claims, now + timedelta(seconds=LEASE_S))
        due.mark_all(keys, now, "feed")
        claims = due.claim(self._owner, now, len(keys), LEASE_S, keys=keys)
        self._claims += claims
        return {claim.order_key for claim in claims}


def decide(parts: Parts, shop: Shop, order_ids: Sequence[str]) -> dict[str, Ready | LeftOut]:
    """Read what the decisions need, in batches, and decide; orders that are not ours to send are left away.

    Whether NetSuite has an order is looked up anew: somebody may have brought it there since it was last asked.
    """
    with parts.stores.store.writing() as tx:
        for order_id in order_ids:
            parts.stores.source_orders.mark_stale(shop.shop_id, order_id, tx)
    decided: dict[str, Ready | LeftOut | None] = {}
    pending, failures = list(order_ids), Failures()
    for _ in range(MOST_READINGS):
        wanted: dict[str, NeedsReading] = {}
        known: list[str] = []
        for order_id in pending:
            case, answer = _asked(parts, shop, order_id, failures)
            if isinstance(answer, NeedsReading):
                wanted[order_id] = answer
            elif _customer_written(parts, shop, case, answer):
                known.append(order_id)
            else:
                decided[order_id] = _result(case, answer)
        pending = [*wanted, *known]
        if not pending:
            break
        failures.update(gather(parts, shop, [Wanted(key, need) for key, need in wanted.items()]))
    unread = "What the decision needs could not be read; the next feed tries again."
    left = {one: LeftOut(one, one, "still_unread", unread) for one in order_ids if one not in decided}
    return {key: one for key, one in (decided | left).items() if one is not None}


def _customer_written(parts: Parts, shop: Shop, case: Case, answer: Answer) -> bool:
    """Write the buyer, whom a feed can only name by internal id; False where that is not what is asked, or not done."""
    if not (isinstance(answer, Write) and isinstance(answer.draft, CustomerDraft) and shop.writes):
        return False
    return perform(parts, shop, case, EXCHANGE_ORDER, case.focus, answer).stopped is None


def _asked(parts: Parts, shop: Shop, order_id: str, failures: Failures) -> tuple[Case, Answer]:
    case = observe(parts, shop, order_id, parts.clock()).about(order_subject(order_id))
    answer = ORDER_SYNCS[EXCHANGE_ORDER](case, shop.policy)
    if case.sending is None:
        answer = case.must_read(Source.SHOPIFY_WHOLE_ORDER, order_id)
    if isinstance(answer, NeedsReading) and answer in failures:
        problem = failures[answer]
        return case, Waiting(problem.code, str(problem), case.as_of + timedelta(minutes=5))
    return case, answer


def _result(case: Case, answer: Answer) -> Ready | LeftOut | None:
    if case.sending is None:
        key = case.shopify_order_id
        return LeftOut(key, key, answer.code, answer.reason) if isinstance(answer, Waiting) else None
    order = case.sending.order
    if isinstance(answer, Write):
        return _written(case, order, answer)
    if isinstance(answer, Waiting):
        return _left(order, answer)
    return _left(order, answer) if isinstance(answer, Attention) else None


def _written(case: Case, order: Order, write: Write) -> Ready | LeftOut | None:
    draft = write.draft
    if isinstance(draft, CustomerDraft):
        return _left(
            order,
            Attention(
                "customer_not_in_netsuite",
                f"The buyer of {order.name} is not in NetSuite yet, and a feed names customers by internal id.",
                f"Import the customer first (external id {draft.external_id}), or let a sync write it.",
            ),
        )
    if not isinstance(draft, SalesOrderDraft | CashSaleDraft):
        return None
    before = case.written(draft.external_id)
    if before is not None and before.state in MAY_EXIST:
        said = f"{draft.external_id} was sent by REST and may be in NetSuite; that is looked up first."
        return _left(order, Waiting("netsuite_unclear", said, case.as_of))
    return Ready(order, draft)


def _left(order: Order, why: Waiting | Attention) -> LeftOut:
    said = f"{why.problem} {why.remedy}" if isinstance(why, Attention) else why.reason
    return LeftOut(order.shopify_order_id, order.name, why.code, said)


def ready(decided: Mapping[str, Ready | LeftOut]) -> list[Ready]:
    """Those that can go out, in the order in which they were sold."""
    found = [one for one in decided.values() if isinstance(one, Ready)]
    return sorted(found, key=lambda one: (one.order.processed_at or one.order.created_at, one.order.shopify_order_id))


def left_out(decided: Mapping[str, Ready | LeftOut]) -> list[LeftOut]:
    """Those that cannot go out."""
    return [one for one in decided.values() if isinstance(one, LeftOut)]
