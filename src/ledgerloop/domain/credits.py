"""What credits already stand for a return, which part of its money each stands for, and whether they are as decided.

Source: rulebook section 5.
"""

import re
from collections.abc import Collection, Sequence

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.guard import CREDITS, VOIDED
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.settlement import Part, Settlement
from ledgerloop.domain.tenders import Tender, paid_through
from ledgerloop.outcome import Attention

NAMED = re.compile(r"Shopify refund (\d+)")
"""How our memos name every refund that a credit stands for; the configured field holds only the first."""


def refunds_named(credit: Document) -> tuple[str, ...]:
    """Shopify refund ids that a record says it stands for."""
    return tuple(dict.fromkeys(one for one in (credit.shopify_refund_id, *NAMED.findall(credit.memo)) if one))


def credits_of(case: Case, authorization: Document | None, refund_ids: Collection[str]) -> tuple[Document, ...]:
    """The credit memos and cash refunds that stand for this return, whoever made them, oldest first."""
    parent = authorization.internal_id if authorization is not None else None
    return tuple(
        one
        for one in case.of_type(*CREDITS)
        if one.status != VOIDED
        and (
            one.created_from == parent
            or one.loop_return_id == case.focus
            or not set(refunds_named(one)).isdisjoint(refund_ids)
        )
    )


def credited_alone(case: Case) -> bool:
    """Whether somebody credited the return without any authorization, as the credit says by the ids that it carries.

    Nothing is then authorised, received or credited once more; only what is not paid out yet is.
    """
    return bool(credits_of(case, None, {one.shopify_refund_id for one in case.the_return.refunds}))


def stands_for(
    case: Case, policy: Policy, settlement: Settlement, credited: Sequence[Document]
) -> tuple[tuple[tuple[Document, tuple[str, ...]], ...], tuple[str, ...]]:
    """The refund ids that each credit stands for, and those that none does.

    A credit made by somebody else that names no refund stands for the first that no other names, and for those after it
    as far as its total goes; what Shopify refunded later still is to be credited.
    """
    known = settlement.refund_ids
    named = {one.internal_id: [ident for ident in refunds_named(one) if ident in known] for one in credited}
    taken = {ident for some in named.values() for ident in some}
    free = [ident for ident in known if ident not in taken]
    ours = tuple(policy.external_id(kind, case.focus, "") for kind in ("LOOP-CM", "LOOP-CR"))
    split = []
    for one in credited:
        ids = tuple(named[one.internal_id])
        if not ids and not one.external_id.startswith(ours):
            ids = _covered(settlement, free, one.total)
            free = free[len(ids) :]
        split.append((one, ids))
    return tuple(split), tuple(free)


def _covered(settlement: Settlement, refund_ids: Sequence[str], total: Money) -> tuple[str, ...]:
    """The first of these refunds, and those that follow while their sum stays within the total."""
    for count in range(len(refund_ids), 1, -1):
        if Money.total((one.amount for one in settlement.tenders_of(refund_ids[:count])), total.currency) <= total:
            return tuple(refund_ids[:count])
    return tuple(refund_ids[:1]) if total else ()


def possible_duplicate(case: Case, part: Part) -> Attention | None:
    """A credit that carries no return and no refund may already be this one: it has the same amount, or its memo
    holds the refund's id in words that are not ours.
    """
    authorizations = {one.internal_id for one in case.of_type("returnAuthorization")}
    amounts = (part.total, part.goods) if part.goods else (part.total,)
    for one in case.of_type(*CREDITS):
        unexplained = not one.loop_return_id and not refunds_named(one) and one.created_from not in authorizations
        mentioned = one.mentions(part.refund_ids)
        if unexplained and one.status != VOIDED and (one.total in amounts or mentioned):
            same = f"mentions Shopify refund {min(mentioned)}" if mentioned else f"has the same total of {one.total}"
            return Attention(
                "possible_duplicate",
                f"{one.record_type} {one.number} on this order {same} and names no return and no refund as ours do.",
                "If it stands for this refund, write the Loop return id or the Shopify refund id on it; if not, give "
                "it a memo with its own Shopify refund id. Then retry.",
            )
    return None


def closed_too_early(authorization: Document) -> Attention | None:
    """A line closed by a person after its goods came and before they were credited: a credit would leave it out.

    Source: docs.oracle.com, closing line items (read 2026-11-21): credit first, then close.
    """
    names = [line.sku for line in authorization.goods if line.closed and line.received > line.refunded]
    if not names:
        return None
    return Attention(
        "authorization_differs",
        f"{', '.join(names)} on {authorization.number} was received and then closed in NetSuite before it was "
        "credited; a credit made from the authorization would leave it out.",
        "Open the line again in NetSuite, or credit the return there by hand; it goes on by itself.",
    )


def differs(case: Case, credit: Document, tenders: Sequence[Tender], carried: Money | None = None) -> Attention | None:
    """A saved credit must be what was decided, before money is put on it.

    A cash refund of several tenders comes to its own payment alone; one made by hand may come to all of them. What is
    `carried` by application is in a credit memo's total.
    """
    order = next(iter(case.source_orders), None)
    wrong = []
    paid_out = Money.total((one.amount for one in tenders), credit.total.currency)
    paid_out = paid_out + carried if carried is not None else paid_out
    expected = [paid_out]
    if credit.record_type == "cashRefund" and tenders:
        expected.append(paid_through(tenders)[0].amount)
    if credit.total not in expected:
        wrong.append(f"its total is {credit.total}, expected {expected[-1]}")
    if order is not None and credit.customer_id != order.customer_id:
        wrong.append(f"its customer is {credit.customer_id}, expected {order.customer_id}")
    if order is not None and credit.currency_id != order.currency_id:
        wrong.append("its currency is not the order's")
    if not wrong:
        return None
    return Attention(
        "credit_memo_differs",
        f"{credit.record_type} {credit.number} differs: {'; '.join(wrong)}.",
        "Correct it in NetSuite (rate, tax or lines), then retry. No customer refund is written for it until it "
        "agrees.",
    )
