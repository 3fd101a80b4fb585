"""A return in plain words: where it stands, who we wait for, and what happens next."""

from dataclasses import dataclass

from ledgerloop.domain.case import Case
from ledgerloop.domain.documents import Document
from ledgerloop.domain.mapping import refund_record
from ledgerloop.domain.money import Money
from ledgerloop.domain.policy import Policy
from ledgerloop.domain.returns import ReturnState
from ledgerloop.domain.standing import RECEIPT, authorization_of

CREDITS = ("creditMemo", "cashRefund")


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
    return_ = case.the_return
    if return_.state in (ReturnState.CANCELLED, ReturnState.EXPIRED):
        return ()
    authorization = authorization_of(case, policy)
    promised = return_.promised
    result = [
        Step(
            "Return authorization in NetSuite",
            authorization is not None,
            authorization.number if authorization else "",
            authorization.total if authorization else promised,
            "when the order is in NetSuite and fulfilled",
        )
    ]
    receipts = case.made_from(authorization, RECEIPT) if authorization else ()
    goods = Step(
        "Goods received in NetSuite",
        bool(receipts) and _all_received(authorization),
        ", ".join(one.number for one in receipts),
        None,
        "when the warehouse receives them" if policy.receive == "netsuite" else "when the warehouse or Loop says so",
    )
    processed = Step("Processed in Loop", bool(return_.processed), "", None, "when everything was received")
    result += [processed, goods] if return_.processed and not receipts else [goods, processed]
    return (*result, *_money_steps(case, policy))


def _all_received(authorization: Document | None) -> bool:
    return authorization is not None and all(not line.open_quantity for line in authorization.goods)


def _money_steps(case: Case, policy: Policy) -> tuple[Step, ...]:
    return_, authorization = case.the_return, authorization_of(case, policy)
    credited = [
        one
        for one in case.of_type(*CREDITS)
        if one.loop_return_id == case.focus or (authorization and one.created_from == authorization.internal_id)
    ]
    refund = return_.totals.refund
    record = refund_record(case, policy)
    if (credited and credited[0].record_type == "cashRefund") or (not credited and record == "cash_refund"):
        number, total = (credited[0].number, credited[0].total) if credited else ("", refund)
        return (Step("Cash refund in NetSuite", bool(credited), number, total, "when Loop has processed and refunded"),)
    paid = [one for one in case.of_type("customerRefund") if one.loop_return_id == case.focus]
    total = credited[0].total if credited else refund
    name = ", ".join(one.number for one in credited)
    steps = [Step("Credit memo in NetSuite", bool(credited), name, total, "when Loop has processed and refunded")]
    if refund or paid:
        names = ", ".join(one.number for one in paid)
        out = Money.total((one.total for one in paid), return_.currency) if paid else refund
        steps.append(Step("Customer refund in NetSuite", bool(paid), names, out, "right after the credit memo"))
    return tuple(steps)


def headline(case: Case, policy: Policy) -> str:
    """Where the return stands, in one sentence."""
    return_ = case.the_return
    if return_.state is ReturnState.CANCELLED:
        return "Cancelled in Loop."
    if return_.state is ReturnState.EXPIRED:
        return "Expired in Loop: the parcel never moved."
    if return_.state is ReturnState.CLOSED and return_.processed is False:
        return "Closed by hand in Loop, with nothing issued."
    left = [step for step in steps(case, policy) if not step.done]
    if not left:
        return "Done: Loop, Shopify and NetSuite have it."
    if return_.state is ReturnState.REVIEW:
        return "In review in Loop; it goes on when the person there has finished."
    first = left[0]
    waits = f" It happens {first.when}." if first.when else ""
    return f"Next: {first.what[0].lower()}{first.what[1:]}.{waits}"
