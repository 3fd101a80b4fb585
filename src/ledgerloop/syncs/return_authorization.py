"""Return authorization: Loop -> NetSuite. Every Loop return becomes one return authorization of its own.

Writes: a return authorization made from the sales order (from the cash sale where there is no sales order), wanted
lines only; its own lines changed when the return is edited before anything was received.
Waits: order_not_in_netsuite, order_not_fulfilled, processing_unknown.
Attention: order_ambiguous, item_not_found, over_return, record_gone, edited_after_receipt, edited_adds_item,
authorization_changed, authorization_differs, adopted_differs, amount_differs, native_exchange.
Source: rulebook section 1; docs.oracle.com, Loop Returns syncs (read 2026-11-21).
"""

from ledgerloop.domain.answers import Answer, Write
from ledgerloop.domain.authorized import draft_of, header_discount_unread, item_not_found
from ledgerloop.domain.case import Case, WriteState
from ledgerloop.domain.credits import credited_alone
from ledgerloop.domain.cut_over import before_cut_over
from ledgerloop.domain.documents import Document
from ledgerloop.domain.edited import after_edit
from ledgerloop.domain.mapping import store_unread
from ledgerloop.domain.matching import match_units, quantity_left
from ledgerloop.domain.native import exchanged_goods
from ledgerloop.domain.orders import SourceOrder
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returnable import source_order, too_many
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.standing import authorization_of, family, others_holding, processed, rehearsal
from ledgerloop.outcome import Attention, NeedsReading, Waiting


def next_write(case: Case, policy: Policy) -> Answer:
    """Ask for the return authorization, once, as soon as the order allows it."""
    wanted = _wanted(case, policy)
    if wanted is not True:
        return wanted or None
    need = family(case)
    if need is not None:
        return need
    standing = authorization_of(case, policy)
    if standing is not None:
        return _standing(case, policy, standing)
    external_id = policy.external_id("LOOP-RA", case.focus)
    entry = case.written(external_id)
    if entry is not None and entry.state is WriteState.DONE:
        return Attention(
            "record_gone",
            f"Return authorization {external_id} (internal id {entry.internal_id}) was written but NetSuite no longer "
            "shows it.",
            "If it was deleted on purpose, leave it; to have it made again, retry this return.",
        )
    if credited_alone(case) or any(one.loop_return_id == case.focus for one in case.of_type("customerRefund")):
        return None
    order = exchanged_goods(case, case.the_return) or source_order(case, policy)
    return _authorize(case, policy, order, external_id) if isinstance(order, SourceOrder) else order


def _standing(case: Case, policy: Policy, authorization: Document) -> Answer:
    """What is wrong with an authorization that stands: told at once, while no money has left. Loop may process it."""
    state = case.the_return.state
    wrong = after_edit(case, policy, authorization) if state is ReturnState.OPEN else None
    unpaid = state in (ReturnState.OPEN, ReturnState.REVIEW) and authorization.status != "G"
    if wrong is not None or not unpaid or authorization.ended:
        return wrong
    return rehearsal(case, policy, authorization)


def _wanted(case: Case, policy: Policy) -> bool | NeedsReading | Waiting:
    """Whether this return may start an authorization: new enough, in a wanted state, closed ones only if processed."""
    return_ = case.the_return
    if before_cut_over(return_, policy) or not return_.lines:
        return False
    if return_.state.value not in policy.statuses or return_.state.value in ("cancelled", "expired", "unknown"):
        return False
    return processed(case, policy) if return_.state.value == "closed" else True


def _authorize(case: Case, policy: Policy, order: SourceOrder, external_id: str) -> Answer:
    return_ = case.the_return
    left = quantity_left(order, others_holding(case, policy))
    matched, unmatched = match_units(return_.lines, order.goods, left, policy.sku_aliases)
    if unmatched:
        return item_not_found(order, unmatched, policy)
    stop = too_many(case, policy, order, matched, left)
    if stop is not None:
        return stop
    need = header_discount_unread(case, policy, order, matched) or store_unread(case)
    if need is not None:
        return need
    draft = draft_of(case, policy, order, external_id, matched)
    goods = sum(len(units) for units in matched.values())
    return Write(
        draft, f"Loop return {return_.loop_return_id} brings back {goods} unit(s) of order {return_.order_name}."
    )
