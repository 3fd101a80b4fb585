"""A return's way, step by step: what is there with its record and amount, what is still to come, and when."""

from dataclasses import dataclass

from ledgerloop.domain.case import Case, WriteState
from ledgerloop.domain.credits import credited_alone
from ledgerloop.domain.cut_over import before_cut_over
from ledgerloop.domain.documents import Document
from ledgerloop.domain.guard import FULLY_APPLIED
from ledgerloop.domain.mapping import refund_record
from ledgerloop.domain.missing import named
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.review import review_ended_at
from ledgerloop.domain.standing import RECEIPT, LineStanding, authorization_of, standing
from ledgerloop.outcome import Attention

CREDITS = ("creditMemo", "cashRefund")

AFTERWARDS = "when Loop has processed and refunded, and the goods are received"


@dataclass(frozen=True)
class Step:
    """One step of a return's way: done, or still to come. `amount` where money or value is involved."""

    what: str
    done: bool
    record: str = ""
    amount: Money | None = None
    when: str = ""


def steps(case: Case, policy: Policy) -> tuple[Step, ...]:
    """The whole way of the return, with the records that exist and the amounts of those to come."""
    if before_cut_over(case.the_return, policy):
        return ()
    authorization = authorization_of(case, policy)
    if over(case):
        return _steps_of_the_end(authorization)
    if authorization is None and (_paid(case) or credited_alone(case)):
        return (_processed(case, policy), *_money_steps(case, policy, None))
    review = _review(case, authorization)
    goods, processed = _goods(case, policy, authorization), _processed(case, policy)
    loop_first = (case.the_return.processed or policy.receive == "loop") and not goods.record
    middle = (processed, goods) if loop_first else (goods, processed)
    money = _money_steps(case, policy, authorization)
    return (_authorized(case, policy, authorization), *review, *middle, *money, *_leftovers(case, policy, money))


def over(case: Case) -> bool:
    """Whether the return ended in Loop with nothing issued: no goods and no money are to come."""
    return_ = case.the_return
    by_hand = return_.state is ReturnState.CLOSED and return_.processed is False
    return by_hand or return_.state in (ReturnState.CANCELLED, ReturnState.EXPIRED)


def lines_of(case: Case, policy: Policy) -> tuple[LineStanding, ...]:
    """The authorization's lines with the units that belong to them; none where they cannot be told apart."""
    authorization = authorization_of(case, policy)
    lines = standing(authorization, case.the_return, policy) if authorization is not None else ()
    return () if isinstance(lines, Attention) else lines


def _steps_of_the_end(authorization: Document | None) -> tuple[Step, ...]:
    if authorization is None:
        return ()
    there = Step("Return authorization in NetSuite", True, authorization.number, authorization.total)
    still_open = any(line.open_quantity for line in authorization.goods) and not authorization.ended
    return there, Step("Its open lines closed in NetSuite", not still_open, "", None, "when nothing will come any more")


def _authorized(case: Case, policy: Policy, authorization: Document | None) -> Step:
    what = "Return authorization in NetSuite"
    if authorization is not None:
        return Step(what, True, authorization.number, authorization.total)
    entry = case.written(policy.external_id("LOOP-RA", case.focus))
    gone = entry is not None and entry.state is WriteState.DONE
    when = "when you retry the return, for it was deleted" if gone else "when the order is in NetSuite and fulfilled"
    return Step(what, False, "", case.the_return.promised, when)


def _review(case: Case, authorization: Document | None) -> tuple[Step, ...]:
    """The review, where there is or was one, or a flag asks for it."""
    ended = review_ended_at(case) is not None
    asked = authorization is not None and authorization.flagged and not authorization.reviewed
    in_review = case.the_return.state is ReturnState.REVIEW
    if not (ended or asked or in_review):
        return ()
    when = "when a person finishes it in Loop" if in_review else "when Loop has taken the flag"
    return (Step("Reviewed in Loop", ended and not in_review, "", None, when),)


def _goods(case: Case, policy: Policy, authorization: Document | None) -> Step:
    receipts = case.made_from(authorization, RECEIPT) if authorization else ()
    lines = lines_of(case, policy)
    missing = tuple(one for one in lines if one.missing)
    kept = sum(len(one.kept) for one in lines)
    done = authorization is not None and not missing and bool(lines)
    what = "Goods received in NetSuite" + (f" ({kept} kept by the shopper)" if kept else "")
    when = f"when {named(missing)} is received or given up" if receipts and missing else _who_receives(case, policy)
    if authorization is not None and authorization.status == "A":
        when = f"when {authorization.number} is approved in NetSuite"
    return Step(what, done, ", ".join(one.number for one in receipts), None, when)


def _who_receives(case: Case, policy: Policy) -> str:
    if policy.receive == "netsuite":
        return "when the warehouse receives them"
    if policy.receive_when == "delivered" and not case.the_return.is_pos:
        by_us = "Loop has processed and the parcel is delivered"
    else:
        by_us = "Loop has processed"
    return f"when {by_us}" if policy.receive == "loop" else f"when the warehouse receives them, or {by_us}"


def _processed(case: Case, policy: Policy) -> Step:
    lines = lines_of(case, policy)
    nothing_comes = bool(lines) and all(one.line.no_receipt for one in lines)
    when = (
        "when it is processed in Loop" if policy.receive == "loop" or nothing_comes else "when everything was received"
    )
    return Step("Processed in Loop", bool(case.the_return.processed), "", None, when)


def _paid(case: Case) -> tuple[Document, ...]:
    return tuple(one for one in case.of_type("customerRefund") if one.loop_return_id == case.focus)


def _money_steps(case: Case, policy: Policy, authorization: Document | None) -> tuple[Step, ...]:
    return_, refund, paid = case.the_return, case.the_return.totals.refund, _paid(case)
    out = Money.total((one.total for one in paid), return_.currency) if paid else refund
    names = ", ".join(one.number for one in paid)
    credited = [
        one
        for one in case.of_type(*CREDITS)
        if one.loop_return_id == case.focus or (authorization and one.created_from == authorization.internal_id)
    ]
    if authorization is None and paid and not credited:
        return (Step("Customer refund from the deposit in NetSuite", True, names, out),)
    record = refund_record(case, policy)
    if (credited and credited[0].record_type == "cashRefund") or (not credited and record == "cash_refund"):
        number, total = (credited[0].number, credited[0].total) if credited else ("", refund)
        return (Step("Cash refund in NetSuite", bool(credited), number, total, AFTERWARDS),)
    total = credited[0].total if credited else refund
    name = ", ".join(one.number for one in credited)
    steps = [Step("Credit memo in NetSuite", bool(credited), name, total, AFTERWARDS)]
    if refund or paid:
        used_up = bool(credited) and all(one.status == FULLY_APPLIED for one in credited)
        steps.append(
            Step("Customer refund in NetSuite", bool(paid) or used_up, names, out, "right after the credit memo")
        )
    return tuple(steps)


def _leftovers(case: Case, policy: Policy, money: tuple[Step, ...]) -> tuple[Step, ...]:
    """What is open on the authorization and will not come: closed once the money is settled."""
    spare = sum(one.spare for one in lines_of(case, policy))
    if not spare or not case.the_return.processed or not money[0].done:
        return ()
    return (Step("What will not come closed in NetSuite", False, "", None, "right after the refund"),)
